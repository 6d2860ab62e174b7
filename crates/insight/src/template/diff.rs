//! All differences of two templates, as a tree that has the shape of what both have in common. It is complete: from the
//! earlier template it makes the later one.
//!
//! Deliberately not here: words and bounds for people (`told`).

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::{
    Template,
    align::{Op, align},
    form,
    names::{Names, Node, Nodes, Parts},
};

/// What makes a template from another one. What both write differently and mean alike (`80`, `"80"`) is no part of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Patch {
    pub(super) root: Delta,
}

/// How a value differs from an earlier one.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Delta {
    /// Not at all.
    Same,
    /// It is another one.
    Replace(Value),
    /// Both are maps; entries that mean the same are left out.
    Map(BTreeMap<String, Entry>),
    /// Both are lists of tags: the same by `Key` instead of by name.
    Tags(BTreeMap<String, Entry>),
    /// Both are lists.
    List(Vec<Item>),
}

/// How an entry of a map differs.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Entry {
    Add(Value),
    Remove,
    Modify(Delta),
}

/// What becomes of the next elements of a list.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    Keep(usize),
    Add(Value),
    Remove,
    Modify(Delta),
}

/// A patch was applied to another template than the one it was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the difference was made from another template")]
pub struct DoesNotFit;

/// What is different between two templates. Order of keys, format and spelling do not matter.
pub fn diff(before: &Template, after: &Template) -> Patch {
    let mut names = Names::default();
    let (before, after) = (names.map(&before.root), names.map(&after.root));
    Patch { root: maps(&before, &after) }
}

impl Patch {
    /// Whether both templates mean the same.
    pub fn is_empty(&self) -> bool {
        self.root == Delta::Same
    }

    /// The later template, from the earlier one. What the patch brings is written as in the later template, all else as in
    /// this one; both mean the same as the later one.
    ///
    /// # Errors
    /// If it does not fit to this template.
    pub fn apply(&self, before: &Template) -> Result<Map<String, Value>, DoesNotFit> {
        match apply(&self.root, Value::Object(before.root.clone()))? {
            Value::Object(root) => Ok(root),
            _ => Err(DoesNotFit),
        }
    }
}

/// `is_tags`: the values stand under a key of tags.
fn values(before: &Node<'_>, after: &Node<'_>, is_tags: bool) -> Delta {
    if before.name == after.name {
        return Delta::Same;
    }
    match (&before.parts, &after.parts) {
        (Parts::Map(a), Parts::Map(b)) if is_told_within(before.value, after.value) => maps(a, b),
        (Parts::List(a), Parts::List(b)) => {
            let keys = |node: &Node<'_>| node.value.as_array().and_then(|list| form::tag_keys(list));
            let keys = is_tags.then(|| keys(before).zip(keys(after))).flatten();
            keys.map_or_else(|| lists(a, b), |(of_a, of_b)| tags((a, &of_a), (b, &of_b)))
        }
        _ => Delta::Replace(after.value.clone()),
    }
}

/// Whether what is different in two maps is told entry by entry. Of calls of functions it is not: `Ref` gone and `Fn::Sub`
/// come is one change, and so is another argument. Functions that hold whole structures are looked into.
fn is_told_within(a: &Value, b: &Value) -> bool {
    let name = |value: &'_ Value| value.as_object().and_then(form::function).map(|(name, _)| name.to_owned());
    match (name(a), name(b)) {
        (None, None) => true,
        (Some(a), Some(b)) => {
            a == b && (matches!(a.as_str(), "Fn::If" | "Fn::Transform" | "Condition") || a.starts_with("Fn::ForEach"))
        }
        _ => false,
    }
}

fn maps(a: &Nodes<'_>, b: &Nodes<'_>) -> Delta {
    let mut entries = BTreeMap::new();
    for (key, before) in a {
        let entry = match b.get(key) {
            None => Entry::Remove,
            Some(after) if after.name == before.name => continue,
            Some(after) => Entry::Modify(values(before, after, form::is_tags_key(key))),
        };
        entries.insert((*key).to_owned(), entry);
    }
    let new = b.iter().filter(|(key, _)| !a.contains_key(*key));
    entries.extend(new.map(|(key, after)| ((*key).to_owned(), Entry::Add(after.value.clone()))));
    if entries.is_empty() { Delta::Same } else { Delta::Map(entries) }
}

