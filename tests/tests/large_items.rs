//! A mail of 140 MB and a large file pass through little memory, byte for byte.

use anyhow::{Result, ensure};
use holdfast_tests::large_items;

#[test]
fn large_items_pass_through_little_memory() -> Result<()> {
    // The soak does it with 2 GB.
    let file_bytes = 300 << 20;
    let comparison = large_items(file_bytes, &mut |line| println!("{line}"))?;
    ensure!(comparison.bytes > file_bytes + (140 << 20), "{comparison}");
    Ok(())
}
