//! Calendars, contacts and task lists on the wire, held against the published descriptions.

#![allow(clippy::expect_used)] // A test says what it expects.

#[allow(dead_code)] // Not all of it is needed here.
use crate::drive::sim;

use serde_json::{Value, json};
use sim::{Sim, quiet};
use simcloud::Options;
use simcloud::discovery::{Descriptions, Exchange};

const SCOPES: &str = "https://www.googleapis.com/auth/calendar.readonly \
    https://www.googleapis.com/auth/contacts.readonly \
    https://www.googleapis.com/auth/tasks.readonly";
const FIELDS: &str = "addresses,biographies,birthdays,emailAddresses,memberships,metadata,names,organizations,\
    phoneNumbers,photos,urls";

async fn company() -> Sim {
    Sim::with(Options { users: 3, files_per_user: 0, events_per_user: 24, contacts_per_user: 12, ..quiet() })
        .await
}

async fn get(sim: &Sim, path: &str, query: &[(&str, &str)]) -> (u16, Value) {
    let got = sim.fetch(sim.user(1), SCOPES, path, query, &[]).await;
    (got.status, got.json())
}

fn reason(answer: &Value) -> String {
    answer["error"]["errors"][0]["reason"].as_str().unwrap_or_default().to_owned()
}

const EVENTS: &str = "/calendar/v3/calendars/primary/events";
const PEOPLE: &str = "/v1/people/me/connections";

/// Every kind of answer, lists and single resources, and the errors.
#[tokio::test]
async fn answers_conform_to_the_descriptions() {
    let all = match Descriptions::find() {
        Ok(all) => all,
        Err(error) => {
            eprintln!("SKIPPED: {error}");
            return;
        }
    };
    let sim = company().await;
    let lists = "/tasks/v1/users/@me/lists";
    let (_, task_lists) = get(&sim, lists, &[]).await;
    let list = task_lists["items"][0]["id"].as_str().expect("a list").to_owned();
    let (_, events) = get(&sim, EVENTS, &[]).await;
    let (_, people) = get(&sim, PEOPLE, &[("personFields", FIELDS), ("requestSyncToken", "true")]).await;
    let tasks = format!("/tasks/v1/lists/{list}/tasks");
    let token = events["nextSyncToken"].as_str().expect("a token").to_owned();
    let person_token = people["nextSyncToken"].as_str().expect("a token").to_owned();
    for op in ["event.add", "contact.add", "task.add"] {
        let made = sim.change(json!({"op": op, "user": sim.user(1), "name": "new"})).await;
        let delete = json!({"op": op.replace("add", "delete"), "user": sim.user(1), "id": made[0]});
        sim.change(delete).await;
    }
    let mut asked: Vec<(String, Vec<(&str, &str)>)> = vec![
        ("/calendar/v3/users/me/calendarList".into(), vec![("maxResults", "1")]),
        ("/calendar/v3/users/me/calendarList/primary".into(), vec![]),
        ("/calendar/v3/calendars/primary".into(), vec![]),
        ("/calendar/v3/colors".into(), vec![]),
        (EVENTS.into(), vec![("maxResults", "2500")]),
        (EVENTS.into(), vec![("syncToken", &token)]),
        (EVENTS.into(), vec![("syncToken", "never")]),
        (PEOPLE.into(), vec![("personFields", FIELDS), ("pageSize", "1000")]),
        (
            PEOPLE.into(),
            vec![("personFields", FIELDS), ("requestSyncToken", "true"), ("syncToken", &person_token)],
        ),
        (PEOPLE.into(), vec![]),
        ("/v1/contactGroups".into(), vec![("pageSize", "2")]),
        ("/v1/contactGroups/myContacts".into(), vec![("maxMembers", "5")]),
        (lists.into(), vec![]),
        (format!("{lists}/{list}"), vec![]),
        (tasks.clone(), vec![("showDeleted", "true"), ("showHidden", "true"), ("showAssigned", "true")]),
        (format!("{tasks}/nothing"), vec![]),
    ];
    for event in events["items"].as_array().expect("events") {
        asked.push((format!("{EVENTS}/{}", event["id"].as_str().expect("an id")), vec![]));
    }
    for person in people["connections"].as_array().expect("people") {
        let name = person["resourceName"].as_str().expect("a name");
        asked.push((format!("/v1/{name}"), vec![("personFields", FIELDS)]));
    }
    let count = asked.len();
    for (path, query) in asked {
        let (status, answer) = get(&sim, &path, &query).await;
        let query: Vec<(String, String)> =
            query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let exchange = Exchange {
            http_method: "GET",
            path: &path,
            query: &query,
            body: None,
            status,
            answer: Some(&answer),
        };
        let shown: String = answer.to_string().chars().take(1200).collect();
        // What is left out on purpose is refused, and that is not what is judged here.
        let wrong: Vec<String> = all
            .check(&exchange)
            .into_iter()
            .filter(|wrong| !(status == 400 && wrong.contains("required")))
            .collect();
        assert_eq!(wrong, Vec::<String>::new(), "{path} answered {status} {shown}");
    }
    assert!(count > 40, "{count}");
}

