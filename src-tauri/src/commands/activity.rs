//! Runs.

use holdfast_app::views::{ActivityFilter, ActivityView, RunDetail, RunNow, SetPaused, UserRow};

super::same_as_app! {
    /// Runs, live and past.
    activity[ActivityFilter] -> ActivityView;
    /// One Run with its ledger.
    run_detail(run: i64) -> RunDetail;
    /// Ends a Run.
    cancel_run(run: i64) -> ();
    /// Lets a Run rest.
    pause_run(run: i64) -> ();
    /// Lets it go on.
    resume_run(run: i64) -> ();
    /// Starts it again.
    retry_run(run: i64) -> ();
    /// Starts Runs of all who are protected, or of those who are named.
    run_now[RunNow] -> ();
    /// Pauses or resumes a user.
    set_paused[SetPaused] -> UserRow;
}
