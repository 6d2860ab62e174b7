//! What could not be read, one line a source on standard error.

use skydeck_api::{
    contract::board::UnreadSource,
    domain::{Cure, SourceStatus},
};

use crate::failure::cause;

/// Tells each, with what would help.
pub(crate) fn tell(unread: &[UnreadSource]) {
    for source in unread {
        cause(&format!("{} {}", line(&source.source), advice(source)));
    }
}

/// `prod eu-west-1 codepipeline: denied: AccessDeniedException in ListPipelines: …`
pub(crate) fn line(source: &SourceStatus) -> String {
    let error = source.error.as_ref().map(|e| {
        let operation = e.operation.as_ref().map(|o| format!(" in {o}")).unwrap_or_default();
        format!(": {}{operation}: {}", e.code, e.message)
    });
    let id = &source.id;
    format!("{} {} {}: {}{}", id.profile, id.region, id.service, source.state.word(), error.unwrap_or_default())
}

fn advice(source: &UnreadSource) -> String {
    let id = &source.source.id;
    match source.cure {
        Cure::SignIn => format!("Sign in again: `aws sso login --profile {}`, or renew its keys.", id.profile),
        Cure::Permission => format!("`skydeckctl policy observer --service {}` prints what it needs.", id.service),
        Cure::Wait => "It is tried again.".to_owned(),
        Cure::Network => "Look at the network, the proxy and the endpoint.".to_owned(),
        Cure::Config => "Mend the AWS config file.".to_owned(),
    }
}
