//! What is different between two runs of one pipeline, from what is known of each. An on-call's question is what changed
//! since it last worked, so the run looked at is told by how it differs from the other one.
//!
//! Of a run whose actions were not read nothing is made up: it is neither the same nor different, and took no known time.

use std::collections::HashMap;

use skydeck_domain::{
    Timestamp, Usual,
    compare::{ActionDiff, Commits, Difference, Known, RevisionDiff, Side, StageDiff},
    pipeline::{ActionDef, ActionRun, ActionState, ExecutionDetail, PipelineDetail, Revision, StageMark},
    repository::Commit,
};

use crate::{
    span,
    stages::{StageRunState, stages_of},
};

/// A difference of durations below either of these is none: two runs never take exactly as long.
const LEAST_MS: i64 = 5_000;
const LEAST_PERCENT: i64 = 10;

/// One of the two runs.
#[derive(Clone, Copy)]
pub struct Looked<'a> {
    /// What is known of it.
    pub execution: &'a ExecutionDetail,
    /// Up to when it is known: what is under way took so long by then.
    pub until: Timestamp,
}

impl<'e> Looked<'e> {
    fn is_over(&self) -> bool {
        !matches!(self.execution.status.as_str(), "InProgress" | "Stopping" | "")
    }

    /// Whether what was read of its actions reaches to its end, or to now while it is under way. Not of one that
    /// succeeded, unless it was read after that: what it did since it was read for the last time it did unseen.
    fn is_read_to_its_end(&self) -> bool {
        if self.execution.actions_whole {
            return true;
        }
        let has = |status: &str| self.execution.actions.iter().any(|a| a.state.status.as_deref() == Some(status));
        if self.is_over() {
            !has("InProgress") && (has("Failed") || has("Abandoned")) && self.execution.status != "Succeeded"
        } else {
            !self.execution.actions.is_empty()
        }
    }

    fn runs_of<'a>(&'a self, stage: &'a str, action: &'a str) -> impl Iterator<Item = &'e ActionRun> + 'a {
        self.execution.actions.iter().filter(move |a| a.stage == stage && a.state.def.name == action)
    }

    fn tries(&self, stage: &str, action: &str) -> Option<u32> {
        u32::try_from(self.runs_of(stage, action).count()).ok().filter(|n| *n > 0)
    }

    /// How long a part took, if that is known. What was last seen under way in a run that is over ended unseen.
    fn took(&self, states: &[&ActionState]) -> Option<i64> {
        let started = states.iter().map(|s| s.started_at).min()??;
        let under_way = states.iter().any(|s| s.status.as_deref() == Some("InProgress"));
        if under_way {
            return (!self.is_over()).then(|| span::elapsed_ms(Some(started), None, self.until))?;
        }
        let ends: Option<Vec<Timestamp>> = states.iter().map(|s| s.ended_at.or(s.changed_at)).collect();
        span::elapsed_ms(Some(started), ends?.into_iter().max(), self.until)
    }
}

/// A stage of one run, with its actions by name.
struct Part<'a> {
    side: Side,
    actions: Vec<(&'a ActionDef, Side)>,
}

fn not_run() -> Side {
    Side { known: Known::NotRun, mark: StageMark::None, status: None, duration_ms: None, tries: None }
}

