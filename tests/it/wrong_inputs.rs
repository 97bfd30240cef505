//! Wrong inputs: each gets its place, what was read, what is allowed and the nearest right answer;
//! exit code 2 and nothing written.

use std::fs;

use afterwave::input::builtin;
use afterwave::input::pack::TABLES;
use tempfile::TempDir;

const SCENARIO: &str = "name = \"Mine\"\nstart = \"2020-03\"\nmonths = 24\n";
const SERVICES: &str = include_str!("../../data/packs/believed-2021/services.csv");
const WAVE: &str = "[[wave]]\npeak = \"2020-04-01\"\nrise = 0.3\nfall = 1.1\n";

/// Runs with a scenario and a baseline of these texts; gives what standard error says.
fn refused(scenario: &str, baseline: Option<&[u8]>, more: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    let place = folder.path();
    fs::write(place.join("mine.toml"), scenario).unwrap();
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("afterwave");
    command.current_dir(place).env("NO_COLOR", "1").env("RUST_BACKTRACE", "1");
    command.args(["run", "mine.toml", "--draws", "0", "--out", "out"]).args(more);
    if let Some(text) = baseline {
        fs::write(place.join("mine.csv"), text).unwrap();
        command.args(["--baseline", "mine.csv"]);
    }
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(!place.join("out").exists(), "nothing is written\n{text}");
    assert!(!text.contains("panicked") && !text.contains("backtrace"), "{text}");
    assert!(output.stdout.is_empty());
    text
}

/// Checks a scenario and a baseline that can be used; gives what standard error says.
fn checked(scenario: &str, baseline: &str, more: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("mine.toml"), scenario).unwrap();
    fs::write(folder.path().join("mine.csv"), baseline).unwrap();
    let output = assert_cmd::cargo::cargo_bin_cmd!("afterwave")
        .current_dir(folder.path())
        .env("NO_COLOR", "1")
        .args(["check", "mine.toml", "mine.csv"])
        .args(more)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    text
}

fn says(text: &str, parts: &[&str]) {
    // Messages are folded to 80 columns.
    let unfolded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in parts {
        let is_there = text.contains(part) || unfolded.contains(part);
        assert!(is_there, "`{part}` is missing in\n{text}");
    }
}

fn baseline_says(baseline: &str, parts: &[&str]) {
    says(&refused(&format!("{SCENARIO}{WAVE}"), Some(baseline.as_bytes()), &[]), parts);
}

fn scenario_says(scenario: &str, parts: &[&str]) {
    says(&refused(scenario, None, &[]), parts);
}

#[test]
fn missing_column() {
    baseline_says(
        "month,service,note\n2019-01,iapt,five\n",
        &["mine.csv:1", "`referrals` is missing"],
    );
    baseline_says("about,iapt\nx,5\n", &["mine.csv:1", "no column is a month"]);
}

#[test]
fn lines_that_end_as_on_windows_are_counted_as_an_editor_counts_them() {
    baseline_says("month,iapt\r\n2019-11,5\r\n\r\n2019-13,6\r\n", &["mine.csv:4"]);
    baseline_says("month,iapt\n2019-11,5\n\n2019-13,6\n", &["mine.csv:4"]);
}

#[test]
fn a_slip_in_an_area_or_in_yes_is_named() {
    let rows = "2019-01,England,iapt,5,\n2019-02,England,iapt,5,\n2019-03,Englnad,iapt,5,maybe\n";
    baseline_says(
        &format!("month,area,service,referrals,derived\n{rows}"),
        &["mine.csv:4 (area)", "`Englnad` is taken", "try: England", "neither yes nor no"],
    );
}

#[test]
fn a_count_larger_than_any_population() {
    baseline_says("month,iapt\n2019-12,1e308\n", &["mine.csv:2", "larger than any population"]);
}

#[test]
fn unknown_service_with_the_nearest() {
    baseline_says(
        "month,service,referrals\n2019-01,iatp,5\n",
        &["mine.csv:2 (service)", "unknown service `iatp`", "try: iapt"],
    );
    baseline_says("month,cahms\n2019-01,5\n", &["unknown service `cahms`", "try: camhs"]);
}

#[test]
fn unknown_key_with_the_nearest() {
    scenario_says(
        &format!("{SCENARIO}nmae = \"x\"\n{WAVE}"),
        &["mine.toml:4", "`nmae`", "try: name"],
    );
    scenario_says(&format!("{SCENARIO}{WAVE}hieght = 2\n"), &["`hieght`", "try: height"]);
}

#[test]
fn duplicate_month_gap_negative_and_text_are_all_listed_at_once() {
    baseline_says(
        "month,service,referrals\n2019-01,iapt,5\n2019-01,iapt,6\n2019-04,iapt,7\n2019-05,iapt,-8\n2019-06,iapt,many\n",
        &[
            "stands twice",
            "also at mine.csv:2",
            "has a gap before 2019-04",
            "2019-02",
            "negative",
            "-8",
            "many",
        ],
    );
}

