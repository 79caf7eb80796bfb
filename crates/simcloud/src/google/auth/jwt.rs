//! JWTs of the service account: assertions for the token endpoint, and self-signed bearers.
//! <https://developers.google.com/identity/protocols/oauth2/service-account>

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::Principal;
use crate::world::World;

/// How far the client's clock may be ahead.
const SKEW_SECONDS: i64 = 300;
/// The longest life that an assertion may have.
const MAX_LIFE_SECONDS: i64 = 3600;

/// Why a JWT was refused, in Google's words.
pub(crate) struct Refused(pub(crate) String);

/// The claims of a JWT with a valid signature and times.
pub(crate) fn verified(world: &World, token: &str) -> Result<Value, Refused> {
    let refused = |text: &str| Refused(text.to_owned());
    let mut parts = token.split('.');
    let (Some(head), Some(claims), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(refused("Bad Request"));
    };
    let json = |part: &str| -> Option<Value> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?).ok()
    };
    let header = json(head).ok_or_else(|| refused("Invalid JWT: Failed to parse the header."))?;
    let body = json(claims).ok_or_else(|| refused("Invalid JWT: Failed to parse the claims."))?;
    let signature = URL_SAFE_NO_PAD
        .decode(signature.trim_end_matches('='))
        .map_err(|_| refused("Invalid JWT Signature."))?;
    let keys = &world.google.auth.keys;
    if header["alg"] != "RS256" {
        return Err(refused("Invalid JWT: only RS256 is supported."));
    }
    if body["iss"] != keys.client_email.as_str() {
        return Err(refused("Invalid grant: account not found"));
    }
    if header.get("kid").is_some_and(|kid| *kid != keys.key_id.as_str())
        || !keys.verifies(&token.as_bytes()[..head.len() + 1 + claims.len()], &signature)
    {
        return Err(refused("Invalid JWT Signature."));
    }
    let (Some(issued), Some(expires)) = (body["iat"].as_i64(), body["exp"].as_i64()) else {
        return Err(refused("Invalid JWT: iat and exp are required."));
    };
    let now = world.clock.now_seconds();
    if issued > now + SKEW_SECONDS
        || expires <= now - SKEW_SECONDS
        || expires - issued > MAX_LIFE_SECONDS
        || expires <= issued
    {
        return Err(refused(
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.",
        ));
    }
    Ok(body)
}

/// Who a self-signed bearer stands for: the service account itself, or whom `sub` names when it is
/// the account's own address.
/// <https://developers.google.com/identity/protocols/oauth2/service-account#jwt-auth>
pub(crate) fn self_signed(world: &World, token: &str) -> Result<Principal, Refused> {
    let claims = verified(world, token)?;
    if claims.get("sub").is_some_and(|sub| *sub != claims["iss"]) {
        return Err(Refused("a self-signed JWT cannot impersonate".into()));
    }
    let scopes: Vec<String> =
        claims["scope"].as_str().unwrap_or("").split_whitespace().map(str::to_owned).collect();
    let audience = claims["aud"].as_str().unwrap_or("");
    let is_api = audience.starts_with(&world.base_url)
        || audience
            .strip_prefix("https://")
            .is_some_and(|rest| super::super::routes::is_google(rest.split('/').next().unwrap_or("")));
    if scopes.is_empty() && !is_api {
        return Err(Refused("the audience is no API".into()));
    }
    Ok(Principal::ServiceAccount { scopes })
}
