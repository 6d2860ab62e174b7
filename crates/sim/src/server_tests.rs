//! The server, by a client that looks at bytes.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::clock::SimClock;
use crate::faults::{Fault, Faults, Rule};
use crate::sim::{Sim, SimOptions};
use crate::world::World;

async fn exchanged(fault: Option<Fault>) -> String {
    let mut world = World::empty(SimClock::machine(), 1);
    world.accounts.add(1, "111122223333", "dev", "eu-west-1");
    let faults = fault.map(|fault| Faults { seed: 0, rules: vec![Rule::always(fault)] });
    let server = Sim::new(world, SimOptions { faults, ..SimOptions::default() }).serve(0).await.expect("a port");
    let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).await.expect("it listens");
    let body = "Action=GetCallerIdentity&Version=2011-06-15";
    let head = "POST / HTTP/1.1\r\nHost: sts\r\nConnection: close\r\nX-Amz-Date: 20261122T081502Z\r\n\
        Content-Type: application/x-www-form-urlencoded\r\n\
        Authorization: AWS4-HMAC-SHA256 Credential=A/20261122/eu-west-1/sts/aws4_request, SignedHeaders=host, Signature=0\r\n";
    let request = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut answer = String::new();
    // However the connection ends: what came before is looked at.
    let _ = stream.read_to_string(&mut answer).await;
    server.stop().await;
    answer
}

#[tokio::test]
async fn an_answer_comes_whole() {
    let answer = exchanged(None).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("<Account>111122223333</Account>") && answer.ends_with("</GetCallerIdentityResponse>\n"));
}

#[tokio::test]
async fn a_truncated_body_is_announced_whole_and_ends_early() {
    let answer = exchanged(Some(Fault::TruncateBody)).await;
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let announced = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    let announced: usize = announced.parse().expect("a number");
    assert!(body.len() <= announced / 2 && !body.contains("RequestId"), "{body}");
}

#[tokio::test]
async fn a_reset_gives_nothing() {
    assert_eq!(exchanged(Some(Fault::Reset)).await, "");
}

#[tokio::test]
async fn a_stopped_server_no_longer_listens() {
    let sim = Sim::new(World::empty(SimClock::machine(), 1), SimOptions::default());
    let server = sim.serve(0).await.expect("a port");
    let address = server.url.trim_start_matches("http://").to_owned();
    server.stop().await;
    TcpStream::connect(address).await.expect_err("nobody listens");
}
