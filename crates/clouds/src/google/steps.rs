//! Listings that go on in steps, and single Items that are asked for after a listing was not whole.

use futures::stream::{self, StreamExt, TryStreamExt};

use crate::contract::{Change, CloudError, ErrorKind, Listing};

/// Single Items that are asked for at once.
const AT_ONCE: usize = 8;

/// Steps that each tell some changes, as one stream that ends at the first error.
pub(super) fn stepwise<'a, S, F, R>(start: S, step: F) -> Listing<'a, Change>
where
    S: Send + 'a,
    F: FnMut(S) -> R + Send + 'a,
    R: Future<Output = Result<Option<(Vec<Change>, S)>, CloudError>> + Send + 'a,
{
    let flat = stream::try_unfold(start, step).map_ok(|changes| stream::iter(changes).map(Ok)).try_flatten();
    Box::pin(flat)
}

/// Asks for each of these Items; those that are gone meanwhile are left out.
pub(super) async fn singly<T, R>(ids: Vec<String>, ask: impl Fn(String) -> R) -> Result<Vec<T>, CloudError>
where
    R: Future<Output = Result<T, CloudError>>,
{
    let asked = ids.into_iter().map(|id| {
        let asked = ask(id);
        async move {
            match asked.await {
                Ok(found) => Ok(Some(found)),
                Err(CloudError { kind: ErrorKind::Gone, .. }) => Ok(None),
                Err(error) => Err(error),
            }
        }
    });
    let found: Vec<Option<T>> = stream::iter(asked).buffered(AT_ONCE).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

/// An answer that lacks what every such answer has.
pub(super) fn unexpected(detail: &str) -> CloudError {
    CloudError::new(ErrorKind::Fatal, "unexpectedShape", detail)
}

/// The text of a member; empty where there is none.
pub(super) fn text<'v>(json: &'v serde_json::Value, name: &str) -> &'v str {
    json.get(name).and_then(serde_json::Value::as_str).unwrap_or_default()
}

/// The time in a member.
pub(super) fn time(json: &serde_json::Value, name: &str) -> Option<holdfast_model::Timestamp> {
    text(json, name).parse().ok()
}
