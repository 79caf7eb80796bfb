//! One request, as a provider writes it down.

use std::sync::Arc;

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;
use zeroize::Zeroizing;

use super::quota::Price;

/// Whom a request is made as, and which kind of access it needs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Access {
    /// The user that the request speaks for; quotas are counted by it.
    pub subject: Arc<str>,
    /// The provider's own word for the set of scopes.
    pub audience: &'static str,
}

/// A request that can be sent again and again.
#[derive(Clone)]
pub struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) form: Option<Arc<Zeroizing<String>>>,
    pub(super) access: Option<Access>,
    pub(super) price: Option<Price>,
    pub(super) reading: &'static [u16],
}

impl Request {
    /// A GET of this address.
    pub fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            form: None,
            access: None,
            price: None,
            reading: &[],
        }
    }

    /// A POST of a form. Its values may be secrets: they are wiped when the request is dropped.
    pub fn post_form(url: Url, fields: &[(&str, &str)]) -> Self {
        let mut form = Zeroizing::new(String::with_capacity(4096));
        for (name, value) in fields {
            if !form.is_empty() {
                form.push('&');
            }
            form.push_str(name);
            form.push('=');
            form.extend(url::form_urlencoded::byte_serialize(value.as_bytes()));
        }
        let mut request = Self::get(url);
        request.method = Method::POST;
        request.form = Some(Arc::new(form));
        request
    }

    /// Made as this user, with a token for this audience.
    #[must_use]
    pub fn with_access(mut self, access: &Access) -> Self {
        self.access = Some(access.clone());
        self
    }

    /// Signed with this very token, which is not renewed.
    pub fn signed_with(self, bearer: &super::client::Bearer) -> Result<Self, crate::contract::CloudError> {
        Ok(self.header(reqwest::header::AUTHORIZATION, bearer.header()?))
    }

    /// Costs this much of a quota.
    #[must_use]
    pub fn priced(mut self, price: Price) -> Self {
        self.price = Some(price);
        self
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Asks for the bytes as they are: for content that does not compress well enough to be worth the work.
    #[must_use]
    pub fn uncompressed(self) -> Self {
        self.header(reqwest::header::ACCEPT_ENCODING, HeaderValue::from_static("identity"))
    }

    /// Answers with these statuses are read like successes instead of being classified.
    #[must_use]
    pub fn reading(mut self, statuses: &'static [u16]) -> Self {
        self.reading = statuses;
        self
    }

    /// What may be said of it in logs and errors: no query, which may hold secrets.
    pub fn describe(&self) -> String {
        format!("{} {}{}", self.method, self.url.host_str().unwrap_or("?"), self.url.path())
    }

    pub(super) fn pacing_user(&self) -> Arc<str> {
        self.access.as_ref().map_or_else(|| Arc::from(""), |access| Arc::clone(&access.subject))
    }
}