#[tokio::test]
async fn sync_tokens_tell_changes_and_refuse_what_does_not_go_with_them() {
    let sim = company().await;
    let (_, first) = get(&sim, EVENTS, &[("maxResults", "2500")]).await;
    let token = first["nextSyncToken"].as_str().expect("a token");
    let made = sim.change(json!({"op": "event.add", "user": sim.user(1)})).await;
    let (_, since) = get(&sim, EVENTS, &[("syncToken", token)]).await;
    assert_eq!(since["items"].as_array().map(Vec::len), Some(1), "{since}");
    sim.change(json!({"op": "event.delete", "user": sim.user(1), "id": made[0]})).await;
    let (_, since) = get(&sim, EVENTS, &[("syncToken", token)]).await;
    assert_eq!(since["items"][0]["status"], "cancelled");
    for with in
        [("q", "x"), ("showDeleted", "false"), ("updatedMin", "2026-01-01T00:00:00Z"), ("orderBy", "updated")]
    {
        assert_eq!(get(&sim, EVENTS, &[("syncToken", token), with]).await.0, 400, "{with:?}");
    }
    let (status, answer) = get(&sim, EVENTS, &[("syncToken", "x")]).await;
    assert_eq!((status, reason(&answer).as_str()), (410, "fullSyncRequired"));
}

#[tokio::test]
async fn contacts_need_fields_and_their_tokens_the_same_ones_for_seven_days() {
    let sim = company().await;
    assert_eq!(get(&sim, PEOPLE, &[]).await.0, 400);
    assert_eq!(get(&sim, PEOPLE, &[("personFields", "names,colour")]).await.0, 400);
    let same = [("personFields", "names"), ("requestSyncToken", "true")];
    let token =
        async || get(&sim, PEOPLE, &same).await.1["nextSyncToken"].as_str().expect("a token").to_owned();
    let with = |fields, token| [("personFields", fields), ("requestSyncToken", "true"), ("syncToken", token)];
    let fresh = token().await;
    assert_eq!(get(&sim, PEOPLE, &with("names", &fresh)).await.0, 200);
    assert_eq!(get(&sim, PEOPLE, &with("names,photos", &fresh)).await.0, 400);
    let skew =
        async |seconds: i64| sim.control("POST", "set", &json!({"clock_skew_seconds": seconds})).await.0;
    assert_eq!(skew(-7 * 24 * 3600 - 1).await, 200);
    let old = token().await;
    assert_eq!(get(&sim, PEOPLE, &with("names", &old)).await.0, 200);
    assert_eq!(skew(0).await, 200);
    let (status, answer) = get(&sim, PEOPLE, &with("names", &old)).await;
    assert_eq!((status, &answer["error"]["details"][0]["reason"]), (400, &json!("EXPIRED_SYNC_TOKEN")));
}

#[tokio::test]
async fn tasks_are_told_by_update_with_all_that_is_hidden_only_when_asked() {
    let sim = company().await;
    let (_, lists) = get(&sim, "/tasks/v1/users/@me/lists", &[]).await;
    let list = lists["items"][0]["id"].as_str().expect("a list").to_owned();
    let path = format!("/tasks/v1/lists/{list}/tasks");
    let made = sim.change(json!({"op": "task.add", "user": sim.user(1), "list": list})).await;
    let since = ("updatedMin", "2026-06-01T00:00:00Z");
    let count = |answer: &Value| answer["items"].as_array().map_or(0, Vec::len);
    assert_eq!(count(&get(&sim, &path, &[since]).await.1), 1);
    sim.change(json!({"op": "task.complete", "user": sim.user(1), "id": made[0]})).await;
    assert_eq!(count(&get(&sim, &path, &[since]).await.1), 0);
    assert_eq!(count(&get(&sim, &path, &[since, ("showHidden", "true")]).await.1), 1);
    sim.change(json!({"op": "task.delete", "user": sim.user(1), "id": made[0]})).await;
    assert_eq!(count(&get(&sim, &path, &[since, ("showHidden", "true")]).await.1), 0);
    let (_, all) = get(&sim, &path, &[since, ("showHidden", "true"), ("showDeleted", "true")]).await;
    assert_eq!(all["items"][0]["deleted"], true);
}
