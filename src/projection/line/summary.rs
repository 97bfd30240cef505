//! Sums up the draws of a line or family: by month, by period, and at its peak.

use rayon::prelude::*;

use super::Stage;
use crate::month::Month;
use crate::projection::asked::Answer;
use crate::projection::buffer::Buffer;
use crate::projection::course::{Course, Peak, Period, PeriodTotal};
use crate::projection::measure::Measure;
use crate::projection::quantiles::{Ordered, Stats, Summariser, mean};
use crate::projection::waits::{Image, Waiting};

/// Totals over periods, draw by draw.
pub(super) struct Totals<'a, const L: usize> {
    buffer: &'a Buffer<L>,
    start: Month,
    draws: usize,
    /// The first months of spans that every period holds whole or not at all, and the end.
    spans: Vec<usize>,
}

impl<'a, const L: usize> Totals<'a, L> {
    pub(super) fn new(stage: &Stage<'_, L>, buffer: &'a Buffer<L>) -> Self {
        let start = stage.case.scenario.start;
        let year = |t: usize| (t / 12, start.plus(t as i32).financial_year());
        let begins = |t: &usize| *t == 0 || year(*t) != year(*t - 1);
        let spans = (0..buffer.months).filter(begins).chain([buffer.months]).collect();
        Self { buffer, start, draws: stage.draws, spans }
    }

    /// A measure, ready to be added up over one period after another.
    pub(super) fn of(&self, measure: Measure) -> Spans {
        let span = |ends: &[usize]| {
            let mut sums = vec![0.0; self.draws];
            for t in ends[0]..ends[1] {
                self.buffer.add_to_sums(measure, t, &mut sums);
            }
            (ends[0], sums)
        };
        Spans {
            start: self.start,
            draws: self.draws,
            list: self.spans.windows(2).map(span).collect(),
        }
    }

    /// The total of a measure over the horizon.
    pub(super) fn whole(&self, measure: Measure) -> Vec<f64> {
        let mut sums = vec![0.0; self.draws];
        for t in 0..self.buffer.months {
            self.buffer.add_to_sums(measure, t, &mut sums);
        }
        sums
    }

    /// The most of a measure in any month.
    pub(super) fn most(&self, measure: Measure) -> Vec<f64> {
        let mut most = vec![0.0f64; self.draws];
        let mut values = Vec::new();
        for t in 0..self.buffer.months {
            self.buffer.fill(measure, t, &mut values);
            for (most, value) in most.iter_mut().zip(&values) {
                *most = most.max(*value);
            }
        }
        most
    }

    fn peak(&self, (known, comparable): (bool, &Self), summariser: &mut Summariser) -> Peak {
        let above = (Measure::Referrals, Measure::Underlying);
        let extra: Vec<Stats> = (0..self.buffer.months)
            .into_par_iter()
            .map_init(Summariser::default, |summariser, t| {
                summariser.stats_of(|values| self.buffer.fill_less(above, t, values))
            })
            .collect();
        let t = (0..extra.len())
            .reduce(|a, b| if extra[b].median() > extra[a].median() { b } else { a })
            .unwrap_or(0);
        let [referrals, underlying] = [above.0, above.1].map(|of| comparable.buffer.draws(of, t));
        let uplifts: Vec<f64> = referrals
            .iter()
            .zip(&underlying)
            .filter(|(_, u)| **u > 0.0)
            .map(|(r, u)| r / u - 1.0)
            .collect();
        Peak {
            t,
            extra: extra.get(t).copied().unwrap_or_default(),
            uplift: (known && !uplifts.is_empty()).then(|| summariser.stats(uplifts.into_iter())),
        }
    }
}

/// A measure added up, draw by draw, over the spans that periods are made of.
pub(super) struct Spans {
    start: Month,
    draws: usize,
    /// The first month of a span, and its sums.
    list: Vec<(usize, Vec<f64>)>,
}

impl Spans {
    /// The total over a period.
    pub(super) fn over(&self, period: Period) -> Vec<f64> {
        let mut total = vec![0.0; self.draws];
        for (_, sums) in self.list.iter().filter(|(t, _)| period.holds(self.start, *t)) {
            for (total, sum) in total.iter_mut().zip(sums) {
                *total += sum;
            }
        }
        total
    }
}

/// What totals over periods are made of; none of what is not asked for.
struct Parts {
    referrals: Option<Spans>,
    underlying: Option<Spans>,
    /// The two of the services whose underlying demand is known, where others are in the sum.
    comparable: Option<[Option<Spans>; 2]>,
    /// The surge of those whose underlying demand is known.
    surge: Option<Spans>,
    known: bool,
}

