//! How people are told of a cause beside the window: e-mail, a webhook, a ping that an outside monitor waits for, and the
//! system's notifications. Each cause goes out once over each way, again after a day and after three.

mod deliver;
mod email;
mod settings;
pub mod system;
mod weekly;

pub use settings::{AlertSecrets, AlertSettings, EmailSettings, Encryption};
