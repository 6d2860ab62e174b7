//! The list of constructs in the `AWS::CDK::Metadata` resource, and the libraries they are of.
//!
//! Since CDK 1.90 or so it is the property `Analytics`: `v2:deflate64:` and the base64 of gzip (not of bare deflate) of a
//! list `version!library.Class`, in which what entries have in common stands once: `1.2.3!a.{B,c.{D,E}}` is `1.2.3!a.B`,
//! `1.2.3!a.c.D`, `1.2.3!a.c.E`. With the feature flag `@aws-cdk/core:enableAdditionalMetadataCollection` a name is followed
//! by JSON, which is how the construct was used, values redacted: `Queue["*"]`, `Bucket[{"versioned":true}]`. It is passed
//! over. Earlier it was the property `Modules`: `aws-cdk=1.50.0,@aws-cdk/core=1.50.0,jsii-runtime=node.js/v12.18.0`.

use std::{collections::BTreeMap, collections::BTreeSet, io::Read};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use skydeck_domain::cdk::CdkLibrary;

/// What a list may be unpacked to, in bytes. A stack of 500 resources has some 3 KB.
const MOST_BYTES: u64 = 1_048_576;

/// How many entries are read, and how long one may be. Prefixes make much of little.
const MOST_ENTRIES: usize = 5_000;
const LONGEST_ENTRY: usize = 400;

/// Why the list could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unread {
    #[error("its format is not known: {0}")]
    Format(String),
    #[error("it is not base64")]
    Base64,
    #[error("it is not gzip")]
    Gzip,
    #[error("it is longer than any stack's")]
    TooLong,
    #[error("its braces do not match")]
    Braces,
}

/// The libraries in the properties of an `AWS::CDK::Metadata` resource.
pub(super) fn libraries(properties: &Value) -> Result<Vec<CdkLibrary>, Unread> {
    if let Some(modules) = properties.get("Modules").and_then(Value::as_str) {
        let modules = modules.split(',').filter_map(|module| module.split_once('='));
        let library = |(name, version): (&str, &str)| (name.trim().to_owned(), version.trim().to_owned(), None);
        return Ok(gathered(modules.take(MOST_ENTRIES).map(library)));
    }
    let Some(analytics) = properties.get("Analytics").and_then(Value::as_str) else {
        return Ok(Vec::new());
    };
    let text = unpacked(analytics)?;
    let entries = expanded(&text)?;
    let known = entries.iter().filter_map(|entry| entry.split_once('!'));
    Ok(gathered(known.map(|(version, class)| {
        let (library, class) = class.split_once('.').unwrap_or((class, ""));
        (library.to_owned(), version.to_owned(), Some(class.to_owned()).filter(|class| !class.is_empty()))
    })))
}

fn gathered(found: impl Iterator<Item = (String, String, Option<String>)>) -> Vec<CdkLibrary> {
    let mut libraries: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for (name, version, construct) in found {
        libraries.entry((name, version)).or_default().extend(construct);
    }
    libraries
        .into_iter()
        .map(|((name, version), constructs)| CdkLibrary { name, version, constructs: constructs.into_iter().collect() })
        .collect()
}

fn unpacked(analytics: &str) -> Result<String, Unread> {
    let mut parts = analytics.split(':');
    let (Some("v2"), Some("deflate64"), Some(packed)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(Unread::Format(crate::text::one_line(analytics, 40)));
    };
    // What may follow says only that the app was made by `cdk migrate`.
    let bytes = STANDARD.decode(packed).map_err(|_| Unread::Base64)?;
    let mut text = String::new();
    let mut unpacked = flate2::read::GzDecoder::new(bytes.as_slice()).take(MOST_BYTES + 1);
    unpacked.read_to_string(&mut text).map_err(|_| Unread::Gzip)?;
    if text.len() as u64 > MOST_BYTES { Err(Unread::TooLong) } else { Ok(text) }
}

/// The entries of a list in which common beginnings stand once.
fn expanded(text: &str) -> Result<Vec<String>, Unread> {
    let mut found = Vec::new();
    // Where in `entry` each open group begins, and what `entry` is at the moment.
    let mut groups: Vec<usize> = Vec::new();
    let mut entry = String::new();
    // Whether something of `entry` belongs to no group: what follows a group's end is another entry.
    let mut is_open = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == '['
            && let Some(length) = json(rest)
        {
            rest = &rest[length..];
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '{' => {
                groups.push(entry.len());
                is_open = false;
            }
            ',' | '}' => {
                if is_open {
                    found.push(entry.clone());
                }
                is_open = false;
                if c == '}' {
                    groups.pop().ok_or(Unread::Braces)?;
                }
                entry.truncate(groups.last().copied().unwrap_or(0));
            }
            c => {
                entry.push(c);
                is_open = true;
            }
        }
        if found.len() > MOST_ENTRIES || entry.len() > LONGEST_ENTRY {
            return Err(Unread::TooLong);
        }
    }
    if is_open {
        found.push(entry);
    }
    if groups.is_empty() { Ok(found) } else { Err(Unread::Braces) }
}

/// The length of the JSON that a text begins with, if it does.
fn json(text: &str) -> Option<usize> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde::de::IgnoredAny>();
    values.next()?.ok()?;
    Some(values.byte_offset())
}
