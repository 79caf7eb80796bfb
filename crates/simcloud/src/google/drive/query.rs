//! The search language of `q` (<https://developers.google.com/workspace/drive/api/guides/ref-search-terms>).

/// Parentheses and `not` nest no deeper than this.
const MAX_DEPTH: usize = 40;

/// A parsed query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// One comparison.
    Term(Term),
    /// Not this.
    Not(Box<Query>),
    /// Both.
    And(Box<Query>, Box<Query>),
    /// Either.
    Or(Box<Query>, Box<Query>),
}

/// One comparison, such as `modifiedTime > '2026-01-01T00:00:00'`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The name of the field.
    pub field: String,
    /// How it is compared.
    pub operator: Operator,
    /// With what, without its quotes.
    pub value: String,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Is,
    /// `!=`
    IsNot,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `contains`
    Contains,
    /// `'x' in field`
    In,
}

impl Operator {
    /// Applies a comparison of order or equality.
    #[must_use]
    pub fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Operator::Is => left == right,
            Operator::IsNot => left != right,
            Operator::Below => left < right,
            Operator::AtMost => left <= right,
            Operator::Above => left > right,
            Operator::AtLeast => left >= right,
            Operator::Contains | Operator::In => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Sign(&'static str),
}

impl Query {
    /// Parses `q`; `None` when it is no query.
    #[must_use]
    pub fn parse(text: &str) -> Option<Query> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, at: 0 };
        let query = parser.expression(0)?;
        (parser.at == tokens.len()).then_some(query)
    }

    /// All comparisons in it.
    #[must_use]
    pub fn terms(&self) -> Vec<&Term> {
        match self {
            Query::Term(term) => vec![term],
            Query::Not(inner) => inner.terms(),
            Query::And(left, right) | Query::Or(left, right) => [left.terms(), right.terms()].concat(),
        }
    }

    /// Whether the query holds where `term` says which comparisons do.
    pub fn holds(&self, term: &impl Fn(&Term) -> bool) -> bool {
        match self {
            Query::Term(one) => term(one),
            Query::Not(inner) => !inner.holds(term),
            Query::And(left, right) => left.holds(term) && right.holds(term),
            Query::Or(left, right) => left.holds(term) || right.holds(term),
        }
    }
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut all = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let two = letters.peek() == Some(&'=');
        let sign = match letter {
            ' ' | '\t' | '\n' | '\r' => continue,
            '(' => "(",
            ')' => ")",
            '=' => "=",
            '!' if two => "!=",
            '<' if two => "<=",
            '>' if two => ">=",
            '<' => "<",
            '>' => ">",
            '\'' => {
                let mut value = String::new();
                loop {
                    match letters.next()? {
                        '\'' => break,
                        '\\' => value.push(letters.next()?),
                        other => value.push(other),
                    }
                }
                all.push(Token::Text(value));
                continue;
            }
            first if first.is_alphanumeric() => {
                let mut word = String::from(first);
                while let Some(next) = letters.next_if(|c| c.is_alphanumeric() || "._-:".contains(*c)) {
                    word.push(next);
                }
                all.push(Token::Word(word));
                continue;
            }
            _ => return None,
        };
        if sign.len() == 2 {
            letters.next();
        }
        all.push(Token::Sign(sign));
    }
    Some(all)
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<&Token> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token)
    }

    fn word(&mut self, word: &str) -> bool {
        let found =
            matches!(self.tokens.get(self.at), Some(Token::Word(next)) if next.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    /// `and` and `or` bind alike and from left to right; the guide asks for parentheses where that is not meant.
    fn expression(&mut self, depth: usize) -> Option<Query> {
        let mut left = self.operand(depth)?;
        loop {
            if self.word("and") {
                left = Query::And(Box::new(left), Box::new(self.operand(depth)?));
            } else if self.word("or") {
                left = Query::Or(Box::new(left), Box::new(self.operand(depth)?));
            } else {
                return Some(left);
            }
        }
    }

    fn operand(&mut self, depth: usize) -> Option<Query> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.word("not") {
            return Some(Query::Not(Box::new(self.operand(depth + 1)?)));
        }
        match self.next()?.clone() {
            Token::Sign("(") => {
                let inner = self.expression(depth + 1)?;
                (self.next()? == &Token::Sign(")")).then_some(inner)
            }
            Token::Text(value) => {
                if !self.word("in") {
                    return None;
                }
                match self.next()? {
                    Token::Word(field) => Some(term(field, Operator::In, &value)),
                    _ => None,
                }
            }
            Token::Word(field) if ["and", "or", "in", "contains"].contains(&field.as_str()) => None,
            Token::Word(field) => self.comparison(&field),
            Token::Sign(_) => None,
        }
    }

    fn comparison(&mut self, field: &str) -> Option<Query> {
        let operator = match self.tokens.get(self.at) {
            Some(Token::Sign("=")) => Operator::Is,
            Some(Token::Sign("!=")) => Operator::IsNot,
            Some(Token::Sign("<")) => Operator::Below,
            Some(Token::Sign("<=")) => Operator::AtMost,
            Some(Token::Sign(">")) => Operator::Above,
            Some(Token::Sign(">=")) => Operator::AtLeast,
            Some(Token::Word(word)) if word == "contains" => Operator::Contains,
            // A yes-or-no field may stand alone: `sharedWithMe`.
            _ => return Some(term(field, Operator::Is, "true")),
        };
        self.at += 1;
        match self.next()? {
            Token::Text(value) | Token::Word(value) => Some(term(field, operator, value)),
            Token::Sign(_) => None,
        }
    }
}