#[test]
fn one_wrong_cell_is_one_problem() {
    for rows in [
        "2019-01,iapt,5\n2019-02,iapt,many\n2019-03,iapt,6\n",
        "2019-01,iapt,5\n2019-13,iapt,7\n2019-03,iapt,6\n",
        "2019-01,iapt,5\n2019-02,iatp,7\n2019-03,iapt,6\n",
    ] {
        let baseline = format!("month,service,referrals\n{rows}");
        let text = refused(&format!("{SCENARIO}{WAVE}"), Some(baseline.as_bytes()), &[]);
        assert_eq!(text.matches("error: ").count(), 1, "{text}");
        says(&text, &["mine.csv:3"]);
    }
}

/// Two years of months of a line, one of them as typed.
fn two_years(typed: &str) -> String {
    let months = (0..24).map(|t| {
        let count = if t == 9 { typed.to_owned() } else { (2800 + 7 * t).to_string() };
        format!("{}-{:02},{count}", 2018 + t / 12, t % 12 + 1)
    });
    let rows: Vec<String> = std::iter::once("month,iapt".to_owned()).chain(months).collect();
    rows.join("\n") + "\n"
}

/// A line of which nothing could be read is not told to hold zeros.
#[test]
fn a_line_that_could_not_be_read_holds_no_zeros() {
    let text = refused(SCENARIO, Some(b"month,iapt,camhs\n2019-01,100,abc\n"), &[]);
    assert!(text.contains("not a count") && !text.contains("only zeros"), "{text}");
}

#[test]
fn a_digit_too_many_is_warned_of_and_no_error() {
    let slip = checked(&format!("{SCENARIO}{WAVE}"), &two_years("28630"), &[]);
    says(
        &slip,
        &[
            "warning: 2018-10 of iapt of mine lies far from the months around it",
            "mine.csv:11 (iapt)",
            "read: 28630",
            "try: 2863 if its digits slipped",
        ],
    );
    let sound = checked(&format!("{SCENARIO}{WAVE}"), &two_years("2863"), &[]);
    assert!(!sound.contains("lies far"), "{sound}");
}

/// Totals added to their parts give a nation three times over.
#[test]
fn a_nation_of_another_size_than_the_known_one_is_warned_of() {
    let warned = |count: u32, measure: &str| {
        let row =
            |t| format!("{}-{:02},England,iapt,{count},{measure}\n", 2018 + t / 12, t % 12 + 1);
        let rows: String = (0..24).map(row).collect();
        let baseline = format!("month,area,service,referrals,measure\n{rows}");
        checked(&format!("{SCENARIO}{WAVE}"), &baseline, &[])
    };
    let thrice = warned(420_000, "");
    says(&thrice, &["iapt of England is 2.9", "times what is known of it", "read: 5040000"]);
    // Another measure is of another size by right.
    for sound in [warned(145_000, ""), warned(420_000, "contacts")] {
        assert!(!sound.contains("what is known"), "{sound}");
    }
}

/// Of many lines the first few are told whole, the others in a list; lines of areas that nobody
/// asked for not at all.
#[test]
fn many_lines_with_a_digit_too_many_are_a_list() {
    let areas: Vec<String> = (0..8).map(|i| format!("Q{i}")).collect();
    let rows = areas.iter().flat_map(|area| {
        (0..24).map(move |t| {
            let count = if t == 9 { 28_630 } else { 2800 + 7 * t };
            format!("{}-{:02},{area},iapt,{count}\n", 2018 + t / 12, t % 12 + 1)
        })
    });
    let baseline = format!("month,area,service,referrals\n{}", rows.collect::<String>());
    let scenario = format!("{SCENARIO}{WAVE}");
    let all = checked(&scenario, &baseline, &[]);
    assert_eq!(all.matches("lies far from").count(), 5, "{all}");
    says(
        &all,
        &[
            "3 more lines hold a month far from those around it",
            "2018-10 of iapt of Q5 (line 131), 2018-10 of iapt of Q6 (line 155), 2018-10 of iapt of Q7",
        ],
    );
    let one = checked(&scenario, &baseline, &["--area", "Q6"]);
    assert!(one.contains("of Q6 lies far") && !one.contains("of Q1"), "{one}");
}

#[test]
fn months_that_do_not_exist_or_are_days() {
    baseline_says("month,iapt\n2019-13,5\n", &["month 13 does not exist", "01 to 12"]);
    baseline_says(
        "month,iapt\n04/01/2020,5\n",
        &["2020-01-04 is a day inside a month", "2020-04", "day first"],
    );
}

#[test]
fn numbers_out_of_their_range() {
    scenario_says(
        &format!(
            "{SCENARIO}{WAVE}[[restriction]]\nfrom = \"2020-03-23\"\nto = \"2020-07-04\"\nstringency = 1.2\n"
        ),
        &["mine.toml:11", "`stringency` is out of range", "1.2", "0 to 1"],
    );
    scenario_says(
        &format!(
            "{SCENARIO}{WAVE}[response]\nneed_gain = {{ low = 0.9, central = 0.5, high = 0.2 }}\n"
        ),
        &["low is above high", "low <= central <= high"],
    );
    says(
        &refused(&format!("{SCENARIO}{WAVE}"), None, &["--set", "services.iapt.accepted=70"]),
        &["out of range", "0 to 1", "0.7 (a share, not a percentage)"],
    );
}

