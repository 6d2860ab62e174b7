//! One build: its phases, the end of its log, why it failed.

use skydeck_domain::{Health, build::BuildDetail};
use skydeck_insight::{BuildEvidence, build_cause};

use super::{row::lock_subjects, verbs::offered};
use crate::{
    contract::{ApiError, Code, calls::Id, pipeline::BuildView},
    host::Host,
    links,
};

impl Host {
    /// One build. Asking for it asks for its log, too.
    pub async fn build(&self, params: Id) -> Result<BuildView, ApiError> {
        let row = self.row(&params.id).await?;
        let seen = self.seen_around(&row).await?;
        let detail: BuildDetail = row.detail().ok_or_else(|| {
            let what = format!(
                "`{}` is a {}, not a build, or was written by another version. Read it again.",
                row.name, row.kind
            );
            ApiError::new(Code::Invalid, what)
        })?;
        let profile = self.profile_of(&row, &seen)?;
        if detail.log_stream.is_some() {
            self.engine.want_log(&row.id);
        }
        let log = self.engine.log_tail(&row.id);
        let mut cause = build_cause(&BuildEvidence { id: &row.id, detail: &detail, log: log.as_ref() });
        if let Some(cause) = &mut cause {
            cause.title = format!("{}: {}", detail.project, cause.title);
            if log.is_none() && detail.log_stream.is_some() {
                cause.log_note = Some("The log is being read.".to_owned());
            }
        }
        let locks = self.engine.ledger().locks(seen.now).await?;
        let lock = self.engine.ledger().lock_on(&lock_subjects(&row, Some(&profile)), seen.now).await?;
        let usual = match project_arn(row.arn.as_deref(), &detail.project) {
            Some(arn) => self.engine.usual(&arn).await,
            None => None,
        };
        let mut shown = row.clone();
        if seen.is_stale(&row) && row.health == Health::Running {
            shown.health = Health::Unknown;
        }
        Ok(BuildView {
            verbs: offered(&row, &profile, seen.source_of(&row), lock.as_ref(), &locks),
            source: seen.source_of(&row).cloned(),
            console_url: links::build(&row.region, &row.account, &detail.project, &detail.build_id),
            row: shown,
            profile,
            log,
            cause,
            usual,
            now: seen.now,
        })
    }
}

/// The ARN of a build's project: `…:build/<project>:<uuid>` → `…:project/<project>`.
pub(crate) fn project_arn(build_arn: Option<&str>, project: &str) -> Option<String> {
    let (front, _) = build_arn?.split_once(":build/")?;
    Some(format!("{front}:project/{project}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_of_a_build() {
        let arn = "arn:aws:codebuild:eu-west-1:111122223333:build/web-build:5f0a";
        let project = "arn:aws:codebuild:eu-west-1:111122223333:project/web-build";
        assert_eq!(project_arn(Some(arn), "web-build").as_deref(), Some(project));
        assert_eq!(project_arn(Some("arn:aws:x"), "web-build"), None);
        assert_eq!(project_arn(None, "web-build"), None);
    }
}
