//! Which element of a list became which: what is the same stays in order (longest common subsequence), and what lies between
//! is paired by how much it has in common, so that one inserted element is one change.

use super::{
    form,
    names::{Node, Parts},
};

/// What to do with the next elements of the earlier list, to get the later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    /// The next of both mean the same.
    Keep,
    /// The next of the earlier list is not in the later one.
    Remove,
    /// The next of the later list is new.
    Add,
    /// The next of the later list is made from the next of the earlier one.
    Pair,
}

/// Past so many pairs of elements no subsequence is looked for: the lists are paired in order instead. That is as complete,
/// and tells more changes than there need be.
const MOST_CELLS: usize = 1_000_000;

/// Past so many pairs of differing elements they are paired in order.
const MOST_ALIKE: usize = 1_024;

/// Every element of both lists is in exactly one operation, in order.
pub(super) fn align(before: &[Node<'_>], after: &[Node<'_>]) -> Vec<Op> {
    let a: Vec<usize> = before.iter().map(|node| node.name).collect();
    let b: Vec<usize> = after.iter().map(|node| node.name).collect();
    let first = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let last = a[first..].iter().rev().zip(b[first..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (a_end, b_end) = (a.len() - last, b.len() - last);
    let mut ops = vec![Op::Keep; first];
    let (mut i, mut j) = (first, first);
    for (x, y) in common(&a[first..a_end], &b[first..b_end]).into_iter().map(|(x, y)| (x + first, y + first)) {
        gap(&before[i..x], &after[j..y], &mut ops);
        ops.push(Op::Keep);
        (i, j) = (x + 1, y + 1);
    }
    gap(&before[i..a_end], &after[j..b_end], &mut ops);
    ops.extend(std::iter::repeat_n(Op::Keep, last));
    ops
}

/// The places of a longest common subsequence.
fn common(a: &[usize], b: &[usize]) -> Vec<(usize, usize)> {
    if a.is_empty() || b.is_empty() || a.len().saturating_mul(b.len()) > MOST_CELLS {
        return Vec::new();
    }
    let width = b.len() + 1;
    let mut longest = vec![0u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = if a[i] == b[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut found) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            found.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    found
}

/// Elements of which none means the same as one opposite it in order.
fn gap(before: &[Node<'_>], after: &[Node<'_>], ops: &mut Vec<Op>) {
    let (n, m) = (before.len(), after.len());
    if n == 0 || m == 0 || n * m > MOST_ALIKE {
        ops.extend(std::iter::repeat_n(Op::Pair, n.min(m)));
        ops.extend(std::iter::repeat_n(Op::Remove, n.saturating_sub(m)));
        ops.extend(std::iter::repeat_n(Op::Add, m.saturating_sub(n)));
        return;
    }
    let width = m + 1;
    let alike: Vec<Vec<u32>> = before.iter().map(|x| after.iter().map(|y| alike(x, y)).collect()).collect();
    let mut best = vec![0u32; (n + 1) * width];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            let paired = best[(i + 1) * width + j + 1] + alike[i][j];
            best[i * width + j] = paired.max(best[(i + 1) * width + j]).max(best[i * width + j + 1]);
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < n && j < m {
        let here = best[i * width + j];
        if alike[i][j] > 0 && here == best[(i + 1) * width + j + 1] + alike[i][j] {
            ops.push(Op::Pair);
            (i, j) = (i + 1, j + 1);
        } else if here == best[(i + 1) * width + j] {
            ops.push(Op::Remove);
            i += 1;
        } else {
            ops.push(Op::Add);
            j += 1;
        }
    }
    ops.extend(std::iter::repeat_n(Op::Remove, n - i));
    ops.extend(std::iter::repeat_n(Op::Add, m - j));
}

/// How much two values have in common: nothing if they are of different kinds, else 1, and 1 more for every entry of a map
/// that means the same.
fn alike(a: &Node<'_>, b: &Node<'_>) -> u32 {
    match (&a.parts, &b.parts) {
        (Parts::Map(a), Parts::Map(b)) => {
            let same = a.iter().filter(|(key, node)| b.get(*key).is_some_and(|other| other.name == node.name)).count();
            u32::try_from(same).unwrap_or(u32::MAX / 2).saturating_add(1)
        }
        (Parts::List(_), Parts::List(_)) => 1,
        _ => u32::from(form::scalar(a.value).is_some() && form::scalar(b.value).is_some()),
    }
}
