//! STS: who is calling, and sessions of roles in any account of the world. Trust policies, external ids and MFA codes are
//! not judged: the simulated IAM allows everything that faults do not deny.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use crate::service::{ApiError, Request, Service};
use crate::world::{Session, World};

pub(super) struct Sts;

impl Service<World> for Sts {
    fn id(&self) -> &'static str {
        "sts"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["AssumeRole", "AssumeRoleWithWebIdentity", "GetCallerIdentity"]
    }

    fn call(&self, world: &mut World, request: &Request<'_>) -> Result<Value, ApiError> {
        match request.operation {
            "AssumeRole" => assume_role(world, request),
            "AssumeRoleWithWebIdentity" => assume_role_with_web_identity(world, request),
            _ => Ok(json!({"UserId": request.user_id, "Account": request.account, "Arn": request.caller_arn})),
        }
    }
}

fn assume_role(world: &mut World, request: &Request<'_>) -> Result<Value, ApiError> {
    let session = open(world, request).ok_or_else(|| ApiError {
        code: "AccessDenied".to_owned(),
        message: format!(
            "User: {} is not authorized to perform: sts:AssumeRole on resource: {}",
            request.caller_arn,
            text(request.input, "RoleArn")
        ),
        status: 403,
    })?;
    Ok(output(&session))
}

fn assume_role_with_web_identity(world: &mut World, request: &Request<'_>) -> Result<Value, ApiError> {
    let token = Claims::of(text(request.input, "WebIdentityToken"))
        .ok_or_else(|| ApiError::client("InvalidIdentityToken", "The ID Token provided is not a valid JWT."))?;
    let now = world.now();
    if let Some(expires_at) = token.expires_at.filter(|at| *at <= now) {
        let message = format!(
            "Token expired: current date/time {} must be before the expiration date/time {}",
            now.timestamp(),
            expires_at.timestamp()
        );
        return Err(ApiError::client("ExpiredTokenException", message));
    }
    let session = open(world, request).ok_or_else(|| ApiError {
        code: "AccessDenied".to_owned(),
        message: "Not authorized to perform sts:AssumeRoleWithWebIdentity".to_owned(),
        status: 403,
    })?;
    let mut output = output(&session);
    output["SubjectFromWebIdentityToken"] = Value::from(token.subject);
    output["Audience"] = Value::from(token.audience);
    output["Provider"] = Value::from(token.issuer);
    Ok(output)
}

/// Opens a session of the role that the input names; none if the world has no such account.
fn open(world: &mut World, request: &Request<'_>) -> Option<Session> {
    let ["arn", _, "iam", "", account, role] = text(request.input, "RoleArn").splitn(6, ':').collect::<Vec<_>>()[..]
    else {
        return None;
    };
    // A role's path is part of its ARN, but not of its sessions'.
    let role = role.strip_prefix("role/")?.rsplit('/').next()?;
    let seconds = request.input.get("DurationSeconds").and_then(Value::as_i64).unwrap_or(3_600);
    let (seed, now) = (world.seed, world.now());
    let name = text(request.input, "RoleSessionName");
    world.accounts.open_session(seed, account, role, name, now, TimeDelta::seconds(seconds))
}

fn output(session: &Session) -> Value {
    json!({
        "Credentials": {
            "AccessKeyId": session.access_key_id,
            "SecretAccessKey": session.secret_access_key,
            "SessionToken": session.session_token,
            "Expiration": session.expires_at.timestamp(),
        },
        "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.arn},
        "PackedPolicySize": 0,
    })
}

fn text<'a>(input: &'a Map<String, Value>, name: &str) -> &'a str {
    input.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// What a web identity token claims. Its signature is not verified.
struct Claims {
    subject: String,
    audience: String,
    issuer: String,
    expires_at: Option<DateTime<Utc>>,
}

impl Claims {
    fn of(token: &str) -> Option<Claims> {
        let [_, payload, _] = token.split('.').collect::<Vec<_>>()[..] else { return None };
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        let claim = |name: &str| claims[name].as_str().unwrap_or_default().to_owned();
        Some(Claims {
            subject: claims["sub"].as_str()?.to_owned(),
            audience: claim("aud"),
            issuer: claim("iss"),
            expires_at: claims["exp"].as_i64().and_then(|exp| DateTime::from_timestamp(exp, 0)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SimClock;

    const ACCOUNT: &str = "111122223333";

    fn world() -> World {
        let now = DateTime::from_timestamp(1_795_335_302, 0).expect("a time");
        let mut world = World::empty(SimClock::standing(now), 1);
        world.accounts.add(1, ACCOUNT, "dev", "eu-west-1");
        world
    }

    fn call(world: &mut World, operation: &str, input: &Value) -> Result<Value, ApiError> {
        let request = Request {
            account: ACCOUNT,
            region: "eu-west-1",
            access_key_id: "AKIAX",
            caller_arn: "arn:aws:iam::111122223333:user/skydeck",
            user_id: "AIDAX",
            operation,
            input: input.as_object().expect("an object"),
            behind: 0,
        };
        Sts.call(world, &request)
    }

    #[test]
    fn an_assumed_role_is_a_caller_of_its_account_until_it_ends() {
        let mut world = world();
        let input = json!({"RoleArn": "arn:aws:iam::111122223333:role/team/Observer", "RoleSessionName": "me", "DurationSeconds": 900});
        let output = call(&mut world, "AssumeRole", &input).expect("is allowed");
        assert_eq!(output["AssumedRoleUser"]["Arn"], "arn:aws:sts::111122223333:assumed-role/Observer/me");
        let key = output["Credentials"]["AccessKeyId"].as_str().expect("a key");
        let now = world.now();
        let caller = |at| world.accounts.caller(key, at).expect("is known");
        assert!(!caller(now + TimeDelta::seconds(899)).expired);
        assert!(caller(now + TimeDelta::seconds(900)).expired);
    }

    #[test]
    fn a_role_of_an_account_that_is_not_there_cannot_be_assumed() {
        for arn in ["arn:aws:iam::999999999999:role/Observer", "arn:aws:iam::111122223333:user/me"] {
            let input = json!({"RoleArn": arn, "RoleSessionName": "me"});
            let error = call(&mut world(), "AssumeRole", &input).expect_err("is refused");
            assert_eq!((error.code.as_str(), error.status), ("AccessDenied", 403));
        }
    }

    #[test]
    fn a_web_identity_needs_a_token_that_has_not_ended() {
        let with_expiry = |exp: i64| {
            let payload = URL_SAFE_NO_PAD
                .encode(json!({"sub": "ci", "aud": "sts", "iss": "https://id.example.com", "exp": exp}).to_string());
            json!({"RoleArn": "arn:aws:iam::111122223333:role/Observer", "RoleSessionName": "me", "WebIdentityToken": format!("e30.{payload}.x")})
        };
        let mut world = world();
        let now = world.now().timestamp();
        let output = call(&mut world, "AssumeRoleWithWebIdentity", &with_expiry(now + 1)).expect("is allowed");
        assert_eq!(output["SubjectFromWebIdentityToken"], "ci");
        let code = |result: Result<Value, ApiError>| result.expect_err("is refused").code;
        assert_eq!(code(call(&mut world, "AssumeRoleWithWebIdentity", &with_expiry(now))), "ExpiredTokenException");
        let no_jwt =
            json!({"RoleArn": "arn:aws:iam::111122223333:role/x", "RoleSessionName": "me", "WebIdentityToken": "abcd"});
        assert_eq!(code(call(&mut world, "AssumeRoleWithWebIdentity", &no_jwt)), "InvalidIdentityToken");
    }
}
