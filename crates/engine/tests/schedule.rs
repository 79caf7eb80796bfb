//! The schedule: what is due runs, what was missed is made up once, what cannot run says why, over a simulated fortnight.
#![allow(clippy::expect_used, clippy::unwrap_used)] // A test fails by panicking.

use crate::stage;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use holdfast_clouds::contract::{CloudError, ErrorKind};
use holdfast_clouds::testkit::MemoryCloud;
use holdfast_clouds::testkit::memory::{Fault, Op, Trouble};
use holdfast_engine::catalog::{
    DirectoryUser, Notification, PauseTarget, Protection, RunFilter, UserFilter, archives, due,
    notifications, runs, users,
};
use holdfast_engine::{
    AutoBackupTarget, Events, PolicyTarget, Request, Schedule, ScheduleRules, Surroundings, Ticked, Waiting,
    WaitingFor, Worker, waiting,
};
use holdfast_model::{Owner, PolicyOverride, Timestamp, UserId};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use stage::Stage;
use tokio_util::sync::CancellationToken;

/// A computer whose power and network a test decides.
#[derive(Default)]
struct Laptop {
    on_battery: AtomicBool,
    is_metered: AtomicBool,
    /// How often it was asked to stay awake.
    was_asked: AtomicUsize,
    stays_awake: Arc<()>,
}

impl Surroundings for Laptop {
    fn stay_awake(&self) -> Option<Box<dyn Send>> {
        self.was_asked.fetch_add(1, Ordering::SeqCst);
        Some(Box::new(Arc::clone(&self.stays_awake)))
    }

    fn on_battery(&self) -> Option<bool> {
        Some(self.on_battery.load(Ordering::SeqCst))
    }

    fn is_metered(&self) -> Option<bool> {
        Some(self.is_metered.load(Ordering::SeqCst))
    }
}

/// A stage whose worker keeps a schedule.
struct Kept {
    stage: Stage,
    worker: Arc<Worker>,
    schedule: Schedule,
    laptop: Arc<Laptop>,
}

impl Kept {
    async fn new(cloud: MemoryCloud, zone: TimeZone) -> Self {
        let stage = Stage::new(cloud).await;
        stage.sync().await;
        let worker = Arc::new(stage.engine.become_worker().await.unwrap().unwrap());
        let laptop = Arc::new(Laptop::default());
        let schedule = Schedule::new(zone, laptop.clone(), stage.engine.now());
        Self { stage, worker, schedule, laptop }
    }

    async fn perform(&self, request: Request) {
        let cancel = CancellationToken::new();
        self.worker.execute(request, &Events::nobody(), &cancel).await.unwrap();
    }

    async fn start(&self, user: &str) {
        let selection = holdfast_engine::Selection {
            users: vec![user.to_owned()],
            ..holdfast_engine::Selection::default()
        };
        self.perform(Request::Start { selection, policy: None, run_now: true }).await;
    }

    /// One look at the clock; Runs that it begins are over afterwards.
    async fn tick(&mut self) -> Ticked {
        let cancel = CancellationToken::new();
        let ticked = self.schedule.tick(&self.worker, &Events::nobody(), &cancel).await.unwrap();
        self.worker.runs_ended().await;
        ticked
    }

    async fn after(&mut self, seconds: i64) -> (usize, usize) {
        self.stage.clock.move_by(seconds);
        let ticked = self.tick().await;
        (ticked.begun.len(), ticked.held.len())
    }

    async fn waits_for(&self) -> Vec<WaitingFor> {
        let waits: Vec<Waiting> = self.stage.engine.read(waiting).await.unwrap();
        waits.into_iter().map(|one| one.reason).collect()
    }
}

const HOUR: i64 = 3600;

fn passing() -> Trouble {
    let error = CloudError::new(ErrorKind::Retry { after: None }, "unreachable", "no route to host");
    Trouble::Fails(error)
}

