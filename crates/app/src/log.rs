//! Logging: one file a day in `<data directory>/logs`, every line redacted before it reaches the disk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::UserError;
use crate::redact::Redactor;

/// Files kept.
const DAYS: usize = 14;
/// What is logged unless `HOLDFAST_LOG` says otherwise: our own words, and others' warnings.
const FILTER: &str = "warn,holdfast=info";

/// Starts logging for this process. `also_stderr` shows the same lines on the terminal.
///
/// What is told to [`Redactor::hide`] is left out of every later line.
pub fn start(data_dir: &Path, filter: Option<&str>, also_stderr: bool) -> Result<Redactor, UserError> {
    let folder = folder(data_dir);
    let failed = |error: &dyn std::fmt::Display| {
        UserError::of("file.failed", format!("the log in {} cannot be written: {error}", folder.display()))
    };
    make_private(&folder).map_err(|error| failed(&error))?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("holdfast")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(&folder)
        .map_err(|error| failed(&error))?;
    let filter = filter.unwrap_or(FILTER);
    let parsed = || {
        EnvFilter::try_new(filter)
            .map_err(|error| UserError::of("input.bad", format!("HOLDFAST_LOG cannot be read: {error}")))
    };
    let redactor = Redactor::default();
    let to_file = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(Redacting::new(file, redactor.clone()))
        .with_filter(parsed()?);
    let to_stderr = also_stderr.then_some(
        tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .without_time()
            .with_writer(Redacting::new(io::stderr(), redactor.clone()))
            .with_filter(parsed()?),
    );
    tracing_subscriber::registry()
        .with(to_file)
        .with(to_stderr)
        .try_init()
        .map_err(|error| UserError::of("defect", error.to_string()))?;
    Ok(redactor)
}

/// Where the log files of a data directory are.
pub fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("logs")
}

/// A writer that redacts each event as a whole, however many pieces it arrives in.
struct Redacting<W> {
    to: Arc<Mutex<W>>,
    redactor: Redactor,
}

impl<W: Write> Redacting<W> {
    fn new(to: W, redactor: Redactor) -> Self {
        Self { to: Arc::new(Mutex::new(to)), redactor }
    }
}

/// One event on its way.
struct Line<W: Write> {
    to: Arc<Mutex<W>>,
    redactor: Redactor,
    buffer: Vec<u8>,
}

impl<'a, W: Write + 'a> MakeWriter<'a> for Redacting<W> {
    type Writer = Line<W>;

    fn make_writer(&'a self) -> Line<W> {
        Line { to: Arc::clone(&self.to), redactor: self.redactor.clone(), buffer: Vec::new() }
    }
}

impl<W: Write> Write for Line<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<W: Write> Drop for Line<W> {
    fn drop(&mut self) {
        let text = self.redactor.redact(&String::from_utf8_lossy(&self.buffer));
        let mut to = self.to.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // A log that cannot be written (a full disk) must not stop the work that it tells of.
        let _lost_line = to.write_all(text.as_bytes());
    }
}

/// Makes a folder that only its owner may enter.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Opens a new file that only its owner may read.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// Writes a new file that only its owner may read.
pub fn private_file(path: &Path, text: &str) -> io::Result<()> {
    let mut file = create_private(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Writes a file that only its owner may read, whole or not at all, in place of one that may be there.
pub(crate) fn replace_private_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_redacted_as_a_whole_though_it_comes_in_pieces() {
        let writer = Redacting::new(Vec::new(), Redactor::default());
        let subscriber = tracing_subscriber::registry()
            .with(tracing_subscriber::fmt::layer().with_ansi(false).with_writer(writer.to_owned_writer()));
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(
                access_token = "s3cr3t",
                "key -----BEGIN PRIVATE KEY-----\ns3cr3t\n-----END PRIVATE KEY-----"
            );
            tracing::info!("plain words");
        });
        let written = String::from_utf8(writer.to.lock().unwrap().clone()).unwrap();
        assert!(!written.contains("s3cr3t"), "{written}");
        assert!(written.contains("plain words"), "{written}");
        let mut line = writer.make_writer();
        line.write_all(b"pass").unwrap();
        line.write_all(b"word=hunter2\n").unwrap();
        drop(line);
        let written = String::from_utf8(writer.to.lock().unwrap().clone()).unwrap();
        assert!(!written.contains("hunter2"), "{written}");
    }

    impl<W: Write> Redacting<W> {
        fn to_owned_writer(&self) -> Self {
            Self { to: Arc::clone(&self.to), redactor: self.redactor.clone() }
        }
    }
}
