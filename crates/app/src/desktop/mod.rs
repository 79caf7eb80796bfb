//! Everything that the page of the desktop app may ask for: one function for each command, with the same name. It owns
//! which data directory is open, or why none is.

mod activity;
mod alerts;
mod audit;
mod clouds;
mod connect;
mod connect_box;
mod directory;
mod fix;
mod forecast;
mod forecast_words;
mod guide;
mod home;
mod hub;
mod keeping;
mod kept;
mod labels;
mod launch;
mod levels;
mod limits;
mod moving;
mod notify;
mod options;
mod others;
mod outside;
mod owners;
mod pause;
mod place;
mod policy;
mod restore;
mod restoring;
mod retention;
mod retest;
mod schedule;
mod seat;
mod settings;
mod start;
mod storage_places;
mod updates;
mod waiting;

use std::path::Path;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use holdfast_engine::{Quiet, Request, Response};
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::error::Result;
use crate::language::Language;
use crate::views::{AppEvent, Boot, ProfileKind};
use crate::{App, Opening, UserError};
use seat::Seat;

pub(crate) use connect::check_item;
pub(crate) use kept::Kept;
pub use notify::{ToNotify, TrayState};
pub(crate) use notify::{to_notify, told_when};
pub use options::DesktopOptions;
pub use outside::Outside;
pub use pause::Tray;
pub use start::licenses_sentence;

/// How often it is seen to that someone keeps the schedule.
const TAKE_WORK_EVERY: std::time::Duration = std::time::Duration::from_secs(30);

/// The desktop app without its window. Cheap to clone.
#[derive(Clone)]
pub struct Desktop(Arc<Inner>);

struct Inner {
    options: DesktopOptions,
    own: tokio::sync::Mutex<Option<Arc<Seat>>>,
    sample: tokio::sync::Mutex<Option<Arc<Seat>>>,
    hub: hub::Hub,
    sign_in: Mutex<Option<CancellationToken>>,
    verifying: Mutex<Option<CancellationToken>>,
    restoring: Mutex<Option<CancellationToken>>,
    moving: Mutex<Option<moving::Moving>>,
    /// Held where a storage is there before it is known how far the set-up is: who asks meanwhile would hear that it is over.
    launching: tokio::sync::Mutex<()>,
    /// Ends the wait for the Runs that went on during the last test of Fix a backup.
    retesting: Mutex<Option<CancellationToken>>,
    /// What a person dropped on the window and the page has not read yet.
    dropped: Mutex<Vec<PathBuf>>,
    /// How far a restore is, or how the last one ended.
    restore_state: restoring::Restoring,
    /// Work that goes on after its command has answered.
    background: TaskTracker,
    stopping: CancellationToken,
    counts: forecast::Counts,
    labels: labels::Known,
    /// A person had paused all backups when it was last looked at.
    was_paused: AtomicBool,
    /// What the tests of what is waited for at Google found.
    probed: Mutex<waiting::Probed>,
    /// Held while one is tested.
    probing: tokio::sync::Mutex<()>,
    waiting_changed: Arc<Notify>,
    /// Notifications that are of no cause.
    to_show: Mutex<Vec<ToNotify>>,
    /// Held while e-mails and webhooks go out: a server that is slow is not asked twice at once.
    delivering: tokio::sync::Mutex<()>,
    quiet: Mutex<Quiet>,
    /// What is spoken.
    language: Mutex<Language>,
}

impl Desktop {
    /// Opens nothing yet. Must be called on a runtime.
    pub fn new(options: DesktopOptions) -> Self {
        let (hub, working) = hub::Hub::new();
        tokio::spawn(working);
        let causes = hub.causes();
        let quiet = Mutex::new(Quiet::new(options.clock.now(), options.quiet));
        let language = Kept::read(&options.data_dir).language.on(options.system_language);
        let desktop = Self(Arc::new(Inner {
            options,
            own: tokio::sync::Mutex::new(None),
            sample: tokio::sync::Mutex::new(None),
            hub,
            sign_in: Mutex::new(None),
            verifying: Mutex::new(None),
            restoring: Mutex::new(None),
            moving: Mutex::new(None),
            launching: tokio::sync::Mutex::default(),
            retesting: Mutex::new(None),
            dropped: Mutex::default(),
            restore_state: restoring::Restoring::default(),
            background: TaskTracker::new(),
            stopping: CancellationToken::new(),
            counts: forecast::Counts::default(),
            labels: labels::Known::default(),
            was_paused: AtomicBool::new(false),
            probed: Mutex::default(),
            probing: tokio::sync::Mutex::new(()),
            waiting_changed: Arc::new(Notify::new()),
            to_show: Mutex::default(),
            delivering: tokio::sync::Mutex::new(()),
            quiet,
            language: Mutex::new(language),
        }));
        tokio::spawn(keep_schedule(Arc::downgrade(&desktop.0)));
        let changed = Arc::clone(&desktop.0.waiting_changed);
        tokio::spawn(others::watch(Arc::downgrade(&desktop.0)));
        tokio::spawn(waiting::keep_probing(Arc::downgrade(&desktop.0), changed));
        let weak = Arc::downgrade(&desktop.0);
        tokio::spawn(async move {
            loop {
                causes.notified().await;
                let Some(inner) = weak.upgrade() else { return };
                Self(inner).tell_attention().await;
            }
        });
        desktop
    }

    /// What changes from now on. A listener that is slow misses events and asks again.
    pub fn subscribe(&self) -> broadcast::Receiver<AppEvent> {
        self.0.hub.subscribe()
    }

