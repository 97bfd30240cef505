//! The queue alone, apart from demand: the waits of a service given the referrals that came, with
//! what was known of its waits before.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt as _, SeedableRng as _};
use rand_distr::StandardNormal;

use super::known::{self, Known};
use super::usual::{Spreads, Usual, shape};
use super::{closed, responding};
use crate::draw::LANES;
use crate::lane::Lane;
use crate::model::underlying::{self, History};
use crate::model::waiting::{self, Capacity, Limit, List, Queue, Spread, Waited, Whose};
use crate::month::Month;
use crate::projection::batches::{Batches, Part, of_case};
use crate::study::Study;
use crate::study::area::nation;
use crate::study::figures::FigureId;
use crate::study::pack::same_name;
use crate::study::waits::{Figure, Published, Told};

/// Every draw of a list by month.
#[derive(Clone, Debug)]
pub struct WaitDraws {
    /// The first month.
    pub first: Month,
    /// By month, the draws of those who start.
    pub starts: Vec<Vec<f64>>,
    /// By month, the draws of the list at its end.
    pub list: Vec<Vec<f64>>,
    /// By month, the draws of the median wait in weeks.
    pub median: Vec<Vec<f64>>,
    /// How individual waits spread, by draw.
    pub spreads: Vec<Spread>,
}

impl WaitDraws {
    /// The draws of what a published figure tells, with the scatter of so many people; none where a
    /// month of its period is not covered.
    ///
    /// ```text
    /// share p of n     sd sqrt(p (1 - p) / n)         list or starts n      sd sqrt(n)
    /// quantile q of n  sd of the logarithm = slope of the logarithm x sqrt(q (1 - q) / n)
    /// ```
    pub fn of(&self, figure: &Figure) -> Option<Vec<f64>> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(figure.last.since(self.first) as u64);
        let mut scattered = self.means(figure)?;
        let (from, to) = (figure.first.since(self.first), figure.last.since(self.first));
        for (d, value) in scattered.iter_mut().enumerate() {
            let z: f64 = random.sample(StandardNormal);
            let people: f64 = (from..=to).map(|t| self.starts[t as usize][d]).sum();
            let n = people.max(1.0);
            let log = |share: f64| -> f64 {
                // Around the median the logarithm of a wait spreads as between its 50th and 90th.
                let sigma = self.spreads[d].percentile_90(1.0).ln() / 1.2816;
                let z = if share > 0.5 { 1.2816_f64 } else { 0.0 };
                let density = (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
                sigma * (share * (1.0 - share) / n).sqrt() / density
            };
            *value = match figure.told {
                Told::Within => (*value + z * (*value * (1.0 - *value) / n).sqrt()).clamp(0.0, 1.0),
                Told::Median => *value * (z * log(0.5)).exp(),
                Told::Percentile90 => *value * (z * log(0.9)).exp(),
                Told::Referrals | Told::Seen | Told::Waiting => {
                    (*value + z * value.sqrt()).max(0.0)
                }
            };
        }
        Some(scattered)
    }

    /// The draws of what a published figure tells, of any number of people.
    fn means(&self, figure: &Figure) -> Option<Vec<f64>> {
        let place = |month: Month| usize::try_from(month.since(self.first)).ok();
        let (from, to) = (place(figure.first)?, place(figure.last)?);
        if to >= self.starts.len() {
            return None;
        }
        let draw = |d: usize| -> f64 {
            let starts = |t: usize| self.starts[t][d];
            let over = |of: &dyn Fn(usize) -> f64| {
                let all: f64 = (from..=to).map(starts).sum();
                let sum: f64 = (from..=to).map(|t| starts(t) * of(t)).sum();
                if all > 0.0 { sum / all } else { 0.0 }
            };
            let (spread, weeks) = (&self.spreads[d], figure.weeks.unwrap_or(0.0));
            match figure.told {
                Told::Referrals | Told::Seen => (from..=to).map(starts).sum(),
                Told::Waiting => self.list[to][d],
                Told::Median => over(&|t| self.median[t][d]),
                Told::Percentile90 => over(&|t| spread.percentile_90(self.median[t][d])),
                Told::Within => over(&|t| spread.within_of(Whose::All, self.median[t][d], weeks)),
            }
        };
        Some((0..self.spreads.len()).map(draw).collect())
    }
}

/// The stringency of the first lockdown by month of the first scenario, block by block.
pub struct Lockdowns {
    start: Month,
    blocks: Vec<Vec<Lane<LANES>>>,
}

impl Lockdowns {
    /// Of the first scenario in the first area.
    pub fn of(study: &Study) -> Option<Self> {
        let all = Batches::<LANES>::new(study, study.draws.count.max(1));
        let case = all.batches().next()?.get(..1)?;
        let mut stage = Vec::new();
        all.run(case, &mut stage, Part::Services);
        let blocks = of_case(&stage, 0);
        let start = case[0].scenario.start;
        Some(Self { start, blocks: blocks.iter().map(|b| b.first_restrictions.clone()).collect() })
    }

