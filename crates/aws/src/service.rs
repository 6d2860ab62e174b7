//! What a service is to Skydeck: one file that says what it reads (collect), what can be done (verbs) and what both need
//! (spec). The engine knows services only through this trait and the ordered list [`crate::services::ALL`].
//!
//! Deliberately not here: scheduling, guards, the ledger. A service neither decides when it is read nor whether an action
//! may run; it reads what it is asked for and makes the one call it is told to make.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use skydeck_domain::{
    ActionRecord, Clock, ConfirmLevel, Detail, Link, Plan, PlannedCall, Resource, Run, Target, Verb, VerbOptions,
    action::Current, log::LogTail, pipeline::RunActions, stack::KeptTemplate,
};

use crate::{AwsError, session::Caller};

/// The five practices the services belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Practice {
    CiCd,
    Microservices,
    InfrastructureAsCode,
    Monitoring,
    Security,
}

/// Whether a service is still offered by AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// Open to everyone.
    Active,
    /// Works for those who have it.
    ClosedToNew,
    /// Ended, with its successor.
    Retired {
        /// Day, ISO 8601.
        on: &'static str,
        /// What to use instead.
        successor: &'static str,
    },
}

/// One API operation that Skydeck calls.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Operation {
    /// Name in AWS's model, such as `ListPipelines`.
    pub name: &'static str,
    /// IAM action it needs, such as `codepipeline:ListPipelines`.
    pub permission: &'static str,
    /// Whether it changes anything. A reading client refuses these.
    pub mutates: bool,
    /// Published rate in calls per second and its burst, where AWS publishes one; else the default budget applies.
    pub rate: Option<(f64, f64)>,
}

/// What is true of a service as a whole.
#[derive(Debug)]
pub struct Spec {
    /// Id, such as `codepipeline`: first part of its kinds.
    pub id: &'static str,
    /// AWS's name, such as `CodePipeline`.
    pub title: &'static str,
    /// Endpoint prefix, as in botocore's `endpoints.json`, for the table of Regions.
    pub endpoint_prefix: &'static str,
    /// Practice.
    pub practice: Practice,
    /// Whether AWS still offers it.
    pub life: Life,
    /// Whether it is read once per account instead of once per Region.
    pub global: bool,
    /// Every operation it calls.
    pub operations: &'static [Operation],
    /// Kinds it fills.
    pub kinds: &'static [&'static str],
    /// The kind whose rows are read one by one, each at its own pace, if there is one.
    pub items: Option<&'static str>,
    /// How often an idle source is asked for changes, and for everything.
    pub pace: Pace,
}

/// How often a source is read while nothing moves.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Whether each item is read by itself also while nothing moves. Not where the list tells all of what rests.
    pub items_at_rest: bool,
    /// Between two asks for changes ([`Ask::Changes`]).
    pub changes: Duration,
    /// Between two full reads ([`Ask::All`]).
    pub all: Duration,
}

/// What a collector is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Everything; ends with [`Sink::complete`] for each kind that was read whole and without error.
    All,
    /// What can be told cheaply: the list, not each thing.
    Changes,
    /// These items (names) of [`Spec::items`], live.
    Items(Vec<String>),
}

