//! The simulated line: latency before each answer and a bandwidth that all answers share.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use crate::sync::lock;

/// Latency and bandwidth of the server.
pub(crate) struct Network {
    latency: Duration,
    bandwidth: Option<u64>,
    free_at: Mutex<Instant>,
}

impl Network {
    pub(crate) fn new(latency: Duration, bandwidth: Option<u64>) -> Self {
        Self { latency, bandwidth: bandwidth.filter(|b| *b > 0), free_at: Mutex::new(Instant::now()) }
    }

    /// Waits the latency of one answer.
    pub(crate) async fn wait_latency(&self) {
        if !self.latency.is_zero() {
            sleep(self.latency).await;
        }
    }

    /// Whether answers have to be paced.
    pub(crate) fn is_paced(&self) -> bool {
        self.bandwidth.is_some()
    }

    /// Waits until `bytes` fit through the line.
    pub(crate) async fn wait_for(&self, bytes: usize) {
        let Some(bandwidth) = self.bandwidth else { return };
        let until = {
            let mut free_at = lock(&self.free_at);
            let start = (*free_at).max(Instant::now());
            *free_at = start + Duration::from_secs_f64(bytes as f64 / bandwidth as f64);
            *free_at
        };
        sleep_until(until).await;
    }
}
