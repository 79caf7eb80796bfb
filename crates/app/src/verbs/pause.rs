//! The pause of all backups. It is kept in the catalogue, so that it lasts over a restart and every surface knows it.

use holdfast_engine::catalog::{Pause, PauseTarget, Tx};
use holdfast_engine::{EngineError, Pauses, PolicyTarget, Request};
use holdfast_model::Timestamp;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan as _};

use super::named;
use crate::App;
use crate::error::Result;
use crate::views::{LevelKey, LevelWord, PauseView};

/// How long backups pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PauseFor {
    /// From now on.
    AnHour,
    /// Until the day is over where the computer is.
    Today,
}

impl PauseFor {
    /// When it ends.
    pub fn ends(self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        let hour = || now.checked_add(SignedDuration::from_hours(1)).unwrap_or(now);
        match self {
            Self::AnHour => hour(),
            Self::Today => {
                let day = now.to_zoned(zone.clone());
                let tomorrow = day.checked_add(1.day()).and_then(|tomorrow| tomorrow.start_of_day());
                tomorrow.map_or_else(|_| hour(), |tomorrow| tomorrow.timestamp())
            }
        }
    }
}

/// A pause as it is shown.
pub(crate) fn pause_view(tx: &Tx<'_>, pause: &Pause) -> std::result::Result<PauseView, EngineError> {
    let of = |connection, level, target: PolicyTarget| -> std::result::Result<_, EngineError> {
        let name = named(tx, connection, &target)?.name;
        let id = target.key().1.to_owned();
        Ok((Some(LevelKey { connection: connection.0, level, id }), name))
    };
    let (of, name) = match &pause.target {
        PauseTarget::All => (None, String::new()),
        PauseTarget::OrgUnit { connection, id } => {
            of(*connection, LevelWord::OrgUnit, PolicyTarget::OrgUnit(id.clone()))?
        }
        PauseTarget::Group { connection, id } => {
            of(*connection, LevelWord::Group, PolicyTarget::Group(id.clone()))?
        }
        PauseTarget::User { connection, id } => {
            of(*connection, LevelWord::User, PolicyTarget::User(id.clone()))?
        }
    };
    Ok(PauseView { of, name, until: pause.until })
}

impl App {
    /// Pauses all backups; when that ends. Runs under way rest.
    pub async fn pause_all(&self, pause: PauseFor) -> Result<Timestamp> {
        let until = pause.ends(self.now(), &TimeZone::system());
        self.done(Request::Pause { who: PauseTarget::All, until: Some(until) }).await?;
        tracing::info!(%until, "all backups are paused");
        Ok(until)
    }

    /// Ends the pause of all backups; fine where there is none. Runs that rest because of it go on.
    pub async fn resume_all(&self) -> Result<()> {
        self.done(Request::Unpause { who: PauseTarget::All }).await
    }

    /// The pause of all backups, where there is one now.
    pub async fn paused(&self) -> Result<Option<Pause>> {
        let now = self.now();
        Ok(self.engine.read(move |tx| Ok(Pauses::at(tx, now)?.of_all().cloned())).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_midnight_where_the_computer_is() {
        let ends = |pause: PauseFor, now: &str, zone: &str| {
            pause.ends(now.parse().unwrap(), &TimeZone::get(zone).unwrap()).to_string()
        };
        let now = "2026-11-22T23:30:00Z";
        assert_eq!(ends(PauseFor::AnHour, now, "UTC"), "2026-11-23T00:30:00Z");
        assert_eq!(ends(PauseFor::Today, now, "UTC"), "2026-11-23T00:00:00Z");
        assert_eq!(ends(PauseFor::Today, now, "Europe/Berlin"), "2026-11-23T23:00:00Z");
        // A day with a change of the clocks has 25 hours.
        assert_eq!(ends(PauseFor::Today, "2026-10-24T23:00:00Z", "Europe/Berlin"), "2026-10-25T23:00:00Z");
    }
}
