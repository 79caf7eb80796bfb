//! Content that is derived from (seed, user, index) whenever it is asked for, and so need not be
//! held.

pub mod corpus;
pub mod mail;
pub mod names;
pub mod words;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

/// A cheap, well-mixed number from several (SplitMix64 over each).
#[must_use]
pub fn mix(parts: &[u64]) -> u64 {
    let mut state = 0x243f_6a88_85a3_08d3_u64;
    for part in parts {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_add(*part);
        state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        state ^= state >> 31;
    }
    state
}

/// A number that keeps what is derived for one purpose apart from all else.
#[must_use]
pub const fn tag(purpose: &str) -> u64 {
    let bytes = purpose.as_bytes();
    let mut number = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        number = (number ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    number
}

/// A generator for one thing, e.g. `rng(&[seed, tag("mail"), user, index])`.
#[must_use]
pub fn rng(parts: &[u64]) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(mix(parts))
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
