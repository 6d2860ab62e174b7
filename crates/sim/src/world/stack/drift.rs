//! Drift: what somebody changed behind a stack's back, and what detections found of it. What a detection finds is what
//! differs when it begins; detecting changes nothing.

use serde_json::Value;

use crate::world::{
    id::Uuid,
    noise,
    time::{Ms, SECOND},
};

/// A resource that somebody changed without CloudFormation.
#[derive(Debug, Clone)]
pub struct Drifted {
    /// Logical id.
    pub logical: String,
    /// Since when.
    pub since: Ms,
    /// When an update put it right, if one has.
    pub until: Option<Ms>,
    /// Path of each property that differs (`/BillingMode`), and what it actually is; none: it is not there. Empty: the resource
    /// itself was deleted.
    pub differences: Vec<(String, Option<Value>)>,
}

/// One detection.
#[derive(Debug, Clone)]
pub struct Detection {
    /// Id.
    pub id: Uuid,
    /// Start.
    pub at: Ms,
    /// How long it takes.
    pub lasts: Ms,
    /// The only resources looked at, where that was asked.
    pub only: Option<Vec<String>>,
}

/// Drift of one stack.
#[derive(Debug, Default)]
pub struct Drift {
    /// What differs or differed.
    pub drifted: Vec<Drifted>,
    /// Detections, oldest first.
    pub detections: Vec<Detection>,
}

impl Drift {
    /// Begins a detection over so many resources.
    pub fn detect(&mut self, key: u64, at: Ms, resources: usize, only: Option<Vec<String>>) -> Uuid {
        let draw = noise::mix(key, 900 + self.detections.len() as u64);
        let id = Uuid::draw(draw, 1);
        let lasts = noise::duration_ms(draw, 5 * SECOND + resources as Ms * 400);
        self.detections.push(Detection { id, at, lasts, only });
        id
    }

    /// The newest detection that is over.
    pub fn last(&self, now: Ms) -> Option<&Detection> {
        self.detections.iter().rev().find(|d| d.at + d.lasts <= now)
    }

    /// Whether one is under way.
    pub fn detecting(&self, now: Ms) -> bool {
        self.detections.iter().any(|d| d.at <= now && now < d.at + d.lasts)
    }

    /// What differs at an instant, detected or not.
    pub fn standing(&self, now: Ms) -> impl Iterator<Item = &Drifted> {
        self.drifted.iter().filter(move |d| d.since <= now && d.until.is_none_or(|until| until > now))
    }

    /// What a detection found.
    pub fn found(&self, detection: &Detection) -> impl Iterator<Item = &Drifted> {
        let (at, only) = (detection.at, detection.only.clone());
        self.drifted.iter().filter(move |d| {
            let looked_at = only.as_ref().is_none_or(|only| only.contains(&d.logical));
            d.since <= at && d.until.is_none_or(|until| until > at) && looked_at
        })
    }

    /// AWS's word for the stack, and when it was last checked.
    pub fn status(&self, now: Ms) -> (&'static str, Option<Ms>) {
        match self.last(now) {
            None => ("NOT_CHECKED", None),
            Some(detection) if self.found(detection).next().is_some() => {
                ("DRIFTED", Some(detection.at + detection.lasts))
            }
            Some(detection) => ("IN_SYNC", Some(detection.at + detection.lasts)),
        }
    }

    /// The newest detection that looked at a resource, and what it found there.
    pub fn of(&self, logical: &str, now: Ms) -> Option<(&Detection, Option<&Drifted>)> {
        let looked =
            |d: &&Detection| d.at + d.lasts <= now && d.only.as_ref().is_none_or(|o| o.iter().any(|l| l == logical));
        let detection = self.detections.iter().rev().find(looked)?;
        let found = self.found(detection).find(|d| d.logical == logical);
        Some((detection, found))
    }
}
