//! The units of a sweep beside each other: one row a case, sums over areas, each variant against a
//! reference, and how much each swept key explains.
//!
//! | file | holds |
//! | --- | --- |
//! | `cases.csv` | a row a variant and area: the value of every key, and the answers of headline families |
//! | `rollup.csv` | means of areas added up to larger ones; ranges don't add up |
//! | `comparison.csv` | whole-period answers of families against those of the reference |
//! | `effects.csv` | by key and value, the mean answer and how far it lies from the mean of all |
//! | `shares.csv` | by key, the share of the variance over variants that it explains alone |
//! | `failed.csv` | areas that could not be projected |

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read};
use std::path::Path;

use anyhow::Context as _;
use flate2::read::MultiGzDecoder;
use rayon::prelude::*;
use tempfile::NamedTempFile;

use super::effects::Effects;
use super::read::Record;
use super::unit::Done;
use super::{FAILED, TOTALS, part_name};
use crate::input::sweep::Form;
use crate::output::table::number;

/// The folder of what is merged.
pub const MERGED: &str = "merged";

/// Measures that add up over areas.
const ADDITIVE: [&str; 6] =
    ["referrals", "extra", "suppressed", "returning", "surge", "surge_cost"];

/// Answers of headline families that a case is told by, with their range.
const OF_CASE: [&str; 3] = ["referrals", "extra", "extra_share"];

/// The whole of a scenario's months.
const WHOLE: &str = "total";

/// A row of `totals`.
struct Row {
    area: String,
    of: String,
    id: String,
    period: String,
    measure: String,
    unit: String,
    mean: f64,
    median: f64,
    q05: f64,
    q95: f64,
}

/// An area, a family and a measure: whose answer it is.
type Key = (String, String, String);

/// One variant as read.
struct Unit {
    rows: Vec<Row>,
    /// By larger area: kind, id, period, measure, unit and sum of means.
    sums: Vec<(String, [String; 5], f64)>,
    failed: Vec<(String, String)>,
}

/// Sums up a sweep in `folder`; `variants` are the rows of its table of variants, and `against` the
/// place of the reference. How many cases there are.
pub fn merge(
    folder: &Path,
    record: &Record,
    (header, variants): (&[String], &[Vec<String>]),
    against: usize,
) -> anyhow::Result<usize> {
    let form = Form::NAMES.iter().find(|(name, _)| *name == record.format);
    let form = form.map_or(Form::Csv, |(_, form)| *form);
    let read = |number: usize| read_unit(folder, record, number, form);
    let to = folder.join(MERGED);
    fs::create_dir_all(&to)?;
    let mut files = Files::new(&to, record, header)?;
    let reference = answers(&read(against)?);
    let factors = factors(record, variants);
    let levels: Vec<usize> = factors.iter().map(|factor| factor.names.len()).collect();
    let mut effects: BTreeMap<Key, Effects> = BTreeMap::new();
    let mut cases = 0;
    let numbers: Vec<usize> = (0..variants.len()).collect();
    for some in numbers.chunks(4 * rayon::current_num_threads()) {
        let units: Vec<anyhow::Result<Unit>> = some.par_iter().map(|n| read(*n)).collect();
        for (number, unit) in some.iter().zip(units) {
            let (unit, id) = (unit?, record.id(*number));
            cases += files.cases(&variants[*number], &unit, record)?;
            files.sums(&id, &unit)?;
            let own = answers(&unit);
            files.compare(&id, &record.id(against), &own, &reference)?;
            let at: Vec<usize> = factors.iter().map(|factor| factor.of[*number]).collect();
            for (key, mean) in own {
                effects.entry(key).or_insert_with(|| Effects::new(&levels)).add(&at, mean);
            }
            for (area, reason) in &unit.failed {
                files.failed.write_record([&id, area, reason])?;
            }
        }
    }
    files.effects(&factors, &effects)?;
    files.finish(&to)?;
    Ok(cases)
}

/// A factor by its values, and the place of the value of every variant.
struct Factor {
    name: String,
    names: Vec<String>,
    of: Vec<usize>,
}

