//! What goes again: what an update no longer needs, what a failed one made, and the way back to what was.

use super::{
    Kind,
    changes::Change,
    plan::{Run, Touched, Work},
};
use crate::world::time::{Ms, SECOND};

impl Work<'_> {
    /// The end of an update that went well: what is no longer needed goes.
    pub(super) fn clean_up(&self, run: &mut Run, at: Ms, made: bool) {
        run.touched.clear();
        if made {
            return run.stack(at, "CREATE_COMPLETE", None);
        }
        run.stack(at, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", None);
        let old = |change: &&Change| change.action == "Remove" || change.replacement == "True";
        let gone = self.changes.iter().rev().filter(old).map(|change| Touched {
            logical: change.logical.clone(),
            kind: change.kind.clone(),
            added: false,
            replaced: false,
        });
        self.delete(run, gone.collect(), at + SECOND);
        let end = run.ends + SECOND;
        run.turn = end;
        run.stack(end, "UPDATE_COMPLETE", None);
    }

    /// Deletes resources, three at a time.
    pub(super) fn delete(&self, run: &mut Run, gone: Vec<Touched>, from: Ms) {
        let mut lanes = [from; 3];
        for (n, of) in gone.iter().enumerate() {
            let start = lanes[n % 3] + 200 * (n % 3) as Ms;
            let standing = if of.added {
                Some(&self.operation.after)
            } else {
                self.operation.before.as_ref().or(Some(&self.operation.after))
            };
            let resource = standing.and_then(|s| s.template.resource(&of.logical));
            if resource.is_some_and(|r| r["DeletionPolicy"] == "Retain") && self.operation.kind != Kind::Create {
                run.resource(start, of, "DELETE_SKIPPED", None, true);
                continue;
            }
            let end = start + self.lasts(&of.logical, &of.kind, 50);
            run.resource(start, of, "DELETE_IN_PROGRESS", None, true);
            run.resource(end, of, "DELETE_COMPLETE", None, true);
            lanes[n % 3] = end;
        }
    }

    /// An update goes back to what was.
    pub(super) fn back(&self, run: &mut Run, from: Ms, reason: Option<String>, touched: Vec<Touched>) {
        run.stack(from, "UPDATE_ROLLBACK_IN_PROGRESS", reason);
        let (added, changed): (Vec<Touched>, Vec<Touched>) = touched.into_iter().partition(|of| of.added);
        let (mut left, mut replaced) = (Vec::new(), Vec::new());
        let mut at = from + 2 * SECOND;
        for of in changed {
            at += 400;
            if self.operation.skips.contains(&of.logical) {
                run.resource(at, &of, "UPDATE_COMPLETE", None, true);
                continue;
            }
            let was = Touched { replaced: false, ..of.clone() };
            let end = at + self.lasts(&of.logical, &of.kind, 50);
            run.resource(at, &was, "UPDATE_IN_PROGRESS", None, true);
            if let Some(why) = self.operation.broken.get(&of.logical) {
                run.resource(end, &was, "UPDATE_FAILED", Some(why), true);
                left.push(of);
            } else {
                run.resource(end, &was, "UPDATE_COMPLETE", None, true);
                // The new one that took its place goes with those that were added.
                replaced.extend(of.replaced.then_some(Touched { added: true, ..of }));
            }
        }
        let end = run.ends + SECOND;
        if !left.is_empty() {
            let names: Vec<&str> = left.iter().map(|of| of.logical.as_str()).collect();
            run.stack(
                end,
                "UPDATE_ROLLBACK_FAILED",
                Some(format!("The following resource(s) failed to update: [{}]. ", names.join(", "))),
            );
            run.touched = left.into_iter().chain(replaced).chain(added).collect();
            return;
        }
        run.stack(end, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", None);
        let gone: Vec<Touched> = replaced.into_iter().chain(added.into_iter().rev()).collect();
        self.delete(run, gone, end + SECOND);
        let end = run.ends + SECOND;
        run.stack(end, "UPDATE_ROLLBACK_COMPLETE", None);
    }
}
