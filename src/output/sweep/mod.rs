//! A sweep on disk. Every file belongs to one unit, a scenario variant over all areas, so that any
//! number of machines may write them and the union is always the same:
//!
//! ```text
//! sweep.json                            what the sweep is
//! variants.csv                          what each variant is made of
//! TABLE/variant=v0001/TABLE.csv         the rows of a table, a folder for each variant
//! failed/variant=v0001/failed.csv       areas that could not be projected, and why
//! done/v0001.json                       written last: the unit is whole; the hash of each file
//! merged/                               what `sweep merge` makes of them
//! ```

pub mod asked;
pub mod effects;
pub mod merged;
pub mod read;
pub mod unit;

use crate::input::sweep::Form;
use crate::projection::measure::{Measure, NeedMeasure};

/// What a sweep is: the file that tells one folder of results from another's.
pub const SWEEP: &str = "sweep.json";

/// What each variant is made of.
pub const VARIANTS: &str = "variants.csv";

/// The table of areas that could not be projected.
pub const FAILED: &str = "failed";

/// The table that is always written: what `merge` is made of.
pub const TOTALS: &str = "totals";

/// Measures of the answers that are no measure of a month.
const ANSWERS: [&str; 8] = [
    "extra",
    "extra_share",
    "surge_share",
    "peak_extra",
    "peak_uplift",
    "severe_at_peak",
    "surge_cost",
    "extra_staff",
];

/// The names of the tables a sweep may write.
pub fn table_names() -> Vec<&'static str> {
    super::tables::of_sweeps().iter().map(|table| table.head().name).collect()
}

/// The names of the measures a sweep may be narrowed to.
pub fn measure_names() -> Vec<&'static str> {
    let mut list: Vec<&'static str> = Measure::ALL.iter().map(|measure| measure.name()).collect();
    list.extend(NeedMeasure::ALL.iter().map(|measure| measure.name()));
    list.extend(ANSWERS);
    list.sort_unstable();
    list.dedup();
    list
}

/// The file of a table of a unit, relative to the folder of the sweep.
pub fn part_name(table: &str, unit: &str, form: Form) -> String {
    format!("{table}/variant={unit}/{table}.{}", form.name())
}

/// The file that says that a unit is whole.
pub fn done_name(unit: &str) -> String {
    format!("done/{unit}.json")
}