/// Lists of tags, with the keys of each.
fn tags((a, of_a): (&[Node<'_>], &[String]), (b, of_b): (&[Node<'_>], &[String])) -> Delta {
    let before: HashMap<&String, &Node<'_>> = of_a.iter().zip(a).collect();
    let after: HashMap<&String, &Node<'_>> = of_b.iter().zip(b).collect();
    let mut entries = BTreeMap::new();
    for (key, tag) in &before {
        let entry = match after.get(key) {
            None => Entry::Remove,
            Some(other) if other.name == tag.name => continue,
            Some(other) => Entry::Modify(values(tag, other, false)),
        };
        entries.insert((*key).clone(), entry);
    }
    let new = after.iter().filter(|(key, _)| !before.contains_key(*key));
    entries.extend(new.map(|(key, tag)| ((*key).clone(), Entry::Add(tag.value.clone()))));
    if entries.is_empty() { Delta::Same } else { Delta::Tags(entries) }
}

fn lists(a: &[Node<'_>], b: &[Node<'_>]) -> Delta {
    let (mut i, mut j) = (0, 0);
    let mut items: Vec<Item> = Vec::new();
    for op in align(a, b) {
        match op {
            Op::Keep => {
                if let Some(Item::Keep(count)) = items.last_mut() {
                    *count += 1;
                } else {
                    items.push(Item::Keep(1));
                }
            }
            Op::Remove => items.push(Item::Remove),
            Op::Add => items.push(Item::Add(b[j].value.clone())),
            Op::Pair => items.push(Item::Modify(values(&a[i], &b[j], false))),
        }
        i += usize::from(op != Op::Add);
        j += usize::from(op != Op::Remove);
    }
    if items.iter().all(|item| matches!(item, Item::Keep(_))) { Delta::Same } else { Delta::List(items) }
}

fn apply(delta: &Delta, before: Value) -> Result<Value, DoesNotFit> {
    match (delta, before) {
        (Delta::Same, before) => Ok(before),
        (Delta::Replace(after), _) => Ok(after.clone()),
        (Delta::Map(entries), Value::Object(mut map)) => {
            for (key, entry) in entries {
                match (entry, map.remove(key)) {
                    (Entry::Add(value), None) => drop(map.insert(key.clone(), value.clone())),
                    (Entry::Remove, Some(_)) => {}
                    (Entry::Modify(delta), Some(before)) => drop(map.insert(key.clone(), apply(delta, before)?)),
                    _ => return Err(DoesNotFit),
                }
            }
            Ok(Value::Object(map))
        }
        (Delta::Tags(entries), Value::Array(list)) => apply_tags(entries, list),
        (Delta::List(items), Value::Array(list)) => apply_items(items, list),
        _ => Err(DoesNotFit),
    }
}

fn apply_tags(entries: &BTreeMap<String, Entry>, list: Vec<Value>) -> Result<Value, DoesNotFit> {
    let keys = form::tag_keys(&list).ok_or(DoesNotFit)?;
    let fits = |(key, entry): (&String, &Entry)| keys.contains(key) != matches!(entry, Entry::Add(_));
    if !entries.iter().all(fits) {
        return Err(DoesNotFit);
    }
    let mut after = Vec::new();
    for (key, tag) in keys.iter().zip(list) {
        match entries.get(key) {
            Some(Entry::Remove) => {}
            Some(Entry::Modify(delta)) => after.push(apply(delta, tag)?),
            _ => after.push(tag),
        }
    }
    let new = entries.values().filter_map(|entry| if let Entry::Add(tag) = entry { Some(tag.clone()) } else { None });
    after.extend(new);
    Ok(Value::Array(after))
}

fn apply_items(items: &[Item], list: Vec<Value>) -> Result<Value, DoesNotFit> {
    let mut before = list.into_iter();
    let mut after = Vec::new();
    for item in items {
        match item {
            Item::Keep(count) => {
                for _ in 0..*count {
                    after.push(before.next().ok_or(DoesNotFit)?);
                }
            }
            Item::Add(value) => after.push(value.clone()),
            Item::Remove => drop(before.next().ok_or(DoesNotFit)?),
            Item::Modify(delta) => after.push(apply(delta, before.next().ok_or(DoesNotFit)?)?),
        }
    }
    if before.next().is_some() { Err(DoesNotFit) } else { Ok(Value::Array(after)) }
}
