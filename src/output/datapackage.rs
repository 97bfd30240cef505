//! `datapackage.json`: what the tables beside it are, as Frictionless Data has it, so that tools read
//! them with types and missing values.

use std::path::Path;

use serde::Serialize;

use super::disclosure::Withheld;
use super::table::{Column, Kind};
use super::tables::Made;

/// The name of the file.
pub const NAME: &str = "datapackage.json";

/// The description of CSV tables.
#[derive(Serialize)]
pub struct DataPackage<'a> {
    profile: &'static str,
    name: &'static str,
    title: &'a str,
    description: &'a str,
    resources: Vec<Resource<'a>>,
}

#[derive(Serialize)]
struct Resource<'a> {
    profile: &'static str,
    name: &'a str,
    path: &'a str,
    description: &'a str,
    format: &'static str,
    mediatype: &'static str,
    encoding: &'static str,
    bytes: u64,
    hash: String,
    schema: Schema<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compression: Option<&'static str>,
}

#[derive(Serialize)]
struct Schema<'a> {
    fields: Vec<Field<'a>>,
    #[serde(rename = "missingValues")]
    missing_values: [&'static str; 3],
}

#[derive(Serialize)]
struct Field<'a> {
    name: &'a str,
    r#type: &'static str,
    description: &'a str,
}

impl<'a> DataPackage<'a> {
    /// Of `tables`; `licence` is that of the figures.
    pub fn new(title: &'a str, licence: &'a str, tables: &'a [Made]) -> Self {
        Self {
            profile: "tabular-data-package",
            name: "afterwave",
            title,
            description: licence,
            resources: tables.iter().map(resource).collect(),
        }
    }
}

fn resource(made: &Made) -> Resource<'_> {
    let is_packed = Path::new(&made.name).extension().is_some_and(|end| end == "gz");
    Resource {
        profile: "tabular-data-resource",
        name: made.head.name,
        path: &made.name,
        description: made.head.about,
        format: "csv",
        mediatype: "text/csv",
        encoding: "utf-8",
        bytes: made.file.bytes,
        hash: format!("sha256:{}", made.file.sha256),
        schema: Schema {
            fields: made.head.columns.iter().map(field).collect(),
            missing_values: ["", Withheld::Hidden.words(), Withheld::Under5.words()],
        },
        compression: is_packed.then_some("gz"),
    }
}

fn field(column: &Column) -> Field<'_> {
    let kind = match column.kind {
        Kind::Text | Kind::Identifier => "string",
        Kind::Date => "date",
        Kind::Number => "number",
        Kind::Integer => "integer",
    };
    Field { name: column.name, r#type: kind, description: column.about }
}
