//! CloudFormation templates as values: read from JSON or YAML into one normal form, compared, and asked what they say.
//!
//! - `json`, `yaml`: text to values, with limits; `form`: the normal form.
//! - `diff`: all differences of two templates, complete enough to make one from the other; `names`: what means
//!   the same; `align`: of lists; `told`, `shown`: the same for people, bounded and masked.
//! - `noecho`: which outputs may show what a `NoEcho` parameter holds.
//! - `exports`: the names by which stacks hang together.
//!
//! The normal form: short forms become long ones (`!Ref A` is `{"Ref": "A"}`, `!GetAtt A.B` is `{"Fn::GetAtt": ["A", "B"]}`),
//! `DependsOn` is a list, dates stay text. A plain YAML scalar becomes a number only if that prints as it was written, a
//! boolean only if it is `true` or `false` (in any of YAML's three spellings); `0123`, `1.10`, `yes` stay the text that they
//! are, so that a template written again from this form has the same values in it. Two scalars *mean the same* if
//! they print the same: CloudFormation hands nearly every property on as text, so `80` and `"80"` are no difference. Of what
//! YAML 1.1 makes a boolean besides (`yes`, `on`) a difference to `true` is told that may be none; none is ever missed.
//!
//! Deliberately not here: fetching templates, what a template means to AWS (that is `ValidateTemplate`), and what an update
//! would do (that is a change set).

mod align;
mod diff;
mod exports;
mod form;
mod json;
mod names;
mod noecho;
mod shown;
mod told;
mod yaml;

use serde_json::{Map, Value};

pub use diff::{DoesNotFit, Patch, diff};
pub use exports::{Names, exports, imports};
pub use noecho::NoEcho;

/// The longest template that is read, in bytes: CloudFormation takes 1 MB from S3, 51,200 bytes in a call (CloudFormation
/// quotas, "Template body size").
pub const MOST_BYTES: usize = 1_048_576;

/// How deep values may lie in each other. What people and the CDK write stays below 40.
const DEEPEST: usize = 100;

/// How many notes are kept of one template.
const MOST_NOTES: usize = 100;

/// How a template was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
}

/// A place in a text, counted from 1; columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// What was odd about a template that could be read all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// A key is there twice. The later one counts, as with CloudFormation's parsers.
    DuplicateKey,
    /// A tag that is no intrinsic function known here. `!X value` is kept as `{"Fn::Unknown!X": value}`.
    UnknownTag,
    /// An alias (`*a`). It is resolved; CloudFormation's documentation says that it does not.
    Alias,
    /// A merge key (`<<`). It is kept as a key like others: CloudFormation does not merge.
    MergeKey,
    /// It begins like JSON, and is not; but it is YAML.
    NotJson,
    /// A JSON number with so many digits that the last one kept may be another. (Of YAML they are kept as text.)
    Rounded,
}

/// An oddity, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What is odd.
    pub oddity: Oddity,
    /// The key or tag, on one line and bounded.
    pub what: String,
    /// Where; not known of JSON.
    pub place: Option<Place>,
}

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotATemplate {
    /// Longer than CloudFormation takes.
    #[error("{bytes} bytes are more than the {MOST_BYTES} that CloudFormation takes")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// Nothing but blanks and comments.
    #[error("there is nothing in it")]
    Empty,
    /// Neither JSON nor YAML.
    #[error("{}not {}: {why}", at(*.place), match .format { Format::Json => "JSON", Format::Yaml => "YAML" })]
    Unreadable {
        /// What it begins like.
        format: Format,
        /// What the parser says, on one line.
        why: String,
        /// Where.
        place: Option<Place>,
    },
    /// Deeper than is read.
    #[error("{}values lie more than {DEEPEST} deep in each other", at(*.place))]
    TooDeep {
        /// Where.
        place: Option<Place>,
    },
    /// Aliases that make much of little.
    #[error("{}its aliases repeat more than a template can hold", at(Some(*.place)))]
    TooManyAliases {
        /// The one at which it was too much.
        place: Place,
    },
    /// JSON or YAML, and no template.
    #[error("not a template: {0}")]
    Shape(&'static str),
}

impl NotATemplate {
    /// Where, if it is about one place.
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::Unreadable { place, .. } | Self::TooDeep { place } => *place,
            Self::TooManyAliases { place } => Some(*place),
            Self::TooLong { .. } | Self::Empty | Self::Shape(_) => None,
        }
    }
}

