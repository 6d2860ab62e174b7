//! What could not be read, one line a source on standard error.

use std::collections::BTreeSet;

use skydeck_api::{
    cure,
    domain::{Cure, SourceState, SourceStatus},
};

use crate::failure::cause;

/// Tells each that needs telling, with what would help.
pub(crate) fn tell<'a>(sources: impl IntoIterator<Item = &'a SourceStatus>) {
    let mut off = BTreeSet::new();
    for source in sources {
        match cure(source) {
            Some(cure) => cause(format!("{} {}", line(source), advice(cure, source)).trim_end()),
            // A Region that is off counts as read, but whoever chose it wants to know. Said once, not for each service.
            None if source.state == SourceState::NotAvailable && off.insert(source.id.scope()) => cause(&line(source)),
            None => {}
        }
    }
}

/// `prod (111122223333) eu-west-1 codepipeline: denied: AccessDeniedException in ListPipelines: …`
fn line(source: &SourceStatus) -> String {
    let error = source.error.as_ref().map(|e| {
        let operation = e.operation.as_ref().map(|o| format!(" in {o}")).unwrap_or_default();
        format!(": {}{operation}: {}", e.code, e.message)
    });
    let id = &source.id;
    let account = source.account.as_ref().map(|a| format!(" ({a})")).unwrap_or_default();
    let told = error.unwrap_or_default();
    format!("{}{account} {} {}: {}{told}", id.profile, id.region, id.service, source.state.word())
}

fn advice(cure: Cure, source: &SourceStatus) -> String {
    let id = &source.id;
    match cure {
        Cure::SignIn => format!("Sign in again: `aws sso login --profile {}`, or renew its keys.", id.profile),
        Cure::Permission => format!("`skydeckctl policy observer --service {}` prints what it needs.", id.service),
        Cure::Wait => "Its rows stay as last read; the next read tries again.".to_owned(),
        // What happened on the wire says what to look at.
        Cure::Network => "Its rows stay as last read.".to_owned(),
        // What is wrong in the files is said with its place and what to write there.
        Cure::Config => String::new(),
    }
}
