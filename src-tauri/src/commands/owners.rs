//! Manage Users, Archive & Restore.

use holdfast_app::views::{
    AttentionView, ErasedView, OwnerArchive, OwnerPolicy, OwnerRow, OwnersDeed, OwnersDone, OwnersFilter,
    OwnersPage, OwnersQuery, RestoreInput, RestoreView, SavedFile,
};
use holdfast_model::Policy;

super::same_as_app! {
    /// A part of a list of users and shared drives.
    owners[OwnersQuery] -> OwnersPage;
    /// The keys of all that a filter lists.
    owner_keys(filter: OwnersFilter) -> Vec<String>;
    /// All that a filter lists as a CSV file.
    save_owners_csv(filter: OwnersFilter, path: String) -> SavedFile;
    /// Does something for many at once.
    change_owners(keys: Vec<String>, deed: OwnersDeed) -> OwnersDone;
    /// What keeps one of them from being protected.
    owner_causes(owner: String) -> Vec<AttentionView>;
    /// One of them with all points in time.
    owner_archive(owner: String) -> OwnerArchive;
    /// The settings that apply to one of them.
    owner_policy(owner: String) -> OwnerPolicy;
    /// Changes them for this user alone.
    set_owner_policy(owner: String, policy: Option<Policy>) -> OwnerPolicy;
    /// Deletes what is kept, with a week to undo it.
    delete_owner(owner: String, typed: String) -> OwnerRow;
    /// Undoes that.
    keep_owner(owner: String) -> OwnerRow;
    /// Erases what is kept at once.
    erase_owner(owner: String, typed: String) -> ErasedView;
    /// What a restore would bring.
    preview_restore(input: RestoreInput) -> RestoreView;
    /// Restores to a folder.
    restore(input: RestoreInput) -> RestoreView;
    /// Ends a restore.
    cancel_restore() -> ();
}
