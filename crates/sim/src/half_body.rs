//! A body that ends too early.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// Announces the whole, gives half, and fails.
#[derive(Debug)]
pub(crate) struct Half {
    announced: u64,
    next: Step,
}

#[derive(Debug)]
enum Step {
    Give(Bytes),
    /// Waits a turn, in which a server sends what it has; at an error it would send nothing at all.
    Wait,
    Fail,
}

impl Half {
    pub(crate) fn of(body: &Bytes) -> Half {
        Half { announced: body.len() as u64, next: Step::Give(body.slice(..body.len() / 2)) }
    }
}

impl Body for Half {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        match std::mem::replace(&mut self.next, Step::Fail) {
            Step::Give(bytes) => {
                self.next = Step::Wait;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Step::Wait => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Step::Fail => {
                let message = "the connection ended within the body";
                Poll::Ready(Some(Err(std::io::Error::new(std::io::ErrorKind::UnexpectedEof, message))))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}
