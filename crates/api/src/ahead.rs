//! What a front is going to ask first, answered before it asks: the window's page takes longer to load than the answers to
//! be made. What it asked first when it last started is kept among its settings, as the state of the view [`VIEW`].
//!
//! Only reads are answered: a list that anybody can write never acts.

use serde::Serialize;
use serde_json::Value;

use crate::{
    contract::calls::CallDecl,
    host::{CALLS, Host},
};

/// Under this name the front keeps its list: `{"calls": [[name, parameters as JSON text], …]}`.
const VIEW: &str = "ahead";

/// More than a front asks before it shows anything.
const MOST: usize = 12;

/// A call with its answer: its name, its parameters as the front wrote them, what it answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Asked(String, String, Value);

impl Host {
    /// The answers to what a front asks first, `boot` before all. What fails is left out: it fails again when it is asked.
    pub async fn ahead(&self) -> Vec<Asked> {
        let mut made = Vec::new();
        let Ok(boot) = self.call("boot", Value::Null).await else { return made };
        let kept = boot["settings"]["views"][VIEW]["calls"].as_array().cloned().unwrap_or_default();
        made.push(Asked("boot".to_owned(), "{}".to_owned(), boot));
        for call in kept.iter().take(MOST) {
            let (Some(name), Some(params)) = (call[0].as_str(), call[1].as_str()) else { continue };
            let Ok(value) = serde_json::from_str(params) else { continue };
            if is_read(name)
                && let Ok(answer) = self.call(name, value).await
            {
                made.push(Asked(name.to_owned(), params.to_owned(), answer));
            }
        }
        made
    }
}

/// Whether a call reads what is stored here, and nothing else.
fn is_read(name: &str) -> bool {
    let reads = |call: &&CallDecl| call.name == name && !call.writes && !call.provides.is_empty();
    CALLS.iter().any(|call| reads(&call))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reads_are_asked_ahead() {
        for read in ["board", "rows", "profiles", "sources", "pipeline"] {
            assert!(is_read(read), "{read}");
        }
        // `plan` asks AWS; the others change something.
        for other in ["plan", "act", "mark", "lock", "unlock", "show", "refresh", "set_settings", "no such call"] {
            assert!(!is_read(other), "{other}");
        }
    }
}
