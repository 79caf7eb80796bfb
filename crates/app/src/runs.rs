//! Runs as the screens show them: with names, and with a range of time only once it can be known.

use std::collections::HashMap;

use holdfast_engine::EngineError;
use holdfast_engine::catalog::{Run, RunState, Tx, archives, connections};
use holdfast_model::{ArchiveId, ConnectionId, Service, Timestamp};

use crate::UserError;
use crate::views::{RunPhase, RunStateWord, RunView};

/// A rate is only told after so many seconds.
const LEAST_SECONDS: f64 = 10.0;

/// What an Archive is called.
pub(crate) struct Named {
    /// `anna@example.com Gmail`.
    pub(crate) title: String,
    owner: String,
    service: Service,
    connection: ConnectionId,
    domain: String,
}

/// The names of Archives, each read once.
pub(crate) struct Names<'a> {
    tx: &'a Tx<'a>,
    now: Timestamp,
    known: HashMap<ArchiveId, Named>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(tx: &'a Tx<'a>, now: Timestamp) -> Self {
        Self { tx, now, known: HashMap::new() }
    }

    /// The name of an Archive.
    pub(crate) fn of(&mut self, id: ArchiveId) -> Result<&Named, EngineError> {
        use std::collections::hash_map::Entry;
        Ok(match self.known.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(named(self.tx, id)?),
        })
    }

    /// A Run with its names.
    pub(crate) fn view(&mut self, run: Run) -> Result<RunView, EngineError> {
        let now = self.now;
        let named = self.of(run.archive)?;
        let is_running = run.state == RunState::Running;
        let phase = match run.phase.as_str() {
            _ if !is_running => None,
            "copying" => Some(RunPhase::Copying),
            "saving" => Some(RunPhase::Saving),
            _ => Some(RunPhase::Counting),
        };
        let done = run.ledger.accounted().saturating_sub(run.ledger.pending);
        let open = run.ledger.listed.saturating_sub(done);
        let seconds = (now.as_millisecond() - run.started.as_millisecond()) as f64 / 1000.0;
        let has_rate = is_running && seconds >= LEAST_SECONDS && done > 0;
        let rate_items = has_rate.then(|| done as f64 / seconds);
        let range = rate_items
            .filter(|_| phase == Some(RunPhase::Copying) && open > 0)
            .map(|rate| (open as f64 / rate * 0.7, open as f64 / rate * 1.6));
        Ok(RunView {
            id: run.id,
            archive: run.archive,
            title: named.title.clone(),
            owner: named.owner.clone(),
            service: named.service,
            connection: named.connection,
            domain: named.domain.clone(),
            trigger: run.trigger.as_str().to_owned(),
            started: run.started,
            ended: run.ended,
            state: if is_running { RunStateWord::Running } else { RunStateWord::Ended },
            phase,
            result: run.result,
            closes: run.ledger.closes(),
            open: if is_running { open } else { run.ledger.quarantined + run.ledger.pending },
            expected: run.expected_count,
            rate_items,
            rate_bytes: has_rate.then(|| run.ledger.bytes as f64 / seconds),
            seconds_low: range.map(|(low, _)| low as u64),
            seconds_high: range.map(|(_, high)| high as u64 + 1),
            ledger: run.ledger,
            limited_by: run.limited_by,
            error: run.error_code.map(|code| UserError::of(&code, run.error_detail.unwrap_or_default())),
            note: run.note,
            can_pause: false,
            can_resume: false,
            can_cancel: is_running,
            can_retry: !is_running,
        })
    }
}

fn named(tx: &Tx<'_>, id: ArchiveId) -> Result<Named, EngineError> {
    let missing = || EngineError::NotFound { what: "archive", name: id.to_string() };
    let archive = archives::get(tx, id)?.ok_or_else(missing)?;
    let domain = connections::get(tx, archive.connection)?.map(|known| known.tenant_name).unwrap_or_default();
    Ok(Named {
        title: format!("{} {}", archive.name, archive.scope.service.title()),
        owner: archive.name,
        service: archive.scope.service,
        connection: archive.connection,
        domain,
    })
}
