//! Many variants of one study over the same areas, at the door of services: what is the same is
//! made once.
//!
//! | the same | made once for |
//! | --- | --- |
//! | sample of the pack's figures, delays, response of the pathway | all variants and areas |
//! | forecast of a line, its draws, referrals of a person at risk | all variants of an area |
//! | tracks and people at risk of a variant | some areas at once |
//!
//! Variants are alike where they differ in figures of their scenarios alone, and see the same months.
//! Numbers are those of [`super::project`] within rounding, whatever is done together.

use rayon::prelude::*;

use super::asked::AtDoor;
use super::block::Prepared;
use super::burden::Total;
use super::case::Case;
use super::entries::{Shared, Solver};
use super::line::{self, Door, LineOnce, OfVariant};
use super::need::NeedResult;
use super::parameters::Layouts;
use super::quantiles::Stats;
use super::spare::Spare;
use super::{CentralTracks, Projection};
use crate::draw::LANES;
use crate::lane::Lane;
use crate::study::Study;
use crate::study::figures::OfScenarios;

/// Variants of one study that share their work.
#[derive(Debug)]
pub struct Variants {
    /// The study, with the scenario of each variant.
    pub study: Study,
    own: Vec<OfScenarios>,
}

/// Whether a study of one scenario can share its work with others: levers act in time, a level of
/// counted months hangs on the waves, and a pack's own series or pathways of areas stand alone.
pub fn is_shared(study: &Study) -> bool {
    let [scenario] = study.scenarios.as_slice() else { return false };
    scenario.levers.is_empty()
        && study.observed.is_none()
        && study.pack.demand.is_empty()
        && !study.figures.pathways_differ_between_areas()
}

impl Variants {
    /// The variants of one study; others can be added.
    pub fn new(study: Study) -> Self {
        let own = vec![study.figures.of_scenarios(study.draws.seed)];
        Self { study, own }
    }

    /// Adds a study that is alike; gives back one that is not.
    pub fn add(&mut self, study: Box<Study>) -> Result<(), Box<Study>> {
        if !is_alike(&self.study, &study) {
            return Err(study);
        }
        self.own.push(study.figures.of_scenarios(study.draws.seed));
        self.study.scenarios.extend(study.scenarios);
        Ok(())
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.own.len()
    }
}

/// Whether two studies of one scenario each differ in nothing but figures of their scenarios.
pub fn is_alike(one: &Study, other: &Study) -> bool {
    let sees_as = match (one.scenarios.first(), other.scenarios.first()) {
        (Some(one), Some(other)) => one.sees_as(other),
        _ => false,
    };
    let ids = |study: &Study| study.areas.iter().map(|a| a.id.clone()).collect::<Vec<_>>();
    sees_as && ids(one) == ids(other) && one.figures.has_pack_of(&other.figures)
}

/// How many areas are held at once within `memory` bytes.
pub fn areas_within(variants: &Variants, asked: &AtDoor, memory: usize) -> usize {
    let most = variants.study.areas.len().max(1);
    let fits = |areas: &usize| memory_of_areas(variants, asked, *areas) <= memory;
    (1..=most).rev().find(fits).unwrap_or(1)
}

/// The memory that variants take with so many areas at once, in bytes.
pub fn memory_of_areas(variants: &Variants, asked: &AtDoor, areas: usize) -> usize {
    let study = &variants.study;
    let months = study.scenarios.first().map_or(0, |scenario| scenario.months);
    let draws = study.draws.count.max(1).next_multiple_of(LANES);
    let row = months * draws * size_of::<f64>();
    // The sample in two copies, the pathway and its response.
    let sample = study.figures.iter().len() * draws * size_of::<f64>();
    let groups = study.pack.groups.len();
    // A variant on each thread: its people at risk, and the lines of a family in work.
    let of_thread = (groups + 12 + 8 * asked.rows().len()) * row;
    let known = study.areas.iter().map(|area| area.series.len()).max().unwrap_or(0);
    let threads = rayon::current_num_threads();
    // What they come to, until it is written: of months, and of a period four answers.
    let courses = study.pack.services.len() + study.pack.families.len();
    let periods = 2 + 2 * months.div_ceil(12);
    let numbers = courses * (months * asked.months.len() + 4 * periods);
    let of_area = (known + 8) * row + threads * numbers * size_of::<Stats>();
    BASE_BYTES + 3 * sample + 3 * groups * row + threads * of_thread + areas * of_area
}

/// Memory of the program with its inputs, before anything is projected.
const BASE_BYTES: usize = 100 << 20;

