//! The exit codes, which scripts rely on.

use std::process::ExitCode;

use holdfast_app::UserError;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All of it was done.
    Done,
    /// It failed.
    Failed,
    /// The command line was wrong; nothing was tried.
    WrongUsage,
    /// It was done, and something needs a look.
    Problems,
    /// A person ended it.
    Cancelled,
}

impl Exit {
    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::WrongUsage => 2,
            Self::Problems => 3,
            Self::Cancelled => 4,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

impl From<&UserError> for Exit {
    fn from(error: &UserError) -> Self {
        if error.is_cancelled() {
            Self::Cancelled
        } else if error.is_wrong_usage() {
            Self::WrongUsage
        } else {
            Self::Failed
        }
    }
}
