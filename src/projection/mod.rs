//! A study to results: every scenario in every area, over all draws.
//!
//! Two stages. In the first, blocks of draws run side by side through tracks, delays, exposure and
//! pathway ([`entries`]), which gives surge referrals per service. In the second, families of service
//! lines side by side take their surge together with their own baselines through suppression, return
//! and treatment ([`line`]) and are summarised ([`quantiles`]); need is summarised by group ([`need`]).
//! Both stages use all threads, and neither result depends on how many there are.

mod alike;
pub mod asked;
mod batches;
pub mod block;
mod buffer;
pub mod burden;
pub mod case;
pub mod course;
pub mod detail;
pub mod draws;
pub mod entries;
pub mod equity;
pub mod lever_block;
pub mod line;
mod line_figures;
pub mod measure;
pub mod need;
pub mod parameters;
pub mod projected_waits;
pub mod quantiles;
pub mod response;
pub mod severe_share;
mod signals;
pub mod spare;
pub mod wait_totals;
pub mod waits;
pub mod waits_summary;
mod with_levers;

use std::collections::VecDeque;
use std::convert::Infallible;

use crate::draw::LANES;
use crate::study::Study;
use crate::study::pack::Counted;
pub use alike::{Variants, areas_within, is_alike, is_shared, memory_of_areas, project_alike};
use batches::{Batches, Part, of_case};
use block::Prepared;
use course::Course;
pub use line::{FamilyResult, LineResult};
pub use need::NeedResult;
use spare::Spare;

/// One scenario in one area.
#[derive(Debug)]
pub struct Projection {
    /// Index of the scenario in the study.
    pub scenario: usize,
    /// Index of the area in the study.
    pub area: usize,
    /// Its service lines, in the order of the pack.
    pub lines: Vec<LineResult>,
    /// Its families, in the order of the pack.
    pub families: Vec<FamilyResult>,
    /// Its need, by group and condition.
    pub needs: NeedResult,
    /// What the surge of all its lines takes.
    pub burden: burden::Total,
    /// The central tracks of the scenario by month, as they are, without gains.
    pub tracks: CentralTracks,
}

impl Projection {
    /// Forgets what it came to draw by draw, which tells it from others: what is left is told of it
    /// alone.
    pub fn forget_draws(&mut self) {
        for line in &mut self.lines {
            line.course.draws = Vec::new();
            line.burden.forget_draws();
            line.levers = None;
            if let Some(waits) = &mut line.waits {
                waits.draws = Vec::new();
            }
        }
        for family in &mut self.families {
            family.course.draws = Vec::new();
        }
        (self.needs.draws, self.needs.reached) = (Vec::new(), Vec::new());
    }

    /// Its splits by strata: of need first, then of each family.
    pub fn splits(&self) -> impl Iterator<Item = &equity::EquityResult> {
        self.needs.equity.iter().chain(self.families.iter().flat_map(|family| &family.equity))
    }

    /// The course of a service or family, where it is projected.
    pub fn course(&self, counted: Counted) -> Option<&Course> {
        match counted {
            Counted::Service(service) => {
                self.lines.iter().find(|line| line.service == service).map(|line| &line.course)
            }
            Counted::Family(family) => {
                self.families.iter().find(|own| own.family == family).map(|own| &own.course)
            }
        }
    }
}

/// The tracks of a scenario at its central values.
#[derive(Clone, Debug, Default)]
pub struct CentralTracks {
    /// Infections; 1 is the height of the first wave.
    pub virus: Vec<f64>,
    /// The same as finely as it is known: positions in months and values.
    pub virus_points: Vec<(f64, f64)>,
    /// Stringency of restrictions of wave 1.
    pub first_restrictions: Vec<f64>,
    /// Stringency of later restrictions.
    pub later_restrictions: Vec<f64>,
    /// The economic shock.
    pub economy: Vec<f64>,
}

/// Projects every scenario in every area; `tick` is called as work is done, with the share of it.
pub fn project(study: &Study, tick: &(dyn Fn(f64) + Sync)) -> Vec<Projection> {
    let mut all = Vec::new();
    let Ok(()) = project_each::<Infallible>(study, tick, &mut |projection| {
        all.push(projection);
        Ok(())
    });
    all
}

