//! The figures of referrals that areas' own counts teach: those under which the projections of
//! areas left out score best.
//!
//! Blocks of areas with neighbouring codes are left out in turn. Each time the figures are sought
//! that give the other areas the least weighted interval score, as a share of what came and every
//! area alike, by a downhill simplex on draws that stay the same; what they give the areas left out
//! is the score. The figures learnt are those of all areas, their ranges the least and greatest
//! that any block left out gave. It is a test by area, not by time: the areas lived through the
//! same pandemic.
//!
//! By score and not by likelihood: with errors that months share, the likelihood of a form that is
//! not quite true is greatest where it explains the shape from month to month, and not the level.

use rayon::prelude::*;

use crate::draw::{LANES, Stream, Uncertain};
use crate::evaluate::backtest::{INTERVALS, of_draws};
use crate::evaluate::scores;
use crate::lane::Lane;
use crate::model::demand::{self, Demand};
use crate::model::discrepancy::Discrepancy;
use crate::model::simplex;
use crate::model::suppression::{Restrictions, Suppression};
use crate::month::Month;
use crate::projection::draws::{self, Trialled};
use crate::study::Study;
use crate::study::figures::FigureId;
use crate::study::pack::same_name;

/// How many trials a search makes at most.
const TRIALS: usize = 600;

/// One figure that is learnt.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Learnt {
    /// The share of what was held back that comes later.
    Returns,
    /// How much a later restriction holds back, relative to the first.
    Gain,
    /// The share lost per unit of stringency.
    Loss,
    /// Its standard deviation between areas.
    LossBetween,
    /// The factor on the surge.
    Surge,
    /// Its standard deviation between areas.
    SurgeBetween,
}

impl Learnt {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Returns, Self::Gain, Self::Loss, Self::LossBetween, Self::Surge, Self::SurgeBetween];

    /// Where the search looks for it: the least and the greatest value.
    const fn bounds(self) -> (f64, f64) {
        match self {
            Self::Returns | Self::Loss | Self::LossBetween | Self::SurgeBetween => (0.0, 1.0),
            Self::Gain | Self::Surge => (0.0, 2.0),
        }
    }

    /// Its name in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Returns => "share that returns",
            Self::Gain => "gain of later restrictions",
            Self::Loss => "loss per unit of stringency",
            Self::LossBetween | Self::SurgeBetween => "  between areas",
            Self::Surge => "factor on the surge",
        }
    }
}

/// A value for each figure.
type Values = [f64; Learnt::ALL.len()];

/// Scores of many areas, pooled over their months.
#[derive(Clone, Copy, PartialEq, Debug, Default, serde::Serialize)]
pub struct Pooled {
    /// Mean absolute percentage error of the median.
    pub mape: f64,
    /// Weighted interval score as a share of what came, every area alike.
    pub wis: f64,
    /// Share of months inside [`INTERVALS`].
    pub coverage: [f64; 3],
}

/// What one figure came to.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Row {
    /// The figure.
    pub figure: Learnt,
    /// Where the search began: what the pack says.
    pub before: f64,
    /// The value over all areas.
    pub value: f64,
    /// The least and the greatest with a block left out.
    pub folds: (f64, f64),
    /// The score of the areas left out with this figure as it was and the others learnt.
    pub wis_without: f64,
}

/// What areas taught.
#[derive(Debug)]
pub struct Lesson {
    /// The service, by its index.
    pub service: usize,
    /// How many areas.
    pub areas: usize,
    /// Blocks left out in turn.
    pub folds: usize,
    /// The first and the last month scored.
    pub months: (Month, Month),
    /// The figures.
    pub rows: Vec<Row>,
    /// The score of the areas with the figures as they were.
    pub before: Pooled,
    /// That of the areas left out with what the others taught.
    pub held_out: Pooled,
}

