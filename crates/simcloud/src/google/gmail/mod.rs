//! The Gmail API.

use super::directory::Directory;
use super::{Api, Method};
use crate::content::corpus::Corpus;
use crate::control::change::Op;
use crate::control::churn::Churn;
use crate::control::truth::Source;
use crate::options::Options;

/// The Gmail API.
pub static GMAIL: Api = Api { name: "gmail", title: "Gmail API", host: "gmail.googleapis.com" };
/// Methods that are simulated.
pub(crate) static METHODS: &[Method] = &[];
/// Changes of mails.
pub(crate) static OPS: &[Op] = &[];
/// Random changes of mails.
pub(crate) static CHURN: Churn = Churn { service: "gmail", weight: 0, run: |_, _, _| Ok(Vec::new()) };
/// The truth about mails.
pub(crate) static TRUTH: Source = Source { services: &["gmail"], run: |_, _, _| Ok(()) };

/// All mailboxes.
pub struct Mailboxes {}

impl Mailboxes {
    pub(crate) fn new(_options: &Options, _directory: &Directory, _corpus: &Corpus) -> Self {
        Self {}
    }

    /// How long history is kept, in seconds.
    pub fn set_window_seconds(&self, _seconds: Option<i64>) {}

    /// Ends the history of one mailbox or of all.
    pub fn expire(&self, _user: Option<&str>) {}
}
