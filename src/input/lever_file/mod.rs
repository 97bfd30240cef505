//! `[[lever]]` tables of scenario files and the library of levers, to validated levers.
//!
//! `preset = "vcse-hub"` takes a lever of the library; keys beside it override the library's. A
//! lever with no effect size is refused until one is given, in the file or by
//! `--set lever.NAME.effect=…`.

mod aim;
mod keys;
mod library;
mod package;
mod resolve;

use super::document::Read;
use crate::diagnostics::Place;
use crate::draw::Uncertain;
use crate::month::Month;
use crate::study::figures::Grade;
use crate::study::lever::{Kind, Level};

pub use keys::read_lever;
pub use library::{Listed, listing, read_levers};
pub use package::read_package;
pub use resolve::{add_cost, check_sizes, resolve};

/// The longest lag or ramp, in months.
const MOST_MONTHS: f64 = 240.0;
/// The most posts, in whole-time equivalents.
const MOST_STAFF: f64 = 1e6;

/// One lever as written, in a scenario or in the library.
#[derive(Clone, Debug)]
pub struct LeverFile {
    name: Option<Read<String>>,
    label: Option<String>,
    kind: Option<Kind>,
    services: Option<Vec<Read<String>>>,
    conditions: Option<Vec<Read<String>>>,
    groups: Option<Vec<Read<String>>>,
    strata: Option<Vec<Read<String>>>,
    by_need: Option<Read<String>>,
    to: Option<Read<String>>,
    start: Option<Read<Month>>,
    lag: Option<Read<Uncertain>>,
    ramp: Option<Read<Uncertain>>,
    reach: Option<Read<Uncertain>>,
    effect: Option<Read<Uncertain>>,
    starts: Option<Read<Uncertain>>,
    onward: Option<Read<Uncertain>>,
    cost_a_year: Option<Read<Uncertain>>,
    cost_a_person: Option<Read<Uncertain>>,
    cost_a_reached: Option<Read<Uncertain>>,
    staff: Option<Read<Uncertain>>,
    /// Months from its start until its posts are filled.
    recruitment: Option<u8>,
    price_year: Option<usize>,
    level: Option<Level>,
    source: Option<String>,
    grade: Option<Grade>,
    note: Option<String>,
    agreed_with: Option<String>,
    /// The measurement that its effect is a part of, with those of other levers.
    bundle: Option<Read<String>>,
    place: Place,
    /// Where the preset stands in the library.
    library: Option<Place>,
}

impl LeverFile {
    /// Its name.
    pub fn name(&self) -> &str {
        self.name.as_ref().map_or("", |name| &name.value)
    }

    /// Where it stands.
    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// The month it starts in, if it says so.
    pub(super) fn start(&self) -> Option<&Read<Month>> {
        self.start.as_ref()
    }

    /// These keys over those of a preset.
    fn over(self, preset: Self) -> Self {
        let aims_by_need = self.by_need.is_some();
        Self {
            name: self.name.or(preset.name),
            label: self.label.or(preset.label),
            kind: self.kind.or(preset.kind),
            services: self.services.or(preset.services),
            conditions: self.conditions.or(preset.conditions),
            groups: self.groups.or(preset.groups),
            // One target in a file takes the place of the other kind in the preset.
            by_need: self.by_need.or(preset.by_need.filter(|_| self.strata.is_none())),
            strata: self.strata.or(preset.strata.filter(|_| !aims_by_need)),
            to: self.to.or(preset.to),
            start: self.start.or(preset.start),
            lag: self.lag.or(preset.lag),
            ramp: self.ramp.or(preset.ramp),
            reach: self.reach.or(preset.reach),
            effect: self.effect.or(preset.effect),
            starts: self.starts.or(preset.starts),
            onward: self.onward.or(preset.onward),
            cost_a_year: self.cost_a_year.or(preset.cost_a_year),
            cost_a_person: self.cost_a_person.or(preset.cost_a_person),
            cost_a_reached: self.cost_a_reached.or(preset.cost_a_reached),
            staff: self.staff.or(preset.staff),
            recruitment: self.recruitment.or(preset.recruitment),
            price_year: self.price_year.or(preset.price_year),
            level: self.level.or(preset.level),
            source: self.source.or(preset.source),
            grade: self.grade.or(preset.grade),
            note: self.note.or(preset.note),
            agreed_with: self.agreed_with.or(preset.agreed_with),
            bundle: self.bundle.or(preset.bundle),
            place: self.place,
            library: preset.library,
        }
    }
}
