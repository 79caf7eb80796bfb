//! The company that everything starts with: users from many places, some suspended or archived,
//! nested groups, a tree of org units.

use super::model::{Directory, Group, Member, OrgUnit, Role, User, Who};
use super::user_id;
use crate::content::{mix, names, tag};
use crate::options::Options;

/// 2019-03-04T08:00:00Z.
pub(crate) const FOUNDED_MS: i64 = 1_551_686_400_000;
const DAY_MS: i64 = 86_400_000;
const DOMAIN: &str = "example.com";

const UNITS: &[(&str, &str)] = &[
    ("/", "Everyone"),
    ("/Berlin", "Head office"),
    ("/Berlin/Engineering", "Builds things"),
    ("/Berlin/Engineering/Platform", "Keeps things running"),
    ("/Berlin/Sales", "Sells things"),
    ("/São Paulo", "Office in Brazil"),
    ("/São Paulo/Support", "Answers people"),
    ("/Tokyo", "Office in Japan"),
];

/// Groups: name, address, members among the users (every n-th, from), nested groups.
struct Plan {
    address: &'static str,
    name: &'static str,
    every: usize,
    from: usize,
    nested: &'static [&'static str],
    external: Option<&'static str>,
}

const GROUPS: &[Plan] = &[
    Plan { address: "platform", name: "Platform", every: 5, from: 1, nested: &[], external: None },
    Plan {
        address: "engineering",
        name: "Engineering",
        every: 4,
        from: 0,
        nested: &["platform"],
        external: Some("contractor@example.net"),
    },
    Plan {
        address: "sales",
        name: "Sales",
        every: 4,
        from: 2,
        nested: &[],
        external: Some("agency@example.org"),
    },
    Plan {
        address: "berlin",
        name: "Berlin office",
        every: 7,
        from: 3,
        nested: &["engineering", "sales"],
        external: None,
    },
    Plan { address: "board", name: "Board", every: usize::MAX, from: 0, nested: &[], external: None },
    Plan { address: "alumni", name: "Alumni (empty)", every: 0, from: 0, nested: &[], external: None },
];

/// Builds the company from its seed.
pub(crate) fn company(options: &Options) -> Directory {
    let mut directory = Directory {
        customer_id: format!("C0{}", base36(mix(&[options.seed, tag("customer")]), 7)),
        domain: DOMAIN.to_owned(),
        org_units: UNITS.iter().map(|(path, description)| unit(options.seed, path, description)).collect(),
        users: (0..options.users).map(|n| user(options.seed, n)).collect(),
        ..Directory::default()
    };
    let groups = GROUPS.iter().map(|plan| group(options.seed, plan, &directory)).collect();
    directory.groups = groups;
    directory.reindex();
    directory
}

/// An org unit's id is made from its path at the time.
pub(crate) fn unit(seed: u64, path: &str, description: &str) -> OrgUnit {
    let number = path.bytes().fold(seed, |n, b| mix(&[n, u64::from(b)]));
    OrgUnit {
        id: format!("id:03ph8a2z{}", base36(number, 7)),
        path: path.to_owned(),
        description: description.to_owned(),
    }
}

/// User 0 is the admin. Of every twelve one is suspended, and one archived.
fn user(seed: u64, n: u32) -> User {
    let (given, family, local) = match n {
        0 => ("Ada", "Admin", "admin".to_owned()),
        n => names::person(u64::from(n) - 1),
    };
    let place = (mix(&[seed, tag("place"), u64::from(n)]) % UNITS.len() as u64) as usize;
    let aliases = match n {
        0 => vec![format!("postmaster@{DOMAIN}")],
        n if n % 5 == 1 => vec![format!("{}@{DOMAIN}", local.replace('.', "-"))],
        _ => Vec::new(),
    };
    User {
        id: user_id(seed, n),
        number: n,
        is_founder: true,
        address: format!("{local}@{DOMAIN}"),
        given: given.to_owned(),
        family: family.to_owned(),
        aliases,
        org_unit: UNITS[if n == 0 { 0 } else { place }].0.to_owned(),
        suspended: n % 12 == 7,
        archived: n % 12 == 10,
        deleted: None,
        is_admin: n == 0,
        created: FOUNDED_MS + i64::from(n % 900) * DAY_MS,
    }
}

fn group(seed: u64, plan: &Plan, directory: &Directory) -> Group {
    let users = directory.users.iter().enumerate().filter(|(at, _)| match plan.every {
        0 => false,
        usize::MAX => *at <= 1,
        every => at % every == plan.from % every,
    });
    let mut members: Vec<Member> = users
        .map(|(_, u)| Member {
            who: Who::User(u.id.clone()),
            role: if u.is_admin { Role::Owner } else { Role::Member },
        })
        .collect();
    members.extend(
        plan.nested
            .iter()
            .map(|address| Member { who: Who::Group(group_id(seed, address)), role: Role::Member }),
    );
    members.extend(
        plan.external
            .iter()
            .map(|address| Member { who: Who::External((*address).to_owned()), role: Role::Member }),
    );
    Group {
        id: group_id(seed, plan.address),
        address: format!("{}@{DOMAIN}", plan.address),
        name: plan.name.to_owned(),
        description: format!("Mail for {}", plan.name),
        members,
    }
}

/// A group's id is made from the local part of its first address.
pub(crate) fn group_id(seed: u64, local: &str) -> String {
    let number = local.bytes().fold(seed ^ tag("group"), |n, b| mix(&[n, u64::from(b)]));
    format!("01{}", base36(number, 12))
}

fn base36(mut number: u64, digits: usize) -> String {
    (0..digits)
        .map(|_| {
            let digit = (number % 36) as u32;
            number /= 36;
            char::from_digit(digit, 36).unwrap_or('0')
        })
        .collect()
}
