//! What happens in an operation, event by event: each resource is a span that begins when those it needs are there, and
//! lasts as long as its kind does. A failure cancels what is under way; then everything goes back, unless it is kept.
//! What goes again is in `way_back`. Pure: an operation and the stack's history before it give the same plan whoever asks, and whenever.

use std::collections::BTreeMap;

use super::{Fate, Kind, Operation, Stack, changes::Change};
use crate::world::{
    noise,
    template::{kinds, order},
    time::{DAY, Ms, SECOND},
};

/// One stack event to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Happening {
    /// When.
    pub at: Ms,
    /// Logical id of the resource; none: the stack itself.
    pub logical: Option<String>,
    /// Type of the resource.
    pub kind: String,
    /// AWS's word.
    pub status: &'static str,
    /// Reason.
    pub reason: Option<String>,
    /// Whether it is about what the operation itself made.
    pub fresh: bool,
    /// Whether a physical id is known by then.
    pub physical: bool,
}

/// A resource that an operation has touched.
#[derive(Debug, Clone)]
pub struct Touched {
    /// Logical id.
    pub logical: String,
    /// Type of the resource.
    pub kind: String,
    /// Whether the operation made it.
    pub added: bool,
    /// Whether it made a new one in place of the old.
    pub replaced: bool,
}

/// What happens in an operation.
#[derive(Debug)]
pub struct Plan {
    /// Events, oldest first.
    pub events: Vec<Happening>,
    /// When it is over.
    pub ends: Ms,
    /// How the stack stands then.
    pub outcome: &'static str,
    /// What was touched and not put back.
    pub touched: Vec<Touched>,
}

impl Plan {
    /// Events of the stack itself up to an instant.
    pub fn stack_events(&self, now: Ms) -> impl DoubleEndedIterator<Item = &Happening> {
        self.events.iter().filter(move |e| e.logical.is_none() && e.at <= now)
    }

    /// Events up to an instant, as many of them as there are.
    pub fn until(&self, now: Ms) -> &[Happening] {
        &self.events[..self.events.partition_point(|e| e.at <= now)]
    }

    /// From when to when that resource is worked on going forward, and whether that ends in failure.
    pub fn span(&self, logical: &str) -> Option<(Ms, Ms, bool)> {
        let mut of = self.events.iter().filter(|e| e.logical.as_deref() == Some(logical));
        let first = of.next()?.at;
        let last = of.find(|e| e.status.ends_with("_COMPLETE") || e.status.ends_with("_FAILED"));
        let failed = last.is_some_and(|e| e.status.ends_with("_FAILED"));
        Some((first, last.map_or(self.ends, |e| e.at), failed))
    }
}

/// The plan of a stack's operation.
pub(super) fn plan(stack: &Stack, n: usize) -> Plan {
    let operation = &stack.operations[n];
    let undone = operation.undoes.map(|m| stack.plan_of(m).touched.clone()).unwrap_or_default();
    let work = Work { stack, operation, n, changes: stack.changes_of(n), undone };
    let natural = work.run(None);
    let span = operation.lasts.unwrap_or(natural.ends).max(1);
    let whole = natural.ends.max(1);
    let stretched = |offset: Ms| operation.began + (offset as i128 * i128::from(span) / i128::from(whole)) as Ms;
    // A part of another stack goes back with that, be it done or not.
    let goes_back = |at: &Ms| *at < stretched(natural.turn) || operation.part_of.is_some();
    let Some((at, back)) = operation.cancelled.filter(|(at, _)| goes_back(at)) else {
        return natural.placed(stretched);
    };
    // What has happened stays where it was; the way back begins where it was cancelled.
    let cut = ((at - operation.began) as i128 * i128::from(whole) / i128::from(span)) as Ms;
    let run = work.run(Some(cut));
    let (turn, way) = (run.turn, (run.ends - run.turn).max(1));
    let back = back.unwrap_or(way).max(1);
    run.placed(|offset| if offset < turn { stretched(offset).min(at) } else { at + (offset - turn) * back / way })
}

pub(super) struct Work<'a> {
    stack: &'a Stack,
    pub(super) operation: &'a Operation,
    n: usize,
    pub(super) changes: &'a [Change],
    undone: Vec<Touched>,
}

/// A plan whose instants count from its beginning.
pub(super) struct Run {
    events: Vec<Happening>,
    /// When going forward ends.
    pub(super) turn: Ms,
    pub(super) ends: Ms,
    outcome: &'static str,
    pub(super) touched: Vec<Touched>,
}