/// One area made ready.
struct Area {
    code: String,
    is_own: bool,
    line: Trialled,
    /// What the form gets wrong, as the pack has it: areas alone can't tell a nation's errors from
    /// none, so that it is not learnt.
    discrepancy: Discrepancy<LANES>,
    /// What came: month of the scenario, count.
    truth: Vec<(usize, f64)>,
    /// How far the area lies from others in its loss and in its surge, block by block.
    apart: Vec<[Lane<LANES>; 2]>,
}

/// What the areas of `study` teach of `service`, from their months to `until`; none where fewer
/// areas than `folds` have months to score.
pub fn learn(study: &Study, service: usize, until: Month, folds: usize) -> Option<Lesson> {
    let before = believed(study, service);
    let mut areas = ready(study, service, until);
    // Neighbouring codes are neighbouring places.
    areas.sort_by(|a, b| a.code.cmp(&b.code));
    if areas.len() < folds || folds < 2 {
        return None;
    }
    let of = |index: usize| index * folds / areas.len();
    let found: Vec<Values> = (0..=folds)
        .into_par_iter()
        .map(|left_out| {
            let kept = areas.iter().enumerate().filter(|(index, _)| of(*index) != left_out);
            search(&kept.map(|(_, area)| area).collect::<Vec<_>>(), &before)
        })
        .collect();
    // The last left none out.
    let (all, found) = found.split_last()?;
    let held_out = |change: &(dyn Fn(&mut Values) + Sync)| {
        let score = |(index, area): (usize, &Area)| {
            let mut values = found[of(index)];
            change(&mut values);
            months(area, &values)
        };
        pooled(&areas.par_iter().enumerate().map(score).collect::<Vec<_>>())
    };
    let row = |(index, figure): (usize, Learnt)| {
        let value = all[index];
        let values = || found.iter().map(|values| values[index]);
        Row {
            figure,
            before: before[index],
            value,
            folds: (values().fold(value, f64::min), values().fold(value, f64::max)),
            wis_without: held_out(&|values| values[index] = before[index]).wis,
        }
    };
    let scored = || areas.iter().flat_map(|area| area.truth.iter().map(|(t, _)| *t));
    let start = study.scenarios[0].start;
    Some(Lesson {
        service,
        areas: areas.len(),
        folds,
        months: (start.plus(scored().min()? as i32), start.plus(scored().max()? as i32)),
        rows: Learnt::ALL.into_iter().enumerate().map(row).collect(),
        before: pooled(&areas.par_iter().map(|area| months(area, &before)).collect::<Vec<_>>()),
        held_out: held_out(&|_| {}),
    })
}

/// What the pack says of each figure; where it says nothing of differences between areas, a start
/// for the search.
fn believed(study: &Study, service: usize) -> Values {
    let own = &study.pack.services[service];
    let number = |id: FigureId| study.figures.get(id).number;
    let central = |id: FigureId| number(id).central;
    // A total has the mean of its members, as they weigh in it.
    let members: Vec<usize> = if own.is_total() { own.members.clone() } else { vec![service] };
    let mix = study.mix(&study.scenarios[0]);
    let weight = |member: &usize| mix.get(*member).copied().flatten().unwrap_or(0.0);
    let all: f64 = members.iter().map(weight).sum();
    let mean = |of: fn(&crate::study::service::ServiceFigures) -> FigureId| {
        let share =
            |m: &usize| if all > 0.0 { weight(m) / all } else { 1.0 / members.len() as f64 };
        members
            .iter()
            .map(|member| share(member) * central(of(&study.pack.services[*member].figures)))
            .sum::<f64>()
    };
    let figures = &own.figures;
    Learnt::ALL.map(|figure| match figure {
        Learnt::Returns => mean(|figures| figures.returns),
        Learnt::Gain => central(study.scenarios[0].response.suppression_gain),
        Learnt::Loss => mean(|figures| figures.loss),
        Learnt::LossBetween => number(figures.loss).between,
        Learnt::Surge => central(figures.surge),
        Learnt::SurgeBetween => number(figures.surge).between,
    })
}

