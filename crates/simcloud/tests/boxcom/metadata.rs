//! Metadata templates and their instances. <https://developer.box.com/guides/metadata>

use serde_json::json;

use super::sim::{Sim, entries, text};

async fn stage() -> (Sim, String) {
    let sim = Sim::new().await;
    let scopes = ["root_readwrite", "manage_managed_users", "manage_enterprise_properties"];
    sim.set(json!({"scopes": scopes})).await;
    let file =
        sim.change(json!({"op": "box.file.add", "user": sim.id(1), "name": "a.txt", "text": "x"})).await;
    let template = json!({"scope": "enterprise", "displayName": "Contract State", "fields": [
        {"type": "string", "key": "owner", "displayName": "Owner"},
        {"type": "date", "key": "until", "displayName": "Until"},
        {"type": "float", "key": "worth", "displayName": "Worth"},
        {"type": "enum", "key": "state", "displayName": "State", "options": [{"key": "draft"}, {"key": "final"}]},
        {"type": "multiSelect", "key": "regions", "displayName": "Regions", "options": [{"key": "EU"}, {"key": "US"}]},
    ]});
    let made = sim.json_as(0, "POST", "metadata_templates/schema", &template).await;
    assert_eq!((made.status, &made.json()["templateKey"]), (201, &json!("contractState")));
    (sim, file)
}

/// <https://developer.box.com/reference/post-files-id-metadata-id-id>
#[tokio::test]
async fn an_instance_holds_what_its_template_allows_and_counts_its_changes() {
    let (sim, file) = stage().await;
    let path = format!("files/{file}/metadata/enterprise/contractState");
    for wrong in [
        json!({"owner": 7}),
        json!({"until": "soon"}),
        json!({"worth": "much"}),
        json!({"state": "lost"}),
        json!({"regions": ["EU", "Mars"]}),
        json!({"unknown": "x"}),
    ] {
        let body = wrong.to_string().into_bytes();
        let got = sim.bytes_as(1, "POST", &path, &[("content-type", "application/json")], body).await;
        assert_eq!(got.status, 400, "{wrong}");
    }
    let good = json!({"owner": "Ada", "until": "2027-01-01T00:00:00Z", "worth": 1.5, "state": "draft", "regions": ["EU"]});
    assert_eq!(sim.json_as(1, "POST", &path, &good).await.status, 201);
    assert_eq!(sim.json_as(1, "POST", &path, &good).await.status, 409);
    let steps = json!([
        {"op": "test", "path": "/owner", "value": "Ada"},
        {"op": "replace", "path": "/state", "value": "final"},
        {"op": "remove", "path": "/worth"},
    ]);
    let after = sim.json_as(1, "PUT", &path, &steps).await.json();
    assert_eq!(
        (&after["state"], &after["worth"], &after["$version"]),
        (&json!("final"), &json!(null), &json!(1))
    );
    let refused = json!([{"op": "test", "path": "/owner", "value": "Eve"}]);
    assert_eq!(sim.json_as(1, "PUT", &path, &refused).await.status, 400);
    assert_eq!(sim.user(1, &path, &[]).await.json()["owner"], "Ada");
    let fields = [("fields", "metadata.enterprise.contractState")];
    let told = sim.user(1, &format!("files/{file}"), &fields).await.json();
    assert_eq!(told["metadata"]["enterprise"]["contractState"]["owner"], "Ada");
    // <https://developer.box.com/reference/resources/file--full>: by the enterprise's number, and what is named only.
    let own = format!("enterprise_{}", sim.running.start_line.boxcom.enterprise_id);
    for (fields, is_told) in [
        (format!("metadata.{own}.contractState,metadata.global.properties"), true),
        (format!("metadata.{own}.another"), false),
        ("metadata.enterprise_1.contractState".to_owned(), false),
        ("name,metadata".to_owned(), false),
    ] {
        let told = sim.user(1, &format!("files/{file}"), &[("fields", fields.as_str())]).await.json();
        let instance = &told["metadata"][&own]["contractState"];
        assert_eq!(
            instance["owner"] == "Ada" && instance["$scope"] == own.as_str(),
            is_told,
            "{fields}: {told}"
        );
    }
    assert_eq!(sim.json_as(3, "PUT", &path, &steps).await.status, 404, "not this user's file");
    assert_eq!(sim.bytes_as(1, "DELETE", &path, &[], Vec::new()).await.status, 204);
    assert_eq!(sim.user(1, &path, &[]).await.code().1, "instance_not_found");
}

