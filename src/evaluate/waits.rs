//! Waits held against what was published: the queue alone, given the referrals that came; the whole
//! projection, given those projected; and bars to beat.
//!
//! For every service and area of which waits are published, everything after the cut is hidden but
//! for referrals. What is told is scored in its own units: shares in points of one hundred, waits in
//! weeks, people as a share of what was published. A figure over several months is forecast over
//! the same months. The bars are the last value known, last year's value (of the same month of the
//! last year known) and a straight line through the last two years.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::backtest::{LEVELS, of_draws};
use super::scores::Quantiles;
use crate::month::Month;
use crate::projection::projected_waits::projected;
use crate::projection::waits::given::{self, Given, Lockdowns, WaitDraws};
use crate::study::Study;
use crate::study::area::{NATIONS, nation};
use crate::study::pack::same_name;
use crate::study::waits::{Figure, Published, Told};

/// Months after the cut that are scored.
const MONTHS: i32 = 36;
/// Months of the line through the past.
const TREND: i32 = 24;
/// Fewer people seen than this make no share or wait to score.
const FEWEST: f64 = 10.0;
/// A count of fewer people than this has no error in percent that says anything.
const FEWEST_COUNTED: f64 = 20.0;

/// What forecast.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum By {
    /// The queue, given the referrals that came.
    Given,
    /// The same with capacity held.
    Held,
    /// The projection.
    Projected,
    /// The last value known.
    Last,
    /// Last year's value.
    LastYear,
    /// A straight line through the last two years.
    Trend,
}

impl By {
    /// Every forecaster.
    pub const ALL: [Self; 6] =
        [Self::Given, Self::Held, Self::Projected, Self::Last, Self::LastYear, Self::Trend];

    /// Its name in files.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Given => "given_referrals",
            Self::Held => "given_referrals_capacity_held",
            Self::Projected => "projected_referrals",
            Self::Last => "last_value",
            Self::LastYear => "last_years_value",
            Self::Trend => "trend",
        }
    }

    /// Its name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Given => "given referrals",
            Self::Held => "  capacity held",
            Self::Projected => "projected",
            Self::Last => "last value",
            Self::LastYear => "last year's value",
            Self::Trend => "trend",
        }
    }
}

/// One published figure and what was forecast of it.
#[derive(Clone, Debug)]
pub struct Scored {
    /// The last month known.
    pub cut: Month,
    /// The area.
    pub area: String,
    /// The service.
    pub service: usize,
    /// The figure.
    pub figure: Figure,
    /// The forecasts.
    pub forecasts: Vec<(By, Quantiles)>,
}

/// The span of figures that a row pools.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Span {
    /// All months scored.
    All,
    /// A financial year.
    Year(String),
    /// The ends of calendar years, of lists.
    YearEnds,
}

impl Span {
    /// Its name in files.
    pub fn name(&self) -> &str {
        match self {
            Self::All => "all",
            Self::Year(year) => year,
            Self::YearEnds => "year_ends",
        }
    }
}

/// How good one forecaster was.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// The last month known.
    pub cut: Month,
    /// The area; none for all areas that are no nation.
    pub area: Option<String>,
    /// The service.
    pub service: usize,
    /// What is told.
    pub told: Told,
    /// The limit of a share, in weeks.
    pub weeks: Option<f64>,
    /// What forecast.
    pub by: By,
    /// Over which figures.
    pub span: Span,
    /// How many.
    pub count: usize,
    /// Mean absolute error of the median: points, weeks, or a share of what was published.
    pub error: f64,
    /// Mean of median less published, in the same units.
    pub bias: f64,
    /// Error of the mean forecast against the mean published.
    pub of_means: f64,
    /// Mean weighted interval score, in the same units.
    pub wis: f64,
    /// Share of figures inside the 50, 80 and 95% ranges; none for a point.
    pub coverage: Option<[f64; 3]>,
}

/// Scores everything published after `cut`; `studies` is one study with its scenarios cut there.
pub fn score(study: &Study, cut: Month) -> Vec<Scored> {
    let Some(lockdowns) = Lockdowns::of(study) else { return Vec::new() };
    let projected = projected(study);
    let of = |published: &Published| scored(study, &lockdowns, &projected, published, cut);
    study
        .published
        .par_iter()
        .enumerate()
        .flat_map(|(index, published)| {
            // A file of the user's goes before what is built in.
            let is_first = study.published[..index].iter().all(|earlier| {
                earlier.service != published.service || !same_name(&earlier.area, &published.area)
            });
            if is_first { of(published) } else { Vec::new() }
        })
        .collect()
}