/// Every area's parts, with the surge as it would be at a factor of 1.
fn ready(study: &Study, service: usize, until: Month) -> Vec<Area> {
    let mut whole = study.clone();
    whole.observed = None;
    let ids: Vec<FigureId> = whole.figures.ids().collect();
    for id in ids {
        let figure = whole.figures.get_mut(id);
        figure.number.between = 0.0;
        if figure.key.starts_with("families.") {
            figure.number = Uncertain::point(1.0);
        }
    }
    let start = study.scenarios[0].start;
    let figures = &study.pack.services[service].figures;
    let size = |id: FigureId| Lane::all(study.figures.get(id).number.central);
    let [drift, wander, scatter] = [figures.drift, figures.wander, figures.scatter].map(size);
    let discrepancy = Discrepancy::<LANES> { drift, wander, scatter };
    let lines = draws::trialled(&whole).into_iter().filter(|line| line.service == service);
    let area = |line: Trialled| {
        let area = &study.areas[line.area];
        let series = area.series.iter().find(|series| series.service == service)?;
        let counted = |(month, value, derived): (Month, Option<f64>, bool)| {
            let t = usize::try_from(month.since(start)).ok()?;
            let is_scored = month <= until && t < study.scenarios[0].months && !derived;
            value.filter(|value| is_scored && *value > 0.0).map(|value| (t, value))
        };
        let truth: Vec<(usize, f64)> = series.months().filter_map(counted).collect();
        let is_own = same_name(&area.id, &study.pack.reference_area);
        let apart = |block: u64| {
            ["loss", "surge"].map(|figure| {
                let key = format!("learn/{figure}@{}", area.id);
                let mut own = Lane::ZERO;
                Stream::new(study.draws.seed, &key).normals(block, &mut own);
                own
            })
        };
        let apart = line.parts.iter().map(|parts| apart(parts.block)).collect();
        let code = area.id.clone();
        (!truth.is_empty()).then_some(Area { code, is_own, line, discrepancy, truth, apart })
    };
    lines.filter_map(area).collect()
}

/// The values with the least score.
fn search(areas: &[&Area], before: &Values) -> Values {
    let inside = |at: &[f64]| -> Values {
        std::array::from_fn(|index| {
            let (least, most) = Learnt::ALL[index].bounds();
            least + (most - least) / (1.0 + (-at[index]).exp())
        })
    };
    let start: Vec<f64> = Learnt::ALL
        .into_iter()
        .zip(before)
        .map(|(figure, value)| {
            let (least, most) = figure.bounds();
            let share = ((value - least) / (most - least)).clamp(0.03, 0.97);
            (share / (1.0 - share)).ln()
        })
        .collect();
    let score = |at: &[f64]| {
        let values = inside(at);
        areas.iter().map(|area| wis(&months(area, &values))).sum::<f64>() / areas.len() as f64
    };
    // Again from where the first walk ended, so that a flat simplex is no end.
    let first = simplex::least(score, &start, 0.7, 1e-6, TRIALS);
    inside(&simplex::least(score, &first.at, 0.4, 1e-6, TRIALS).at)
}

/// One month's score.
#[derive(Clone, Copy)]
struct Scored {
    truth: f64,
    wis: f64,
    median: f64,
    covered: [bool; 3],
}

