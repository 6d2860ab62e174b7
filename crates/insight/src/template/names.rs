//! A template's values with a number each: the same number for values that mean the same. It is given from the leaves up, so
//! that comparing two values is comparing two numbers however large and deep they are.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::form;

/// A value, its number, and what is in it.
pub(super) struct Node<'v> {
    pub(super) value: &'v Value,
    pub(super) name: usize,
    pub(super) parts: Parts<'v>,
}

/// What is in a value.
pub(super) enum Parts<'v> {
    Nothing,
    List(Vec<Node<'v>>),
    Map(Nodes<'v>),
}

/// The entries of a map.
pub(super) type Nodes<'v> = BTreeMap<&'v str, Node<'v>>;

/// What a value means, in terms of the numbers of what is in it.
#[derive(PartialEq, Eq, Hash)]
enum Meaning<'v> {
    Null,
    Scalar(String),
    List(Vec<usize>),
    Map(Vec<(&'v str, usize)>),
}

/// Gives the numbers. Only those of one and the same giver can be compared.
#[derive(Default)]
pub(super) struct Names<'v>(HashMap<Meaning<'v>, usize>);

impl<'v> Names<'v> {
    /// The entries of a map.
    pub(super) fn map(&mut self, map: &'v Map<String, Value>) -> Nodes<'v> {
        map.iter().map(|(key, value)| (key.as_str(), self.node(value, form::is_tags_key(key)))).collect()
    }

    /// `is_tags`: the value stands under a key of tags, where the order of a list of tags does not matter.
    fn node(&mut self, value: &'v Value, is_tags: bool) -> Node<'v> {
        let (parts, meaning) = match value {
            Value::Array(list) => {
                let nodes: Vec<Node<'v>> = list.iter().map(|value| self.node(value, false)).collect();
                let mut order: Vec<usize> = (0..nodes.len()).collect();
                if let Some(keys) = is_tags.then(|| form::tag_keys(list)).flatten() {
                    order.sort_by(|a, b| keys[*a].cmp(&keys[*b]));
                }
                let meaning = Meaning::List(order.into_iter().map(|at| nodes[at].name).collect());
                (Parts::List(nodes), meaning)
            }
            Value::Object(map) => {
                let nodes = self.map(map);
                let meaning = Meaning::Map(nodes.iter().map(|(key, node)| (*key, node.name)).collect());
                (Parts::Map(nodes), meaning)
            }
            value => (Parts::Nothing, form::scalar(value).map_or(Meaning::Null, Meaning::Scalar)),
        };
        let next = self.0.len();
        Node { value, name: *self.0.entry(meaning).or_insert(next), parts }
    }
}