/// Takes what a collector reads, as it reads it. All methods may wait for the disk.
#[async_trait]
pub trait Sink: Send + Sync {
    /// Rows that were read. Content decides whether they changed.
    async fn rows(&self, rows: Vec<Resource>);
    /// The kind was read whole and without error: rows of this source and kind that are not in `seen` (ids) are gone.
    async fn complete(&self, kind: &'static str, seen: Vec<String>);
    /// A direct read said that these (ids) are not there any more.
    async fn gone(&self, ids: Vec<String>);
    /// Runs, finished or not; finished ones are kept for good.
    async fn runs(&self, runs: Vec<Run>);
    /// What a row points at; replaces what it pointed at before.
    async fn links(&self, from: &str, links: Vec<Link>);
    /// A call failed while others go on: the read ends `partial`.
    async fn problem(&self, error: AwsError);
    /// The row as last read, whatever its age.
    async fn known(&self, id: &str) -> Option<Resource>;
    /// Hands over all rows of a kind in this scope (profile and Region) as last read, of this or another service, one by
    /// one: there may be ten thousand, and of each little is wanted.
    async fn each_known(&self, kind: &str, take: &mut (dyn FnMut(Resource) + Send));
    /// The newest finished or running run kept of a thing, by its ARN.
    async fn last_run(&self, of_arn: &str) -> Option<Run>;
    /// What only the detail of a row shows, as JSON under a name of the kind's own; the row is there already.
    async fn part(&self, id: &str, part: &'static str, body: serde_json::Value);
    /// A part of a row as last read.
    async fn known_part(&self, id: &str, part: &'static str) -> Option<serde_json::Value>;
    /// A template that a stack has now, exactly: kept for good, if it is another than the last one.
    async fn template(&self, kept: KeptTemplate, text: String);
    /// The text of a template kept earlier.
    async fn known_template(&self, digest: &str) -> Option<String>;
}

impl dyn Sink + '_ {
    /// What `pick` keeps of each row of a kind in this scope as last read. A row whose detail does not fit (written by
    /// another version) is passed over.
    pub async fn gather<D: Detail, T: Send>(&self, mut pick: impl FnMut(Resource, D) -> T + Send) -> Vec<T> {
        let mut gathered = Vec::new();
        let mut take = |row: Resource| {
            if let Some(detail) = row.detail() {
                gathered.push(pick(row, detail));
            }
        };
        self.each_known(D::KIND, &mut take).await;
        gathered
    }
}

/// What a collector, a plan or a follower reads through: one profile's credentials, one Region, one service's budget.
#[derive(Clone)]
pub struct ReadCtx {
    /// Profile, account, Region, and the paced, counted, time-limited way to make a call.
    pub caller: Caller,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// What makes one mutating call. Made only from an action that is in the ledger (`Session::actor`).
#[derive(Clone)]
pub struct ActCtx {
    /// As in [`ReadCtx`], but with a client that may mutate and that never re-sends.
    pub caller: Caller,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The ledger record this call belongs to; its id is the idempotency token.
    pub record: ActionRecord,
}

/// A verb as data: what can be said of it before anything is read.
#[derive(Debug)]
pub struct VerbSpec {
    /// The CLI's word.
    pub id: &'static str,
    /// Operation it calls.
    pub operation: &'static str,
    /// Kind of the row it is offered on.
    pub kind: &'static str,
    /// Level of confirmation in an open profile; a protected one always wants its name typed.
    pub confirm: ConfirmLevel,
    /// Whether a target must be chosen (`--to`).
    pub has_targets: bool,
    /// Whether it goes back.
    pub is_undo: bool,
    /// Whether it ends what another action on the same thing has begun, and so runs beside one that AWS has accepted.
    pub interrupts: bool,
    /// The verb that undoes it, or why there is none.
    pub undo: Undo,
    /// Options it takes, by their CLI names (`mode`, `abandon`, `comment`, `revision`, `variable`, `skip`, `drift-aware`).
    pub options: &'static [&'static str],
}

/// What undoes a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undo {
    /// This verb.
    By(&'static str),
    /// Nothing, and why.
    None(&'static str),
}

/// What a verb acts on: an ARN, or a part of one in AWS's own form (`<pipeline ARN>/<stage>[/<action>]`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// The id as given: ARN form, without the profile.
    pub id: String,
    /// Name of the thing the ARN names (a pipeline).
    pub name: String,
    /// Parts under it (stage, action), as given.
    pub parts: Vec<String>,
}

/// The request of an action: which verb, on what, to what, how.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    /// Verb id.
    pub verb: String,
    /// What it acts on.
    pub subject: Subject,
    /// Chosen target.
    pub target: Option<String>,
    /// Options.
    pub options: VerbOptions,
    /// What the ledger kept of the thing's templates, newest first, for a verb that goes back to one.
    pub templates: Vec<KeptTemplate>,
    /// The text of the chosen one.
    pub template: Option<String>,
}

/// A service's part of a [`Plan`], read live. The engine adds account, protection, locks, marks and checks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// What happens, in one sentence.
    pub effect: String,
    /// What serves now.
    pub current: Option<Current>,
    /// Targets, valid ones first; marks are filled in by the engine.
    pub targets: Vec<Target>,
    /// The calls, for the chosen target, else for the first valid one.
    pub calls: Vec<PlannedCall>,
    /// What is not undone.
    pub not_undone: Vec<String>,
    /// Why it cannot run now, or none.
    pub blocked: Option<String>,
    /// What would be lost for good: said in red, and the name of what is lost is to be typed, whatever the profile.
    pub danger: Option<Danger>,
    /// What the fingerprint is made of, besides the account: current revision, status, structure version … in order.
    pub state: Vec<String>,
    /// ARN of the thing whose history tells the usual duration.
    pub of_arn: String,
}

