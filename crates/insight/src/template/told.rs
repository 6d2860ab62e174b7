//! A difference of templates for people: by section, entry and property, bounded, and without what a `NoEcho` parameter holds.

use serde_json::Value;
use skydeck_domain::template::{EntryDiff, PropertyDiff, TemplateChange, TemplateDiff, TemplateText};

use super::{
    Template,
    diff::{Delta, Entry, Item, Patch},
    noecho, shown,
};

/// The order in which CloudFormation's user guide lists the sections ("Template sections"), and SAM's.
const ORDER: &[&str] = &[
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Transform",
    "Globals",
    "Hooks",
    "Resources",
    "Outputs",
];

/// Sections that are told entry by entry.
const WITH_ENTRIES: &[&str] = &["Parameters", "Rules", "Mappings", "Conditions", "Hooks", "Resources", "Outputs"];

/// How many changes of properties are told: more than anybody reads, and what a window can still be handed.
const MOST_ROWS: usize = 2_000;

pub(super) fn told(patch: &Patch, before: &Template, after: &Template) -> TemplateDiff {
    let mut told = Told { entries: Vec::new(), rows: 0, untold: 0 };
    let Delta::Map(sections) = &patch.root else {
        return TemplateDiff { entries: told.entries, untold: 0 };
    };
    let mut names: Vec<&String> = sections.keys().collect();
    names.sort_by_key(|name| (ORDER.iter().position(|known| known == name).unwrap_or(ORDER.len()), *name));
    for section in names {
        let (a, b) = (before.root.get(section), after.root.get(section));
        told.section(section, &sections[section], a, b);
    }
    TemplateDiff { entries: told.entries, untold: u32::try_from(told.untold).unwrap_or(u32::MAX) }
}

struct Told {
    entries: Vec<EntryDiff>,
    rows: usize,
    untold: usize,
}

impl Told {
    fn section<'v>(&mut self, section: &str, entry: &Entry, before: Option<&'v Value>, after: Option<&'v Value>) {
        let is_map = |value: Option<&Value>| value.is_none_or(Value::is_object);
        if !WITH_ENTRIES.contains(&section) || !is_map(before) || !is_map(after) {
            return self.entry(section, None, entry, before, after);
        }
        let entries = |value: Option<&'v Value>| value.and_then(Value::as_object).into_iter().flatten();
        match entry {
            Entry::Modify(Delta::Map(changed)) => {
                for (name, entry) in changed {
                    let of = |value: Option<&'v Value>| value?.get(name);
                    self.entry(section, Some(name), entry, of(before), of(after));
                }
            }
            Entry::Remove => {
                for (name, value) in entries(before) {
                    self.entry(section, Some(name), entry, Some(value), None);
                }
            }
            Entry::Add(_) => {
                for (name, value) in entries(after) {
                    self.entry(section, Some(name), entry, None, Some(value));
                }
            }
            Entry::Modify(_) => self.entry(section, None, entry, before, after),
        }
    }

    fn entry(&mut self, section: &str, name: Option<&str>, entry: &Entry, a: Option<&Value>, b: Option<&Value>) {
        let is_resource = section == "Resources" && name.is_some();
        let kind = |value: Option<&Value>| value?.get("Type")?.as_str().filter(|_| is_resource).map(shown::name);
        let (was, is) = (kind(a), kind(b));
        let was_type = was.clone().filter(|was| is.as_ref().is_some_and(|is| is != was));
        let is_hidden = section == "Parameters" && [a, b].into_iter().flatten().any(noecho::is_noecho);
        let mut rows =
            Rows { rows: Vec::new(), room: MOST_ROWS.saturating_sub(self.rows), untold: 0, is_resource, is_hidden };
        rows.entry(&mut Vec::new(), entry, a, b);
        self.rows += rows.rows.len();
        self.untold += rows.untold;
        self.entries.push(EntryDiff {
            section: shown::name(section),
            name: name.map(shown::name),
            change: change(entry),
            replaces: was_type.is_some(),
            resource_type: is.or(was),
            was_type,
            properties: rows.rows,
        });
    }
}

fn change(entry: &Entry) -> TemplateChange {
    match entry {
        Entry::Add(_) => TemplateChange::Add,
        Entry::Remove => TemplateChange::Remove,
        Entry::Modify(_) => TemplateChange::Modify,
    }
}

/// A step of a path.
#[derive(Clone)]
enum Step {
    Key(String),
    Tag(String),
    At(usize),
}

