//! The waits of the lines that are projected, draw by draw, to be held against what was published.

use super::batches::{Batches, Part, of_case};
use super::line;
use super::waits::Waiting;
use super::waits::given::WaitDraws;
use crate::draw::LANES;
use crate::study::Study;

/// The waits of every line of every case whose service and area something is published of, as
/// projected.
pub fn projected(study: &Study) -> Vec<(usize, usize, WaitDraws)> {
    let draws = study.draws.count.max(1);
    let all = Batches::<LANES>::new(study, draws);
    let (mut result, mut stage) = (Vec::new(), Vec::new());
    for cases in all.batches() {
        all.run(cases, &mut stage, Part::Services);
        for (index, case) in cases.iter().enumerate() {
            let entries = of_case(&stage, index);
            let prepared = all.prepared(case);
            let prepared: Vec<_> = prepared.iter().map(AsRef::as_ref).collect();
            for line in case.lines.iter() {
                let Some(waiting) = Waiting::of(study, case, line) else { continue };
                if waiting.published[0].is_none() {
                    continue;
                }
                let Some(waits) =
                    line::wait_draws(study, case, line, (&prepared, &entries), (draws, &waiting))
                else {
                    continue;
                };
                result.push((case.area_index, line.service, waits));
            }
        }
    }
    result
}
