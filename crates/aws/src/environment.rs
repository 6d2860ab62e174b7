//! The environment variables and the home folder as values, so that tests can make them up and nothing else in this crate
//! reads those of the process.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

/// Variables and home folder. Cloning is cheap enough to pass around; the process's own are read once.
#[derive(Clone, Default)]
pub struct Environment {
    vars: BTreeMap<String, String>,
    home: Option<PathBuf>,
}

impl Environment {
    /// Those of this process. Variables that are no UTF-8 are left out.
    pub fn of_process() -> Self {
        let vars =
            std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))).collect();
        Environment { vars, home: std::env::home_dir() }
    }

    /// Made up, for tests and for the demo.
    pub fn made_up<K: Into<String>, V: Into<String>>(
        vars: impl IntoIterator<Item = (K, V)>,
        home: Option<PathBuf>,
    ) -> Self {
        Environment { vars: vars.into_iter().map(|(k, v)| (k.into(), v.into())).collect(), home }
    }

    /// A variable, unless it is absent or empty.
    pub fn var(&self, name: &str) -> Option<&str> {
        self.vars.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// All variables, to hand on to a process that is started.
    pub(crate) fn vars(&self) -> impl Iterator<Item = (&str, &str)> {
        self.vars.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    /// The user's home folder.
    pub fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// A path as written in a variable or a config file: `~` and `~/…` mean the home folder.
    pub(crate) fn path(&self, written: &str) -> PathBuf {
        match (written.strip_prefix('~'), &self.home) {
            (Some(""), Some(home)) => home.clone(),
            (Some(rest), Some(home)) if rest.starts_with(['/', '\\']) => home.join(&rest[1..]),
            _ => PathBuf::from(written),
        }
    }

    /// Whether a variable is set to `true`, in any case.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.var(name).is_some_and(|v| v.eq_ignore_ascii_case("true"))
    }
}

/// Names only: values of variables are secrets until shown otherwise.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").field("home", &self.home).field("names", &self.vars.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_value() {
        let env = Environment::made_up([("AWS_SECRET_ACCESS_KEY", "canary-value")], None);
        let shown = format!("{env:?}");
        assert!(shown.contains("AWS_SECRET_ACCESS_KEY") && !shown.contains("canary"), "{shown}");
    }

    #[test]
    fn a_tilde_is_the_home_folder_and_an_empty_variable_is_none() {
        let env = Environment::made_up([("EMPTY", "")], Some("/home/demo".into()));
        assert_eq!(env.path("~/.aws/config"), PathBuf::from("/home/demo/.aws/config"));
        assert_eq!(env.path("~"), PathBuf::from("/home/demo"));
        assert_eq!(env.path("~other/x"), PathBuf::from("~other/x"));
        assert_eq!(env.path("/abs"), PathBuf::from("/abs"));
        assert_eq!(env.var("EMPTY"), None);
    }
}
