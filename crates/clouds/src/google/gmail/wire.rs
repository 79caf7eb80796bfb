//! Gmail's answers, as far as they are asked for.

use serde::{Deserialize, Serialize};

use crate::google::wire::Number;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Profile {
    pub(super) history_id: String,
    #[serde(default)]
    pub(super) messages_total: u64,
}

#[derive(Deserialize)]
pub(super) struct Labels {
    #[serde(default)]
    pub(super) labels: Vec<Label>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Label {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    /// `system` or `user`.
    #[serde(default, rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) messages_total: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Messages {
    #[serde(default)]
    pub(super) messages: Vec<MessageId>,
    pub(super) next_page_token: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct MessageId {
    pub(super) id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Drafts {
    #[serde(default)]
    pub(super) drafts: Vec<Draft>,
    pub(super) next_page_token: Option<String>,
}

#[derive(Deserialize, Serialize)]
pub(super) struct Draft {
    id: String,
    message: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HistoryPage {
    #[serde(default)]
    pub(super) history: Vec<HistoryRecord>,
    pub(super) history_id: String,
    pub(super) next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HistoryRecord {
    pub(super) id: Option<Number>,
    #[serde(default)]
    pub(super) messages_added: Vec<Moved>,
    #[serde(default)]
    pub(super) messages_deleted: Vec<Moved>,
    #[serde(default)]
    pub(super) labels_added: Vec<Moved>,
    #[serde(default)]
    pub(super) labels_removed: Vec<Moved>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Moved {
    pub(super) message: MovedMessage,
    /// Of label changes: which.
    #[serde(default)]
    pub(super) label_ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MovedMessage {
    pub(super) id: String,
    /// The message's labels, where Google adds them.
    pub(super) label_ids: Option<Vec<String>>,
}

/// `messages.get` with `format=raw`, without the bytes themselves.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawMessage {
    pub(super) id: String,
    pub(super) thread_id: Option<String>,
    #[serde(default)]
    pub(super) label_ids: Vec<String>,
    pub(super) internal_date: Option<Number>,
    pub(super) size_estimate: Option<u64>,
}
