//! Box's published limits. The only place with these numbers.

use crate::http::{Price, Quota};

static CALLS: Quota = Quota {
    name: "box",
    user: Some(1_000),
    tenant: None,
    concurrent: None,
    source: "https://developer.box.com/guides/api-calls/permissions-and-errors/rate-limits",
};

/// Any call of the API. Content from the second host is no call.
pub(super) const CALL: Price = Price { quota: &CALLS, units: 1 };
