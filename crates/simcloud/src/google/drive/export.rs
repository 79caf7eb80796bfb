//! Exports of Docs editors files: which formats there are.
//!
//! Google makes an export anew each time and gives no hash of it. Here an export is the same for the same (file,
//! revision, format), so that the truth can name its hash; a switch makes each differ
//! (<https://developers.google.com/workspace/drive/api/guides/ref-export-formats>).

/// What `files.export` gives at most; larger ones come through `exportLinks` only.
/// <https://developers.google.com/workspace/drive/api/reference/rest/v3/files/export>
pub const EXPORT_LIMIT: u64 = 10 * 1024 * 1024;

/// A kind of Docs editors file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Editor {
    /// Google Docs.
    Document,
    /// Google Sheets.
    Spreadsheet,
    /// Google Slides.
    Presentation,
    /// Google Drawings.
    Drawing,
    /// Apps Script.
    Script,
    /// Google Forms: cannot be exported.
    Form,
}

/// One format: its MIME type and the short name in export links.
pub struct Format {
    /// MIME type.
    pub mime: &'static str,
    /// `docx`, `pdf`…
    pub short: &'static str,
}

const fn format(short: &'static str, mime: &'static str) -> Format {
    Format { mime, short }
}

const PDF: &str = "application/pdf";

static DOCUMENT: [Format; 9] = [
    format("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    format("odt", "application/vnd.oasis.opendocument.text"),
    format("rtf", "application/rtf"),
    format("pdf", PDF),
    format("txt", "text/plain"),
    format("html", "text/html"),
    format("zip", "application/zip"),
    format("epub", "application/epub+zip"),
    format("md", "text/markdown"),
];
static SPREADSHEET: [Format; 6] = [
    format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    format("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    format("pdf", PDF),
    format("csv", "text/csv"),
    format("tsv", "text/tab-separated-values"),
    format("zip", "application/zip"),
];
static PRESENTATION: [Format; 4] = [
    format("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    format("odp", "application/vnd.oasis.opendocument.presentation"),
    format("pdf", PDF),
    format("txt", "text/plain"),
];
static DRAWING: [Format; 3] =
    [format("svg", "image/svg+xml"), format("png", "image/png"), format("pdf", PDF)];
static SCRIPT: [Format; 1] = [format("json", "application/vnd.google-apps.script+json")];

impl Editor {
    /// All kinds.
    pub const ALL: [Editor; 6] = [
        Editor::Document,
        Editor::Spreadsheet,
        Editor::Presentation,
        Editor::Drawing,
        Editor::Script,
        Editor::Form,
    ];

    /// The MIME type of the file itself.
    #[must_use]
    pub fn mime(self) -> &'static str {
        match self {
            Editor::Document => "application/vnd.google-apps.document",
            Editor::Spreadsheet => "application/vnd.google-apps.spreadsheet",
            Editor::Presentation => "application/vnd.google-apps.presentation",
            Editor::Drawing => "application/vnd.google-apps.drawing",
            Editor::Script => "application/vnd.google-apps.script",
            Editor::Form => "application/vnd.google-apps.form",
        }
    }

    /// The kind with this MIME type.
    #[must_use]
    pub fn of_mime(mime: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|editor| editor.mime() == mime)
    }

    /// What it can be exported to.
    #[must_use]
    pub fn formats(self) -> &'static [Format] {
        match self {
            Editor::Document => &DOCUMENT,
            Editor::Spreadsheet => &SPREADSHEET,
            Editor::Presentation => &PRESENTATION,
            Editor::Drawing => &DRAWING,
            Editor::Script => &SCRIPT,
            Editor::Form => &[],
        }
    }

    /// The path that export links of this kind have on the docs host.
    #[must_use]
    pub fn link_path(self) -> &'static str {
        match self {
            Editor::Document => "/feeds/download/documents/export/Export",
            Editor::Spreadsheet => "/spreadsheets/export",
            Editor::Presentation => "/feeds/download/presentations/Export",
            Editor::Drawing => "/feeds/download/drawings/Export",
            Editor::Script => "/feeds/download/scripts/Export",
            Editor::Form => "/forms/export",
        }
    }
}
