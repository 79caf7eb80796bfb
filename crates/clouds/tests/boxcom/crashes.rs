//! A crash at any point of a refresh costs a person nothing, unless Box itself has spent the token.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use holdfast_clouds::boxcom::{BoxSecret, Boxcom};
use holdfast_clouds::contract::{Cloud, CloudError, ErrorKind};
use holdfast_clouds::http::{SecretCell, SecretInMemory};
use zeroize::Zeroizing;

use crate::simulated::Company;
use crate::simulated::boxcom::{options, sign_in};

/// A keychain that fails from its n-th store on, as if the process had died there.
struct Dying {
    kept: Arc<SecretInMemory>,
    stores: AtomicU64,
    good: u64,
}

#[async_trait]
impl SecretCell for Dying {
    async fn load(&self) -> Result<Zeroizing<Vec<u8>>, CloudError> {
        self.kept.load().await
    }

    async fn prepare(&self) -> Result<(), CloudError> {
        self.kept.prepare().await
    }

    async fn store(&self, secret: &[u8]) -> Result<(), CloudError> {
        if self.stores.fetch_add(1, Ordering::SeqCst) < self.good {
            return self.kept.store(secret).await;
        }
        Err(CloudError::new(ErrorKind::Retry { after: None }, "secretUnavailable", "the keychain is locked"))
    }

    async fn exclusive(&self) -> Result<Box<dyn Send>, CloudError> {
        self.kept.exclusive().await
    }
}

async fn kept(company: &Company) -> Arc<SecretInMemory> {
    Arc::new(SecretInMemory::new(sign_in(company).to_bytes().unwrap()))
}

async fn open(cell: Arc<dyn SecretCell>, company: &Company) -> Boxcom {
    Boxcom::open(cell, &options(company)).await.unwrap()
}

async fn secret(cell: &SecretInMemory) -> BoxSecret {
    BoxSecret::from_bytes(&cell.load().await.unwrap()).unwrap()
}

#[tokio::test]
async fn who_cannot_keep_a_successor_spends_no_token() {
    let company = Company::small().await;
    let kept = kept(&company).await;
    let before = secret(&kept).await.signed_in().unwrap().refresh_token.as_str().to_owned();
    let dying = Dying { kept: kept.clone(), stores: AtomicU64::new(0), good: 0 };
    let error = open(Arc::new(dying), &company).await.tenant().await.unwrap_err();
    assert!(error.is_passing(), "{error:?}");
    assert_eq!(company.requests("box.token").await, 0, "the token was spent");
    assert_eq!(secret(&kept).await.signed_in().unwrap().refresh_token.as_str(), before);
    open(kept, &company).await.tenant().await.unwrap();
}

#[tokio::test]
async fn a_crash_before_box_was_asked_costs_nothing() {
    let company = Company::small().await;
    let kept = kept(&company).await;
    // The connection to Box drops before it answers, and the process dies.
    let fault = serde_json::json!({ "method": "box.token", "kind": "status", "status": 503, "times": 0 });
    company.fault(fault).await;
    open(kept.clone(), &company).await.tenant().await.unwrap_err();
    company.heal().await;
    assert!(secret(&kept).await.signed_in().unwrap().spending_since.is_some());
    open(kept.clone(), &company).await.tenant().await.unwrap();
    assert!(secret(&kept).await.signed_in().unwrap().spending_since.is_none());
}

#[tokio::test]
async fn a_crash_after_box_spent_the_token_says_so() {
    let company = Company::small().await;
    let kept = kept(&company).await;
    let dying = Dying { kept: kept.clone(), stores: AtomicU64::new(0), good: 1 };
    let error = open(Arc::new(dying), &company).await.tenant().await.unwrap_err();
    assert!(error.is_passing(), "until the process dies the successor may still be kept: {error:?}");
    assert_eq!(company.requests("box.token").await, 1);
    let error = open(kept, &company).await.tenant().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::SignInAgain);
    assert!(error.detail.contains("interrupted after Box had spent it"), "{error}");
}

