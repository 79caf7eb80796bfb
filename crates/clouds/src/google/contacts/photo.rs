//! A contact's photo. Its address is a link that needs no token; it is followed on the Connection's own host for
//! photos only, and no token is sent there.
//! <https://developers.google.com/people/api/rest/v1/people#photo>

use holdfast_model::Timestamp;
use serde_json::{Value, json};
use url::Url;

use crate::contract::{CloudError, Content, ErrorKind};
use crate::google::Google;
use crate::google::steps::text;
use crate::google::told::content;
use crate::http::{Answer, Request};

/// No photo of a contact is larger.
const LARGEST: usize = 16 * 1024 * 1024;
/// "You can change the desired size by appending a query parameter sz": as large as there is.
const SIZE: (&str, &str) = ("sz", "2048");

/// Where the contact's own photo is; a picture that stands for none is no photo.
pub(super) fn address(person: &Value) -> Option<&str> {
    let photos = person.get("photos")?.as_array()?;
    let own = photos.iter().find(|photo| photo["default"] != json!(true))?;
    Some(text(own, "url")).filter(|url| !url.is_empty())
}

/// The photo as a content; `None` where there is none, it lies elsewhere, or it is gone.
pub(super) async fn fetch(google: &Google, person: &Value) -> Result<Option<Content>, CloudError> {
    let Some(url) = address(person).and_then(|url| Url::parse(url).ok()) else { return Ok(None) };
    if url.origin() != google.endpoints.photos.origin() {
        tracing::debug!(host = url.host_str(), "a photo lies on a host that is not the Connection's");
        return Ok(None);
    }
    let mut sized = url;
    sized.query_pairs_mut().append_pair(SIZE.0, SIZE.1);
    let request = Request::get(sized).reading(&[400, 404, 410]);
    match google.session.client().run(&request, None, read).await {
        // Whose photo is not for everyone's eyes has none for us. A refusal for the rate is another kind, and is tried again.
        Err(error) if error.kind == ErrorKind::Forbidden && error.status == Some(403) => Ok(None),
        fetched => fetched,
    }
}

async fn read(answer: Answer) -> Result<Option<Content>, CloudError> {
    if !answer.status().is_success() {
        return Ok(None);
    }
    let bytes = answer.bytes(LARGEST).await?;
    let extension = match bytes.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => "png",
        [b'G', b'I', b'F', ..] => "gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "webp",
        [0xff, 0xd8, ..] => "jpg",
        _ => "photo",
    };
    Ok(Some(content(extension, bytes.into(), None::<Timestamp>)))
}
