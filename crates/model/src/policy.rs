//! Policies: the settings that apply to a user. The domain's is overridden by an org unit's or group's,
//! that by the user's, field by field.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Service;

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
    /// Mail with any of these label ids is left out.
    pub exclude_labels: BTreeSet<String>,
    /// Own documents, or all that the user can see.
    pub drive_documents: DriveDocuments,
    /// Files in the trash are kept.
    pub drive_trash: bool,
    /// File name extensions left out, lower case, without the dot.
    pub exclude_extensions: BTreeSet<String>,
    /// Files larger than this many bytes are left out.
    pub exclude_larger_than: Option<u64>,
    /// How Google documents are exported.
    pub export: BTreeSet<ExportFormat>,
    /// Hours between two Runs: 1, 2, 4, 6, 12 or 24.
    pub frequency_hours: u8,
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
            exclude_extensions: BTreeSet::new(),
            exclude_larger_than: None,
            export: BTreeSet::from([ExportFormat::Office]),
            frequency_hours: 24,
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
    pub exclude_extensions: Option<BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_larger_than: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub export: Option<BTreeSet<ExportFormat>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_hours: Option<u8>,
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
        set(&mut self.exclude_extensions, lower.exclude_extensions);
        if lower.exclude_larger_than.is_some() {
            self.exclude_larger_than = lower.exclude_larger_than;
        }
        set(&mut self.export, lower.export);
        set(&mut self.frequency_hours, lower.frequency_hours);
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
            Service::BoxFiles => {
                serde_json::json!([self.drive_documents, self.exclude_extensions, self.exclude_larger_than])
            }
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
