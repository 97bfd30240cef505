//! Imported series as a baseline CSV, `month,area,service,referrals,measure[,derived]`, and a
//! track as `month,value`. A missing figure is a blank cell. Waits as published are
//! `area,service,told,weeks,first,last,value`, each figure with its own period.

use crate::input::published::covid::Track;
use crate::input::published::series::Series;
use crate::input::published::waits::Wait;
use crate::output::csv_rows::guarded;
use crate::study::waits::Told;

/// The baseline CSV; the column `area` stands only if some series names one, `derived` only if
/// some months are.
pub fn baseline_csv(series: &[Series]) -> Result<Vec<u8>, csv::Error> {
    let has_area = series.iter().any(|one| !one.area.is_empty());
    let has_derived = series.iter().any(|one| one.derived || !one.derived_months.is_empty());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let pick = |flag: bool, text: &str| flag.then(|| text.to_owned());
    let header = [
        pick(true, "month"),
        pick(has_area, "area"),
        pick(true, "service"),
        pick(true, "referrals"),
        pick(true, "measure"),
        pick(has_derived, "derived"),
    ];
    writer.write_record(header.into_iter().flatten())?;
    for one in series {
        for (month, value) in &one.months {
            let row = [
                Some(month.to_string()),
                pick(has_area, &one.area),
                Some(one.service.clone()),
                Some(value.map_or_else(String::new, |v| v.to_string())),
                Some(one.measure.clone()),
                pick(has_derived, if one.is_derived(*month) { "true" } else { "" }),
            ];
            writer.write_record(guarded(row.into_iter().flatten()))?;
        }
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// The track CSV.
pub fn track_csv(track: &Track) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["month", "value"])?;
    for (month, value) in &track.months {
        let value = value.map_or_else(String::new, |value| value.to_string());
        writer.write_record([month.to_string(), value])?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// Waits as published.
pub fn waits_csv(waits: &[Wait]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["area", "service", "told", "weeks", "first", "last", "value"])?;
    for one in waits {
        let value = match one.told {
            Told::Within => format!("{:.4}", one.value),
            _ => one.value.to_string(),
        };
        writer.write_record(guarded([
            one.area.clone(),
            one.service.clone(),
            one.told.name().to_owned(),
            one.weeks.map_or_else(String::new, |weeks| weeks.to_string()),
            one.first.to_string(),
            one.first.plus(i32::from(one.months) - 1).to_string(),
            value,
        ]))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}
