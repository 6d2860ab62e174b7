//! A resource as a row of the database and back: its columns, its hash, its searched words.

use sha2::{Digest, Sha256};
use skydeck_domain::{Aspect, Health, Resource, Scope};
use sqlx::{Row, sqlite::SqliteRow};

use super::need;
use crate::{
    Standing, State,
    time::instant,
    word::{from_json, known},
};

/// What a resource is read from, as `r` joined with `s`.
pub(super) const COLUMNS: &str = "r.id, r.arn, r.kind, r.service, r.name, r.profile, r.account, r.region, r.status, \
    r.health, r.aspect, r.reason, r.since, s.read_at, r.tags, r.detail";

/// The same with where it is read from, for a condition on `r` to follow.
pub(super) const SELECT: &str = "SELECT r.id, r.arn, r.kind, r.service, r.name, r.profile, r.account, r.region, \
    r.status, r.health, r.aspect, r.reason, r.since, s.read_at, r.tags, r.detail \
    FROM resources r JOIN seen s ON s.row = r.row WHERE ";

/// The most characters of a row that are searched; a hostile name of 1 MB is not.
const MOST_WORDS: usize = 2000;

/// A row that was selected as [`COLUMNS`].
pub(super) fn resource(row: &SqliteRow) -> sqlx::Result<Resource> {
    let state = state(row)?;
    Ok(Resource {
        id: row.try_get("id")?,
        arn: row.try_get("arn")?,
        kind: row.try_get("kind")?,
        service: row.try_get("service")?,
        name: row.try_get("name")?,
        profile: row.try_get("profile")?,
        account: row.try_get("account")?,
        region: row.try_get("region")?,
        status: state.status,
        health: state.health,
        aspect: state.aspect,
        reason: state.reason,
        since: row.try_get::<Option<i64>, _>("since")?.map(instant),
        read_at: instant(row.try_get("read_at")?),
        tags: from_json(row.try_get("tags")?)?,
        detail: from_json(row.try_get("detail")?)?,
    })
}

/// How a row stands that was selected with `name, profile, region, need, since, read_at`.
pub(super) fn standing(row: &SqliteRow) -> sqlx::Result<Standing> {
    let number: i64 = row.try_get("need")?;
    let (health, aspect) = known(&number.to_string(), need::of(number))?;
    Ok(Standing {
        name: row.try_get("name")?,
        scope: Scope { profile: row.try_get("profile")?, region: row.try_get("region")? },
        health,
        aspect,
        since: row.try_get::<Option<i64>, _>("since")?.map(instant),
        read_at: instant(row.try_get("read_at")?),
    })
}

/// The state in a row that was selected with `status, health, aspect, reason`.
pub(super) fn state(row: &SqliteRow) -> sqlx::Result<State> {
    let health: &str = row.try_get("health")?;
    let aspect: Option<&str> = row.try_get("aspect")?;
    Ok(State {
        status: row.try_get("status")?,
        health: known(health, Health::from_word(health))?,
        aspect: aspect.map(|word| known(word, Aspect::from_word(word))).transpose()?,
        reason: row.try_get("reason")?,
    })
}

/// Hash of everything but the state, which is compared word by word, and `read_at`.
pub(super) fn hash(row: &Resource) -> sqlx::Result<Vec<u8>> {
    let content = (
        (&row.arn, &row.kind, &row.service, &row.name, &row.profile, &row.account, &row.region),
        (row.since.map(crate::time::micros), &row.tags, &row.detail),
    );
    let mut hash = Sha256::new();
    serde_json::to_writer(&mut hash, &content).map_err(|e| sqlx::Error::Encode(e.into()))?;
    let mut bytes = hash.finalize().to_vec();
    bytes.truncate(16);
    Ok(bytes)
}

/// What a row is found by: name, the ARN's own part, account, status, reason, tags. Not the detail: a hit that the row does
/// not show could not be understood.
pub(super) fn words(row: &Resource) -> String {
    let arn = row.arn.as_deref().map(own_part).filter(|part| *part != row.name);
    let parts = [Some(row.name.as_str()), arn, Some(&row.account), Some(&row.status), row.reason.as_deref()];
    let tags = row.tags.iter().flat_map(|(key, value)| [key.as_str(), value.as_str()]);
    let mut words = String::new();
    for part in parts.into_iter().flatten().chain(tags) {
        if !words.is_empty() {
            words.push('\n');
        }
        words.extend(part.chars().take(MOST_WORDS));
    }
    match words.char_indices().nth(MOST_WORDS) {
        Some((end, _)) => words[..end].to_owned(),
        None => words,
    }
}

/// What follows the account in an ARN. The rest is the same in thousands of rows and would only swell the index.
fn own_part(arn: &str) -> &str {
    arn.splitn(6, ':').nth(5).unwrap_or(arn)
}
