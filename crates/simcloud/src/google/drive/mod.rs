//! My Drive of every user, and shared drives.

use super::Method;
use super::directory::Directory;
use crate::content::corpus::Corpus;
use crate::control::change::Op;
use crate::control::churn::Churn;
use crate::control::truth::Source;
use crate::options::Options;

/// Methods of the Drive API.
pub(crate) static METHODS: &[Method] = &[];
/// Changes of files and drives.
pub(crate) static OPS: &[Op] = &[];
/// Random changes of files.
pub(crate) static CHURN: Churn = Churn { service: "drive", weight: 0, run: |_, _, _| Ok(Vec::new()) };
/// The truth about files.
pub(crate) static TRUTH: Source = Source { services: &["drive", "shared_drive"], run: |_, _, _| Ok(()) };

/// All drives.
pub struct Drives {}

impl Drives {
    pub(crate) fn new(_options: &Options, _directory: &Directory, _corpus: &Corpus) -> Self {
        Self {}
    }
}