    fn at(&self, block: usize, month: Month) -> Lane<LANES> {
        let place = usize::try_from(month.since(self.start)).ok();
        let months = self.blocks.get(block);
        place.zip(months).and_then(|(t, months)| months.get(t).copied()).unwrap_or(Lane::ZERO)
    }
}

/// What is given to the queue of one service in one area.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// What is published of it.
    pub published: &'a Published,
    /// What is published of its nation.
    pub nation: Option<&'a Published>,
    /// Accepted referrals by month, the first of them in [`Given::first`].
    pub arrivals: &'a [Option<f64>],
    /// The first month of them.
    pub first: Month,
    /// The last month known.
    pub cut: Month,
    /// Whether capacity is held.
    pub is_held: bool,
}

/// The waits given the referrals that came after the cut.
pub fn given(study: &Study, lockdowns: &Lockdowns, given: Given<'_>) -> Option<WaitDraws> {
    let Given { published, cut, first, arrivals, .. } = given;
    let service = &study.pack.services[published.service];
    let figures = service.waits(&published.area);
    let form = shape(&study.figures, figures);
    let central = |id: FigureId| study.figures.get(id).number.at(0.0);
    let own_nation = nation(&published.area);
    let main = service.standards.iter().find(|s| s.applies(own_nation, cut.plus(1)));
    let limit = main
        .filter(|standard| !standard.is_proposed)
        .and_then(|s| Some(Limit { weeks: central(s.weeks), share: central(s.share?) }));
    let mut known = Known::at(published, given.nation, cut, &form);
    let usual_of_nation = given.nation.and_then(|p| known::usual_median(p, cut, &form));
    let last_known = usize::try_from(cut.since(first)).ok()? + 1;
    let year = arrivals.get(last_known.saturating_sub(12)..last_known)?;
    let seen: Vec<f64> = year.iter().copied().flatten().collect();
    let before = seen.iter().sum::<f64>() / seen.len() as f64;
    if seen.len() < 6 || before.is_nan() || before <= 0.0 {
        return None;
    }
    // The list is in the units of what is published.
    known.referrals = known.referrals.or(Some(before));
    let is_local = !same_name(own_nation, &published.area);
    let usual = Usual::new(&study.figures, figures, known, usual_of_nation, limit, is_local);
    let later = arrivals.get(last_known..)?;
    let mut value = before;
    let came: Vec<Lane<LANES>> = later
        .iter()
        .map(|own| {
            value = own.unwrap_or(value);
            Lane::all(value)
        })
        .collect();
    let history = History::new(first, &arrivals[..last_known]).ok();
    let forecast = history.and_then(|h| underlying::forecast(&h, cut.plus(1), came.len()).ok());
    let expected: Vec<Lane<LANES>> = (0..came.len())
        .map(|t| Lane::all(forecast.as_ref().map_or(before, |f| f.central[t])))
        .collect();
    let streams = study.figures.streams(study.draws.seed);
    let draws = study.draws.count.max(1);
    let mut result = WaitDraws {
        first: cut.plus(1),
        starts: vec![Vec::new(); came.len()],
        list: vec![Vec::new(); came.len()],
        median: vec![Vec::new(); came.len()],
        spreads: Vec::new(),
    };
    for block in 0..draws.div_ceil(LANES) {
        let sample = if study.draws.count == 0 {
            study.figures.central()
        } else {
            study.figures.sample(&streams, block as u64)
        };
        let opening = usual.opening::<LANES>(&sample, Lane::all(before), None, None);
        let lockdown: Vec<Lane<LANES>> =
            (0..came.len()).map(|t| lockdowns.at(block, cut.plus(1 + t as i32))).collect();
        let capacity = if given.is_held {
            vec![Capacity::Starts(Lane::all(before) / sample[figures.load])]
        } else {
            let known = (expected.as_slice(), Lane::all(before));
            let open = responding(&usual, figures, &sample, &opening, known);
            closed(open, &usual.response(&sample), &lockdown)
        };
        let queue = Queue { renege: opening.renege, friction: opening.friction, threshold: None };
        let list = List::opening(opening.list, opening.starts, opening.renege, Lane::ZERO);
        let mut months = vec![Waited::EMPTY; came.len()];
        let mut joined = vec![Lane::ZERO; came.len()];
        waiting::run(&queue, list, &came, &capacity, &mut joined, &mut months);
        let spreads: Spreads<LANES> = usual.spreads(&sample);
        let lanes = LANES.min(draws - block * LANES);
        result.spreads.extend((0..lanes).map(|i| *spreads.at(i)));
        for (t, month) in months.iter().enumerate() {
            let median = month.wait * opening.weeks_a_month;
            result.starts[t].extend_from_slice(&month.starts[..lanes]);
            result.list[t].extend_from_slice(&month.list[..lanes]);
            result.median[t].extend_from_slice(&median[..lanes]);
        }
    }
    Some(result)
}
