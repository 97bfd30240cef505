//! What a hub says of itself, as hubverse's schemas have it: whose it is, what is asked and what came.

#![expect(clippy::struct_field_names, reason = "the names are those of hubverse")]

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Answer, TEAM, short};
use crate::evaluate::backtest::LEVELS;
use crate::month::Month;
use crate::study::Study;

/// The version of the schemas that the settings are written for.
macro_rules! schema {
    ($name:literal) => {
        concat!("https://raw.githubusercontent.com/hubverse-org/schemas/main/v5.0.1/", $name)
    };
}

/// `admin.json`.
#[derive(Serialize)]
pub(super) struct Admin {
    schema_version: &'static str,
    name: &'static str,
    maintainer: &'static str,
    contact: Contact,
    repository: Repository,
    file_format: [&'static str; 1],
    timezone: &'static str,
    model_output_dir: &'static str,
}

#[derive(Serialize)]
struct Contact {
    name: &'static str,
    email: &'static str,
}

#[derive(Serialize)]
struct Repository {
    host: &'static str,
    owner: &'static str,
    name: &'static str,
}

/// Whose the hub is, to be filled in.
pub(super) const ADMIN: Admin = Admin {
    schema_version: schema!("admin-schema.json"),
    name: "Mental health demand after the waves",
    maintainer: "whoever made this run",
    contact: Contact { name: "to be filled in", email: "nobody@example.org" },
    repository: Repository { host: "github", owner: "to-be-filled-in", name: "to-be-filled-in" },
    file_format: ["csv"],
    timezone: "Europe/London",
    model_output_dir: "model-output",
};

/// `target-data.json`.
#[derive(Serialize)]
pub(super) struct TargetData {
    schema_version: &'static str,
    observable_unit: [&'static str; 3],
    date_col: &'static str,
    versioned: bool,
}

/// How what came is laid out.
pub(super) const TARGET_DATA: TargetData = TargetData {
    schema_version: schema!("target-data-schema.json"),
    observable_unit: ["target_date", "target", "location"],
    date_col: "target_date",
    versioned: false,
};

/// What model-metadata files hold: the schema of [`Model`].
pub(super) const MODEL_SCHEMA: &str = include_str!("model-metadata-schema.json");

/// What is said of a model.
#[derive(Serialize)]
pub(super) struct Model<'a> {
    team_name: &'static str,
    team_abbr: &'static str,
    model_name: &'a str,
    model_abbr: String,
    designated_model: bool,
}

impl<'a> Model<'a> {
    /// Of a model by its name.
    pub(super) fn new(name: &'a str) -> Self {
        Self {
            team_name: TEAM,
            team_abbr: TEAM,
            model_name: name,
            model_abbr: short(name),
            designated_model: true,
        }
    }
}

/// `tasks.json`: a round for each origin.
#[derive(Serialize)]
pub(super) struct Tasks<'a> {
    schema_version: &'static str,
    rounds: Vec<Round<'a>>,
    output_type_id_datatype: &'static str,
    derived_task_ids: [&'static str; 1],
}

#[derive(Serialize)]
struct Round<'a> {
    round_id_from_variable: bool,
    round_id: &'static str,
    model_tasks: [ModelTasks<'a>; 1],
    submissions_due: Due,
}

#[derive(Serialize)]
struct Due {
    relative_to: &'static str,
    start: u32,
    end: u32,
}

#[derive(Serialize)]
struct ModelTasks<'a> {
    task_ids: TaskIds<'a>,
    output_type: OutputType,
    target_metadata: Vec<Target<'a>>,
}

#[derive(Serialize)]
struct TaskIds<'a> {
    origin_date: Values<String>,
    scenario_id: Values<&'a str>,
    target: Values<&'a str>,
    location: Values<&'a str>,
    horizon: Values<i32>,
    target_date: Values<String>,
}

/// What is or may be answered.
#[derive(Serialize)]
struct Values<T: Ord> {
    required: Option<BTreeSet<T>>,
    optional: Option<BTreeSet<T>>,
}

impl<T: Ord> Values<T> {
    fn optional(values: impl Iterator<Item = T>) -> Self {
        Self { required: None, optional: Some(values.collect()) }
    }
}

