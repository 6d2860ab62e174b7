//! Values of properties, which may hold anything: hidden where their name says that they are secret, bounded, one line.

use skydeck_domain::stack::PropertyChange;

use crate::services::{redact, text};

/// Characters of a value at most.
const MOST: usize = 400;

/// Parts of a property's path below which people keep secrets: environment values of functions and containers, user data.
const PRIVATE: &[&str] = &["Environment", "EnvironmentVariables", "Variables", "Secrets", "UserData", "SecretString"];

/// A property before and after, by its path as AWS writes it (`/Properties/Tags/0/Value`, `Tags.0.Value`).
pub(crate) fn change(path: &str, before: Option<&str>, after: Option<&str>) -> PropertyChange {
    let told = words(path);
    PropertyChange { before: value(&told, before), after: value(&told, after), path: told }
}

/// A value of that name as it may be kept: one line, bounded, hidden where its name or its form says that it is secret.
pub(crate) fn value(path: &str, text: Option<&str>) -> Option<String> {
    let told = text?;
    if path.split(['.', '[']).any(|part| PRIVATE.contains(&part)) {
        return Some(redact::HIDDEN.to_owned());
    }
    // With its name in front, so that what a name gives away is hidden, too.
    let name = path.rsplit('.').next().unwrap_or(path).trim_end_matches(|c: char| c == ']' || c.is_ascii_digit());
    let named = format!("{}={told}", name.trim_end_matches('['));
    let clean = redact::named(&named);
    let clean = clean.split_once('=').map_or("", |(_, value)| value);
    Some(text::cut(&text::one_line(clean).unwrap_or_default(), MOST))
}

/// `/Properties/SecurityGroupIngress/0/CidrIp` as people write it: `SecurityGroupIngress[0].CidrIp`.
fn words(path: &str) -> String {
    let path = path.trim_start_matches('/').trim_start_matches("Properties/").trim_start_matches("Properties.");
    let mut out = String::new();
    for part in path.split(['/', '.']).filter(|p| !p.is_empty()) {
        if part.bytes().all(|b| b.is_ascii_digit()) {
            out.push_str(&format!("[{part}]"));
        } else {
            if !out.is_empty() {
                out.push('.');
            }
            out.push_str(part);
        }
    }
    text::cut(&text::one_line(&out).unwrap_or_default(), 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_as_people_do_and_secrets_are_hidden() {
        let seen = change("/Properties/SecurityGroupIngress/0/CidrIp", Some("10.0.0.0/8"), Some("0.0.0.0/0"));
        assert_eq!(seen.path, "SecurityGroupIngress[0].CidrIp");
        assert_eq!((seen.before.as_deref(), seen.after.as_deref()), (Some("10.0.0.0/8"), Some("0.0.0.0/0")));
        for path in
            ["/Properties/Environment/Variables/DB", "/Properties/MasterUserPassword", "/Properties/Tags/0/Secret"]
        {
            let hidden = change(path, Some("hunter2"), None);
            assert_eq!((hidden.before.as_deref(), hidden.after), (Some("[hidden]"), None), "{path}");
        }
        let long = change("/Properties/Definition", Some(&"{\"a\": 1,\n".repeat(1000)), None);
        assert!(long.before.is_some_and(|v| v.chars().count() <= MOST && !v.contains('\n')));
    }
}
