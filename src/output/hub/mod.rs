//! Forecasts as hubs of forecasters take them (hubverse): what was asked, a file a model and round,
//! and what came.
//!
//! ```text
//! hub-config/        admin.json, tasks.json, target-data.json, model-metadata-schema.json
//! model-metadata/    afterwave-informed.yml
//! model-output/      afterwave-informed/2020-02-01-afterwave-informed.csv
//! target-data/       time-series.csv
//! ```
//!
//! A round is an origin: the first day of the last month known. A task is an origin, a scenario, a
//! target (the referrals of a service), a location and a month; the answer is 23 quantiles, and draws
//! where they are asked for.

mod settings;

use std::collections::BTreeSet;

use serde::Serialize;

use super::csv_rows::Rows;
use super::disclosure::{self, Control, Withheld};
use super::files::Files;
use super::table::number::rounded;
use crate::draw::quantile;
use crate::evaluate::backtest::LEVELS;
use crate::month::Month;
use crate::projection::draws::EveryDraw;
use crate::study::Study;

/// Who the models are of.
const TEAM: &str = "afterwave";

/// One answer to one task.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What made it: a pack, or a method.
    pub model: String,
    /// The last month known.
    pub origin: Month,
    /// The scenario.
    pub scenario: String,
    /// The service.
    pub target: String,
    /// The area.
    pub location: String,
    /// The month.
    pub month: Month,
    /// Levels and values.
    pub quantiles: Vec<(f64, f64)>,
    /// The first draws, where they are asked for: a draw is one world in all answers of an origin.
    pub samples: Vec<f64>,
}

/// What came.
#[derive(Clone, PartialEq, Debug)]
pub struct Observation {
    /// The month.
    pub month: Month,
    /// The service.
    pub target: String,
    /// The area.
    pub location: String,
    /// Its referrals.
    pub value: f64,
}

/// Answers to tasks, and what came.
#[derive(Clone, Debug, Default)]
pub struct Hub {
    /// The answers, those of a model in their order.
    pub answers: Vec<Answer>,
    /// What came.
    pub observations: Vec<Observation>,
}

impl Hub {
    /// The projections of a run by every draw, as they may be told, and the first `samples` draws
    /// themselves.
    pub fn of_run(
        study: &Study,
        drawn: &[EveryDraw],
        samples: usize,
        control: Option<&Control>,
    ) -> Self {
        let mut hub = Self::default();
        for own in drawn {
            let scenario = &study.scenarios[own.scenario];
            let holds = control.is_some_and(|control| control.holds(own.area));
            let is_told = |control: &Control| {
                control.is_carried(own.area, Some(own.service), own.baseline_year)
            };
            if !control.is_none_or(is_told) {
                continue;
            }
            // A hub takes numbers alone: those of few people are 0.
            let told = |value: f64| match disclosure::count(value) {
                value if Withheld::of(value).is_some() => 0.0,
                value => value,
            };
            for (t, draws) in own.referrals.iter().enumerate() {
                let mut sorted = draws.clone();
                sorted.sort_by(f64::total_cmp);
                let value = |level: f64| quantile(&sorted, level);
                let as_told = |value: f64| if holds { told(value) } else { value };
                hub.answers.push(Answer {
                    model: study.pack.name.clone(),
                    origin: scenario.learns_before().plus(-1),
                    scenario: scenario.id.clone(),
                    target: study.pack.services[own.service].id.clone(),
                    location: study.areas[own.area].id.clone(),
                    month: scenario.month(t),
                    quantiles: LEVELS.map(|level| (level, as_told(value(level)))).to_vec(),
                    samples: draws.iter().take(samples).map(|draw| as_told(*draw)).collect(),
                });
            }
        }
        for area in &study.areas {
            for series in &area.series {
                let counted = series.months().filter(|(.., is_derived)| !is_derived);
                hub.observations.extend(counted.filter_map(|(month, value, _)| {
                    let target = study.pack.services[series.service].id.clone();
                    Some(Observation { month, target, location: area.id.clone(), value: value? })
                }));
            }
        }
        hub
    }

    /// The files of the hub; `study` says what targets are called.
    pub fn files(&self, study: &Study) -> anyhow::Result<Files> {
        let mut files = Files::default();
        files.add("hub-config/admin.json", json(&settings::ADMIN)?);
        files.add("hub-config/tasks.json", json(&settings::tasks(&self.answers, study))?);
        files.add("hub-config/target-data.json", json(&settings::TARGET_DATA)?);
        files.add("hub-config/model-metadata-schema.json", settings::MODEL_SCHEMA.to_owned());
        let models: BTreeSet<&str> = self.answers.iter().map(|own| own.model.as_str()).collect();
        for model in models {
            let own = || self.answers.iter().filter(|answer| answer.model == model);
            let id = format!("{TEAM}-{}", short(model));
            // JSON is YAML: any name is safe in it.
            files.add(format!("model-metadata/{id}.yml"), json(&settings::Model::new(model))?);
            let origins: BTreeSet<Month> = own().map(|answer| answer.origin).collect();
            for origin in origins {
                let name = format!("model-output/{id}/{}-{id}.csv", origin.first_day());
                files.add(name, output(own().filter(|answer| answer.origin == origin)));
            }
        }
        files.add("target-data/time-series.csv", self.time_series());
        Ok(files)
    }

    fn time_series(&self) -> String {
        let mut rows = Rows::new("target_date,target,location,observation");
        for own in &self.observations {
            rows.text(&own.month.first_day()).text(&own.target).text(&own.location);
            rows.number(own.value).end();
        }
        rows.into_text()
    }
}

/// A model's name as hubs allow it: letters, digits and underscores.
fn short(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

fn json(of: &impl Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(of)? + "\n")
}

fn output<'a>(answers: impl Iterator<Item = &'a Answer>) -> String {
    let mut rows = Rows::new(
        "origin_date,scenario_id,target,location,horizon,target_date,output_type,output_type_id,value",
    );
    for own in answers {
        let mut row = |kind: &str, id: f64, value: f64| {
            rows.text(&own.origin.first_day()).text(&own.scenario).text(&own.target);
            rows.text(&own.location).number(f64::from(own.month.since(own.origin)));
            rows.text(&own.month.first_day()).text(kind);
            rows.number(id).number(rounded(value.max(0.0))).end();
        };
        for (level, value) in &own.quantiles {
            row("quantile", *level, *value);
        }
        for (index, value) in own.samples.iter().enumerate() {
            row("sample", (index + 1) as f64, *value);
        }
    }
    rows.into_text()
}
