//! `schedule`: when the next backup is due, what due ones wait for, and what holds them back on this computer. How often
//! and in which hours backups run is a setting of each level: `policy`.

use clap::Args;
use holdfast_app::views::{ScheduleSettings, ScheduleView};
use holdfast_app::{Result, format};
use jiff::tz::TimeZone;

use super::levels::Switch;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Arguments of `schedule`. What is not named stays as it is.
#[derive(Args)]
pub struct Schedule {
    /// Whether due backups wait while the computer runs on its battery
    #[arg(long, value_name = "on|off")]
    wait_on_battery: Option<Switch>,
    /// Whether due backups wait while the network is metered
    #[arg(long, value_name = "on|off")]
    wait_on_metered: Option<Switch>,
    /// Whether the computer is kept awake while scheduled backups go on
    #[arg(long, value_name = "on|off")]
    keep_awake: Option<Switch>,
}

/// Shows the schedule, or changes what holds it back.
pub async fn schedule(what: Schedule, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let known = app.schedule().await?;
    let or = |switch: Option<Switch>, known| switch.map_or(known, |switch| switch == Switch::On);
    let wanted = ScheduleSettings {
        wait_on_battery: or(what.wait_on_battery, known.settings.wait_on_battery),
        wait_on_metered: or(what.wait_on_metered, known.settings.wait_on_metered),
        keep_awake: or(what.keep_awake, known.settings.keep_awake),
    };
    let view = if wanted == known.settings { known } else { app.set_schedule_rules(wanted).await? };
    output::document(context.json(), &view, |view| told(view, &TimeZone::system()))?;
    Ok(Exit::Done)
}

fn told(view: &ScheduleView, zone: &TimeZone) -> String {
    let rule = |on: bool, is_told: bool, now: Option<bool>| match (on, is_told, now) {
        (true, true, Some(true)) => "on (what is due waits now)",
        (true, true, Some(false)) => "on",
        (true, true, None) => "on (this system does not know it now: it has no effect)",
        (true, false, _) => "on (this system does not tell: it has no effect)",
        (false, ..) => "off",
    };
    let (settings, awake) = (&view.settings, view.can_keep_awake);
    let mut lines = vec![
        match view.next {
            Some(at) => format!("Next backup due: {}", format::time(at, zone)),
            None => "Nothing is scheduled yet.".to_owned(),
        },
        format!("Wait on battery: {}", rule(settings.wait_on_battery, view.knows_battery, view.on_battery)),
        format!(
            "Wait on a metered network: {}",
            rule(settings.wait_on_metered, view.knows_metered, view.is_metered)
        ),
        format!("Keep awake during a run: {}", rule(settings.keep_awake, awake, Some(false))),
    ];
    if let Some(pause) = &view.pause {
        lines.push(match pause.until {
            Some(until) => format!("All backups are paused until {}.", format::time(until, zone)),
            None => "All backups are paused until `holdfast resume --all`.".to_owned(),
        });
    }
    for wait in &view.waiting {
        let whose = wait
            .domain
            .as_deref()
            .map_or_else(String::new, |domain| format!(" of {}", format::one_line(domain)));
        let since = format::time(wait.since, zone);
        lines.push(format!("Due backups{whose} wait for {} since {since}.", wait.what));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use holdfast_app::views::WaitView;

    use super::*;

    #[test]
    fn what_waits_and_for_what_is_said() {
        let at = |text: &str| text.parse().unwrap();
        let view = ScheduleView {
            settings: ScheduleSettings { wait_on_battery: true, wait_on_metered: true, keep_awake: false },
            knows_battery: true,
            on_battery: Some(true),
            knows_metered: false,
            is_metered: None,
            can_keep_awake: true,
            waiting: vec![
                WaitView { what: "mains power".into(), domain: None, since: at("2026-11-02T08:00:00Z") },
                WaitView {
                    what: "the network".into(),
                    domain: Some("acme.example\u{1b}[2J".into()),
                    since: at("2026-11-02T08:30:00Z"),
                },
            ],
            pause: None,
            next: Some(at("2026-11-02T07:00:00Z")),
        };
        let expected = "Next backup due: 2026-11-02 07:00\n\
            Wait on battery: on (what is due waits now)\n\
            Wait on a metered network: on (this system does not tell: it has no effect)\n\
            Keep awake during a run: off\n\
            Due backups wait for mains power since 2026-11-02 08:00.\n\
            Due backups of acme.example\u{fffd}[2J wait for the network since 2026-11-02 08:30.";
        assert_eq!(told(&view, &TimeZone::UTC), expected);
        let unknown = ScheduleView { knows_metered: true, ..view };
        let told = told(&unknown, &TimeZone::UTC);
        assert!(
            told.contains("metered network: on (this system does not know it now: it has no effect)"),
            "{told}"
        );
    }
}