fn scored(
    study: &Study,
    lockdowns: &Lockdowns,
    projected: &[(usize, usize, WaitDraws)],
    published: &Published,
    cut: Month,
) -> Vec<Scored> {
    let own_nation = nation(&published.area);
    let of_nation = Published::find(&study.published, published.service, own_nation);
    let Some((first, arrivals)) = arrivals(study, published, cut) else { return Vec::new() };
    let with = |is_held: bool| {
        let asked =
            Given { published, nation: of_nation, arrivals: &arrivals, first, cut, is_held };
        given::given(study, lockdowns, asked)
    };
    let (queue, held) = (with(false), with(true));
    let line = projected.iter().find(|(area, service, _)| {
        *service == published.service && same_name(&study.areas[*area].id, &published.area)
    });
    let truth = published.figures.iter().filter(|figure| {
        let is_scored =
            figure.told != Told::Referrals && figure.first > cut && figure.last <= cut.plus(MONTHS);
        is_scored && !is_of_few(published, figure)
    });
    truth
        .filter_map(|figure| {
            let mut forecasts: Vec<(By, Quantiles)> = Vec::new();
            let draws = [
                (By::Given, queue.as_ref()),
                (By::Held, held.as_ref()),
                (By::Projected, line.map(|(.., draws)| draws)),
            ];
            for (by, draws) in draws {
                let quantiles = draws.and_then(|draws| of_draws(&draws.of(figure)?));
                forecasts.extend(quantiles.map(|quantiles| (by, quantiles)));
            }
            let known: Vec<&Figure> = published
                .figures
                .iter()
                .filter(|f| f.told == figure.told && f.weeks == figure.weeks && f.last <= cut)
                .collect();
            let bars = [
                (By::Last, known.last().map(|f| f.value)),
                (By::LastYear, last_year(&known, figure, cut)),
                (By::Trend, trend(&known, figure)),
            ];
            // Every forecaster is held against the same figures.
            for (by, value) in bars {
                let point = Quantiles::new(&LEVELS, &[value?; LEVELS.len()]).ok()?;
                forecasts.push((by, point));
            }
            let is_whole = forecasts.iter().any(|(by, _)| *by == By::Given);
            is_whole.then(|| Scored {
                cut,
                area: published.area.clone(),
                service: published.service,
                figure: figure.clone(),
                forecasts,
            })
        })
        .collect()
}

/// Whether a figure is of too few people to say anything.
fn is_of_few(published: &Published, share: &Figure) -> bool {
    if matches!(share.told, Told::Seen | Told::Waiting) {
        return share.value < FEWEST_COUNTED;
    }
    let seen = published
        .figures
        .iter()
        .find(|f| f.told == Told::Seen && f.first == share.first && f.last == share.last);
    seen.is_some_and(|seen| seen.value < FEWEST)
}

/// Accepted referrals by month: as published beside the waits, else those of the baseline, else
/// those seen.
fn arrivals(study: &Study, published: &Published, cut: Month) -> Option<(Month, Vec<Option<f64>>)> {
    let monthly = |told: Told| -> Option<(Month, Vec<Option<f64>>)> {
        let mut months: BTreeMap<Month, f64> = BTreeMap::new();
        for figure in published.figures.iter().filter(|f| f.told == told) {
            let length = figure.last.since(figure.first) + 1;
            // A figure over several months stands for the one in its middle.
            months.insert(figure.first.plus(length / 2), figure.value / f64::from(length));
        }
        let (first, last) = (*months.keys().next()?, *months.keys().last()?);
        let all = 0..=last.since(first);
        Some((first, all.map(|t| months.get(&first.plus(t)).copied()).collect()))
    };
    let of_baseline = || {
        let area = study.areas.iter().find(|area| same_name(&area.id, &published.area))?;
        let series = area.series.iter().find(|s| s.service == published.service)?;
        let months = series.values.len() as i32;
        // A baseline that ends before the cut tells nothing of what came.
        let goes_on = series.start.plus(months - 1) >= cut.plus(12);
        goes_on.then(|| (series.start, series.values.clone()))
    };
    monthly(Told::Referrals).or_else(of_baseline).or_else(|| monthly(Told::Seen))
}

/// The value of the same period of the last year known; the earliest known where that is later.
fn last_year(known: &[&Figure], figure: &Figure, cut: Month) -> Option<f64> {
    let mut same = figure.last.plus(-12);
    while same > cut {
        same = same.plus(-12);
    }
    let at = known.iter().rev().find(|f| f.last <= same).or_else(|| known.first());
    at.map(|f| f.value)
}

