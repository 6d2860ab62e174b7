//! Errors of the engine as fronts see them: the code says what a front may do, the message what happened.

use skydeck_engine::{ActError, EngineError, ErrorClass};
use skydeck_store::Error as StoreError;

use crate::contract::{ApiError, Code};

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::BadCursor | StoreError::BadImport { .. } => Code::Invalid,
            StoreError::Busy(_) => Code::Refused,
            StoreError::NoSuchAction { .. } => Code::NotFound,
            _ => Code::Local,
        };
        ApiError { code, message: error.to_string(), info: Some(error.info()) }
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        let message = error.to_string();
        let code = match error {
            EngineError::Store(error) => return error.into(),
            EngineError::NoSuchProfile { .. } | EngineError::NoSuchService { .. } => Code::Invalid,
            EngineError::NoAnswer => Code::Unavailable,
            EngineError::Home { .. } => Code::Local,
        };
        ApiError::new(code, message)
    }
}

impl From<ActError> for ApiError {
    fn from(error: ActError) -> Self {
        let code = match &error {
            ActError::NotFound { .. } => Code::NotFound,
            ActError::Ambiguous { .. } => Code::Ambiguous,
            ActError::Invalid(_) => Code::Invalid,
            ActError::Refused { .. } => Code::Refused,
            ActError::Io(..) => Code::Local,
            ActError::Aws(aws) => match aws.class {
                ErrorClass::Denied => Code::Denied,
                ErrorClass::SignedOut => Code::SignedOut,
                ErrorClass::NotFound => Code::NotFound,
                ErrorClass::Config => Code::Local,
                _ => Code::Unavailable,
            },
            ActError::Store(_) => Code::Local,
        };
        match error {
            ActError::Store(error) => error.into(),
            ActError::Aws(error) => ApiError { code, message: error.with_advice(), info: Some(error.info) },
            error => ApiError { code, message: error.to_string(), info: error.info() },
        }
    }
}