/// The factors of a sweep that take more than one value, from its table of variants.
fn factors(record: &Record, variants: &[Vec<String>]) -> Vec<Factor> {
    // The first column is the name of the variant.
    let mut column = 1;
    let mut list = Vec::new();
    for keys in &record.factors {
        let columns = column..column + keys.len();
        column = columns.end;
        if keys.iter().any(|key| record.sampled.contains(key)) {
            list.extend(
                keys.iter().zip(columns).map(|(key, column)| classes(key, column, variants)),
            );
            continue;
        }
        let mut factor = Factor { name: keys.join(" & "), names: Vec::new(), of: Vec::new() };
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for row in variants {
            let value = row.get(columns.clone()).unwrap_or_default().join(" & ");
            let next = places.len();
            let place = *places.entry(value.clone()).or_insert(next);
            if place == next {
                factor.names.push(value);
            }
            factor.of.push(place);
        }
        if factor.names.len() > 1 {
            list.push(factor);
        }
    }
    list
}

/// A sampled key by classes of its values, as even as they can be: what it explains is read from the
/// variants at hand (Plischke, Borgonovo and Smith 2013, European Journal of Operational Research 226).
fn classes(key: &str, column: usize, variants: &[Vec<String>]) -> Factor {
    /// Fewer variants in a class say little of its mean.
    const LEAST: usize = 8;
    const MOST: usize = 10;
    let value = |row: &Vec<String>| row.get(column)?.parse::<f64>().ok();
    let values: Vec<f64> = variants.iter().map(|row| value(row).unwrap_or(f64::NAN)).collect();
    let mut points = values.clone();
    points.sort_by(f64::total_cmp);
    points.dedup();
    let count = (points.len() / LEAST).clamp(2, MOST).min(points.len().max(1));
    let place = |value: &f64| points.partition_point(|own| own < value) * count / points.len();
    let name = |class: usize| {
        let mut of = points.iter().filter(|point| place(point) == class);
        let ends = [of.next(), of.next_back()];
        ends.into_iter().flatten().map(f64::to_string).collect::<Vec<_>>().join(" to ")
    };
    Factor {
        name: key.to_owned(),
        names: (0..count).map(name).collect(),
        of: values.iter().map(place).collect(),
    }
}

/// The answers of families over the whole period, of areas and of what they add up to.
fn answers(unit: &Unit) -> BTreeMap<Key, f64> {
    let is_answer = |of: &str, period: &str, measure: &str| {
        of == "family" && period == WHOLE && ADDITIVE.contains(&measure)
    };
    let key =
        |area: &str, id: &str, measure: &str| (area.to_owned(), id.to_owned(), measure.to_owned());
    let own = unit.rows.iter().filter(|row| is_answer(&row.of, &row.period, &row.measure));
    let own = own.map(|row| (key(&row.area, &row.id, &row.measure), row.mean));
    let sums = unit
        .sums
        .iter()
        .filter(|(_, [of, _, period, measure, _], _)| is_answer(of, period, measure));
    own.chain(sums.map(|(area, [_, id, _, measure, _], mean)| (key(area, id, measure), *mean)))
        .collect()
}

fn read_unit(folder: &Path, record: &Record, number: usize, form: Form) -> anyhow::Result<Unit> {
    let id = record.id(number);
    let rows = totals(&folder.join(part_name(TOTALS, &id, form)), form)?;
    let path = folder.join(part_name(FAILED, &id, Form::Csv));
    let mut failed = Vec::new();
    if path.exists() {
        for row in csv::Reader::from_path(&path)?.into_deserialize() {
            failed.push(row?);
        }
    }
    let sums = sums(record, &rows);
    Ok(Unit { rows, sums, failed })
}

/// The rows of a table of totals.
fn totals(path: &Path, form: Form) -> anyhow::Result<Vec<Row>> {
    let failed = || format!("cannot read {}", path.display());
    let file = File::open(path).with_context(failed)?;
    let rows: Vec<[String; 10]> = match form {
        Form::Csv => of_csv(BufReader::new(file)),
        Form::CsvGz => of_csv(MultiGzDecoder::new(BufReader::new(file))),
        Form::Parquet => of_parquet(file),
    }
    .with_context(failed)?;
    let row = |[area, of, id, period, measure, unit, mean, median, q05, q95]: [String; 10]| {
        let number = |text: String| text.parse().unwrap_or(f64::NAN);
        let [mean, median, q05, q95] = [mean, median, q05, q95].map(number);
        Row { area, of, id, period, measure, unit, mean, median, q05, q95 }
    };
    Ok(rows.into_iter().map(row).collect())
}

/// The columns that are read of it.
const COLUMNS: [&str; 10] =
    ["area", "of", "id", "period", "measure", "unit", "mean", "q50", "q05", "q95"];

