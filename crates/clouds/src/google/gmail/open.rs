//! One message: its bytes and metadata, by a single request.
//!
//! Metadata and bytes come in the same answer, so that the request is made by `open` itself. Up to 1 MiB of bytes
//! wait in memory, more in a file without a name.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use bytes::Bytes;
use futures::{StreamExt, stream};
use holdfast_model::{ItemMeta, SkipReason, Timestamp};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio_util::io::ReaderStream;

use super::raw::RawReader;
use super::wire::RawMessage;
use super::{Mailbox, tag};
use crate::contract::{Body, CloudError, Content, ErrorKind, ItemRef, Opened, Reach};
use crate::google::Google;
use crate::http::{Answer, malformed, parse};

/// More bytes than these wait in a file.
const IN_MEMORY: usize = 1024 * 1024;
/// No mail in a mailbox is larger: `messages.import` takes up to 157,286,400 bytes, sending and receiving less.
/// <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/import>
const LARGEST_MAIL: u64 = 157_286_400;
/// Pieces of a file.
const PIECE: usize = 256 * 1024;
/// How much of both ends is looked at to tell whether a mail is whole.
const EDGE: u64 = 64 * 1024;
const FIELDS: &str = "id,threadId,labelIds,internalDate,sizeEstimate,raw";

/// A message as it arrived.
struct Mail {
    message: RawMessage,
    size: u64,
    bytes: Bytes,
    /// Holds the bytes where they are many.
    file: Option<std::fs::File>,
}

pub(in crate::google) async fn open(
    google: &Google,
    reach: &Reach,
    item: &ItemRef,
) -> Result<Opened, CloudError> {
    let mailbox = Mailbox::new(google, reach);
    let mut mail = fetch(&mailbox, item).await?;
    if mail.is_suspiciously_short() {
        // The estimate is no promise. A mail that is as short a second time, and whole as mail, is believed.
        let again = fetch(&mailbox, item).await?;
        if again.is_suspiciously_short()
            && (again.size != mail.size || !again.is_whole_mail().map_err(no_room)?)
        {
            let stated = again.message.size_estimate.unwrap_or(0);
            let detail = format!("{} bytes came of a message of about {stated}", again.size);
            return Err(CloudError::new(ErrorKind::Retry { after: None }, "wrongLength", detail));
        }
        mail = again;
    }
    if mail.message.id != item.id.0 {
        return Err(CloudError::new(
            ErrorKind::Fatal,
            "wrongItem",
            "another message came than was asked for",
        ));
    }
    if !mailbox.kept(false).await?.keeps(&mail.message.label_ids) {
        let detail = "the message has moved to where the policy leaves it out";
        return Err(CloudError::new(ErrorKind::Gone, "excludedByPolicy", detail));
    }
    mail.opened()
}

async fn fetch(mailbox: &Mailbox<'_>, item: &ItemRef) -> Result<Mail, CloudError> {
    let query = [("format", "raw"), ("fields", FIELDS)];
    let price = mailbox.google.prices.raw_message;
    // Base64 of compressed attachments hardly compresses; unpacking it costs more than it saves.
    let request = mailbox.request(&["messages", item.id.as_str()], &query, price).uncompressed();
    let temp_dir = &mailbox.google.temp_dir;
    mailbox.google.session.read(&request, |answer| read(answer, temp_dir)).await
}

async fn read(mut answer: Answer, temp_dir: &Path) -> Result<Mail, CloudError> {
    let expected = answer.length().and_then(|length| usize::try_from(length / 4 * 3).ok()).unwrap_or(0);
    let mut reader = RawReader::new(expected.min(IN_MEMORY + PIECE));
    let (mut file, mut written) = (None, 0_u64);
    while let Some(piece) = answer.chunk().await? {
        reader.read(&piece)?;
        if reader.decoded.len() >= IN_MEMORY {
            let file = match &mut file {
                Some(file) => file,
                None => file.insert(spool(temp_dir)?),
            };
            written += write(file, &mut reader.decoded).await?;
            if written > LARGEST_MAIL {
                let detail = "the message is larger than any that Google keeps";
                return Err(CloudError::new(ErrorKind::Skip(SkipReason::TooLarge), "tooLarge", detail));
            }
        }
    }
    let (rest, mut decoded) = reader.finish()?;
    let message: RawMessage = parse(&rest, false)?;
    let size = written + decoded.len() as u64;
    let (bytes, file) = match file {
        None => (Bytes::from(decoded), None),
        Some(mut file) => {
            write(&mut file, &mut decoded).await?;
            file.flush().await.map_err(no_room)?;
            (Bytes::new(), Some(file.into_std().await))
        }
    };
    Ok(Mail { message, size, bytes, file })
}

