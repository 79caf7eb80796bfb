//! Text: words, sentences and paragraphs that look like office mail and hardly repeat.

use rand::Rng;

const STEMS: &[&str] = &[
    "account",
    "agenda",
    "agree",
    "annual",
    "answer",
    "approve",
    "archive",
    "arrive",
    "attach",
    "audit",
    "balance",
    "basic",
    "begin",
    "board",
    "budget",
    "build",
    "calendar",
    "call",
    "campaign",
    "cancel",
    "capital",
    "careful",
    "change",
    "check",
    "city",
    "claim",
    "client",
    "close",
    "collect",
    "compare",
    "confirm",
    "connect",
    "contact",
    "contract",
    "copy",
    "correct",
    "cost",
    "council",
    "cover",
    "credit",
    "current",
    "customer",
    "daily",
    "damage",
    "deadline",
    "decide",
    "delay",
    "deliver",
    "demand",
    "depart",
    "design",
    "detail",
    "develop",
    "direct",
    "discuss",
    "draft",
    "early",
    "effort",
    "energy",
    "engine",
    "enquire",
    "estimate",
    "event",
    "example",
    "expect",
    "explain",
    "export",
    "factory",
    "figure",
    "final",
    "finance",
    "follow",
    "forecast",
    "foreign",
    "forward",
    "freight",
    "gather",
    "general",
    "global",
    "green",
    "group",
    "growth",
    "guide",
    "handle",
    "harbour",
    "history",
    "holiday",
    "improve",
    "include",
    "increase",
    "inform",
    "install",
    "invoice",
    "issue",
    "item",
    "join",
    "journal",
    "kitchen",
    "label",
    "launch",
    "leader",
    "learn",
    "letter",
    "level",
    "list",
    "local",
    "machine",
    "manage",
    "margin",
    "market",
    "material",
    "matter",
    "measure",
    "meeting",
    "member",
    "message",
    "method",
    "minute",
    "monitor",
    "morning",
    "negotiate",
    "network",
    "notice",
    "number",
    "offer",
    "office",
    "open",
    "operate",
    "order",
    "organise",
    "packet",
    "paper",
    "partner",
    "payment",
    "people",
    "perform",
    "period",
    "plan",
    "policy",
    "position",
    "prepare",
    "present",
    "price",
    "print",
    "problem",
    "process",
    "produce",
    "profit",
    "project",
    "promise",
    "propose",
    "provide",
    "public",
    "purchase",
    "quality",
    "quarter",
    "question",
    "quick",
    "reach",
    "reason",
    "receive",
    "record",
    "reduce",
    "region",
    "release",
    "remind",
    "repair",
    "replace",
    "report",
    "request",
    "research",
    "reserve",
    "result",
    "return",
    "review",
    "safety",
    "sample",
    "schedule",
    "section",
    "secure",
    "select",
    "send",
    "service",
    "session",
    "settle",
    "share",
    "ship",
    "sign",
    "simple",
    "site",
    "source",
    "special",
    "stage",
    "standard",
    "start",
    "station",
    "stock",
    "storage",
    "street",
    "strong",
    "submit",
    "summary",
    "supply",
    "support",
    "survey",
    "system",
    "table",
    "target",
    "team",
    "test",
    "thank",
    "ticket",
    "today",
    "topic",
    "trade",
    "train",
    "transfer",
    "travel",
    "trial",
    "update",
    "urgent",
    "value",
    "vendor",
    "version",
    "visit",
    "volume",
    "warehouse",
    "website",
    "week",
    "window",
    "winter",
    "work",
    "workshop",
    "write",
    "yearly",
    "zone",
];
const ENDINGS: &[&str] =
    &["", "", "", "s", "ing", "ed", "er", "ment", "ly", "al", "less", "able", "ion", "ful", "ance", "ist"];
const SMALL: &[&str] = &[
    "the", "a", "to", "of", "and", "in", "for", "we", "is", "on", "with", "that", "it", "by", "from", "as",
    "at", "our", "you", "be", "will", "not",
];
const FOREIGN: &[&str] = &[
    "Grüße",
    "Überweisung",
    "café",
    "façade",
    "señor",
    "mañana",
    "naïve",
    "Ærø",
    "Łódź",
    "Čapek",
    "İstanbul",
    "日本語",
    "会議",
    "合同",
    "报告",
    "Привет",
    "договор",
    "καλημέρα",
    "שלום",
    "مرحبا",
    "नमस्ते",
    "한국어",
    "🙂",
    "€",
];

/// One word.
pub fn word<R: Rng>(rng: &mut R, out: &mut String) {
    let n = rng.next_u32();
    if n.is_multiple_of(5) {
        out.push_str(SMALL[(n >> 8) as usize % SMALL.len()]);
    } else {
        out.push_str(STEMS[(n >> 8) as usize % STEMS.len()]);
        out.push_str(ENDINGS[(n >> 24) as usize % ENDINGS.len()]);
    }
}

/// A few words with a capital, e.g. for a subject.
pub fn title<R: Rng>(rng: &mut R) -> String {
    let mut text = String::new();
    let count = 2 + rng.next_u32() % 5;
    for i in 0..count {
        if i > 0 {
            text.push(' ');
        }
        let from = text.len();
        word(rng, &mut text);
        if i == 0 {
            capitalise(&mut text, from);
        }
    }
    text
}

/// A word in some other script.
pub fn foreign<R: Rng>(rng: &mut R) -> &'static str {
    FOREIGN[rng.next_u32() as usize % FOREIGN.len()]
}

/// Paragraphs of sentences in lines of at most some 76 characters, at least `bytes` long, lines ending in CRLF.
/// Every sentence carries a number, so that the text does not repeat.
pub fn paragraphs<R: Rng>(rng: &mut R, bytes: usize, with_foreign: bool, out: &mut String) {
    let end = out.len() + bytes;
    let mut line_start = out.len();
    let mut sentence_left = 0_u32;
    while out.len() < end {
        if sentence_left == 0 {
            let at = out.len();
            sentence_left = 5 + rng.next_u32() % 14;
            word(rng, out);
            capitalise(out, at);
        } else {
            if out.len() > line_start {
                out.push(' ');
            }
            let kind = rng.next_u32() % 40;
            if kind == 0 {
                out.push_str(&rng.next_u32().to_string());
            } else if kind == 1 && with_foreign {
                out.push_str(foreign(rng));
            } else {
                word(rng, out);
            }
        }
        sentence_left -= 1;
        if sentence_left == 0 {
            out.push('.');
            if rng.next_u32().is_multiple_of(6) {
                out.push_str("\r\n\r\n");
                line_start = out.len();
            } else {
                out.push(' ');
            }
        }
        if out.len() - line_start > 70 {
            if out.ends_with(' ') {
                out.pop();
            }
            out.push_str("\r\n");
            line_start = out.len();
        }
    }
    out.push_str("\r\n");
}

fn capitalise(text: &mut String, from: usize) {
    if let Some(first) = text.get(from..).and_then(|t| t.chars().next()).filter(char::is_ascii) {
        let upper = first.to_ascii_uppercase().to_string();
        text.replace_range(from..from + 1, &upper);
    }
}