/// The score of every month of an area at some values.
fn months(area: &Area, values: &Values) -> Vec<Scored> {
    let value = |figure: Learnt| values[Learnt::ALL.iter().position(|f| *f == figure).unwrap_or(0)];
    let apart = |figure: Learnt| if area.is_own { 0.0 } else { value(figure) };
    let (loss_apart, surge_apart) = (apart(Learnt::LossBetween), apart(Learnt::SurgeBetween));
    let last = area.truth.last().map_or(0, |(t, _)| t + 1);
    let mut all: Vec<Vec<f64>> = vec![Vec::new(); area.truth.len()];
    for (parts, [loss, surge]) in area.line.parts.iter().zip(&area.apart) {
        let suppression = Suppression {
            loss: (value(Learnt::Loss) + loss_apart * *loss).as_share(),
            returns: Lane::all(value(Learnt::Returns)),
            return_half_life: parts.return_half_life,
        };
        let restrictions = Restrictions {
            first: &parts.first[..last],
            later: &parts.later[..last],
            gain: Lane::all(value(Learnt::Gain)),
        };
        let factor = (value(Learnt::Surge) + surge_apart * *surge).max(0.0);
        let surge: Vec<Lane<LANES>> = parts.surge[..last].iter().map(|s| *s * factor).collect();
        let mut usual = parts.usual[..last].to_vec();
        let shocks = &parts.shocks[..last];
        area.discrepancy.factors(shocks, (0, &Lane::ZERO), |t, factor| usual[t] *= factor);
        let demand = demand::by_month(&suppression, &restrictions, &usual, &surge, None);
        let referrals: Vec<Lane<LANES>> = demand.iter().map(Demand::before_levers).collect();
        for (draws, (t, _)) in all.iter_mut().zip(&area.truth) {
            draws.extend(&referrals[*t]);
        }
    }
    let score = |(draws, (_, truth)): (&Vec<f64>, &(usize, f64))| {
        let quantiles = of_draws(draws)?;
        Some(Scored {
            truth: *truth,
            wis: quantiles.weighted_interval(*truth).score,
            median: quantiles.median(),
            covered: INTERVALS.map(|p| quantiles.covers(p, *truth).unwrap_or(false)),
        })
    };
    all.iter().zip(&area.truth).filter_map(score).collect()
}

/// The score of one area as a share of what came.
fn wis(months: &[Scored]) -> f64 {
    let (score, truth) = months.iter().fold((0.0, 0.0), |(s, t), m| (s + m.wis, t + m.truth));
    if truth > 0.0 { score / truth } else { 0.0 }
}

fn pooled(areas: &[Vec<Scored>]) -> Pooled {
    let all: Vec<&Scored> = areas.iter().flatten().collect();
    let pairs: Vec<(f64, f64)> = all.iter().map(|month| (month.median, month.truth)).collect();
    let share = |index: usize| {
        all.iter().filter(|month| month.covered[index]).count() as f64 / all.len().max(1) as f64
    };
    Pooled {
        mape: scores::mape(&pairs).unwrap_or(f64::NAN),
        wis: areas.iter().map(|months| wis(months)).sum::<f64>() / areas.len().max(1) as f64,
        coverage: [0, 1, 2].map(share),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::study::{Inputs, read_study};

    /// Areas whose counts were made with known figures teach those figures, about.
    #[test]
    fn areas_teach_the_figures_that_made_their_counts() {
        let inputs = Inputs {
            scenarios: vec!["multiple-waves".to_owned()],
            pack: Some("believed-2021".to_owned()),
            draws: LANES,
            seed: 1,
            ..Inputs::default()
        };
        let mut study = read_study(&inputs).map_err(|p| p.render(false)).unwrap().study;
        // With ranges, what returns and the surge stand in for each other; without, each has months
        // of its own.
        for id in study.figures.ids().collect::<Vec<_>>() {
            let figure = study.figures.get_mut(id);
            figure.number = Uncertain::point(figure.number.central);
        }
        let service = study.pack.service("secondary").unwrap();
        let until = "2022-07".parse().unwrap();
        let one = || ready(&study, service, until).remove(0);
        let mut truth = believed(&study, service);
        (truth[0], truth[1], truth[2], truth[4]) = (0.3, 0.5, 0.5, 0.2);
        // The median of the draws at the true figures stands for what was counted.
        let areas: Vec<Area> = (0..2)
            .map(|_| {
                let mut area = one();
                let scored = months(&area, &truth);
                for ((_, count), month) in area.truth.iter_mut().zip(&scored) {
                    *count = month.median;
                }
                area
            })
            .collect();
        let found = search(&areas.iter().collect::<Vec<_>>(), &believed(&study, service));
        for index in [0, 1, 2] {
            let (found, truth) = (found[index], truth[index]);
            assert!((found - truth).abs() < 0.15, "{index}: {found} for {truth}");
        }
    }
}