fn spool(temp_dir: &Path) -> Result<tokio::fs::File, CloudError> {
    tempfile::tempfile_in(temp_dir).map(tokio::fs::File::from_std).map_err(no_room)
}

async fn write(file: &mut tokio::fs::File, bytes: &mut Vec<u8>) -> Result<u64, CloudError> {
    file.write_all(bytes).await.map_err(no_room)?;
    let written = bytes.len() as u64;
    bytes.clear();
    Ok(written)
}

fn no_room(error: std::io::Error) -> CloudError {
    let detail = format!("a large message cannot be kept in a temporary file: {error}");
    CloudError::new(ErrorKind::Fatal, "temporaryFile", detail)
}

impl Mail {
    fn is_suspiciously_short(&self) -> bool {
        self.message
            .size_estimate
            .is_some_and(|stated| self.size.saturating_mul(10) < stated.saturating_mul(9))
    }

    /// A multipart mail ends with its boundary; of others nothing can be told.
    fn is_whole_mail(&self) -> std::io::Result<bool> {
        let (head, tail) = self.edges()?;
        let at = memchr::memmem::find(&head, b"boundary=").map(|at| at + b"boundary=".len());
        let boundary = at.and_then(|at| head.get(at..)).map(|text| {
            let text = text.strip_prefix(b"\"").unwrap_or(text);
            let end = text.iter().position(|b| b"\";\r\n \t".contains(b)).unwrap_or(text.len());
            &text[..end]
        });
        Ok(boundary.filter(|boundary| !boundary.is_empty()).is_some_and(|boundary| {
            let close = [b"--", boundary, b"--"].concat();
            memchr::memmem::rfind(&tail, &close).is_some()
        }))
    }

    /// The first and last bytes.
    fn edges(&self) -> std::io::Result<(Bytes, Bytes)> {
        let edge = |size: u64| usize::try_from(size.min(EDGE)).unwrap_or(0);
        let Some(mut file) = self.file.as_ref() else {
            let edge = edge(self.bytes.len() as u64);
            return Ok((self.bytes.slice(..edge), self.bytes.slice(self.bytes.len() - edge..)));
        };
        let (mut head, mut tail) = (vec![0; edge(self.size)], vec![0; edge(self.size)]);
        file.seek(SeekFrom::Start(0))?;
        file.read_exact(&mut head)?;
        file.seek(SeekFrom::Start(self.size - tail.len() as u64))?;
        file.read_exact(&mut tail)?;
        Ok((head.into(), tail.into()))
    }

    fn opened(self) -> Result<Opened, CloudError> {
        let created = match self.message.internal_date {
            Some(date) => Some(Timestamp::from_millisecond(date.0).map_err(|_| {
                malformed("malformedContent", "the message's internalDate is no point in time")
            })?),
            None => None,
        };
        let mut labels = self.message.label_ids;
        labels.sort();
        labels.dedup();
        let mut more = serde_json::Map::new();
        if let Some(thread) = self.message.thread_id {
            more.insert("threadId".to_owned(), json!(thread));
        }
        if let Some(size) = self.message.size_estimate {
            more.insert("sizeEstimate".to_owned(), json!(size));
        }
        let meta = ItemMeta {
            labels,
            media_type: Some("message/rfc822".to_owned()),
            created,
            more,
            ..ItemMeta::default()
        };
        let body = match self.file {
            None => Box::pin(stream::iter((self.size > 0).then_some(Ok(self.bytes)))),
            Some(file) => from_file(file)?,
        };
        let content = Content { extension: "eml".to_owned(), size: Some(self.size), modified: created, body };
        Ok(Opened { tag: tag(), meta, contents: vec![content], content_key: None })
    }
}

fn from_file(mut file: std::fs::File) -> Result<Body, CloudError> {
    file.seek(SeekFrom::Start(0)).map_err(no_room)?;
    let pieces = ReaderStream::with_capacity(tokio::fs::File::from_std(file), PIECE);
    Ok(Box::pin(pieces.map(|piece| piece.map_err(no_room))))
}
