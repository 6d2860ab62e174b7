//! How a command ends: exit status, one line a cause on standard error, and with `--json` an error object.

use std::process::ExitCode;

use serde_json::{Value, json};
use skydeck_api::{ApiError, Code, text};

use crate::out::Out;

/// Exit statuses of the public contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// An action ended badly or its outcome is unknown, or nothing could be read.
    Bad = 1,
    /// The arguments are wrong.
    Arguments = 2,
    /// Some sources could not be read.
    Partly = 3,
    /// A guard refused an action.
    Refused = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Why a command ended early.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) error: ApiError,
    /// What the answer is besides the error, such as the entry of a refused action.
    pub(crate) answer: Option<Value>,
}

impl Failure {
    /// A local trouble.
    pub(crate) fn local(message: impl Into<String>) -> Failure {
        ApiError::new(Code::Local, message).into()
    }

    /// Wrong arguments.
    pub(crate) fn arguments(message: impl Into<String>) -> Failure {
        ApiError::new(Code::Invalid, message).into()
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let exit = match error.code {
            Code::Invalid | Code::NotFound | Code::Ambiguous => Exit::Arguments,
            Code::Refused => Exit::Refused,
            Code::SignedOut | Code::Unavailable | Code::Denied | Code::Local | Code::Internal => Exit::Bad,
        };
        Failure { exit, error, answer: None }
    }
}

/// A reader that closed its end (`| head`) has what it wanted.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        let exit = if error.kind() == std::io::ErrorKind::BrokenPipe { Exit::Done } else { Exit::Bad };
        let error = ApiError::new(Code::Local, format!("Standard output cannot be written: {error}."));
        Failure { exit, error, answer: None }
    }
}

/// Tells a failure.
pub(crate) fn told(failure: Failure, out: &mut Out) -> ExitCode {
    if failure.exit != Exit::Done {
        cause(&failure.error.message);
        if out.json {
            let mut answer = failure.answer.unwrap_or_else(|| json!({}));
            answer["error"] = json!(failure.error);
            // If it cannot be written, standard error has said it.
            let _ = out.json(&answer);
        }
    }
    failure.exit.into()
}

/// What clap says of the arguments; help and version are no failure.
pub(crate) fn of_arguments(error: &clap::Error, out: &mut Out) -> ExitCode {
    // Written where it belongs: help to standard output, an error to standard error.
    let _ = error.print();
    if error.exit_code() != 0 && out.json {
        let told = error.to_string();
        // What is wrong stands before the first empty line; usage and hints after it.
        let what = told.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
        let _ = out.json(&json!({"error": ApiError::new(Code::Invalid, text::one_line(what, 2_000))}));
    }
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// One line on standard error.
pub(crate) fn cause(message: &str) {
    eprintln!("skydeckctl: {}", text::one_line(message, 2_000));
}
