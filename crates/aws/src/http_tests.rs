//! The real connector: what it says of hosts that do not answer.

use std::{io::Read, net::TcpListener, sync::Arc};

use skydeck_domain::SystemClock;

use crate::{Aws, AwsError, AwsOptions, BudgetSettings, Environment, ErrorClass};

async fn error_at(endpoint: &str) -> AwsError {
    let home = tempfile::tempdir().expect("a folder");
    let config = format!("[profile p]\naws_access_key_id=AKIA\naws_secret_access_key=s\nendpoint_url={endpoint}\n");
    std::fs::create_dir(home.path().join(".aws")).expect("made");
    std::fs::write(home.path().join(".aws/config"), config).expect("written");
    let options = AwsOptions {
        env: Environment::made_up([("", ""); 0], Some(home.path().into())),
        http_client: None,
        clock: Arc::new(SystemClock),
        budget: BudgetSettings { retry_base: std::time::Duration::from_millis(1), ..BudgetSettings::default() },
    };
    Aws::new(options).session("p", "eu-west-1").await.expect_err("nobody there")
}

fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

#[tokio::test]
async fn a_host_that_refuses_or_does_not_exist_is_never_connected() {
    for endpoint in [format!("http://127.0.0.1:{}", closed_port()), "http://no-such-host.invalid".into()] {
        let error = error_at(&endpoint).await;
        assert_eq!((error.class, error.info.code.as_str()), (ErrorClass::Unreachable, "ConnectionFailed"), "{error}");
    }
}

#[tokio::test]
async fn a_host_that_takes_the_request_and_hangs_up_may_have_run_it() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let _ = stream.read(&mut [0; 1024]);
        }
    });
    let error = error_at(&format!("http://127.0.0.1:{port}")).await;
    assert_eq!((error.class, error.info.code.as_str()), (ErrorClass::Unreachable, "DispatchFailure"), "{error}");
}

#[tokio::test]
async fn an_endpoint_that_is_no_url_is_an_error_not_a_panic() {
    let error = error_at("not a url").await;
    assert_eq!((error.class, error.certainly_not_run), (ErrorClass::Config, true), "{error}");
}
