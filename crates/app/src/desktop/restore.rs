//! What is kept of one owner, and `Restore to this computer`.

use std::path::{Path, PathBuf};

use holdfast_engine::catalog::{archives, snapshots};
use holdfast_engine::{Events, RestoreReport, RestoreSelection};
use holdfast_model::Timestamp;
use tokio_util::sync::CancellationToken;

use super::seat::Seat;
use super::{Desktop, limits};
use crate::error::Result;
use crate::owners::OwnerKey;
use crate::views::{
    AppEvent, OwnerArchive, PointInTime, RestoreInput, RestoreProblemView, RestoreState, RestoreView,
    RestoredName, ServicePoints,
};
use crate::{UserError, format};

/// Points in time of a Service that are listed: a year of hourly Runs and more.
const MOST_POINTS: u32 = 10_000;
/// Problems that are spelled out; the index in the folder has all Items.
const MOST_PROBLEMS: usize = 200;

impl Desktop {
    /// An owner with the points in time that can be restored.
    pub async fn owner_archive(&self, owner: String) -> Result<OwnerArchive> {
        let key = OwnerKey::parse(&owner)?;
        let seat = self.seat().await?;
        let row = self.owner(&seat, &key).await?;
        let read = seat.engine.read(move |tx| {
            let whose = key.owner();
            let mut services = Vec::new();
            for archive in archives::by_owner(tx, key.connection, &whose)? {
                let points = snapshots::points(tx, archive.id, MOST_POINTS)?;
                let points = points.into_iter().map(|(at, result)| PointInTime {
                    at,
                    result,
                    complete: result.is_complete(),
                });
                services.push(ServicePoints { service: archive.scope.service, points: points.collect() });
            }
            services.retain(|one| !one.points.is_empty());
            Ok(services)
        });
        let services = read.await?;
        Ok(OwnerArchive { owner: row, points: together(&services), services })
    }

    /// What a restore would bring, without writing anything.
    pub async fn preview_restore(&self, input: RestoreInput) -> Result<RestoreView> {
        let cancel = Self::claim(&self.0.restoring, "restore.busy")?;
        let report = self.restoring(input.clone(), true, Events::nobody(), &cancel).await;
        Self::release(&self.0.restoring);
        if let Ok(told) = &report {
            self.0.restore_state.previewed(&input, told);
        }
        report
    }

    /// Restores to a folder on this computer; ends when all of it is there.
    pub async fn restore(&self, input: RestoreInput) -> Result<RestoreView> {
        let cancel = Self::claim(&self.0.restoring, "restore.busy")?;
        let state = &self.0.restore_state;
        let report = self.restoring(input, false, state.follow(self.0.hub.events()), &cancel).await;
        Self::release(&self.0.restoring);
        state.end(&report, self.seat().await.ok().map(|seat| seat.now()));
        let (files, bytes) = state.state().map_or((0, 0), |state| (state.files, state.bytes));
        self.tell(AppEvent::Restore { files, bytes });
        report
    }

    /// The restore that goes on, or the last one that ended and that nobody has seen the end of.
    pub async fn restore_state(&self) -> Result<Option<RestoreState>> {
        Ok(self.0.restore_state.state())
    }

    /// The end of a restore was seen.
    pub async fn forget_restore(&self) -> Result<()> {
        self.0.restore_state.forget();
        Ok(())
    }

    /// Ends a restore, or a preview, that goes on. Files that are whole stay.
    pub async fn cancel_restore(&self) -> Result<()> {
        Self::cancel(&self.0.restoring);
        Ok(())
    }

    async fn restoring(
        &self,
        input: RestoreInput,
        preview: bool,
        events: Events,
        cancel: &CancellationToken,
    ) -> Result<RestoreView> {
        let key = OwnerKey::parse(&input.owner)?;
        let folder = limits::path(&input.folder)?;
        let seat = self.seat().await?;
        refuse_repository(&seat, &folder).await?;
        let owner = self.owner(&seat, &key).await?;
        if !preview {
            let whose = owner.address.clone().unwrap_or_else(|| owner.name.clone());
            self.0.restore_state.begin(&input, whose, seat.now());
            self.tell(AppEvent::Restore { files: 0, bytes: 0 });
        }
        let selection = RestoreSelection {
            connection: Some(key.connection),
            whose: Some(key.id),
            named: Some(owner.address.unwrap_or(owner.name)),
            service: input.service,
            at: input.at,
            partial_too: input.partial_too,
            items: Vec::new(),
        };
        let report =
            seat.engine.restore_to_folder(selection, &folder, preview, events, cancel.clone()).await?;
        let free = free_at(&folder);
        Ok(view(report, free))
    }
}

