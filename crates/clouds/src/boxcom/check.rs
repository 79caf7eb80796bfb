//! The live tests of the set-up: each scope and setting with one small request that needs it.

use std::sync::Mutex;

use holdfast_model::UserId;

use super::files::Files;
use super::scopes;
use super::wire::Page;
use crate::contract::{Check, CheckOutcome, CloudError, ErrorKind};

/// Where the application's scopes are set.
const CONSOLE: &str = "https://app.box.com/developers/console";
/// Where an enterprise's admin authorises applications.
const APPS: &str = "https://app.box.com/master/custom-apps";
/// What acting as others needs, in the console's words.
const AS_USER: &str = "as_user";

/// One result for each scope and setting.
pub(super) async fn all(files: &Files) -> Vec<Check> {
    if !files.is_whole_enterprise() {
        return vec![checked(scopes::READ, "Files and folders", read(files, None).await)];
    }
    // One of the others, to act as.
    let other = Mutex::new(None);
    let users = users(files, &other).await;
    let others = other.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    let (own, groups) = futures::join!(read(files, None), groups(files));
    let acting = match &others {
        Some(other) => checked(AS_USER, "Acting as users", read(files, Some(other)).await),
        None => Check {
            subject: AS_USER.to_owned(),
            title: "Acting as users".to_owned(),
            outcome: CheckOutcome::Unknown {
                detail: "there is no other active user to test with".to_owned(),
            },
        },
    };
    vec![
        checked(scopes::READ, "Files and folders", own),
        checked(scopes::USERS, "Directory: users", users),
        checked(scopes::GROUPS, "Directory: groups and members", groups),
        acting,
    ]
}

/// What is needed to read this user's files.
pub(super) async fn of_user(files: &Files, user: &UserId) -> Check {
    let subject = if files.own() == Some(user) { scopes::READ } else { AS_USER };
    checked(subject, "Files and folders", read(files, Some(user)).await)
}

async fn read(files: &Files, user: Option<&UserId>) -> Result<(), CloudError> {
    let query = [("limit", "1"), ("fields", "id")];
    files.json::<Page>(user, &["folders", "0", "items"], &query).await.map(drop)
}

async fn groups(files: &Files) -> Result<(), CloudError> {
    files.json::<Page>(None, &["groups"], &[("limit", "1"), ("fields", "id")]).await.map(drop)
}

async fn users(files: &Files, other: &Mutex<Option<UserId>>) -> Result<(), CloudError> {
    let query = [("limit", "20"), ("fields", "id,status"), ("user_type", "managed")];
    let page: Page = files.json(None, &["users"], &query).await?;
    let found = page.entries.iter().find_map(|user| {
        let id = super::wire::text(user, "id").map(|id| UserId(id.to_owned()))?;
        let is_active = super::wire::text(user, "status") != Some("inactive");
        (is_active && files.own() != Some(&id)).then_some(id)
    });
    *other.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = found;
    Ok(())
}

fn checked(subject: &str, title: &str, tested: Result<(), CloudError>) -> Check {
    let outcome = match tested {
        Ok(()) => CheckOutcome::Works,
        Err(error) => outcome(subject, &error),
    };
    Check { subject: subject.to_owned(), title: title.to_owned(), outcome }
}

fn outcome(subject: &str, error: &CloudError) -> CheckOutcome {
    let missing = |todo: String, link: Option<&str>| CheckOutcome::Missing {
        todo,
        link: link.map(str::to_owned),
        detail: error.to_string(),
    };
    match (error.reason.as_str(), error.kind) {
        ("unauthorized_client", _) => missing(
            "In the Box Admin Console, under Integrations > Platform Apps Manager, authorize this application."
                .to_owned(),
            Some(APPS),
        ),
        ("invalid_client", _) => missing(
            "Reconnect with the application's file: Box knows no application with this id and secret.".to_owned(),
            Some(CONSOLE),
        ),
        (_, ErrorKind::Forbidden) if subject == AS_USER => missing(
            "In Box's developer console, turn on \"Make API calls using the as-user header\" and \"Manage users\" \
             for the application, and have it authorized again. For a sign-in: sign in as an admin."
                .to_owned(),
            Some(CONSOLE),
        ),
        (_, ErrorKind::Forbidden) => missing(
            format!(
                "In Box's developer console, tick \"{}\" ({subject}) for the application, and have it authorized \
                 again. For a sign-in: sign in again as an admin.",
                scopes::console_words(subject)
            ),
            Some(CONSOLE),
        ),
        (_, ErrorKind::SignInAgain) => {
            missing("Reconnect: Box no longer accepts this sign-in or application.".to_owned(), None)
        }
        _ => CheckOutcome::Unknown { detail: error.to_string() },
    }
}
