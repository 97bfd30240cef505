//! Levers compared, as `levers.csv`, JSON, charts and a screen; and their library.

mod cells;
mod document;
mod library;
mod list;
mod offers;
mod pictures;
mod table;
mod terminal;

pub use document::document;
pub use library::{evidence, library};
pub use pictures::charts;
pub use table::table;
pub use terminal::terminal;

use super::words::{count, percent};
use crate::evaluate::choices::{SideEffect, Trial};
use crate::study::Study;

/// A quantity of a trial by draw.
type Quantity = (&'static str, fn(&Trial) -> Option<Vec<f64>>);

/// The quantities of every output, in order.
const QUANTITIES: [Quantity; 14] = [
    ("helped", |trial| Some(trial.helped.clone())),
    ("prevented", |trial| Some(trial.prevented.clone())),
    ("diverted", |trial| Some(trial.diverted.clone())),
    ("taken_in", |trial| Some(trial.taken_in.clone())),
    ("seen", |trial| Some(trial.seen.clone())),
    ("started", |trial| Some(trial.started.clone())),
    ("reached", |trial| Some(trial.reached.clone())),
    ("unmet_change", |trial| Some(trial.unmet.clone())),
    ("lever_cost", |trial| trial.cost.clone()),
    ("service_cost_change", |trial| trial.service_cost.clone()),
    ("staff_change", |trial| trial.staff.clone()),
    ("cost_per_person_helped", Trial::cost_per_person),
    ("weeks_saved", |trial| Some(trial.weeks_saved.clone())),
    ("cost_per_week_saved", Trial::cost_per_week),
];

/// A side effect in words.
fn words(study: &Study, effect: &SideEffect) -> String {
    match effect {
        SideEffect::MoreLoad { service, referrals, share } => {
            let share = share.map_or_else(
                || ", on top of an unknown baseline".to_owned(),
                |share| format!(", {}", percent(share)),
            );
            let service = &study.pack.services[*service];
            format!(
                "load moves to {} (+{} {}{share})",
                service.id,
                count(*referrals),
                service.unit.plural()
            )
        }
        SideEffect::MoreReferrals(more) => {
            format!("more referrals than before (+{})", count(*more))
        }
        SideEffect::MoreUnmet(more) => format!("MORE UNMET NEED (+{})", count(*more)),
        SideEffect::HelpsNobody => "helps nobody in half of the draws or more".to_owned(),
    }
}
