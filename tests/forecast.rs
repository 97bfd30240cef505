//! Forecasts held against what came, on published series before March 2020.

use std::collections::BTreeMap;
use std::path::Path;

use afterwave::evaluate::rolling::{self, Origins, Series};
use afterwave::model::underlying::{Extent, History, Method};
use afterwave::month::Month;

const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data");

fn reader(name: &str) -> Option<csv::Reader<Box<dyn std::io::Read>>> {
    let path = Path::new(SHARED).join(name);
    let Ok(file) = std::fs::File::open(&path) else {
        eprintln!("skipped: {} is absent", path.display());
        return None;
    };
    let bytes: Box<dyn std::io::Read> = if name.ends_with(".gz") {
        Box::new(flate2::read::GzDecoder::new(file))
    } else {
        Box::new(file)
    };
    Some(csv::Reader::from_reader(bytes))
}

/// MHS32 (referrals starting in the month) of England and of every CCG with every month from
/// May 2016 to February 2020.
fn mhs32() -> Option<Vec<Series>> {
    let mut months: BTreeMap<(String, bool), BTreeMap<Month, f64>> = BTreeMap::new();
    for row in reader("mhsds-time-series-2016-04-2022-11.csv.gz")?.byte_records() {
        let row = row.unwrap();
        if &row[8] != b"MHS32" || row[0][3..] != row[1][3..] {
            continue;
        }
        let text = |i: usize| String::from_utf8_lossy(&row[i]).into_owned();
        let nation = &row[3] == b"England";
        if !nation && !text(3).starts_with("CCG") {
            continue;
        }
        let month: Month = text(0).parse().unwrap();
        if let Ok(value) = text(10).parse() {
            months.entry((text(4), nation)).or_default().insert(month, value);
        }
    }
    let first = Month::new(2016, 5).unwrap();
    let end = Month::new(2020, 3).unwrap();
    let whole = months.into_iter().filter_map(|((code, nation), values)| {
        let values: Vec<Option<f64>> =
            (0..end.since(first)).map(|t| values.get(&first.plus(t)).copied()).collect();
        let extent = if nation { Extent::Nation } else { Extent::Local };
        values.iter().all(Option::is_some).then(|| Series {
            name: format!("MHS32 {code}"),
            history: History::new(first, &values).unwrap().of(extent),
        })
    });
    Some(whole.collect())
}

fn camhs_scotland() -> Option<Series> {
    let mut values = Vec::new();
    for row in reader("camhs-scotland-monthly-2015-2021.csv")?.records() {
        values.push(row.unwrap()[3].parse().ok());
    }
    let history = History::new(Month::new(2015, 1).unwrap(), &values).unwrap();
    Some(Series { name: "CAMHS Scotland".into(), history: history.of(Extent::Nation) })
}

fn all() -> Option<Vec<Series>> {
    let mut series = mhs32()?;
    series.push(camhs_scotland()?);
    Some(series)
}

#[test]
fn explore() {
    let Some(series) = all() else { return };
    eprintln!("{} series", series.len());
    let t = std::time::Instant::now();
    let scored = rolling::score(&series, &Method::ALL, Origins::BEFORE_COVID, 24);
    eprintln!("{:?}", t.elapsed());
    eprintln!("{}", rolling::tabulate(&scored, series.len()).text());
    let mut out = String::from("name,series,method,origin,h,obs,central,u,naive\n");
    for s in &scored {
        out += &format!(
            "{},{},{},{},{},{},{},{},{}\n",
            series[s.series].name,
            s.series,
            s.method.id(),
            s.origin,
            s.horizon,
            s.observed,
            s.central,
            s.standardised,
            s.naive_error
        );
    }
    std::fs::write("/tmp/fc/scored.csv", out).unwrap();
    let one = &series[series.len() - 1..];
    eprintln!("{}", rolling::compare(one, &Method::ALL, Origins::BEFORE_COVID, 24).text());
    let eng: Vec<_> = series
        .iter()
        .filter(|s| s.name.contains("England") || s.name.contains("00V"))
        .cloned()
        .collect();
    for s in eng {
        eprintln!(
            "{} {}",
            s.name,
            rolling::compare(&[s.clone()], &Method::ALL, Origins::BEFORE_COVID, 24).text()
        );
    }
}

#[test]
fn tune() {
    let Some(series) = all() else { return };
    let origins = Origins { every: 3, ..Origins::BEFORE_COVID };
    let t = rolling::compare(&series, &[Method::HoltWinters], origins, 12);
    let f = |h| t.row(Method::HoltWinters, h).unwrap().mase;
    let e: Vec<_> = series
        .iter()
        .filter(|s| s.name.contains("England") || s.name.contains("00V") || s.name.contains("Scot"))
        .cloned()
        .collect();
    let e = rolling::compare(&e, &[Method::HoltWinters], origins, 12);
    let g = |h| e.row(Method::HoltWinters, h).unwrap().mase;
    eprintln!(
        "TUNE all {:.3} 1 {:.3} 6 {:.3} 12 {:.3}   three {:.3} {:.3} {:.3}",
        f(None),
        f(Some(1)),
        f(Some(6)),
        f(Some(12)),
        g(None),
        g(Some(1)),
        g(Some(12))
    );
}