fn at(place: Option<Place>) -> String {
    place.map_or_else(String::new, |place| format!("line {}, column {}: ", place.line, place.column))
}

/// Notes, up to as many as are kept.
#[derive(Debug, Default)]
struct Notes(Vec<Note>);

impl Notes {
    fn add(&mut self, oddity: Oddity, what: &str, place: Option<Place>) {
        if self.0.len() < MOST_NOTES {
            self.0.push(Note { oddity, what: crate::text::one_line(what, 100), place });
        }
    }
}

/// A template in normal form.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    root: Map<String, Value>,
    format: Format,
    notes: Vec<Note>,
}

impl Template {
    /// Reads a template. A text that begins with `{` is tried as JSON first.
    ///
    /// # Errors
    /// If it is too long, neither JSON nor YAML, or has no resources. What CloudFormation would say to it is another matter.
    pub fn parse(text: &str) -> Result<Self, NotATemplate> {
        if text.len() > MOST_BYTES {
            return Err(NotATemplate::TooLong { bytes: text.len() });
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut notes = Notes::default();
        let (value, format) = read(text, &mut notes)?;
        let Value::Object(mut root) = value else {
            return Err(NotATemplate::Shape("it is no map of sections"));
        };
        // Resources may also come from what a macro includes at the top.
        let is_made = root.contains_key("Fn::Transform") || root.contains_key("Transform");
        match root.get("Resources") {
            Some(Value::Object(_)) => {}
            None if is_made => {}
            None => return Err(NotATemplate::Shape("it has no `Resources`")),
            Some(_) => return Err(NotATemplate::Shape("its `Resources` are no map")),
        }
        form::normalise(&mut root);
        Ok(Self { root, format, notes: notes.0 })
    }

    /// All sections, in normal form.
    pub fn root(&self) -> &Map<String, Value> {
        &self.root
    }

    /// How it was written.
    pub fn format(&self) -> Format {
        self.format
    }

    /// What was odd about it; the first hundred.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The entries of a section (`Resources`, `Outputs` …) by logical id; none where it has no such section.
    pub fn entries(&self, section: &str) -> impl Iterator<Item = (&str, &Value)> {
        let entries = self.root.get(section).and_then(Value::as_object);
        entries.into_iter().flatten().map(|(name, entry)| (name.as_str(), entry))
    }

    /// The resources: logical id, type (empty where it has none) and definition.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        self.entries("Resources").map(|(id, entry)| (id, entry["Type"].as_str().unwrap_or_default(), entry))
    }
}

fn read(text: &str, notes: &mut Notes) -> Result<(Value, Format), NotATemplate> {
    if !text.trim_start().starts_with('{') {
        return Ok((yaml::read(text, notes)?, Format::Yaml));
    }
    let as_json = json::read(text, notes);
    let Err(NotATemplate::Unreadable { place, .. }) = &as_json else {
        return Ok((as_json?, Format::Json));
    };
    // YAML's flow style looks like JSON and allows more, such as a comma before the closing brace.
    let place = *place;
    let mut others = Notes::default();
    match yaml::read(text, &mut others) {
        Ok(value) => {
            *notes = others;
            notes.add(Oddity::NotJson, "", place);
            Ok((value, Format::Yaml))
        }
        Err(_) => Ok((as_json?, Format::Json)),
    }
}

/// What is different between two templates, for people.
pub fn compare(before: &Template, after: &Template) -> skydeck_domain::template::TemplateDiff {
    told::told(&diff(before, after), before, after)
}

#[cfg(test)]
#[path = "corpus_tests.rs"]
mod corpus_tests;
#[cfg(test)]
#[path = "diff_tests.rs"]
mod diff_tests;
#[cfg(test)]
#[path = "noecho_tests.rs"]
mod noecho_tests;
#[cfg(test)]
#[path = "parse_tests.rs"]
mod parse_tests;
#[cfg(test)]
#[path = "property_tests.rs"]
mod property_tests;
