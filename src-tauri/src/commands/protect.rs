//! Start Backup.

use holdfast_app::views::{CsvView, PlanView, SavedFile, SelectionInput, StartedView};
use holdfast_model::PolicyOverride;

super::same_as_app! {
    /// What each row of a CSV file comes to.
    read_csv(connection: i64, name: String, content_base64: String) -> CsvView;
    /// Writes the sample CSV file.
    save_sample_csv() -> SavedFile;
    /// What a selection comes to.
    plan(selection: SelectionInput) -> PlanView;
    /// Protects a selection and starts its Runs.
    start_backup(selection: SelectionInput, policy: Option<PolicyOverride>) -> StartedView;
}
