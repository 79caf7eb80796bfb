//! What exists in the company, by its own word, and the comparison of a restore with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::BufRead;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::found::stem;
use crate::{FoundFile, FoundItem, Restored};

/// The formats that the default Policy exports documents to.
const OFFICE: [&str; 5] = ["docx", "xlsx", "pptx", "svg", "json"];

/// One Item that exists.
#[derive(Clone, Debug, Deserialize)]
pub struct TruthLine {
    /// `gmail`, `drive`, `shared_drive`, `calendar`, `contacts`, `tasks` or `box_files`.
    pub service: String,
    /// The id of the user it belongs to, or of the shared drive.
    #[serde(alias = "drive")]
    pub user: String,
    /// The user's address.
    #[serde(default)]
    pub address: String,
    /// The provider's id.
    pub id: String,
    /// A file's name.
    #[serde(default)]
    pub name: Option<String>,
    /// A file's folders and name.
    #[serde(default)]
    pub path: Option<String>,
    /// True for a file in the trash.
    #[serde(default)]
    pub trashed: bool,
    /// Bytes of its content; none for a folder or what exists only as exports.
    #[serde(default)]
    pub size: Option<u64>,
    /// Of its content, in lower-case hexadecimal.
    #[serde(default)]
    pub sha256: Option<String>,
    /// Label ids of a mail.
    #[serde(default)]
    pub labels: BTreeSet<String>,
    /// Exports by extension.
    #[serde(default)]
    pub exports: BTreeMap<String, Export>,
    /// True for a file in a drive of whoever owns it.
    #[serde(default)]
    pub owned: bool,
    /// False where nobody who asks gets the content.
    #[serde(default = "yes")]
    pub downloadable: bool,
    /// True for what has no content by its nature: a shortcut, by what it points to.
    #[serde(default)]
    pub shortcut_target: Option<String>,
    /// A file's media type.
    #[serde(default)]
    pub mime: Option<String>,
    /// In Box `file`, `folder` or `web_link`.
    #[serde(default)]
    pub kind: Option<String>,
    /// In Box: a file's versions before the current one.
    #[serde(default)]
    pub previous: Vec<Previous>,
    /// In Box: its tags.
    #[serde(default)]
    pub tags: BTreeSet<String>,
    /// In Box: what the templates of metadata say of it, by scope and template.
    #[serde(default)]
    pub metadata: serde_json::Value,
}

/// A version before the current one.
#[derive(Clone, Debug, Deserialize)]
pub struct Previous {
    /// The provider's id.
    pub id: String,
    /// Counted from 1, the oldest.
    pub number: u64,
    /// Bytes.
    pub size: u64,
    /// In lower-case hexadecimal.
    pub sha256: String,
}

fn yes() -> bool {
    true
}

/// One export of a document.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Export {
    /// Bytes.
    pub size: u64,
    /// In lower-case hexadecimal.
    pub sha256: String,
    /// The others, where two exports of the same document differ.
    #[serde(default)]
    pub also: Vec<Export>,
}

/// One file that an Item should have: any of these bytes.
struct Wanted<'a> {
    extension: Option<&'a str>,
    any_of: Vec<(u64, &'a str)>,
}

impl TruthLine {
    /// The id by which a backup knows it: in Box a folder and a file may share a number.
    fn item_id(&self) -> String {
        match self.kind.as_deref() {
            Some("folder") => format!("folder{}", self.id),
            Some("web_link") => format!("weblink{}", self.id),
            _ => self.id.clone(),
        }
    }

    /// Its previous versions: they lie beside it, with their numbers in their names.
    fn versions(&self) -> impl Iterator<Item = TruthLine> {
        let name = self.name.as_deref().unwrap_or_default();
        let (stem, end) = match name.rsplit_once('.') {
            Some((stem, end)) => (stem, format!(".{end}")),
            None => (name, String::new()),
        };
        self.previous.iter().map(move |version| TruthLine {
            id: format!("version{}x{}", self.id, version.id),
            name: Some(format!("{stem} (version {}){end}", version.number)),
            size: Some(version.size),
            sha256: Some(version.sha256.clone()),
            previous: Vec::new(),
            ..self.clone()
        })
    }