impl Run {
    fn placed(mut self, at: impl Fn(Ms) -> Ms) -> Plan {
        for event in &mut self.events {
            event.at = at(event.at);
        }
        self.events.sort_by_key(|event| event.at);
        Plan { ends: at(self.ends), events: self.events, outcome: self.outcome, touched: self.touched }
    }

    pub(super) fn stack(&mut self, at: Ms, status: &'static str, reason: Option<String>) {
        let kind = "AWS::CloudFormation::Stack".to_owned();
        self.events.push(Happening { at, logical: None, kind, status, reason, fresh: false, physical: true });
        self.ends = self.ends.max(at);
        self.outcome = status;
    }

    pub(super) fn resource(
        &mut self,
        at: Ms,
        of: &Touched,
        status: &'static str,
        reason: Option<&str>,
        physical: bool,
    ) {
        self.events.push(Happening {
            at,
            logical: Some(of.logical.clone()),
            kind: of.kind.clone(),
            status,
            reason: reason.map(str::to_owned),
            fresh: of.added || of.replaced,
            physical,
        });
        self.ends = self.ends.max(at);
    }
}

/// A resource on its way.
struct Item<'a> {
    change: &'a Change,
    start: Ms,
    end: Ms,
}

impl Item<'_> {
    fn touched(&self) -> Touched {
        Touched {
            logical: self.change.logical.clone(),
            kind: self.change.kind.clone(),
            added: self.change.action == "Add",
            replaced: self.change.replacement == "True" && self.change.action == "Modify",
        }
    }
}

const USER: &str = "User Initiated";

