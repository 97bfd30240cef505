//! Treatment capacity by date: steps and ramps as given, and its mean over any month.

use crate::month::Month;
use crate::study::names::same_name;

/// What a capacity counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Treatments that can start in a month.
    Starts,
    /// People who can be in treatment at a time.
    Places,
}

impl Kind {
    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Starts => "starts",
            Self::Places => "places",
        }
    }
}

/// The capacity of one service, in one area or in all.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The service.
    pub service: usize,
    /// The area; none is every area without a plan of its own.
    pub area: Option<String>,
    /// What is counted.
    pub kind: Kind,
    /// Its points, in the order of time; each holds until the next.
    pub points: Vec<Point>,
    /// People waiting at the start of the scenario, if known.
    pub opening: Option<f64>,
    /// Share of those who wait that leaves in a month, if known.
    pub reneging: Option<f64>,
    /// The file it stands in.
    pub file: String,
}

/// A capacity from a date on.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Point {
    /// The date as a position in months.
    pub from: f64,
    /// The capacity from then on.
    pub value: f64,
    /// Whether it goes to the next point in a straight line instead of a step.
    pub ramp: bool,
}

impl Plan {
    /// The plan of a service in an area: the area's own before that of every area.
    pub fn find<'a>(plans: &'a [Self], service: usize, area: &str) -> Option<&'a Self> {
        let of_service = || plans.iter().filter(|plan| plan.service == service);
        let own = |plan: &&Self| plan.area.as_ref().is_some_and(|id| same_name(id, area));
        of_service().find(own).or_else(|| of_service().find(|plan| plan.area.is_none()))
    }

    /// The mean over a month; `before` is what holds until the first point.
    pub fn mean(&self, month: Month, before: f64) -> f64 {
        let (from, to) = (month.start_position(), month.plus(1).start_position());
        let first = self.points.first().map_or(to, |point| point.from);
        let mut sum = before * (first.min(to) - from).max(0.0);
        for (index, point) in self.points.iter().enumerate() {
            let next = self.points.get(index + 1);
            let end = next.map_or(f64::INFINITY, |next| next.from);
            let (a, b) = (point.from.max(from), end.min(to));
            if b > a {
                let middle = f64::midpoint(a, b);
                sum += (b - a) * point.at(middle, next);
            }
        }
        sum / (to - from)
    }

    /// Whether the plan says anything of a month.
    pub fn covers(&self, month: Month) -> bool {
        self.points.first().is_some_and(|point| point.from < month.plus(1).start_position())
    }
}

impl Point {
    fn at(&self, position: f64, next: Option<&Self>) -> f64 {
        match next.filter(|_| self.ramp) {
            Some(next) => {
                let share = (position - self.from) / (next.from - self.from);
                self.value + share * (next.value - self.value)
            }
            None => self.value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(month: u32) -> Month {
        Month::new(2020, month).unwrap()
    }

    fn plan(points: &[(f64, f64, bool)]) -> Plan {
        let january = month(1).start_position();
        let point =
            |&(from, value, ramp): &(f64, f64, bool)| Point { from: january + from, value, ramp };
        Plan {
            service: 0,
            area: None,
            kind: Kind::Starts,
            points: points.iter().map(point).collect(),
            opening: None,
            reneging: None,
            file: String::new(),
        }
    }

    #[test]
    fn a_step_within_a_month_counts_by_its_days() {
        let plan = plan(&[(1.0, 100.0, false), (2.25, 200.0, false)]);
        let means: Vec<f64> = (1..5).map(|m| plan.mean(month(m), 80.0)).collect();
        for (mean, told) in means.iter().zip([80.0, 100.0, 175.0, 200.0]) {
            assert!((mean - told).abs() < 1e-9, "{means:?}");
        }
        assert!(!plan.covers(month(1)) && plan.covers(month(2)));
    }

    #[test]
    fn a_ramp_is_a_straight_line_to_the_next_point() {
        let plan = plan(&[(0.0, 100.0, true), (4.0, 140.0, false)]);
        let means: Vec<f64> = (1..6).map(|m| plan.mean(month(m), 0.0)).collect();
        for (mean, told) in means.iter().zip([105.0, 115.0, 125.0, 135.0, 140.0]) {
            assert!((mean - told).abs() < 1e-9, "{means:?}");
        }
    }

    #[test]
    fn an_areas_own_plan_goes_before_that_of_every_area() {
        let mut own = plan(&[(0.0, 1.0, false)]);
        own.area = Some("00V".to_owned());
        let plans = [plan(&[(0.0, 2.0, false)]), own];
        assert_eq!(Plan::find(&plans, 0, "00v").unwrap().points[0].value, 1.0);
        assert_eq!(Plan::find(&plans, 0, "England").unwrap().points[0].value, 2.0);
        assert!(Plan::find(&plans, 1, "England").is_none());
    }
}
