//! The projection as a function of standard normals: one for every uncertain figure, one for every
//! month of a line's forecast error, and one for every month of its discrepancy.
//!
//! Only the observed lines are projected, and only as far as the last month observed.

use rayon::prelude::*;

use super::cloud;
use crate::draw::{LANES, Stream};
use crate::model::discrepancy::Discrepancy;
use crate::model::lane::Lane;
use crate::month::Month;
use crate::projection::case::{self, Case, Line, Underlying};
use crate::projection::entries::Prepared;
use crate::projection::parameters::Layouts;
use crate::projection::{learnt, line};
use crate::study::Study;
use crate::study::figures::FigureId;

/// Standard normals of a block of particles, dimension by dimension.
pub type Normals<const L: usize> = Vec<Lane<L>>;

/// What the projection is conditioned on.
pub struct Model<'a> {
    study: &'a Study,
    layouts: Layouts,
    cases: Vec<Case<'a>>,
    /// The figures with a spread that the observed lines depend on.
    pub figures: Vec<FigureId>,
    /// The observed lines.
    pub lines: Vec<Observed>,
    /// How many standard normals there are.
    pub dimensions: usize,
    /// How many months are projected.
    pub months: usize,
}

/// A line with the months observed of it.
#[derive(Clone, Debug)]
pub struct Observed {
    case: usize,
    line: usize,
    /// The area.
    pub area: usize,
    /// The service.
    pub service: usize,
    /// Months from the scenario's start, with what was counted.
    pub counts: Vec<(usize, f64)>,
    /// What the model would get wrong at its true figures.
    pub discrepancy: Discrepancy,
    /// Where the line's normals begin.
    pub(super) first: usize,
}

impl<'a> Model<'a> {
    /// The first scenario of `study`, which ends at `until`, in all its areas.
    pub fn new(study: &'a Study, until: Month) -> Self {
        let cases: Vec<Case<'_>> =
            (0..study.areas.len()).map(|area| Case::new(study, 0, area)).collect();
        let figures: Vec<FigureId> =
            study.figures.ids().filter(|id| !study.figures.get(*id).number.is_point()).collect();
        let months = study.scenarios[0].months;
        let mut lines: Vec<Observed> = Vec::new();
        let mut dimensions = figures.len();
        for (index, case) in cases.iter().enumerate() {
            for (position, line) in case.lines.iter().enumerate() {
                let counts = counts(case, line, until);
                if counts.is_empty() {
                    continue;
                }
                lines.push(Observed {
                    case: index,
                    line: position,
                    area: case.area_index,
                    service: line.service,
                    counts,
                    discrepancy: Discrepancy::of(case::extent(&study.pack, &case.area.id)),
                    first: dimensions,
                });
                dimensions += 2 * months;
            }
        }
        let layouts = Layouts::new(&study.pack);
        let mut model = Self { study, layouts, cases, figures, lines, dimensions, months };
        model.keep(model.reaching());
        model
    }

    /// The figures whose change changes an observed line: the data can't speak on others, such as
    /// the height of a wave to come.
    fn reaching(&self) -> Vec<FigureId> {
        let normals: Normals<1> =
            cloud::fresh(&Stream::new(self.study.draws.seed, "fit/reach"), 0, self.dimensions);
        let reaching = |(index, figures): (usize, &[FigureId])| -> Vec<FigureId> {
            // One lane stays as it is, each of the others has one figure on its other side.
            let mut changed: Normals<LANES> = normals.iter().map(|z| Lane::all(z[0])).collect();
            for lane in 0..figures.len() {
                let z = &mut changed[index * (LANES - 1) + lane][lane];
                *z = -(*z + z.signum());
            }
            let courses = self.courses(&changed);
            let moves = |lane: usize| {
                let differs = |month: &Lane<LANES>| month[lane] != month[LANES - 1];
                courses.iter().flatten().any(differs)
            };
            figures.iter().enumerate().filter(|(lane, _)| moves(*lane)).map(|(_, id)| *id).collect()
        };
        self.figures.par_chunks(LANES - 1).enumerate().flat_map_iter(reaching).collect()
    }

    fn keep(&mut self, figures: Vec<FigureId>) {
        let fewer = self.figures.len() - figures.len();
        self.dimensions -= fewer;
        for line in &mut self.lines {
            line.first -= fewer;
        }
        self.figures = figures;
    }

    /// The referrals of every observed line by month for a block of particles.
    pub fn courses<const L: usize>(&self, normals: &Normals<L>) -> Vec<Vec<Lane<L>>> {
        let sample = self.study.figures.at(&self.figures, normals);
        let prepared = Prepared { block: 0, sample };
        let entries = prepared.run(self.study, &self.layouts, &self.cases);
        let course = |observed: &Observed| {
            let case = &self.cases[observed.case];
            let line = &case.lines[observed.line];
            let own = &normals[observed.first..observed.first + 2 * self.months];
            let (errors, discrepancies) = own.split_at(self.months);
            let mut underlying = errors.to_vec();
            if let Underlying::Forecast(forecast) = &line.underlying {
                let discrepancies = discrepancies.to_vec();
                learnt::demand(forecast, &mut underlying, discrepancies, &observed.discrepancy);
            }
            let stage = (&prepared, &entries[observed.case]);
            line::referrals(self.study, case, line, stage, &underlying)
        };
        self.lines.iter().map(course).collect()
    }

    /// The log-likelihood of every particle of a block.
    pub fn log_likelihood<const L: usize>(&self, normals: &Normals<L>) -> Lane<L> {
        let mut sum = Lane::<L>::ZERO;
        for (observed, means) in self.lines.iter().zip(self.courses(normals)) {
            for (t, count) in &observed.counts {
                for (sum, mean) in sum.iter_mut().zip(means[*t]) {
                    *sum += observed.discrepancy.log_probability(mean, *count);
                }
            }
        }
        sum
    }
}

/// The counted months of a line from the start of the scenario to `until`; a line without a
/// forecast of its own has none.
fn counts(case: &Case<'_>, line: &Line<'_>, until: Month) -> Vec<(usize, f64)> {
    let (Some(series), Underlying::Forecast(_)) = (line.series, &line.underlying) else {
        return Vec::new();
    };
    let start = case.scenario.start;
    let counted = |(month, value, derived): (Month, Option<f64>, bool)| {
        let t = usize::try_from(month.since(start)).ok()?;
        value.filter(|_| month <= until && t < case.months() && !derived).map(|value| (t, value))
    };
    series.months().filter_map(counted).collect()
}
