//! From what a person gave (row id, ARN, or a part of one) to what is acted on: row, profile, service, part.

use skydeck_aws::service::{Service, Subject, VerbSpec};
use skydeck_domain::Resource;

use super::PlanRequest;
use crate::{Engine, error::ActError};

/// What a request names.
#[derive(Clone)]
pub(crate) struct Found {
    /// The row that is named, or of which a part is named.
    pub row: Resource,
    /// The id in ARN form, with the part.
    pub subject: Subject,
    /// Its service.
    pub service: &'static dyn Service,
    /// The verb.
    pub verb: &'static VerbSpec,
}

impl Engine {
    /// Finds what a request names, in the cache.
    pub(crate) async fn find(&self, request: &PlanRequest) -> Result<Found, ActError> {
        let (row, id) = self.find_row(&request.id, request.profile.as_deref()).await?;
        let service = skydeck_aws::services::by_id(&row.service)
            .ok_or_else(|| ActError::Invalid(format!("`{}` is of a service that has no verbs.", request.id)))?;
        let verb = service.verbs().iter().find(|v| v.id == request.verb && v.kind == row.kind);
        // A part has the verbs of its row; an approval is both a row of its own and a part of its pipeline.
        let verb = verb.or_else(|| service.verbs().iter().find(|v| v.id == request.verb));
        let Some(verb) = verb else {
            let mut verbs: Vec<&str> = service.verbs().iter().map(|v| v.id).collect();
            verbs.dedup();
            let has = if verbs.is_empty() { "It has none".to_owned() } else { format!("Verbs: {}", verbs.join(", ")) };
            return Err(ActError::Invalid(format!("`{}` has no verb `{}`. {has}.", row.kind, request.verb)));
        };
        let unknown = given_options(request).into_iter().find(|o| !verb.options.contains(o));
        if let Some(option) = unknown {
            return Err(ActError::Invalid(format!("`{}` takes no option `{option}`.", verb.id)));
        }
        Ok(Found { subject: subject_of(&id, &row), row, service, verb })
    }

    /// The row that an id or ARN names, or of which it names a part, and the ARN form of what was named.
    pub async fn find_row(&self, given: &str, profile: Option<&str>) -> Result<(Resource, String), ActError> {
        let (front, arn) = split_profile(given);
        let not_found = || ActError::NotFound { id: given.to_owned() };
        if let Some(row) = self.cache().get(given).await? {
            let id = row.arn.clone().unwrap_or_else(|| given.to_owned());
            return Ok((row, id));
        }
        let arn = arn.ok_or_else(not_found)?;
        let profile = profile.or(front);
        // The longest part of the ARN that is a row: `…:web/Deploy/Smoke`, then `…:web/Deploy`, then `…:web`.
        let mut candidate = arn;
        loop {
            let mut rows = self.cache().by_arn(candidate).await?;
            if let Some(profile) = profile {
                rows.retain(|r| r.profile == profile);
            }
            if rows.len() > 1 {
                let mut profiles: Vec<String> = rows.iter().map(|r| r.profile.clone()).collect();
                profiles.sort();
                profiles.dedup();
                if profiles.len() > 1 {
                    return Err(ActError::Ambiguous { id: given.to_owned(), profiles });
                }
            }
            if let Some(row) = rows.into_iter().next() {
                return Ok((row, arn.to_owned()));
            }
            match candidate.rsplit_once('/') {
                Some((shorter, _)) if shorter.starts_with("arn:") => candidate = shorter,
                _ => return Err(not_found()),
            }
        }
    }
}

/// Splits `<profile>/arn:…` into both; what has no ARN in it is a row id alone.
fn split_profile(given: &str) -> (Option<&str>, Option<&str>) {
    if given.starts_with("arn:") {
        return (None, Some(given));
    }
    match given.find("/arn:") {
        Some(at) => (Some(&given[..at]), Some(&given[at + 1..])),
        None => (None, None),
    }
}

/// The subject: name and parts as they stand in the ARN behind its fifth colon.
fn subject_of(id: &str, row: &Resource) -> Subject {
    let row_arn = row.arn.as_deref().unwrap_or(&row.id);
    let resource = id.splitn(6, ':').nth(5).unwrap_or(id);
    if let Some(rest) = id.strip_prefix(row_arn)
        && let Some(rest) = rest.strip_prefix('/')
    {
        return Subject {
            id: id.to_owned(),
            name: row.name.clone(),
            parts: rest.split('/').map(str::to_owned).collect(),
        };
    }
    let mut parts = resource.split('/').map(str::to_owned);
    let first = parts.next().unwrap_or_default();
    // An approval's own ARN is a part of its pipeline's.
    if row.arn.as_deref() == Some(id) && row.kind == "codepipeline.approval" {
        return Subject { id: id.to_owned(), name: first, parts: parts.collect() };
    }
    Subject { id: id.to_owned(), name: row.name.clone(), parts: Vec::new() }
}

/// The options that were given, by their CLI names.
fn given_options(request: &PlanRequest) -> Vec<&'static str> {
    let o = &request.options;
    [
        ("mode", o.mode.is_some()),
        ("abandon", o.abandon.is_some()),
        ("comment", o.comment.is_some()),
        ("revision", !o.revisions.is_empty()),
        ("variable", !o.variables.is_empty()),
        ("skip", !o.skip.is_empty()),
        ("drift-aware", o.drift_aware.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, given)| given.then_some(name))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_may_carry_the_profile() {
        assert_eq!(
            split_profile("prod/arn:aws:codepipeline:eu-west-1:1:web/Deploy"),
            (Some("prod"), Some("arn:aws:codepipeline:eu-west-1:1:web/Deploy"))
        );
        assert_eq!(split_profile("arn:aws:x"), (None, Some("arn:aws:x")));
        assert_eq!(split_profile("a/b/arn:aws:x"), (Some("a/b"), Some("arn:aws:x")));
        assert_eq!(split_profile("web"), (None, None));
    }
}
