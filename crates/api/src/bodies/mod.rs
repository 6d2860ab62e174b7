//! What the calls of the contract answer, one file a subject. Reads read the store, never AWS; `plan` and `act` alone ask it.

mod board;
mod build;
mod cdk;
mod compare;
mod pipeline;
mod profiles;
mod ran;
mod report;
mod row;
mod rows;
mod settings;
mod sources;
mod stack;
mod transfer;
mod verbs;

pub use rows::kinds;
pub use settings::SettingKey;
pub use transfer::file as settings_file;