#[test]
fn waves_and_restrictions_that_can_not_be() {
    scenario_says(
        &format!("{SCENARIO}[[wave]]\nrise = 0.3\n"),
        &["mine.toml:4", "`peak` is missing"],
    );
    scenario_says(
        &format!(
            "{SCENARIO}{WAVE}[[restriction]]\nfrom = \"2020-03-23\"\nto = \"2020-07-04\"\nstringency = 0.8\n\
             [[restriction]]\nfrom = \"2020-06-01\"\nto = \"2020-08-01\"\nstringency = 0.5\n"
        ),
        &["overlaps the one before it", "2020-07-04"],
    );
}

#[test]
fn a_percentage_for_a_share_and_a_wave_nobody_gave() {
    scenario_says(
        &format!("{SCENARIO}{WAVE}severity = 80\n"),
        &[
            "mine.toml:8",
            "`severity` is out of range",
            "0 to 10",
            "try: 0.8, if 80 is a percentage",
        ],
    );
    let restriction = "from = \"2020-03-23\"\nto = \"2020-07-04\"\nstringency = 80\nwave = 7\n";
    scenario_says(
        &format!("{SCENARIO}{WAVE}[[restriction]]\n{restriction}"),
        &[
            "try: 0.8, if 80 is a percentage",
            "answers no wave there is",
            "wave 7 of 1",
            "try: wave = 1",
        ],
    );
}

#[test]
fn what_lies_outside_the_months_is_warned_of_and_no_error() {
    let late = WAVE.replace("2020-04", "2030-04");
    let scenario = format!(
        "{SCENARIO}{WAVE}{late}[[restriction]]\nfrom = \"2019-03-23\"\nto = \"2019-07-04\"\n\
         stringency = 0.8\n[[shock]]\nfrom = \"2022-03\"\npeak = \"2022-06\"\n"
    );
    let folder = TempDir::new().unwrap();
    let capacity = folder.path().join("capacity.csv");
    fs::write(&capacity, "service,from,value\niapt,2020-04,90\niapt,2022-03,100\n").unwrap();
    let text = checked(&scenario, &two_years("2863"), &["--capacity", capacity.to_str().unwrap()]);
    says(
        &text,
        &[
            "a wave peaks outside the scenario",
            "2030-04-01",
            "2020-03 to 2022-02",
            "or months = 122",
            "a restriction lies outside the scenario",
            "or start = \"2019-03\"",
            "a shock begins after the scenario",
            "or months = 25",
            "capacity.csv:3",
            "the row begins after the last month projected",
        ],
    );
    let longer = checked(&scenario, &two_years("2863"), &["--set", "months=130"]);
    assert!(!longer.contains("a wave peaks") && !longer.contains("a shock"), "{longer}");
}

