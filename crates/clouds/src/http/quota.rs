//! A published quota as data. The tables themselves stand with their provider.

/// One quota: the requests that share it, and how much of it there is.
#[derive(Debug, PartialEq, Eq)]
pub struct Quota {
    /// Names it in settings and logs: `gmail`.
    pub name: &'static str,
    /// Units a minute for each user.
    pub user: Option<u64>,
    /// Units a minute for the whole tenant.
    pub tenant: Option<u64>,
    /// Requests of one user at the same time.
    pub concurrent: Option<usize>,
    /// The page that says so.
    pub source: &'static str,
}

/// What one request costs.
#[derive(Clone, Copy, Debug)]
pub struct Price {
    /// Of which quota.
    pub quota: &'static Quota,
    /// How many units.
    pub units: u32,
}