fn of_csv(text: impl Read) -> anyhow::Result<Vec<[String; 10]>> {
    let mut reader = csv::Reader::from_reader(text);
    let header = reader.headers()?.clone();
    let places = COLUMNS.map(|name| header.iter().position(|own| own == name));
    let cells = |record: csv::StringRecord| {
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default();
        places.map(|at| cell(at).to_owned())
    };
    Ok(reader.records().map(|record| record.map(cells)).collect::<Result<_, _>>()?)
}

#[cfg(feature = "parquet")]
fn of_parquet(file: File) -> anyhow::Result<Vec<[String; 10]>> {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::record::Field;
    let reader = SerializedFileReader::new(file)?;
    let mut rows = Vec::new();
    for row in reader.get_row_iter(None)? {
        let row = row?;
        let cell = |name: &str| {
            let found = row.get_column_iter().find(|(own, _)| own.as_str() == name);
            match found.map(|(_, field)| field) {
                Some(Field::Str(text)) => text.clone(),
                Some(Field::Float(value)) => value.to_string(),
                _ => String::new(),
            }
        };
        rows.push(COLUMNS.map(cell));
    }
    Ok(rows)
}

#[cfg(not(feature = "parquet"))]
fn of_parquet(_: File) -> anyhow::Result<Vec<[String; 10]>> {
    anyhow::bail!("this build of afterwave reads no Parquet: cargo install --features parquet")
}

/// Means of areas added up to larger ones, where every part has them.
fn sums(record: &Record, rows: &[Row]) -> Vec<(String, [String; 5], f64)> {
    let mut list = Vec::new();
    for (whole, parts) in &record.wholes {
        let mut sums: Vec<([String; 5], f64, usize)> = Vec::new();
        let mut places: BTreeMap<[&str; 4], usize> = BTreeMap::new();
        let is_part =
            |row: &&Row| ADDITIVE.contains(&row.measure.as_str()) && parts.contains(&row.area);
        for row in rows.iter().filter(is_part) {
            let key = [&*row.of, &*row.id, &*row.period, &*row.measure];
            let place = *places.entry(key).or_insert_with(|| {
                let [of, id, period, measure] = key.map(str::to_owned);
                sums.push(([of, id, period, measure, row.unit.clone()], 0.0, 0));
                sums.len() - 1
            });
            sums[place].1 += row.mean;
            sums[place].2 += 1;
        }
        let whole_sums = sums.into_iter().filter(|(_, _, count)| *count == parts.len());
        list.extend(whole_sums.map(|(key, sum, _)| (whole.clone(), key, sum)));
    }
    list
}

type Writer = csv::Writer<BufWriter<NamedTempFile>>;

/// The files that are written.
struct Files {
    cases: Writer,
    rollup: Writer,
    comparison: Writer,
    effects: Writer,
    shares: Writer,
    failed: Writer,
}

fn text(value: f64) -> String {
    let mut text = String::new();
    if value.is_finite() {
        number::push(value, &mut text);
    }
    text
}