#[test]
fn a_goal_for_a_month_nobody_projects_is_warned_of() {
    let folder = TempDir::new().unwrap();
    let goals = "service,measure,month,at_most\niapt,wait_median,2052-03,8\n";
    fs::write(folder.path().join("goals.csv"), goals).unwrap();
    let output = assert_cmd::cargo::cargo_bin_cmd!("afterwave")
        .current_dir(folder.path())
        .args(["run", "single-wave", "--draws", "0", "--charts", "none"])
        .args(["--set", "months=12", "--goals", "goals.csv", "--out", "out"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    says(&text, &["goals.csv:2 (month)", "no scenario projects this month", "2020-03 to 2021-02"]);
}

#[test]
fn extends_in_a_circle() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.toml"), "extends = \"b\"\n").unwrap();
    fs::write(folder.path().join("b.toml"), "extends = \"a\"\n").unwrap();
    let output = assert_cmd::cargo::cargo_bin_cmd!("afterwave")
        .current_dir(folder.path())
        .args(["check", "a.toml"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    says(&String::from_utf8(output.stderr).unwrap(), &["goes in a circle", "a.toml", "b.toml"]);
}

#[test]
fn files_that_are_no_tables() {
    let scenario = format!("{SCENARIO}{WAVE}");
    says(&refused(&scenario, Some(b""), &[]), &["mine.csv", "is empty"]);
    says(&refused(&scenario, Some(b"PK\x03\x04\0\0\0"), &[]), &["archive is damaged"]);
    says(&refused(&scenario, Some(b"\x7fELF\0\0\0"), &[]), &["binary data, not text"]);
    says(&refused(&scenario, None, &["--baseline", "."]), &["is a folder"]);
    let wide = format!("month,{}\n", "a,".repeat(1_000_000));
    says(&refused(&scenario, Some(wide.as_bytes()), &[]), &["a row is longer than 1 MB"]);
}

#[test]
fn a_wave_scenario_needs_a_pack_with_drivers() {
    let folder = TempDir::new().unwrap();
    let pack = folder.path().join("bare");
    fs::create_dir(&pack).unwrap();
    fs::write(pack.join("pack.toml"), "name = \"bare\"\n").unwrap();
    fs::write(pack.join("services.csv"), "service,family,unit\niapt,iapt,referral\n").unwrap();
    let text = refused(&format!("{SCENARIO}{WAVE}"), None, &["--pack", pack.to_str().unwrap()]);
    says(&text, &["has no drivers", "[exposure]"]);
}

#[test]
fn pack_tables_are_checked_row_by_row() {
    let folder = TempDir::new().unwrap();
    let pack = folder.path().join("local");
    fs::create_dir(&pack).unwrap();
    fs::write(
        pack.join("pack.toml"),
        "name = \"local\"\nextends = \"informed\"\nlicense = \"x\"\n",
    )
    .unwrap();
    fs::write(
        pack.join("figures.csv"),
        "table,key,parameter,low,central,high,grade\n\
         services,iatp,accepted,0.6,0.7,0.8,D\n\
         services,iapt,acepted,,0.7,,D\n\
         services,iapt,loss,0.9,0.5,0.2,D\n\
         services,iapt,returns,,0.5,,Z\n\
         servces,iapt,returns,,0.5,,D\n",
    )
    .unwrap();
    let text = refused(&format!("{SCENARIO}{WAVE}"), None, &["--pack", pack.to_str().unwrap()]);
    says(
        &text,
        &[
            "`license`",
            "try: licence",
            "figures.csv:3",
            "unknown parameter `acepted`",
            "try: accepted",
            "low is above high",
            "unknown grade",
            "unknown table `servces`",
        ],
    );
}

/// A folder with the built-in pack `believed-2021`, one piece of one of its files replaced.
fn pack_with(folder: &TempDir, file: &str, old: &str, new: &str) -> String {
    let pack = folder.path().join("mine");
    fs::create_dir(&pack).unwrap();
    for (path, text) in builtin::PACKS {
        let Some(name) = path.strip_prefix("data/packs/believed-2021/") else { continue };
        let mut text = (*text).to_owned();
        if name == file {
            assert!(text.contains(old), "{old} is not in {file}");
            text = text.replacen(old, new, 1);
        }
        fs::write(pack.join(name), text).unwrap();
    }
    pack.to_str().unwrap().to_owned()
}

#[test]
fn a_slip_in_one_table_of_a_pack_is_told_of_that_table_alone() {
    let rows: Vec<&str> = SERVICES.lines().skip(1).take(2).collect();
    let (name, rest) = rows[1].split_once(',').unwrap();
    for (new, told) in [
        (format!("{name},\"{rest}"), "a quote is opened here and not closed"),
        (rows[1].replace("referral", "refferal"), "try: referral"),
    ] {
        let folder = TempDir::new().unwrap();
        let pack = pack_with(&folder, "services.csv", rows[1], &new);
        let text = refused(&format!("{SCENARIO}{WAVE}"), None, &["--pack", &pack]);
        assert_eq!(text.matches("error: ").count(), 1, "{text}");
        says(&text, &["services.csv:3", told]);
    }
    let folder = TempDir::new().unwrap();
    let pack = pack_with(&folder, "services.csv", "family", "familly");
    let text = refused(&format!("{SCENARIO}{WAVE}"), None, &["--pack", &pack]);
    assert_eq!(text.matches("error: ").count(), 1, "{text}");
    says(&text, &["services.csv:1", "try: rename `familly` to `family`"]);
}

#[test]
fn names_on_the_command_line_get_the_nearest() {
    let scenario = format!("{SCENARIO}{WAVE}");
    says(&refused(&scenario, None, &["--pack", "informd"]), &["try: informed"]);
    says(
        &refused(&scenario, None, &["--area", "00ZZ"]),
        &["unknown area `00ZZ`", "afterwave areas TEXT"],
    );
    says(
        &refused(&scenario, None, &["--set", "response.ned_gain=1"]),
        &["no number has this key", "try: response.need_gain"],
    );
    let folder = TempDir::new().unwrap();
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("afterwave");
    let output = command.current_dir(&folder).args(["run", "two-wave"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    says(&String::from_utf8(output.stderr).unwrap(), &["try: two-waves"]);
}

#[test]
fn check_lists_the_problems_of_all_inputs_at_once() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("mine.toml"), format!("{SCENARIO}[[wave]]\npeek = 1\n")).unwrap();
    fs::write(folder.path().join("mine.csv"), "month,iatp\n2019-01,5\n").unwrap();
    let output = assert_cmd::cargo::cargo_bin_cmd!("afterwave")
        .current_dir(folder.path())
        .args(["check", "mine.toml", "mine.csv", "--set", "nonsense"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    says(&String::from_utf8(output.stderr).unwrap(), &["peek", "iatp", "has no `=`"]);
}

#[test]
fn a_baseline_that_holds_no_area_asked_for_is_refused_by_name() {
    let header = "month,area,service,referrals\n";
    let rows: Vec<_> = (1..=12).map(|m| format!("2019-{m:02},QQQ,iapt,{}", 900 + m)).collect();
    let rows = rows.join("\n");
    let text = refused(
        &format!("{SCENARIO}{WAVE}"),
        Some(format!("{header}{rows}").as_bytes()),
        &["--area", "England"],
    );
    says(&text, &["holds no area that `--area` asks for", "read: England", "try: --area QQQ"]);
}

#[test]
fn a_short_old_and_empty_baseline_is_warned_of() {
    let text = checked(
        &format!("{SCENARIO}{WAVE}"),
        "month,iapt\n2017-01,0\n2017-02,0\n",
        &["--area", "England"],
    );
    says(&text, &["no season can be told from 2 months", "ends long before", "only zeros"]);
}

#[test]
fn a_baseline_with_no_month_before_the_scenario_is_warned_of() {
    let text = checked(
        &format!("{SCENARIO}{WAVE}"),
        "month,iapt,camhs\n2031-02,10,20\n2031-03,11,21\n",
        &["--area", "England"],
    );
    let says_so = "has no month before the scenario";
    says(&text, &[says_so, "1 more of its lines", "2031-02 and later", "months before 2020-03"]);
    let early = checked(&SCENARIO.replace("2020", "2015"), &year_of_iapt(), &["--area", "England"]);
    says(&early, &[says_so]);
}

#[test]
fn lists_that_contradict_what_is_said_of_them() {
    let label = "label = \"x\"\n";
    let text = refused(&format!("{SCENARIO}{WAVE}{label}{WAVE}{label}"), None, &[]);
    says(&text, &["two entries of [[wave]] have one label", "read: x"]);
    let none = "restrictions = \"none\"\n[[restriction]]\nfrom = \"2020-03-23\"\n\
                to = \"2020-07-04\"\nstringency = 0.5\n";
    let text = refused(&format!("{SCENARIO}{none}{WAVE}"), None, &[]);
    says(&text, &["a restriction beside `restrictions`", "restrictions = \"own\""]);
    let text = refused(&format!("{SCENARIO}restrictions = \"non\"\n{WAVE}"), None, &[]);
    says(&text, &["unknown `restrictions`", "try: none"]);
    let text = refused(&format!("{SCENARIO}{WAVE}"), None, &["--set", "wave.3.peak=2021-01-01"]);
    says(&text, &["no scenario has this wave", "waves 1 to 1"]);
    let text = refused(&format!("{SCENARIO}{WAVE}"), None, &["--set", "wave.1.peak=3"]);
    says(&text, &["the peak of a wave is a day"]);
}

#[test]
fn a_scenario_extends_the_file_beside_it_by_either_name() {
    let folder = TempDir::new().unwrap();
    let place = folder.path().join("deep");
    fs::create_dir(&place).unwrap();
    fs::write(place.join("base.toml"), format!("{SCENARIO}{WAVE}")).unwrap();
    let check = |extends: &str| {
        fs::write(place.join("mine.toml"), format!("extends = \"{extends}\"\n")).unwrap();
        let mut command = assert_cmd::cargo::cargo_bin_cmd!("afterwave");
        command.current_dir(folder.path()).env("NO_COLOR", "1").args(["check", "deep/mine.toml"]);
        command.assert()
    };
    check("base").success();
    check("base.toml").success();
    let refused = check("bse.toml").code(2);
    let text = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
    says(&text, &["deep/mine.toml:1", "read: bse.toml", "a file in deep, or single-wave"]);
}

#[test]
fn a_table_or_a_folder_in_place_of_a_scenario_is_one_problem() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("mine.csv"), year_of_iapt()).unwrap();
    fs::create_dir(folder.path().join("sets")).unwrap();
    fs::write(folder.path().join("sets/one.toml"), SCENARIO).unwrap();
    fs::create_dir(folder.path().join("net")).unwrap();
    for table in ["services", "routes", "arrivals"] {
        fs::write(folder.path().join(format!("net/{table}.csv")), "service\n").unwrap();
    }
    for (name, parts) in [
        ("mine.csv", ["is a table, not a scenario", "try: --baseline mine.csv"]),
        ("sets", ["is a folder, not a file", "allowed: sets/one.toml"]),
        ("net", ["is a folder, not a file", "try: afterwave network net"]),
    ] {
        let mut run = assert_cmd::cargo::cargo_bin_cmd!("afterwave");
        run.current_dir(folder.path()).env("NO_COLOR", "1").args(["run", name, "--out", "out"]);
        let text = String::from_utf8(run.assert().code(2).get_output().stderr.clone()).unwrap();
        says(&text, &parts);
        assert_eq!(text.matches("error:").count(), 1, "{text}");
    }
}

/// What standard error says of a wrong command line, in lines that fit a terminal.
fn refused_command(args: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("afterwave");
    command.current_dir(folder.path()).env("NO_COLOR", "1").args(args);
    let text = String::from_utf8(command.assert().code(2).get_output().stderr.clone()).unwrap();
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    text
}

#[test]
fn a_wrong_command_line_is_told_what_is_right() {
    for (args, parts) in [
        (vec!["rnu"], vec!["'run'"]),
        (vec!["run", "--months", "24"], vec!["--set months=24"]),
        (vec!["run", "--draws", "-1"], vec!["allowed: 0 to 100000"]),
        (vec!["run", "--draws", "1000000000"], vec!["allowed: 0 to 100000"]),
        (vec!["run", "--draws", "1,00"], vec!["allowed: 0 to 100000"]),
        (vec!["run", "--spread", "much"], vec!["allowed: 0 to 100"]),
        (vec!["run", "--spread", "-5"], vec!["0 to 100 (percent)"]),
        (vec!["fit", "--until", "12/2020"], vec!["is not a month", "allowed: 2020-04, "]),
        (vec!["fit", "--until", "2020-13"], vec!["month 13 does not exist", "allowed: 2020-04, "]),
        (
            vec!["explain", "iapt", "2021-13", "--draws", "0"],
            vec!["month 13", "allowed: 2020-04, "],
        ),
        (
            vec!["run", "--set", "start=2020-05"],
            vec!["not a number", "another start in a scenario file"],
        ),
    ] {
        says(&refused_command(&args), &parts);
    }
}

#[test]
fn a_lever_of_another_kind_of_effect_is_told_its_own() {
    let lever =
        "[[lever]]\nname = \"more\"\nkind = \"capacity\"\nservices = [\"iapt\"]\neffect = 0\n";
    scenario_says(
        &format!("{SCENARIO}{WAVE}{lever}"),
        &["has no `effect`", "read: effect = 0", "treatments started a month", "starts = 100"],
    );
}

#[test]
fn a_range_of_a_library_of_levers_is_told_as_read() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("library.csv");
    let rows = "x,shorten,iapt,0.5,0.2,0.1\ny,shorten,iapt,0.5,2,3\n";
    fs::write(&file, format!("lever,kind,services,effect_low,effect,effect_high\n{rows}")).unwrap();
    let mut levers = assert_cmd::cargo::cargo_bin_cmd!("afterwave");
    levers.env("NO_COLOR", "1").args(["levers", "--library", "--from"]).arg(&file);
    let text = String::from_utf8(levers.assert().code(2).get_output().stderr.clone()).unwrap();
    says(&text, &["low is above high", "read: low 0.5, central 0.2, high 0.1"]);
    says(&text, &["`effect` is out of range", "read: low 0.5, central 2, high 3", "-1 to 1"]);
}

#[test]
fn too_few_draws_for_a_range_and_too_many_for_memory_are_warned_of() {
    let check =
        |draws: &str| checked(&format!("{SCENARIO}{WAVE}"), &year_of_iapt(), &["--draws", draws]);
    says(&check("1"), &["so few draws make no range"]);
    says(&check("50,000"), &["some 4 GB of memory"]);
    assert!(!check("1000").contains("draws"));
}

#[cfg(target_os = "linux")]
#[test]
fn results_that_cannot_be_written_are_refused_before_the_work() {
    let text = refused_command(&["run", "--draws", "100000", "--out", "/proc/afterwave"]);
    says(&text, &["/proc/afterwave (--out)", "no file can be written there", "try: --out FOLDER"]);
}

#[test]
fn a_file_that_is_not_there_names_its_option() {
    let scenario = format!("{SCENARIO}{WAVE}");
    for option in ["--baseline", "--capacity", "--goals"] {
        let text = refused(&scenario, None, &[option, "mine.tmol"]);
        says(&text, &[&format!("mine.tmol ({option})"), "no such file", "try: ./mine.toml"]);
    }
}

/// A baseline of the year before the scenario.
fn year_of_iapt() -> String {
    let rows: Vec<_> = (1..=12).map(|m| format!("2019-{m:02},{}\n", 900 + m)).collect();
    format!("month,iapt\n{}", rows.concat())
}

#[test]
fn figures_of_one_area_name_an_area_and_a_service_there_is() {
    let scenario = format!("{SCENARIO}{WAVE}");
    for (key, parts) in [
        ("services.iapt@09Z.reneging", ["unknown area `09Z`", "try: 09D"]),
        ("services.itap@00V.reneging", ["unknown service `itap`", "try: iapt"]),
        ("services.*@00V.reneging", ["is of one service", "try: iapt@00V"]),
        ("services.iapt@00V.loss", ["the same in every area", "try: services.iapt.loss"]),
    ] {
        let text = refused(&scenario, None, &["--set", &format!("{key}=0.1")]);
        says(&text, &parts);
        says(&text, &[&format!("--set ({key})")]);
    }
    let warned = |area: &str| {
        let more = ["--set", "services.iapt@00V.reneging=0.1", "--area", area];
        checked(&scenario, &year_of_iapt(), &more)
    };
    says(&warned("England"), &["`00V` is not projected: no effect", "try: --area 00V"]);
    assert!(!warned("00V").contains("not projected"));
}

#[test]
fn a_series_that_no_driver_follows_is_warned_of() {
    let folder = TempDir::new().unwrap();
    let series = folder.path().join("series.csv");
    fs::write(&series, "month,value\n2020-03,1\n").unwrap();
    let track = |name: &str| {
        let file = series.display();
        let scenario =
            format!("{SCENARIO}{WAVE}[track.{name}]\nfile = \"{file}\"\nreference = 1.0\n");
        checked(&scenario, &year_of_iapt(), &["--area", "England"])
    };
    says(&track("viris"), &["mine.toml:9", "no driver follows the track `viris`", "try: virus"]);
    assert!(!track("virus").contains("no driver"));
}

#[test]
fn a_number_no_file_gives_has_its_bounds_all_the_same() {
    let scenario = format!("{SCENARIO}[[wave]]\npeak = \"2020-04-01\"\n");
    for (set, allowed) in [
        ("wave.1.fall=0", "0.01 to 60"),
        ("wave.1.rise=0", "0.01 to 60"),
        ("wave.1.height=-1", "0 to 100"),
        ("wave.1.severity=-3", "0 to 10"),
        ("response.severe_delay=-50", "0 to 12"),
        ("response.threshold=-2", "0 to 10"),
    ] {
        says(&refused(&scenario, None, &["--set", set]), &["is out of range", allowed]);
    }
}

#[test]
fn a_track_of_ones_own_has_a_value_in_every_month() {
    let refused_track = |name: &str, rows: &str| {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("series.csv");
        fs::write(&file, format!("month,value\n{rows}")).unwrap();
        let file = file.display();
        let track = format!("[track.{name}]\nfile = \"{file}\"\nreference = 1.0\n");
        refused(&format!("{SCENARIO}{WAVE}{track}"), None, &[])
    };
    for blank in ["", "*", "NULL"] {
        let text = refused_track("virus", &format!("2020-03,1\n2020-04,{blank}\n2020-05,1\n"));
        says(&text, &["series.csv:3 (value)", "a track has a value in every month"]);
        assert_eq!(text.matches("error:").count(), 1, "{text}");
    }
    let text = refused_track("virus", "2020-03,1\n2020-05,1\n");
    says(&text, &["series.csv:3 (month)", "has a gap before it", "2020-03, then 2020-05"]);
    says(
        &refused_track("restrictions", "2020-03,71\n2020-04,-1\n"),
        &["series.csv:2 (value)", "0 to 1", "try: 0.71", "series.csv:3 (-1)"],
    );
}

/// A pack in a folder of its own: the built-in one with some files changed.
fn changed_pack(change: impl Fn(&str, &str) -> (String, String)) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, source) in &builtin::pack("believed-2021").unwrap() {
        let (name, text) = change(name, &source.text);
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn refused_pack(folder: &TempDir) -> String {
    let pack = folder.path().display().to_string();
    refused(&format!("{SCENARIO}{WAVE}"), None, &["--pack", &pack])
}

#[test]
fn a_table_of_a_pack_under_another_name_is_not_passed_over() {
    for (table, slip) in [
        ("figures.csv", "figure.csv"),
        ("drivers.csv", "drviers.csv"),
        ("areas.csv", "Areas.CSV"),
        ("routes.csv", "routes.csv.txt"),
        ("strata.csv", "starta.csv"),
    ] {
        let renamed = |name: &str, text: &str| {
            (if name == table { slip } else { name }.to_owned(), text.to_owned())
        };
        let text = refused_pack(&changed_pack(renamed));
        says(&text, &[slip, "is no table of a pack", &format!("rename {slip} to {table}")]);
        assert_eq!(text.matches("error: ").count(), 1, "{text}");
    }
}

#[test]
fn a_slip_in_the_header_of_a_pack_is_one_problem() {
    let tables = builtin::pack("believed-2021").unwrap();
    for (table, source) in tables.iter().filter(|(name, _)| TABLES.contains(&name.as_str())) {
        let header: Vec<&str> = source.text.lines().next().unwrap().split(',').collect();
        for (at, column) in header.iter().enumerate().filter(|(_, column)| column.len() > 3) {
            let slip = format!("{}x", &column[..column.len() - 1]);
            let mut slipped = header.clone();
            slipped[at] = &slip;
            let folder = changed_pack(|name, text| {
                let (old, new) = (header.join(","), slipped.join(","));
                let is_meant = name == table;
                let text = if is_meant { text.replacen(&old, &new, 1) } else { text.to_owned() };
                (name.to_owned(), text)
            });
            let text = refused_pack(&folder);
            assert_eq!(text.matches("error: ").count(), 1, "{table} {slip}\n{text}");
            says(&text, &[&slip, column]);
        }
    }
}

#[test]
fn a_slip_in_extends_is_one_problem() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("pack.toml"), "extend = \"informed\"\n").unwrap();
    let figures = "table,key,parameter,central\nservices,iapt,accepted,0.5\n";
    fs::write(folder.path().join("figures.csv"), figures).unwrap();
    let text = refused_pack(&folder);
    assert_eq!(text.matches("error: ").count(), 1, "{text}");
    says(&text, &["unknown key `extend`", "try: extends"]);
}

