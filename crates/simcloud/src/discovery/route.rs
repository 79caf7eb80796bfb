//! Path templates of discovery documents (`files/{fileId}/export`, `v1/{+resourceName}:deleteContact`) and the few
//! regular expressions they use for path parameters.

/// A path with named holes. `{name}` takes one segment, `{+name}` may take slashes.
#[derive(Debug, Clone)]
pub(super) struct Template(Vec<Piece>);

#[derive(Debug, Clone)]
enum Piece {
    Literal(String),
    Hole { name: String, slashes: bool },
}

impl Template {
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let close = rest[open..].find('}').ok_or_else(|| format!("unclosed {{ in path {text}"))? + open;
            if open > 0 {
                pieces.push(Piece::Literal(rest[..open].to_owned()));
            }
            let inner = &rest[open + 1..close];
            let slashes = inner.starts_with('+');
            pieces.push(Piece::Hole { name: inner.trim_start_matches('+').to_owned(), slashes });
            rest = &rest[close + 1..];
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest.to_owned()));
        }
        Ok(Self(pieces))
    }

    /// How many letters are fixed: of two templates that match, the one with more is meant.
    pub(super) fn fixed(&self) -> usize {
        self.0.iter().map(|piece| if let Piece::Literal(text) = piece { text.len() } else { 0 }).sum()
    }

    /// The values of the holes, still percent-encoded, when `path` matches whole.
    pub(super) fn matches<'p>(&self, path: &'p str) -> Option<Vec<(String, &'p str)>> {
        let mut values = Vec::new();
        fill(&self.0, path, &mut values).then_some(values)
    }
}

fn fill<'p>(pieces: &[Piece], path: &'p str, values: &mut Vec<(String, &'p str)>) -> bool {
    match pieces.split_first() {
        None => path.is_empty(),
        Some((Piece::Literal(text), rest)) => {
            path.strip_prefix(text.as_str()).is_some_and(|path| fill(rest, path, values))
        }
        Some((Piece::Hole { name, slashes }, rest)) => {
            let longest = if *slashes { path.len() } else { path.find('/').unwrap_or(path.len()) };
            for end in (1..=longest).rev().filter(|end| path.is_char_boundary(*end)) {
                values.push((name.clone(), &path[..end]));
                if fill(rest, &path[end..], values) {
                    return true;
                }
                values.pop();
            }
            false
        }
    }
}

/// A parameter's pattern. The documents use only literals, `[^/]+` and `.*` between `^` and `$`.
#[derive(Debug, Clone)]
pub(super) struct Pattern(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    Literal(char),
    Segment,
    Anything,
}

impl Pattern {
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let unknown = || format!("a parameter has the pattern {text}, which this check cannot read");
        let mut rest = text.strip_prefix('^').and_then(|t| t.strip_suffix('$')).ok_or_else(unknown)?;
        let mut parts = Vec::new();
        while let Some(next) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("[^/]+") {
                parts.push(Part::Segment);
                rest = after;
            } else if let Some(after) = rest.strip_prefix(".*") {
                parts.push(Part::Anything);
                rest = after;
            } else if "\\[](){}.*+?|".contains(next) {
                return Err(unknown());
            } else {
                parts.push(Part::Literal(next));
                rest = &rest[next.len_utf8()..];
            }
        }
        Ok(Self(parts))
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        part_matches(&self.0, text)
    }
}

fn part_matches(parts: &[Part], text: &str) -> bool {
    match parts.split_first() {
        None => text.is_empty(),
        Some((Part::Literal(letter), rest)) => {
            text.strip_prefix(*letter).is_some_and(|text| part_matches(rest, text))
        }
        Some((Part::Anything, rest)) => {
            (0..=text.len()).any(|end| text.is_char_boundary(end) && part_matches(rest, &text[end..]))
        }
        Some((Part::Segment, rest)) => {
            let longest = text.find('/').unwrap_or(text.len());
            (1..=longest).rev().any(|end| text.is_char_boundary(end) && part_matches(rest, &text[end..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_takes_one_segment_unless_it_is_a_plus_hole() {
        let one = Template::new("files/{fileId}/export").expect("template");
        assert_eq!(one.matches("files/a/export"), Some(vec![("fileId".to_owned(), "a")]));
        assert_eq!(one.matches("files/a/b/export"), None);
        let plus = Template::new("v1/{+name}:copy").expect("template");
        assert_eq!(plus.matches("v1/people/c1:copy"), Some(vec![("name".to_owned(), "people/c1")]));
    }

    #[test]
    fn patterns_are_anchored() {
        let pattern = Pattern::new("^people/[^/]+$").expect("pattern");
        assert!(pattern.matches("people/me"));
        assert!(!pattern.matches("people/me/x"));
        assert!(!pattern.matches("xpeople/me"));
        assert!(Pattern::new("^a{2}$").is_err());
    }
}
