//! CodeBuild's projects and builds. A build is a short record; its phases follow from it and the time, so a build goes on
//! without an event of its own. Its log is `log`'s.

use super::{
    id::Uuid,
    noise,
    pipeline::PipelineRef,
    time::{MINUTE, Ms},
};

/// What a project builds, which decides its commands, its log and how it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trade {
    /// A service or site in TypeScript.
    Node,
    /// A service in Kotlin, by Gradle.
    Gradle,
    /// A worker in Python.
    Python,
    /// Templates of CloudFormation.
    Templates,
    /// Calls against what was deployed.
    Smoke,
}

/// Why a build fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The compiler refuses.
    Compile,
    /// A unit test fails.
    UnitTest,
    /// A package cannot be fetched.
    Dependency,
    /// A call against the deployed thing answers wrongly.
    Smoke,
    /// A template is refused.
    Template,
}

impl Trade {
    /// Build image.
    pub fn image(self) -> &'static str {
        match self {
            Trade::Gradle => "aws/codebuild/amazonlinux-x86_64-standard:corretto21",
            _ => "aws/codebuild/amazonlinux-x86_64-standard:5.0",
        }
    }

    /// Kind of failure that a draw picks.
    pub fn trouble(self, draw: u64) -> Trouble {
        match (self, draw % 8) {
            (Trade::Smoke, _) => Trouble::Smoke,
            (Trade::Templates, _) => Trouble::Template,
            (_, 0) => Trouble::Dependency,
            (Trade::Node | Trade::Gradle, 1..=3) => Trouble::Compile,
            _ => Trouble::UnitTest,
        }
    }
}

/// A project.
#[derive(Debug)]
pub struct Project {
    /// Name.
    pub name: String,
    /// Number its ids are drawn from.
    pub key: u64,
    /// What it builds.
    pub trade: Trade,
    /// Whether CodePipeline hands it its source (else the line's repository).
    pub by_pipeline: bool,
    /// Line of commits it builds.
    pub line: u32,
    /// When it was made.
    pub created: Ms,
    /// Median duration of a good build.
    pub median: Ms,
    /// Its builds, oldest first, by position in the place.
    pub builds: Vec<u32>,
    /// Whether the next build is to fail (a test's wish).
    pub fail_next: bool,
}

/// Minutes until a build times out.
pub const TIMEOUT_MINUTES: i64 = 60;

/// What becomes of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuildFate {
    /// It succeeds.
    Good,
    /// It fails in phase BUILD (dependencies: INSTALL).
    Bad(Trouble),
    /// It hangs in phase BUILD until it times out.
    Hangs,
}

/// Who started a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Initiator {
    /// A pipeline, which may be another account's.
    Pipeline(PipelineRef),
    /// A caller, as the last part of an ARN.
    Caller(Box<str>),
}

/// One build.
#[derive(Debug, Clone)]
pub struct Build {
    /// The part of its id after the colon.
    pub id: Uuid,
    /// Project, by position in the place.
    pub project: u32,
    /// Number within the project.
    pub number: u32,
    /// Start.
    pub started: Ms,
    /// How long it takes if it is left alone.
    pub lasts: Ms,
    /// What becomes of it.
    pub fate: BuildFate,
    /// When it was stopped by hand.
    pub stopped: Option<Ms>,
    /// Commit it builds, where its line has it.
    pub commit: Option<u32>,
    /// Who started it.
    pub by: Initiator,
}

/// AWS's phases in order.
pub const PHASES: [&str; 10] = [
    "SUBMITTED",
    "QUEUED",
    "PROVISIONING",
    "DOWNLOAD_SOURCE",
    "INSTALL",
    "PRE_BUILD",
    "BUILD",
    "POST_BUILD",
    "UPLOAD_ARTIFACTS",
    "FINALIZING",
];

/// Share of each phase of the whole, in thousandths.
const SHARES: [i64; 10] = [2, 8, 60, 30, 180, 70, 520, 80, 30, 20];

/// A phase as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phase {
    /// AWS's name.
    pub name: &'static str,
    /// AWS's status; none while it runs, and of COMPLETED.
    pub status: Option<&'static str>,
    /// Start.
    pub start: Ms,
    /// End; none while it runs.
    pub end: Option<Ms>,
}

impl Project {
    /// A build of it that starts at `at`: its fate by `bad` or the test's wish, its duration by chance.
    pub fn plan(&mut self, place_builds: usize, at: Ms, bad: bool, commit: Option<u32>, by: Initiator) -> Build {
        let number = self.builds.len() as u32 + 1;
        let id = Uuid::draw(self.key, u64::from(number));
        let bad = std::mem::take(&mut self.fail_next) || bad;
        let fate = if bad { BuildFate::Bad(self.trade.trouble(noise::mix(id.key(), 5))) } else { BuildFate::Good };
        let whole = noise::duration_ms(id.key(), self.median);
        let lasts = if bad { whole * 8 / 10 } else { whole };
        self.builds.push(place_builds as u32);
        Build { id, project: 0, number, started: at, lasts, fate, stopped: None, commit, by }
    }
}

impl Build {
    /// When it ends if nobody stops it any more.
    pub fn ends(&self) -> Ms {
        let left_alone = match self.fate {
            BuildFate::Hangs => self.started + TIMEOUT_MINUTES * MINUTE,
            _ => self.started + self.lasts,
        };
        self.stopped.map_or(left_alone, |s| s.min(left_alone))
    }

