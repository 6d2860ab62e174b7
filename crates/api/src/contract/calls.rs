//! The list of calls. One line a call: name, parameters, answer, tags it provides (reads) or changes (writes).
//! From it come the dispatcher, the TypeScript and the tests over the list.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// No parameters, or no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Nothing {}

/// Ids of rows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Ids {
    /// Row ids.
    pub ids: Vec<String>,
}

/// One row id.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Id {
    /// Row id.
    pub id: String,
}

/// A call as declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallDecl {
    /// Name.
    pub name: &'static str,
    /// Tags whose data it answers with; `{id}` stands for the parameter of that name.
    pub provides: &'static [&'static str],
    /// Whether it changes anything (here or in AWS).
    pub writes: bool,
}

/// Hands every declared call, one after the other, to the macro named.
#[macro_export]
macro_rules! for_each_call {
    ($with:ident) => {
        $with! {
            /// What a front needs to start.
            boot(Nothing) -> settings::Boot, provides ["settings"];
            /// The board.
            board(board::BoardParams) -> board::Board, provides ["board", "sources", "profiles", "locks"];
            /// A page of one group of the board.
            board_rows(board::GroupParams) -> board::GroupRows, provides ["board", "sources", "profiles", "locks"];
            /// A list of rows of any kind.
            rows(list::RowsParams) -> list::Rows, provides ["rows", "sources", "profiles"];
            /// Search over every row.
            search(list::SearchParams) -> list::Rows, provides ["rows"];
            /// One pipeline, with the run looked at.
            pipeline(pipeline::PipelineParams) -> pipeline::PipelineView, provides ["row:{id}", "log:{id}", "profiles", "locks", "marks", "sources"];
            /// One build.
            build(Id) -> pipeline::BuildView, provides ["row:{id}", "log:{id}", "profiles", "sources"];
            /// One stack, with the operation looked at.
            stack(stack::StackParams) -> stack::StackView, provides ["row:{id}", "rows", "profiles", "locks", "marks", "sources"];
            /// One stack set.
            stack_set(Id) -> stack::StackSetView, provides ["row:{id}", "rows", "profiles", "sources"];
            /// The text of a kept template.
            template(stack::TemplateParams) -> stack::TemplateView, provides [];
            /// How two kept templates differ.
            template_diff(stack::TemplateDiffParams) -> stack::TemplateDiffView, provides [];
            /// Two runs of one pipeline beside each other.
            compare(compare::CompareParams) -> compare::Comparison, provides ["row:{id}", "runs:{id}", "marks", "sources"];
            /// A row as it is kept in the cache.
            raw(Id) -> compare::RawRow, provides ["row:{id}"];
            /// What turned since an instant and still is so.
            news(attention::NewsParams) -> attention::NewsList, provides ["rows", "profiles"];
            /// The profiles.
            profiles(Nothing) -> profiles::Profiles, provides ["profiles"];
            /// Changes what is kept about a profile.
            set_profile(profiles::ProfilePatch) -> profiles::Profiles, writes;
            /// Chooses the profiles shown.
            show(profiles::ShowParams) -> profiles::Profiles, writes;
            /// Freshness and budget.
            sources(Nothing) -> profiles::Sources, provides ["sources", "meters"];
            /// Asks for a read now: of these rows and sources, or of everything shown if none is named.
            refresh(profiles::RefreshParams) -> Nothing, writes;
            /// Says which rows are on screen, so that they are read first.
            watching(Ids) -> Nothing, writes;
            /// What an action would do, read live.
            plan(verbs::PlanParams) -> skydeck_domain::Plan, provides [];
            /// Acts: answers once the call is accepted or refused, and goes on following.
            act(verbs::ActParams) -> verbs::ActionView, writes;
            /// One action.
            action(verbs::ActionParams) -> verbs::ActionView, provides ["action:{action}"];
            /// The ledger.
            ledger(verbs::LedgerParams) -> verbs::LedgerPage, provides ["ledger", "locks"];
            /// Marks a version good or bad.
            mark(verbs::MarkParams) -> Nothing, writes;
            /// Locks a thing or an environment.
            lock(verbs::LockParams) -> Nothing, writes;
            /// Takes a lock away.
            unlock(verbs::LockParams) -> Nothing, writes;
            /// Changes settings: what is named, and nothing else.
            set_settings(settings::SettingsPatch) -> Nothing, writes;
            /// The user's decisions as a file.
            export_settings(Nothing) -> settings::SettingsFile, provides ["settings", "profiles", "marks", "locks"];
            /// Takes such a file over, or tells what it would change.
            import_settings(settings::ImportParams) -> settings::Import, writes;
            /// Sets settings back.
            reset_settings(settings::ResetParams) -> Nothing, writes;
            /// Ends the first start of a home: shows these profiles, and reads AWS from now on.
            welcome(profiles::ShowParams) -> profiles::Profiles, writes;
            /// What went wrong, as it may be handed on.
            report(report::ReportParams) -> report::Report, provides [];
        }
    };
}