#[test]
fn a_slip_in_the_header_of_a_capacity_file_is_one_problem() {
    let scenario = format!("{SCENARIO}{WAVE}");
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("capacity.csv");
    let rows = "iapt,England,2020-03,5\niapt,00V,2020-03,6\n";
    fs::write(&file, format!("service,aera,from,value\n{rows}")).unwrap();
    let text = refused(&scenario, None, &["--capacity", file.to_str().unwrap()]);
    assert_eq!(text.matches("error: ").count(), 1, "{text}");
    says(&text, &["capacity.csv:1 (aera)", "try: area"]);
}

#[test]
fn a_baseline_kept_another_way_is_told_how_it_is_meant() {
    for (text, parts) in [
        ("2019-01,5\n2019-02,5\n", ["no column is a month", "a first line that names"]),
        ("month,iapt,IAPT\n2019-01,5,5\n2019-02,5,5\n", ["mine.csv:1 (IAPT)", "stands twice"]),
        (
            "month,iapt,talking therapies\n2019-01,5,5\n2019-02,5,5\n",
            ["mine.csv:1 (talking", "`talking therapies` and `iapt` are one service"],
        ),
    ] {
        let text = refused(&format!("{SCENARIO}{WAVE}"), Some(text.as_bytes()), &[]);
        assert_eq!(text.matches("error: ").count(), 1, "{text}");
        says(&text, &parts);
    }
}

