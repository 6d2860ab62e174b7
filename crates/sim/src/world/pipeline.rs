//! Pipelines and their executions, as records. How they move is `engine`'s; how they look to a caller `services`'.

use std::{collections::BTreeMap, sync::Arc};

use super::{id::Uuid, structure::Structure, time::Ms};

/// Where a pipeline is in the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PipelineRef {
    /// Position of its place (account × Region).
    pub place: u32,
    /// Position there.
    pub index: u32,
}

/// What waits for what when several executions meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A newer waiting execution replaces an older one.
    Superseded,
    /// First in, first out.
    Queued,
    /// Nobody waits.
    Parallel,
}

impl Mode {
    /// AWS's word.
    pub fn word(self) -> &'static str {
        match self {
            Mode::Superseded => "SUPERSEDED",
            Mode::Queued => "QUEUED",
            Mode::Parallel => "PARALLEL",
        }
    }
}

/// A pipeline with its whole history.
#[derive(Debug)]
pub struct Pipeline {
    /// Name.
    pub name: String,
    /// Number its ids are drawn from.
    pub key: u64,
    /// Whether it is of type V2 (else V1).
    pub v2: bool,
    /// What waits for what.
    pub mode: Mode,
    /// When it was made.
    pub created: Ms,
    /// Structures it had, oldest first; never empty.
    pub versions: Vec<Version>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// Stages as they stand, in the order of the current structure.
    pub stages: Vec<StageNow>,
    /// All executions, oldest first; an execution's number is its position.
    pub executions: Vec<Execution>,
    /// Execution that each `clientRequestToken` started.
    pub started_by_token: BTreeMap<String, u32>,
    /// What its surroundings do by themselves.
    pub habits: Habits,
}

/// A structure and since when it was in force.
#[derive(Debug, Clone)]
pub struct Version {
    /// 1, 2, 3 …
    pub number: u32,
    /// Since when.
    pub at: Ms,
    /// The structure.
    pub structure: Arc<Structure>,
}

/// What happens around a pipeline without anyone calling an API.
#[derive(Debug, Clone, Default)]
pub struct Habits {
    /// Line of commits that its sources follow.
    pub line: u32,
    /// Whether a push to that line starts it.
    pub starts_on_push: bool,
    /// What follows a success.
    pub promotes: Option<Promotion>,
    /// How often in a thousand somebody answers an approval within the hour.
    pub approved: u32,
    /// Whether somebody sometimes retries or rolls back what failed.
    pub tended: bool,
    /// Whether nothing fails here without a commit's fault.
    pub steady: bool,
}

/// A success here starts that pipeline with the same commit, as an operator would.
#[derive(Debug, Clone)]
pub struct Promotion {
    /// Pipeline of the next account.
    pub to: PipelineRef,
    /// How often in a thousand.
    pub per_mille: u32,
    /// Median wait.
    pub after: Ms,
}

/// A stage as it stands.
#[derive(Debug, Clone, Default)]
pub struct StageNow {
    /// Why and by whom the transition into it was last changed; none: never.
    pub transition: Option<Transition>,
    /// Execution that holds it (never in PARALLEL).
    pub holder: Option<u32>,
    /// Executions waiting to enter, in the order they will.
    pub inbound: Vec<u32>,
    /// Execution that entered it last.
    pub latest: Option<u32>,
    /// Latest run of each action, as (execution, run).
    pub actions: Vec<Option<(u32, u16)>>,
}

impl StageNow {
    /// Whether executions may enter.
    pub fn open(&self) -> bool {
        self.transition.as_ref().is_none_or(|t| t.reason.is_none())
    }
}

/// A transition that was disabled or enabled by somebody.
#[derive(Debug, Clone)]
pub struct Transition {
    /// Why it is disabled; none: enabled.
    pub reason: Option<String>,
    /// ARN of who changed it.
    pub by: String,
    /// When.
    pub at: Ms,
}

/// AWS's word for how an execution stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Under way or waiting.
    InProgress,
    /// Every stage passed.
    Succeeded,
    /// A stage failed.
    Failed,
    /// Stopped by hand.
    Stopped,
    /// Being stopped: running actions are awaited.
    Stopping,
    /// Replaced while it waited.
    Superseded,
    /// Of an action only: given up when its execution was stopped.
    Abandoned,
}

impl Status {
    /// AWS's word.
    pub fn word(self) -> &'static str {
        match self {
            Status::InProgress => "InProgress",
            Status::Succeeded => "Succeeded",
            Status::Failed => "Failed",
            Status::Stopped => "Stopped",
            Status::Stopping => "Stopping",
            Status::Superseded => "Superseded",
            Status::Abandoned => "Abandoned",
        }
    }
}

/// Where an execution is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// Waiting to enter that stage.
    Before(u8),
    /// In that stage.
    In(u8),
    /// Over, having last been in that stage.
    Over(u8),
}

/// What a source action brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision {
    /// Source action, by its position in the first stage.
    pub source: u8,
    /// Line of commits.
    pub line: u32,
    /// Commit of that line.
    pub commit: u32,
}

/// Why an execution started.
#[derive(Debug, Clone)]
pub struct Trigger {
    /// AWS's word.
    pub kind: &'static str,
    /// Detail: an ARN of a caller, a connection, a rule.
    pub detail: Arc<str>,
}

