//! When which call is made. The list of all stacks tells all that a row needs, page by page; what has moved since it was
//! last read is then read whole, the worst first. What only a detail shows is read when somebody looks.

mod looked_at;
mod sets;
mod whole;

use std::collections::BTreeSet;

use futures::{FutureExt, TryStreamExt, stream};
use skydeck_domain::{
    Detail, Resource,
    stack::{ChangeSetDetail, StackDetail},
};

use super::{
    calls::Calls,
    rows::{
        change_set,
        stack::{self, Read},
    },
};
use crate::{
    AwsError, ErrorClass,
    service::{Ask, ReadCtx, Sink},
    services::ends_the_read,
};

/// Stacks read whole at once; the limiter decides how fast they really go.
const AT_ONCE: usize = 8;
/// A list of stacks that is longer than this many pages is none.
const MOST_PAGES: usize = 1_000;

/// Reads what is asked for.
pub(super) async fn collect(ctx: &ReadCtx, ask: Ask, sink: &dyn Sink) -> Result<(), AwsError> {
    let reader = Reader { ctx, calls: Calls::new(&ctx.caller), sink };
    match ask {
        Ask::All => {
            reader.stacks(true).await?;
            reader.sets().await
        }
        Ask::Changes => reader.stacks(false).await,
        Ask::Items(names) => {
            let items = stream::iter(names.into_iter().map(Ok));
            items.try_for_each_concurrent(AT_ONCE, |name| reader.item(name).boxed()).await
        }
    }
}

/// One read under way.
struct Reader<'a> {
    ctx: &'a ReadCtx,
    calls: Calls<'a>,
    sink: &'a dyn Sink,
}

impl Reader<'_> {
    /// Every stack there is; then those that have moved, whole. `again` asks anew for what was refused before.
    async fn stacks(&self, again: bool) -> Result<(), AwsError> {
        let caller = &self.ctx.caller;
        let (mut token, mut seen, mut moved) = (None, BTreeSet::new(), Vec::new());
        for page in 0.. {
            if page == MOST_PAGES {
                return Err(caller.refused("EndlessList", "The list of stacks does not end.".into()));
            }
            let (stacks, next) = self.calls.stacks(token).await?;
            let mut rows = Vec::new();
            for told in &stacks {
                let Some(arn) = told.stack_id() else { continue };
                let Some(read) = Read::of(told, self.known(arn).await) else { continue };
                seen.insert(stack::row_id(caller, arn));
                rows.push(read.row(caller, self.ctx.clock.now()));
                if self.has_moved(&read, again) {
                    moved.push(read);
                }
            }
            self.sink.rows(rows).await;
            token = next;
            if token.is_none() {
                break;
            }
        }
        self.forget_change_sets(&seen).await;
        self.sink.complete(StackDetail::KIND, seen.into_iter().collect()).await;
        moved.sort_by_key(|read| read.row(caller, self.ctx.clock.now()).health.rank());
        let moved = stream::iter(moved.into_iter().map(Ok));
        moved.try_for_each_concurrent(AT_ONCE, |read| self.whole(read, false).boxed()).await
    }

    /// One stack that somebody looks at, or that is under way.
    async fn item(&self, name: String) -> Result<(), AwsError> {
        match self.calls.stack(&name).await {
            Ok(told) => {
                let known = match told.stack_id() {
                    Some(arn) => self.known(arn).await,
                    None => None,
                };
                let Some(read) = Read::of(&told, known) else { return Ok(()) };
                self.sink.rows(vec![read.row(&self.ctx.caller, self.ctx.clock.now())]).await;
                self.whole(read, true).await
            }
            Err(error) if error.class == ErrorClass::NotFound => {
                let of_it = |row: Resource, _: StackDetail| (row.name == name).then_some(row.id);
                let ids: Vec<String> = self.sink.gather(of_it).await.into_iter().flatten().collect();
                self.gone(ids).await;
                Ok(())
            }
            Err(error) if ends_the_read(&error) => Err(error),
            Err(error) => {
                self.sink.problem(error).await;
                Ok(())
            }
        }
    }

    /// Whether there is more to read of a stack than the list tells.
    fn has_moved(&self, read: &Read, again: bool) -> bool {
        let refused = |operation: &str| read.detail.missing.iter().any(|m| m.operation.as_deref() == Some(operation));
        let events =
            read.detail.events_for.as_deref() != Some(&read.state()) && (again || !refused("DescribeStackEvents"));
        let template = !read.template_is_current() && read.has_template() && (again || !refused("GetTemplate"));
        read.moves() || events || template
    }

    /// The detail of a stack as last read.
    async fn known(&self, arn: &str) -> Option<StackDetail> {
        self.sink.known(&stack::row_id(&self.ctx.caller, arn)).await?.detail()
    }

    /// Stacks that are not there any more, and their change sets with them.
    async fn gone(&self, ids: Vec<String>) {
        let caller = &self.ctx.caller;
        let of = |row: Resource, set: ChangeSetDetail| {
            ids.contains(&stack::row_id(caller, &set.stack_arn)).then_some(row.id)
        };
        let sets = self.sink.gather(of).await;
        self.sink.gone(ids.iter().cloned().chain(sets.into_iter().flatten()).collect()).await;
    }

    /// Change sets of stacks that are not among those there are.
    async fn forget_change_sets(&self, stacks: &BTreeSet<String>) {
        let caller = &self.ctx.caller;
        let orphan = |row: Resource, set: ChangeSetDetail| {
            (!stacks.contains(&stack::row_id(caller, &set.stack_arn))).then_some(row.id)
        };
        let orphans: Vec<String> = self.sink.gather(orphan).await.into_iter().flatten().collect();
        if !orphans.is_empty() {
            self.sink.gone(orphans).await;
        }
    }

    /// Change sets of one stack as last read, by row id.
    async fn known_change_sets(&self, stack_arn: &str) -> Vec<Resource> {
        let of = |row: Resource, set: ChangeSetDetail| (set.stack_arn == stack_arn).then_some(row);
        self.sink.gather(of).await.into_iter().flatten().collect()
    }

    /// Id of a change set's row.
    fn change_set_id(&self, arn: &str) -> String {
        change_set::row_id(&self.ctx.caller, arn)
    }
}
