//! What must be true of everything a command writes, read from its files as a user reads them.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// Measures that may be negative.
const SIGNED: [&str; 6] = ["levers", "extra", "difference", "uplift", "change", "net"];

/// What is broken in a folder of results.
pub fn broken(folder: &Path) -> Result<(), String> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            broken(&path)?;
            continue;
        }
        let Ok(text) = fs::read_to_string(&path) else { continue };
        if let Some(c) =
            text.chars().find(|c| !afterwave::escape::is_seen(*c) && !"\n\t".contains(*c))
        {
            return Err(format!("{name} holds {c:?}"));
        }
        if name.ends_with(".csv") {
            table(&name, &text).map_err(|broken| format!("{name}: {broken}"))?;
        }
    }
    Ok(())
}

fn table(name: &str, text: &str) -> Result<(), String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().map_err(|e| e.to_string())?.clone();
    let at = |column: &str| header.iter().position(|own| own == column);
    let quantiles: Vec<usize> = ["q025", "q05", "q10", "q25", "q50", "q75", "q90", "q95", "q975"]
        .iter()
        .filter_map(|q| at(q))
        .collect();
    let mut means: HashMap<String, HashMap<String, f64>> = HashMap::new();
    for record in reader.records() {
        let record = record.map_err(|e| e.to_string())?;
        let cells = record.iter().zip(&header);
        for (cell, column) in cells {
            // Names of the user's may be anything.
            let is_name =
                matches!(column, "area" | "service" | "scenario" | "stream" | "lever" | "note");
            if !is_name
                && matches!(cell.to_lowercase().as_str(), "nan" | "inf" | "-inf" | "infinity")
            {
                return Err(format!("{column} is {cell}: {record:?}"));
            }
        }
        let number = |column: usize| record.get(column).and_then(|cell| cell.parse::<f64>().ok());
        let ordered: Vec<f64> = quantiles.iter().filter_map(|q| number(*q)).collect();
        if ordered.windows(2).any(|pair| pair[0] > pair[1]) {
            return Err(format!("quantiles out of order: {record:?}"));
        }
        let Some(measure) = at("measure").or(at("metric")).and_then(|at| record.get(at)) else {
            continue;
        };
        let of_counts = ["projection.csv", "families.csv", "need.csv", "weekly.csv", "periods.csv"];
        let is_signed = SIGNED.iter().any(|signed| measure.contains(signed));
        if of_counts.contains(&name) && !is_signed && ordered.iter().any(|value| *value < 0.0) {
            return Err(format!("a negative count: {record:?}"));
        }
        if let (Some(mean), "projection.csv" | "families.csv") = (at("mean").and_then(number), name)
        {
            let key: Vec<&str> = record.iter().take(4).collect();
            means.entry(key.join(",")).or_default().insert(measure.to_owned(), mean);
        }
    }
    for (key, parts) in &means {
        let part = |name: &str| parts.get(name).copied();
        let (Some(underlying), Some(referrals)) = (part("underlying"), part("referrals")) else {
            continue;
        };
        let others = [("suppressed", -1.0), ("returning", 1.0), ("surge", 1.0), ("levers", 1.0)];
        let sum: f64 = others.iter().map(|(name, sign)| sign * part(name).unwrap_or(0.0)).sum();
        let size: f64 = parts.values().fold(0.0, |most, value| most.max(value.abs()));
        // Six digits each.
        if (underlying + sum - referrals).abs() > 1e-5 * size.max(1e-9) * 5.0 {
            return Err(format!("the parts are not the whole: {key}: {parts:?}"));
        }
    }
    Ok(())
}
