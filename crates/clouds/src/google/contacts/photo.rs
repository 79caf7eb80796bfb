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

/// What became of a photo.
pub(super) enum Photo {
    None,
    Here(Content),
    /// There is one, and it is not to be had: the stable word for why, and what was seen.
    LeftOut(&'static str, String),
}

/// The photo as a content. One that lies elsewhere, is gone or is refused for good is left out, which is said.
pub(super) async fn fetch(google: &Google, person: &Value) -> Result<Photo, CloudError> {
    let Some(address) = address(person) else { return Ok(Photo::None) };
    let Ok(url) = Url::parse(address) else {
        return Ok(Photo::LeftOut("no_address", "its address is none".to_owned()));
    };
    if url.origin() != google.endpoints.photos.origin() {
        let host = url.host_str().unwrap_or("no host").to_owned();
        return Ok(Photo::LeftOut("other_host", format!("it lies on {host}, which is not the connection's")));
    }
    let mut sized = url;
    sized.query_pairs_mut().append_pair(SIZE.0, SIZE.1);
    let request = Request::get(sized).reading(&[400, 404, 410]);
    match google.session.client().run(&request, None, read).await {
        // Whose photo is not for everyone's eyes has none for us. A refusal for the rate is another kind, and is tried again.
        Err(error) if error.kind == ErrorKind::Forbidden && error.status == Some(403) => {
            Ok(Photo::LeftOut("refused", error.to_string()))
        }
        fetched => fetched,
    }
}

async fn read(answer: Answer) -> Result<Photo, CloudError> {
    let status = answer.status();
    if !status.is_success() {
        let reason = if status.as_u16() == 400 { "refused" } else { "gone" };
        return Ok(Photo::LeftOut(reason, format!("HTTP {}", status.as_u16())));
    }
    let bytes = answer.bytes(LARGEST).await?;
    let extension = match bytes.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => "png",
        [b'G', b'I', b'F', ..] => "gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "webp",
        [0xff, 0xd8, ..] => "jpg",
        _ => "photo",
    };
    Ok(Photo::Here(content(extension, bytes.into(), None::<Timestamp>)))
}
