//! A problem as it may be handed on: versions, states, codes, counts. Deliberately not in it: names, ids, ARNs, paths, what
//! AWS said in its own words, log lines of builds. What is let through is decided in `redact`.

use std::{collections::HashSet, fmt::Write as _};

use serde::Serialize;
use skydeck_domain::Profile;
use skydeck_store::Query;

use crate::{
    contract::{
        ApiError,
        report::{Report, ReportParams},
        settings::Settings,
    },
    host::Host,
    redact::{self, Placeholders},
};

/// Errors of the page that are told.
const MOST_ERRORS: usize = 10;

/// In place of words of the page where it is not known what is a name, since the cache cannot be read.
const UNTOLD: &str = "(not told: the cache cannot be read)";

const HEAD: &str = "\
Names of profiles, accounts and things are replaced: the same placeholder is the same thing within this report. Left out
are ARNs, paths, what AWS said in its own words, and every log line of a build.";

impl Host {
    /// Puts a report together. Nothing is saved and nothing is sent.
    pub async fn report(&self, params: ReportParams) -> Result<Report, ApiError> {
        let (profiles, problems) = self.engine.profiles().await;
        let mut placeholders = Placeholders::default();
        let mut text = String::new();
        // Writing into a String cannot fail.
        let _ = writeln!(text, "Skydeck report, {}\n\n{HEAD}", self.engine.now().format("%Y-%m-%d %H:%M UTC"));
        let names = self.names(&profiles).await;
        let told = |text: fn(&str, &HashSet<String>) -> String, of: &str| {
            names.as_ref().map_or_else(|| UNTOLD.to_owned(), |names| text(of, names))
        };
        self.about(&mut text, &told(redact::agent, &params.front));
        let _ = writeln!(text, "\nProfiles ({}, problems of their files: {})", profiles.len(), problems.len());
        for profile in &profiles {
            let _ = writeln!(text, "  {}", told_profile(profile, &mut placeholders));
        }
        self.about_sources(&mut text, &mut placeholders).await;
        self.about_errors(&mut text);
        let _ = writeln!(text, "\nErrors of the page ({})", params.errors.len());
        for error in params.errors.iter().rev().take(MOST_ERRORS).rev() {
            let (place, message) = (told(redact::words, &error.place), told(redact::words, &error.message));
            let _ = writeln!(text, "  {place}: {message}");
            for frame in redact::frames(&error.stack) {
                let _ = writeln!(text, "    at {frame}");
            }
        }
        about_settings(&mut text, &self.settings().await?);
        Ok(Report { text })
    }

    fn about(&self, text: &mut String, front: &str) {
        let _ = writeln!(text, "\nProgram");
        let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
        let _ = writeln!(text, "  version {}, {os} {arch}", env!("CARGO_PKG_VERSION"));
        let _ = writeln!(text, "  shown in: {front}");
        let yes = |is: bool| if is { "yes" } else { "no" };
        let _ = writeln!(
            text,
            "  demo: {}, reads AWS itself: {}, notices on opening: {}",
            yes(self.demo),
            yes(self.engine.reads_here()),
            self.notices.len()
        );
    }

    async fn about_sources(&self, text: &mut String, placeholders: &mut Placeholders) {
        let (sources, now) = (self.engine.sources().await, self.engine.now());
        let _ = writeln!(text, "\nSources ({})", sources.len());
        for source in &sources {
            let profile = placeholders.of("profile", &source.id.profile);
            let region = redact::region(&source.id.region, placeholders);
            let read =
                source.read_at.map_or("never read".to_owned(), |at| format!("read {} s ago", (now - at).num_seconds()));
            let _ = write!(
                text,
                "  {profile} {region} {}: {}, {} rows, {} calls ({} throttled), {} ms, {read}",
                source.id.service,
                source.state.word(),
                source.rows,
                source.api_calls,
                source.throttles,
                source.elapsed_ms
            );
            if let Some(error) = &source.error {
                let _ = write!(text, ", {}", cause(&error.code, error.operation.as_deref()));
            }
            text.push('\n');
        }
    }

    fn about_errors(&self, text: &mut String) {
        let failed = self.recent.all();
        let _ = writeln!(text, "\nCalls answered with an error ({})", failed.len());
        for call in failed {
            let _ = write!(text, "  {} {}: {}", call.at.format("%H:%M:%S"), call.call, word(&call.code));
            if let Some((code, operation)) = &call.cause {
                let _ = write!(text, ", {}", cause(code, operation.as_deref()));
            }
            text.push('\n');
        }
    }

    /// Everything that has a name, in lower case: whole, and its words. None if the cache does not tell what has.
    async fn names(&self, profiles: &[Profile]) -> Option<HashSet<String>> {
        let mut names: Vec<String> = Vec::new();
        for p in profiles {
            names.push(p.name.clone());
            names.extend([&p.label, &p.environment, &p.identity, &p.sso_session].into_iter().flatten().cloned());
        }
        let rows = self.engine.cache().standings(&Query::default(), u32::MAX).await.ok()?;
        names.extend(rows.into_iter().map(|row| row.name));
        let lower = names.iter().map(|name| name.to_lowercase());
        let parts = lower.flat_map(|name| {
            let words: Vec<String> = name.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
            words.into_iter().chain([name])
        });
        Some(parts.filter(|part| !part.is_empty()).collect())
    }
}

fn told_profile(profile: &Profile, placeholders: &mut Placeholders) -> String {
    let name = placeholders.of("profile", &profile.name);
    let account = profile.account.as_deref().map_or("account unknown".to_owned(), |a| placeholders.of("account", a));
    let regions: Vec<String> = profile.regions.iter().map(|r| redact::region(r, placeholders)).collect();
    let shown = if profile.shown { "shown" } else { "not shown" };
    let mut told = format!(
        "{name}: {}, {account}, [{}], {shown}, sign-in {}, {}",
        word(&profile.kind),
        regions.join(", "),
        word(&profile.sign_in.state),
        word(&profile.protection)
    );
    if let Some(error) = &profile.error {
        let _ = write!(told, ", {}", cause(&error.code, error.operation.as_deref()));
    }
    told
}

fn about_settings(text: &mut String, settings: &Settings) {
    let _ = writeln!(text, "\nSettings");
    let language = match settings.language.as_deref() {
        Some(known @ ("en" | "ko")) => known,
        Some(_) => "(other)",
        None => "the system's",
    };
    let _ = writeln!(text, "  theme {}, language {language}", word(&settings.theme));
    let attention = &settings.attention;
    let _ = writeln!(
        text,
        "  attention told {}, rules {}, quiet hours {}, stays in the tray {}",
        attention.notify,
        attention.rules.len(),
        attention.quiet.is_some(),
        attention.stay_in_tray
    );
    let views: Vec<&str> = settings.views.keys().map(|view| redact::identifier(view)).collect();
    let _ = writeln!(text, "  views with a state: {}", views.join(", "));
}

fn cause(code: &str, operation: Option<&str>) -> String {
    let operation = operation.map(|o| format!(" of {}", redact::identifier(o))).unwrap_or_default();
    format!("{}{operation}", redact::identifier(code))
}

/// The word of an enum of ours.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
