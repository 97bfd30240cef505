//! How fast a published file of 86 MB is imported, and in how much memory.
//!
//! The yardstick is a bare pass of the csv crate over the same bytes, in the same run: one byte
//! record read again and again, nothing done with it. The import must take no more than twice as
//! long, and the whole process less than 64 MB at its peak. Without the published time series a
//! file of the same layout and size is made up.

#![allow(clippy::expect_used)] // a benchmark that can't go on should stop

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use afterwave::input::published::{self, Content, Kind, Progress, Request};

const PUBLISHED: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/mhsds-time-series-2016-04-2022-11.csv.gz");
const ROUNDS: usize = 7;
const MOST_MEMORY_MB: f64 = 64.0;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("time-series.csv");
    let megabytes = prepare(&path) as f64 / 1e6;
    let (mut bare, mut import) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        bare = bare.min(timed(|| bare_pass(&path)));
        import = import.min(timed(|| import_pass(&path)));
    }
    let ratio = bare.as_secs_f64() / import.as_secs_f64();
    let speed = |time: Duration| megabytes / time.as_secs_f64();
    println!("file        {megabytes:8.1} MB, best of {ROUNDS} rounds");
    println!("bare pass   {:8.1} ms  {:6.0} MB/s", bare.as_secs_f64() * 1e3, speed(bare));
    println!("import      {:8.1} ms  {:6.0} MB/s", import.as_secs_f64() * 1e3, speed(import));
    println!("ratio       {ratio:8.2}     (at least 0.5)");
    assert!(ratio >= 0.5, "the import is slower than half a bare pass: {ratio:.2}");
    match peak_memory_mb() {
        Some(peak) => {
            println!("peak memory {peak:8.1} MB  (less than {MOST_MEMORY_MB})");
            assert!(peak < MOST_MEMORY_MB, "the process took {peak:.1} MB");
        }
        None => println!("peak memory not known on this system"),
    }
}

fn timed(work: impl FnOnce() -> usize) -> Duration {
    let start = Instant::now();
    std::hint::black_box(work());
    start.elapsed()
}

fn bare_pass(path: &Path) -> usize {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .buffer_capacity(1 << 16)
        .from_path(path)
        .expect("the file opens");
    let mut record = csv::ByteRecord::new();
    let mut rows = 0;
    while reader.read_byte_record(&mut record).expect("the file is read") {
        rows += 1;
    }
    rows
}

fn import_pass(path: &Path) -> usize {
    let files = [PathBuf::from(path)];
    let progress: Progress = Arc::new(|_| {});
    let imported = published::import(Some(Kind::Mhsds), &files, &Request::default(), &progress)
        .expect("the file imports");
    match imported.content {
        Content::Baseline(series) => series.iter().map(|one| one.months.len()).sum(),
        _ => 0,
    }
}

/// Unpacks the published file, or makes one up; its size in bytes.
fn prepare(path: &Path) -> u64 {
    let mut out = BufWriter::new(File::create(path).expect("a file"));
    if let Ok(packed) = File::open(PUBLISHED) {
        std::io::copy(&mut flate2::read::MultiGzDecoder::new(packed), &mut out)
            .expect("the published file unpacks");
    } else {
        println!("the published time series is not here: a file like it is made up");
        make_up(&mut out).expect("a file is written");
    }
    out.flush().expect("a file is written");
    drop(out);
    path.metadata().expect("a file").len()
}

fn make_up(out: &mut impl Write) -> std::io::Result<()> {
    out.write_all(
        b"REPORTING_PERIOD_START,REPORTING_PERIOD_END,STATUS,BREAKDOWN,PRIMARY_LEVEL,\
          PRIMARY_LEVEL_DESCRIPTION,SECONDARY_LEVEL,SECONDARY_LEVEL_DESCRIPTION,MEASURE_ID,\
          MEASURE_NAME,MEASURE_VALUE\r\n",
    )?;
    let measures = ["MHS01", "MHS07", "MHS24a", "MHS29", "MHS32", "MHS78", "MHS79", "MHS81"];
    for month in 0..80 {
        let (year, month) = (2016 + (month + 3) / 12, (month + 3) % 12 + 1);
        let days = [31, 28 + u32::from(year % 4 == 0), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let last = days[month as usize - 1];
        for area in 0..730 {
            let (breakdown, code, name) = match area {
                0 => ("England", "England".to_owned(), "England".to_owned()),
                n => ("Provider", format!("P{n:03}"), format!("AN NHS FOUNDATION TRUST, {n}")),
            };
            for id in measures {
                let value = (area * 7 + month * 5) % 400;
                // As published: small areas are withheld, England is not.
                let is_withheld = area > 0 && value < 200;
                let value = if is_withheld { "*".to_owned() } else { value.to_string() };
                write!(
                    out,
                    "01/{month:02}/{year},{last}/{month:02}/{year},Final,{breakdown},{code},\
                     \"{name}\",NONE,NONE,{id},{id} - People counted by a measure with a name of \
                     the usual length,{value}\r\n"
                )?;
            }
        }
    }
    Ok(())
}

/// The process's peak resident memory.
fn peak_memory_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kilobytes| kilobytes / 1024.0)
}
