//! Page tokens: opaque, bound to the listing they were issued for, and recognised when forged.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use super::{Call, GoogleError};

const MAC_BYTES: usize = 9;
/// Parameters that do not change what a listing lists.
const FREE_PARAMETERS: &[&str] =
    &["pageToken", "access_token", "oauth_token", "key", "quotaUser", "prettyPrint", "fields", "alt"];

/// Seals `position` (the method's own words for where to go on) into a token for this listing.
#[must_use]
pub fn seal(call: &Call, position: &str) -> String {
    let mut token = mac(call, position);
    token.extend_from_slice(position.as_bytes());
    URL_SAFE_NO_PAD.encode(token)
}

/// The position in the request's `pageToken`; `None` without one or at the listing's start.
///
/// A token that was not issued, or was issued for a listing with other parameters, is refused with
/// 400.
pub fn open(call: &Call) -> Result<Option<String>, GoogleError> {
    let Some(token) = call.query("pageToken").filter(|t| !t.is_empty()) else { return Ok(None) };
    let refused = || GoogleError::invalid("Invalid pageToken").at("parameter", "pageToken");
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| refused())?;
    let (given, position) = bytes.split_at_checked(MAC_BYTES).ok_or_else(refused)?;
    let position = std::str::from_utf8(position).map_err(|_| refused())?;
    if given != mac(call, position) {
        return Err(refused());
    }
    Ok(Some(position.to_owned()).filter(|p| !p.is_empty()))
}

/// A token for the start of this listing.
#[must_use]
pub fn start_again(call: &Call) -> String {
    seal(call, "")
}

fn mac(call: &Call, position: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &call.world.token_key);
    let mut context = hmac::Context::with_key(&key);
    context.update(call.method.id.as_bytes());
    context.update(call.principal.user().unwrap_or("").as_bytes());
    let mut parameters: Vec<_> = call
        .query
        .iter()
        .filter(|(n, _)| !FREE_PARAMETERS.contains(&n.as_str()) && !is_page_size(n))
        .collect();
    parameters.sort();
    for (name, value) in
        call.path.iter().map(|(n, v)| (*n, v)).chain(parameters.iter().map(|(n, v)| (n.as_str(), v)))
    {
        for text in [name, value] {
            context.update(&(text.len() as u64).to_be_bytes());
            context.update(text.as_bytes());
        }
    }
    context.update(position.as_bytes());
    context.sign().as_ref()[..MAC_BYTES].to_vec()
}

fn is_page_size(name: &str) -> bool {
    name == "maxResults" || name == "pageSize"
}
