//! `directory.orgunits`.

use serde_json::{Value, json};

use super::model::{Directory, OrgUnit};
use super::{admitted, check_customer, with_etag};
use crate::google::{Answer, Call, GoogleError};

/// `directory.orgunits.list`: the children of a unit, or all below it; never paged.
pub(super) fn list(call: &Call) -> Result<Answer, GoogleError> {
    admitted(call)?;
    let kind = call.one_of("type", &["all", "children", "allIncludingParent"], "children")?;
    let directory = call.world.google.directory.read();
    check_customer(&directory, call.path("customerId"))?;
    let start = call.query("orgUnitPath").filter(|p| !p.is_empty()).unwrap_or("/");
    let start = directory.org_unit(start).ok_or_else(not_found)?;
    let below = format!("{}/", start.path.trim_end_matches('/'));
    let mut units: Vec<&OrgUnit> = directory
        .org_units
        .iter()
        .filter(|unit| match kind {
            "children" => unit.parent() == Some(start.path.as_str()),
            "all" => unit.path != start.path && unit.path.starts_with(&below),
            _ => unit.path == start.path || unit.path.starts_with(&below),
        })
        .collect();
    units.sort_by(|a, b| a.path.cmp(&b.path));
    let mut answer = json!({"kind": "admin#directory#orgUnits"});
    if !units.is_empty() {
        answer["organizationUnits"] = units.iter().map(|u| unit_json(&directory, u)).collect();
    }
    Ok(Answer::json(with_etag(answer)))
}

/// `directory.orgunits.get`, by path or id.
pub(super) fn get(call: &Call) -> Result<Answer, GoogleError> {
    admitted(call)?;
    let directory = call.world.google.directory.read();
    check_customer(&directory, call.path("customerId"))?;
    let unit = directory.org_unit(call.path("orgUnitPath")).ok_or_else(not_found)?;
    Ok(Answer::json(unit_json(&directory, unit)))
}

fn not_found() -> GoogleError {
    GoogleError::new(404, "notFound", "Org unit not found")
}

fn unit_json(directory: &Directory, unit: &OrgUnit) -> Value {
    let mut json = json!({
        "kind": "admin#directory#orgUnit",
        "name": if unit.path == "/" { directory.domain.as_str() } else { unit.name() },
        "description": unit.description,
        "orgUnitPath": unit.path,
        "orgUnitId": unit.id,
        "blockInheritance": false,
    });
    if let Some(parent) = unit.parent() {
        json["parentOrgUnitPath"] = json!(parent);
        json["parentOrgUnitId"] = json!(directory.org_unit(parent).map(|p| p.id.as_str()));
    }
    with_etag(json)
}