    /// Tells all listeners, for events of the shell's own.
    pub fn tell(&self, event: AppEvent) {
        self.0.hub.tell(event);
    }

    /// The App behind what is shown: the sample's while it is open, else the user's own.
    pub async fn shown(&self) -> Result<App> {
        Ok(self.seat().await?.app.clone())
    }

    async fn seat(&self) -> Result<Arc<Seat>> {
        if let Some(sample) = &*self.0.sample.lock().await {
            return Ok(Arc::clone(sample));
        }
        if !self.is_set_up() {
            return Err(UserError::of("app.not_set_up", ""));
        }
        self.own().await
    }

    /// What is shown, where it is open already.
    async fn opened_seat(&self) -> Option<Arc<Seat>> {
        if let Some(sample) = &*self.0.sample.lock().await {
            return Some(Arc::clone(sample));
        }
        self.0.own.lock().await.as_ref().map(Arc::clone)
    }

    /// The user's own App, opened when first needed, and again where that failed.
    async fn own(&self) -> Result<Arc<Seat>> {
        let mut own = self.0.own.lock().await;
        if let Some(seat) = &*own {
            return Ok(Arc::clone(seat));
        }
        let options = &self.0.options;
        let opened = App::open_at(options.opening()?, Arc::clone(&options.clock), options.pace).await?;
        let seat = Seat::new(opened, self.0.hub.events());
        Ok(Arc::clone(own.insert(seat)))
    }

    /// The sample company's data is shown instead from now on. `set_up` gives it its Connection. Work of the user's own
    /// goes on beside it.
    pub async fn enter_sample(
        &self,
        opening: Opening,
        set_up: impl AsyncFnOnce(&App) -> Result<()>,
    ) -> Result<Boot> {
        let app = App::open_sample(opening).await?;
        set_up(&app).await?;
        let before = self.0.sample.lock().await.replace(Seat::new(app, self.0.hub.events()));
        if let Some(before) = before {
            before.leave().await;
        }
        self.everything_changed();
        self.boot().await
    }

    /// The user's own data is shown again. The sample's Runs are cancelled, and its data directory is closed.
    pub async fn leave_sample(&self) -> Result<Boot> {
        let sample = self.0.sample.lock().await.take();
        if let Some(sample) = sample {
            sample.leave().await;
        }
        self.everything_changed();
        self.boot().await
    }

    /// Cancels what goes on and waits until what was fetched is durable.
    pub async fn shut_down(&self) {
        self.0.stopping.cancel();
        self.0.waiting_changed.notify_one();
        Self::cancel(&self.0.restoring);
        let seats = [self.0.own.lock().await.take(), self.0.sample.lock().await.take()];
        for seat in seats.into_iter().flatten() {
            seat.leave().await;
        }
        self.0.background.close();
        self.0.background.wait().await;
    }

    fn everything_changed(&self) {
        for event in [AppEvent::Settings, AppEvent::Connections, AppEvent::Runs, AppEvent::Storage] {
            self.tell(event);
        }
    }

    async fn profile(&self) -> ProfileKind {
        if self.0.sample.lock().await.is_some() { ProfileKind::Sample } else { ProfileKind::Own }
    }

    fn own_data_dir(&self) -> &Path {
        &self.0.options.data_dir
    }

    /// True once there is a storage.
    fn is_set_up(&self) -> bool {
        self.own_data_dir().join("repository.json").is_file()
    }

    /// Performs a request to its end, with events for the page.
    async fn ask(&self, seat: &Seat, request: Request) -> Result<Response> {
        seat.perform(request, self.0.stopping.child_token()).await
    }

    /// Performs a request after the command has answered. What becomes of it is seen in Activity and in what needs
    /// attention.
    fn ask_later(&self, seat: &Arc<Seat>, request: Request) {
        let (desktop, seat) = (self.clone(), Arc::clone(seat));
        self.0.background.spawn(async move {
            if let Err(error) = desktop.ask(&seat, request).await {
                tracing::warn!(code = error.code, %error, "work in the background ended early");
            }
            desktop.tell(AppEvent::Runs);
            desktop.tell(AppEvent::Storage);
        });
    }

    /// Puts a token where a later command finds it; an error where one is there.
    fn claim(place: &Mutex<Option<CancellationToken>>, busy: &str) -> Result<CancellationToken> {
        let mut held = place.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_some() {
            return Err(UserError::of(busy, ""));
        }
        Ok(held.insert(CancellationToken::new()).clone())
    }

    fn release(place: &Mutex<Option<CancellationToken>>) {
        *place.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn cancel(place: &Mutex<Option<CancellationToken>>) {
        if let Some(token) = &*place.lock().unwrap_or_else(PoisonError::into_inner) {
            token.cancel();
        }
    }
}

/// Takes the work of the user's own data directory as soon as no other process has it, window or not: with it comes the
/// schedule.
async fn keep_schedule(desktop: std::sync::Weak<Inner>) {
    loop {
        tokio::time::sleep(TAKE_WORK_EVERY).await;
        let Some(inner) = desktop.upgrade() else { return };
        let stopping = inner.stopping.clone();
        if stopping.is_cancelled() {
            return;
        }
        let desktop = Desktop(inner);
        if !desktop.is_set_up() {
            continue;
        }
        let taken = async { desktop.own().await?.take_work().await };
        if let Err(error) = taken.await {
            tracing::warn!(code = error.code, %error, "the schedule cannot be kept yet");
        }
    }
}
