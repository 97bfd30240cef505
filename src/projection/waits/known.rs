//! What is published of a service's waits, as it was known at a month: the list, those seen, those
//! who left, and how long people waited.
//!
//! ```text
//! seen, referrals   mean month of the last twelve
//! left              referrals - seen - change of the list, over the list, of up to twenty-four months
//! wait              the median and the stretch through the published points of the last six months
//! ```
//!
//! How many leave an area's list is drawn towards its nation's: `months / (months + 12)` is its own.
//! A mean over one year of the waits would lag behind; one quarter is noise. The figures of a balance
//! need all three of referrals, those seen and those waiting.

use crate::model::waiting::{Limit, Spread};
use crate::month::Month;
use crate::study::waits::{Figure, Published, Told};

/// Months of waits that tell how long people wait now.
const RECENT: i32 = 6;
/// Months of counts that tell a usual month.
const YEAR: i32 = 12;
/// Fewer months of a balance tell nothing.
const LEAST_BALANCE: i32 = 6;
/// Months of a balance that tell how many leave.
const BALANCE: i32 = 24;

/// What is known at a month.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Known {
    /// People waiting at its end.
    pub list: Option<f64>,
    /// Referrals accepted in a usual month.
    pub referrals: Option<f64>,
    /// People seen in a usual month.
    pub seen: Option<f64>,
    /// The rate a month at which those who wait leave unseen.
    pub leaving: Option<f64>,
    /// The median wait of those seen, weeks, and how waits spread around it.
    pub wait: Option<(f64, Spread)>,
}

impl Known {
    /// What `published` tells at `month`, for waits of the form of `spread`; `nation` is what is
    /// published of the area's nation.
    pub fn at(
        published: &Published,
        nation: Option<&Published>,
        month: Month,
        spread: &Spread,
    ) -> Self {
        let known: Vec<&Figure> = published.figures.iter().filter(|f| f.last <= month).collect();
        let of = |told: Told| known.iter().filter(move |f| f.told == told).copied();
        let list_at = |at: Month| of(Told::Waiting).find(|f| f.last == at).map(|f| f.value);
        // A list that was last counted long ago says nothing of now.
        let list = (0..3).find_map(|ago| list_at(month.plus(-ago)));
        let mean = |told: Told| monthly_mean(of(told), month, YEAR);
        Self {
            list,
            referrals: mean(Told::Referrals),
            seen: mean(Told::Seen),
            leaving: drawn(
                leaving(&published.figures, month),
                nation.and_then(|nation| leaving(&nation.figures, month)),
            ),
            wait: wait(&known, month, RECENT, spread),
        }
    }
}

/// The usual median wait of a nation: that of the last two years.
pub fn usual_median(published: &Published, month: Month, spread: &Spread) -> Option<f64> {
    let known: Vec<&Figure> = published.figures.iter().filter(|f| f.last <= month).collect();
    wait(&known, month, BALANCE, spread).map(|(median, _)| median)
}

/// The mean month of counts whose periods lie within `months` up to `last`; periods that overlap
/// are weighed alike, which for rolling ones is a mean of means.
fn monthly_mean<'a>(
    figures: impl Iterator<Item = &'a Figure>,
    last: Month,
    months: i32,
) -> Option<f64> {
    let within = figures.filter(|f| f.first > last.plus(-months));
    let means: Vec<f64> = within.map(|f| f.value / f64::from(f.last.since(f.first) + 1)).collect();
    (!means.is_empty()).then(|| means.iter().sum::<f64>() / means.len() as f64)
}

/// Months of a nation's balance that weigh as much as those of an area.
const NATIONS_MONTHS: f64 = 12.0;

/// An area's own rate, of so many months, drawn towards its nation's.
fn drawn(own: Option<(f64, f64)>, nation: Option<(f64, f64)>) -> Option<f64> {
    let (Some((own, months)), Some((nation, _))) = (own, nation) else {
        return own.or(nation).map(|(rate, _)| rate);
    };
    let weight = months / (months + NATIONS_MONTHS);
    Some(weight * own + (1.0 - weight) * nation)
}

