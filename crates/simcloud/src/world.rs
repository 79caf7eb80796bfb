//! The whole simulated world, shared by every request.

use std::path::PathBuf;

use crate::boxcom::Boxcom;
use crate::clock::Clock;
use crate::counters::Counters;
use crate::discovery::Shelf;
use crate::faults::Faults;
use crate::google::Google;
use crate::network::Network;
use crate::options::Options;

/// Everything a request can reach.
pub struct World {
    /// How the server was started.
    pub options: Options,
    /// The simulated clocks.
    pub clock: Clock,
    /// Faults that control asked for.
    pub faults: Faults,
    /// What was requested and answered.
    pub counters: Counters,
    /// `http://127.0.0.1:P`, where the server can be reached.
    pub base_url: String,
    /// Where credentials are written.
    pub state_dir: PathBuf,
    /// The bearer token that `/control` wants.
    pub control_token: String,
    /// Keys page tokens and attachment ids, so that forged ones are recognised.
    pub token_key: [u8; 32],
    /// Latency and bandwidth.
    pub(crate) network: Network,
    /// The published descriptions, where they are at hand.
    pub descriptions: Shelf,
    /// The Google Workspace company.
    pub google: Google,
    /// The Box enterprise of the same people.
    pub boxcom: Boxcom,
}