    /// True for a folder, a shortcut or a web link.
    fn has_no_content(&self) -> bool {
        if matches!(self.kind.as_deref(), Some("folder" | "web_link")) {
            return true;
        }
        self.shortcut_target.is_some() || self.mime.as_deref() == Some("application/vnd.google-apps.folder")
    }

    /// Another text, another content; empty where there is none to fetch.
    pub fn content(&self) -> String {
        let wanted = if self.downloadable { self.wanted() } else { Vec::new() };
        wanted.iter().flat_map(|want| &want.any_of).map(|(_, sha256)| *sha256).collect()
    }

    /// Where a file is; a mail is in one place for ever.
    pub fn place(&self) -> String {
        format!("{:?} {:?} {}", self.path, self.name, self.trashed)
    }

    /// Bytes that come over the wire with its content: mail comes in base64.
    pub fn wire_bytes(&self) -> u64 {
        let bytes =
            self.wanted().iter().filter_map(|want| want.any_of.first()).map(|(size, _)| size).sum::<u64>();
        if self.service == "gmail" { bytes / 3 * 4 } else { bytes }
    }

    /// The files that should be kept of it.
    fn wanted(&self) -> Vec<Wanted<'_>> {
        // Events, contacts and tasks are kept as JSON, a contact with its photo.
        let is_told = matches!(self.service.as_str(), "calendar" | "contacts" | "tasks");
        let exports =
            self.exports.iter().filter(|(extension, _)| is_told || OFFICE.contains(&extension.as_str()));
        let exports = exports.map(|(extension, export)| Wanted {
            extension: Some(extension),
            any_of: [export]
                .into_iter()
                .chain(&export.also)
                .map(|one| (one.size, one.sha256.as_str()))
                .collect(),
        });
        let content = self.size.zip(self.sha256.as_deref());
        exports.chain(content.map(|content| Wanted { extension: None, any_of: vec![content] })).collect()
    }
}

/// Everything that exists, or a part of it.
#[derive(Clone, Debug, Default)]
pub struct Truth {
    /// Its lines, in the company's order.
    pub lines: Vec<TruthLine>,
}

/// How a restore differs from the truth.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// Items that are as they should be.
    pub matched: u64,
    /// Bytes of their content.
    pub bytes: u64,
    /// Items without content, with the reason that was given.
    pub skipped: Vec<String>,
    /// What is wrong, a line each.
    pub wrong: Vec<String>,
}

impl Truth {
    /// Reads JSON lines.
    pub fn read(lines: impl BufRead) -> Result<Self> {
        let mut truth = Self::default();
        for line in lines.lines() {
            let line = line.context("the truth ended early")?;
            truth
                .lines
                .push(serde_json::from_str(&line).with_context(|| format!("no line of the truth: {line}"))?);
        }
        Ok(truth)
    }

    /// What the default Policy keeps: mail but for spam, files of one's own, shared drives.
    #[must_use]
    pub fn kept_by_default(self) -> Self {
        self.only(|line| match line.service.as_str() {
            "gmail" => !line.labels.contains("SPAM"),
            "drive" => line.owned,
            "box_files" => line.owned && !line.trashed,
            _ => true,
        })
    }

    /// With each previous version of a file in Box as an Item of its own.
    #[must_use]
    pub fn with_previous_versions(mut self) -> Self {
        let versions: Vec<TruthLine> = self.lines.iter().flat_map(TruthLine::versions).collect();
        self.lines.extend(versions);
        self
    }

    /// What belongs to these users, by id, and to no one else.
    #[must_use]
    pub fn of_users(self, users: &[&str]) -> Self {
        self.only(|line| line.service == "shared_drive" || users.contains(&line.user.as_str()))
    }

    /// The lines for which this holds.
    #[must_use]
    pub fn only(mut self, holds: impl Fn(&TruthLine) -> bool) -> Self {
        self.lines.retain(holds);
        self
    }

