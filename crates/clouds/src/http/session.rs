//! A client that is signed in: what a provider makes its requests with.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::answer::Answer;
use super::client::{Bearers, Client};
use super::request::Request;
use crate::contract::CloudError;

/// A signed-in client. Cheap to clone.
#[derive(Clone)]
pub struct Session {
    client: Arc<Client>,
    bearers: Arc<dyn Bearers>,
}

impl Session {
    /// Requests of `client`, signed with tokens from `bearers`.
    pub fn new(client: Arc<Client>, bearers: Arc<dyn Bearers>) -> Self {
        Self { client, bearers }
    }

    /// The client below.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Sends the request and gives its JSON.
    pub async fn json<T: DeserializeOwned>(&self, request: &Request) -> Result<T, CloudError> {
        self.read(request, Answer::json).await
    }

    /// Sends the request and reads its answer with `read`; see [`Client::run`].
    pub async fn read<T, R>(&self, request: &Request, read: impl Fn(Answer) -> R) -> Result<T, CloudError>
    where
        R: Future<Output = Result<T, CloudError>>,
    {
        self.client.run(request, Some(self.bearers.as_ref()), read).await
    }

    /// Sends the request and gives its answer as soon as it begins: from there on nothing is tried again.
    pub async fn begin(&self, request: &Request) -> Result<Answer, CloudError> {
        self.read(request, |answer| std::future::ready(Ok(answer))).await
    }
}
