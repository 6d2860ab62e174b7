//! What is different between two CloudFormation templates, by section, entry and property instead of by line.
//!
//! Deliberately not here: whether an update replaces a resource. That depends on the property and on the resource's type,
//! and only a change set knows it (`DescribeChangeSet`, `Replacement`). The one thing certain from templates alone is told.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What becomes of an entry or of a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum TemplateChange {
    /// Only the later template has it.
    Add,
    /// Only the earlier template has it.
    Remove,
    /// Both have it, and not the same.
    Modify,
}

/// All differences of two templates. Two that mean the same have none, whatever their format, order and short forms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateDiff {
    /// Sections in the order of CloudFormation's own documentation, their entries by name.
    pub entries: Vec<EntryDiff>,
    /// How many changes of properties are left out of `entries` because there are too many to tell.
    pub untold: u32,
}

/// An entry of a section (a resource, a parameter, an output …), or a section that has none, like `Description`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EntryDiff {
    /// The section's name, as CloudFormation writes it: `Resources`.
    pub section: String,
    /// The logical id; none where the section is one thing.
    pub name: Option<String>,
    /// What becomes of it.
    pub change: TemplateChange,
    /// Of a resource: its type, that of the later template where both have it.
    pub resource_type: Option<String>,
    /// Of a resource whose type is another one now: the earlier type.
    pub was_type: Option<String>,
    /// Certain without AWS: what stands there now cannot become what is wanted, because its type is another one. In an update
    /// CloudFormation refuses that ("Update of resource type is not permitted"), unless a macro or transform made the type.
    /// Where this is not set nothing is said: a change set knows.
    pub replaces: bool,
    /// Its properties. Of an entry that only one template has: one row with an empty path.
    pub properties: Vec<PropertyDiff>,
}

/// A property that is different.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PropertyDiff {
    /// Of a resource: the attribute that it belongs to, in the words of change sets: `Properties`, `Metadata`,
    /// `DeletionPolicy`.
    pub attribute: Option<String>,
    /// Where in the attribute, else in the entry: `SecurityGroupIngress[1].CidrIp`, `Tags[Key=Name].Value`. Places in lists
    /// are counted from 0, of what is removed in the earlier template, else in the later one.
    pub path: String,
    /// What becomes of it.
    pub change: TemplateChange,
    /// What it was.
    pub before: Option<TemplateText>,
    /// What it is.
    pub after: Option<TemplateText>,
}

/// A value as compact text: text as it is, all else as JSON. Characters that cannot be seen are written as escapes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateText {
    /// At most some 200 characters, `…` where something is left out: at the end, or before the first difference.
    pub text: String,
    /// Whether something is left out.
    pub is_cut: bool,
    /// Whether it is not shown at all, because a `NoEcho` parameter has it.
    pub is_masked: bool,
}
