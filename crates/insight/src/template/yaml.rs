//! YAML to values, with the short forms of CloudFormation's intrinsic functions written out.
//!
//! The tree is made here, from the parser's events, because no tree of a library keeps tags, places and keys that are there
//! twice all at once, and because what aliases may make of a text has to be limited while it is made.

use std::{borrow::Cow, collections::HashMap};

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput, Tag};
use serde_json::{Map, Value};

use super::{DEEPEST, Format, NotATemplate, Notes, Oddity, Place, form};

/// What values under anchors and aliases may weigh together: far more than any template repeats, far less than memory.
const MOST_REPEATED: usize = 8 * 1_048_576;

/// # Errors
/// If it is no YAML, more than one document, too deep, or repeats too much.
pub(super) fn read(text: &str, notes: &mut Notes) -> Result<Value, NotATemplate> {
    let mut reader = Reader { parser: Parser::new_from_str(text), anchors: HashMap::new(), repeated: 0, notes };
    let mut root = None;
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamEnd => return root.ok_or(NotATemplate::Empty),
            Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
            _ if root.is_some() => return Err(unreadable("there is more than one document", span)),
            Event::Scalar(text, ScalarStyle::Plain, 0, None) if text.is_empty() => {}
            event => root = Some(reader.node(event, span, 0)?),
        }
    }
}

fn place(span: Span) -> Place {
    Place { line: span.start.line().max(1), column: span.start.col() + 1 }
}

fn unreadable(why: &str, span: Span) -> NotATemplate {
    NotATemplate::Unreadable { format: Format::Yaml, why: why.to_owned(), place: Some(place(span)) }
}

/// A value under an anchor.
struct Anchored {
    value: Value,
    depth: usize,
    weight: usize,
}

struct Reader<'t, 'n> {
    parser: Parser<'t, StrInput<'t>>,
    anchors: HashMap<usize, Anchored>,
    repeated: usize,
    notes: &'n mut Notes,
}

impl<'t> Reader<'t, '_> {
    fn next(&mut self) -> Result<(Event<'t>, Span), NotATemplate> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(NotATemplate::Unreadable {
                format: Format::Yaml,
                why: crate::text::one_line(error.info(), 200),
                place: Some(Place { line: error.marker().line().max(1), column: error.marker().col() + 1 }),
            }),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Value, NotATemplate> {
        let (value, anchor) = match event {
            Event::Alias(anchor) => return self.alias(anchor, span, depth),
            Event::Scalar(text, style, anchor, tag) => (self.scalar(text, style, tag, span), anchor),
            Event::SequenceStart(anchor, tag) => {
                let mut list = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break,
                        (event, at) => list.push(self.node(event, at, deeper(depth, at)?)?),
                    }
                }
                (self.tagged(tag, Value::Array(list), span), anchor)
            }
            Event::MappingStart(anchor, tag) => {
                let map = self.map(depth)?;
                (self.tagged(tag, Value::Object(map), span), anchor)
            }
            _ => return Err(unreadable("a value is missing", span)),
        };
        if anchor != 0 {
            let (depth, weight) = measure(&value);
            self.charge(weight, span)?;
            self.anchors.insert(anchor, Anchored { value: value.clone(), depth, weight });
        }
        Ok(value)
    }

    fn map(&mut self, depth: usize) -> Result<Map<String, Value>, NotATemplate> {
        let mut map = Map::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(map);
            }
            let key = self.key(event, span)?;
            if map.contains_key(&key) {
                self.notes.add(Oddity::DuplicateKey, &key, Some(place(span)));
            }
            if key == "<<" {
                self.notes.add(Oddity::MergeKey, &key, Some(place(span)));
            }
            let (event, at) = self.next()?;
            let value = self.node(event, at, deeper(depth, at)?)?;
            map.insert(key, value);
        }
    }

    /// Keys are text as it is written, whatever it looks like: `2012-10-17`, `80`, `on`.
    fn key(&mut self, event: Event<'t>, span: Span) -> Result<String, NotATemplate> {
        match event {
            Event::Scalar(text, _, anchor, None) => {
                if anchor != 0 {
                    self.charge(text.len(), span)?;
                    let value = Value::String(text.clone().into_owned());
                    self.anchors.insert(anchor, Anchored { value, depth: 0, weight: text.len() });
                }
                Ok(text.into_owned())
            }
            Event::Alias(anchor) => match self.alias(anchor, span, 0)? {
                Value::String(key) => Ok(key),
                _ => Err(unreadable("a key is no text", span)),
            },
            _ => Err(unreadable("a key is no text", span)),
        }
    }

    fn alias(&mut self, anchor: usize, span: Span, depth: usize) -> Result<Value, NotATemplate> {
        self.notes.add(Oddity::Alias, "", Some(place(span)));
        // An anchor is known once its value is complete, so what contains itself is not found.
        let (within, weight) = self
            .anchors
            .get(&anchor)
            .map(|found| (found.depth, found.weight))
            .ok_or_else(|| unreadable("an alias stands within what it names", span))?;
        if depth + within > DEEPEST {
            return Err(NotATemplate::TooDeep { place: Some(place(span)) });
        }
        self.charge(weight, span)?;
        Ok(self.anchors[&anchor].value.clone())
    }

    fn charge(&mut self, weight: usize, span: Span) -> Result<(), NotATemplate> {
        self.repeated += weight;
        if self.repeated > MOST_REPEATED {
            return Err(NotATemplate::TooManyAliases { place: place(span) });
        }
        Ok(())
    }

    fn scalar(&mut self, text: Cow<'t, str>, style: ScalarStyle, tag: Option<Cow<'t, Tag>>, span: Span) -> Value {
        match tag {
            None if style == ScalarStyle::Plain => form::plain(&text),
            None => Value::String(text.into_owned()),
            tag => self.tagged(tag, Value::String(text.into_owned()), span),
        }
    }

    /// The long form of `!Tag value`.
    fn tagged(&mut self, tag: Option<Cow<'t, Tag>>, value: Value, span: Span) -> Value {
        let Some(tag) = tag else { return value };
        let name = format!("{}{}", tag.handle, tag.suffix);
        if let Some(value) = form::core(&name, &value) {
            return value;
        }
        let function = name.strip_prefix('!').unwrap_or(&name);
        let key = match function {
            "Ref" | "Condition" => function.to_owned(),
            known if form::FUNCTIONS.contains(&known) => format!("Fn::{known}"),
            _ => {
                self.notes.add(Oddity::UnknownTag, &name, Some(place(span)));
                format!("Fn::Unknown{}{name}", if name.starts_with('!') { "" } else { "!" })
            }
        };
        Value::Object(Map::from_iter([(key, value)]))
    }
}

fn deeper(depth: usize, span: Span) -> Result<usize, NotATemplate> {
    // A tag makes one level more of its value.
    if depth + 2 > DEEPEST {
        return Err(NotATemplate::TooDeep { place: Some(place(span)) });
    }
    Ok(depth + 1)
}

/// How deep a value is, and its weight: bytes of text, and a few for every node.
fn measure(value: &Value) -> (usize, usize) {
    let within = |parts: &mut dyn Iterator<Item = (usize, usize)>| {
        parts.fold((0, 8), |(depth, weight), (d, w)| (depth.max(d + 1), weight + w))
    };
    match value {
        Value::Array(list) => within(&mut list.iter().map(measure)),
        Value::Object(map) => within(&mut map.iter().map(|(key, value)| {
            let (depth, weight) = measure(value);
            (depth, weight + key.len() + 8)
        })),
        Value::String(text) => (0, 8 + text.len()),
        _ => (0, 8),
    }
}
