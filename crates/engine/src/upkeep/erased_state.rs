//! Takes what a snapshot's state tells of a user out of it. What another version wrote besides stays as it is.

use serde_json::Value;

/// `commit.json` without Archives below a folder; whether that changed it.
pub(super) fn without_archives(commit: &mut Value, prefix: &str) -> bool {
    let Some(archives) = commit.get_mut("archives").and_then(Value::as_object_mut) else { return false };
    let before = archives.len();
    archives.retain(|folder, _| !folder.starts_with(prefix));
    archives.len() != before
}

/// `directory.json` without a user who left; one who is still there is left out of the backup. Whether that changed it.
pub(super) fn without_user(directory: &mut Value, user: &str, is_there: bool) -> bool {
    let is_meant = |one: &Value| one.get("id").and_then(Value::as_str) == Some(user);
    let mut changed = false;
    if let Some(users) = directory.get_mut("users").and_then(Value::as_array_mut) {
        let before = users.len();
        users.retain(|one| is_there || !is_meant(one));
        changed |= users.len() != before;
        for one in users.iter_mut().filter(|one| is_meant(one)) {
            for (field, value) in [("protection", Value::from("excluded")), ("licensed", Value::from(false))]
            {
                if one.get(field) != Some(&value) {
                    one[field] = value;
                    changed = true;
                }
            }
        }
    }
    let groups = directory.get_mut("groups").and_then(Value::as_array_mut);
    for group in groups.into_iter().flatten().filter(|_| !is_there) {
        if let Some(members) = group.get_mut("members").and_then(Value::as_array_mut) {
            let before = members.len();
            members.retain(|member| !is_meant(member));
            changed |= members.len() != before;
        }
    }
    changed
}

/// `policies.json` without the user's own settings and deletion; whether that changed it.
pub(super) fn without_policy(chosen: &mut Value, user: &str) -> bool {
    let mut changed = false;
    if let Some(policies) = chosen.get_mut("policies").and_then(Value::as_array_mut) {
        let before = policies.len();
        policies.retain(|one| !(one[0] == "user" && one[1] == user));
        changed |= policies.len() != before;
    }
    if let Some(deletions) = chosen.get_mut("deletions").and_then(Value::as_array_mut) {
        let before = deletions.len();
        deletions.retain(|one| one["user"] != user);
        changed |= deletions.len() != before;
    }
    changed
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_of_the_user_is_left_and_nothing_else_is_touched() {
        let mut commit = json!({"version": 1, "archives": {"google/t/u1/gmail": "complete", "google/t/u10/gmail": "partial"}});
        assert!(without_archives(&mut commit, "google/t/u1/"));
        assert_eq!(commit, json!({"version": 1, "archives": {"google/t/u10/gmail": "partial"}}));
        assert!(!without_archives(&mut commit, "google/t/u1/"));

        let directory = json!({
            "users": [{"id": "u1", "address": "a", "protection": "protected", "licensed": true, "new": 1}, {"id": "u2"}],
            "groups": [{"id": "g", "members": [{"id": "u1"}, {"id": "u2"}, {"kind": "everyone"}]}],
        });
        let mut gone = directory.clone();
        assert!(without_user(&mut gone, "u1", false));
        let left = json!({"users": [{"id": "u2"}], "groups": [{"id": "g", "members": [{"id": "u2"}, {"kind": "everyone"}]}]});
        assert_eq!(gone, left);
        assert!(!without_user(&mut gone, "u1", false));
        let mut there = directory.clone();
        assert!(without_user(&mut there, "u1", true));
        assert_eq!(
            there["users"][0],
            json!({"id": "u1", "address": "a", "protection": "excluded", "licensed": false, "new": 1})
        );
        assert_eq!(there["groups"], directory["groups"]);
        assert!(!without_user(&mut there, "u1", true));

        let mut chosen = json!({"policies": [["domain", "", {}], ["user", "u1", {}], ["user", "u2", {}]], "deletions": [{"user": "u1"}]});
        assert!(without_policy(&mut chosen, "u1"));
        assert_eq!(chosen, json!({"policies": [["domain", "", {}], ["user", "u2", {}]], "deletions": []}));
        assert!(!without_policy(&mut json!("of another version"), "u1"));
    }
}