fn term(field: &str, operator: Operator, value: &str) -> Query {
    Query::Term(Term { field: field.to_owned(), operator, value: value.to_owned() })
}

/// `contains` of names looks at the beginnings of words only, whatever their case.
#[must_use]
pub fn has_word_beginning(name: &str, beginning: &str) -> bool {
    let (name, beginning) = (name.to_lowercase(), beginning.to_lowercase());
    let mut before = None;
    name.char_indices().any(|(at, letter)| {
        let starts_word = before.is_none_or(|b: char| !b.is_alphanumeric()) || !letter.is_alphanumeric();
        before = Some(letter);
        starts_word && name[at..].starts_with(&beginning)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_of_the_guide_are_understood() {
        let holds = |text: &str, fact: &[&str]| {
            let query = Query::parse(text).unwrap_or_else(|| panic!("{text}"));
            query.holds(&|term: &Term| {
                fact.contains(&format!("{} {:?} {}", term.field, term.operator, term.value).as_str())
            })
        };
        assert!(holds("name = 'hello'", &["name Is hello"]));
        assert!(holds("name contains 'it\\'s \\\\ odd'", &["name Contains it's \\ odd"]));
        assert!(holds("'me' in owners and trashed = false", &["owners In me", "trashed Is false"]));
        assert!(holds("not sharedWithMe", &[]));
        assert!(holds(
            "modifiedTime > '2012-06-04T12:00:00' and (a = 'x' or b = 'y')",
            &["modifiedTime Above 2012-06-04T12:00:00", "b Is y"]
        ));
        // Left to right: ((a or b) and c).
        assert!(!holds("a = '1' or b = '1' and c = '1'", &["a Is 1"]));
    }

    #[test]
    fn what_is_no_query_is_refused() {
        for text in [
            "",
            "name =",
            "name = 'open",
            "(a = 'b'",
            "a = 'b')",
            "and",
            "'x' parents",
            "a ~ 'b'",
            &"not ".repeat(99),
        ] {
            assert_eq!(Query::parse(text), None, "{text}");
        }
    }

    #[test]
    fn names_are_found_by_the_beginnings_of_their_words() {
        assert!(has_word_beginning("HelloWorld", "hello"));
        assert!(!has_word_beginning("HelloWorld", "World"));
        assert!(has_word_beginning("the big plan", "big pl"));
    }
}
