//! The order of need as one number: by health, waiting before stuck. Each pair of health and aspect has its own number, so
//! that one indexed column sorts, filters and counts by both.

use skydeck_domain::{Aspect, Health};

use crate::Need;

/// Aspects in order of need within a health; none lies in the middle: it is plainly that health.
const ASPECTS: [Option<Aspect>; 7] = [
    Some(Aspect::Waiting),
    Some(Aspect::Stuck),
    Some(Aspect::Held),
    None,
    Some(Aspect::Stopped),
    Some(Aspect::Queued),
    Some(Aspect::Superseded),
];

/// Room for the aspects of one health.
const STEP: i64 = 10;

/// The number of a health and aspect, the neediest the smallest.
pub(super) fn need(health: Health, aspect: Option<Aspect>) -> i64 {
    let place = ASPECTS.iter().position(|a| *a == aspect).map_or(STEP - 1, |i| i as i64);
    health.rank() * STEP + place
}

/// The health and aspect of a number, if it is one of ours.
pub(super) fn of(need: i64) -> Option<(Health, Option<Aspect>)> {
    let health = Health::ALL.into_iter().find(|h| h.rank() == need.div_euclid(STEP))?;
    let aspect = ASPECTS.get(usize::try_from(need.rem_euclid(STEP)).ok()?)?;
    Some((health, *aspect))
}

/// The numbers of rows in one of these healths, of these aspects and of one of these needs, ascending; none if nothing
/// filters.
pub(super) fn wanted(healths: &[Health], aspects: &[Aspect], needs: Option<&[Need]>) -> Option<Vec<i64>> {
    if healths.is_empty() && aspects.is_empty() && needs.is_none() {
        return None;
    }
    let pairs = Health::ALL.into_iter().flat_map(|h| ASPECTS.into_iter().map(move |a| (h, a)));
    let fits = |(health, aspect): &(Health, Option<Aspect>)| {
        (healths.is_empty() || healths.contains(health))
            && (aspects.is_empty() || aspect.is_some_and(|a| aspects.contains(&a)))
            && needs.is_none_or(|needs| needs.iter().any(|n| n.fits(*health, *aspect)))
    };
    Some(pairs.filter(fits).map(|(health, aspect)| need(health, aspect)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pair_has_its_own_number_and_comes_back() {
        let mut last = -1;
        for health in Health::ALL {
            for aspect in ASPECTS {
                let number = need(health, aspect);
                assert!(number > last, "{health:?} {aspect:?}");
                assert_eq!(of(number), Some((health, aspect)));
                last = number;
            }
        }
        assert_eq!(of(9), None);
        assert_eq!(of(-3), None);
    }

    #[test]
    fn waiting_comes_before_stuck_and_a_failure_before_both() {
        let failed = need(Health::Failed, None);
        let waiting = need(Health::Attention, Some(Aspect::Waiting));
        let stuck = need(Health::Attention, Some(Aspect::Stuck));
        assert!(failed < waiting && waiting < stuck && stuck < need(Health::Running, None));
    }

    #[test]
    fn healths_and_aspects_are_joined_by_and() {
        assert_eq!(wanted(&[], &[], None), None);
        assert_eq!(
            wanted(&[Health::Attention], &[Aspect::Waiting], None),
            Some(vec![need(Health::Attention, Some(Aspect::Waiting))])
        );
        assert_eq!(wanted(&[Health::Failed], &[], None).map(|w| w.len()), Some(7));
        assert_eq!(wanted(&[], &[Aspect::Queued], None).map(|w| w.len()), Some(6));
    }

    #[test]
    fn of_needs_any_will_do() {
        let either = [Need::Health(Health::Failed), Need::Aspect(Aspect::Waiting)];
        let numbers = wanted(&[], &[], Some(&either)).unwrap_or_default();
        // Seven of the failed ones, and those that wait in each of the other five healths.
        assert_eq!(numbers.len(), 12);
        assert!(numbers.contains(&need(Health::Attention, Some(Aspect::Waiting))));
        assert_eq!(wanted(&[], &[], Some(&[])), Some(vec![]));
        assert_eq!(wanted(&[Health::Ok], &[], Some(&[Need::Health(Health::Failed)])), Some(vec![]));
    }
}
