//! Texts that wait on disk until they are written: together they may be larger than what memory should hold.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// A file without a name. It goes with the last text that is kept in it.
pub(super) struct Spool {
    file: Arc<Mutex<File>>,
    end: u64,
}

/// A text in a [`Spool`].
pub(super) struct Spooled {
    file: Arc<Mutex<File>>,
    start: u64,
    length: usize,
}

impl Spool {
    /// An empty one, on the disk of this folder.
    pub fn new(folder: &Path) -> io::Result<Self> {
        Ok(Self { file: Arc::new(Mutex::new(tempfile::tempfile_in(folder)?)), end: 0 })
    }

    /// Keeps a text.
    pub fn keep(&mut self, text: &[u8]) -> io::Result<Spooled> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.end))?;
        file.write_all(text)?;
        let start = self.end;
        self.end += text.len() as u64;
        Ok(Spooled { file: Arc::clone(&self.file), start, length: text.len() })
    }
}

impl Spooled {
    /// The text.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.start))?;
        let mut text = vec![0; self.length];
        file.read_exact(&mut text)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_in_any_order() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(folder.path()).unwrap();
        let kept: Vec<Spooled> =
            ["one", "", "three"].iter().map(|text| spool.keep(text.as_bytes()).unwrap()).collect();
        drop(spool);
        let read = |at: usize| String::from_utf8(kept[at].read().unwrap()).unwrap();
        assert_eq!([read(2), read(0), read(1), read(2)], ["three", "one", "", "three"]);
        drop(kept);
        // Windows shows a file without a name until it is closed.
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