/// The memory that [`project_each`] takes for one scenario, in bytes: it does not grow with areas.
pub fn memory_of(study: &Study) -> usize {
    /// As measured with the built-in inputs.
    const BASE: usize = 120 << 20;
    const OF_DRAW: usize = 230 << 10;
    BASE + study.draws.count * OF_DRAW
}

/// The same, each projection handed over as soon as it is there, area by area and scenario by
/// scenario, until `take` fails.
pub fn project_each<E>(
    study: &Study,
    tick: &(dyn Fn(f64) + Sync),
    take: &mut dyn FnMut(Projection) -> Result<(), E>,
) -> Result<(), E> {
    if study.draws.count == 0 {
        project_lanes::<1, E>(study, 1, tick, take)
    } else {
        project_lanes::<LANES, E>(study, study.draws.count, tick, take)
    }
}

fn project_lanes<const L: usize, E>(
    study: &Study,
    draws: usize,
    tick: &(dyn Fn(f64) + Sync),
    take: &mut dyn FnMut(Projection) -> Result<(), E>,
) -> Result<(), E> {
    let all = Batches::<L>::new(study, draws);
    // Twice through the first stage costs less than to hold groups and services together.
    let is_whole = !all.is_short_of_memory();
    in_parts(study, &all, is_whole, draws, tick, take)
}

/// Projects every case: at once, or first its needs and then its service lines.
fn in_parts<const L: usize, E>(
    study: &Study,
    all: &Batches<'_, L>,
    is_whole: bool,
    draws: usize,
    tick: &(dyn Fn(f64) + Sync),
    take: &mut dyn FnMut(Projection) -> Result<(), E>,
) -> Result<(), E> {
    let parts: &[Part] = if is_whole { &[Part::All] } else { &[Part::Groups, Part::Services] };
    let (mut stage, spare, mut done) = (Vec::new(), Spare::default(), (0, 0));
    for cases in all.batches() {
        let mut needs = VecDeque::new();
        for &part in parts {
            all.run(cases, &mut stage, part);
            for (index, case) in cases.iter().enumerate() {
                let entries = of_case(&stage, index);
                let prepared = all.prepared(case);
                let prepared: Vec<&Prepared<L>> = prepared.iter().map(AsRef::as_ref).collect();
                let of_case = (&prepared[..], &entries[..]);
                if part != Part::Services {
                    let own = need::summarise(study, &all.layouts, case, of_case, draws, &spare);
                    needs.push_back(own);
                    done.0 += 1;
                    tick(share_done(done, all.cases()));
                }
                if part != Part::Groups
                    && let Some(needs) = needs.pop_front()
                {
                    let (lines, families) = line::summarise(study, case, of_case, draws, &spare);
                    done.1 += 1;
                    tick(share_done(done, all.cases()));
                    take(Projection {
                        scenario: case.scenario_index,
                        area: case.area_index,
                        burden: burden::total(&lines.iter().map(|line| &line.burden)),
                        lines,
                        families,
                        needs,
                        tracks: signals::central(study, case.scenario),
                    })?;
                }
            }
        }
    }
    Ok(())
}

/// How much of the work is done: need is about a sixth of it.
fn share_done((needs, lines): (usize, usize), cases: usize) -> f64 {
    (needs as f64 + 5.0 * lines as f64) / (6 * cases) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::study::{Inputs, read_study};

    #[test]
    fn in_parts_or_at_once_is_the_same() {
        let inputs = Inputs { draws: 65, seed: 1, ..Inputs::default() };
        let study = read_study(&inputs).map(|read| read.study).unwrap();
        let all = Batches::<LANES>::new(&study, 65);
        let run = |is_whole| {
            let mut list = Vec::new();
            let Ok(()) = in_parts(&study, &all, is_whole, 65, &|_| (), &mut |own| {
                list.push(own);
                Ok::<_, Infallible>(())
            });
            format!("{list:?}")
        };
        // Not `assert_eq`, which would print it all.
        assert!(run(true) == run(false));
    }
}