/// The rate at which people leave the list unseen, by the balance of up to two years, and of how
/// many months.
fn leaving(known: &[Figure], month: Month) -> Option<(f64, f64)> {
    let at = |told: Told, m: Month| {
        known.iter().find(|f| f.told == told && f.first == m && f.last == m).map(|f| f.value)
    };
    let mut left = 0.0;
    let mut list = 0.0;
    let mut months = 0;
    for ago in 0..BALANCE {
        let m = month.plus(-ago);
        let balance = (|| {
            let change = at(Told::Waiting, m)? - at(Told::Waiting, m.plus(-1))?;
            Some((at(Told::Referrals, m)? - at(Told::Seen, m)? - change, at(Told::Waiting, m)?))
        })();
        let Some((gone, waiting)) = balance else { continue };
        left += gone;
        list += waiting;
        months += 1;
    }
    (months >= LEAST_BALANCE && list > 0.0).then(|| ((left / list).max(0.0), f64::from(months)))
}

/// The median wait and the spread through the published points of the last months.
fn wait(known: &[&Figure], month: Month, months: i32, spread: &Spread) -> Option<(f64, Spread)> {
    let recent = known.iter().filter(|f| f.last > month.plus(-months));
    let mut points: Vec<(Told, Option<f64>, Vec<f64>)> = Vec::new();
    for figure in recent {
        match points
            .iter_mut()
            .find(|(told, weeks, _)| *told == figure.told && *weeks == figure.weeks)
        {
            Some((.., values)) => values.push(figure.value),
            None => points.push((figure.told, figure.weeks, vec![figure.value])),
        }
    }
    let limits: Vec<Limit> = points
        .iter()
        .filter_map(|(told, weeks, values)| {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            match told {
                // Shares of nobody or of all say only on which side the wait lies.
                Told::Within => weeks.map(|weeks| Limit { weeks, share: mean.clamp(0.02, 0.98) }),
                Told::Median => Some(Limit { weeks: mean, share: 0.5 }),
                Told::Percentile90 => Some(Limit { weeks: mean, share: 0.9 }),
                Told::Referrals | Told::Seen | Told::Waiting => None,
            }
        })
        .collect();
    spread.through(&limits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(told: Told, weeks: Option<f64>, month: Month, value: f64) -> Figure {
        Figure { told, weeks, first: month, last: month, value }
    }

    #[test]
    fn a_balance_tells_how_many_leave_and_two_points_the_spread() {
        let last = Month::new(2020, 2).unwrap();
        let mut figures = Vec::new();
        for ago in 0..30 {
            let month = last.plus(-ago);
            figures.push(figure(Told::Referrals, None, month, 1_000.0));
            figures.push(figure(Told::Seen, None, month, 800.0));
            figures.push(figure(Told::Waiting, None, month, 4_000.0));
            figures.push(figure(Told::Within, Some(18.0), month, 0.7));
            figures.push(figure(Told::Median, None, month, 11.0));
        }
        let published =
            Published { area: "Scotland".into(), service: 0, figures, file: String::new() };
        let known = Known::at(&published, Some(&published), last, &Spread::one(1.1));
        assert_eq!(
            (known.list, known.seen, known.referrals),
            (Some(4_000.0), Some(800.0), Some(1_000.0))
        );
        assert!((known.leaving.unwrap() - 0.05).abs() < 1e-12);
        let (median, spread) = known.wait.unwrap();
        assert!((spread.within(median, 18.0) - 0.7).abs() < 1e-9);
        assert!((spread.within(median, 11.0) - 0.5).abs() < 1e-9);
        assert_eq!(
            Known::at(&published, None, Month::new(2010, 1).unwrap(), &Spread::one(1.1)),
            Known::default()
        );
    }
}
