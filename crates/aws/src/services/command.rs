//! One API call as a line for the AWS CLI, quoted so that a POSIX shell gives exactly these arguments, whatever a name
//! holds. It is shown and copied, never run from here; values that may be secrets are left out by who builds it.

use std::fmt::Write;

use crate::{ENVIRONMENT, session::Caller};

/// An AWS CLI line under construction.
#[derive(Debug, Clone)]
pub(crate) struct Command(String);

impl Command {
    /// `aws <service> <operation>`; both are ours, so they are not quoted.
    pub(crate) fn new(service: &str, operation: &str) -> Self {
        Command(format!("aws {service} {operation}"))
    }

    /// `--name value`.
    pub(crate) fn option(mut self, name: &str, value: &str) -> Self {
        // A value that starts with a dash would be taken for an option of its own.
        let joint = if value.starts_with('-') { '=' } else { ' ' };
        let _ = write!(self.0, " --{name}{joint}{}", quote(value));
        self
    }

    /// `--name`.
    pub(crate) fn flag(mut self, name: &str) -> Self {
        let _ = write!(self.0, " --{name}");
        self
    }

    /// `--name "$(…)"`: a value that the shell gets by another command when it is run, because it is never shown.
    pub(crate) fn option_from(mut self, name: &str, command: Command) -> Self {
        let _ = write!(self.0, " --{name} \"$({})\"", command.0);
        self
    }

    /// The line, for the profile and Region of the caller.
    pub(crate) fn line(self, caller: &Caller) -> String {
        self.through(&caller.profile, &caller.region).0
    }

    /// With `--profile` and `--region`.
    pub(crate) fn through(self, profile: &str, region: &str) -> Self {
        let named = if profile == ENVIRONMENT { self } else { self.option("profile", profile) };
        named.option("region", region)
    }
}

/// One word of a POSIX shell that means exactly this text.
pub(crate) fn quote(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:@%+,".contains(&b);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quotes_what_needs_it_and_nothing_else() {
        for (text, quoted) in [
            ("web", "web"),
            ("arn:aws:codebuild:eu-west-1:1:build/p:u", "arn:aws:codebuild:eu-west-1:1:build/p:u"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("$(rm -rf /)", "'$(rm -rf /)'"),
            ("`id`;#", "'`id`;#'"),
            ("결제", "'결제'"),
            ("~root", "'~root'"),
        ] {
            assert_eq!(quote(text), quoted);
        }
    }

    #[test]
    fn the_environment_is_no_profile_of_the_cli_and_a_dash_is_no_option() {
        let line = |profile| Command::new("codepipeline", "x").option("name", "-web").through(profile, "eu-west-1").0;
        assert_eq!(line("environment"), "aws codepipeline x --name=-web --region eu-west-1");
        assert_eq!(line("shop prod"), "aws codepipeline x --name=-web --profile 'shop prod' --region eu-west-1");
    }

    #[test]
    fn a_value_from_another_command_is_one_argument_with_its_own_quoting() {
        let inner = Command::new("inner", "x").option("query", "a[?n=='It is']|[0]");
        let line = Command::new("outer", "y").option_from("token", inner).0;
        let script = format!("aws() {{ if [ $1 = inner ]; then echo \"$4\"; else printf '%s|' \"$@\"; fi; }}; {line}");
        let out = std::process::Command::new("sh").arg("-c").arg(script).output().expect("a POSIX shell is there");
        assert_eq!(String::from_utf8_lossy(&out.stdout), "outer|y|--token|a[?n=='It is']|[0]|");
    }

    proptest! {
        /// A real shell is asked what it understood.
        #[test]
        fn a_shell_reads_back_the_same_text(text in "[^\u{0}]{0,40}") {
            let out = std::process::Command::new("sh").arg("-c").arg(format!("printf %s {}", quote(&text))).output();
            let out = out.expect("a POSIX shell is on the path");
            prop_assert_eq!(out.stdout, text.into_bytes());
        }
    }
}
