//! Parameter workbooks of the Strategy Unit's surge model, read as they are.
//!
//! An .xlsx with six sheets: `curves` (month, then a column per curve), `groups` (group, curve,
//! size, pcnt), `g2c` (group, condition, pcnt), `c2t` (group, condition, treatment, split),
//! `treatments` (treatment, success, months, decay, demand,
//! `treat_pcnt`) and `demand` (service,
//! month, underlying, suppressed). `pcnt` of `groups` is a percentage, all other shares run from
//! 0 to 1.
//!
//! Beside any parameter two optional columns give its range: `size_low` and `size_high`,
//! `pcnt_low` and `pcnt_high`, and so on, in the parameter's own unit: its 5th and 95th
//! percentile. A blank one is the central value. [`Workbook::spread`] puts a range on every
//! parameter that has none.

mod checks;
mod lists;
mod read;
mod sheet;
mod tables;

use std::sync::Arc;

use crate::diagnostics::Problems;
use crate::draw::Uncertain;
use crate::month::Month;

/// A checked workbook. Indices are positions in its lists.
#[derive(Clone, Debug)]
pub struct Workbook {
    /// The file.
    pub file: Arc<str>,
    /// The first month: the earliest of its demand sheet.
    pub start: Month,
    /// Named curves, all of the same length: the months of its scenario.
    pub curves: Vec<Curve>,
    /// Population groups.
    pub groups: Vec<Group>,
    /// Names of the conditions.
    pub conditions: Vec<String>,
    /// Services, in the order of its `treatments` sheet.
    pub services: Vec<Service>,
    /// Groups and conditions that are in both `g2c` and `c2t`, sorted.
    pub needs: Vec<Need>,
    /// The rows of `c2t` that belong to a need, sorted.
    pub routes: Vec<Route>,
    /// What a user should know although the workbook can be used.
    pub warnings: Problems,
}

/// A named monthly curve that sums to 1.
#[derive(Clone, PartialEq, Debug)]
pub struct Curve {
    /// Its name.
    pub name: String,
    /// Share of the susceptible that becomes at risk in each month.
    pub shares: Vec<f64>,
}

/// A population group.
#[derive(Clone, PartialEq, Debug)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its curve.
    pub curve: usize,
    /// People.
    pub size: Uncertain,
    /// Share of them that is susceptible (`pcnt` / 100).
    pub susceptible: Uncertain,
}

/// A service.
#[derive(Clone, PartialEq, Debug)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Share of referrals that start treatment (`treat_pcnt`).
    pub accepted: Uncertain,
    /// Share of those leaving who have recovered (`success`).
    pub recovered: Uncertain,
    /// Months over which `decay` of a caseload leaves.
    pub months: Uncertain,
    /// Share of a caseload that leaves over `months`.
    pub decay: Uncertain,
    /// Contacts a month per person in treatment (`demand`).
    pub contacts: Uncertain,
    /// Its rows of the demand sheet, one a month from [`Workbook::start`]; none where the sheet
    /// does not name the service.
    pub demand: Option<Demand>,
}

/// Referrals by month that do not come from the model.
#[derive(Clone, PartialEq, Debug)]
pub struct Demand {
    /// Would have come without Covid.
    pub underlying: Vec<f64>,
    /// Suppressed earlier and coming back (its column `suppressed`).
    pub returning: Vec<f64>,
}

/// The share of a group at risk that develops a condition.
#[derive(Clone, PartialEq, Debug)]
pub struct Need {
    /// The group.
    pub group: usize,
    /// The condition.
    pub condition: usize,
    /// The share (`pcnt` of `g2c`).
    pub rate: Uncertain,
}

/// Where people of a group with a condition go.
#[derive(Clone, PartialEq, Debug)]
pub struct Route {
    /// The group.
    pub group: usize,
    /// The condition.
    pub condition: usize,
    /// The service.
    pub service: usize,
    /// Its weight among the services for that group and condition (`split`).
    pub weight: Uncertain,
}

impl Workbook {
    /// How many months its curves have.
    pub fn months(&self) -> usize {
        self.curves.first().map_or(0, |curve| curve.shares.len())
    }
}
