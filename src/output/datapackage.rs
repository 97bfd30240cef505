//! `datapackage.json`: what the tables beside it are, as Frictionless Data has it, so that tools read
//! them with types and missing values.

use std::path::Path;

use serde_json::{Value, json};

use super::disclosure::Withheld;
use super::table::{Column, Kind};
use super::tables::Made;

/// The name of the file.
pub const NAME: &str = "datapackage.json";

/// The description of CSV tables; `licence` is that of the figures.
pub fn datapackage(title: &str, licence: &str, tables: &[Made]) -> Value {
    json!({
        "profile": "tabular-data-package",
        "name": "afterwave",
        "title": title,
        "description": licence,
        "resources": tables.iter().map(resource).collect::<Vec<_>>(),
    })
}

fn resource(made: &Made) -> Value {
    let mut resource = json!({
        "profile": "tabular-data-resource",
        "name": made.head.name,
        "path": made.name,
        "description": made.head.about,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": made.file.bytes,
        "hash": format!("sha256:{}", made.file.sha256),
        "schema": {
            "fields": made.head.columns.iter().map(field).collect::<Vec<_>>(),
            "missingValues": ["", Withheld::Hidden.words(), Withheld::Under5.words()],
        },
    });
    if Path::new(&made.name).extension().is_some_and(|end| end == "gz") {
        resource["compression"] = json!("gz");
    }
    resource
}

fn field(column: &Column) -> Value {
    let kind = match column.kind {
        Kind::Text | Kind::Identifier => "string",
        Kind::Date => "date",
        Kind::Number => "number",
        Kind::Integer => "integer",
    };
    json!({ "name": column.name, "type": kind, "description": column.about })
}