#[test]
fn what_is_not_known_is_told_once_with_the_nearest() {
    let text = refused("extends = \"two-wavs\"\n", None, &[]);
    assert_eq!(text.matches("error: ").count(), 1, "{text}");
    says(&text, &["mine.toml:1:11", "nor a built-in scenario", "try: two-waves"]);
    let scenario = format!("{SCENARIO}{WAVE}");
    says(&refused(&scenario, None, &["--set", "need_gain=1"]), &["try: response.need_gain"]);
    says(&refused(&scenario, None, &["--set", "iapt.accepted=1"]), &["services.iapt.accepted"]);
    says(&refused(&scenario, None, &["--area", "Burry"]), &["unknown area", "try: 00V (Bury)"]);
    let text = refused(&scenario.replace("2020-04-01", "1st April 2020"), None, &[]);
    says(&text, &["a day such as", "read: 1st April 2020"]);
}

#[test]
fn a_slip_in_the_name_of_a_column_is_read_as_what_it_is_meant_for() {
    let here = tempfile::tempdir().unwrap();
    let import = |header: &str| {
        let services = ["iapt", "eip"];
        let rows = services.map(|own| {
            (1..=9).map(|m| format!("2019-0{m},Bury,{own},{m}")).collect::<Vec<_>>().join("\n")
        });
        let rows = rows.join("\n");
        fs::write(here.path().join("own.csv"), format!("{header}\n{rows}")).unwrap();
        let mut command = crate::shared::command::afterwave();
        let output = command.current_dir(here.path()).args(["import", "table", "own.csv"]).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let right = import("month,area,service,referrals");
    assert!(right.contains("2019-09,Bury,iapt,9"), "{right}");
    for header in [
        "mnth,area,service,referrals",
        "month,aera,service,referrals",
        "month,area,servcie,referrals",
        "month,area,service,referals",
        "Month,Areas,Services,Refferals",
    ] {
        assert_eq!(import(header), right, "{header}");
    }
}

#[test]
fn a_list_under_a_neighbours_name_and_one_cause_one_message() {
    scenario_says(
        &format!("{SCENARIO}{}", WAVE.replace("[[wave]]", "[[waves]]")),
        &["[[waves]]", "try: [[wave]]"],
    );
    let slip = refused(&format!("{SCENARIO}{}", WAVE.replace("peak", "peek")), None, &[]);
    assert_eq!(slip.matches("error: ").count(), 1, "{slip}");
    says(&slip, &["unknown key `peek`", "try: peak"]);
    let folder = tempfile::tempdir().unwrap();
    let goals = "service,measure,month,atleast\niapt,referrals,2021-04,5\n";
    fs::write(folder.path().join("goals.csv"), goals).unwrap();
    let mut command = crate::shared::command::afterwave();
    command.current_dir(folder.path()).args(["run", "two-waves", "--draws=0", "--goals=goals.csv"]);
    let text = String::from_utf8(command.assert().code(2).get_output().stderr.clone()).unwrap();
    assert_eq!(text.matches("error: ").count(), 1, "{text}");
    says(&text, &["goals.csv:1 (atleast)", "try: at_least"]);
}
