//! Events of a stack.

use aws_sdk_cloudformation::types::StackEvent as AwsEvent;
use skydeck_domain::stack::StackEvent;

use crate::services::{instant, redact, text};

/// An event as kept; none if AWS gives it no id, status or time. The properties that it came with are not looked at: they
/// hold whatever the template holds.
pub(crate) fn event(event: &AwsEvent) -> Option<StackEvent> {
    let physical = event.physical_resource_id().filter(|id| !id.is_empty());
    Some(StackEvent {
        id: text::cut(event.event_id()?, 300),
        at: instant::maybe(event.timestamp())?,
        logical_id: text::one_line(event.logical_resource_id().unwrap_or_default()).unwrap_or_default(),
        of_stack: physical.is_some() && physical == event.stack_id(),
        physical_id: physical.and_then(text::one_line),
        resource_type: event.resource_type().and_then(text::one_line).unwrap_or_default(),
        status: event.resource_status()?.as_str().to_owned(),
        reason: event.resource_status_reason().and_then(redact::line),
        token: event.client_request_token().and_then(text::one_line),
    })
}
