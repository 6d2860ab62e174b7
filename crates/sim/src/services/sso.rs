//! The SSO portal: what a signed-in person may use, and short-lived credentials of it. Signing in itself (SSO-OIDC) is
//! not simulated; a test or the demo signs in by `Accounts::sign_in`.

use chrono::TimeDelta;
use serde_json::{Map, Value, json};

use crate::service::{ApiError, Request, Service};
use crate::world::{SsoToken, World, noise, page};

pub(super) struct Sso;

/// How long the portal's credentials live, as a permission set has it unless told otherwise.
const SESSION: TimeDelta = TimeDelta::hours(1);

/// Elements a page where none is asked for.
const PAGE: usize = 100;

impl Service<World> for Sso {
    fn id(&self) -> &'static str {
        "portal.sso"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["GetRoleCredentials", "ListAccountRoles", "ListAccounts"]
    }

    fn call(&self, world: &mut World, request: &Request<'_>) -> Result<Value, ApiError> {
        let token = signed_in(world, request.input)?;
        match request.operation {
            "GetRoleCredentials" => get_role_credentials(world, request.input, &token),
            "ListAccountRoles" => list_account_roles(world, request.input, &token),
            _ => list_accounts(world, request.input, &token),
        }
    }
}

fn signed_in(world: &mut World, input: &Map<String, Value>) -> Result<SsoToken, ApiError> {
    let now = world.now();
    let token = world.accounts.sso_tokens.get(text(input, "accessToken")).filter(|token| token.expires_at > now);
    token.cloned().ok_or_else(|| ApiError::client("UnauthorizedException", "Session token not found or invalid"))
}

/// Roles of an account that the portal offers, by name.
fn roles(world: &World, account: &str, token: &SsoToken) -> Vec<String> {
    let offered = world.accounts.by_id.get(account).map(|account| account.sso_roles.as_slice()).unwrap_or_default();
    let mut names: Vec<String> =
        offered.iter().filter(|role| role.start_url == token.start_url).map(|role| role.name.clone()).collect();
    names.sort_unstable();
    names
}

fn get_role_credentials(world: &mut World, input: &Map<String, Value>, token: &SsoToken) -> Result<Value, ApiError> {
    let (account, role) = (text(input, "accountId"), text(input, "roleName"));
    let no_access = || ApiError { code: "ForbiddenException".to_owned(), message: "No access".to_owned(), status: 403 };
    if !roles(world, account, token).iter().any(|name| name == role) {
        return Err(no_access());
    }
    let suffix = noise::hex(noise::of(world.seed, &["permission-set", account, role]), 16);
    let (seed, now) = (world.seed, world.now());
    let session = world
        .accounts
        .open_session(seed, account, &format!("AWSReservedSSO_{role}_{suffix}"), "demo@example.com", now, SESSION)
        .ok_or_else(no_access)?;
    Ok(json!({"roleCredentials": {
        "accessKeyId": session.access_key_id,
        "secretAccessKey": session.secret_access_key,
        "sessionToken": session.session_token,
        "expiration": session.expires_at.timestamp_millis(),
    }}))
}

fn list_account_roles(world: &World, input: &Map<String, Value>, token: &SsoToken) -> Result<Value, ApiError> {
    let account = text(input, "accountId");
    let names = roles(world, account, token);
    if names.is_empty() {
        return Err(ApiError { code: "ForbiddenException".to_owned(), message: "No access".to_owned(), status: 403 });
    }
    let (names, next) = one_page(world.seed, &["ListAccountRoles", account], input, names)?;
    let roles: Vec<Value> = names.iter().map(|name| json!({"roleName": name, "accountId": account})).collect();
    Ok(json!({"roleList": roles, "nextToken": next}))
}

fn list_accounts(world: &World, input: &Map<String, Value>, token: &SsoToken) -> Result<Value, ApiError> {
    let ids = world.accounts.by_id.keys().filter(|id| !roles(world, id, token).is_empty()).cloned().collect();
    let (ids, next) = one_page(world.seed, &["ListAccounts"], input, ids)?;
    let accounts: Vec<Value> = ids
        .iter()
        .map(|id| &world.accounts.by_id[id])
        .map(|account| json!({"accountId": account.id, "accountName": account.name, "emailAddress": account.email}))
        .collect();
    Ok(json!({"accountList": accounts, "nextToken": next}))
}

