//! What a change set tells of each resource, as DescribeChangeSet answers it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Call, answer};
use crate::world::{
    stack::{
        Stack,
        change_set::ChangeSet,
        changes::{Change, Detail},
    },
    template::text,
    time::seconds,
};

impl Call<'_> {
    pub(super) fn shown(&self, stack: &Stack, c: &ChangeSet, change: &Change, with_values: bool) -> Value {
        let physical = (change.action != "Add").then(|| {
            stack.resources(c.created).into_iter().find(|r| r.logical == change.logical).and_then(|r| r.physical)
        });
        let drifted = stack.drift.standing(c.created).find(|d| c.reverts_drift && d.logical == change.logical);
        let mut details: Vec<Value> = change.details.iter().map(|detail| shown_detail(detail, with_values)).collect();
        if let Some(drifted) = drifted {
            let checked = stack.drift.last(c.created).map_or(c.created, |d| d.at + d.lasts);
            details.extend(drifted.differences.iter().map(|(path, actual)| {
                let expected = change.after["Properties"].pointer(path).cloned();
                let text = |value: Option<Value>| value.map(|value| text(&value).unwrap_or_else(|| value.to_string()));
                answer(json!({
                    "Target": answer(json!({
                        "Attribute": "Properties",
                        "Name": path.split('/').nth(1),
                        "RequiresRecreation": "Never",
                        "Path": format!("/Properties{path}"),
                        "BeforeValue": text(actual.clone()),
                        "AfterValue": text(expected.clone()),
                        "BeforeValueFrom": "ACTUAL_STATE",
                        "AfterValueFrom": "TEMPLATE",
                        "Drift": answer(json!({
                            "PreviousValue": text(expected), "ActualValue": text(actual.clone()),
                            "DriftDetectionTimestamp": seconds(checked),
                        })),
                        "AttributeChangeType": "SyncWithActual",
                    })),
                    "Evaluation": "Static",
                    "ChangeSource": "NoModification",
                }))
            }));
        }
        let scopes: BTreeSet<&str> = change.details.iter().map(|d| d.attribute).collect();
        let mut scope: Vec<&str> = scopes.into_iter().collect();
        if scope.is_empty() && drifted.is_some() {
            scope.push("Properties");
        }
        let kept = c
            .after
            .template
            .resource(&change.logical)
            .or_else(|| stack.settled(c.created)?.template.resource(&change.logical));
        let retain = kept.is_some_and(|r| r["DeletionPolicy"] == "Retain");
        let policy = match (change.action, change.replacement) {
            ("Remove", _) => Some(if retain { "Retain" } else { "Delete" }),
            ("Modify", "True") => Some(if retain { "ReplaceAndRetain" } else { "ReplaceAndDelete" }),
            _ => None,
        };
        let context = |value: &Value| (with_values && !value.is_null()).then(|| value.to_string());
        json!({
            "Type": "Resource",
            "ResourceChange": answer(json!({
                "PolicyAction": policy,
                "Action": change.action,
                "LogicalResourceId": change.logical,
                "PhysicalResourceId": physical.flatten(),
                "ResourceType": change.kind,
                "Replacement": Some(change.replacement).filter(|_| change.action == "Modify"),
                "Scope": scope,
                "ResourceDriftStatus": drifted.map(|d| if d.differences.is_empty() { "DELETED" } else { "MODIFIED" }),
                "Details": details,
                "BeforeContext": context(&change.before),
                "AfterContext": context(&change.after),
            })),
        })
    }
}

fn shown_detail(detail: &Detail, with_values: bool) -> Value {
    let value = |value: &Option<Value>| {
        let value = value.as_ref().filter(|_| with_values)?;
        Some(text(value).unwrap_or_else(|| value.to_string()))
    };
    let path = match (&detail.name, detail.attribute) {
        (Some(name), _) => format!("/Properties/{name}"),
        (None, "Tags") => "/Properties/Tags".to_owned(),
        (None, attribute) => format!("/{attribute}"),
    };
    let change_type = match (&detail.before, &detail.after) {
        (None, Some(_)) => "Add",
        (Some(_), None) => "Remove",
        _ => "Modify",
    };
    answer(json!({
        "Target": answer(json!({
            "Attribute": detail.attribute,
            "Name": detail.name,
            "RequiresRecreation": if detail.recreation.is_empty() { "Never" } else { detail.recreation },
            "Path": with_values.then_some(path),
            "BeforeValue": value(&detail.before),
            "AfterValue": value(&detail.after),
            "AttributeChangeType": with_values.then_some(change_type),
        })),
        "Evaluation": if detail.known { "Static" } else { "Dynamic" },
        "ChangeSource": detail.source,
        "CausingEntity": detail.cause,
    }))
}
