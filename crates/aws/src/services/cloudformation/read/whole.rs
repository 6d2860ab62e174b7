//! A stack that has moved: its events back to the beginning of its latest operation, and its template.

use sha2::{Digest as _, Sha256};
use skydeck_domain::{
    Run,
    stack::{KeptTemplate, StackEvent, StackEvents, StackPart, TemplateFacts},
};
use skydeck_insight::stack as insight;

use super::{
    super::rows::{event, stack, stack::Read},
    Reader,
};
use crate::{AwsError, ErrorClass, services::ends_the_read};

/// Pages of events read at most for one operation: 100 events each.
const EVENT_PAGES: usize = 60;
/// Events kept beyond those of the latest operation.
const EARLIER: usize = 200;

impl Reader<'_> {
    /// Reads what there is to read of a stack. One that is not there any more, in the middle of it, is gone.
    pub(super) async fn whole(&self, mut read: Read, looked_at: bool) -> Result<(), AwsError> {
        match self.parts(&mut read, looked_at).await {
            // Something of it is not there; only the stack itself says whether that is the stack.
            Err(error) if error.class == ErrorClass::NotFound => match self.calls.stack(&read.arn).await {
                Ok(told) if told.stack_status().is_none_or(|s| s.as_str() != "DELETE_COMPLETE") => {
                    self.sink.problem(error).await;
                    Ok(())
                }
                Err(error) if error.class != ErrorClass::NotFound => Err(error),
                _ => {
                    self.gone(vec![stack::row_id(&self.ctx.caller, &read.arn)]).await;
                    Ok(())
                }
            },
            done => done,
        }
    }

    async fn parts(&self, read: &mut Read, looked_at: bool) -> Result<(), AwsError> {
        let state = read.state();
        if read.moves() || read.detail.events_for.as_deref() != Some(&state) {
            let events = self.events(read, looked_at).await;
            self.settle(read, "DescribeStackEvents", events).await?;
        }
        if read.has_template() && !read.template_is_current() {
            let template = self.template(read, state).await;
            self.settle(read, "GetTemplate", template).await?;
        }
        let row = read.row(&self.ctx.caller, self.ctx.clock.now());
        let links = stack::links(&row, &read.detail);
        self.sink.rows(vec![row.clone()]).await;
        if !links.is_empty() {
            self.sink.links(&row.id, links).await;
        }
        if looked_at {
            self.looked_at(read, &row).await?;
        } else if !read.moves() && read.detail.parent_id.is_none() {
            let before = read.detail.missing.clone();
            let sets = self.change_sets(read).await;
            self.settle(read, "ListChangeSets", sets).await?;
            if read.detail.missing != before {
                self.sink.rows(vec![read.row(&self.ctx.caller, self.ctx.clock.now())]).await;
            }
        }
        Ok(())
    }

    /// A call that failed while others go on: the row says what it lacks. One that worked lacks it no more.
    pub(super) async fn settle(
        &self,
        read: &mut Read,
        operation: &str,
        done: Result<(), AwsError>,
    ) -> Result<(), AwsError> {
        read.detail.missing.retain(|m| m.operation.as_deref() != Some(operation));
        match done {
            Ok(()) => Ok(()),
            Err(error) if error.class == ErrorClass::NotFound || ends_the_read(&error) => Err(error),
            Err(error) => {
                read.detail.missing.push(error.info.clone());
                self.sink.problem(error).await;
                Ok(())
            }
        }
    }

    /// The events since those that are known; else back to the beginning of the latest operation. Of a quiet stack that is
    /// new here, the newest page: enough for its latest runs.
    async fn events(&self, read: &mut Read, looked_at: bool) -> Result<(), AwsError> {
        let id = stack::row_id(&self.ctx.caller, &read.arn);
        let part = StackPart::Events.word();
        let known = self.sink.known_part(&id, part).await;
        let known: StackEvents = known.and_then(|body| serde_json::from_value(body).ok()).unwrap_or_default();
        let matters = looked_at || read.moves() || insight::health(&read.status) != skydeck_domain::Health::Ok;
        let (mut events, mut token, mut more) = (Vec::<StackEvent>::new(), None, false);
        for page in 0..EVENT_PAGES {
            let (told, next) = self.calls.events(&read.arn, token).await?;
            events.extend(told.iter().filter_map(event::event));
            let met = known.events.first().and_then(|newest| events.iter().position(|e| e.id == newest.id));
            if let Some(at) = met {
                events.truncate(at);
                events.extend(known.events.iter().cloned());
                more = known.more;
                break;
            }
            more = next.is_some();
            let begun = insight::operations(&events).first().is_some_and(|o| o.whole);
            if next.is_none() || begun || (page == 0 && !matters) {
                break;
            }
            token = next;
        }
        let found = insight::operations(&events);
        let runs: Vec<Run> = found.iter().filter(|o| o.whole).filter_map(|o| insight::run(&read.arn, o)).collect();
        if !runs.is_empty() {
            self.sink.runs(runs).await;
        }
        let of_latest = events.iter().position(|e| found.first().is_some_and(|o| o.id == e.id)).map_or(0, |at| at + 1);
        let kept = of_latest.max(EARLIER);
        more |= events.len() > kept;
        events.truncate(kept);
        read.detail.operation = found.into_iter().next();
        read.detail.events_for = Some(read.state());
        let body = serde_json::to_value(StackEvents { events, more }).unwrap_or_default();
        self.sink.part(&id, part, body).await;
        Ok(())
    }

    /// The template that the stack has now: kept, and what it says of CDK and of its outputs.
    async fn template(&self, read: &mut Read, state: String) -> Result<(), AwsError> {
        let text = self.calls.template(&read.arn).await?;
        let digest: String = Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
        let size = text.chars().count() as i64;
        let (facts, cdk) = super::super::template::read(&text, &read.outputs);
        let kept = KeptTemplate {
            of_arn: read.arn.clone(),
            digest: digest.clone(),
            at: read.detail.updated_at.or(read.detail.created_at).unwrap_or_else(|| self.ctx.clock.now()),
            status: read.status.clone(),
            size,
        };
        self.sink.template(kept, text).await;
        read.take_template(TemplateFacts { digest, size, read_for: state, ..facts }, cdk);
        Ok(())
    }
}
