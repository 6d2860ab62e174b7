//! The constructs of a stack, from the paths of its resources.
//!
//! Deliberately not here: the classes of constructs. A template has only their ids; `tree.json` of a synthesized app has more.

use std::collections::BTreeMap;

use skydeck_domain::cdk::{CdkConstruct, CdkResource};

/// How many segments of a path count; the rest stays together as one. Paths of people are a fifth of that.
const MOST_SEGMENTS: usize = 50;

/// Where the report always stands within its stack: in a construct `CDKMetadata`, as what that stands for.
const REPORT: &[&str] = &["CDKMetadata", "Default"];

fn segments(path: &str) -> Vec<&str> {
    path.splitn(MOST_SEGMENTS, '/').collect()
}

/// The segments of the path of the stack, and whether they are certain.
pub(super) fn stack<'p>(report: Option<&'p str>, placed: &[(&'p str, CdkResource)]) -> (Vec<&'p str>, bool) {
    let of_report = segments(report.unwrap_or_default());
    if let Some(stack) = of_report.strip_suffix(REPORT).filter(|stack| !stack.is_empty()) {
        return (stack.to_vec(), true);
    }
    let mut common: Option<Vec<&str>> = None;
    for (path, _) in placed {
        let mut scopes = segments(path);
        // The last one is the resource itself.
        scopes.pop();
        common = Some(match common {
            None => scopes,
            Some(common) => {
                let same = common.iter().zip(&scopes).take_while(|(a, b)| a == b).count();
                common[..same].to_vec()
            }
        });
    }
    (common.unwrap_or_default(), false)
}

#[derive(Default)]
struct Node {
    resources: Vec<CdkResource>,
    children: BTreeMap<String, Node>,
}

/// The constructs within the scope that the first `skip` segments are; a path that is not in it stays whole.
pub(super) fn constructs(placed: Vec<(&str, CdkResource)>, skip: usize) -> Vec<CdkConstruct> {
    let mut root = Node::default();
    for (path, resource) in placed {
        let all = segments(path);
        let within = all.get(skip..).filter(|within| !within.is_empty()).unwrap_or(&all);
        let node = within.iter().fold(&mut root, |node, id| node.children.entry((*id).to_owned()).or_default());
        node.resources.push(resource);
    }
    told(root.children)
}

fn told(children: BTreeMap<String, Node>) -> Vec<CdkConstruct> {
    children
        .into_iter()
        .map(|(id, node)| CdkConstruct { id, resources: node.resources, children: told(node.children) })
        .collect()
}
