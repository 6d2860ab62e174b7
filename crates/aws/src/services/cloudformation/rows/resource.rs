//! Resources of a stack, and what drifted of them.

use aws_sdk_cloudformation::types::{StackResourceDrift, StackResourceSummary};
use skydeck_domain::stack::{ResourceDrift, StackResource};

use super::value;
use crate::services::{instant, redact, text};

/// A resource.
pub(crate) fn resource(told: &StackResourceSummary) -> Option<StackResource> {
    let drift = told.drift_information().and_then(|d| d.stack_resource_drift_status());
    Some(StackResource {
        logical_id: text::one_line(told.logical_resource_id()?)?,
        physical_id: told.physical_resource_id().and_then(text::one_line),
        resource_type: told.resource_type().and_then(text::one_line).unwrap_or_default(),
        status: told.resource_status().map(|s| s.as_str().to_owned()).unwrap_or_default(),
        reason: told.resource_status_reason().and_then(redact::line),
        updated_at: instant::maybe(told.last_updated_timestamp()),
        drift: drift.map(|d| d.as_str().to_owned()),
    })
}

/// A resource that drifted.
pub(crate) fn drift(told: &StackResourceDrift) -> Option<ResourceDrift> {
    let properties = told.property_differences().iter().map(|d| {
        let side = |text: Option<&str>| text.filter(|v| *v != "null").map(str::to_owned);
        let (expected, actual) = (side(d.expected_value()), side(d.actual_value()));
        value::change(d.property_path().unwrap_or_default(), expected.as_deref(), actual.as_deref())
    });
    Some(ResourceDrift {
        logical_id: text::one_line(told.logical_resource_id()?)?,
        resource_type: told.resource_type().and_then(text::one_line).unwrap_or_default(),
        status: told.stack_resource_drift_status().map(|s| s.as_str().to_owned()).unwrap_or_default(),
        properties: properties.collect(),
    })
}
