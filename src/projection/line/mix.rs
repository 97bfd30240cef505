//! What brings the people of a line's surge: its ways from groups through conditions, for the
//! severity mix of [`crate::model::severity`].

use super::Stage;
use crate::model::severity::Conditions;
use crate::projection::case::Line;
use crate::study::figures::Sample;

impl<const L: usize> Stage<'_, L> {
    /// The ways to a line and how severe each is; none where no condition has a severity of its
    /// own there.
    ///
    /// `referred = rate x help_seeking x weight / sum of weights`, as in the pathway.
    pub(super) fn conditions(&self, line: &Line<'_>, sample: &Sample<L>) -> Option<Conditions<L>> {
        let pack = &self.study.pack;
        let has_own = |service: usize| !pack.services[service].severe_by_condition.is_empty();
        if !line.members.iter().any(|(member, _)| has_own(*member)) {
            return None;
        }
        let mut conditions = Conditions::default();
        for route in &pack.routes {
            if !line.members.iter().any(|(member, _)| *member == route.service) {
                continue;
            }
            let same = |need: &&crate::study::pack::Need| {
                need.group == route.group && need.condition == route.condition
            };
            let Some(need) = pack.needs.iter().find(same) else { continue };
            let mut rates = [0.0; L];
            for other in pack.needs.iter().filter(|other| other.group == route.group) {
                add(&mut rates, &sample[other.rate]);
            }
            let mut weights = [0.0; L];
            for other in &pack.routes {
                if other.group == route.group && other.condition == route.condition {
                    add(&mut weights, &sample[other.weight]);
                }
            }
            let (rate, help) = (&sample[need.rate], &sample[need.help_seeking]);
            let weight = &sample[route.weight];
            let referred = std::array::from_fn(|i| {
                let share = if weights[i] > 0.0 { weight[i] / weights[i] } else { 0.0 };
                rate[i] / rates[i].max(1.0) * help[i] * share
            });
            let severe = pack.services[route.service].severe_share(route.condition);
            conditions.add(route.group, &referred, &sample[severe]);
        }
        Some(conditions)
    }
}

fn add<const L: usize>(sum: &mut [f64; L], part: &[f64; L]) {
    for i in 0..L {
        sum[i] += part[i];
    }
}
