//! The most that a budget buys: how far each lever should reach.
//!
//! ```text
//! helped(r) = sum of r x helped          cost(r) = sum of [r > 0] x fixed + r x variable
//! best      = the r, 0 to 1 of what was asked for each, with most helped of those within the budget
//! ```
//!
//! `fixed` is what a lever costs by the year, `variable` what it costs by the people it helps or
//! reaches. What treatment costs less is not spent again: it is seldom there to be paid out. For
//! levers that do not interact this is exact: of every set of levers, what is left of the budget
//! after all that is fixed goes to those that help most for a pound, the last of them in part. What
//! the result really comes to, with its levers together, is run like any other choice.

use super::{Choice, Kind, Trial};
use crate::study::Study;
use crate::study::figures::Figure;
use crate::study::lever::Lever;
use crate::study::package::Limits;

/// What a budget buys of the levers that are tried alone and have a price, as a choice of its own;
/// none where it buys nothing.
pub(super) fn buy(
    study: &mut Study,
    choices: &[Choice],
    all: &[Vec<Trial>],
    budget: f64,
) -> Option<Choice> {
    let alone = choices.iter().zip(all).filter(|(choice, _)| choice.kind() == Kind::Alone);
    let priced = alone.filter_map(|(choice, trials)| {
        // Somebody has asked for it at everyone, not at some more than at others.
        let lever = choice.levers.first().filter(|_| choice.aimed_of().is_none())?;
        Some((lever, offer(trials)?))
    });
    let (levers, offers): (Vec<&Lever>, Vec<Offer>) = priced.take(MOST).unzip();
    let shares = best(&offers, budget);
    let mut bought: (Vec<Lever>, Vec<f64>) = (Vec::new(), Vec::new());
    for (lever, share) in levers.into_iter().zip(shares).filter(|(_, share)| *share > 0.0) {
        bought.0.push(reaching(study, lever, share, "within the budget"));
        bought.1.push(share);
    }
    let (levers, parts) = bought;
    let name = NAME.to_owned();
    levers.first()?;
    let limits = Limits { budget: Some(budget), ..Limits::default() };
    Some(Choice { name, levers, is_package: true, parts, limits })
}

/// The mean of a lever alone over draws and scenarios; none without a price.
fn offer(trials: &[Trial]) -> Option<Offer> {
    let mean = |of: &dyn Fn(&Trial) -> Option<Vec<f64>>| -> Option<f64> {
        let means = trials.iter().map(|trial| {
            let draws = of(trial)?;
            Some(draws.iter().sum::<f64>() / draws.len().max(1) as f64)
        });
        Some(means.sum::<Option<f64>>()? / trials.len().max(1) as f64)
    };
    let fixed = mean(&|trial| trial.fixed_cost.clone())?;
    Some(Offer {
        helped: mean(&|trial| Some(trial.helped.clone()))?,
        fixed,
        variable: mean(&|trial| trial.cost.clone())? - fixed,
    })
}

/// The same lever with a part of its reach; its draws are those of its own reach.
pub(super) fn reaching(study: &mut Study, lever: &Lever, part: f64, why: &str) -> Lever {
    let own = study.figures.get(lever.reach).clone();
    let mut number = own.number;
    for value in [&mut number.low, &mut number.central, &mut number.high] {
        *value *= part;
    }
    let scenario = Some(why.to_owned());
    let reach = study.figures.put(Figure { scenario, number, ..own });
    Lever { reach, ..lever.clone() }
}

/// A lever at the reach asked for: means over draws and scenarios.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Offer {
    /// People helped.
    pub helped: f64,
    /// Pounds however far it reaches.
    pub fixed: f64,
    /// Pounds more at the reach asked for; negative where it saves.
    pub variable: f64,
}

/// The name of what a budget buys.
pub const NAME: &str = "within-budget";

/// Levers of which every set can be tried.
pub const MOST: usize = 12;