/// A keychain that writes down what was done, and how many tokens Box had been asked for then.
struct Watched {
    kept: Arc<SecretInMemory>,
    company: Arc<Company>,
    seen: Mutex<Vec<(&'static str, u64)>>,
}

impl Watched {
    async fn saw(&self, what: &'static str) {
        let asked = self.company.requests("box.token").await;
        self.seen.lock().unwrap().push((what, asked));
    }
}

#[async_trait]
impl SecretCell for Watched {
    async fn load(&self) -> Result<Zeroizing<Vec<u8>>, CloudError> {
        self.saw("load").await;
        self.kept.load().await
    }

    async fn prepare(&self) -> Result<(), CloudError> {
        self.saw("prepare").await;
        self.kept.prepare().await
    }

    async fn store(&self, secret: &[u8]) -> Result<(), CloudError> {
        self.saw("store").await;
        self.kept.store(secret).await
    }

    async fn exclusive(&self) -> Result<Box<dyn Send>, CloudError> {
        self.kept.exclusive().await
    }
}

#[tokio::test]
async fn between_a_spent_token_and_its_successor_lies_one_store_that_was_prepared() {
    let company = Arc::new(Company::small().await);
    let kept = kept(&company).await;
    let watched = Arc::new(Watched { kept, company: company.clone(), seen: Mutex::default() });
    open(watched.clone(), &company).await.tenant().await.unwrap();
    let seen = watched.seen.lock().unwrap().clone();
    let refresh = seen.iter().position(|(what, _)| *what == "store").unwrap();
    assert_eq!(seen[refresh..], [("store", 0), ("prepare", 0), ("store", 1)]);
}

#[tokio::test]
async fn a_successor_that_could_not_be_kept_at_once_is_kept_later_by_the_same_process() {
    let company = Company::small().await;
    let kept = kept(&company).await;
    let dying = Arc::new(Dying { kept: kept.clone(), stores: AtomicU64::new(0), good: 1 });
    let cloud = open(dying.clone(), &company).await;
    cloud.tenant().await.unwrap_err();
    // The keychain is unlocked.
    dying.stores.store(0, Ordering::SeqCst);
    cloud.tenant().await.unwrap();
    assert_eq!(company.requests("box.token").await, 1, "another token was spent");
    open(kept, &company).await.tenant().await.unwrap();
}

#[tokio::test]
async fn who_is_cancelled_in_the_middle_of_a_refresh_loses_nothing() {
    let company = Company::small().await;
    let kept = kept(&company).await;
    let held = serde_json::json!({ "method": "box.token", "kind": "none", "held": "after" });
    company.fault(held).await;
    let cloud = Arc::new(open(kept.clone(), &company).await);
    let asking = tokio::spawn({
        let cloud = cloud.clone();
        async move { cloud.tenant().await }
    });
    while company.requests("box.token").await == 0 {
        tokio::task::yield_now().await;
    }
    asking.abort();
    assert!(asking.await.is_err_and(|ended| ended.is_cancelled()));
    company.heal().await;
    cloud.tenant().await.unwrap();
    assert_eq!(company.requests("box.token").await, 1, "the cancelled refresh was lost");
    open(kept, &company).await.tenant().await.unwrap();
}

#[tokio::test]
async fn a_token_that_nobody_used_for_sixty_days_asks_to_sign_in_again() {
    let company = Company::small().await;
    let kept = kept(&company).await;
    let signed_in = secret(&kept).await.signed_in().unwrap().clone();
    let days = signed_in.lapses().duration_since(signed_in.issued).as_hours() / 24;
    assert_eq!(days, 60);
    let spent = serde_json::json!({ "method": "box.token", "kind": "status", "status": 400, "reason": "invalid_grant", "times": 0 });
    company.fault(spent).await;
    let error = open(kept, &company).await.tenant().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::SignInAgain);
}

#[tokio::test]
async fn a_sign_in_that_is_used_once_a_week_never_ends() {
    let company = Company::small().await;
    let kept = kept(&company).await;
    let weeks = 30;
    for week in 1..=weeks {
        company.days_pass(7).await;
        // Opened anew, as by a program that was started that day.
        let read = open(Arc::clone(&kept) as Arc<dyn SecretCell>, &company).await.tenant().await;
        assert!(read.is_ok(), "week {week}: {read:?}");
    }
    assert_eq!(company.requests("box.token").await, weeks, "each week spends one token");
    company.days_pass(61).await;
    let error = open(kept, &company).await.tenant().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::SignInAgain, "the days count for the cloud, too");
}
