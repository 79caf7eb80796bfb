//! Metadata of every template comes with its item, without a request for each.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::TryStreamExt;
use holdfast_clouds::boxcom::Boxcom;
use holdfast_clouds::contract::{Change, Cloud, Cursor, ItemRef, Reach};
use holdfast_clouds::http::SecretInMemory;
use holdfast_model::{DriveDocuments, ItemId, ItemMeta, MetaUpdate, Owner, Policy, Scope, Service, UserId};
use serde_json::{Value, json};

use crate::simulated::Company;
use crate::simulated::boxcom::{application, options};

const TEMPLATES: &str = "box.get_metadata_templates_enterprise";

struct Enterprise {
    company: Company,
    cloud: Boxcom,
    reach: Reach,
}

impl Enterprise {
    async fn new() -> Self {
        let company = Company::small().await;
        let secret = application(&company).to_bytes().unwrap();
        let cloud = Boxcom::open(Arc::new(SecretInMemory::new(secret)), &options(&company)).await.unwrap();
        let user = &company.line.boxcom.users[2];
        let scope = Scope { owner: Owner::User(UserId(user.id.clone())), service: Service::BoxFiles };
        let reach = Reach { scope, address: user.address.clone(), policy: Policy::default() };
        Self { company, cloud, reach }
    }

    async fn template(&self, name: &str) -> String {
        let field = json!({"type": "string", "key": "owner", "displayName": "Owner"});
        let template = json!({"scope": "enterprise", "displayName": name, "fields": [field]});
        self.company.make(json!({"op": "box.template.add", "template": template})).await
    }

    async fn say(&self, item: &str, template: &str, values: Value) {
        let set = json!({"op": "box.item.set_metadata", "item": item, "scope": "enterprise",
            "template": template, "values": values});
        self.company.change(set).await;
    }

    async fn add(&self, op: &str, name: &str) -> String {
        self.company.make(json!({"op": op, "user": self.reach.address, "name": name})).await
    }

    async fn changes(&self, cursor: Option<&Cursor>) -> (BTreeMap<ItemId, ItemMeta>, Cursor) {
        let mut found = BTreeMap::new();
        let mut end = None;
        for change in self.cloud.changes(&self.reach, cursor).try_collect::<Vec<_>>().await.unwrap() {
            match change {
                Change::Upsert(upsert) => {
                    let MetaUpdate::Full(meta) = upsert.meta else { panic!("not all was told") };
                    found.insert(upsert.id, *meta);
                }
                Change::Checkpoint(cursor) => end = Some(cursor),
                _ => {}
            }
        }
        (found, end.expect("a checkpoint"))
    }

    /// What the truth says of every item's metadata, as a backup should have it.
    async fn must_be_kept(&self, kept: &BTreeMap<ItemId, ItemMeta>) -> usize {
        let Owner::User(id) = &self.reach.scope.owner else { panic!("a user's files") };
        let lines = self.company.truth(&format!("user={id}&service=box_files")).await;
        let mut instances = 0;
        for line in lines.iter().filter(|line| line["owned"] == true && line["trashed"] == false) {
            let prefix = if line["kind"] == "folder" { "folder" } else { "" };
            let id = ItemId(format!("{prefix}{}", line["id"].as_str().unwrap()));
            let Some(meta) = kept.get(&id) else { continue };
            let values = without_boxes_own(meta.more.get("metadata").cloned().unwrap_or(Value::Null));
            assert_eq!(values, line.get("metadata").cloned().unwrap_or(Value::Null), "{id}");
            instances += usize::from(!values.is_null());
        }
        instances
    }
}

/// Metadata without `$version` and its like.
fn without_boxes_own(mut metadata: Value) -> Value {
    for instances in metadata.as_object_mut().into_iter().flat_map(|scopes| scopes.values_mut()) {
        for values in instances.as_object_mut().into_iter().flat_map(|instances| instances.values_mut()) {
            assert!(values["$version"].is_number() && values.get("$canEdit").is_none(), "{values}");
            values.as_object_mut().unwrap().retain(|name, _| !name.starts_with('$'));
        }
    }
    metadata
}

#[tokio::test]
async fn instances_of_every_template_are_told_with_their_item() {
    let enterprise = Enterprise::new().await;
    let (state, review) = (enterprise.template("Contract State").await, enterprise.template("Review").await);
    let folder = enterprise.add("box.folder.add", "Contracts").await;
    let file = enterprise.add("box.file.add", "contract.txt").await;
    enterprise.say(&folder, &review, json!({"owner": "Grace"})).await;
    enterprise.say(&file, &state, json!({"owner": "Ada"})).await;
    enterprise.say(&file, &review, json!({"owner": "Eve"})).await;
    let (listed, cursor) = enterprise.changes(None).await;
    assert!(
        enterprise.must_be_kept(&listed).await >= 3,
        "the folder, the file, and one that the company has"
    );
    assert_eq!(enterprise.company.requests(TEMPLATES).await, 1);
    for method in ["box.get_files_id", "box.get_files_id_metadata", "box.get_folders_id_metadata"] {
        assert_eq!(enterprise.company.requests(method).await, 0, "{method}");
    }

    let before = enterprise.company.api_requests().await;
    let (unchanged, cursor) = enterprise.changes(Some(&cursor)).await;
    assert!(unchanged.is_empty());
    assert_eq!(enterprise.company.api_requests().await, before + 1, "an unchanged run asks for nothing else");

    let newer = enterprise.template("Newer than the last run").await;
    enterprise.say(&file, &newer, json!({"owner": "Mallory"})).await;
    enterprise.say(&file, &review, Value::Null).await;
    let (changed, _) = enterprise.changes(Some(&cursor)).await;
    assert_eq!(changed.len(), 1);
    assert_eq!(enterprise.must_be_kept(&changed).await, 1);
    assert_eq!(enterprise.company.requests(TEMPLATES).await, 2);

    let item = ItemRef { id: ItemId(file), meta: None };
    let opened = enterprise.cloud.open(&enterprise.reach, &item).await.unwrap();
    assert_eq!(opened.meta.more["metadata"], changed[&item.id].more["metadata"]);
}