    /// Compares a restore with all of it: nothing missing, nothing more, nothing twice, every byte the same.
    pub fn compare(&self, restored: &Restored) -> Comparison {
        let mut comparison = Comparison::default();
        let ids: Vec<String> = self.lines.iter().map(TruthLine::item_id).collect();
        let mut found: BTreeMap<(&str, &str, &str), Vec<&FoundItem>> = BTreeMap::new();
        for item in &restored.items {
            found.entry((&item.service, &item.owner, &item.id)).or_default().push(item);
        }
        let owners: BTreeMap<&str, String> =
            self.lines.iter().map(|line| (line.user.as_str(), stem(&line.user))).collect();
        for (line, id) in self.lines.iter().zip(&ids) {
            let owner = &owners[line.user.as_str()];
            match found.remove(&(line.service.as_str(), owner.as_str(), id.as_str())).as_deref() {
                Some([item]) => comparison.judge(line, item),
                Some(several) => comparison.wrong(line, &format!("is there {} times", several.len())),
                None => comparison.wrong(line, "is missing"),
            }
        }
        for (service, owner, id) in found.into_keys() {
            comparison.wrong.push(format!("{service} {id} of {owner} does not exist"));
        }
        comparison
    }
}

impl Comparison {
    /// An error, with the first differences, unless everything matched.
    pub fn must_match(&self) -> Result<()> {
        ensure!(self.wrong.is_empty(), "{self}");
        Ok(())
    }

    fn judge(&mut self, line: &TruthLine, item: &FoundItem) {
        // Labels of a mail, tags of what lies in Box; a previous version has none.
        let labels = match (line.service.as_str(), &item.metadata) {
            ("gmail", _) => Some(&line.labels),
            (_, Some(_)) => Some(&line.tags),
            _ => None,
        };
        if let Some(want) = labels.filter(|want| **want != item.labels) {
            let have = &item.labels;
            return self.wrong(line, &format!("has the labels {have:?} instead of {want:?}"));
        }
        if line.name.is_some() && line.name != item.name {
            return self.wrong(line, &format!("is named {:?} instead of {:?}", item.name, line.name));
        }
        if let Some(have) = item.metadata.as_ref().filter(|have| **have != line.metadata) {
            return self.wrong(line, &format!("has the metadata {have} instead of {}", line.metadata));
        }
        let wanted = if line.downloadable { line.wanted() } else { Vec::new() };
        let must_explain = wanted.is_empty() && !line.has_no_content();
        match &item.skip {
            Some(reason) if must_explain && item.files.is_empty() => {
                return self
                    .skipped
                    .push(format!("{} {} of {}: {reason}", line.service, line.id, line.address));
            }
            Some(reason) => return self.wrong(line, &format!("is skipped, though it can be read: {reason}")),
            None if must_explain => return self.wrong(line, "cannot be read, and that is not explained"),
            None => {}
        }
        if wanted.len() != item.files.len() {
            return self.wrong(line, &format!("has {} files instead of {}", item.files.len(), wanted.len()));
        }
        for want in wanted {
            let is_it = |file: &&FoundFile| want.extension.is_none_or(|end| file.extension == end);
            let Some(file) = item.files.iter().find(is_it) else {
                return self.wrong(line, &format!("has no {}", want.extension.unwrap_or("file")));
            };
            if !want.any_of.contains(&(file.size, file.sha256.as_str())) {
                return self.wrong(line, &format!("has other bytes in {}", file.path.display()));
            }
            self.bytes += file.size;
        }
        self.matched += 1;
    }