/// The rows of one entry.
struct Rows {
    rows: Vec<PropertyDiff>,
    room: usize,
    untold: usize,
    is_resource: bool,
    /// Whether it is a parameter whose default may not be shown.
    is_hidden: bool,
}

impl Rows {
    fn entry(&mut self, path: &mut Vec<Step>, entry: &Entry, before: Option<&Value>, after: Option<&Value>) {
        match entry {
            Entry::Modify(delta) => {
                if let (Some(before), Some(after)) = (before, after) {
                    self.delta(path, delta, before, after);
                }
            }
            Entry::Add(_) | Entry::Remove => self.row(path, change(entry), before, after),
        }
    }

    fn delta(&mut self, path: &mut Vec<Step>, delta: &Delta, before: &Value, after: &Value) {
        match delta {
            Delta::Same => {}
            Delta::Replace(_) => self.row(path, TemplateChange::Modify, Some(before), Some(after)),
            Delta::Map(entries) => {
                for (key, entry) in entries {
                    path.push(Step::Key(key.clone()));
                    self.entry(path, entry, before.get(key), after.get(key));
                    path.pop();
                }
            }
            Delta::Tags(entries) => {
                for (key, entry) in entries {
                    path.push(Step::Tag(key.clone()));
                    self.entry(path, entry, tag(before, key), tag(after, key));
                    path.pop();
                }
            }
            Delta::List(items) => self.items(path, items, before, after),
        }
    }

    fn items(&mut self, path: &mut Vec<Step>, items: &[Item], before: &Value, after: &Value) {
        let (mut i, mut j) = (0, 0);
        for item in items {
            let (from, to, at) = match item {
                Item::Keep(count) => {
                    (i, j) = (i + count, j + count);
                    continue;
                }
                Item::Remove => (1, 0, i),
                Item::Add(_) => (0, 1, j),
                Item::Modify(_) => (1, 1, j),
            };
            path.push(Step::At(at));
            match (item, before.get(i), after.get(j)) {
                (Item::Remove, before, _) => self.row(path, TemplateChange::Remove, before, None),
                (Item::Add(_), _, after) => self.row(path, TemplateChange::Add, None, after),
                (Item::Modify(delta), Some(before), Some(after)) => self.delta(path, delta, before, after),
                _ => {}
            }
            path.pop();
            (i, j) = (i + from, j + to);
        }
    }

    fn row(&mut self, path: &[Step], change: TemplateChange, before: Option<&Value>, after: Option<&Value>) {
        if self.rows.len() >= self.room {
            self.untold += 1;
            return;
        }
        let (attribute, within) = match path {
            [Step::Key(attribute), within @ ..] if self.is_resource => (Some(shown::name(attribute)), within),
            path => (None, path),
        };
        let (before, after) = self.texts(path, before, after);
        self.rows.push(PropertyDiff { attribute, path: written(within), change, before, after });
    }

    fn texts(
        &self,
        path: &[Step],
        before: Option<&Value>,
        after: Option<&Value>,
    ) -> (Option<TemplateText>, Option<TemplateText>) {
        if self.is_hidden && matches!(path.first(), Some(Step::Key(key)) if key == "Default") {
            return (before.map(|_| shown::masked()), after.map(|_| shown::masked()));
        }
        let hidden = |value: Option<&Value>| {
            let mut value = value.cloned();
            if let Some(default) = value.as_mut().and_then(|v| v.get_mut("Default")).filter(|_| self.is_hidden) {
                *default = Value::from("****");
            }
            value
        };
        match (hidden(before), hidden(after)) {
            (Some(before), Some(after)) => {
                let (before, after) = shown::both(&before, &after);
                (Some(before), Some(after))
            }
            (before, after) => (before.as_ref().map(shown::alone), after.as_ref().map(shown::alone)),
        }
    }
}

fn tag<'v>(list: &'v Value, key: &str) -> Option<&'v Value> {
    list.as_array()?.iter().find(|tag| tag.get("Key").and_then(super::form::scalar).as_deref() == Some(key))
}

/// A path in the words of CloudFormation. A key that could be taken for something else stands in quotes.
fn written(path: &[Step]) -> String {
    let mut out = String::new();
    for step in path {
        match step {
            Step::Key(key)
                if key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ':')) && !key.is_empty() =>
            {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(key);
            }
            Step::Key(key) => out.push_str(&format!("[{}]", Value::from(key.as_str()))),
            Step::Tag(key) => out.push_str(&format!("[Key={key}]")),
            Step::At(at) => out.push_str(&format!("[{at}]")),
        }
    }
    shown::path(&out)
}
