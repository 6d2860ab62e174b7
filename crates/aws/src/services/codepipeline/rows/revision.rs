//! What an execution ships (`sourceRevisions`), and who or what started it. Connection sources (GitHub and others) give
//! their summary as JSON text, the rest as the message itself; both are read leniently.

use aws_sdk_codepipeline::types::{ExecutionTrigger, SourceRevision};
use serde_json::Value;
use skydeck_domain::pipeline::Revision;

use super::structure::Structure;
use crate::services::{redact, text};

/// A revision as a row keeps it.
pub(crate) fn revision(source: &SourceRevision, structure: Option<&Structure>) -> Option<Revision> {
    let id = source.revision_id()?;
    let (message, provider) = summary(source.revision_summary());
    let action = structure.and_then(|s| s.source(source.action_name()));
    let declared = action.map(|a| a.provider.clone());
    // `Amazon S3 version id: <id>` says nothing that the id does not; which object it is a version of does.
    let repeats = source.revision_summary().is_some_and(|s| s.contains(id));
    Some(Revision {
        source: source.action_name().to_owned(),
        id: id.to_owned(),
        message: if repeats { action.and_then(|a| a.subject.clone()) } else { message },
        author: None,
        url: text::https(source.revision_url()),
        provider: provider.or(declared),
        at: None,
    })
}

/// The summary of an action in one line. A source action's is that of its revision, which may be JSON.
pub(crate) fn action_summary(told: &str) -> Option<String> {
    summary(Some(told)).0
}

/// Message and provider out of a summary.
fn summary(summary: Option<&str>) -> (Option<String>, Option<String>) {
    let Some(summary) = summary else { return (None, None) };
    let Ok(Value::Object(told)) = serde_json::from_str::<Value>(summary) else {
        return (redact::line(summary), None);
    };
    if !told.contains_key("CommitMessage") && !told.contains_key("ProviderType") {
        return (redact::line(summary), None);
    }
    let text = |key: &str| told.get(key).and_then(Value::as_str);
    (text("CommitMessage").and_then(redact::line), text("ProviderType").and_then(redact::line))
}

/// Who or what started an execution, shortened to the user, the rule, the webhook.
pub(crate) fn started_by(trigger: Option<&ExecutionTrigger>) -> Option<String> {
    let detail = trigger?.trigger_detail()?;
    let resource = detail.strip_prefix("arn:").and_then(|arn| arn.splitn(5, ':').nth(4));
    let Some(resource) = resource else { return redact::line(detail) };
    // What is left is `role/Admin`, `assumed-role/Admin/jane`, `rule/on-push`, `webhook:web-hook`, `root`.
    let last = resource.rsplit(['/', ':']).next().unwrap_or(resource);
    redact::line(last)
}

#[cfg(test)]
mod tests {
    use super::{super::samples, *};

    fn source(summary: &str) -> SourceRevision {
        SourceRevision::builder()
            .action_name("Source")
            .revision_id("9f3c2e1")
            .revision_summary(summary)
            .revision_url("javascript:alert(1)")
            .build()
            .unwrap()
    }

    #[test]
    fn reads_summaries_of_connections_and_of_repositories() {
        let github =
            revision(&source(r#"{"ProviderType":"GitHub","CommitMessage":"Apply coupon\n\nbody"}"#), None).unwrap();
        assert_eq!((github.message.as_deref(), github.provider.as_deref()), (Some("Apply coupon"), Some("GitHub")));
        assert_eq!(github.url, None, "a link that is not https is dropped");
        assert_eq!(action_summary(r#"{"CommitMessage":"Apply"}"#).as_deref(), Some("Apply"));
        assert_eq!(action_summary(r#"{"other":"json"}"#).as_deref(), Some(r#"{"other":"json"}"#));
        let plain = revision(&source("fix: 재고가 음수가 되는 경우 방지\n"), None).unwrap();
        assert_eq!((plain.message.as_deref(), plain.provider), (Some("fix: 재고가 음수가 되는 경우 방지"), None));
        for odd in ["[1]", "{", "{\"CommitMessage\": 4}", ""] {
            revision(&source(odd), None).expect("a strange summary loses no revision");
        }
    }

    #[test]
    fn a_version_of_an_object_is_told_by_the_key_of_the_object() {
        let id = "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY-MTRCxf";
        let structure = Structure::read(&samples::get_pipeline(), ("111122223333", "eu-west-1"));
        let version = |id: &str| {
            let source = SourceRevision::builder().action_name("Source").revision_id(id);
            revision(
                &source.revision_summary(format!("Amazon S3 version id: {id}")).build().unwrap(),
                structure.as_ref(),
            )
        };
        let shown = version(id).unwrap();
        assert_eq!((shown.id.as_str(), shown.message.as_deref()), (id, Some("shop/web@main")));
    }

    #[test]
    fn says_who_started_it_in_a_word() {
        let by = |detail: &str| started_by(Some(&ExecutionTrigger::builder().trigger_detail(detail).build()));
        for (detail, who) in [
            ("arn:aws:sts::111122223333:assumed-role/Admin/jane", "jane"),
            ("arn:aws:iam::111122223333:user/jane", "jane"),
            ("arn:aws:iam::111122223333:root", "root"),
            ("arn:aws:events:eu-west-1:111122223333:rule/on-push", "on-push"),
            ("arn:aws:codepipeline:eu-west-1:111122223333:webhook:web-hook", "web-hook"),
            ("push to main", "push to main"),
        ] {
            assert_eq!(by(detail).as_deref(), Some(who));
        }
        assert_eq!(started_by(None), None);
    }
}
