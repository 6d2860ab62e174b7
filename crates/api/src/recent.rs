//! The last calls that were answered with an error, for a report: which, when, and the code; nothing of what was asked or
//! said. In memory only.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use skydeck_domain::Timestamp;

use crate::contract::{ApiError, Code, calls::CallDecl};

/// How many are remembered.
const MOST: usize = 20;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failed {
    /// When.
    pub(crate) at: Timestamp,
    /// The call.
    pub(crate) call: &'static str,
    /// What a front may do about it.
    pub(crate) code: Code,
    /// AWS's code, or that of a file's error, and the operation.
    pub(crate) cause: Option<(String, Option<String>)>,
}

/// See the file's head.
#[derive(Debug, Default)]
pub(crate) struct Recent(Mutex<VecDeque<Failed>>);

impl Recent {
    /// Remembers that a call was answered with an error.
    pub(crate) fn failed(&self, at: Timestamp, name: &str, error: &ApiError, calls: &[CallDecl]) {
        let call = calls.iter().find(|c| c.name == name).map_or("(no such call)", |c| c.name);
        let cause = error.info.as_ref().map(|info| (info.code.clone(), info.operation.clone()));
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.pop_front();
        }
        kept.push_back(Failed { at, call, code: error.code, cause });
    }

    /// All of them, oldest first.
    pub(crate) fn all(&self) -> Vec<Failed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