    fn wrong(&mut self, line: &TruthLine, how: &str) {
        self.wrong.push(format!("{} {} of {} {how}", line.service, line.id, line.address));
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (matched, skipped, wrong) = (self.matched, self.skipped.len(), self.wrong.len());
        let megabytes = self.bytes as f64 / 1e6;
        write!(f, "{matched} Items match ({megabytes:.1} MB), {skipped} explained, {wrong} differ")?;
        for line in self.wrong.iter().take(10) {
            write!(f, "\n  {line}")?;
        }
        if wrong > 10 {
            write!(f, "\n  and {} more", wrong - 10)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn truth(lines: &str) -> Truth {
        Truth::read(lines.as_bytes()).unwrap()
    }

    fn mail(id: &str, sha256: &str, labels: &[&str]) -> FoundItem {
        let path = PathBuf::from(format!("{id}.eml"));
        FoundItem {
            service: "gmail".into(),
            owner: "1".into(),
            id: id.into(),
            files: vec![FoundFile { path, extension: "eml".into(), size: 3, sha256: sha256.into() }],
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
            name: None,
            metadata: None,
            skip: None,
        }
    }

    fn restored(item: &FoundItem) -> Restored {
        Restored { items: vec![item.clone()], exports: vec![] }
    }

    const LINE: &str = r#"{"service":"gmail","user":"1","id":"a","size":3,"sha256":"x","labels":["INBOX"]}"#;

    #[test]
    fn only_the_very_same_items_match() {
        let good = mail("a", "x", &["INBOX"]);
        let rows = [
            (vec![good.clone()], None),
            (vec![], Some("is missing")),
            (vec![good.clone(), good.clone()], Some("is there 2 times")),
            (vec![mail("a", "y", &["INBOX"])], Some("has other bytes")),
            (vec![mail("a", "x", &["SENT"])], Some("has the labels")),
            (vec![good.clone(), mail("b", "x", &[])], Some("does not exist")),
            (vec![FoundItem { files: vec![], ..good.clone() }], Some("has 0 files")),
            (vec![FoundItem { owner: "2".into(), ..good.clone() }], Some("is missing")),
            (vec![FoundItem { skip: Some("too large".into()), files: vec![], ..good }], Some("is skipped")),
        ];
        for (items, wrong) in rows {
            let comparison = truth(LINE).compare(&Restored { items, exports: vec![] });
            match wrong {
                None => assert!(comparison.must_match().is_ok() && comparison.matched == 1, "{comparison}"),
                Some(wrong) => assert!(comparison.wrong[0].contains(wrong), "{comparison}"),
            }
        }
    }

    #[test]
    fn what_templates_say_of_a_file_is_kept_as_it_is() {
        let line = r#"{"service":"gmail","user":"1","id":"a","size":3,"sha256":"x","metadata":{"global":{"properties":{"a":"b"}}}}"#;
        let kept = |value: &str| serde_json::json!({"global": {"properties": {"a": value}}});
        for (metadata, matches) in [
            (Some(kept("b")), true),
            (Some(kept("c")), false),
            (Some(serde_json::Value::Null), false),
            (None, true),
        ] {
            let line = truth(line);
            let item = FoundItem { metadata: metadata.clone(), ..mail("a", "x", &[]) };
            assert_eq!(line.compare(&restored(&item)).wrong.is_empty(), matches, "{metadata:?}");
        }
    }

    #[test]
    fn every_export_is_wanted() {
        let line = r#"{"service":"drive","user":"1","id":"a","name":"n","exports":{"docx":{"size":3,"sha256":"x"},"svg":{"size":4,"sha256":"z","also":[{"size":3,"sha256":"y"}]},"pdf":{"size":9,"sha256":"p"}}}"#;
        let mut item = mail("a", "x", &[]);
        item.service = "drive".into();
        item.name = Some("n".into());
        item.files[0].extension = "docx".into();
        let half = truth(line).compare(&restored(&item));
        assert!(half.wrong[0].contains("has 1 files instead of 2"), "{half}");
        let svg = FoundFile { extension: "svg".into(), sha256: "y".into(), ..item.files[0].clone() };
        item.files.push(svg);
        assert!(truth(line).compare(&restored(&item)).must_match().is_ok());
    }

    #[test]
    fn a_skip_needs_a_reason_and_a_reason_needs_to_be_true() {
        let line =
            |more: &str| format!(r#"{{"service":"drive","user":"1","id":"a","size":3,"sha256":"x"{more}}}"#);
        let without = FoundItem { service: "drive".into(), files: vec![], ..mail("a", "x", &[]) };
        let explained = FoundItem { skip: Some("not_downloadable".into()), ..without.clone() };
        let locked = line(r#","downloadable":false"#);
        let folder = line(r#","downloadable":false,"mime":"application/vnd.google-apps.folder""#);
        let rows = [
            (&locked, &explained, true),
            (&locked, &without, false),
            (&line(""), &explained, false),
            (&folder, &without, true),
            (&folder, &explained, false),
        ];
        for (line, item, matches) in rows {
            let comparison = truth(line).compare(&restored(item));
            assert_eq!(comparison.wrong.is_empty(), matches, "{line}: {comparison}");
        }
    }
}
