//! Server-sent events: what changed, in the batches that the window gets (`skydeck_api::Batches`).
//!
//! Each connection has numbers of its own and begins with a hole. So a page that was not listening for a while, or that
//! lost its connection, reads everything again.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use hyper::body::{Body, Bytes, Frame};
use skydeck_api::{Batches, Event, GATHER};
use tokio::sync::{
    broadcast::{
        self,
        error::{RecvError, TryRecvError},
    },
    mpsc,
};

/// Keeps what lies between (a tunnel) from taking a quiet connection for a dead one, and finds out about dead ones.
const QUIET: Duration = Duration::from_secs(20);

/// Batches on their way. A page that takes none is told of a hole once it does.
const WAITING: usize = 4;

/// The body of an answer that goes on until the page, or the server, is gone.
#[derive(Debug)]
pub(crate) struct Told(mpsc::Receiver<Bytes>);

/// Tells what changes from now on.
pub(crate) fn told(events: broadcast::Receiver<Event>) -> Told {
    let (to, page) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        let page = to.clone();
        tokio::select! {
            () = tell(events, to) => {}
            () = page.closed() => {}
        }
    });
    Told(page)
}

impl Body for Told {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

async fn tell(mut events: broadcast::Receiver<Event>, to: mpsc::Sender<Bytes>) {
    let mut batches = Batches::default();
    batches.lost();
    loop {
        let message = match batches.take() {
            Some(batch) => message(&batch),
            None => Bytes::from_static(b":\n\n"),
        };
        if to.send(message).await.is_err() {
            return;
        }
        match tokio::time::timeout(QUIET, events.recv()).await {
            Ok(Ok(event)) => batches.add(event),
            Ok(Err(RecvError::Lagged(_))) => batches.lost(),
            Ok(Err(RecvError::Closed)) => return,
            Err(_quiet) => continue,
        }
        tokio::time::sleep(GATHER).await;
        loop {
            match events.try_recv() {
                Ok(event) => batches.add(event),
                Err(TryRecvError::Lagged(_)) => batches.lost(),
                // That it is closed is heard above, after this was told.
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
    }
}

fn message(batch: &Event) -> Bytes {
    // A number and a list of strings are always written, on one line.
    Bytes::from(format!("data: {}\n\n", serde_json::to_string(batch).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn next(told: &mut Told) -> String {
        String::from_utf8(told.0.recv().await.unwrap().to_vec()).unwrap()
    }

    fn event(seq: u64, tag: &str) -> Event {
        Event { seq, tags: vec![tag.to_owned()] }
    }

    #[tokio::test]
    async fn a_connection_begins_with_a_hole_and_goes_on_without_one() {
        let (engine, events) = broadcast::channel(16);
        let mut page = told(events);
        assert_eq!(next(&mut page).await, "data: {\"seq\":2,\"tags\":[]}\n\n");
        engine.send(event(7, "board")).unwrap();
        engine.send(event(8, "ledger")).unwrap();
        assert_eq!(next(&mut page).await, "data: {\"seq\":3,\"tags\":[\"board\",\"ledger\"]}\n\n");
        engine.send(event(10, "board")).unwrap();
        assert_eq!(next(&mut page).await, "data: {\"seq\":5,\"tags\":[\"board\"]}\n\n", "a hole stays one");
        drop(engine);
        assert_eq!(page.0.recv().await, None);
    }

    #[tokio::test]
    async fn a_page_that_is_gone_is_not_told_any_more() {
        let (engine, events) = broadcast::channel(16);
        drop(told(events));
        for _ in 0..500 {
            if engine.receiver_count() == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it is still listened to");
    }
}
