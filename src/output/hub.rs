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
//! target (the referrals of a service), a location and a month; the answer is 23 quantiles.

use std::collections::BTreeSet;

use serde_json::{Value, json};

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
/// The version of the schemas that the settings are written for.
const SCHEMAS: &str = "https://raw.githubusercontent.com/hubverse-org/schemas/main/v5.0.1/";

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
    /// The projections of a run by every draw, as they may be told.
    pub fn of_run(study: &Study, drawn: &[EveryDraw], control: Option<&Control>) -> Self {
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
                let at = |level: f64| if holds { told(value(level)) } else { value(level) };
                hub.answers.push(Answer {
                    model: study.pack.name.clone(),
                    origin: scenario.learns_before().plus(-1),
                    scenario: scenario.id.clone(),
                    target: study.pack.services[own.service].id.clone(),
                    location: study.areas[own.area].id.clone(),
                    month: scenario.month(t),
                    quantiles: LEVELS.map(|level| (level, at(level))).to_vec(),
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
        let mut add = |name: &str, value: &Value| -> anyhow::Result<()> {
            files.add(name, serde_json::to_string_pretty(value)? + "\n");
            Ok(())
        };
        add("hub-config/admin.json", &admin())?;
        add("hub-config/tasks.json", &self.tasks(study))?;
        add("hub-config/target-data.json", &target_data())?;
        add("hub-config/model-metadata-schema.json", &metadata_schema())?;
        let models: BTreeSet<&str> = self.answers.iter().map(|own| own.model.as_str()).collect();
        for model in models {
            let own = || self.answers.iter().filter(|answer| answer.model == model);
            let id = format!("{TEAM}-{}", short(model));
            files.add(format!("model-metadata/{id}.yml"), metadata(model));
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

    /// `tasks.json`: a round for each origin.
    fn tasks(&self, study: &Study) -> Value {
        let origins: BTreeSet<Month> = self.answers.iter().map(|own| own.origin).collect();
        let rounds: Vec<Value> =
            origins.into_iter().map(|origin| self.round(origin, study)).collect();
        json!({
            "schema_version": format!("{SCHEMAS}tasks-schema.json"),
            "rounds": rounds,
            "output_type_id_datatype": "double",
            "derived_task_ids": ["target_date"],
        })
    }

    fn round(&self, origin: Month, study: &Study) -> Value {
        fn optional<T: Ord + serde::Serialize>(values: impl Iterator<Item = T>) -> Value {
            json!({ "required": null, "optional": values.collect::<BTreeSet<T>>() })
        }
        let own = || self.answers.iter().filter(|answer| answer.origin == origin);
        let targets: BTreeSet<&str> = own().map(|answer| answer.target.as_str()).collect();
        let of_target = |id: &&str| {
            let service = study.pack.services.iter().find(|service| service.id == **id);
            let label = service.map_or(*id, |service| &service.label);
            let unit = service.map_or_else(|| "referrals".to_owned(), |own| own.unit.plural());
            json!({
                "target_id": id.chars().take(30).collect::<String>(),
                "target_name": format!("{label}: {unit} a month").chars().take(100).collect::<String>(),
                "target_units": unit,
                "target_keys": { "target": id },
                "target_type": "continuous",
                "is_step_ahead": true,
                "time_unit": "month",
            })
        };
        json!({
            "round_id_from_variable": true,
            "round_id": "origin_date",
            "model_tasks": [{
                "task_ids": {
                    "origin_date": { "required": [origin.first_day()], "optional": null },
                    "scenario_id": optional(own().map(|answer| answer.scenario.as_str())),
                    "target": optional(targets.iter().copied()),
                    "location": optional(own().map(|answer| answer.location.as_str())),
                    "horizon": optional(own().map(|answer| answer.month.since(origin))),
                    "target_date": optional(own().map(|answer| answer.month.first_day())),
                },
                "output_type": {
                    "quantile": {
                        "output_type_id": { "required": LEVELS },
                        "is_required": true,
                        "value": { "type": "double", "minimum": 0 },
                    },
                },
                "target_metadata": targets.iter().map(of_target).collect::<Vec<_>>(),
            }],
            "submissions_due": { "relative_to": "origin_date", "start": 0, "end": 36500 },
        })
    }
}

/// A model's name as hubs allow it: letters, digits and underscores.
fn short(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

fn metadata(model: &str) -> String {
    // JSON is YAML: any name is safe in it.
    let about = json!({
        "team_name": TEAM,
        "team_abbr": TEAM,
        "model_name": model,
        "model_abbr": short(model),
        "designated_model": true,
    });
    format!("{about:#}\n")
}

/// What model-metadata files hold.
fn metadata_schema() -> Value {
    let text = json!({ "type": "string" });
    let name = json!({ "type": "string", "pattern": "^[a-zA-Z0-9_+]+$" });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What is said of a model",
        "type": "object",
        "properties": {
            "team_name": text,
            "team_abbr": name,
            "model_name": text,
            "model_abbr": name,
            "designated_model": { "type": "boolean" },
        },
        "required": ["team_name", "team_abbr", "model_name", "model_abbr", "designated_model"],
    })
}

fn admin() -> Value {
    json!({
        "schema_version": format!("{SCHEMAS}admin-schema.json"),
        "name": "Mental health demand after the waves",
        "maintainer": "whoever made this run",
        "contact": { "name": "to be filled in", "email": "nobody@example.org" },
        "repository": { "host": "github", "owner": "to-be-filled-in", "name": "to-be-filled-in" },
        "file_format": ["csv"],
        "timezone": "Europe/London",
        "model_output_dir": "model-output",
    })
}

fn target_data() -> Value {
    json!({
        "schema_version": format!("{SCHEMAS}target-data-schema.json"),
        "observable_unit": ["target_date", "target", "location"],
        "date_col": "target_date",
        "versioned": false,
    })
}

fn output<'a>(answers: impl Iterator<Item = &'a Answer>) -> String {
    let mut rows = Rows::new(
        "origin_date,scenario_id,target,location,horizon,target_date,output_type,output_type_id,value",
    );
    for own in answers {
        for (level, value) in &own.quantiles {
            rows.text(&own.origin.first_day()).text(&own.scenario).text(&own.target);
            rows.text(&own.location).number(f64::from(own.month.since(own.origin)));
            rows.text(&own.month.first_day()).text("quantile");
            rows.number(*level).number(rounded(value.max(0.0))).end();
        }
    }
    rows.into_text()
}
