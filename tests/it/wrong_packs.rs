//! Slips in a pack: each is told once, at the file and line it stands in.

use std::fs;
use std::path::Path;

use afterwave::input::builtin;
use tempfile::TempDir;

fn afterwave() -> assert_cmd::Command {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("afterwave");
    command.env("NO_COLOR", "1");
    command
}

/// A folder with the two built-in packs, as `init` writes them, some files changed; those that
/// become empty are left out.
fn packs(change: impl Fn(&str, &str) -> String) -> TempDir {
    let folder = TempDir::new().unwrap();
    for pack in builtin::pack_names() {
        fs::create_dir(folder.path().join(pack)).unwrap();
        for (name, source) in &builtin::pack(pack).unwrap() {
            let name = format!("{pack}/{name}");
            let text = change(&name, &source.text);
            if !text.is_empty() {
                fs::write(folder.path().join(name), text).unwrap();
            }
        }
    }
    folder
}

/// The packs with `old` replaced by `new` in one file.
fn with(file: &str, old: &str, new: &str) -> TempDir {
    packs(|name, text| {
        if name != file {
            return text.to_owned();
        }
        assert!(text.contains(old), "{old} is not in {file}");
        text.replacen(old, new, 1)
    })
}

/// What checking a pack says, its lines joined, and whether it can be used.
fn checked(folder: &Path, pack: &str) -> (String, bool) {
    let ran = afterwave().current_dir(folder).args(["check", "--pack", pack]).output().unwrap();
    let text = String::from_utf8(ran.stderr).unwrap();
    assert!(!text.contains("panicked"), "{text}");
    let unfolded = text.lines().map(|line| line.trim_start_matches([' ', '|'])).collect::<Vec<_>>();
    (unfolded.join(" ").split_whitespace().collect::<Vec<_>>().join(" "), ran.status.success())
}

/// Refused with one error that says all of `parts`.
fn refused(folder: &TempDir, parts: &[&str]) {
    let (text, is_sound) = checked(folder.path(), "informed");
    assert!(!is_sound, "{text}");
    assert_eq!(text.matches("error: ").count(), 1, "{text}");
    for part in parts {
        assert!(text.contains(part), "`{part}` is missing in\n{text}");
    }
}

/// Used, with one warning that says all of `parts`.
fn warned(folder: &TempDir, parts: &[&str]) {
    let (text, is_sound) = checked(folder.path(), "informed");
    assert!(is_sound, "{text}");
    assert_eq!(text.matches("warning: ").count(), 1, "{text}");
    for part in parts {
        assert!(text.contains(part), "`{part}` is missing in\n{text}");
    }
}

const REFERENCE: &str = "reference_area = \"England\"";

#[test]
fn built_in_packs_raise_nothing() {
    let folder = packs(|_, text| text.to_owned());
    for pack in ["believed-2021", "informed"] {
        let (text, is_sound) = checked(folder.path(), pack);
        assert!(is_sound && text.is_empty(), "{text}");
    }
}

#[test]
fn the_reference_area_is_known_and_its_residents_are_its_own() {
    let manifest = "believed-2021/pack.toml";
    let of = |area: &str| format!("reference_area = \"{area}\"");
    refused(
        &with(manifest, REFERENCE, &of("Englnd")),
        &["believed-2021/pack.toml:4", "`Englnd` is not in areas.csv", "try: England"],
    );
    refused(
        &with(manifest, REFERENCE, &of("Lancashire and South Cumbria")),
        &["is not in areas.csv", "try: QE1"],
    );
    refused(
        &with(manifest, REFERENCE, &of("QE1")),
        &["pack.toml:4", "56286961, no fewer than England, of which it is a part"],
    );
    refused(
        &with("informed/pack.toml", "refused =", &format!("{}\nrefused =", of("QE1"))),
        &["informed/pack.toml:5", "`population` is not of the reference area `QE1`", "of England"],
    );
    refused(
        &with("believed-2021/areas.csv", "England,England,56286961", "England,England,5000"),
        &["pack.toml:5", "56286961, and 5000 in areas.csv"],
    );
    refused(
        &with(manifest, "population = 56286961", "population = 0.5"),
        &["pack.toml:5", "`population` is out of range", "1 to"],
    );
    let both = packs(|_, text| text.replace("56286961", "5000000"));
    refused(&both, &["figures.csv:20", "`young-adults` has more people", "up to 5000000"]);
}

