//! Help > Fix a backup.

use holdfast_app::views::{FixAction, FixView};

super::same_as_app! {
    /// Tests everything live.
    fix_a_backup(user: Option<String>) -> FixView;
    /// Does what a button says, and tests everything again.
    apply_fix(fix: FixAction, user: Option<String>) -> FixView;
    /// The support bundle.
    fix_report(user: Option<String>, mask: bool) -> String;
}