impl Parts {
    fn total(
        &self,
        period: Period,
        summariser: &mut Summariser,
        asked: &dyn Fn(Answer) -> bool,
    ) -> PeriodTotal {
        let over = |spans: &Option<Spans>| {
            spans.as_ref().map_or_else(Vec::new, |spans| spans.over(period))
        };
        let referrals = over(&self.referrals);
        let underlying = over(&self.underlying);
        let surge = over(&self.surge);
        let comparable = self.comparable.as_ref().map(|two| two.each_ref().map(over));
        let (of_known, expected) =
            comparable.as_ref().map_or((&referrals, &underlying), |[of, under]| (of, under));
        let extra = || referrals.iter().zip(&underlying).map(|(r, u)| r - u);
        let mut share = |parts: &mut dyn Iterator<Item = f64>| {
            // A percentage of nothing is not a number: those draws have none.
            let shares: Vec<f64> =
                parts.zip(expected).filter(|(_, u)| **u > 0.0).map(|(p, u)| p / u).collect();
            (self.known && !shares.is_empty()).then(|| summariser.stats(shares.into_iter()))
        };
        let extra_share = asked(Answer::ExtraShare)
            .then(|| share(&mut of_known.iter().zip(expected).map(|(r, u)| r - u)));
        let surge_share = asked(Answer::SurgeShare).then(|| share(&mut surge.iter().copied()));
        let is_asked = asked(Answer::Referrals);
        PeriodTotal {
            period,
            extra: if asked(Answer::Extra) { summariser.stats(extra()) } else { Stats::default() },
            referrals: (self.known && is_asked)
                .then(|| summariser.stats(referrals.iter().copied())),
            extra_share: extra_share.flatten(),
            surge_share: surge_share.flatten(),
        }
    }
}

impl<const L: usize> Stage<'_, L> {
    /// Sums up a line or family. Shares of underlying demand are of the buffer that stands with
    /// `known`: of a family the services that have a baseline. What `waiting` says of a wait rises or falls with the wait.
    pub(super) fn course(
        &self,
        buffer: &Buffer<L>,
        measures: &[Measure],
        (known, comparable): (bool, &Buffer<L>),
        waiting: Option<&Waiting<'_>>,
    ) -> Course {
        let mut summariser = Summariser::default();
        let months = self.case.months();
        let asked = |answer: Answer| self.door.is_none_or(|door| door.asked.has(answer));
        let monthly: Vec<Measure> = match self.door {
            Some(door) => {
                measures.iter().filter(|m| door.asked.months.contains(m)).copied().collect()
            }
            None if self.study.summaries.has_months() => measures.to_vec(),
            None => Vec::new(),
        };
        let images = waiting.map(|waiting| waiting.images(self.study)).unwrap_or_default();
        let has_waits = !images.is_empty() && !monthly.is_empty();
        let waits: Vec<Ordered> = (0..if has_waits { months } else { 0 })
            .into_par_iter()
            .map_init(Summariser::default, |summariser, t| {
                summariser.ordered(|values| buffer.fill(Measure::WaitMedian, t, values))
            })
            .collect();
        let by_month: Vec<(Measure, Vec<Stats>)> = monthly
            .par_iter()
            .map_init(
                Default::default,
                |(summariser, values): &mut (Summariser, Vec<f64>), &measure| {
                    let month = |t: usize| match images.iter().find(|(own, _)| *own == measure) {
                        Some((_, image)) => {
                            let mean = match image {
                                // A multiple of the wait.
                                Image::Percentile90(_) | Image::SoFar(_) => {
                                    image.of(waits[t].mean())
                                }
                                Image::Within(..) => {
                                    buffer.fill(measure, t, values);
                                    mean(values)
                                }
                            };
                            waits[t].image(mean, image.rises(), |wait| image.of(wait))
                        }
                        None if measure == Measure::WaitMedian && !waits.is_empty() => {
                            waits[t].stats()
                        }
                        None => summariser.stats_of(|values| buffer.fill(measure, t, values)),
                    };
                    (measure, (0..months).map(month).collect())
                },
            )
            .collect();
        let totals = Totals::new(self, buffer);
        let of_known = Totals::new(self, comparable);
        let horizon: Vec<(Measure, Vec<f64>)> = measures
            .par_iter()
            .filter(|measure| !Measure::OF_WAITS.contains(measure))
            .filter(|measure| asked(Answer::Total(**measure)))
            .map(|&measure| (measure, totals.whole(measure)))
            .collect();
        let of = |totals: &Totals<'_, L>, measure| {
            // What only other answers need is not added up for this one.
            let is_kept = buffer.has(measure);
            is_kept.then(|| totals.of(measure))
        };
        let parts = Parts {
            referrals: of(&totals, Measure::Referrals),
            underlying: of(&totals, Measure::Underlying),
            comparable: (!std::ptr::eq(buffer, comparable))
                .then(|| [Measure::Referrals, Measure::Underlying].map(|m| of(&of_known, m))),
            surge: of(&of_known, Measure::Surge),
            known,
        };
        let peak = if asked(Answer::Peak) {
            totals.peak((known, &of_known), &mut summariser)
        } else {
            Peak { t: 0, extra: Stats::default(), uplift: None }
        };
        Course {
            peak,
            periods: Period::all(self.case.scenario.start, months)
                .into_par_iter()
                .map_init(Summariser::default, |summariser, period| {
                    parts.total(period, summariser, &asked)
                })
                .collect(),
            totals: horizon
                .iter()
                .map(|(measure, draws)| (*measure, summariser.stats(draws.iter().copied())))
                .collect(),
            measures: by_month,
            draws: horizon.into_iter().filter(|(m, _)| Measure::COMPARED.contains(m)).collect(),
        }
    }
}
