//! How people wait for a service before the start: the list, those seen and those who leave, from
//! what is published where it is, else from the figures of the pack in a steady state.
//!
//! ```text
//! list, starts   as published, times (arrivals of the baseline over those published)
//!          else  a steady list in which those seen have waited the mean of all waits (Little's law)
//! ```
//!
//! The list counts everyone who waits, so it is the mean wait that makes it, and the mean is longer
//! than the median: 1.83 times with England's spread for talking therapies.

use super::known::Known;
use crate::lane::Lane;
use crate::model::waiting::list::waited;
use crate::model::waiting::response::Response;
use crate::model::waiting::{Classes, Limit, Spread, Standing, WEEKS};
use crate::study::figures::{FigureId, Figures, Sample};
use crate::study::pack::WaitFigures;

/// An area drifts so much more than its nation, in which many even out.
const LOCAL_DRIFT: f64 = 2.0;

/// How people wait for a service in usual times.
#[derive(Clone, Debug)]
pub struct Usual<'a> {
    figures: &'a WaitFigures,
    /// What is published.
    pub known: Known,
    /// How individual waits spread, where that is the same in every draw.
    spread: Option<Spread>,
    /// The median at which the standard is just met, where no wait is known.
    meeting: Option<f64>,
    /// Logarithm of the nation's usual wait over one's own.
    peers: f64,
    /// Logarithm of the wait that meets the standard over one's own; 0 where it is met.
    standard: f64,
    /// Whether it is an area within a nation.
    is_local: bool,
}

/// The list as it opens, by draw.
#[derive(Clone, Copy, Debug)]
pub struct Opening<const L: usize> {
    /// People waiting.
    pub list: Lane<L>,
    /// People who start in a usual month.
    pub starts: Lane<L>,
    /// The rate a month at which those who wait leave unseen.
    pub renege: Lane<L>,
    /// The friction of a capacity that is held.
    pub friction: Lane<L>,
    /// The median wait of those who start, in weeks, for each month that the first have waited in
    /// the fluid.
    pub weeks_a_month: Lane<L>,
}

/// How individual waits spread, by draw.
#[derive(Clone, Copy, Debug)]
pub enum Spreads<const L: usize> {
    /// Alike in every draw.
    One(Spread),
    /// Each draw's own.
    Each([Spread; L]),
}

impl<const L: usize> Spreads<L> {
    /// Of one draw.
    pub fn at(&self, lane: usize) -> &Spread {
        match self {
            Self::One(spread) => spread,
            Self::Each(spreads) => &spreads[lane],
        }
    }
}

/// What a list is counted to be, and how fast it was worked off, where a plan says so.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    /// People waiting.
    pub list: f64,
    /// Starts a month before the start, where the plan has them.
    pub starts: Option<f64>,
}

impl<'a> Usual<'a> {
    /// From the figures of a pack and what is published. `nation` is the usual median of the nation,
    /// `limit` the access standard in force.
    pub fn new(
        table: &Figures,
        figures: &'a WaitFigures,
        known: Known,
        nation: Option<f64>,
        limit: Option<Limit>,
        is_local: bool,
    ) -> Self {
        let shape = shape(table, figures);
        let of_shape =
            [figures.spread, figures.urgent_share, figures.urgent_ratio, figures.urgent_spread];
        let is_point = of_shape.iter().all(|id| table.get(*id).number.is_point());
        let spread = known.wait.map(|(_, spread)| spread).or(is_point.then_some(shape));
        let own = known.wait.map(|(median, _)| median);
        let meets = limit.and_then(|limit| spread.unwrap_or(shape).wait_that_meets(limit));
        let over = |other: Option<f64>| {
            own.zip(other).map_or(0.0, |(own, other)| (other / own.max(1e-6)).ln())
        };
        Self {
            figures,
            known,
            spread,
            meeting: meets,
            peers: over(nation),
            standard: over(meets).min(0.0),
            is_local,
        }
    }

