//! Which formats Google's own documents are exported to.
//! <https://developers.google.com/workspace/drive/api/guides/ref-export-formats>

use std::collections::BTreeSet;

use holdfast_model::ExportFormat;

/// What Google's own kinds begin with; files with any other media type hold bytes.
const GOOGLE: &str = "application/vnd.google-apps.";

/// One export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Export {
    /// File name extension.
    pub(super) extension: &'static str,
    /// The media type that is asked for.
    pub(super) media_type: &'static str,
}

const PDF: Export = Export { extension: "pdf", media_type: "application/pdf" };

/// A kind of document with its own format and, where there is one, its PDF.
struct Row {
    kind: &'static str,
    office: Export,
    pdf: Option<Export>,
}

const fn row(
    kind: &'static str,
    extension: &'static str,
    media_type: &'static str,
    pdf: Option<Export>,
) -> Row {
    Row { kind, office: Export { extension, media_type }, pdf }
}

static ROWS: [Row; 6] = [
    row(
        "document",
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some(PDF),
    ),
    row(
        "spreadsheet",
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some(PDF),
    ),
    row(
        "presentation",
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        Some(PDF),
    ),
    row("drawing", "svg", "image/svg+xml", Some(PDF)),
    row("script", "json", "application/vnd.google-apps.script+json", None),
    row("vid", "mp4", "application/mp4", None),
];

/// The exports of a document of this media type under these settings; empty where there is none. A kind without any
/// of the chosen formats is exported to the one that it has, rather than not at all.
pub(super) fn exports(media_type: &str, chosen: &BTreeSet<ExportFormat>) -> Vec<Export> {
    let kind = media_type.strip_prefix(GOOGLE);
    let Some(row) = ROWS.iter().find(|row| Some(row.kind) == kind) else { return Vec::new() };
    let of = |format: &ExportFormat| match format {
        ExportFormat::Office => Some(row.office),
        ExportFormat::Pdf => row.pdf,
    };
    let exports: Vec<_> = chosen.iter().filter_map(of).collect();
    if exports.is_empty() && !chosen.is_empty() { vec![row.office] } else { exports }
}

/// True for kinds whose content exists at Google only.
pub(super) fn is_google_kind(media_type: &str) -> bool {
    media_type.starts_with(GOOGLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extensions(kind: &str, chosen: &[ExportFormat]) -> Vec<&'static str> {
        let exports = exports(&format!("{GOOGLE}{kind}"), &chosen.iter().copied().collect());
        exports.into_iter().map(|export| export.extension).collect()
    }

    #[test]
    fn each_kind_is_exported_as_chosen_and_never_needlessly_left_out() {
        use ExportFormat::{Office, Pdf};
        for (kind, chosen, expected) in [
            ("document", &[Office][..], &["docx"][..]),
            ("spreadsheet", &[Pdf, Office], &["xlsx", "pdf"]),
            ("presentation", &[Pdf], &["pdf"]),
            ("drawing", &[Office], &["svg"]),
            ("script", &[Pdf], &["json"]),
            ("document", &[], &[]),
            ("form", &[Office, Pdf], &[]),
            ("site", &[Office], &[]),
        ] {
            assert_eq!(extensions(kind, chosen), expected, "{kind} {chosen:?}");
        }
        assert!(exports("text/plain", &BTreeSet::from([Office])).is_empty());
    }
}