/// The share of the reach asked for, of each offer, that helps most within `budget`; of equals that
/// which costs less.
pub fn best(offers: &[Offer], budget: f64) -> Vec<f64> {
    let offers = &offers[..offers.len().min(MOST)];
    let mut best = (0.0, 0.0, vec![0.0; offers.len()]);
    for set in 0_u32..1 << offers.len() {
        let is_in = |i: &usize| set >> i & 1 == 1 && offers[*i].helped > 0.0;
        let fixed: f64 = (0..offers.len()).filter(is_in).map(|i| offers[i].fixed).sum();
        let mut order: Vec<usize> = (0..offers.len()).filter(is_in).collect();
        let for_a_pound = |i: &usize| match offers[*i].variable {
            pounds if pounds > 0.0 => offers[*i].helped / pounds,
            // What saves comes first and makes room for the others.
            _ => f64::INFINITY,
        };
        order.sort_by(|a, b| for_a_pound(b).total_cmp(&for_a_pound(a)));
        let (mut left, mut helped) = (budget - fixed, 0.0);
        let mut shares = vec![0.0; offers.len()];
        for i in order {
            let Offer { helped: most, variable, .. } = offers[i];
            let share = if variable > left { (left / variable).max(0.0) } else { 1.0 };
            shares[i] = share;
            helped += share * most;
            left -= share * variable;
        }
        let cost = budget - left;
        let is_better = helped > best.0 || helped == best.0 && cost < best.1;
        if left >= -1e-9 * budget.abs() && is_better {
            best = (helped, cost, shares);
        }
    }
    best.2
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn offer(helped: f64, fixed: f64, variable: f64) -> Offer {
        Offer { helped, fixed, variable }
    }

    #[test]
    fn money_goes_first_where_a_pound_helps_most() {
        // 2, 1 and 0.5 people a pound; 150 pounds buy the first whole and half of the second.
        let offers = [offer(50.0, 0.0, 100.0), offer(200.0, 0.0, 100.0), offer(100.0, 0.0, 100.0)];
        assert_eq!(best(&offers, 150.0), [0.0, 1.0, 0.5]);
        assert_eq!(best(&offers, 1000.0), [1.0, 1.0, 1.0]);
        assert_eq!(best(&offers, 0.0), [0.0, 0.0, 0.0]);
    }

    #[test]
    fn what_is_fixed_is_paid_whole_or_not_at_all() {
        // By the pound the first is best (110 for 60), yet with 100 the other two help 160.
        let offers = [offer(110.0, 60.0, 0.0), offer(80.0, 50.0, 0.0), offer(80.0, 50.0, 0.0)];
        assert_eq!(best(&offers, 100.0), [0.0, 1.0, 1.0]);
        assert_eq!(best(&offers, 60.0), [1.0, 0.0, 0.0]);
        assert_eq!(best(&offers, 49.0), [0.0, 0.0, 0.0]);
    }

    #[test]
    fn a_saving_makes_room_and_harm_is_never_bought() {
        let offers = [offer(10.0, 20.0, -70.0), offer(100.0, 0.0, 100.0), offer(-5.0, 0.0, 0.0)];
        // 50 - 20 + 70 = 100 left for the second.
        assert_eq!(best(&offers, 50.0), [1.0, 1.0, 0.0]);
    }

    #[test]
    fn no_grid_of_reaches_does_better() {
        let offers = [offer(90.0, 30.0, 40.0), offer(60.0, 10.0, 55.0), offer(45.0, 0.0, 70.0)];
        let of = |shares: &[f64]| {
            let pairs = || offers.iter().zip(shares);
            let cost: f64 = pairs()
                .map(|(o, share)| if *share > 0.0 { o.fixed + share * o.variable } else { 0.0 })
                .sum();
            (pairs().map(|(o, share)| o.helped * share).sum::<f64>(), cost)
        };
        for budget in [20.0, 65.0, 90.0, 120.0, 180.0] {
            let found = of(&best(&offers, budget));
            assert!(found.1 <= budget + 1e-9, "{budget}: {found:?}");
            for i in 0..21_u32.pow(3) {
                let share = |place: u32| f64::from(i / 21_u32.pow(place) % 21) / 20.0;
                let tried = of(&[share(0), share(1), share(2)]);
                assert!(tried.1 > budget + 1e-9 || tried.0 <= found.0 + 1e-9, "{budget} {tried:?}");
            }
        }
    }
}
