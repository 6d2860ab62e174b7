//! The socket, on loopback and nowhere else, and its connections.

use std::{
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
};

use super::Serving;
use crate::failure::Failure;

/// At the same time; a browser has six. Further ones wait, so that they cannot use up the process's file handles.
const MOST: usize = 64;

/// How long a request's head may be on its way, and a connection without one may stay.
const PATIENCE: Duration = Duration::from_secs(10);

/// A socket that listens.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: TcpListener,
    pub(crate) port: u16,
}

impl Listener {
    /// Listens on that port of loopback; 0 for a free one.
    pub(crate) async fn bind(port: u16) -> Result<Listener, Failure> {
        let untold = |e| {
            Failure::local(format!(
                "Port {port} of the loopback cannot be listened on: {e}. Name another with --port, 0 for a free one."
            ))
        };
        let socket = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.map_err(untold)?;
        let port = socket.local_addr().map_err(untold)?.port();
        Ok(Listener { socket, port })
    }

    /// Serves until it is dropped, and with it every connection.
    pub(crate) async fn serve(self, serving: Arc<Serving>) -> Infallible {
        let places = Arc::new(Semaphore::new(MOST));
        let mut connections = JoinSet::new();
        loop {
            while connections.try_join_next().is_some() {}
            // The semaphore is never closed; if it were, nothing more could be served.
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return std::future::pending().await };
            let Ok((stream, _)) = self.socket.accept().await else {
                // Out of file handles, most likely; others will be given back.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let serving = Arc::clone(&serving);
            connections.spawn(async move {
                connection(serving, stream).await;
                drop(place);
            });
        }
    }
}

async fn connection(serving: Arc<Serving>, stream: TcpStream) {
    let answer = service_fn(move |request| {
        let serving = Arc::clone(&serving);
        async move { Ok::<_, Infallible>(serving.answer(request).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), answer);
    if let Err(error) = served.await {
        tracing::debug!(%error, "a browser's connection ended early");
    }
}
