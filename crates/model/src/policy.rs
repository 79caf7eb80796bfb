//! Policies: the settings that apply to a user. The domain's is overridden by an org unit's or group's,
//! that by the user's, field by field.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Service, SizeLimit};

/// Which documents of a Drive are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DriveDocuments {
    /// Those the user owns.
    #[default]
    Own,
    /// Those shared with the user, too.
    All,
}

/// What a Google document is exported to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// docx, xlsx, pptx; svg for drawings, json for scripts.
    Office,
    /// pdf.
    Pdf,
}

/// The hours of a day in which scheduled Runs may begin, on the clock of the computer: from `from` o'clock until `until`
/// o'clock, over midnight where `from` is the later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RunHours {
    /// 0 to 23.
    pub from: u8,
    /// 1 to 24; another than `from`.
    pub until: u8,
}

impl RunHours {
    /// The whole day.
    pub const ALL_DAY: Self = Self { from: 0, until: 24 };

    /// True for hours that a day has.
    pub const fn is_valid(self) -> bool {
        self.from <= 23 && self.until >= 1 && self.until <= 24 && self.from != self.until
    }

    /// Whether a Run may begin at `hour` o'clock, 0 to 23, and until the next full hour.
    pub const fn holds(self, hour: u8) -> bool {
        if self.from < self.until {
            self.from <= hour && hour < self.until
        } else {
            self.from <= hour || hour < self.until
        }
    }
}

impl Default for RunHours {
    fn default() -> Self {
        Self::ALL_DAY
    }
}

/// Every setting that decides what a Run keeps and when it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Services that are backed up.
    pub services: BTreeSet<Service>,
    /// Mail in the trash is kept.
    pub mail_trash: bool,
    /// Mail marked as spam is kept.
    pub mail_spam: bool,
    /// Mail with any of these labels is left out: by the id that Gmail gives its own, by the name of a user's.
    pub exclude_labels: BTreeSet<String>,
    /// Own documents, or all that the user can see.
    pub drive_documents: DriveDocuments,
    /// Files in the trash are kept.
    pub drive_trash: bool,
    /// Previous versions of files are kept, where the Cloud has some of its own: Box.
    pub previous_versions: bool,
    /// File name extensions left out, lower case, without the dot.
    pub exclude_extensions: BTreeSet<String>,
    /// Files larger than this many bytes are left out.
    pub exclude_larger_than: Option<u64>,
    /// How Google documents are exported.
    pub export: BTreeSet<ExportFormat>,
    /// Hours between two Runs: 1, 2, 4, 6, 12 or 24.
    pub frequency_hours: u8,
    /// Hours in which scheduled Runs may begin.
    pub hours: RunHours,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            services: Service::ALL.into_iter().collect(),
            mail_trash: true,
            mail_spam: false,
            exclude_labels: BTreeSet::new(),
            drive_documents: DriveDocuments::Own,
            drive_trash: true,
            previous_versions: false,
            exclude_extensions: BTreeSet::new(),
            exclude_larger_than: None,
            export: BTreeSet::from([ExportFormat::Office]),
            frequency_hours: 24,
            hours: RunHours::ALL_DAY,
        }
    }
}

/// A Policy in which only some fields are set; the others come from above.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields)]
#[allow(missing_docs)] // Each field is the one of the same name in `Policy`.
pub struct PolicyOverride {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub services: Option<BTreeSet<Service>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_trash: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_spam: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_labels: Option<BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drive_documents: Option<DriveDocuments>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drive_trash: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_versions: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_extensions: Option<BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_larger_than: Option<SizeLimit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub export: Option<BTreeSet<ExportFormat>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_hours: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<RunHours>,
}

impl PolicyOverride {
    /// True where everything comes from above.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The names of the fields that are set, as they are written in files.
    pub fn fields(&self) -> Vec<String> {
        // A flat object of what is set: unset fields are not written.
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(fields)) => fields.into_iter().map(|(name, _)| name).collect(),
            _ => Vec::new(),
        }
    }
}

impl Policy {
    /// This Policy with what a lower level sets.
    #[must_use]
    pub fn overridden_by(mut self, lower: &PolicyOverride) -> Self {
        let lower = lower.clone();
        set(&mut self.services, lower.services);
        set(&mut self.mail_trash, lower.mail_trash);
        set(&mut self.mail_spam, lower.mail_spam);
        set(&mut self.exclude_labels, lower.exclude_labels);
        set(&mut self.drive_documents, lower.drive_documents);
        set(&mut self.drive_trash, lower.drive_trash);
        set(&mut self.previous_versions, lower.previous_versions);
        set(&mut self.exclude_extensions, lower.exclude_extensions);
        set(&mut self.exclude_larger_than, lower.exclude_larger_than.map(SizeLimit::bytes));
        set(&mut self.export, lower.export);
        set(&mut self.frequency_hours, lower.frequency_hours);
        set(&mut self.hours, lower.hours);
        self
    }

    /// A text that differs when what one Service keeps differs. A stored cursor is only good for the
    /// Policy it was made under: another fingerprint asks for a reconcile.
    pub fn fingerprint(&self, service: Service) -> String {
        let kept = match service {
            Service::Gmail => serde_json::json!([self.mail_trash, self.mail_spam, self.exclude_labels]),
            Service::Drive => serde_json::json!([
                self.drive_documents,
                self.drive_trash,
                self.exclude_extensions,
                self.exclude_larger_than,
                self.export
            ]),
            Service::BoxFiles => serde_json::json!([
                self.drive_documents,
                self.exclude_extensions,
                self.exclude_larger_than,
                self.previous_versions
            ]),
            Service::SharedDrive => serde_json::json!([
                self.drive_trash,
                self.exclude_extensions,
                self.exclude_larger_than,
                self.export
            ]),
            // All of them is kept.
            Service::Calendar | Service::Contacts | Service::Tasks => serde_json::json!([]),
        };
        kept.to_string()
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_reach_over_midnight() {
        let hours = |from, until| RunHours { from, until };
        let rows = [
            (RunHours::ALL_DAY, (0..24).collect::<Vec<u8>>()),
            (hours(9, 12), vec![9, 10, 11]),
            (hours(22, 2), vec![0, 1, 22, 23]),
            (hours(23, 24), vec![23]),
        ];
        for (window, expected) in rows {
            assert!(window.is_valid(), "{window:?}");
            assert_eq!(
                (0..24).filter(|hour| window.holds(*hour)).collect::<Vec<_>>(),
                expected,
                "{window:?}"
            );
        }
        for wrong in [hours(5, 5), hours(24, 3), hours(3, 25), hours(3, 0)] {
            assert!(!wrong.is_valid(), "{wrong:?}");
        }
    }

    #[test]
    fn fields_that_are_set_are_named() {
        assert!(PolicyOverride::default().is_empty());
        let set =
            PolicyOverride { mail_spam: Some(false), hours: Some(RunHours::ALL_DAY), ..Default::default() };
        assert_eq!(set.fields(), ["hours", "mail_spam"]);
    }
}