impl Files {
    fn new(folder: &Path, record: &Record, header: &[String]) -> anyhow::Result<Self> {
        let create = |header: &[&str]| {
            let file = tempfile::Builder::new().make_in(folder, |path| File::create_new(path))?;
            let mut writer = csv::Writer::from_writer(BufWriter::new(file));
            writer.write_record(header)?;
            Ok::<_, anyhow::Error>(writer)
        };
        let named = record.headline.iter().flat_map(|family| {
            OF_CASE.iter().flat_map(move |measure| {
                ["", "_q05", "_q95"].map(|end| format!("{family}_{measure}{end}"))
            })
        });
        let of_case: Vec<String> =
            header.iter().cloned().chain(["area".to_owned()]).chain(named).collect();
        let of_case: Vec<&str> = of_case.iter().map(String::as_str).collect();
        let answer = ["area", "family", "measure"];
        let with = |more: &[&'static str]| [&answer[..], more].concat();
        Ok(Self {
            cases: create(&of_case)?,
            rollup: create(&["variant", "area", "of", "id", "period", "measure", "unit", "mean"])?,
            comparison: create(
                &[
                    &["variant", "against"],
                    &with(&["mean", "against_mean", "difference", "ratio"])[..],
                ]
                .concat(),
            )?,
            effects: create(&with(&["key", "value", "variants", "mean", "effect"]))?,
            shares: create(&with(&["key", "share"]))?,
            failed: create(&["variant", "area", "reason"])?,
        })
    }

    /// A row for each area of a variant.
    fn cases(&mut self, keys: &[String], unit: &Unit, record: &Record) -> anyhow::Result<usize> {
        let mut areas: Vec<&str> = Vec::new();
        let mut found: BTreeMap<(&str, &str, &str), &Row> = BTreeMap::new();
        for row in &unit.rows {
            if areas.last() != Some(&row.area.as_str()) {
                areas.push(&row.area);
            }
            if row.of == "family" && row.period == WHOLE {
                found.insert((&row.area, &row.id, &row.measure), row);
            }
        }
        for area in &areas {
            let mut cells: Vec<String> = keys.to_vec();
            cells.push((*area).to_owned());
            for (family, measure) in
                record.headline.iter().flat_map(|f| OF_CASE.iter().map(move |m| (f, m)))
            {
                let row = found.get(&(*area, family.as_str(), *measure));
                let of =
                    |number: fn(&Row) -> f64| row.map_or_else(String::new, |r| text(number(r)));
                cells.extend([of(|row| row.median), of(|row| row.q05), of(|row| row.q95)]);
            }
            self.cases.write_record(&cells)?;
        }
        Ok(areas.len())
    }

    fn sums(&mut self, variant: &str, unit: &Unit) -> anyhow::Result<()> {
        for (area, key, mean) in &unit.sums {
            let cells = [variant, area].into_iter().chain(key.iter().map(String::as_str));
            let mean = text(*mean);
            self.rollup.write_record(cells.chain([mean.as_str()]))?;
        }
        Ok(())
    }

    fn compare(
        &mut self,
        variant: &str,
        against: &str,
        own: &BTreeMap<Key, f64>,
        reference: &BTreeMap<Key, f64>,
    ) -> anyhow::Result<()> {
        for ((area, family, measure), mean) in own {
            let key = (area.clone(), family.clone(), measure.clone());
            let Some(other) = reference.get(&key) else { continue };
            let ratio = if *other > 0.0 { text(mean / other) } else { String::new() };
            let [own, was, difference] = [*mean, *other, mean - other].map(text);
            self.comparison.write_record([
                variant,
                against,
                area,
                family,
                measure,
                &own,
                &was,
                &difference,
                &ratio,
            ])?;
        }
        Ok(())
    }

    fn effects(
        &mut self,
        factors: &[Factor],
        effects: &BTreeMap<Key, Effects>,
    ) -> anyhow::Result<()> {
        for ((area, family, measure), own) in effects {
            for (at, factor) in factors.iter().enumerate() {
                for (value, effect) in factor.names.iter().zip(own.of(at)) {
                    let Some(effect) = effect else { continue };
                    let count = effect.count.to_string();
                    let [mean, effect] = [effect.mean, effect.effect].map(text);
                    self.effects.write_record([
                        area,
                        family,
                        measure,
                        &factor.name,
                        value,
                        &count,
                        &mean,
                        &effect,
                    ])?;
                }
                if let Some(share) = own.share(at) {
                    let share = text(share);
                    self.shares.write_record([area, family, measure, &factor.name, &share])?;
                }
            }
        }
        Ok(())
    }

    fn finish(self, folder: &Path) -> anyhow::Result<()> {
        let Self { cases, rollup, comparison, effects, shares, failed } = self;
        for (writer, name) in [
            (cases, "cases"),
            (rollup, "rollup"),
            (comparison, "comparison"),
            (effects, "effects"),
            (shares, "shares"),
            (failed, "failed"),
        ] {
            let buffer = writer.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?;
            let file = buffer.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?;
            file.persist(folder.join(format!("{name}.csv")))?;
        }
        Ok(())
    }
}

/// The units that are not whole.
pub fn missing(folder: &Path, record: &Record) -> Vec<String> {
    let is_missing = |number: &usize| {
        let id = record.id(*number);
        let text = fs::read_to_string(folder.join(super::done_name(&id))).unwrap_or_default();
        let done: Option<Done> = serde_json::from_str(&text).ok();
        done.is_none_or(|done| super::unit::done(folder, &id, &done.made_of).is_none())
    };
    let numbers: Vec<usize> = (0..record.variants).collect();
    numbers.into_par_iter().filter(is_missing).map(|number| record.id(number)).collect()
}