/// The stages and actions of one run, by the structure of now; behind them, what it had and the structure has no more.
fn parts<'a>(detail: &'a PipelineDetail, looked: &Looked<'a>) -> Vec<(&'a str, Part<'a>)> {
    let stages = stages_of(detail, Some(looked.execution));
    let ends_at = ends_at(&stages, looked);
    let last_read = stages.iter().rposition(|s| looked.execution.actions.iter().any(|a| a.stage == s.stage.name));
    // All actions of a run are read at once, so before a stage that was read nothing is missing. A rollback is of one stage.
    let is_whole = |at: usize| {
        let is_before = last_read.is_some_and(|last| at < last || looked.execution.execution_type == "ROLLBACK");
        is_before || ends_at.is_some_and(|end| at >= end)
    };
    let mut parts: Vec<(&str, Part<'a>)> = stages
        .iter()
        .enumerate()
        .map(|(at, stage)| (stage.stage.name.as_str(), part(stage, is_whole(at), looked)))
        .collect();
    for run in &looked.execution.actions {
        let at = parts.iter().position(|(name, _)| *name == run.stage).unwrap_or_else(|| {
            parts.push((&run.stage, Part { side: not_run(), actions: Vec::new() }));
            parts.len() - 1
        });
        let actions = &mut parts[at].1.actions;
        if actions.iter().any(|(def, _)| def.name == run.state.def.name) {
            continue;
        }
        // After a retry the last one counts.
        let state = looked.runs_of(&run.stage, &run.state.def.name).last().map_or(&run.state, |last| &last.state);
        actions.push((&state.def, ran(state, looked, &run.stage)));
    }
    parts
}