    /// AWS's status at `now`.
    pub fn status(&self, now: Ms) -> &'static str {
        if now < self.ends() {
            return "IN_PROGRESS";
        }
        match (self.stopped, self.fate) {
            (Some(_), _) => "STOPPED",
            (None, BuildFate::Good) => "SUCCEEDED",
            (None, BuildFate::Bad(_)) => "FAILED",
            (None, BuildFate::Hangs) => "TIMED_OUT",
        }
    }

    /// Position of the phase in which it fails or hangs.
    pub fn bad_phase(&self) -> Option<usize> {
        match self.fate {
            BuildFate::Good => None,
            BuildFate::Bad(Trouble::Dependency) => Some(4),
            BuildFate::Bad(_) | BuildFate::Hangs => Some(6),
        }
    }

    /// When each phase starts, if nobody stops it; phases it skips are absent.
    pub fn schedule(&self) -> Vec<(usize, Ms, Ms)> {
        let mut at = self.started;
        let mut out = Vec::with_capacity(PHASES.len());
        let end = self.started + self.lasts;
        let bad = self.bad_phase();
        for (i, share) in SHARES.iter().enumerate() {
            // What comes after a bad install is skipped, as CodeBuild does; after a bad build POST_BUILD still runs.
            if bad.is_some_and(|b| b < 6 && i > b && i < 9) {
                continue;
            }
            let mut to = (at + self.lasts * share / 1000).min(end);
            if self.fate == BuildFate::Hangs && i == 6 {
                to = self.ends();
            }
            if i == 9 {
                to = self.ends_alone();
            }
            out.push((i, at, to.max(at)));
            at = to.max(at);
            if self.fate == BuildFate::Hangs && i == 6 {
                break;
            }
        }
        out
    }

    fn ends_alone(&self) -> Ms {
        match self.fate {
            BuildFate::Hangs => self.started + TIMEOUT_MINUTES * MINUTE,
            _ => self.started + self.lasts,
        }
    }

    /// Its phases as they stand at `now`, COMPLETED among them once it is over.
    pub fn phases(&self, now: Ms) -> Vec<Phase> {
        let end = self.ends();
        let horizon = now.min(end);
        let bad = self.bad_phase();
        let mut out = Vec::new();
        for (i, start, to) in self.schedule() {
            if start > horizon || (start == horizon && start > self.started) {
                break;
            }
            let cut_short = self.stopped.is_some() && to > end && now >= end;
            let phase = if cut_short {
                Phase { name: PHASES[i], status: Some("STOPPED"), start, end: Some(end) }
            } else if to <= horizon {
                let status = match (bad == Some(i), self.fate) {
                    (true, BuildFate::Hangs) => "TIMED_OUT",
                    (true, _) => "FAILED",
                    (false, _) => "SUCCEEDED",
                };
                Phase { name: PHASES[i], status: Some(status), start, end: Some(to) }
            } else {
                Phase { name: PHASES[i], status: None, start, end: None }
            };
            out.push(phase);
        }
        if now >= end {
            out.push(Phase { name: "COMPLETED", status: None, start: end, end: None });
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(fate: BuildFate) -> Build {
        Build {
            id: Uuid::draw(1, 1),
            project: 0,
            number: 1,
            started: 1_000_000,
            lasts: 200_000,
            fate,
            stopped: None,
            commit: None,
            by: Initiator::Pipeline(PipelineRef { place: 0, index: 0 }),
        }
    }

    #[test]
    fn a_good_build_passes_every_phase_and_completes() {
        let b = build(BuildFate::Good);
        let phases = b.phases(b.ends());
        assert_eq!(phases.len(), 11);
        assert!(phases[..10].iter().all(|p| p.status == Some("SUCCEEDED")));
        assert_eq!(phases[10].name, "COMPLETED");
        assert_eq!(b.status(b.ends()), "SUCCEEDED");
        assert!(phases.windows(2).all(|w| w[0].end.is_none_or(|e| e <= w[1].start)));
    }

    #[test]
    fn half_way_the_current_phase_has_no_status() {
        let b = build(BuildFate::Good);
        let phases = b.phases(b.started + 100_000);
        assert_eq!(phases.last().map(|p| (p.name, p.status)), Some(("BUILD", None)));
        assert_eq!(b.status(b.started + 100_000), "IN_PROGRESS");
    }

    #[test]
    fn a_bad_build_fails_in_build_and_still_runs_post_build() {
        let b = build(BuildFate::Bad(Trouble::UnitTest));
        let phases = b.phases(b.ends());
        assert_eq!(phases[6], Phase { status: Some("FAILED"), ..phases[6] });
        assert_eq!(phases[7].name, "POST_BUILD");
    }

    #[test]
    fn a_missing_package_fails_in_install_and_skips_the_rest() {
        let b = build(BuildFate::Bad(Trouble::Dependency));
        let names: Vec<_> = b.phases(b.ends()).iter().map(|p| p.name).collect();
        assert_eq!(names[4..], ["INSTALL", "FINALIZING", "COMPLETED"]);
    }

    #[test]
    fn a_stopped_build_ends_in_the_phase_it_was_in() {
        let b = Build { stopped: Some(1_100_000), ..build(BuildFate::Good) };
        let phases = b.phases(1_200_000);
        assert_eq!(phases[phases.len() - 2].status, Some("STOPPED"));
        assert_eq!(phases[phases.len() - 2].name, "BUILD");
        assert_eq!(b.status(1_200_000), "STOPPED");
    }

    #[test]
    fn a_hanging_build_times_out() {
        let b = build(BuildFate::Hangs);
        assert_eq!(b.status(b.started + 59 * MINUTE), "IN_PROGRESS");
        assert_eq!(b.status(b.started + 60 * MINUTE), "TIMED_OUT");
    }
}