#[tokio::test]
async fn more_templates_than_go_with_one_request_are_kept_all() {
    let enterprise = Enterprise::new().await;
    let file = enterprise.add("box.file.add", "contract.txt").await;
    for number in 0..90 {
        let template = enterprise.template(&format!("A template with a very long name {number:030}")).await;
        enterprise.say(&file, &template, json!({"owner": format!("Person {number}")})).await;
    }
    let (listed, cursor) = enterprise.changes(None).await;
    enterprise.must_be_kept(&listed).await;
    let of_file = listed[&ItemId(file.clone())].more["metadata"].as_object().unwrap();
    assert_eq!(of_file.values().map(|scope| scope.as_object().unwrap().len()).sum::<usize>(), 90);
    let rename = json!({"op": "box.item.rename", "item": file, "name": "renamed.txt"});
    enterprise.company.change(rename).await;
    let (changed, _) = enterprise.changes(Some(&cursor)).await;
    assert_eq!(changed[&ItemId(file.clone())].more["metadata"], Value::Object(of_file.clone()));
}

#[tokio::test]
async fn who_may_see_no_templates_still_backs_up_files() {
    let enterprise = Enterprise::new().await;
    let fault = json!({"method": TEMPLATES, "kind": "status", "status": 403, "times": 0});
    enterprise.company.fault(fault).await;
    let (listed, _) = enterprise.changes(None).await;
    assert!(enterprise.must_be_kept(&listed).await >= 1, "metadata.global.properties needs no listing");
}

#[tokio::test]
async fn a_folder_whose_metadata_is_longer_than_an_answer_may_be_is_listed_in_smaller_pages() {
    let enterprise = Enterprise::new().await;
    let template = enterprise.template("Long").await;
    let folder = enterprise.add("box.folder.add", "Long").await;
    let long = "x".repeat(1_100_000);
    for number in 0..32 {
        let file = json!({"op": "box.file.add", "user": enterprise.reach.address, "parent": folder,
            "name": format!("{number}.txt"), "size": 1});
        let file = enterprise.company.make(file).await;
        enterprise.say(&file, &template, json!({"owner": long})).await;
    }
    let (listed, _) = enterprise.changes(None).await;
    let long_ones = listed.values().filter(|meta| meta.parents == [format!("folder{folder}")]);
    assert_eq!(long_ones.filter(|meta| meta.more["metadata"].to_string().len() > long.len()).count(), 32);
}

#[tokio::test]
async fn what_another_enterprise_says_of_what_it_shares_is_kept_and_costs_nobody_else_a_request() {
    let mut enterprise = Enterprise::new().await;
    enterprise.reach.policy.drive_documents = DriveDocuments::All;
    let (mine, partner) = (enterprise.reach.address.clone(), "partner@example.net");
    let outside =
        json!({"op": "box.outside.add", "address": partner, "name": "Part Ner", "enterprise": "777"});
    enterprise.company.make(outside).await;
    let theirs = async |op: &str, what: Value| {
        let mut change = json!({"op": op, "user": partner});
        change.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
        enterprise.company.make(change).await
    };
    let folder = theirs("box.folder.add", json!({"name": "Shared"})).await;
    let file = theirs("box.file.add", json!({"name": "offer.txt", "parent": folder})).await;
    let say = async |item: &str, scope: &str, template: &str, owner: &str| {
        let set = json!({"op": "box.item.set_metadata", "item": item, "scope": scope, "template": template,
            "values": {"owner": owner}});
        enterprise.company.change(set).await;
    };
    say(&folder, "enterprise_777", "deal", "Ada").await;
    say(&file, "enterprise_777", "deal", "Eve").await;
    say(&file, "enterprise_777", "review", "Bob").await;
    say(&file, "global", "properties", "Grace").await;
    let given = json!({"op": "box.collaboration.add", "item": folder, "to": mine, "role": "editor"});
    enterprise.company.change(given).await;

    let (kept, cursor) = enterprise.changes(None).await;
    let of = |kept: &BTreeMap<ItemId, ItemMeta>, id: &str| {
        without_boxes_own(kept[&ItemId(id.to_owned())].more["metadata"].clone())
    };
    let of_file = json!({"global": {"properties": {"owner": "Grace"}},
        "enterprise_777": {"deal": {"owner": "Eve"}, "review": {"owner": "Bob"}}});
    assert_eq!(of(&kept, &file), of_file);
    assert_eq!(of(&kept, &format!("folder{folder}")), json!({"enterprise_777": {"deal": {"owner": "Ada"}}}));
    let asked = async |method: &str| enterprise.company.requests(method).await;
    assert_eq!(asked("box.get_files_id_metadata").await, 1, "for nothing else that there is");
    assert_eq!(asked("box.get_folders_id_metadata").await, 1);

    say(&file, "enterprise_777", "review", "Mallory").await;
    let (changed, _) = enterprise.changes(Some(&cursor)).await;
    assert_eq!(of(&changed, &file)["enterprise_777"]["review"], json!({"owner": "Mallory"}));
}