/// The stage in which the run ended or is, if that is known: stages are entered in order, so what it has not done there or
/// behind it, it has not done.
fn ends_at(stages: &[StageRunState<'_>], looked: &Looked<'_>) -> Option<usize> {
    let execution = looked.execution;
    let holds = |s: &StageRunState<'_>| s.stage.execution_id.as_deref() == Some(execution.execution_id.as_str());
    let is_known = looked.is_read_to_its_end() || (execution.status != "Succeeded" && stages.iter().any(holds));
    let furthest = stages.iter().rposition(|s| !matches!(s.mark, StageMark::None | StageMark::Off));
    furthest.filter(|_| is_known)
}

/// `is_whole`: nothing of it is missing, so that what is not there did not run.
fn part<'a>(stage: &StageRunState<'a>, is_whole: bool, looked: &Looked<'a>) -> Part<'a> {
    let name = &stage.stage.name;
    let missing = if is_whole { not_run() } else { Side { known: Known::Unread, ..not_run() } };
    let side = |state: Option<&ActionState>| state.map_or_else(|| missing.clone(), |state| ran(state, looked, name));
    let actions: Vec<(&ActionDef, Side)> = stage.actions.iter().map(|a| (a.def, side(a.state))).collect();
    let states: Vec<&ActionState> = stage.actions.iter().filter_map(|a| a.state).collect();
    // All tries of all of its actions; where none were read, what the stage itself still shows.
    let tried: Vec<&ActionState> =
        looked.execution.actions.iter().filter(|a| a.stage == *name).map(|a| &a.state).collect();
    let any = |known| actions.iter().any(|(_, side)| side.known == known);
    let known = match (any(Known::Ran), any(Known::Unread)) {
        (true, _) => Known::Ran,
        (false, true) => Known::Unread,
        (false, false) => Known::NotRun,
    };
    let whole = known == Known::Ran && !any(Known::Unread);
    let duration_ms = looked.took(if tried.is_empty() { &states } else { &tried }).filter(|_| whole);
    let mark = if known == Known::NotRun { StageMark::None } else { stage.mark };
    Part { side: Side { known, mark, status: None, duration_ms, tries: None }, actions }
}

fn ran(state: &ActionState, looked: &Looked<'_>, stage: &str) -> Side {
    Side {
        known: Known::Ran,
        mark: crate::stages::action_mark(&state.def, Some(state)),
        status: state.status.clone(),
        duration_ms: looked.took(&[state]),
        tries: looked.tries(stage, &state.def.name),
    }
}

/// The stages of both runs, in order. `usual` tells what is usual for an action, by the names of its stage and its own.
pub fn stages(
    detail: &PipelineDetail,
    run: &Looked<'_>,
    with: &Looked<'_>,
    usual: &HashMap<(String, String), Usual>,
) -> Vec<StageDiff> {
    let (run, with) = (parts(detail, run), parts(detail, with));
    let mut names: Vec<&str> = run.iter().map(|(name, _)| *name).collect();
    names.extend(with.iter().map(|(name, _)| *name).filter(|name| run.iter().all(|(known, _)| known != name)));
    let of = |parts: &[(&str, Part<'_>)], name: &str| parts.iter().position(|(known, _)| *known == name);
    names
        .into_iter()
        .map(|name| {
            let a = of(&run, name).map(|at| &run[at].1);
            let b = of(&with, name).map(|at| &with[at].1);
            let side = |part: Option<&Part<'_>>| part.map_or_else(not_run, |p| p.side.clone());
            let (left, right) = (side(a), side(b));
            let longer_ms = longer(&left, &right);
            StageDiff {
                name: name.to_owned(),
                longer_ms,
                difference: difference(&left, &right, longer_ms),
                run: left,
                with: right,
                actions: actions(name, a, b, usual),
            }
        })
        .collect()
}

fn actions(
    stage: &str,
    run: Option<&Part<'_>>,
    with: Option<&Part<'_>>,
    usual: &HashMap<(String, String), Usual>,
) -> Vec<ActionDiff> {
    let of = |part: Option<&Part<'_>>, name: &str| {
        let found = part.and_then(|p| p.actions.iter().find(|(def, _)| def.name == name));
        found.map_or_else(not_run, |(_, side)| side.clone())
    };
    let in_run = run.into_iter().flat_map(|p| &p.actions).map(|(def, _)| *def);
    let in_with = with.into_iter().flat_map(|p| &p.actions).map(|(def, _)| *def);
    let known = |name: &str| run.is_some_and(|p| p.actions.iter().any(|(def, _)| def.name == name));
    in_run
        .chain(in_with.filter(|def| !known(&def.name)))
        .map(|def| {
            let (left, right) = (of(run, &def.name), of(with, &def.name));
            let longer_ms = longer(&left, &right);
            ActionDiff {
                name: def.name.clone(),
                category: def.category.clone(),
                provider: def.provider.clone(),
                subject: def.subject.clone(),
                usual: usual.get(&(stage.to_owned(), def.name.clone())).copied(),
                difference: difference(&left, &right, longer_ms),
                longer_ms,
                run: left,
                with: right,
            }
        })
        .collect()
}

fn is_under_way(side: &Side) -> bool {
    matches!(side.mark, StageMark::Running | StageMark::Waiting | StageMark::Stuck | StageMark::Unknown)
}

/// How much longer it took. Of what is under way only that it has taken longer already is known.
fn longer(run: &Side, with: &Side) -> Option<i64> {
    let by = run.duration_ms? - with.duration_ms?;
    let may_grow = (is_under_way(run) && by <= 0) || (is_under_way(with) && by >= 0);
    (!may_grow).then_some(by)
}

fn difference(run: &Side, with: &Side, longer_ms: Option<i64>) -> Difference {
    let unread = |side: &Side| side.known == Known::Unread;
    if unread(run) || unread(with) {
        // A stage that was passed unread still stands otherwise than one that failed.
        let told = |side: &Side| !unread(side) || side.mark != StageMark::None;
        return if told(run) && told(with) && run.mark != with.mark { Difference::State } else { Difference::Unknown };
    }
    if run.mark != with.mark || run.known != with.known {
        return Difference::State;
    }
    match longer_ms {
        Some(by) => of_durations(by, with.duration_ms.unwrap_or_default()),
        None if run.known == Known::NotRun || is_under_way(run) => Difference::None,
        None => Difference::Unknown,
    }
}

/// What a difference of durations amounts to, seen from the duration it is compared with.
pub fn of_durations(longer_ms: i64, with_ms: i64) -> Difference {
    let by = longer_ms.abs();
    match longer_ms {
        _ if by < LEAST_MS || by * 100 < with_ms * LEAST_PERCENT => Difference::None,
        0.. => Difference::Longer,
        _ => Difference::Shorter,
    }
}

/// How long each action usually takes, by stage and name: from those of these executions in which it ended well.
pub fn usual_of_actions(executions: &[ExecutionDetail]) -> HashMap<(String, String), Usual> {
    let mut took: HashMap<(String, String), Vec<i64>> = HashMap::new();
    for execution in executions.iter().filter(|e| e.execution_type != "ROLLBACK") {
        for run in execution.actions.iter().filter(|a| a.state.status.as_deref() == Some("Succeeded")) {
            let (Some(started), Some(ended)) = (run.state.started_at, run.state.ended_at) else { continue };
            let ms = span::elapsed_ms(Some(started), Some(ended), ended).unwrap_or_default();
            took.entry((run.stage.clone(), run.state.def.name.clone())).or_default().push(ms);
        }
    }
    took.into_iter().filter_map(|(of, ms)| Some((of, Usual::of(ms)?))).collect()
}

/// What each source brought to both runs. `commits` are those that are known of a source's repository.
pub fn revisions<'c>(
    run: &[Revision],
    with: &[Revision],
    commits: impl Fn(&Revision) -> &'c [Commit],
) -> Vec<RevisionDiff> {
    let of = |revisions: &[Revision], source: &str| revisions.iter().find(|r| r.source == source).cloned();
    let mut sources: Vec<&str> = run.iter().chain(with).map(|r| r.source.as_str()).collect();
    let mut seen = std::collections::HashSet::new();
    sources.retain(|source| seen.insert(*source));
    sources
        .into_iter()
        .map(|source| {
            let (a, b) = (of(run, source), of(with, source));
            let both = a.as_ref().zip(b.as_ref()).filter(|(a, b)| a.id != b.id);
            RevisionDiff {
                source: source.to_owned(),
                same: a.as_ref().map(|r| &r.id) == b.as_ref().map(|r| &r.id),
                between_url: both.and_then(|(a, b)| between_url(a, b)),
                commits: both.and_then(|(a, b)| between(commits(a), &a.id, &b.id)),
                run: a,
                with: b,
            }
        })
        .collect()
}

/// The commits between two, by first parents; none unless the whole way from one to the other is known.
fn between(commits: &[Commit], run: &str, with: &str) -> Option<Commits> {
    let way = |from: &str, to: &str| {
        let mut found: Vec<Commit> = Vec::new();
        let mut at = from;
        while at != to {
            let commit = commits.iter().find(|c| c.id == at).filter(|_| found.len() < commits.len())?;
            found.push(commit.clone());
            at = commit.parent.as_deref()?;
        }
        Some(found)
    };
    let added = way(run, with).map(|commits| Commits { added: true, commits });
    added.or_else(|| way(with, run).map(|commits| Commits { added: false, commits }))
}

/// The page of GitHub or GitLab that shows what lies between two commits, told by their own pages; for a connection, which
/// leads there by the AWS console, by the repository that it names.
fn between_url(run: &Revision, with: &Revision) -> Option<String> {
    let is_commit = |id: &str| (7..=64).contains(&id.len()) && id.chars().all(|c| c.is_ascii_hexdigit());
    let (from, to) = (with.id.as_str(), run.id.as_str());
    if !is_commit(from) || !is_commit(to) {
        return None;
    }
    let page = |r: &Revision| r.url.as_deref().and_then(|url| url.strip_suffix(r.id.as_str())).map(str::to_owned);
    let pages = page(run).zip(page(with)).filter(|(a, b)| a == b);
    if let Some(repository) = pages.as_ref().and_then(|(a, _)| a.strip_suffix("/commit/")) {
        return Some(format!("{repository}/compare/{from}...{to}"));
    }
    let repository = |r: &Revision| {
        let (_, rest) = r.url.as_deref()?.split_once("FullRepositoryId=")?;
        Some(rest.split('&').next().unwrap_or_default().replace("%2F", "/"))
    };
    let is_name = |name: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        name.split('/').count() == 2 && name.chars().all(fits) && name.split('/').all(|part| !part.is_empty())
    };
    let name = repository(run).filter(|name| repository(with).as_ref() == Some(name) && is_name(name))?;
    let on_github = [run, with].iter().all(|r| r.provider.as_deref() == Some("GitHub"));
    on_github.then(|| format!("https://github.com/{name}/compare/{from}...{to}"))
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
