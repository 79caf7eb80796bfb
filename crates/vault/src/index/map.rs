//! The one place that maps a file into memory.
#![allow(unsafe_code)] // Mapping a file is unsafe by its nature; the reason it holds is below.

use std::fs::File;
use std::io;
use std::ops::Deref;

use memmap2::Mmap;

/// A file mapped for reading.
pub(super) struct Map(Mmap);

impl Map {
    /// Maps a cache file. Such a file is written under another name, renamed once and never
    /// changed after, by us or by another process of ours.
    pub fn new(file: &File) -> io::Result<Self> {
        // SAFETY: nobody changes or truncates the file while it is mapped (see above); it lies in
        // the cache folder that is ours alone.
        unsafe { Mmap::map(file) }.map(Self)
    }
}

impl Deref for Map {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}
