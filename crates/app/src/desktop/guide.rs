//! How to connect Google Workspace, step by step: what to click, where, and what to paste there.

use serde::Deserialize;

use crate::views::{GoogleGuide, GuideStep};

/// The parts of a key file that are no secret.
#[derive(Deserialize)]
struct KeyFile {
    client_id: Option<String>,
    project_id: Option<String>,
    client_email: Option<String>,
}

/// APIs that a backup asks: what the console calls them, and their ids there.
const APIS: [(&str, &str, &str); 6] = [
    ("enable_directory", "Admin SDK API", "admin.googleapis.com"),
    ("enable_gmail", "Gmail API", "gmail.googleapis.com"),
    ("enable_drive", "Google Drive API", "drive.googleapis.com"),
    ("enable_calendar", "Google Calendar API", "calendar-json.googleapis.com"),
    ("enable_people", "People API", "people.googleapis.com"),
    ("enable_tasks", "Google Tasks API", "tasks.googleapis.com"),
];

/// The guide; with the numbers of a service account where its key file is at hand.
pub(super) fn google(key_file: Option<&[u8]>) -> GoogleGuide {
    let known: Option<KeyFile> = key_file.and_then(|json| serde_json::from_slice(json).ok());
    let client_id = known.as_ref().and_then(|key| key.client_id.clone()).filter(|id| is_plain(id));
    let project = known.as_ref().and_then(|key| key.project_id.clone()).filter(|id| is_plain(id));
    let account = known.and_then(|key| key.client_email).filter(|text| is_plain(&text.replace('@', "")));
    let scopes_line = holdfast_engine::clouds::google::needed_scopes().join(",");
    let in_project = |page: &str| match &project {
        Some(project) => format!("{page}?project={project}"),
        None => page.to_owned(),
    };
    let console = "https://console.cloud.google.com";
    let mut steps = vec![step(
        "project",
        "A Google Cloud project",
        "Sign in to the Google Cloud console as an admin of your company and create a project, for example with the name \
         Holdfast, or choose one that you have. It costs nothing.",
        Some(format!("{console}/projectcreate")),
        None,
    )];
    for (id, name, api) in APIS {
        let text =
            format!("Open the {name} in this project and press Enable. Holdfast only reads through it.");
        steps.push(step(
            id,
            &format!("Enable the {name}"),
            &text,
            Some(in_project(&format!("{console}/apis/library/{api}"))),
            None,
        ));
    }
    steps.extend([
        step(
            "key_policy",
            "If your organisation forbids keys",
            "Many organisations forbid keys of service accounts by the policy iam.disableServiceAccountKeyCreation. An \
             Organization Policy Administrator lifts it for this project alone: open the policy, choose Manage policy, \
             override the parent's policy, and set enforcement to Off. It can be switched on again after the key is made.",
            Some(in_project(&format!("{console}/iam-admin/orgpolicies/iam-disableServiceAccountKeyCreation"))),
            Some("iam.disableServiceAccountKeyCreation".to_owned()),
        ),
        step(
            "service_account",
            "A service account and its key",
            "Create a service account, for example with the name holdfast; it needs no role. Open it, choose Keys > Add \
             key > Create new key > JSON. The file that is downloaded is the key file. Holdfast reads it once and keeps \
             its secret part in the keychain; delete the file after that.",
            Some(in_project(&format!("{console}/iam-admin/serviceaccounts"))),
            account,
        ),
        step(
            "delegation",
            "Domain-wide delegation with read-only scopes",
            "In the Admin console, under Security > Access and data control > API controls > Domain-wide delegation, press \
             Add new. Enter the client ID of the service account (its number, in the key file) and paste the one line of \
             scopes. They allow reading only. It works within minutes, but can take up to 24 hours.",
            Some("https://admin.google.com/ac/owl/domainwidedelegation".to_owned()),
            Some(scopes_line.clone()),
        ),
        step(
            "consent_screen",
            "Only for signing in: the consent screen",
            "If you sign in instead of using a key file, set the audience of the app to Internal. An app that is External \
             and in Testing loses its sign-in after 7 days: publish it, or make it internal.",
            Some(in_project(&format!("{console}/auth/audience"))),
            None,
        ),
        step(
            "session_control",
            "Only for signing in: session control",
            "If Google Cloud session control is on for your company, sign-ins end after some hours. In the Admin console, \
             under Security > Access and data control > Google Cloud session control, exempt trusted apps and trust this \
             one under API controls.",
            Some("https://support.google.com/a/answer/9368756".to_owned()),
            None,
        ),
    ]);
    GoogleGuide { scopes_line, client_id, steps }
}

fn step(id: &str, title: &str, text: &str, link: Option<String>, copy: Option<String>) -> GuideStep {
    GuideStep { id: id.to_owned(), title: title.to_owned(), text: text.to_owned(), link, copy }
}

/// Only what cannot change an address goes into a link.
fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.len() <= 256 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_names_each_api_and_only_read_only_scopes() {
        let key = br#"{"client_id": "1234", "project_id": "acme-1", "client_email": "h@acme-1.iam.gserviceaccount.com",
                       "private_key": "s3cr3t"}"#;
        let guide = google(Some(key));
        assert_eq!(guide.client_id.as_deref(), Some("1234"));
        assert!(
            guide.scopes_line.split(',').all(|scope| scope.ends_with(".readonly")),
            "{}",
            guide.scopes_line
        );
        let told = serde_json::to_string(&guide).unwrap();
        for api in ["admin", "gmail", "drive"] {
            assert!(told.contains(&format!("/apis/library/{api}.googleapis.com?project=acme-1")), "{api}");
        }
        assert!(!told.contains("s3cr3t"));
        for step in &guide.steps {
            assert!(step.link.as_deref().is_none_or(|link| link.starts_with("https://")), "{}", step.id);
        }
    }

    #[test]
    fn a_hostile_key_file_reaches_no_link() {
        for key in [&b"{ torn"[..], br#"{"project_id": "x&y=https://evil", "client_id": "<b>"}"#, b"[]"] {
            let guide = google(Some(key));
            assert_eq!(guide.client_id, None);
            assert_eq!(guide, google(None));
        }
    }
}
