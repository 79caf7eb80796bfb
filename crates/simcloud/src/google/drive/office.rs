//! The bytes of exports: small valid Office, OpenDocument, PDF and other files around made text.

use super::content::{Content, Style};
use super::export::Editor;
use super::zip;

/// What an export is made from.
pub struct Source<'s> {
    /// Which editor.
    pub editor: Editor,
    /// Decides the text.
    pub seed: u64,
    /// Bytes of text in it.
    pub text_bytes: u64,
    /// Differs between exports that must differ: revision, and a nonce where each one is to be another.
    pub stamp: &'s str,
    /// A real Office file to hand out instead of a made one.
    pub office: Option<&'s [u8]>,
}

impl Source<'_> {
    /// The export in the format with this short name, which is one of the editor's.
    #[must_use]
    pub fn made(&self, short: &str) -> Vec<u8> {
        if matches!(
            (self.editor, short),
            (Editor::Document, "docx") | (Editor::Presentation, "pptx") | (Editor::Spreadsheet, "xlsx")
        ) && let Some(real) = self.office.and_then(|office| zip::with_comment(office, self.stamp))
        {
            return real;
        }
        let text = self.text();
        match short {
            "docx" => self.docx(&text),
            "xlsx" => self.xlsx(&text),
            "pptx" => self.pptx(&text),
            "odt" | "ods" | "odp" => self.open_document(short, &text),
            "epub" => self.epub(&text),
            "zip" => zip::archive(&[("index.html", self.html(&text))], self.stamp),
            "pdf" => self.pdf(&text),
            "html" => self.html(&text),
            "rtf" => {
                format!("{{\\rtf1\\ansi {{\\*\\comment {}}} {}}}", self.stamp, text.replace('\n', "\\par\n"))
                    .into()
            }
            "csv" => self.table(&text, ','),
            "tsv" => self.table(&text, '\t'),
            "svg" => self.svg(&text),
            "png" => self.png(),
            "json" => self.script(&text),
            _ => format!("{text}\n{}\n", self.stamp).into(),
        }
    }

    fn text(&self) -> String {
        let content = Content::Made { seed: self.seed, size: self.text_bytes, style: Style::Text };
        // Made text is ASCII and reading it cannot fail; what is lost otherwise is an empty export.
        content.whole().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
    }

    fn docx(&self, text: &str) -> Vec<u8> {
        let main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
        let mut body = String::with_capacity(text.len() * 2);
        for line in text.lines() {
            body.push_str("<w:p><w:r><w:t xml:space=\"preserve\">");
            body.push_str(line);
            body.push_str("</w:t></w:r></w:p>");
        }
        let document = format!(
            "{XML}<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}</w:body></w:document>"
        );
        self.package("word/document.xml", main, document, &[])
    }

    fn xlsx(&self, text: &str) -> Vec<u8> {
        let mut rows = String::with_capacity(text.len() * 2);
        for line in text.lines() {
            rows.push_str("<row>");
            for word in line.split(' ').filter(|word| !word.is_empty()) {
                rows.push_str(&format!("<c t=\"inlineStr\"><is><t>{word}</t></is></c>"));
            }
            rows.push_str("</row>");
        }
        let space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let workbook = format!(
            "{XML}<workbook xmlns=\"{space}\" xmlns:r=\"{relations}\"><sheets><sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
        );
        let sheet = format!("{XML}<worksheet xmlns=\"{space}\"><sheetData>{rows}</sheetData></worksheet>");
        let to_sheet = format!(
            "{XML}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
        );
        let main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
        let part = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml";
        let more = [("xl/worksheets/sheet1.xml", part, sheet), ("xl/_rels/workbook.xml.rels", "", to_sheet)];
        self.package("xl/workbook.xml", main, workbook, &more)
    }

    fn pptx(&self, text: &str) -> Vec<u8> {
        let drawing = "http://schemas.openxmlformats.org/drawingml/2006/main";
        let space = "http://schemas.openxmlformats.org/presentationml/2006/main";
        let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let paragraphs: String =
            text.lines().map(|line| format!("<a:p><a:r><a:t>{line}</a:t></a:r></a:p>")).collect();
        let slide = format!(
            "{XML}<p:sld xmlns:p=\"{space}\" xmlns:a=\"{drawing}\"><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/><p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"t\"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>{paragraphs}</p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
        );
        let deck = format!(
            "{XML}<p:presentation xmlns:p=\"{space}\" xmlns:r=\"{relations}\"><p:sldIdLst><p:sldId id=\"256\" r:id=\"rId1\"/></p:sldIdLst><p:sldSz cx=\"9144000\" cy=\"6858000\"/><p:notesSz cx=\"6858000\" cy=\"9144000\"/></p:presentation>"
        );
        let to_slide = format!(
            "{XML}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" Type=\"{relations}/slide\" Target=\"slides/slide1.xml\"/></Relationships>"
        );
        let main = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml";
        let part = "application/vnd.openxmlformats-officedocument.presentationml.slide+xml";
        let more =
            [("ppt/slides/slide1.xml", part, slide), ("ppt/_rels/presentation.xml.rels", "", to_slide)];
        self.package("ppt/presentation.xml", main, deck, &more)
    }

    /// An Office package around its main part.
    fn package(&self, name: &str, kind: &str, main: String, more: &[(&str, &str, String)]) -> Vec<u8> {
        let mut types = format!("<Override PartName=\"/{name}\" ContentType=\"{kind}\"/>");
        for (name, kind, _) in more.iter().filter(|(_, kind, _)| !kind.is_empty()) {
            types.push_str(&format!("<Override PartName=\"/{name}\" ContentType=\"{kind}\"/>"));
        }
        let types = format!(
            "{XML}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>{types}</Types>"
        );
        let relations = format!(
            "{XML}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"{name}\"/></Relationships>"
        );
        let mut entries = vec![
            ("[Content_Types].xml", types.into_bytes()),
            ("_rels/.rels", relations.into_bytes()),
            (name, main.into_bytes()),
        ];
        entries.extend(more.iter().map(|(name, _, part)| (*name, part.clone().into_bytes())));
        zip::archive(&entries, self.stamp)
    }

    fn open_document(&self, short: &str, text: &str) -> Vec<u8> {
        let (mime, element) = match short {
            "ods" => ("application/vnd.oasis.opendocument.spreadsheet", "spreadsheet"),
            "odp" => ("application/vnd.oasis.opendocument.presentation", "presentation"),
            _ => ("application/vnd.oasis.opendocument.text", "text"),
        };
        let paragraphs: String = text.lines().map(|line| format!("<text:p>{line}</text:p>")).collect();
        let inner = match element {
            "spreadsheet" => format!(
                "<table:table table:name=\"Sheet1\"><table:table-row><table:table-cell>{paragraphs}</table:table-cell></table:table-row></table:table>"
            ),
            "presentation" => format!(
                "<draw:page><draw:frame><draw:text-box>{paragraphs}</draw:text-box></draw:frame></draw:page>"
            ),
            _ => paragraphs,
        };
        let oasis = "urn:oasis:names:tc:opendocument:xmlns";
        let content = format!(
            "{XML}<office:document-content xmlns:office=\"{oasis}:office:1.0\" xmlns:text=\"{oasis}:text:1.0\" xmlns:table=\"{oasis}:table:1.0\" xmlns:draw=\"{oasis}:drawing:1.0\" office:version=\"1.2\"><office:body><office:{element}>{inner}</office:{element}></office:body></office:document-content>"
        );
        let manifest = format!(
            "{XML}<manifest:manifest xmlns:manifest=\"{oasis}:manifest:1.0\"><manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"{mime}\"/><manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/></manifest:manifest>"
        );
        let entries = [
            ("mimetype", mime.into()),
            ("content.xml", content.into_bytes()),
            ("META-INF/manifest.xml", manifest.into_bytes()),
        ];
        zip::archive(&entries, self.stamp)
    }

    fn epub(&self, text: &str) -> Vec<u8> {
        let container = format!(
            "{XML}<container version=\"1.0\" xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\"><rootfiles><rootfile full-path=\"book.opf\" media-type=\"application/oebps-package+xml\"/></rootfiles></container>"
        );
        let book = format!(
            "{XML}<package xmlns=\"http://www.idpf.org/2007/opf\" version=\"3.0\"><manifest><item id=\"t\" href=\"t.xhtml\" media-type=\"application/xhtml+xml\"/></manifest><spine><itemref idref=\"t\"/></spine></package>"
        );
        let entries = [
            ("mimetype", b"application/epub+zip".to_vec()),
            ("META-INF/container.xml", container.into_bytes()),
            ("book.opf", book.into_bytes()),
            ("t.xhtml", self.html(text)),
        ];
        zip::archive(&entries, self.stamp)
    }

    fn html(&self, text: &str) -> Vec<u8> {
        let paragraphs: String = text.lines().map(|line| format!("<p>{line}</p>\n")).collect();
        format!("<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>{}</title></head><body>\n{paragraphs}</body></html>\n", self.stamp).into()
    }

    fn table(&self, text: &str, separator: char) -> Vec<u8> {
        let mut rows = text.replace(' ', &separator.to_string());
        rows.push_str(&format!("\r\n{}\r\n", self.stamp));
        rows.into()
    }

    fn svg(&self, text: &str) -> Vec<u8> {
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 720\"><title>{}</title><text x=\"8\" y=\"20\">{text}</text></svg>\n", self.stamp).into()
    }

    fn script(&self, text: &str) -> Vec<u8> {
        let file = serde_json::json!({"id": self.stamp, "name": "Code", "type": "server_js", "source": format!("// {}\nfunction main() {{}}\n", text.replace('\n', "\n// "))});
        serde_json::json!({ "files": [file] }).to_string().into()
    }

    /// One page of text; the cross-reference table carries true offsets.
    fn pdf(&self, text: &str) -> Vec<u8> {
        let mut stream = String::from("BT /F1 9 Tf 36 756 Td 11 TL\n");
        for line in text.lines() {
            stream.push_str(&format!("({line}) '\n"));
        }
        stream.push_str("ET\n");
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
            format!("<< /Length {} >>\nstream\n{stream}endstream", stream.len()),
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
            format!("<< /Title ({}) >>", self.stamp),
        ];
        let mut out = String::from("%PDF-1.4\n");
        let mut offsets = Vec::new();
        for (index, object) in objects.iter().enumerate() {
            offsets.push(out.len());
            out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
        }
        let table = out.len();
        out.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
        for offset in offsets {
            out.push_str(&format!("{offset:010} 00000 n \n"));
        }
        out.push_str(&format!(
            "trailer\n<< /Size {} /Root 1 0 R /Info 6 0 R >>\nstartxref\n{table}\n%%EOF\n",
            objects.len() + 1
        ));
        out.into()
    }

    /// One grey pixel, its shade from the seed, with the stamp as a comment.
    fn png(&self) -> Vec<u8> {
        let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
        let mut chunk = |kind: &[u8; 4], bytes: &[u8]| {
            let body = [kind.as_slice(), bytes].concat();
            out.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
            out.extend_from_slice(&body);
            out.extend_from_slice(&zip::crc32(&body).to_be_bytes());
        };
        chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
        chunk(b"tEXt", &[b"Comment\0", self.stamp.as_bytes()].concat());
        let shade = self.seed as u8;
        // zlib with one stored block of two bytes (no filter, the shade), and its Adler-32.
        let (low, high) = (1 + u32::from(shade), 2 + u32::from(shade));
        let adler = ((high << 16) | low).to_be_bytes();
        chunk(b"IDAT", &[&[0x78, 0x01, 1, 2, 0, 0xfd, 0xff, 0, shade], adler.as_slice()].concat());
        chunk(b"IEND", &[]);
        out
    }
}

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_stable_and_changes_with_the_stamp() {
        for editor in Editor::ALL {
            for format in editor.formats() {
                let source = |stamp| Source { editor, seed: 3, text_bytes: 500, stamp, office: None };
                let (one, again, other) = (
                    source("a").made(format.short),
                    source("a").made(format.short),
                    source("b").made(format.short),
                );
                assert!(one == again && one != other && !one.is_empty(), "{}", format.short);
            }
        }
    }
}
