//! The simulator as an HTTP server on loopback, for the AWS CLI, boto3 and whoever speaks AWS's protocols.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Either, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use crate::half_body::Half;
use crate::sim::{Delivery, Sim};

/// A simulator that listens. Dropping it stops it, too.
#[derive(Debug)]
pub struct Server {
    /// Where: `http://127.0.0.1:PORT`.
    pub url: String,
    accepting: JoinHandle<Infallible>,
}

impl Server {
    /// Stops listening and ends every connection.
    pub async fn stop(mut self) {
        self.accepting.abort();
        // What it ends with is that it was aborted, or that it panicked, which was told then.
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

pub(crate) async fn serve(sim: Sim, port: u16) -> std::io::Result<Server> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    let url = format!("http://{}", listener.local_addr()?);
    Ok(Server { url, accepting: tokio::spawn(accept(sim, listener)) })
}

async fn accept(sim: Sim, listener: TcpListener) -> Infallible {
    // Dropped with this task, and with it every connection.
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file handles, most likely; others will be given back.
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            continue;
        };
        let sim = sim.clone();
        connections.spawn(async move {
            let answer = service_fn(move |request| answer(sim.clone(), request));
            let connection =
                http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), answer);
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection to the simulator ended early");
            }
        });
    }
}

/// Either an answer, or an error that makes hyper close the connection without one.
async fn answer(
    sim: Sim,
    request: http::Request<Incoming>,
) -> Result<http::Response<Either<Full<Bytes>, Half>>, std::io::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(std::io::Error::other)?.to_bytes();
    match sim.answer(http::Request::from_parts(head, body)).await {
        Delivery::Whole(response) => Ok(response.map(|body| Either::Left(Full::new(body)))),
        Delivery::Truncated(response) => Ok(response.map(|body| Either::Right(Half::of(&body)))),
        Delivery::Closed | Delivery::NoSuchHost => Err(std::io::Error::other("closed by a fault")),
    }
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