    /// How individual waits spread in a block of draws.
    pub fn spreads<const L: usize>(&self, sample: &Sample<L>) -> Spreads<L> {
        match self.spread {
            Some(spread) => Spreads::One(spread),
            None => Spreads::Each(std::array::from_fn(|i| {
                let value = |id: FigureId| sample[id][i];
                Spread::new(&Classes {
                    urgent: value(self.figures.urgent_share),
                    ratio: value(self.figures.urgent_ratio),
                    urgent_sigma: value(self.figures.urgent_spread),
                    sigma: value(self.figures.spread),
                })
            })),
        }
    }

    /// How individual waits spread, where that is the same in every draw.
    pub fn spread(&self) -> Option<Spread> {
        self.spread
    }

    /// The median at which the standard is just met.
    pub fn meeting(&self) -> Option<f64> {
        self.meeting
    }

    /// The list of a service whose usual month brings `arrivals`. `reneging` is a plan's share of
    /// those who wait that leaves in a month.
    pub fn opening<const L: usize>(
        &self,
        sample: &Sample<L>,
        arrivals: Lane<L>,
        reneging: Option<f64>,
        counted: Option<Counted>,
    ) -> Opening<L> {
        let spreads = self.spreads(sample);
        let mut opening = Opening {
            list: Lane::ZERO,
            starts: Lane::ZERO,
            renege: Lane::ZERO,
            friction: Lane::ZERO,
            weeks_a_month: Lane::all(WEEKS),
        };
        for i in 0..L {
            let median = match (self.known.wait, self.figures.opening_wait) {
                (Some((median, _)), _) => median,
                (None, Some(id)) => sample[id][i],
                (None, None) => self.meeting.unwrap_or(0.0),
            };
            let (list, renege) = (self.known.list, self.known.leaving);
            let renege =
                reneging.map(rate).or(renege).unwrap_or(rate(sample[self.figures.reneging][i]));
            let load = sample[self.figures.load][i];
            let months = spreads.at(i).mean_months(median);
            let published = (|| {
                let scale = arrivals[i] / self.known.referrals?;
                Some(Standing::counted(list? * scale, self.known.seen? * scale, load, renege))
            })();
            let standing =
                published.unwrap_or_else(|| Standing::waiting(arrivals[i], load, months, renege));
            let first = waited(standing.list, standing.starts, renege);
            opening.list[i] = standing.list;
            opening.starts[i] = standing.starts;
            opening.renege[i] = renege;
            opening.friction[i] = standing.friction;
            if first > 0.0 {
                opening.weeks_a_month[i] = median / first;
            }
            if let Some(counted) = counted {
                // First come, first served: a list that was counted is as old as it is long.
                opening.list[i] = counted.list;
                opening.starts[i] = counted.starts.unwrap_or(standing.starts);
                opening.weeks_a_month[i] = WEEKS;
            }
        }
        opening
    }

    /// How its capacity responds.
    pub fn response<const L: usize>(&self, sample: &Sample<L>) -> Response<L> {
        let figures = self.figures;
        Response {
            growth: sample[figures.capacity_growth],
            lost: sample[figures.lockdown_starts],
            peers: self.peers,
            pull: sample[figures.pull],
            standard: self.standard,
            pull_standard: sample[figures.pull_standard],
            drift: sample[figures.wait_drift] * if self.is_local { LOCAL_DRIFT } else { 1.0 },
        }
    }
}

/// The form of individual waits at central figures.
pub fn shape(table: &Figures, figures: &WaitFigures) -> Spread {
    let central = |id: FigureId| table.get(id).number.at(0.0);
    Spread::new(&Classes {
        urgent: central(figures.urgent_share),
        ratio: central(figures.urgent_ratio),
        urgent_sigma: central(figures.urgent_spread),
        sigma: central(figures.spread),
    })
}

/// The rate, a month, at which a share leaves in a month.
pub fn rate(share: f64) -> f64 {
    -(-share.clamp(0.0, 1.0 - 1e-9)).ln_1p()
}