/// The keys (in order) from where the token goes on, and the next token.
fn one_page(
    seed: u64,
    scope: &[&str],
    input: &Map<String, Value>,
    mut keys: Vec<String>,
) -> Result<(Vec<String>, Option<String>), ApiError> {
    if let Some(token) = input.get("nextToken").and_then(Value::as_str) {
        let after = page::key(seed, scope, token)
            .ok_or_else(|| ApiError::client("InvalidRequestException", "The next token is not valid"))?;
        keys.retain(|key| *key > after);
    }
    let wanted = input.get("maxResults").and_then(Value::as_u64).map_or(PAGE, |wanted| wanted as usize);
    let more = keys.len() > wanted;
    keys.truncate(wanted);
    let next = keys.last().filter(|_| more).map(|last| page::token(seed, scope, last));
    Ok((keys, next))
}

fn text<'a>(input: &'a Map<String, Value>, name: &str) -> &'a str {
    input.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::clock::SimClock;
    use crate::world::SsoRole;

    const PORTAL: &str = "https://demo.example.com/start";

    fn world() -> (World, String) {
        let clock = SimClock::standing(DateTime::from_timestamp(1_795_335_302, 0).expect("a time"));
        let mut world = World::empty(clock, 1);
        for (id, name) in [("111122223333", "dev"), ("444455556666", "staging"), ("777788889999", "prod")] {
            let account = world.accounts.add(1, id, name, "eu-west-1");
            for role in ["Operator", "Observer"] {
                account.sso_roles.push(SsoRole { start_url: PORTAL.to_owned(), name: role.to_owned() });
            }
        }
        let now = world.now();
        let token = world.accounts.sign_in(1, PORTAL, now, TimeDelta::hours(8));
        (world, token.access_token)
    }

    fn call(world: &mut World, operation: &str, input: Value) -> Result<Value, ApiError> {
        let (account, region, access_key_id, caller_arn, user_id) = ("", "", "", "", "");
        let input = input.as_object().expect("an object");
        Sso.call(world, &Request { account, region, access_key_id, caller_arn, user_id, operation, input, behind: 0 })
    }

    #[test]
    fn a_role_that_is_offered_gives_credentials_of_its_account() {
        let (mut world, token) = world();
        let input = json!({"accessToken": token, "accountId": "444455556666", "roleName": "Observer"});
        let output = call(&mut world, "GetRoleCredentials", input).expect("is allowed");
        let key = output["roleCredentials"]["accessKeyId"].as_str().expect("a key");
        let now = world.now();
        let caller = world.accounts.caller(key, now).expect("is known");
        assert_eq!(caller.account, "444455556666");
        assert!(caller.arn.contains("assumed-role/AWSReservedSSO_Observer_"), "{}", caller.arn);
        assert_eq!(output["roleCredentials"]["expiration"], (now + SESSION).timestamp_millis());
    }

    #[test]
    fn tokens_that_ended_or_never_were_are_unauthorized() {
        let (mut world, token) = world();
        world.clock.advance(TimeDelta::hours(8));
        for token in [token.as_str(), "made up"] {
            let error = call(&mut world, "ListAccounts", json!({"accessToken": token})).expect_err("is refused");
            assert_eq!(error.code, "UnauthorizedException");
        }
    }

    #[test]
    fn roles_that_are_not_offered_are_forbidden() {
        let (mut world, token) = world();
        let input = json!({"accessToken": token, "accountId": "444455556666", "roleName": "Admin"});
        assert_eq!(call(&mut world, "GetRoleCredentials", input).expect_err("is refused").code, "ForbiddenException");
    }

    #[test]
    fn accounts_and_roles_come_in_pages() {
        let (mut world, token) = world();
        let (mut input, mut names, mut pages) = (json!({"accessToken": token, "maxResults": 2}), Vec::new(), 0);
        loop {
            let output = call(&mut world, "ListAccounts", input.clone()).expect("a page");
            pages += 1;
            names.extend(output["accountList"].as_array().expect("a list").iter().map(|a| a["accountName"].clone()));
            if output["nextToken"].is_null() {
                break;
            }
            input["nextToken"] = output["nextToken"].clone();
        }
        assert_eq!((pages, names), (2, vec![json!("dev"), json!("staging"), json!("prod")]));
        input["nextToken"] = json!("made up");
        assert_eq!(call(&mut world, "ListAccounts", input).expect_err("is refused").code, "InvalidRequestException");
    }
}
