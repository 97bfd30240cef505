//! `--workbook`, `--format csv.gz` and datapackage.json, end to end.

use std::fs;
use std::io::{Cursor, Read as _};
use std::path::Path;

use assert_cmd::cargo::cargo_bin_cmd;
use calamine::{Data, Reader as _, Xlsx};
use flate2::read::GzDecoder;
use tempfile::TempDir;

fn run(out: &Path, more: &[&str]) {
    let mut command = cargo_bin_cmd!("afterwave");
    command.args(["run", "two-waves", "--draws", "10", "--charts", "none", "--report", "none"]);
    command.args(more).arg("--out").arg(out).assert().success();
}

#[test]
fn the_workbook_holds_the_tables_and_is_the_same_bytes_again() {
    let folder = TempDir::new().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    run(&one, &["--workbook", "--threads", "1"]);
    run(&two, &["--workbook", "--threads", "2"]);
    let bytes = fs::read(one.join("results.xlsx")).unwrap();
    assert!(bytes == fs::read(two.join("results.xlsx")).unwrap(), "the same run is other bytes");
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    let names = book.sheet_names();
    assert_eq!(names[..3], ["Cover", "Contents", "Notes"]);
    book.load_tables().unwrap();
    let mut named = book.table_names().len();
    assert_eq!(named, names.len() - 1, "each sheet but the cover has one table with a name");
    for name in &names[3..] {
        let sheet = book.worksheet_range(name).unwrap();
        let mut rows = sheet.rows().skip(3);
        let head: Vec<String> = rows.next().unwrap().iter().map(ToString::to_string).collect();
        let mut reader = csv::Reader::from_path(one.join(format!("{name}.csv"))).unwrap();
        let own: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(head, own, "{name}");
        for (row, record) in rows.by_ref().zip(reader.records()) {
            for (cell, text) in row.iter().zip(record.unwrap().iter()) {
                match cell {
                    Data::Float(value) => {
                        assert_eq!(*value, text.parse::<f64>().unwrap(), "{name}");
                    }
                    Data::DateTime(_) => assert_eq!(text.len(), 10, "{text}"),
                    Data::String(own) if text.is_empty() => {
                        assert!(["[x]", "[z]"].contains(&&**own));
                    }
                    Data::String(own) => assert_eq!(own, text.trim_start_matches('\''), "{name}"),
                    other => panic!("{name}: a cell is {other:?}"),
                }
            }
        }
        named -= 1;
    }
    assert_eq!(named, 2);
}

#[test]
fn a_package_describes_the_tables_and_packed_ones_hold_the_same() {
    let folder = TempDir::new().unwrap();
    let (plain, packed) = (folder.path().join("plain"), folder.path().join("packed"));
    run(&plain, &[]);
    run(&packed, &["--format", "csv.gz"]);
    let package: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(packed.join("datapackage.json")).unwrap())
            .unwrap();
    let resources = package["resources"].as_array().unwrap();
    assert!(resources.len() >= 8);
    for resource in resources {
        let path = resource["path"].as_str().unwrap();
        let bytes = fs::read(packed.join(path)).unwrap();
        assert_eq!(resource["hash"], format!("sha256:{}", afterwave::checksum::sha256(&bytes)));
        let mut text = String::new();
        GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, fs::read_to_string(plain.join(path.trim_end_matches(".gz"))).unwrap());
        let names: Vec<&str> = resource["schema"]["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|field| field["name"].as_str().unwrap())
            .collect();
        assert_eq!(names.join(","), text.lines().next().unwrap());
    }
}
