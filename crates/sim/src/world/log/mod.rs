//! The log of a build: made when it is read, from the build alone, so twelve weeks of logs cost nothing until then.
//! A line's instant lies in its phase; a reader sees those up to the present. What a trade prints is in `script`.

mod script;

use super::{
    line::Line,
    noise,
    project::{Build, BuildFate, PHASES, Project, Trade, Trouble},
    time::{Ms, instant},
};

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When it was written.
    pub at: Ms,
    /// Text, with the line end that CodeBuild writes.
    pub text: String,
}

/// What CodeBuild says of the command that failed.
pub fn error_message(trade: Trade, trouble: Trouble) -> String {
    let command = script::command(trade, trouble);
    format!("Error while executing command: {command}. Reason: exit status 1")
}

/// The log of a build as it stands at `now`, oldest first.
pub fn lines(project: &Project, build: &Build, line: Option<&Line>, extra: &[String], now: Ms) -> Vec<LogLine> {
    let until = now.min(build.ends());
    let mut out = Vec::new();
    for (phase, start, end) in build.schedule() {
        if start > until {
            break;
        }
        let failed = build.bad_phase() == Some(phase) && matches!(build.fate, BuildFate::Bad(_));
        let texts = phase_texts(project, build, line, extra, phase, failed);
        let step = (end - start).max(1) as f64 / (texts.len() as f64 + 1.0);
        for (n, text) in texts.into_iter().enumerate() {
            let at = start + (step * (n as f64 + 0.5)) as Ms;
            if at <= until {
                out.push(LogLine { at, text: stamped(at, text) });
            }
        }
    }
    if build.stopped.is_some_and(|s| s <= until) {
        out.push(LogLine { at: until, text: container(until, "Build was stopped by a user request") });
    }
    out
}

/// A text of the container agent carries the time, those of commands do not.
fn stamped(at: Ms, text: Text) -> String {
    match text {
        Text::Agent(words) => container(at, &words),
        Text::Output(words) => format!("{words}\n"),
    }
}

fn container(at: Ms, words: &str) -> String {
    format!("[Container] {} {words}\n", instant(at).format("%Y/%m/%d %H:%M:%S%.6f"))
}

/// Who wrote a line.
#[derive(Debug, Clone)]
pub(super) enum Text {
    /// CodeBuild's agent.
    Agent(String),
    /// A command.
    Output(String),
}

fn phase_texts(
    project: &Project,
    build: &Build,
    line: Option<&Line>,
    extra: &[String],
    phase: usize,
    failed: bool,
) -> Vec<Text> {
    let agent = |words: &str| Text::Agent(words.to_owned());
    let name = PHASES[phase];
    match name {
        "SUBMITTED" | "QUEUED" | "FINALIZING" => return Vec::new(),
        "PROVISIONING" => return vec![agent("Running on CodeBuild On-demand"), agent("Waiting for agent ping")],
        "DOWNLOAD_SOURCE" => {
            return vec![
                agent("Waiting for DOWNLOAD_SOURCE"),
                agent("Phase is DOWNLOAD_SOURCE"),
                Text::Agent(format!("CODEBUILD_SRC_DIR=/codebuild/output/src{}/src", build.id.key() % 1_000_000_000)),
                agent("YAML location is /codebuild/readonly/buildspec.yml"),
                agent("Processing environment variables"),
                agent("Moving to directory /codebuild/output/src"),
                agent("Phase complete: DOWNLOAD_SOURCE State: SUCCEEDED"),
            ];
        }
        "UPLOAD_ARTIFACTS" => {
            return vec![
                agent("Phase complete: UPLOAD_ARTIFACTS State: SUCCEEDED"),
                agent("Phase context status code:  Message: "),
            ];
        }
        _ => {}
    }
    let commit = build.commit.and_then(|c| line?.commits.get(c as usize));
    let words = script::Words {
        project: &project.name,
        commit: commit.map_or("unknown", |c| c.id.as_str()),
        draw: noise::mix(build.id.key(), 17),
    };
    let mut out = vec![Text::Agent(format!("Entering phase {name}"))];
    out.extend(script::output(project.trade, phase, failed.then_some(build.fate), &words));
    if phase == 6 {
        out.extend(extra.iter().map(|e| Text::Output(e.clone())));
    }
    if failed {
        if let BuildFate::Bad(trouble) = build.fate {
            let command = script::command(project.trade, trouble);
            out.push(Text::Agent(format!("Command did not exit successfully {command} exit status 1")));
            out.push(Text::Agent(format!("Phase complete: {name} State: FAILED")));
            out.push(Text::Agent(format!(
                "Phase context status code: COMMAND_EXECUTION_ERROR Message: {}",
                error_message(project.trade, trouble)
            )));
        }
    } else {
        out.push(Text::Agent(format!("Phase complete: {name} State: SUCCEEDED")));
        out.push(agent("Phase context status code:  Message: "));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{id::Uuid, project::Initiator};

    fn sample(trade: Trade, fate: BuildFate) -> (Project, Build) {
        let project = Project {
            name: "checkout-api-build".to_owned(),
            key: 1,
            trade,
            by_pipeline: true,
            line: 0,
            created: 0,
            median: 200_000,
            builds: Vec::new(),
            fail_next: false,
        };
        let build = Build {
            id: Uuid::draw(1, 1),
            project: 0,
            number: 1,
            started: 1_000_000,
            lasts: 200_000,
            fate,
            stopped: None,
            commit: None,
            by: Initiator::Pipeline(crate::world::pipeline::PipelineRef { place: 0, index: 0 }),
        };
        (project, build)
    }

    #[test]
    fn a_log_grows_with_time_and_what_was_read_stays_as_it_was() {
        let (project, build) = sample(Trade::Node, BuildFate::Good);
        let all = lines(&project, &build, None, &[], build.ends());
        let mut seen = 0;
        for step in 0..=40 {
            let part = lines(&project, &build, None, &[], build.started + step * 5_000);
            assert!(part.len() >= seen);
            assert_eq!(part[..], all[..part.len()]);
            seen = part.len();
        }
        assert_eq!(seen, all.len());
        assert!(all.len() > 100, "{}", all.len());
        assert!(all.windows(2).all(|w| w[0].at <= w[1].at));
    }

    #[test]
    fn every_kind_of_failure_shows_in_its_log() {
        let kinds = [
            (Trade::Node, Trouble::Compile, "error TS"),
            (Trade::Node, Trouble::UnitTest, "FAIL"),
            (Trade::Node, Trouble::Dependency, "npm error"),
            (Trade::Gradle, Trouble::Compile, "e: file"),
            (Trade::Gradle, Trouble::UnitTest, "FAILED"),
            (Trade::Gradle, Trouble::Dependency, "Could not resolve"),
            (Trade::Python, Trouble::UnitTest, "AssertionError"),
            (Trade::Python, Trouble::Dependency, "ERROR: No matching distribution"),
            (Trade::Templates, Trouble::Template, "E3012"),
            (Trade::Smoke, Trouble::Smoke, "expected 200, received 500"),
        ];
        for (trade, trouble, shown) in kinds {
            let (project, build) = sample(trade, BuildFate::Bad(trouble));
            let all = lines(&project, &build, None, &[], build.ends());
            assert!(all.iter().any(|l| l.text.contains(shown)), "{trade:?} {trouble:?}");
            let error = error_message(trade, trouble);
            assert!(all.iter().any(|l| l.text.contains("COMMAND_EXECUTION_ERROR") && l.text.contains(&error)));
        }
    }
}
