//! A study to results: every scenario in every area, over all draws.
//!
//! Two stages. In the first, blocks of draws run side by side through tracks, delays, exposure and
//! pathway ([`entries`]), which gives surge referrals per service. In the second, one service line
//! after another takes its surge together with its own baseline through suppression, return and
//! treatment ([`line`]) and is summarised ([`quantiles`]); need is summarised by group ([`need`]).
//! Both stages use all threads, and neither result depends on how many there are.

pub mod burden;
pub mod case;
pub mod detail;
pub mod draws;
pub mod entries;
pub mod equity;
pub mod levers;
pub mod line;
pub mod measure;
pub mod mix;
pub mod need;
pub mod quantiles;
pub mod waits;
pub mod waits_summary;

use rayon::prelude::*;

use crate::draw::LANES;
use crate::study::Study;
use case::{Case, Layouts};
use entries::{Block, Prepared};
pub use line::{FamilyResult, LineResult};
pub use need::NeedResult;

/// Memory that the first stage may hold at once, in bytes.
const FIRST_STAGE_BYTES: usize = 192 << 20;

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
    /// The central tracks of the scenario by month, as they are, without gains.
    pub tracks: CentralTracks,
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
    if study.draws.count == 0 {
        project_lanes::<1>(study, 1, tick)
    } else {
        project_lanes::<LANES>(study, study.draws.count, tick)
    }
}

fn project_lanes<const L: usize>(
    study: &Study,
    draws: usize,
    tick: &(dyn Fn(f64) + Sync),
) -> Vec<Projection> {
    let layouts = Layouts::new(&study.pack);
    let streams = study.figures.streams(study.draws.seed);
    let cases: Vec<Case<'_>> = (0..study.scenarios.len())
        .flat_map(|scenario| (0..study.areas.len()).map(move |area| (scenario, area)))
        .map(|(scenario, area)| Case::new(study, scenario, area))
        .collect();
    let blocks = draws.div_ceil(L);
    let most_months = cases.iter().map(Case::months).max().unwrap_or(0);
    let most_levers = study.scenarios.iter().map(|s| s.levers.len()).max().unwrap_or(0);
    let case_bytes = Block::<L>::bytes(&study.pack, most_levers, most_months) * blocks;
    let batch = (FIRST_STAGE_BYTES / case_bytes.max(1)).max(1);
    let mut results = Vec::new();
    for (done, batch_cases) in (0..).step_by(batch).zip(cases.chunks(batch)) {
        let share =
            |part: f64| (f64::from(done) + part * batch_cases.len() as f64) / cases.len() as f64;
        let mut stage: Vec<(Prepared<L>, Vec<Block<L>>)> = (0..blocks)
            .into_par_iter()
            .map(|block| {
                let prepared = Prepared::new(study, &streams, block as u64);
                let blocks = prepared.run(study, &layouts, batch_cases);
                (prepared, blocks)
            })
            .collect();
        tick(share(0.2));
        for (index, case) in batch_cases.iter().enumerate() {
            let needs = {
                let (prepared, entries) = of_case(&stage, index);
                need::summarise(study, &layouts, case, &prepared, &entries, draws)
            };
            // Lines need nothing of the groups, and of 10,000 draws they take as much memory.
            for (_, blocks) in &mut stage {
                blocks[index].forget_groups();
            }
            let (prepared, entries) = of_case(&stage, index);
            let (lines, families) = line::summarise(study, case, &prepared, &entries, draws);
            results.push(Projection {
                scenario: case.scenario_index,
                area: case.area_index,
                lines,
                families,
                needs,
                tracks: case.central_tracks(study),
            });
            tick(share(0.2 + 0.8 * (index + 1) as f64 / batch_cases.len() as f64));
        }
    }
    results
}

/// The first stage of one case, block by block.
fn of_case<const L: usize>(
    stage: &[(Prepared<L>, Vec<Block<L>>)],
    case: usize,
) -> (Vec<&Prepared<L>>, Vec<&Block<L>>) {
    stage.iter().map(|(prepared, blocks)| (prepared, &blocks[case])).unzip()
}