/// A restore among the Repository's own files would be taken for a part of it.
async fn refuse_repository(seat: &Seat, folder: &Path) -> Result<()> {
    let place = seat.engine.repository_place().await?;
    let is_inside = place.is_some_and(|place| real(folder).starts_with(real(&place.path)));
    if is_inside {
        let shown = format::one_line(&folder.to_string_lossy());
        return Err(UserError::of("restore.in_repository", shown));
    }
    Ok(())
}

/// The path without links, as far as it is there already.
fn real(path: &Path) -> PathBuf {
    for known in path.ancestors() {
        if let (Ok(real), Ok(rest)) = (known.canonicalize(), path.strip_prefix(known)) {
            return real.join(rest);
        }
    }
    path.to_owned()
}

fn free_at(folder: &Path) -> Option<u64> {
    folder.ancestors().find(|one| one.is_dir()).and_then(holdfast_engine::free_space)
}

fn view(report: RestoreReport, free: Option<u64>) -> RestoreView {
    // What was written is no longer free.
    let fits = !report.preview || free.is_none_or(|free| report.bytes < free);
    let rename = |one: holdfast_engine::RestoreRename| RestoredName {
        from: format::one_line(&one.from),
        to: format::one_line(&one.to),
    };
    let problem = |one: &holdfast_engine::RestoreProblem| RestoreProblemView {
        item: format::one_line(&one.item),
        why: format::sentence(&one.why),
    };
    RestoreView {
        folder: report.folder.to_string_lossy().into_owned(),
        files: report.files,
        bytes: report.bytes,
        without_content: report.without_content,
        skipped: report.skipped,
        renamed: report.renamed,
        renames: report.renames.into_iter().map(rename).collect(),
        problems_total: report.problems.len() as u64,
        problems: report.problems.iter().take(MOST_PROBLEMS).map(problem).collect(),
        free,
        fits,
    }
}

/// The points of all Services together: complete where each Service has a complete state by then.
fn together(services: &[ServicePoints]) -> Vec<PointInTime> {
    let mut times: Vec<&PointInTime> = services.iter().flat_map(|one| &one.points).collect();
    times.sort_by_key(|point| std::cmp::Reverse(point.at));
    times.dedup_by_key(|point| point.at);
    let first_complete: Vec<Option<Timestamp>> = services
        .iter()
        .map(|one| one.points.iter().filter(|point| point.complete).map(|point| point.at).min())
        .collect();
    let all_complete =
        |at: Timestamp| first_complete.iter().all(|first| first.is_some_and(|first| first <= at));
    times.into_iter().map(|point| PointInTime { complete: all_complete(point.at), ..point.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use holdfast_model::{RunResult, Service};

    use super::*;

    fn points(rows: &[(i64, RunResult)]) -> Vec<PointInTime> {
        rows.iter()
            .map(|(at, result)| PointInTime {
                at: Timestamp::from_second(*at).unwrap(),
                result: *result,
                complete: result.is_complete(),
            })
            .collect()
    }

    #[test]
    fn a_user_is_complete_at_a_time_when_each_service_was() {
        use RunResult::{Complete, Failed, Partial};
        let gmail = points(&[(50, Partial), (30, Complete), (10, Partial)]);
        let drive = points(&[(40, Complete), (20, Failed)]);
        let services = [
            ServicePoints { service: Service::Gmail, points: gmail },
            ServicePoints { service: Service::Drive, points: drive },
        ];
        let all: Vec<_> =
            together(&services).into_iter().map(|point| (point.at.as_second(), point.complete)).collect();
        assert_eq!(all, [(50, true), (40, true), (30, false), (20, false), (10, false)]);
        assert_eq!(together(&[]), []);
    }
}