/// One execution.
#[derive(Debug, Clone)]
pub struct Execution {
    /// Id.
    pub id: Uuid,
    /// Structure it runs on.
    pub version: u32,
    /// How it stands.
    pub status: Status,
    /// Where it is.
    pub position: Position,
    /// Start.
    pub started: Ms,
    /// Last change.
    pub updated: Ms,
    /// Why it started.
    pub trigger: Trigger,
    /// What it ships, once its sources have run.
    pub revisions: Vec<Revision>,
    /// Execution it goes back to, if it is a rollback.
    pub rollback_of: Option<Uuid>,
    /// What was given at its start or stop, where anything was.
    pub given: Option<Box<Given>>,
    /// Runs of its actions, in the order of their starts.
    pub runs: Vec<ActionRun>,
    /// First run of the current pass through its stage (a retry of all actions begins a new pass).
    pub pass: u16,
}

/// What a caller gave when starting or stopping an execution.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Variables.
    pub variables: BTreeMap<String, String>,
    /// Revision of each source action by name: type and value.
    pub revisions: BTreeMap<String, (String, String)>,
    /// Reason of the stop.
    pub stop_reason: Option<String>,
}

/// What becomes of an action, decided when it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It ends well.
    Good,
    /// It fails.
    Bad,
    /// It is not done before its time-out.
    Hangs,
}

/// One run of one action.
#[derive(Debug, Clone)]
pub struct ActionRun {
    /// Stage, by position.
    pub stage: u8,
    /// Action, by position in the stage.
    pub action: u8,
    /// How it stands.
    pub status: Status,
    /// What becomes of it.
    pub fate: Fate,
    /// Start.
    pub started: Ms,
    /// End; while it runs, when it will end.
    pub ends: Ms,
    /// Build it runs, by position in its place.
    pub build: Option<u32>,
    /// Who answered an approval, and the summary given.
    pub answer: Option<Box<Answer>>,
}

/// Somebody's answer to an approval.
#[derive(Debug, Clone)]
pub struct Answer {
    /// ARN of who gave it.
    pub by: String,
    /// Summary.
    pub summary: String,
}

impl Execution {
    /// Whether it is a rollback.
    pub fn rollback(&self) -> bool {
        self.rollback_of.is_some()
    }

    /// Whether it is over.
    pub fn over(&self) -> bool {
        matches!(self.position, Position::Over(_))
    }

    /// Id of one of its runs.
    pub fn run_id(&self, run: usize) -> Uuid {
        self.id.part(run as u64 + 1)
    }

    /// Token of an approval that is one of its runs.
    pub fn approval_token(&self, run: usize) -> Uuid {
        self.id.part(run as u64 + 1_000_001)
    }

    /// Latest run of an action.
    pub fn latest_run(&self, stage: usize, action: usize) -> Option<(usize, &ActionRun)> {
        self.runs
            .iter()
            .enumerate()
            .rev()
            .find(|(_, r)| usize::from(r.stage) == stage && usize::from(r.action) == action)
    }

    /// How it stands in a stage, once it has entered it.
    pub fn in_stage(&self, structure: &Structure, stage: usize) -> Option<Status> {
        let here = match self.position {
            Position::In(s) => usize::from(s) == stage,
            _ => false,
        };
        let actions = structure.stages.get(stage)?.actions.len();
        let mut done = 0;
        let mut worst = None;
        for run in (0..actions).filter_map(|a| self.latest_run(stage, a)) {
            match run.1.status {
                Status::Succeeded => done += 1,
                Status::InProgress => worst = worst.or(Some(Status::InProgress)),
                Status::Abandoned => worst = Some(Status::Stopped),
                other => worst = Some(other),
            }
        }
        match (here, worst) {
            (true, _) if self.status == Status::Stopping => Some(Status::Stopping),
            (true, _) => Some(Status::InProgress),
            (false, Some(status)) => Some(status),
            (false, None) if done == 0 => None,
            (false, None) if done == actions => Some(Status::Succeeded),
            (false, None) => Some(Status::Stopped),
        }
    }
}

impl Pipeline {
    /// The structure in force.
    pub fn structure(&self) -> &Arc<Structure> {
        &self.versions[self.versions.len() - 1].structure
    }

    /// Number of the structure in force.
    pub fn version(&self) -> u32 {
        self.versions[self.versions.len() - 1].number
    }

    /// When the structure last changed.
    pub fn updated(&self) -> Ms {
        self.versions[self.versions.len() - 1].at
    }

    /// The structure an execution ran on.
    pub fn structure_of(&self, execution: &Execution) -> &Arc<Structure> {
        self.versions.iter().find(|v| v.number == execution.version).map_or(self.structure(), |v| &v.structure)
    }

    /// Number of the execution with that id.
    pub fn find(&self, id: &str) -> Option<u32> {
        let id = Uuid::parse(id)?;
        self.executions.iter().rposition(|e| e.id == id).map(|n| n as u32)
    }

    /// Executions that run or wait.
    pub fn active(&self) -> impl Iterator<Item = &Execution> {
        self.executions.iter().rev().filter(|e| !e.over())
    }

    /// Remembers that a run of an action is its latest.
    pub fn note_run(&mut self, execution: u32, run: u16) {
        let r = &self.executions[execution as usize].runs[usize::from(run)];
        let (stage, action) = (usize::from(r.stage), usize::from(r.action));
        if let Some(slot) = self.stages.get_mut(stage).and_then(|s| s.actions.get_mut(action)) {
            *slot = Some((execution, run));
        }
    }
}