/// What an action would lose for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Danger {
    /// What, in one sentence.
    pub what: String,
    /// The name to type.
    pub name: String,
}

/// What AWS answered to the one mutating call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// `codepipeline:RollbackStage`.
    pub operation: String,
    /// AWS's request id.
    pub request_id: Option<String>,
    /// What it started, to follow it by: a new execution id.
    pub follow_id: Option<String>,
}

/// How far a followed action is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Under way, in words (`Deploy › DeployService`).
    Running(String),
    /// It ended well.
    Succeeded(String),
    /// It ended badly.
    Failed(String),
}

/// What reading found out about an action whose answer was lost or whose process died.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It ran; this is what to follow.
    Ran(Receipt),
    /// It certainly did not run.
    DidNotRun(String),
    /// It cannot be told.
    CannotTell(String),
}

/// One AWS service. Stateless: everything it needs comes in.
#[async_trait]
pub trait Service: Send + Sync {
    /// What is true of it as a whole.
    fn spec(&self) -> &'static Spec;

    /// Its verbs as data.
    fn verbs(&self) -> &'static [VerbSpec] {
        &[]
    }

    /// The verbs that a row has, as far as the cache tells. Pure.
    fn offers(&self, row: &Resource) -> Vec<Verb> {
        let _ = row;
        Vec::new()
    }

    /// Reads what is asked for into the sink. An error ends the read; a call that fails while others go on is told by
    /// [`Sink::problem`] instead.
    async fn collect(&self, ctx: &ReadCtx, ask: Ask, sink: &dyn Sink) -> Result<(), AwsError>;

    /// Whether a verb goes back to a template that the ledger kept.
    fn goes_by_templates(&self, verb: &str) -> bool {
        let _ = verb;
        false
    }

    /// Reads live what a verb would do. A missing permission for *planning* is a blocked draft, not an error.
    async fn plan(&self, ctx: &ReadCtx, request: &Request) -> Result<Draft, AwsError> {
        Err(ctx.caller.no_such_verb(&request.verb))
    }

    /// Makes the one mutating call. Never sends twice.
    async fn call(&self, ctx: &ActCtx, request: &Request, plan: &Plan) -> Result<Receipt, AwsError> {
        let _ = plan;
        Err(ctx.caller.no_such_verb(&request.verb))
    }

    /// Reads how far an accepted action is.
    async fn follow(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Progress, AwsError> {
        Err(ctx.caller.no_such_verb(&record.verb))
    }

    /// Finds out by reading whether an action ran whose answer is not known.
    async fn find_out(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Found, AwsError> {
        Err(ctx.caller.no_such_verb(&record.verb))
    }

    /// The end of the log of a row that has one (a build).
    async fn log_tail(&self, ctx: &ReadCtx, row: &Resource, lines: u32) -> Result<Option<LogTail>, AwsError> {
        let _ = (ctx, row, lines);
        Ok(None)
    }

    /// The actions of one run of a row that has runs (a pipeline), all of them. Whether it had ended by then the caller
    /// knows.
    async fn run_actions(&self, ctx: &ReadCtx, row: &Resource, execution: &str) -> Result<RunActions, AwsError> {
        let _ = (ctx, row, execution);
        Ok(RunActions::default())
    }
}