/// <https://developer.box.com/reference/get-metadata-templates-enterprise>
#[tokio::test]
async fn templates_are_listed_read_and_go_with_what_they_said() {
    let (sim, file) = stage().await;
    let listed = entries(&sim.user(1, "metadata_templates/enterprise", &[]).await.json());
    assert_eq!(listed.len(), 1);
    let schema = "metadata_templates/enterprise/contractState/schema";
    assert_eq!(sim.user(1, schema, &[]).await.json()["id"], listed[0]["id"]);
    let by_id = format!("metadata_templates/{}", text(&listed[0]["id"]));
    assert_eq!(sim.user(1, &by_id, &[]).await.json()["displayName"], "Contract State");
    assert_eq!(
        entries(&sim.user(1, "metadata_templates/global", &[]).await.json())[0]["templateKey"],
        "properties"
    );
    let again = json!({"scope": "enterprise", "displayName": "Contract State"});
    assert_eq!(sim.json_as(0, "POST", "metadata_templates/schema", &again).await.status, 400);
    assert_eq!(sim.json_as(3, "POST", "metadata_templates/schema", &again).await.status, 403);

    let path = format!("files/{file}/metadata/enterprise/contractState");
    sim.json_as(1, "POST", &path, &json!({"owner": "Ada"})).await;
    assert_eq!(sim.bytes_as(0, "DELETE", schema, &[], Vec::new()).await.status, 204);
    assert_eq!(sim.user(1, &path, &[]).await.status, 404);
    assert_eq!(sim.user(1, schema, &[]).await.status, 404);
}

/// <https://developer.box.com/guides/metadata/templates/update>,
/// <https://developer.box.com/reference/put-metadata-templates-id-id-schema>
#[tokio::test]
async fn a_template_is_changed_with_what_it_says_of_items_or_not_at_all() {
    let (sim, file) = stage().await;
    let (schema, path) = (
        "metadata_templates/enterprise/contractState/schema",
        format!("files/{file}/metadata/enterprise/contractState"),
    );
    let values = json!({"owner": "Ada", "worth": 1.5, "state": "draft", "regions": ["EU", "US"]});
    assert_eq!(sim.json_as(1, "POST", &path, &values).await.status, 201);
    let before = sim.user(1, schema, &[]).await.json();
    let good = json!({"op": "editTemplate", "data": {"displayName": "Changed"}});
    for wrong in [
        json!({"op": "editField", "fieldKey": "none", "data": {"displayName": "x"}}),
        json!({"op": "editField", "fieldKey": "owner", "data": {"type": "float"}}),
        json!({"op": "editField", "fieldKey": "owner", "data": {"key": "worth"}}),
        json!({"op": "addField", "data": {"type": "string", "key": "owner", "displayName": "x"}}),
        json!({"op": "reorderFields", "fieldKeys": ["owner", "until"]}),
        json!({"op": "addEnumOption", "fieldKey": "owner", "data": {"key": "x"}}),
        json!({"op": "addEnumOption", "fieldKey": "state", "data": {"key": "final"}}),
        json!({"op": "removeMultiSelectOption", "fieldKey": "regions", "multiSelectOptionKey": "Mars"}),
        json!({"op": "reorderEnumOptions", "fieldKey": "state", "enumOptionKeys": ["draft", "draft"]}),
    ] {
        let refused = sim.json_as(0, "PUT", schema, &json!([good.clone(), wrong.clone()])).await;
        assert_eq!(refused.status, 400, "{wrong}");
        assert_eq!(sim.user(1, schema, &[]).await.json(), before, "{wrong}");
    }
    let steps = json!([
        good,
        {"op": "editField", "fieldKey": "owner", "data": {"key": "holder", "displayName": "Holder"}},
        {"op": "removeField", "fieldKey": "worth"},
        {"op": "addField", "data": {"type": "string", "key": "note", "displayName": "Note"}},
        {"op": "reorderFields", "fieldKeys": ["note", "state", "regions", "until", "holder"]},
        {"op": "editEnumOption", "fieldKey": "state", "enumOptionKey": "draft", "data": {"key": "open"}},
        {"op": "addEnumOption", "fieldKey": "state", "data": {"key": "void"}},
        {"op": "reorderEnumOptions", "fieldKey": "state", "enumOptionKeys": ["void", "open", "final"]},
        {"op": "removeMultiSelectOption", "fieldKey": "regions", "multiSelectOptionKey": "US"},
        {"op": "editMultiSelectOption", "fieldKey": "regions", "multiSelectOptionKey": "EU", "data": {"key": "Europe"}},
    ]);
    assert_eq!(sim.json_as(3, "PUT", schema, &steps).await.status, 403, "admins only");
    let after = sim.json_as(0, "PUT", schema, &steps).await;
    assert_eq!((after.status, &after.json()["displayName"]), (200, &json!("Changed")));
    let keys = |all: &serde_json::Value| -> Vec<String> {
        all.as_array().into_iter().flatten().map(|one| text(&one["key"])).collect()
    };
    let fields = after.json()["fields"].clone();
    assert_eq!(keys(&fields), ["note", "state", "regions", "until", "holder"]);
    assert_eq!(keys(&fields[1]["options"]), ["void", "open", "final"]);
    assert_eq!(sim.user(1, schema, &[]).await.json(), after.json());
    let told = sim.user(1, &path, &[]).await.json();
    assert_eq!(
        (&told["holder"], &told["owner"], &told["worth"], &told["state"], &told["regions"]),
        (&json!("Ada"), &json!(null), &json!(null), &json!("open"), &json!(["Europe"]))
    );
    assert_eq!(
        sim.json_as(0, "PUT", "metadata_templates/enterprise/none/schema", &json!([])).await.status,
        404
    );
}
