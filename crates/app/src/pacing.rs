//! How fast a cloud is asked: under its published quotas, unless the simulated clouds are told to have others.

use std::time::Duration;

use holdfast_engine::clouds::http::{HttpOptions, Pacing, Patience, QuotaModel};

use crate::UserError;

/// Decides the pace for simulated clouds: `off`, `old`, `new`, or `new*10` for windows that pass ten times as fast.
pub const VARIABLE: &str = "HOLDFAST_QUOTAS";

/// The options for requests, as the environment of this process has them.
pub(crate) fn http_options() -> Result<HttpOptions, UserError> {
    let Ok(text) = std::env::var(VARIABLE) else { return Ok(HttpOptions::default()) };
    Ok(HttpOptions { pacing: parse(&text)?, ..simulated() })
}

/// For simulated clouds, which have no quotas to keep to and recover as soon as they are told to.
pub(crate) fn simulated() -> HttpOptions {
    let patience =
        Patience { first: Duration::from_millis(50), longest: Duration::from_secs(2), ..Patience::default() };
    let pacing = Pacing { model: QuotaModel::Off, ..Pacing::default() };
    HttpOptions { pacing, patience, ..HttpOptions::default() }
}

fn parse(text: &str) -> Result<Pacing, UserError> {
    let wrong =
        || UserError::of("input.bad", format!("{VARIABLE} is '{text}' instead of off, old, new or new*10"));
    let (model, scale) = text.split_once('*').unwrap_or((text, "1"));
    let model = match model {
        "off" => QuotaModel::Off,
        "old" => QuotaModel::Old,
        "new" => QuotaModel::New,
        _ => return Err(wrong()),
    };
    let time_scale: f64 = scale.parse().map_err(|_| wrong())?;
    if !(time_scale.is_finite() && time_scale >= 1.0) {
        return Err(wrong());
    }
    Ok(Pacing { model, time_scale, ..Pacing::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_documented_paces_are_understood() {
        assert_eq!(parse("off").unwrap().model, QuotaModel::Off);
        assert_eq!(parse("new").unwrap(), Pacing::default());
        let fast = parse("old*10").unwrap();
        assert_eq!((fast.model, fast.time_scale), (QuotaModel::Old, 10.0));
        for text in ["", "fast", "new*", "new*0", "new*-1", "new*inf", "off*x"] {
            assert_eq!(parse(text).unwrap_err().code, "input.bad", "{text}");
        }
    }
}