#[derive(Serialize)]
struct OutputType {
    quantile: Quantiles,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample: Option<Samples>,
}

#[derive(Serialize)]
struct Quantiles {
    output_type_id: Levels,
    is_required: bool,
    value: Number,
}

#[derive(Serialize)]
struct Levels {
    required: [f64; LEVELS.len()],
}

#[derive(Serialize)]
struct Samples {
    output_type_id_params: SampleIds,
    is_required: bool,
    value: Number,
}

/// A draw is one world: the same in every scenario, place, service and month of a round.
#[derive(Serialize)]
struct SampleIds {
    r#type: &'static str,
    min_samples_per_task: usize,
    max_samples_per_task: usize,
    compound_taskid_set: [&'static str; 1],
}

#[derive(Serialize)]
struct Number {
    r#type: &'static str,
    minimum: u32,
}

const COUNT: Number = Number { r#type: "double", minimum: 0 };

#[derive(Serialize)]
struct Target<'a> {
    target_id: String,
    target_name: String,
    target_units: String,
    target_keys: Keys<'a>,
    target_type: &'static str,
    is_step_ahead: bool,
    time_unit: &'static str,
}

#[derive(Serialize)]
struct Keys<'a> {
    target: &'a str,
}

/// What `answers` answer; `study` says what targets are called.
pub(super) fn tasks<'a>(answers: &'a [Answer], study: &'a Study) -> Tasks<'a> {
    let origins: BTreeSet<Month> = answers.iter().map(|own| own.origin).collect();
    Tasks {
        schema_version: schema!("tasks-schema.json"),
        rounds: origins.into_iter().map(|origin| round(answers, origin, study)).collect(),
        output_type_id_datatype: "double",
        derived_task_ids: ["target_date"],
    }
}

fn round<'a>(answers: &'a [Answer], origin: Month, study: &'a Study) -> Round<'a> {
    let own = || answers.iter().filter(move |answer| answer.origin == origin);
    let targets: BTreeSet<&str> = own().map(|answer| answer.target.as_str()).collect();
    let count = own().map(|answer| answer.samples.len()).max().filter(|count| *count > 0);
    let task_ids = TaskIds {
        origin_date: Values { required: Some([origin.first_day()].into()), optional: None },
        scenario_id: Values::optional(own().map(|answer| answer.scenario.as_str())),
        target: Values::optional(targets.iter().copied()),
        location: Values::optional(own().map(|answer| answer.location.as_str())),
        horizon: Values::optional(own().map(|answer| answer.month.since(origin))),
        target_date: Values::optional(own().map(|answer| answer.month.first_day())),
    };
    let samples = |count| Samples {
        output_type_id_params: SampleIds {
            r#type: "integer",
            min_samples_per_task: count,
            max_samples_per_task: count,
            compound_taskid_set: ["origin_date"],
        },
        is_required: false,
        value: COUNT,
    };
    let output_type = OutputType {
        quantile: Quantiles {
            output_type_id: Levels { required: LEVELS },
            is_required: true,
            value: COUNT,
        },
        sample: count.map(samples),
    };
    let target_metadata = targets.into_iter().map(|id| target(id, study)).collect();
    Round {
        round_id_from_variable: true,
        round_id: "origin_date",
        model_tasks: [ModelTasks { task_ids, output_type, target_metadata }],
        submissions_due: Due { relative_to: "origin_date", start: 0, end: 36_500 },
    }
}

fn target<'a>(id: &'a str, study: &Study) -> Target<'a> {
    let service = study.pack.services.iter().find(|service| service.id == id);
    let label = service.map_or(id, |service| &service.label);
    let unit = service.map_or_else(|| "referrals".to_owned(), |own| own.unit.plural());
    // As many letters as a hub takes.
    Target {
        target_id: id.chars().take(30).collect(),
        target_name: format!("{label}: {unit} a month").chars().take(100).collect(),
        target_units: unit,
        target_keys: Keys { target: id },
        target_type: "continuous",
        is_step_ahead: true,
        time_unit: "month",
    }
}
