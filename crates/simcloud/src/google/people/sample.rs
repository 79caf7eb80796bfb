//! The contacts that a company starts with; where a corpus is given, its `.vcf` files.

use std::collections::VecDeque;

use rand::Rng as _;
use serde_json::{Value, json};

use super::Contacts;
use crate::content::corpus::Corpus;
use crate::content::{self, names, words};
use crate::google::directory::{Directory, User};
use crate::google::synced::Collection;
use crate::options::Options;

mod vcf;

/// What contacts are made from.
pub(super) struct Sample {
    seed: u64,
    contacts: u32,
    domain: String,
    corpus: Vec<Value>,
}

/// The group that the sample makes, beside Google's own.
const SUPPLIERS: &str = "5a1b2c3d4e5f6071";

impl Sample {
    pub(super) fn new(options: &Options, directory: &Directory, corpus: &Corpus) -> Self {
        Self {
            seed: options.seed,
            contacts: options.contacts_per_user,
            domain: directory.domain.clone(),
            corpus: corpus.cards.iter().flat_map(|file| vcf::people(file)).collect(),
        }
    }

    /// The contacts of a user; none of one who came later.
    pub(super) fn contacts(&self, user: &User) -> Contacts {
        let mut people = Collection::default();
        let mut groups = Vec::new();
        if user.is_founder && self.contacts > 0 {
            groups.push((SUPPLIERS.to_owned(), "Suppliers; & more".to_owned()));
            for index in 0..self.contacts {
                let mut rng = content::rng(&[
                    self.seed,
                    content::tag("contact"),
                    u64::from(user.number),
                    u64::from(index),
                ]);
                let id = contact_id(rng.random());
                let mut person = self.person(user, index, &mut rng);
                finish(&id, &mut person, index.is_multiple_of(3), index % 4 == 1);
                people.put(&id, person);
            }
        }
        Contacts { people, groups, made: 0, full_syncs: VecDeque::new() }
    }

    fn person(&self, user: &User, index: u32, rng: &mut rand_chacha::ChaCha8Rng) -> Value {
        let share = self.corpus.len() as u64;
        if share > 0 && index % 2 == 1 {
            let at = (u64::from(user.number) * u64::from(self.contacts) + u64::from(index)) / 2 % share;
            return self.corpus[at as usize].clone();
        }
        let (given, family, account) = names::person(u64::from(rng.random_range(0..5_000_u32)));
        let mut person = json!({
            "names": [{"displayName": format!("{given} {family}"), "givenName": given, "familyName": family}],
            "emailAddresses": [{"value": format!("{account}@{}.example", self.domain.split('.').next().unwrap_or("x")), "type": "work"}],
        });
        if index.is_multiple_of(2) {
            person["phoneNumbers"] =
                json!([{"value": format!("+49 30 {}", 100_000 + index), "type": "mobile"}]);
            person["organizations"] = json!([{"name": words::title(rng), "title": "Head of; many, things"}]);
        }
        match index % 5 {
            1 => person["birthdays"] = json!([{"date": {"year": 1980, "month": 2, "day": 29}}]),
            2 => person["birthdays"] = json!([{"date": {"month": 12, "day": 24}}]),
            3 => {
                person["addresses"] = json!([{
                    "formattedValue": "Straße 1\n10115 Berlin", "streetAddress": "Straße 1", "city": "Berlin",
                    "postalCode": "10115", "country": "Germany", "type": "home",
                }]);
                person["urls"] = json!([{"value": "https://example.com/?a=1,2;3", "type": "homePage"}]);
                person["biographies"] =
                    json!([{"value": "Met at the fair.\nLikes \\ and ;", "contentType": "TEXT_PLAIN"}]);
            }
            _ => {}
        }
        person
    }
}

/// Ids look like `c1234567890123456789`.
pub(super) fn contact_id(number: u64) -> String {
    format!("c{number}")
}

/// What every contact has: where it comes from, its groups, a photo or the picture that stands for none.
pub(super) fn finish(id: &str, person: &mut Value, is_supplier: bool, has_photo: bool) {
    let source = |value: &mut Value, primary: bool| {
        value["metadata"] = json!({"source": {"type": "CONTACT", "id": id}});
        if primary {
            value["metadata"]["primary"] = json!(true);
        }
    };
    if let Value::Object(fields) = person {
        for list in fields.values_mut().filter_map(Value::as_array_mut) {
            list.iter_mut().enumerate().for_each(|(at, value)| source(value, at == 0));
        }
    }
    let membership = |group: &str| {
        json!({
            "contactGroupMembership": {"contactGroupId": group,
                "contactGroupResourceName": format!("contactGroups/{group}")},
            "metadata": {"source": {"type": "CONTACT", "id": id}},
        })
    };
    let mut memberships = vec![membership("myContacts")];
    memberships.extend(is_supplier.then(|| membership(SUPPLIERS)));
    person["memberships"] = json!(memberships);
    let mut photo = json!({"url": if has_photo { format!("{id}-1") } else { "default".to_owned() }});
    if !has_photo {
        photo["default"] = json!(true);
    }
    source(&mut photo, true);
    person["photos"] = json!([photo]);
    touched(id, person, "2026-01-02T08:00:00Z");
}

/// The person changed at this time.
pub(super) fn touched(id: &str, person: &mut Value, time: &str) {
    person["metadata"] =
        json!({"objectType": "PERSON", "sources": [{"type": "CONTACT", "id": id, "updateTime": time}]});
}
