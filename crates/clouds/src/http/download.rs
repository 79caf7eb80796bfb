//! Streams content: a transfer that breaks off is taken up where it stopped, and what came is compared with the
//! length and hash that the cloud states.

use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::try_unfold;
use holdfast_model::ContentHash;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_RANGE, HeaderValue, RANGE};

use super::answer::Answer;
use super::client::Tries;
use super::request::Request;
use super::session::Session;
use super::verify::Verifier;
use crate::contract::{Body, CloudError, ErrorKind};

/// Finds out anew where the content is to be had: links to it may live for a short while only.
pub type Locate = Arc<dyn Fn() -> BoxFuture<'static, Result<Request, CloudError>> + Send + Sync>;

/// What is downloaded.
#[derive(Clone)]
pub struct Download {
    /// A GET of the content.
    pub request: Request,
    /// Exact number of bytes, where the cloud states it.
    pub size: Option<u64>,
    /// Hash, where the cloud states it.
    pub hash: Option<ContentHash>,
    /// True where the cloud can send the rest of a content (`Range`). Where it cannot, a transfer that breaks off
    /// after its first byte is an error.
    pub ranged: bool,
    /// Asked once where the request is answered with one of the refusals that it reads, and before each try after the
    /// first.
    pub locate: Option<Locate>,
}

/// Our word for a link that no longer leads to the content.
const DEAD_LINK: &str = "deadLink";

fn alive(answer: Answer) -> Result<Answer, CloudError> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let detail = "the link to the content no longer works";
    let error = CloudError::new(ErrorKind::Retry { after: None }, DEAD_LINK, detail);
    Err(CloudError { status: Some(status.as_u16()), ..error })
}

struct Transfer {
    session: Session,
    download: Download,
    answer: Option<Answer>,
    verifier: Verifier,
    offset: u64,
    /// Bytes of the running answer that came before.
    repeated: u64,
    tries: Tries,
    begun: bool,
}

impl Session {
    /// The content as a stream. The request starts when it is first polled; dropping it ends the transfer. It
    /// yields exactly the stated bytes or ends in an error: `wrongLength` and `wrongHash` are passing ones, as
    /// someone may just have edited the content.
    pub fn download(&self, download: Download) -> Body {
        let transfer = Transfer {
            session: self.clone(),
            answer: None,
            verifier: Verifier::new(download.hash.as_ref()),
            offset: 0,
            repeated: 0,
            tries: Tries::new(self.client().patience()),
            begun: false,
            download,
        };
        Box::pin(try_unfold(transfer, Transfer::step))
    }
}

impl Transfer {
    async fn step(mut self) -> Result<Option<(Bytes, Self)>, CloudError> {
        loop {
            let mut answer = match self.answer.take() {
                Some(answer) => answer,
                None => self.begin().await?,
            };
            match answer.chunk().await {
                Ok(Some(chunk)) => {
                    self.answer = Some(answer);
                    let chunk = self.unseen(chunk);
                    if chunk.is_empty() {
                        continue;
                    }
                    self.count(&chunk)?;
                    return Ok(Some((chunk, self)));
                }
                Ok(None) => match self.download.size {
                    Some(size) if self.offset < size => {
                        let detail = format!("{} of {size} bytes came", self.offset);
                        let error = CloudError::new(ErrorKind::Retry { after: None }, "wrongLength", detail);
                        self.pause(error).await?;
                    }
                    _ => {
                        self.verifier.finish()?;
                        return Ok(None);
                    }
                },
                Err(error) => self.pause(error).await?,
            }
        }
    }

    /// Sends the request, from where the last one stopped.
    async fn begin(&mut self) -> Result<Answer, CloudError> {
        let Some(locate) = self.download.locate.clone() else { return self.send().await };
        if self.begun {
            self.download.request = locate().await?;
        }
        let first = !std::mem::replace(&mut self.begun, true);
        match self.send().await {
            Err(error) if first && error.reason == DEAD_LINK => {
                self.download.request = locate().await?;
                self.send().await
            }
            sent => sent,
        }
    }

    async fn send(&mut self) -> Result<Answer, CloudError> {
        let mut request = self.download.request.clone();
        self.repeated = 0;
        if self.offset == 0 {
            return self.session.begin(&request).await.and_then(alive);
        }
        let range = format!("bytes={}-", self.offset);
        if let Ok(range) = HeaderValue::from_str(&range) {
            request = request.header(RANGE, range);
        }
        let answer = self.session.begin(&request).await.and_then(alive)?;
        if answer.status() == StatusCode::PARTIAL_CONTENT {
            let starts = answer.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
            let expected = format!("bytes {}-", self.offset);
            if !starts.is_some_and(|range| range.starts_with(&expected)) {
                let detail = format!("asked for {range}, another part came");
                return Err(CloudError::new(ErrorKind::Retry { after: None }, "wrongRange", detail));
            }
        } else {
            // All of it comes again.
            self.repeated = self.offset;
        }
        Ok(answer)
    }

    /// The part of a chunk that did not come before.
    fn unseen(&mut self, chunk: Bytes) -> Bytes {
        let known = usize::try_from(self.repeated).unwrap_or(usize::MAX).min(chunk.len());
        self.repeated -= known as u64;
        chunk.slice(known..)
    }

    fn count(&mut self, chunk: &Bytes) -> Result<(), CloudError> {
        self.offset += chunk.len() as u64;
        if let Some(size) = self.download.size
            && self.offset > size
        {
            let detail = format!("more than the stated {size} bytes came");
            return Err(CloudError::new(ErrorKind::Retry { after: None }, "wrongLength", detail));
        }
        self.verifier.update(chunk);
        // Who makes progress has all patience again.
        self.tries = Tries::new(self.session.client().patience());
        Ok(())
    }

    async fn pause(&mut self, error: CloudError) -> Result<(), CloudError> {
        let can_go_on = error.is_passing() && (self.download.ranged || self.offset == 0);
        match self.tries.wait(&error).filter(|_| can_go_on) {
            Some(wait) => {
                self.session.client().rest(&self.download.request, wait).await;
                Ok(())
            }
            None => Err(error),
        }
    }
}
