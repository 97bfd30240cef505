//! What a sweep is, as its folder says: written by every shard alike, read by `merge`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::unit::Wanted;
use crate::input::sweep::Sweep;
use crate::output::tables::wholes;
use crate::study::Study;

/// `sweep.json`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Record {
    /// The version of the program.
    pub afterwave: String,
    /// The seed.
    pub seed: u64,
    /// How many draws.
    pub draws: usize,
    /// How many variants.
    pub variants: usize,
    /// What variants differ in: the scenario, then each key or keys that move together.
    pub factors: Vec<Vec<String>>,
    /// Those of the keys that are sampled, each for itself.
    pub sampled: Vec<String>,
    /// The tables.
    pub tables: Vec<String>,
    /// The measures; none is all.
    pub measures: Vec<String>,
    /// How they are written.
    pub format: String,
    /// Families that are headlines.
    pub headline: Vec<String>,
    /// Larger areas and the areas that are added up to them.
    pub wholes: BTreeMap<String, Vec<String>>,
    /// The hash of all it is made of.
    pub made_of: String,
}

/// What of a study the record of a sweep needs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OfStudy {
    headline: Vec<String>,
    wholes: BTreeMap<String, Vec<String>>,
}

impl OfStudy {
    /// That of a study with all the areas of the sweep.
    pub fn new(study: &Study) -> Self {
        let headline = study.pack.families.iter().filter(|family| family.headline);
        let ids = |areas: Vec<usize>| areas.iter().map(|a| study.areas[*a].id.clone()).collect();
        let wholes = wholes(study).into_iter().map(|whole| (whole.name, ids(whole.areas)));
        Self {
            headline: headline.map(|family| family.id.clone()).collect(),
            wholes: wholes.collect(),
        }
    }
}

impl Record {
    /// The record of a sweep.
    pub fn new(sweep: &Sweep, wanted: &Wanted, study: OfStudy, made_of: String) -> Self {
        let factors = sweep.factors.iter().map(|factor| factor.keys.clone());
        Self {
            afterwave: env!("CARGO_PKG_VERSION").to_owned(),
            seed: sweep.inputs.seed,
            draws: sweep.inputs.draws,
            variants: sweep.variants(),
            factors: std::iter::once(vec!["scenario".to_owned()]).chain(factors).collect(),
            sampled: sweep
                .factors
                .iter()
                .filter(|factor| factor.is_sample)
                .flat_map(|factor| factor.keys.clone())
                .collect(),
            tables: wanted.tables.clone(),
            measures: wanted.measures.clone(),
            format: wanted.form.name().to_owned(),
            headline: study.headline,
            wholes: study.wholes,
            made_of,
        }
    }

    /// The name of a variant.
    pub fn id(&self, number: usize) -> String {
        crate::input::sweep::variant_id(number, self.variants)
    }
}

/// `variants.csv`: a row a variant, with the value of every key.
pub fn variants(sweep: &Sweep) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let keys = sweep.factors.iter().flat_map(|factor| factor.keys.iter().map(String::as_str));
    let header: Vec<&str> = ["variant", "scenario"].into_iter().chain(keys).collect();
    // Writing to memory does not fail.
    let _ = writer.write_record(&header);
    for number in 0..sweep.variants() {
        let id = sweep.id(number);
        let mut row = vec![id.as_str()];
        let variant = sweep.variant(number);
        row.extend(sweep.values(&variant));
        let _ = writer.write_record(&row);
    }
    writer
        .into_inner()
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}