/// Areas whose residents nobody knows, and counts of another year, are fine.
#[test]
fn the_reference_area_may_have_no_residents_or_those_of_another_year() {
    for residents in ["", "56550138"] {
        let area = format!("England,England,{residents}");
        let folder = with("believed-2021/areas.csv", "England,England,56286961", &area);
        let (text, is_sound) = checked(folder.path(), "informed");
        assert!(is_sound && text.is_empty(), "{text}");
    }
}

#[test]
fn a_fault_in_the_pack_below_is_told_where_it_is() {
    refused(&with("believed-2021/pack.toml", "virus = ", "# "), &["believed-2021/pack.toml"]);
    let blank =
        packs(
            |name, text| {
                if name == "believed-2021/drivers.csv" { "\n".to_owned() } else { text.to_owned() }
            },
        );
    refused(&blank, &["believed-2021/drivers.csv", "is empty"]);
    let (text, _) = checked(blank.path(), "informed");
    assert!(!text.contains("informed/pack.toml"), "{text}");
    let misnamed = packs(|_, text| text.to_owned());
    let table = |name: &str| misnamed.path().join("believed-2021").join(name);
    fs::rename(table("routes.csv"), table("route.csv")).unwrap();
    refused(&misnamed, &["believed-2021/route.csv", "rename route.csv to routes.csv"]);
    refused(
        &with("believed-2021/drivers.csv", ",virus\n", ",viris\n"),
        &["believed-2021/drivers.csv:2 (track)", "unknown track", "try: virus"],
    );
    refused(
        &with("informed/pack.toml", "believed-2021", "believed-2012"),
        &["informed/pack.toml:4"],
    );
}

#[test]
fn contents_that_contradict_each_other_are_refused() {
    let areas = "believed-2021/areas.csv";
    refused(
        &with(areas, "England,England,56286961,", "England,England,56286961,QE1"),
        &["areas.csv:2", "`part_of` goes in a circle", "England -> QE1 -> Y62 -> England"],
    );
    let sizes = packs(|name, text| {
        if name == areas {
            text.replacen("part_of", "part_of,size:childrn", 1)
        } else {
            text.into()
        }
    });
    refused(&sizes, &["areas.csv:1 (size:childrn)", "unknown group `childrn`", "try: children"]);
    refused(
        &with(
            "believed-2021/exposures.csv",
            "driver,group\n",
            "driver,group\nbereavement,bereaved\n",
        ),
        &["exposures.csv:7", "the exposure stands twice", "also at"],
    );
    refused(
        &with("believed-2021/services.csv", "crisis cafe;", "crisis cafe;adoption team;"),
        &["services.csv", "`adoption team` names two services", "adoption-support"],
    );
}

/// A folder is itself under any of its names.
#[test]
fn a_pack_that_extends_its_own_folder_is_refused() {
    let folder = packs(|_, text| text.to_owned());
    let file = folder.path().join("informed/pack.toml");
    for itself in [folder.path().join("informed"), folder.path().join("informed/../informed")] {
        let text = format!("name = \"mine\"\nextends = '{}'\n", itself.display());
        fs::write(&file, text).unwrap();
        refused(&folder, &["`extends` goes in a circle"]);
    }
}

#[test]
fn a_family_misspelt_is_told_at_the_service() {
    refused(
        &with("believed-2021/services.csv", ",addiction,", ",adiction,"),
        &["services.csv:2", "read: adiction", "try: addiction"],
    );
}

