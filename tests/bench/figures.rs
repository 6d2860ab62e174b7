//! Figures with their bounds, as a table and as JSON.

use std::fmt;

use serde_json::{Value, json};

/// One measured figure.
#[derive(Debug)]
struct Figure {
    part: &'static str,
    what: String,
    value: f64,
    unit: &'static str,
    /// What it may be at most, if anything is promised.
    at_most: Option<f64>,
}

impl Figure {
    fn within(&self) -> bool {
        self.at_most.is_none_or(|bound| self.value <= bound)
    }
}

/// All figures of a run, in order.
#[derive(Debug, Default)]
pub(crate) struct Figures(Vec<Figure>);

impl Figures {
    /// A figure that explains others.
    pub(crate) fn tell(&mut self, part: &'static str, what: impl Into<String>, value: f64, unit: &'static str) {
        self.0.push(Figure { part, what: what.into(), value, unit, at_most: None });
    }

    /// A figure with a promise.
    pub(crate) fn hold(
        &mut self,
        part: &'static str,
        what: impl Into<String>,
        value: f64,
        unit: &'static str,
        at_most: f64,
    ) {
        self.0.push(Figure { part, what: what.into(), value, unit, at_most: Some(at_most) });
    }

    pub(crate) fn all_within(&self) -> bool {
        self.0.iter().all(Figure::within)
    }

    pub(crate) fn as_json(&self) -> Value {
        let figure = |f: &Figure| {
            json!({
                "part": f.part, "what": f.what, "value": f.value, "unit": f.unit, "at_most": f.at_most,
                "within": f.within(),
            })
        };
        json!({
            "cores": std::thread::available_parallelism().map(usize::from).ok(),
            "figures": self.0.iter().map(figure).collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wide = self.0.iter().map(|figure| figure.what.chars().count()).max().unwrap_or_default();
        for figure in &self.0 {
            let pad = wide - figure.what.chars().count();
            write!(f, "{:7} {}{:pad$}  {:>9.2} {:9}", figure.part, figure.what, "", figure.value, figure.unit)?;
            match (figure.at_most, figure.within()) {
                (Some(bound), true) => writeln!(f, " at most {bound:.2}")?,
                (Some(bound), false) => writeln!(f, " MORE THAN {bound:.2}")?,
                (None, _) => writeln!(f)?,
            }
        }
        Ok(())
    }
}

/// The middle of the values; of an even number the lower one, so that it is one that was measured.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}
