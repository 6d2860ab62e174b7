//! Who may come in: a link that is good once, the sessions it opened, and how often a wrong one may be tried.
//!
//! Secrets and instants are passed in. Deliberately not here: where a request came from (`origin.rs`).

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use super::secret::Secret;

/// Wrong links in a row before one has to wait.
const TRIES: u32 = 5;

/// From then on one may be tried in so long.
const PAUSE: Duration = Duration::from_secs(10);

/// Browsers that are in at the same time; the one that came first goes first.
const MOST_SESSIONS: usize = 16;

/// What became of a link.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// It was good, and is so no longer.
    In,
    /// It is not good, or not any more.
    Wrong,
    /// Nobody may try before that; not even with the right one, or trying would tell it apart.
    Wait(Duration),
}

/// The gate of one server.
#[derive(Debug)]
pub(crate) struct Gate {
    token: Option<Secret>,
    sessions: VecDeque<Secret>,
    tries: u32,
    counted: Instant,
}

impl Gate {
    /// Nobody is in, and no link is good yet.
    pub(crate) fn new(now: Instant) -> Gate {
        Gate { token: None, sessions: VecDeque::new(), tries: TRIES, counted: now }
    }

    /// From now on this token is good, once; an earlier one is so no longer.
    pub(crate) fn invite(&mut self, token: Secret) {
        self.token = Some(token);
    }

    /// Tries a token; if it is good, the session is in.
    pub(crate) fn enter(&mut self, offered: &str, session: Secret, now: Instant) -> Entry {
        self.count(now);
        if self.tries == 0 {
            return Entry::Wait((self.counted + PAUSE).saturating_duration_since(now));
        }
        if !self.void(offered) {
            self.tries -= 1;
            return Entry::Wrong;
        }
        if self.sessions.len() >= MOST_SESSIONS {
            self.sessions.pop_front();
        }
        self.sessions.push_back(session);
        Entry::In
    }

    /// Uses the token up, if this is it: one who is in follows a link, too. True if it was.
    pub(crate) fn void(&mut self, offered: &str) -> bool {
        let good = self.token.as_ref().is_some_and(|token| token.is(offered));
        if good {
            self.token = None;
        }
        good
    }

    /// Whether that session is in. Every one is compared: how long that takes does not tell which.
    pub(crate) fn knows(&self, offered: &str) -> bool {
        self.sessions.iter().fold(false, |known, session| session.is(offered) | known)
    }

    /// Gives back the tries that time has earned.
    fn count(&mut self, now: Instant) {
        while self.tries < TRIES && now.saturating_duration_since(self.counted) >= PAUSE {
            self.tries += 1;
            self.counted += PAUSE;
        }
        if self.tries == TRIES {
            self.counted = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> Secret {
        Secret::fresh().unwrap()
    }

    fn gate(token: &Secret) -> (Gate, Instant) {
        let now = Instant::now();
        let mut gate = Gate::new(now);
        gate.invite(token.clone());
        (gate, now)
    }

    #[test]
    fn a_token_is_good_once() {
        let (token, session) = (secret(), secret());
        let (mut gate, now) = gate(&token);
        assert!(!gate.knows(session.text()));
        assert_eq!(gate.enter(token.text(), session.clone(), now), Entry::In);
        assert!(gate.knows(session.text()));
        assert!(!gate.knows(token.text()) && !gate.knows(""));
        assert_eq!(gate.enter(token.text(), secret(), now), Entry::Wrong);
    }

    #[test]
    fn a_new_token_takes_the_place_of_the_old_one_and_leaves_who_is_in() {
        let (old, new, first, second) = (secret(), secret(), secret(), secret());
        let (mut gate, now) = gate(&old);
        assert_eq!(gate.enter(old.text(), first.clone(), now), Entry::In);
        let unused = secret();
        gate.invite(unused.clone());
        gate.invite(new.clone());
        assert_eq!(gate.enter(unused.text(), secret(), now), Entry::Wrong);
        assert_eq!(gate.enter(new.text(), second.clone(), now), Entry::In);
        assert!(gate.knows(first.text()) && gate.knows(second.text()));
    }

    #[test]
    fn no_token_lets_nobody_in() {
        let now = Instant::now();
        assert_eq!(Gate::new(now).enter("", secret(), now), Entry::Wrong);
    }

    #[test]
    fn after_five_wrong_ones_even_the_right_one_waits() {
        let token = secret();
        let (mut gate, now) = gate(&token);
        for _ in 0..TRIES {
            assert_eq!(gate.enter("0000", secret(), now), Entry::Wrong);
        }
        assert_eq!(gate.enter(token.text(), secret(), now), Entry::Wait(PAUSE));
        let later = now + Duration::from_secs(4);
        assert_eq!(gate.enter(token.text(), secret(), later), Entry::Wait(Duration::from_secs(6)));
        // One try has been earned: a wrong one uses it up, the right one after the next pause is good.
        assert_eq!(gate.enter("0000", secret(), now + PAUSE), Entry::Wrong);
        assert_eq!(gate.enter(token.text(), secret(), now + PAUSE), Entry::Wait(PAUSE));
        assert_eq!(gate.enter(token.text(), secret(), now + 2 * PAUSE), Entry::In);
    }

    #[test]
    fn a_long_rest_earns_no_more_than_five() {
        let token = secret();
        let (mut gate, now) = gate(&token);
        let rested = now + Duration::from_secs(86_400);
        for _ in 0..TRIES {
            assert_eq!(gate.enter("0000", secret(), rested), Entry::Wrong);
        }
        assert_eq!(gate.enter("0000", secret(), rested), Entry::Wait(PAUSE));
    }

    #[test]
    fn one_who_is_in_uses_the_token_up_without_a_try() {
        let token = secret();
        let (mut gate, now) = gate(&token);
        assert!(!gate.void("0000"));
        assert!(gate.void(token.text()));
        assert_eq!(gate.enter(token.text(), secret(), now), Entry::Wrong);
    }

    #[test]
    fn sessions_are_not_without_number() {
        let (mut gate, now) = gate(&secret());
        let sessions: Vec<Secret> = (0..=MOST_SESSIONS).map(|_| secret()).collect();
        for session in &sessions {
            let token = secret();
            gate.invite(token.clone());
            assert_eq!(gate.enter(token.text(), session.clone(), now), Entry::In);
        }
        assert!(!gate.knows(sessions[0].text()));
        assert!(sessions[1..].iter().all(|session| gate.knows(session.text())));
    }
}