/// A straight line through what is known of the last two years, within what is possible.
fn trend(known: &[&Figure], figure: &Figure) -> Option<f64> {
    let last = known.last()?;
    let place = |f: &Figure| f64::from(f.last.since(last.last));
    let points: Vec<(f64, f64)> = known
        .iter()
        .filter(|f| f.last > last.last.plus(-TREND))
        .map(|f| (place(f), f.value))
        .collect();
    let count = points.len() as f64;
    let (x, y) = (
        points.iter().map(|p| p.0).sum::<f64>() / count,
        points.iter().map(|p| p.1).sum::<f64>() / count,
    );
    let spread: f64 = points.iter().map(|p| (p.0 - x).powi(2)).sum();
    let slope = if spread > 0.0 {
        points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum::<f64>() / spread
    } else {
        0.0
    };
    let most = if figure.told == Told::Within { 1.0 } else { f64::INFINITY };
    Some((y + slope * (place(figure) - x)).clamp(0.0, most))
}

/// Scores pooled by area, by all areas below nations, and by span.
pub fn tabulate(scored: &[Scored]) -> Vec<Row> {
    type Key = (Month, usize, Option<String>, Told, u64, Span, By);
    let mut groups: BTreeMap<Key, Vec<(f64, &Quantiles)>> = BTreeMap::new();
    for one in scored {
        let figure = &one.figure;
        let is_nation = NATIONS.iter().any(|nation| same_name(nation, &one.area));
        let mut spans = vec![Span::All, Span::Year(figure.last.financial_year().to_string())];
        if figure.told == Told::Waiting && figure.last.month() == 12 {
            spans.push(Span::YearEnds);
        }
        for (by, quantiles) in &one.forecasts {
            for span in &spans {
                let pool = (!is_nation).then_some(None);
                for area in pool.into_iter().chain([Some(one.area.clone())]) {
                    let weeks = figure.weeks.unwrap_or(0.0).to_bits();
                    let key = (one.cut, one.service, area, figure.told, weeks, span.clone(), *by);
                    groups.entry(key).or_default().push((figure.value, quantiles));
                }
            }
        }
    }
    let row =
        |((cut, service, area, told, weeks, span, by), list): (Key, Vec<(f64, &Quantiles)>)| {
            let count = list.len() as f64;
            let scale = |truth: f64| match told {
                Told::Within => 100.0,
                Told::Median | Told::Percentile90 => 1.0,
                Told::Referrals | Told::Seen | Told::Waiting => 100.0 / truth.max(1.0),
            };
            let mean =
                |of: &dyn Fn(&(f64, &Quantiles)) -> f64| list.iter().map(of).sum::<f64>() / count;
            let covered = |probability: f64| {
                mean(&|(truth, q)| f64::from(u8::from(q.covers(probability, *truth) == Some(true))))
            };
            let (published, forecast) = (mean(&|(truth, _)| *truth), mean(&|(_, q)| q.median()));
            let is_point = matches!(by, By::Last | By::LastYear | By::Trend);
            let limit = f64::from_bits(weeks);
            Row {
                cut,
                area,
                service,
                told,
                weeks: (limit > 0.0).then_some(limit),
                by,
                span,
                count: list.len(),
                error: mean(&|(truth, q)| scale(*truth) * (q.median() - truth).abs()),
                bias: mean(&|(truth, q)| scale(*truth) * (q.median() - truth)),
                of_means: scale(published) * (forecast - published),
                wis: mean(&|(truth, q)| scale(*truth) * q.weighted_interval(*truth).score),
                coverage: (!is_point).then(|| [0.5, 0.8, 0.95].map(covered)),
            }
        };
    groups.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(month: &str, value: f64) -> Figure {
        let first: Month = month.parse().unwrap();
        Figure { told: Told::Waiting, weeks: None, first, last: first, value }
    }

    #[test]
    fn bars_know_nothing_after_the_cut() {
        let known = [figure("2019-02", 10.0), figure("2019-12", 30.0), figure("2020-02", 40.0)];
        let known: Vec<&Figure> = known.iter().collect();
        let cut = "2020-02".parse().unwrap();
        assert_eq!(last_year(&known, &figure("2021-12", 0.0), cut), Some(30.0));
        assert_eq!(last_year(&known, &figure("2020-03", 0.0), cut), Some(10.0));
        let line = trend(&known, &figure("2020-03", 0.0)).unwrap();
        assert!(line > 38.0, "{line}");
    }
}
