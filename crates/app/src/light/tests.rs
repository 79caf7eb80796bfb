//! Each state has its light.

use super::*;

fn hours_ago(hours: i64) -> Option<Timestamp> {
    Some(Timestamp::from_second(10_000_000 - hours * 3600).unwrap())
}

fn held(result: RunResult, hours: i64) -> Standing {
    Standing {
        last_result: Some(result),
        last_complete_at: hours_ago(hours),
        items: 9,
        ..Standing::default()
    }
}

fn shown(change: impl FnOnce(&mut Axes<'_>), services: &[Standing]) -> (LightColor, LightState, String) {
    let mut axes = Axes {
        connection: ConnectionState::Connected,
        account: Account::Active,
        protection: Protection::Protected,
        is_paused: false,
        services,
        interval_hours: 24,
        cloud_keeps_until: None,
        now: Timestamp::from_second(10_000_000).unwrap(),
    };
    change(&mut axes);
    let light = light(&axes);
    (light.color, light.state, light.sentence)
}

#[test]
fn every_state_has_its_light() {
    use RunResult::{Cancelled, Complete, CompleteWithSkips, Failed, Partial};
    let never = Standing::default();
    let first = Standing { is_running: true, items: 12, expected: Some(100), ..never.clone() };
    let last_item = Standing { is_running: true, items: 100, expected: Some(100), ..never.clone() };
    let uncounted = Standing { is_running: true, items: 12, ..never.clone() };
    let off =
        Standing { last_result: Some(Failed), left_out: Some(Service::Calendar), ..Standing::default() };
    let partial = Standing { open: 3, ..held(Partial, 5) };
    let good = held(Complete, 3);
    type Change = fn(&mut Axes<'_>);
    let as_is: Change = |_| {};
    let rows: Vec<(Change, Vec<Standing>, LightColor, LightState, &str)> = vec![
        (as_is, vec![good.clone()], Green, Is::Protected, "Protected, last good copy 3 hours ago"),
        (
            as_is,
            vec![good.clone(), held(CompleteWithSkips, 40)],
            Green,
            Is::Protected,
            "Protected, last good copy 40 hours ago",
        ),
        (
            as_is,
            vec![good.clone(), off.clone()],
            Green,
            Is::Protected,
            "Protected, last good copy 3 hours ago; without Calendar, switched off in the cloud",
        ),
        (as_is, vec![never.clone(), off.clone()], Blue, Is::Waiting, "Waiting for the first copy"),
        (as_is, vec![off], Red, Is::Failed, "Every chosen service is switched off in the cloud"),
        (as_is, vec![held(Cancelled, 3)], Green, Is::Protected, "Protected, last good copy 3 hours ago"),
        (
            as_is,
            vec![good.clone(), held(Complete, 49)],
            Amber,
            Is::Stale,
            "Out of date, last good copy 2 days ago",
        ),
        (
            |a| a.interval_hours = 48,
            vec![held(Complete, 90)],
            Green,
            Is::Protected,
            "Protected, last good copy 3 days ago",
        ),
        (
            as_is,
            vec![Standing { waits_for: Some(WaitingFor::Power), ..good.clone() }],
            Blue,
            Is::Waiting,
            "Waiting for mains power, last good copy 3 hours ago",
        ),
        (
            as_is,
            vec![good.clone(), Standing { waits_for: Some(WaitingFor::Storage), ..held(Complete, 49) }],
            Amber,
            Is::Stale,
            "Waiting for the storage, last good copy 2 days ago",
        ),
        (
            as_is,
            vec![Standing { waits_for: Some(WaitingFor::UnmeteredNetwork), ..never.clone() }],
            Blue,
            Is::Waiting,
            "Waiting for a network that is not metered, no copy yet",
        ),
        (
            |a| a.is_paused = true,
            vec![Standing { waits_for: Some(WaitingFor::Power), ..good.clone() }],
            LightColor::Grey,
            Is::Paused,
            "Paused, last good copy 3 hours ago",
        ),
        (as_is, vec![], Blue, Is::Waiting, "Waiting for the first copy"),
        (as_is, vec![never.clone()], Blue, Is::Waiting, "Waiting for the first copy"),
        (as_is, vec![good.clone(), never.clone()], Blue, Is::Waiting, "Waiting for the first copy"),
        (as_is, vec![first.clone()], Blue, Is::FirstCopy, "First copy 12 %"),
        (as_is, vec![first.clone(), never.clone()], Blue, Is::FirstCopy, "First copy 12 %"),
        (as_is, vec![last_item], Blue, Is::FirstCopy, "First copy 99 %"),
        (as_is, vec![uncounted], Blue, Is::FirstCopy, "First copy"),
        (
            as_is,
            vec![Standing { last_result: Some(Cancelled), items: 5, expected: Some(10), ..never.clone() }],
            Amber,
            Is::FirstCopy,
            "First copy 50 %",
        ),
        (
            as_is,
            vec![Standing { is_running: true, ..good.clone() }],
            Blue,
            Is::Running,
            "Backing up now, last good copy 3 hours ago",
        ),
        (
            as_is,
            vec![held(Failed, 5), good.clone()],
            Red,
            Is::Failed,
            "The last run failed, last good copy 5 hours ago",
        ),
        (
            as_is,
            vec![partial.clone()],
            Amber,
            Is::Partial,
            "3 items will be tried again, last good copy 5 hours ago",
        ),
        (
            as_is,
            vec![held(Partial, 5)],
            Amber,
            Is::Partial,
            "The last run did not reach everything, last good copy 5 hours ago",
        ),
        (|a| a.is_paused = true, vec![good.clone()], Grey, Is::Paused, "Paused, last good copy 3 hours ago"),
        (
            |a| a.connection = ConnectionState::Expired,
            vec![good.clone()],
            Red,
            Is::NotConnected,
            "The connection has expired, last good copy 3 hours ago",
        ),
        (|a| a.connection = ConnectionState::Disconnected, vec![], Red, Is::NotConnected, "Not connected"),
        (
            |a| a.account = Account::Suspended,
            vec![good.clone()],
            Amber,
            Is::AccountSuspended,
            "Suspended in the cloud, last good copy 3 hours ago",
        ),
        (
            |a| a.account = Account::Deleted,
            vec![good.clone()],
            Amber,
            Is::AccountDeleted,
            "Deleted in the cloud, last good copy 3 hours ago",
        ),
        (|a| a.protection = Protection::Unprotected, vec![], Grey, Is::Unprotected, "Not protected"),
        (
            |a| {
                a.protection = Protection::Unprotected;
                a.account = Account::Suspended;
            },
            vec![],
            Grey,
            Is::AccountSuspended,
            "Suspended in the cloud",
        ),
        (
            |a| {
                a.protection = Protection::Unprotected;
                a.account = Account::Archived;
            },
            vec![],
            Grey,
            Is::AccountSuspended,
            "Archived in the cloud",
        ),
        (
            |a| {
                a.protection = Protection::Unprotected;
                a.account = Account::Deleted;
            },
            vec![],
            Grey,
            Is::AccountDeleted,
            "Deleted in the cloud",
        ),
        (|a| a.protection = Protection::Excluded, vec![], Grey, Is::Excluded, "Left out by choice"),
        (
            |a| a.protection = Protection::Retained,
            vec![good],
            Grey,
            Is::Retained,
            "Left the company, last good copy 3 hours ago",
        ),
    ];
    for (change, services, color, state, sentence) in rows {
        assert_eq!(shown(change, &services), (color, state, sentence.to_owned()));
    }
}

#[test]
fn a_light_that_is_not_green_by_right_is_never_green() {
    let results = RunResult::ALL.into_iter().map(Some).chain([None]);
    for result in results {
        for copy in [None, hours_ago(1), hours_ago(100)] {
            let one = Standing { last_result: result, last_complete_at: copy, ..Standing::default() };
            let (color, ..) = shown(|_| {}, &[held(RunResult::Complete, 1), one]);
            assert!(color != Green || copy == hours_ago(1), "{result:?} {copy:?}");
        }
    }
}

#[test]
fn lights_are_counted_the_worst_first() {
    let of = |color| Light { color, state: Is::Stale, sentence: String::new(), action: None };
    let lights = [of(Green), of(Red), of(Green)];
    let counts: Vec<_> = counted(lights.iter()).into_iter().map(|one| (one.color, one.count)).collect();
    assert_eq!(counts, [(Red, 1), (Green, 2)]);
}

#[test]
fn who_left_says_for_how_many_days_the_cloud_keeps_the_data() {
    let rows = [
        (hours_ago(-20 * 24), "; the cloud keeps the data for at most 20 days more"),
        (hours_ago(-12 * 24 + 1), "; the cloud keeps the data for at most 12 days more"),
        (hours_ago(-1), "; the cloud keeps the data for at most 1 day more"),
        (hours_ago(0), "; the cloud keeps nothing any more"),
        (None, ""),
    ];
    for (until, expected) in rows {
        let kept = [held(RunResult::Complete, 30)];
        let (_, state, told) = shown(
            |a| {
                (a.protection, a.account, a.cloud_keeps_until) =
                    (Protection::Retained, Account::Deleted, until)
            },
            &kept,
        );
        assert_eq!(state, LightState::Retained);
        assert_eq!(told, format!("Left the company, last good copy 30 hours ago{expected}"));
    }
}
