//! What the surge of a service line takes: pounds, staff, and how ill its people are.
//!
//! ```text
//! cost of the surge(t) = surge accepted(t) x unit_cost x load(t) x stay(t)
//! cost of treatment(t) = starts(t) x unit_cost x load(t) x stay(t)
//! staff(t)             = surge places(t) / caseload_per_wte, or surge(t) / contacts_per_wte
//! ```
//!
//! The surge is what is left of it with the levers of the scenario, here as nowhere else: what they
//! prevent, divert, refuse or bring more of is in its cost and staff. Those of the surge who are
//! accepted are counted as if nobody waited. The treatment of all, which levers change, costs money
//! when it starts: room that levers add is paid for when somebody is treated in it. `load` is that of
//! [`crate::model::severity`] for the same people, `stay` the length of a treatment that levers
//! shorten, relative to its own. Staff are those that would treat the surge at once, without a wait,
//! in its busiest month.
//! Totals have no burden of their own: it is that of their members.

use super::course::Period;
use super::quantiles::{Stats, Summariser};

/// The burden of a line.
#[derive(Clone, Debug, Default)]
pub struct Burden {
    /// Cost of the surge by period, in pounds; none without a unit cost.
    pub costs: Vec<(Period, Stats)>,
    /// Cost over the horizon by draw.
    pub cost_draws: Vec<f64>,
    /// Cost of the treatments started within the horizon, by draw.
    pub treatment_cost_draws: Vec<f64>,
    /// Extra whole-time equivalents in the busiest month; none without a figure per person.
    pub staff: Option<Stats>,
    /// The same by draw.
    pub staff_draws: Vec<f64>,
    /// Share of people who are severely ill in the month of peak demand.
    pub severe_at_peak: Option<Stats>,
}

impl Burden {
    pub(super) fn forget_draws(&mut self) {
        self.cost_draws = Vec::new();
        self.treatment_cost_draws = Vec::new();
        self.staff_draws = Vec::new();
    }
}

/// The burden of several lines together, draw by draw.
#[derive(Clone, Copy, Debug, Default)]
pub struct Total {
    /// Cost of the surge over the horizon, in pounds.
    pub cost: Option<Stats>,
    /// Extra whole-time equivalents, each line's busiest month together.
    pub staff: Option<Stats>,
}

/// Adds up the burden of lines.
pub fn total<'a>(burdens: &(impl Iterator<Item = &'a Burden> + Clone)) -> Total {
    let sum = |draws: fn(&Burden) -> &Vec<f64>| {
        let mut sum: Vec<f64> = Vec::new();
        for burden in burdens.clone() {
            let own = draws(burden);
            sum.resize(sum.len().max(own.len()), 0.0);
            for (sum, own) in sum.iter_mut().zip(own) {
                *sum += own;
            }
        }
        (!sum.is_empty()).then(|| Summariser::default().stats(sum.into_iter()))
    };
    Total { cost: sum(|burden| &burden.cost_draws), staff: sum(|burden| &burden.staff_draws) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_of_lines_add_up_draw_by_draw() {
        let line = |draws: &[f64]| Burden { cost_draws: draws.to_vec(), ..Burden::default() };
        let lines = [line(&[1.0, 5.0]), line(&[]), line(&[2.0, -1.0])];
        let total = total(&lines.iter());
        assert_eq!(total.cost.map(|stats| (stats.mean, stats.median())), Some((3.5, 3.5)));
        assert!(total.staff.is_none());
    }
}
