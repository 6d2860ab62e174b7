//! Which change of a row is a turn: from well to failed, waiting, stuck, and back.

use skydeck_domain::{Aspect, Health, Profile, Resource};
use skydeck_store::State;

use crate::contract::attention::{Rule, Turn};

/// How a row stands, as far as turns go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    Failed,
    Waiting,
    Stuck,
    Well,
    /// Under way, held, stopped: says nothing about how it will be.
    Between,
    /// Not known yet.
    Unknown,
}

fn stand(health: Health, aspect: Option<Aspect>) -> Stand {
    match (health, aspect) {
        (Health::Failed, _) => Stand::Failed,
        (Health::Attention, Some(Aspect::Waiting)) => Stand::Waiting,
        (Health::Attention, Some(Aspect::Stuck)) => Stand::Stuck,
        // What another run took over did not show that it is well.
        (Health::Ok, None | Some(Aspect::Held)) => Stand::Well,
        (Health::Unknown, _) => Stand::Unknown,
        _ => Stand::Between,
    }
}

/// The turn of a change; none if it is none. `before` are the row's states before it, newest first: what fails, runs again
/// and ends well has recovered, though it only ran when it did.
pub(super) fn turn<'a>(now: &State, before: impl IntoIterator<Item = &'a State>) -> Option<Turn> {
    let before = before.into_iter().map(|was| stand(was.health, was.aspect));
    let mut known = before.filter(|was| *was != Stand::Unknown).peekable();
    // How it was found is no change.
    known.peek()?;
    let here = stand(now.health, now.aspect);
    match here {
        Stand::Between | Stand::Unknown => None,
        Stand::Well => match known.find(|was| !matches!(was, Stand::Between | Stand::Waiting)) {
            Some(Stand::Failed | Stand::Stuck) => Some(Turn::Recovered),
            _ => None,
        },
        // What is told already is not told again. What failed, runs again and fails again is.
        Stand::Failed | Stand::Waiting | Stand::Stuck if known.next() == Some(here) => None,
        Stand::Failed => Some(Turn::Failed),
        Stand::Waiting => Some(Turn::Waiting),
        Stand::Stuck => Some(Turn::Stuck),
    }
}

/// Whether a row still stands as a turn says.
pub(super) fn still(turn: Turn, row: &Resource) -> bool {
    let wanted = match turn {
        Turn::Failed => Stand::Failed,
        Turn::Waiting => Stand::Waiting,
        Turn::Stuck => Stand::Stuck,
        Turn::Recovered => Stand::Well,
    };
    stand(row.health, row.aspect) == wanted
}

/// Whether a rule lets a turn of a row through.
pub(super) fn lets_through(rule: &Rule, turn: Turn, row: &Resource, profile: Option<&Profile>) -> bool {
    let any =
        |list: &[String], value: Option<&str>| list.is_empty() || value.is_some_and(|v| list.iter().any(|l| l == v));
    any(&rule.profiles, Some(&row.profile))
        && any(&rule.environments, profile.and_then(|p| p.environment.as_deref()))
        && any(&rule.kinds, Some(&row.kind))
        && (rule.turns.is_empty() || rule.turns.contains(&turn))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(health: Health, aspect: Option<Aspect>) -> State {
        State { status: String::new(), health, aspect, reason: None }
    }

    /// A row's states in the order in which it had them, in one letter each, and the turns that are told of them.
    fn told(states: &str) -> String {
        let of = |letter: char| match letter {
            'f' => state(Health::Failed, None),
            'w' => state(Health::Attention, Some(Aspect::Waiting)),
            's' => state(Health::Attention, Some(Aspect::Stuck)),
            'r' => state(Health::Running, None),
            'x' => state(Health::Attention, Some(Aspect::Stopped)),
            'u' => state(Health::Unknown, None),
            '-' => state(Health::Ok, Some(Aspect::Superseded)),
            _ => state(Health::Ok, None),
        };
        let states: Vec<State> = states.chars().map(of).collect();
        let turns = (1..states.len()).map(|i| match turn(&states[i], states[..i].iter().rev()) {
            Some(Turn::Failed) => 'F',
            Some(Turn::Waiting) => 'W',
            Some(Turn::Stuck) => 'S',
            Some(Turn::Recovered) => 'R',
            None => '.',
        });
        turns.collect()
    }

    #[test]
    fn a_turn_is_told_when_it_comes_and_once() {
        for (states, turns) in [
            ("orf", ".F"),
            ("orfro", ".F.R"),
            ("oro", ".."),
            ("frf", ".F"),
            ("orwro", ".W.."),
            ("frwro", ".W.R"),
            ("orso", ".SR"),
            ("ff", "."),
            ("uf", "."),
            ("ouf", ".F"),
            ("fuf", ".."),
            ("orxro", "...."),
            ("orfu-ro", ".F...R"),
            ("ro", "."),
            ("fo", "R"),
        ] {
            assert_eq!(told(states), turns, "{states}");
        }
    }
}
