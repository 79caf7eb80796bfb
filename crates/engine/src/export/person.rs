//! One contact as a vCard 3.0, which every address book imports. <https://www.rfc-editor.org/rfc/rfc2426>

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::text::{escaped, line, property, word};

/// The contact with the names of its groups and its photo: the extension of its file, and its bytes.
pub(super) fn card(person: &Value, groups: &HashMap<String, String>, photo: Option<(&str, &[u8])>) -> String {
    let mut out = String::new();
    line(&mut out, "BEGIN:VCARD");
    line(&mut out, "VERSION:3.0");
    property(&mut out, "UID", &person["resourceName"]);
    names(&mut out, person);
    for (name, list) in [("EMAIL", "emailAddresses"), ("TEL", "phoneNumbers"), ("URL", "urls")] {
        for entry in all(person, list) {
            if let Some(value) = entry["value"].as_str().filter(|value| !value.is_empty()) {
                let value = if name == "URL" { value.to_owned() } else { escaped(value) };
                line(&mut out, &format!("{name}{}:{value}", kind(entry)));
            }
        }
    }
    for place in all(person, "addresses") {
        let part = |name: &str| escaped(place[name].as_str().unwrap_or_default());
        let parts = ["poBox", "extendedAddress", "streetAddress", "city", "region", "postalCode", "country"]
            .map(part);
        let parts = if parts.iter().all(String::is_empty) {
            format!(";;{};;;;", part("formattedValue"))
        } else {
            parts.join(";")
        };
        line(&mut out, &format!("ADR{}:{parts}", kind(place)));
    }
    for firm in all(person, "organizations") {
        let parts =
            [&firm["name"], &firm["department"]].map(|part| escaped(part.as_str().unwrap_or_default()));
        if parts.iter().any(|part| !part.is_empty()) {
            line(&mut out, &format!("ORG:{}", parts.join(";").trim_end_matches(';')));
        }
        property(&mut out, "TITLE", &firm["title"]);
    }
    if let Some(day) = all(person, "birthdays").find_map(|day| date(&day["date"])) {
        line(&mut out, &format!("BDAY:{day}"));
    }
    for note in all(person, "biographies") {
        property(&mut out, "NOTE", &note["value"]);
    }
    let of_groups = all(person, "memberships")
        .filter_map(|of| of["contactGroupMembership"]["contactGroupId"].as_str())
        .filter_map(|id| groups.get(id))
        .map(|name| escaped(name));
    let categories: Vec<String> = of_groups.collect();
    if !categories.is_empty() {
        line(&mut out, &format!("CATEGORIES:{}", categories.join(",")));
    }
    if let Some((extension, bytes)) = photo {
        let kind = if extension == "jpg" { "JPEG".to_owned() } else { extension.to_ascii_uppercase() };
        line(&mut out, &format!("PHOTO;ENCODING=b;TYPE={kind}:{}", STANDARD.encode(bytes)));
    }
    if let Some(time) = person["metadata"]["sources"][0]["updateTime"].as_str() {
        line(&mut out, &format!("REV:{}", escaped(time)));
    }
    line(&mut out, "END:VCARD");
    out
}

fn all<'v>(person: &'v Value, list: &str) -> impl Iterator<Item = &'v Value> {
    person[list].as_array().into_iter().flatten()
}

/// FN and N are required; who has no name is called by what else there is.
fn names(out: &mut String, person: &Value) {
    let name = &person["names"][0];
    let part = |member: &str| escaped(name[member].as_str().unwrap_or_default());
    let first = |list: &str, member: &str| person[list][0][member].as_str().unwrap_or_default();
    let shown = [
        name["displayName"].as_str().unwrap_or_default(),
        name["unstructuredName"].as_str().unwrap_or_default(),
        first("nicknames", "value"),
        first("organizations", "name"),
        first("emailAddresses", "value"),
        first("phoneNumbers", "value"),
    ]
    .into_iter()
    .find(|text| !text.is_empty())
    .unwrap_or("Unnamed");
    line(out, &format!("FN:{}", escaped(shown)));
    let parts = ["familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix"].map(part);
    let parts =
        if parts.iter().all(String::is_empty) { format!("{};;;;", escaped(shown)) } else { parts.join(";") };
    line(out, &format!("N:{parts}"));
    property(out, "NICKNAME", &person["nicknames"][0]["value"]);
}

/// The parameter TYPE for what the entry is called; nothing for a word that is none.
fn kind(entry: &Value) -> String {
    let kind = match entry["type"].as_str().unwrap_or_default() {
        "mobile" => "CELL".to_owned(),
        "homeFax" | "workFax" | "otherFax" => "FAX".to_owned(),
        "homePage" => "HOME".to_owned(),
        other => word(other).to_ascii_uppercase(),
    };
    if kind.is_empty() { kind } else { format!(";TYPE={kind}") }
}

/// `1980-02-29`; without a year `--02-29`.
fn date(date: &Value) -> Option<String> {
    let (month, day) = (date["month"].as_u64()?, date["day"].as_u64()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    Some(match date["year"].as_u64().filter(|year| (1..=9999).contains(year)) {
        Some(year) => format!("{year:04}-{month:02}-{day:02}"),
        None => format!("--{month:02}-{day:02}"),
    })
}