impl Work<'_> {
    fn run(&self, cut: Option<Ms>) -> Run {
        let mut run = Run { events: Vec::new(), turn: 0, ends: 0, outcome: "", touched: Vec::new() };
        let user = Some(USER.to_owned());
        match self.operation.kind {
            Kind::Create => run.stack(0, "CREATE_IN_PROGRESS", user),
            Kind::Update => run.stack(0, "UPDATE_IN_PROGRESS", user),
            Kind::Delete => {
                run.stack(0, "DELETE_IN_PROGRESS", user);
                let items: Vec<Touched> =
                    self.changes.iter().map(|c| Item { change: c, start: 0, end: 0 }.touched()).collect();
                self.delete(&mut run, items, SECOND);
                let end = run.ends + SECOND;
                run.stack(end, "DELETE_COMPLETE", None);
                run.turn = run.ends;
                return run;
            }
            Kind::Rollback if self.operation.before.is_none() => {
                run.stack(0, "DELETE_IN_PROGRESS", user);
                self.delete(&mut run, self.undone.iter().rev().cloned().collect(), SECOND);
                let end = run.ends + SECOND;
                run.stack(end, "DELETE_COMPLETE", None);
                return run;
            }
            Kind::Rollback | Kind::ContinueRollback => {
                self.back(&mut run, 0, user, self.undone.clone());
                return run;
            }
        }
        self.forward(&mut run, cut);
        run
    }

    fn draw(&self, logical: &str, what: u64) -> u64 {
        noise::mix(noise::of(self.stack.key, &[logical, &self.n.to_string()]), what)
    }

    pub(super) fn lasts(&self, logical: &str, kind: &str, per_cent: Ms) -> Ms {
        noise::duration_ms(self.draw(logical, 1), kinds::duration(kind) * per_cent / 100).max(800)
    }

    /// When each resource is worked on, if nothing comes between.
    fn items(&self) -> Vec<Item<'_>> {
        let template = &self.operation.after.template;
        let mut ends: BTreeMap<&str, Ms> = BTreeMap::new();
        let mut items = Vec::new();
        for change in self.changes.iter().filter(|change| change.action != "Remove") {
            let resource = template.resource(&change.logical).cloned().unwrap_or_default();
            let needs =
                order::references(&resource).into_iter().filter_map(|name| ends.get(name.as_str()).copied()).max();
            let start = needs.unwrap_or(2 * SECOND) + 300 + noise::below(self.draw(&change.logical, 2), 1_200) as Ms;
            let part = if change.action == "Add" || change.replacement == "True" { 100 } else { 60 };
            let end = start + self.lasts(&change.logical, &change.kind, part);
            ends.insert(&change.logical, end);
            items.push(Item { change, start, end });
        }
        items
    }

    fn forward(&self, run: &mut Run, cut: Option<Ms>) {
        let mut items = self.items();
        let mut failing: Option<(usize, Ms, &str)> = None;
        match &self.operation.fate {
            Fate::Good => {}
            Fate::Hangs => {
                if let Some(last) = items.last_mut() {
                    last.end = last.start + 3 * DAY;
                    failing = Some((items.len() - 1, items[items.len() - 1].end, "Exceeded attempts to wait"));
                }
            }
            Fate::Fails { resource, reason } => {
                // What does not change cannot fail: the last of those that do, then.
                let at = items.iter().position(|i| i.change.logical == *resource).or(items.len().checked_sub(1));
                failing = at.map(|at| (at, items[at].end - (items[at].end - items[at].start) / 10, reason.as_str()));
            }
        }
        let natural = failing.map(|(_, at, _)| at);
        let stop = match (natural, cut) {
            (Some(fails), Some(cut)) if fails <= cut => Some(fails),
            (fails, cut) => cut.or(fails),
        };
        let failing = failing.filter(|(_, at, _)| Some(*at) == stop);
        if let (Fate::Fails { reason, .. }, true) = (&self.operation.fate, items.is_empty()) {
            // There is nothing that could fail but the whole.
            run.turn = 2 * SECOND;
            return self.back(run, 2 * SECOND, Some(reason.clone()), Vec::new());
        }
        let mut bad = Vec::new();
        for (n, item) in items.iter().enumerate().filter(|(_, item)| stop.is_none_or(|stop| item.start < stop)) {
            let failed = failing.filter(|(at, ..)| *at == n).map(|(_, at, reason)| (at, reason));
            if self.step(run, item, stop, failed) {
                bad.push(item.change.logical.clone());
            }
            run.touched.push(item.touched());
        }
        let made = self.operation.kind == Kind::Create;
        let end = run.ends.max(stop.unwrap_or(0)) + 700;
        run.turn = end;
        let verb = if made { "create" } else { "update" };
        let failed =
            (!bad.is_empty()).then(|| format!("The following resource(s) failed to {verb}: [{}]. ", bad.join(", ")));
        match stop {
            None => self.clean_up(run, end, made),
            Some(_) if self.operation.keeps && failing.is_some() => {
                run.stack(end, if made { "CREATE_FAILED" } else { "UPDATE_FAILED" }, failed);
            }
            Some(_) if made => {
                let asked =
                    failed.map_or_else(|| USER.to_owned(), |failed| format!("{failed}Rollback requested by user."));
                run.stack(end, "ROLLBACK_IN_PROGRESS", Some(asked));
                let gone = std::mem::take(&mut run.touched).into_iter().rev().collect();
                self.delete(run, gone, end + SECOND);
                let end = run.ends + SECOND;
                run.stack(end, "ROLLBACK_COMPLETE", None);
            }
            Some(_) => {
                let touched = std::mem::take(&mut run.touched);
                let reason = if failing.is_some() { failed } else { Some(USER.to_owned()) };
                self.back(run, end, reason, touched);
            }
        }
    }

    /// One resource going forward; whether it failed.
    fn step(&self, run: &mut Run, item: &Item<'_>, stop: Option<Ms>, failed: Option<(Ms, &str)>) -> bool {
        let of = item.touched();
        let (begins, done, fails, cancelled) = match of.added {
            true => ("CREATE_IN_PROGRESS", "CREATE_COMPLETE", "CREATE_FAILED", "Resource creation cancelled"),
            false => ("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_FAILED", "Resource update cancelled"),
        };
        let new = of
            .replaced
            .then_some("Requested update requires the creation of a new physical resource; hence creating one.");
        run.resource(item.start, &of, begins, new, !of.added);
        let initiated = item.start + ((item.end - item.start) / 8).clamp(200, 4 * SECOND);
        if (of.added || of.replaced) && stop.is_none_or(|stop| initiated < stop) {
            run.resource(initiated, &of, begins, Some("Resource creation Initiated"), true);
        }
        let over = |at: Ms| stop.is_none_or(|stop| at < stop);
        if let Some((at, reason)) = failed {
            run.resource(at, &of, fails, Some(reason), initiated < at);
            return true;
        }
        if over(item.end) {
            run.resource(item.end, &of, done, None, true);
            return false;
        }
        let at = stop.unwrap_or_default() + 150 + noise::below(self.draw(&item.change.logical, 3), 400) as Ms;
        run.resource(at, &of, fails, Some(cancelled), initiated < at || !of.added);
        true
    }
}