async fn every(kept: &Kept, hours: u8) {
    let policy = PolicyOverride { frequency_hours: Some(hours), ..PolicyOverride::default() };
    kept.perform(Request::SetPolicy { connection: None, target: PolicyTarget::Domain, policy }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sleep_over_two_due_times_is_made_up_once_when_the_network_is_back_and_nobody_is_alarmed() {
    let mut kept = Kept::new(MemoryCloud::sample(1, 2, 1), TimeZone::UTC).await;
    every(&kept, 4).await;
    kept.start("user1@example.test").await;
    assert_eq!(kept.after(60).await, (0, 0), "what a person started begins the rhythm");
    kept.stage.cloud.fault(Fault::always(Op::Tenant, passing()));
    assert_eq!(kept.after(9 * HOUR).await, (0, 2));
    assert_eq!(kept.waits_for().await, [WaitingFor::Network]);
    assert_eq!(kept.after(40).await, (0, 2));
    let open = kept.stage.engine.read(|tx| Ok(notifications::list_open(tx)?)).await.unwrap();
    assert_eq!(open, []);
    kept.stage.cloud.heal();
    assert_eq!(kept.after(20).await, (2, 0), "one for each archive, not one for each time that was missed");
    assert_eq!(kept.waits_for().await, []);
    assert_eq!(kept.after(60).await, (0, 0));
    assert_eq!(kept.after(3 * HOUR).await, (2, 0), "the rhythm goes on: 20:00 follows 16:00");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pauses_power_a_metered_network_and_a_missing_storage_hold_back_what_is_due_and_let_go() {
    let mut kept = Kept::new(MemoryCloud::sample(1, 1, 0), TimeZone::UTC).await;
    kept.start("user1@example.test").await;
    assert_eq!(kept.after(60).await, (0, 0));
    let until = kept.stage.engine.now().checked_add(jiff::SignedDuration::from_hours(25)).unwrap();
    kept.perform(Request::Pause { who: PauseTarget::All, until: Some(until) }).await;
    assert_eq!(kept.after(24 * HOUR).await, (0, 0));
    kept.laptop.on_battery.store(true, Ordering::SeqCst);
    let rules = ScheduleRules { wait_on_battery: true, ..ScheduleRules::default() };
    kept.perform(Request::SetScheduleRules { rules }).await;
    assert_eq!(kept.after(HOUR).await, (0, 2), "the pause is over");
    assert_eq!(kept.waits_for().await, [WaitingFor::Power]);
    kept.laptop.on_battery.store(false, Ordering::SeqCst);
    kept.laptop.is_metered.store(true, Ordering::SeqCst);
    let rules = ScheduleRules { wait_on_metered: true, ..rules };
    kept.perform(Request::SetScheduleRules { rules }).await;
    assert_eq!(kept.after(60).await, (0, 2));
    assert_eq!(kept.waits_for().await, [WaitingFor::UnmeteredNetwork]);
    kept.laptop.is_metered.store(false, Ordering::SeqCst);
    let (there, away) = (kept.stage.repository(), kept.stage.folder.path().join("away"));
    std::fs::rename(&there, &away).unwrap();
    assert_eq!(kept.after(60).await, (0, 2));
    assert_eq!(kept.waits_for().await, [WaitingFor::Storage]);
    std::fs::rename(&away, &there).unwrap();
    assert_eq!(kept.after(60).await, (2, 0));
    assert_eq!(kept.waits_for().await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_computer_is_kept_awake_for_runs_of_the_schedule_where_the_admin_says_so_and_let_go_after_them() {
    let mut kept = Kept::new(MemoryCloud::sample(1, 1, 0), TimeZone::UTC).await;
    kept.start("user1@example.test").await;
    assert_eq!(kept.after(60).await, (0, 0));
    assert_eq!(kept.after(24 * HOUR).await, (2, 0));
    let rules = ScheduleRules { keep_awake: true, ..ScheduleRules::default() };
    kept.perform(Request::SetScheduleRules { rules }).await;
    assert_eq!(kept.after(60).await, (0, 0), "nothing is due");
    assert_eq!(kept.laptop.was_asked.load(Ordering::SeqCst), 0, "nobody said so, or nothing ran");
    assert_eq!(kept.after(24 * HOUR).await, (2, 0));
    let let_go = async {
        // What is asked beside the Runs may come a moment after them.
        while kept.laptop.was_asked.load(Ordering::SeqCst) == 0
            || Arc::strong_count(&kept.laptop.stays_awake) > 1
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(120), let_go).await.expect("it may sleep again");
    assert_eq!(kept.laptop.was_asked.load(Ordering::SeqCst), 1, "once for all of them");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_jumps_ahead_and_back_costs_one_run_and_holds_nothing_up() {
    let mut kept = Kept::new(MemoryCloud::sample(1, 1, 0), TimeZone::UTC).await;
    every(&kept, 6).await;
    kept.start("user1@example.test").await;
    assert_eq!(kept.after(60).await, (0, 0));
    let year = 365 * 24 * HOUR;
    assert_eq!(kept.after(year).await, (2, 0));
    assert_eq!(kept.after(-year).await, (0, 0));
    assert_eq!(kept.after(6 * HOUR).await, (2, 0), "no later than one interval from now");
}

/// What happens on a day of the fortnight.
#[derive(Clone, Debug)]
struct Day {
    deeds: Vec<Deed>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Usual,
    Asleep,
    Offline,
    Paused,
}

#[derive(Clone, Debug)]
enum Deed {
    Join { in_unit: bool },
    Move { who: usize, into_unit: bool },
    Suspend(usize),
    Activate(usize),
    Leave(usize),
}

fn day() -> impl Strategy<Value = Day> {
    let who = 0_usize..64;
    let deed = prop_oneof![
        any::<bool>().prop_map(|in_unit| Deed::Join { in_unit }),
        (who.clone(), any::<bool>()).prop_map(|(who, into_unit)| Deed::Move { who, into_unit }),
        who.clone().prop_map(Deed::Suspend),
        who.clone().prop_map(Deed::Activate),
        who.prop_map(Deed::Leave),
    ];
    let kind = prop_oneof![
        4 => Just(Kind::Usual),
        1 => Just(Kind::Asleep),
        1 => Just(Kind::Offline),
        1 => Just(Kind::Paused),
    ];
    (prop::collection::vec(deed, 0..4), kind).prop_map(|(deeds, kind)| Day { deeds, kind })
}

/// What is known of a person without the engine.
#[derive(Clone, Debug)]
struct Person {
    id: UserId,
    in_unit: bool,
    is_active: bool,
    is_protected: bool,
    /// Suspended or deleted while protected: the Archive is kept.
    is_retained: bool,
    is_deleted: bool,
}

impl Person {
    fn new(id: UserId, in_unit: bool) -> Self {
        Self { id, in_unit, is_active: true, is_protected: false, is_retained: false, is_deleted: false }
    }

    /// What a sync makes of it; true for who left just now.
    fn is_synced(&mut self) -> bool {
        let has_left = self.is_protected && !self.is_active;
        let is_back = self.is_retained && self.is_active;
        self.is_retained = (self.is_retained || has_left) && !is_back;
        self.is_protected = self.is_active && (self.is_protected || is_back || self.in_unit);
        has_left
    }
}

async fn fortnight(days: Vec<Day>) {
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let cloud = MemoryCloud::sample(8, 1, 0);
    let unit = cloud.add_org_unit(&cloud.root_unit(), "Unit");
    let mut kept = Kept::new(cloud.clone(), berlin.clone()).await;
    let first: jiff::civil::DateTime = "2026-10-20T08:00:00".parse().unwrap();
    let go_to = |kept: &Kept, at: jiff::civil::DateTime| {
        let at: Timestamp = at.to_zoned(berlin.clone()).unwrap().timestamp();
        kept.stage.clock.move_by(at.as_second() - kept.stage.engine.now().as_second());
    };
    go_to(&kept, first);
    let target = AutoBackupTarget::OrgUnit { id: unit.clone(), include_sub_units: false };
    kept.perform(Request::SetAutoBackup { connection: kept.stage.connection, target, on: true }).await;
    kept.start("user1@example.test").await;
    // The first one is always there, so that something is due every day.
    let mut people: Vec<Person> = (1..=8)
        .map(|number| Person::new(cloud.user(&format!("user{number}@example.test")).unwrap(), false))
        .collect();
    people[0].is_protected = true;
    // Who left on a day that was no usual one. A sync that came late the day before makes the next one come late, too: only
    // the next day may find them.
    let mut late = BTreeSet::new();
    for (number, day) in days.into_iter().enumerate() {
        let morning = first.checked_add(jiff::Span::new().days(number as i64 + 1)).unwrap();
        for deed in day.deeds {
            act(&cloud, &unit, &mut people, deed, number);
        }
        if day.kind == Kind::Offline {
            cloud.fault(Fault::always(Op::Tenant, passing()));
            cloud.fault(Fault::always(Op::Users, passing()));
        }
        go_to(&kept, morning);
        let begin = kept.stage.engine.now();
        if day.kind == Kind::Paused {
            let until = begin.checked_add(jiff::SignedDuration::from_hours(14)).unwrap();
            kept.perform(Request::Pause { who: PauseTarget::All, until: Some(until) }).await;
        }
        if day.kind != Kind::Asleep {
            kept.after(HOUR).await;
            kept.after(60).await;
            kept.after(8 * HOUR).await;
        }
        cloud.heal();
        let mut left = BTreeSet::new();
        if matches!(day.kind, Kind::Usual | Kind::Paused) {
            let gone = people.iter_mut().filter_map(|one| one.is_synced().then(|| one.id.clone()));
            left = gone.collect();
        }
        compare(&kept, &people, (&left, &late), begin, day.kind, number).await;
        if day.kind == Kind::Usual { late.clear() } else { late.append(&mut left) }
    }
}

fn act(
    cloud: &MemoryCloud,
    unit: &holdfast_model::OrgUnitId,
    people: &mut Vec<Person>,
    deed: Deed,
    number: usize,
) {
    let place = |in_unit: bool| if in_unit { unit.clone() } else { cloud.root_unit() };
    // The first one stays, and who is deleted does not come back.
    let there: Vec<usize> = (1..people.len()).filter(|at| !people[*at].is_deleted).collect();
    let any = |who: usize| there[who % there.len()];
    match deed {
        Deed::Join { in_unit } => {
            let id = cloud.add_user(&format!("joined{number}-{}@example.test", people.len()));
            cloud.move_user(&id, &place(in_unit));
            people.push(Person::new(id, in_unit));
        }
        Deed::Move { who, into_unit } => {
            let person = &mut people[any(who)];
            cloud.move_user(&person.id, &place(into_unit));
            person.in_unit = into_unit;
        }
        Deed::Suspend(who) => {
            let person = &mut people[any(who)];
            cloud.suspend(&person.id);
            person.is_active = false;
        }
        Deed::Activate(who) => {
            let person = &mut people[any(who)];
            cloud.activate(&person.id);
            person.is_active = true;
        }
        // So many leavers at once would be a mass deletion, which asks first.
        Deed::Leave(who) if there.len() > 6 => {
            let person = &mut people[any(who)];
            cloud.delete_user(&person.id);
            (person.is_active, person.is_deleted) = (false, true);
        }
        Deed::Leave(_) => {}
    }
}

/// What the catalogue says at the end of a day.
struct Known {
    users: Vec<DirectoryUser>,
    open: Vec<Notification>,
    /// Runs since the morning.
    began: BTreeMap<UserId, usize>,
}

async fn known(kept: &Kept, begin: Timestamp) -> Known {
    let connection = kept.stage.connection;
    let read = kept.stage.engine.read(move |tx| {
        let mut began: BTreeMap<UserId, usize> = BTreeMap::new();
        for run in runs::list(tx, &RunFilter::default(), 10_000)? {
            let archive = archives::get(tx, run.archive)?.unwrap();
            if run.started >= begin
                && let Owner::User(user) = archive.scope.owner
            {
                *began.entry(user).or_default() += 1;
            }
        }
        let users = users::list(tx, connection, &UserFilter::default())?;
        Ok(Known { users, open: notifications::list_open(tx)?, began })
    });
    read.await.unwrap()
}

/// Who is protected and who is retained, what is told, and whose Runs there were since `begin`, are those of the model.
/// Who left today has a last Run, and who left a little earlier may have it.
async fn compare(
    kept: &Kept,
    people: &[Person],
    (left, late): (&BTreeSet<UserId>, &BTreeSet<UserId>),
    begin: Timestamp,
    kind: Kind,
    number: usize,
) {
    let known = known(kept, begin).await;
    if kind != Kind::Usual {
        // A pause holds the schedule back, and not the last copy of who left.
        let others: Vec<_> =
            known.began.keys().filter(|id| !left.contains(*id) && !late.contains(*id)).collect();
        assert!(others.is_empty(), "{others:?} run on day {number}, {kind:?}");
        // The Directory may come in only after the day's end: the next usual day tells.
        return;
    }
    let of_model = |is: fn(&Person) -> bool| -> BTreeSet<&UserId> {
        people.iter().filter(|one| is(one)).map(|one| &one.id).collect()
    };
    let with = |protection: Protection| -> BTreeSet<&UserId> {
        known.users.iter().filter(|user| user.protection == protection).map(|user| &user.user.id).collect()
    };
    let licensed: BTreeSet<&UserId> =
        known.users.iter().filter(|user| user.licensed).map(|user| &user.user.id).collect();
    let protected = of_model(|one| one.is_protected);
    assert_eq!(with(Protection::Protected), protected, "who is protected after day {number}");
    assert_eq!(licensed, protected, "who holds a license after day {number}");
    assert_eq!(with(Protection::Retained), of_model(|one| one.is_retained), "who is kept after day {number}");
    let told: BTreeSet<&UserId> = known.open.iter().filter_map(|one| one.subject.user.as_ref()).collect();
    assert_eq!(told, of_model(|one| one.is_retained && one.is_deleted), "who is told of after day {number}");
    for one in known.open.iter().filter(|one| one.subject.user.is_some()) {
        let says = one.detail.as_deref().unwrap_or_default();
        assert!(one.cause == "user.left" && says.contains("for 20 days"), "{one:?}");
    }
    for person in people {
        let runs = known.began.get(&person.id).copied().unwrap_or(0);
        let expected = match person {
            // A mailbox and a drive, each once; once more where the first time came late the day before.
            _ if person.is_protected => 2..=4,
            // A last Run of each was tried.
            _ if left.contains(&person.id) => 2..=2,
            _ if late.contains(&person.id) => 0..=2,
            _ => 0..=0,
        };
        assert!(expected.contains(&runs), "{runs} runs of {person:?} on day {number}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_fortnight_of_joins_leaves_moves_suspensions_sleep_outages_and_a_change_of_the_clocks_equals_the_model(
        days in prop::collection::vec(day(), 14)
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(fortnight(days));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn due_times_are_on_disk_and_go_with_what_is_no_longer_backed_up() {
    let mut kept = Kept::new(MemoryCloud::sample(1, 1, 0), TimeZone::UTC).await;
    kept.start("user1@example.test").await;
    kept.after(60).await;
    let due = async |kept: &Kept| kept.stage.engine.read(|tx| Ok(due::list(tx)?)).await.unwrap();
    let tomorrow: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
    assert_eq!(due(&kept).await.into_iter().map(|(_, at)| at).collect::<Vec<_>>(), [tomorrow, tomorrow]);
    let only_mail = PolicyOverride {
        services: Some([holdfast_model::Service::Gmail].into()),
        ..PolicyOverride::default()
    };
    let target = PolicyTarget::Domain;
    kept.perform(Request::SetPolicy { connection: None, target, policy: only_mail }).await;
    kept.after(60).await;
    assert_eq!(due(&kept).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_on_the_first_of_two_paused_days_may_have_the_last_run_on_the_second() {
    let day = |kind, deeds: Vec<Deed>| Day { deeds, kind };
    let moved = |who| Deed::Move { who, into_unit: true };
    let days = vec![
        day(Kind::Paused, vec![moved(0)]),
        day(Kind::Usual, vec![moved(5)]),
        day(Kind::Paused, vec![Deed::Suspend(5)]),
        day(Kind::Paused, vec![]),
        day(Kind::Usual, vec![]),
    ];
    fortnight(days).await;
}