/// Projects every variant in every area, `areas` of them at a time. Each projection is handed to
/// `take`: those of one variant area by area, those of several on several threads.
pub fn project_alike(
    variants: &Variants,
    asked: &AtDoor,
    areas: usize,
    tick: &(dyn Fn(f64) + Sync),
    take: &(dyn Fn(usize, &Projection) + Sync),
) {
    if variants.study.draws.count == 0 {
        in_lanes::<1>(variants, asked, (areas, 1), tick, take);
    } else {
        in_lanes::<LANES>(variants, asked, (areas, variants.study.draws.count), tick, take);
    }
}

/// An area with all that its variants share.
struct OfArea<'a, const L: usize> {
    case: Case<'a>,
    lines: Vec<LineOnce<L>>,
}

fn in_lanes<const L: usize>(
    variants: &Variants,
    asked: &AtDoor,
    (at_once, draws): (usize, usize),
    tick: &(dyn Fn(f64) + Sync),
    take: &(dyn Fn(usize, &Projection) + Sync),
) {
    let study = &variants.study;
    let streams = study.figures.streams(study.draws.seed);
    let layouts = Layouts::new(&study.pack);
    let months = study.scenarios.first().map_or(0, |scenario| scenario.months);
    let sample = |block: usize| Prepared::<L>::new(study, &streams, block as u64);
    let prepared: Vec<_> = (0..draws.div_ceil(L)).into_par_iter().map(sample).collect();
    let solver = |_| Solver::new(&study.pack, &layouts, months);
    let mut solvers: Vec<Solver<'_, L>> = (0..prepared.len()).map(solver).collect();
    let mut shared: Vec<Shared<'_, '_, L>> =
        solvers.par_iter_mut().zip(&prepared).map(|(solver, own)| solver.share(own)).collect();
    let flows: Vec<Vec<Lane<L>>> = shared.iter_mut().map(Shared::referred_of_flows).collect();
    let spare = Spare::default();
    let of_area = |area: usize| {
        let case = Case::new(study, 0, area);
        let local: Vec<_> =
            prepared.iter().map(|own| own.in_area(study, &streams, &case.area.id)).collect();
        let local: Vec<&Prepared<L>> = local.iter().map(AsRef::as_ref).collect();
        let lines = line::once(study, &case, &local, (&layouts.pathway, &flows));
        OfArea { case, lines }
    };
    let (all, mut done) = (study.areas.len() * variants.count(), 0);
    let numbers: Vec<usize> = (0..variants.count()).collect();
    for some in (0..study.areas.len()).collect::<Vec<_>>().chunks(at_once.max(1)) {
        let areas: Vec<OfArea<'_, L>> = some.par_iter().map(|area| of_area(*area)).collect();
        for together in numbers.chunks(rayon::current_num_threads()) {
            let stage = first_stage(variants, &mut shared, &prepared, together);
            let pairs: Vec<(usize, &OfArea<'_, L>)> =
                (0..together.len()).flat_map(|v| areas.iter().map(move |area| (v, area))).collect();
            let project = |(v, area): &(usize, &OfArea<'_, L>)| {
                let door = Door { asked, lines: &area.lines, variant: &stage[*v] };
                let (lines, families) = line::at_door(study, &area.case, door, draws, &spare);
                Projection {
                    scenario: together[*v],
                    area: area.case.area_index,
                    lines,
                    families,
                    needs: NeedResult::default(),
                    burden: Total::default(),
                    tracks: CentralTracks::default(),
                }
            };
            let projections: Vec<Projection> = pairs.par_iter().map(project).collect();
            projections.par_chunks(areas.len()).zip(together).for_each(|(own, variant)| {
                for projection in own {
                    take(*variant, projection);
                }
            });
            done += pairs.len();
            tick(done as f64 / all as f64);
        }
    }
}

/// The people at risk and the restrictions of some variants, block by block.
fn first_stage<const L: usize>(
    variants: &Variants,
    shared: &mut [Shared<'_, '_, L>],
    prepared: &[Prepared<L>],
    together: &[usize],
) -> Vec<Vec<OfVariant<L>>> {
    let study = &variants.study;
    let Some(area) = study.areas.first() else { return Vec::new() };
    let case = |variant: usize| Case {
        scenario_index: variant,
        scenario: &study.scenarios[variant],
        area_index: 0,
        area,
        lines: [].into(),
        scale: vec![1.0; study.pack.groups.len()],
        services: vec![1.0; study.pack.services.len()],
    };
    let of_block = |(shared, prepared): (&mut Shared<'_, '_, L>, &Prepared<L>)| {
        let of_variant = |variant: &usize| {
            let own = &variants.own[*variant];
            let sample = match study.draws.count {
                0 => own.central(&prepared.sample),
                _ => own.sample(&prepared.sample, prepared.block),
            };
            let case = case(*variant);
            let (at_risk, restrictions) = shared.at_risk(&case, &sample);
            let gain = sample[case.scenario.response.suppression_gain];
            OfVariant { at_risk, restrictions, gain }
        };
        together.iter().map(of_variant).collect::<Vec<_>>()
    };
    let blocks: Vec<_> = shared.par_iter_mut().zip(prepared).map(of_block).collect();
    let mut list: Vec<Vec<OfVariant<L>>> = together.iter().map(|_| Vec::new()).collect();
    for block in blocks {
        for (variant, own) in list.iter_mut().zip(block) {
            variant.push(own);
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::study::{Inputs, read_study};
    use crate::projection::asked::Answer;
    use crate::projection::measure::Measure;
    use crate::projection::project;
    use std::sync::Mutex;

    fn study(scenario: &str, set: &str, draws: usize) -> Study {
        let inputs = Inputs {
            scenarios: vec![scenario.to_owned()],
            areas: ["QOP", "England"].map(str::to_owned).to_vec(),
            settings: vec![set.to_owned()],
            draws,
            seed: 5,
            ..Inputs::default()
        };
        read_study(&inputs).map(|read| read.study).unwrap()
    }

    fn asked() -> AtDoor {
        use Answer::{Extra, ExtraShare, Peak, Referrals, SurgeShare, Total};
        let totals = [Measure::Suppressed, Measure::Returning, Measure::Surge].map(Total);
        let answers = [Referrals, Extra, ExtraShare, SurgeShare, Peak];
        AtDoor {
            months: Measure::AT_DOOR.to_vec(),
            answers: answers.into_iter().chain(totals).collect(),
            families: true,
        }
    }

    /// What of a projection is asked for above.
    fn numbers(projection: &Projection) -> Vec<(String, Stats)> {
        let mut list = Vec::new();
        let lines = projection.lines.iter().map(|line| (line.service, &line.course));
        let families = projection.families.iter().map(|own| (1000 + own.family, &own.course));
        for (id, course) in lines.chain(families) {
            for (measure, months) in &course.measures {
                if Measure::AT_DOOR.contains(measure) {
                    let months = months.iter().enumerate();
                    list.extend(months.map(|(t, own)| (format!("{id} {measure:?} {t}"), *own)));
                }
            }
            for total in &course.periods {
                let of = [total.referrals, Some(total.extra), total.extra_share, total.surge_share];
                let known = of.into_iter().enumerate().filter_map(|(i, own)| Some((i, own?)));
                list.extend(known.map(|(i, own)| (format!("{id} {:?} {i}", total.period), own)));
            }
            for measure in [Measure::Suppressed, Measure::Returning, Measure::Surge] {
                let total = course.total(measure).copied();
                list.extend(total.map(|own| (format!("{id} {measure:?}"), own)));
            }
            list.push((format!("{id} peak {}", course.peak.t), course.peak.extra));
            list.extend(course.peak.uplift.map(|own| (format!("{id} uplift"), own)));
        }
        list
    }

    #[test]
    fn variants_that_share_their_work_are_those_that_run_alone() {
        for draws in [0, 65] {
            let sets = ["response.need_gain=0.2,0.5,0.9", "wave.1.height=3"];
            let scenarios = ["two-waves", "single-wave"];
            let studies: Vec<Study> =
                scenarios.iter().zip(sets).map(|(own, set)| study(own, set, draws)).collect();
            assert!(studies.iter().all(is_shared));
            let mut variants = Variants::new(studies[0].clone());
            for study in &studies[1..] {
                assert!(variants.add(Box::new(study.clone())).is_ok());
            }
            let apart = study("two-waves", "services.iapt.accepted=0.5", draws);
            assert!(variants.add(Box::new(apart)).is_err());
            let together = Mutex::new(Vec::new());
            project_alike(&variants, &asked(), 1, &|_| (), &|variant, projection| {
                let own = (variant, projection.area, numbers(projection));
                together.lock().unwrap().push(own);
            });
            let together = together.into_inner().unwrap();
            assert_eq!(together.len(), 4);
            let mut count = 0;
            for (variant, study) in studies.iter().enumerate() {
                for projection in project(study, &|_| ()) {
                    let is =
                        |own: &&(usize, usize, _)| (own.0, own.1) == (variant, projection.area);
                    let (.., shared) = together.iter().find(is).unwrap();
                    let alone = numbers(&projection);
                    assert_eq!(shared.len(), alone.len());
                    for ((name, a), (other, b)) in shared.iter().zip(&alone) {
                        assert_eq!(name, other);
                        let pairs = a.quantiles().zip(b.quantiles()).map(|((_, a), (_, b))| (a, b));
                        for (a, b) in pairs.chain([(a.mean, b.mean)]) {
                            count += 1;
                            assert!((a - b).abs() <= 1e-9 * (1e-3 + b.abs()), "{name}: {a} {b}");
                        }
                    }
                }
            }
            assert!(count > 50_000, "{count}");
        }
    }
}