#[test]
fn what_a_figure_says_of_itself_is_checked() {
    const ROW: &str = "services,eip,accepted,";
    let file = "informed/figures.csv";
    let header = "table,key,parameter,low,central,high,unit,source,grade,as_of,note,scale\n";
    let row = |cells: &str| with(file, header, &format!("{header}{ROW}{cells},,\n"));
    for (cells, parts) in [
        (",0.7,,months,mine,D,2021", ["(unit)", "is in another unit", "read: months"]),
        (",0.7,,percent,mine,D,2021", ["(unit)", "is in another unit", "share, and"]),
    ] {
        refused(&row(cells), &parts);
    }
    for (cells, parts) in [
        (",0.7,,share,,D,2021", ["figures without a source", "on line 2"]),
        (",0.7,,share,mine,D,07/22", ["(as_of)", "read: 07/22"]),
        (",0.7,,share,mine,D,2022-13", ["(as_of)", "read: 2022-13"]),
        ("0.6,0.7,,share,mine,D,2021-07", ["one side of a range is blank", "on line 2"]),
    ] {
        warned(&row(cells), &parts);
    }
    for cells in [
        ",0.7,,,mine,D,",
        ",0.7,,monthly share,mine,D,2019/20",
        "0.6,0.7,0.8,share a month,mine,D,2021-07-15",
    ] {
        let (text, is_sound) = checked(row(cells).path(), "informed");
        assert!(is_sound && text.is_empty(), "{text}");
    }
}

#[test]
fn one_cause_is_told_once() {
    refused(
        &with("informed/pack.toml", "extends =", "# extends ="),
        &["informed/pack.toml", "names no drivers, no", "try: extends = \"believed-2021\""],
    );
    let parted = |mark: &str| {
        packs(|file, text| match file {
            "believed-2021/drivers.csv" => text.replace(',', mark),
            "believed-2021/services.csv" if mark == ";" => text.replace(',', mark),
            _ => text.to_owned(),
        })
    };
    // Lists within cells are parted by semicolons too.
    refused(&parted(";"), &["believed-2021/services.csv:6", "more cells than the header"]);
    let (text, is_sound) = checked(parted("\t").path(), "informed");
    assert!(is_sound, "{text}");
    for file in ["drivers", "services", "routes", "figures", "exposures", "groups"] {
        let file = format!("believed-2021/{file}.csv");
        let headless = packs(|name, text| match text.split_once('\n') {
            Some((_, rows)) if *name == *file => rows.to_owned(),
            _ => text.to_owned(),
        });
        refused(&headless, &[&file, ":1", "the first line names", "a first line with"]);
    }
    for file in ["drivers", "groups", "services", "conditions", "routes"] {
        let bare = packs(|name, text| match text.split_once('\n') {
            Some((header, _)) if name == format!("believed-2021/{file}.csv") => {
                format!("{header}\n")
            }
            _ => text.to_owned(),
        });
        refused(&bare, &["believed-2021/pack.toml", &format!("no {file}")]);
    }
    refused(
        &with("believed-2021/routes.csv", ",addiction-community,", ",addiction-comunity,"),
        &["routes.csv:2", "unknown service `addiction-comunity`", "try: addiction-community"],
    );
}

#[test]
fn an_unknown_service_names_the_ids_there_are_and_the_nearest_of_all_names() {
    let folder = TempDir::new().unwrap();
    for (name, near) in [("iatp", "iapt"), ("talking therapie", "Talking Therapies")] {
        let ran = afterwave().current_dir(folder.path()).args(["explain", name]).output().unwrap();
        assert_eq!(ran.status.code(), Some(2));
        let text = String::from_utf8(ran.stderr).unwrap();
        for part in ["cmht, ", "eip", "aliases in", &format!("try: {near}")] {
            assert!(text.contains(part), "`{part}` is missing in\n{text}");
        }
        assert!(!text.contains("crisis cafe"), "{text}");
    }
}
