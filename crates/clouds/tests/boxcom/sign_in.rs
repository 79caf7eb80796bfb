//! A sign-in in the browser, by way of the company's own pages.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::TryStreamExt;
use holdfast_clouds::boxcom::{self, Boxcom};
use holdfast_clouds::contract::{Cloud, ErrorKind};
use holdfast_clouds::http::SecretInMemory;
use holdfast_model::User;

use crate::simulated::Company;
use crate::simulated::boxcom::{endpoints, options};

/// What a person does with the page: chooses an account and decides.
fn browser(
    login: String,
    decision: &'static str,
    address: Arc<Mutex<Option<String>>>,
) -> impl Fn(&url::Url) + Send + Sync {
    move |page: &url::Url| {
        *address.lock().unwrap() = Some(page.to_string());
        let mut form: Vec<(String, String)> = page.query_pairs().into_owned().collect();
        form.push(("login".to_owned(), login.clone()));
        form.push(("decision".to_owned(), decision.to_owned()));
        let target = page.clone();
        tokio::spawn(async move {
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
            let mut target = target;
            target.set_query(None);
            let client = crate::simulated::browser();
            let posted =
                client.post(target).header("content-type", "application/x-www-form-urlencoded").body(body);
            let answer = posted.send().await.expect("the page answers");
            let back = answer.headers()["location"].to_str().expect("an address").to_owned();
            client.get(back).send().await.expect("the way back");
        });
    }
}

#[tokio::test]
async fn an_admin_who_signs_in_reaches_the_enterprise_and_a_user_their_own_account() {
    let company = Company::small().await;
    let file = std::fs::read(&company.line.boxcom.app_file).unwrap();
    for (number, sees_all) in [(0, true), (2, false)] {
        let login = company.line.boxcom.users[number].address.clone();
        let page = Arc::new(Mutex::new(None));
        let open = browser(login.clone(), "approve", page.clone());
        let patience = Duration::from_secs(30);
        let secret =
            boxcom::sign_in(&file, endpoints(&company), &open, patience, &options(&company)).await.unwrap();
        assert!(!page.lock().unwrap().as_ref().unwrap().contains("secret"), "the secret is in the address");
        let cell = Arc::new(SecretInMemory::new(secret.to_bytes().unwrap()));
        let cloud = Boxcom::open(cell, &options(&company)).await.unwrap();
        let tenant = cloud.tenant().await.unwrap();
        assert_eq!(
            (tenant.id.as_str(), tenant.signed_in_as),
            (company.line.boxcom.enterprise_id.as_str(), login)
        );
        let users: Vec<User> = cloud.users().try_collect().await.unwrap();
        assert_eq!(users.len() > 1, sees_all);
        assert_eq!(cloud.capabilities().groups, sees_all);
    }
}

#[tokio::test]
async fn who_denies_is_understood() {
    let company = Company::small().await;
    let file = std::fs::read(&company.line.boxcom.app_file).unwrap();
    let open = browser(company.line.boxcom.admin.clone(), "deny", Arc::default());
    let patience = Duration::from_secs(30);
    let denied = boxcom::sign_in(&file, endpoints(&company), &open, patience, &options(&company)).await;
    let error = denied.err().unwrap();
    assert_eq!((error.kind, error.reason.as_str()), (ErrorKind::Forbidden, "signInDenied"));
}
