//! Labels that people made. Their ids differ from mailbox to mailbox, their names do not: a Policy for many names them.
//! <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.labels>

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::Mailbox;
use super::wire::Labels;
use crate::contract::CloudError;

/// What the labels of a Policy mean in the mailboxes that were read.
#[derive(Default)]
pub(in crate::google) struct Meant(Mutex<HashMap<Arc<str>, Arc<Resolved>>>);

struct Resolved {
    /// As the Policy says.
    said: BTreeSet<String>,
    /// Their ids in this mailbox.
    ids: BTreeSet<String>,
}

impl Mailbox<'_> {
    /// The ids of the labels that the Policy leaves out; asked anew where a listing begins.
    pub(super) async fn left_out(&self, anew: bool) -> Result<BTreeSet<String>, CloudError> {
        let said = &self.reach.policy.exclude_labels;
        if said.iter().all(|label| is_gmails_own(label)) {
            return Ok(said.clone());
        }
        if !anew && let Some(known) = self.known().filter(|known| known.said == *said) {
            return Ok(known.ids.clone());
        }
        let fields = [("fields", "labels(id,name)")];
        let labels: Labels = self.get(&["labels"], &fields, self.google.prices.labels).await?;
        let mut ids = said.clone();
        let is_said = |name: &str| said.iter().any(|label| label.to_lowercase() == name.to_lowercase());
        ids.extend(labels.labels.into_iter().filter(|label| is_said(&label.name)).map(|label| label.id));
        let resolved = Arc::new(Resolved { said: said.clone(), ids: ids.clone() });
        let mut known = self.google.labels.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(Arc::clone(&self.subject), resolved);
        Ok(ids)
    }

    fn known(&self) -> Option<Arc<Resolved>> {
        let known = self.google.labels.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&self.subject).map(Arc::clone)
    }

    /// The names of the labels that the user made.
    pub(super) async fn own_labels(&self) -> Result<Vec<String>, CloudError> {
        let fields = [("fields", "labels(id,name,type)")];
        let labels: Labels = self.get(&["labels"], &fields, self.google.prices.labels).await?;
        Ok(labels.labels.into_iter().filter(|label| label.kind == "user").map(|label| label.name).collect())
    }
}

/// True for ids of Gmail's own labels, which are the same everywhere: `CATEGORY_SOCIAL`.
fn is_gmails_own(label: &str) -> bool {
    !label.is_empty() && label.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
}
