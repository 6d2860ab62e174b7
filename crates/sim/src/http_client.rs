//! The simulator as an SDK's HTTP client: no port, no TLS, no name to resolve. The request is judged by its headers and
//! path as on the wire.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body_util::BodyExt as _;

use crate::half_body::Half;
use crate::protocol;
use crate::sim::{Delivery, Sim};

/// A client whose calls this simulator answers.
pub(crate) fn of(sim: Sim) -> SharedHttpClient {
    SharedHttpClient::new(InProcess(sim))
}

#[derive(Debug)]
struct InProcess(Sim);

impl HttpClient for InProcess {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector { sim: self.0.clone(), read_timeout: settings.read_timeout() })
    }
}

#[derive(Debug)]
struct Connector {
    sim: Sim,
    read_timeout: Option<Duration>,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (sim, read_timeout) = (self.sim.clone(), self.read_timeout);
        HttpConnectorFuture::new(async move {
            let answer = sim.answer(whole(request).await?);
            let delivery = match read_timeout {
                None => answer.await,
                Some(limit) => {
                    tokio::time::timeout(limit, answer).await.map_err(|e| ConnectorError::timeout(e.into()))?
                }
            };
            match delivery {
                Delivery::Whole(response) => handed_over(response.map(SdkBody::from)),
                Delivery::Truncated(response) => {
                    handed_over(response.map(|body| SdkBody::from_body_1_x(Half::of(&body))))
                }
                Delivery::Closed => Err(ConnectorError::io(closed().into())),
                Delivery::NoSuchHost => Err(ConnectorError::io(
                    std::io::Error::other("dns error: failed to lookup address information: Name or service not known")
                        .into(),
                )),
            }
        })
    }
}

fn closed() -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::ConnectionReset, "connection closed before message completed")
}

async fn whole(request: HttpRequest) -> Result<protocol::Request, ConnectorError> {
    let user = |error: Box<dyn std::error::Error + Send + Sync>| ConnectorError::user(error);
    let (head, body) = request.try_into_http1x().map_err(|error| user(error.into()))?.into_parts();
    let body: Bytes = body.collect().await.map_err(user)?.to_bytes();
    Ok(http::Request::from_parts(head, body))
}

fn handed_over(response: http::Response<SdkBody>) -> Result<HttpResponse, ConnectorError> {
    HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SimClock;
    use crate::faults::{Fault, Faults, Rule};
    use crate::sim::SimOptions;
    use crate::world::World;

    async fn called(fault: Option<Fault>) -> Result<HttpResponse, ConnectorError> {
        let mut world = World::empty(SimClock::machine(), 1);
        world.accounts.add(1, "111122223333", "dev", "eu-west-1");
        let faults = fault.map(|fault| Faults { seed: 0, rules: vec![Rule::always(fault)] });
        let sim = Sim::new(world, SimOptions { faults, ..SimOptions::default() });
        let signed =
            "AWS4-HMAC-SHA256 Credential=A/20261122/eu-west-1/sts/aws4_request, SignedHeaders=host, Signature=0";
        let request = http::Request::post("https://sts.eu-west-1.amazonaws.com/")
            .header("authorization", signed)
            .header("x-amz-date", "20261122T081502Z")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(SdkBody::from("Action=GetCallerIdentity&Version=2011-06-15"))
            .expect("a request");
        let request = HttpRequest::try_from(request).expect("an SDK's request");
        Connector { sim, read_timeout: Some(Duration::from_millis(200)) }.call(request).await
    }

    #[tokio::test]
    async fn an_answer_comes_whole() {
        let response = called(None).await.expect("an answer");
        assert_eq!(response.status().as_u16(), 200);
        let body = response.into_body().collect().await.expect("a whole body").to_bytes();
        assert!(body.ends_with(b"</GetCallerIdentityResponse>\n"));
    }

    #[tokio::test]
    async fn a_truncated_body_fails_while_it_is_read() {
        let response = called(Some(Fault::TruncateBody)).await.expect("the head of an answer");
        let error = response.into_body().collect().await.expect_err("half a body");
        assert!(error.to_string().contains("the connection ended within the body"), "{error}");
    }

    #[tokio::test]
    async fn faults_of_the_connection_are_told_as_real_connectors_tell_them() {
        for fault in [Fault::Reset, Fault::Dns, Fault::ExecutedThenLost] {
            let error = called(Some(fault)).await.expect_err("no answer");
            assert!(error.is_io(), "{error:?}");
        }
        let error = called(Some(Fault::Stall { ms: 60_000 })).await.expect_err("no answer");
        assert!(error.is_timeout(), "{error:?}");
    }
}
