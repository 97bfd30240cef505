//! The grammars: files and a command line, most of them valid.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use crate::choices::{Choices, cell, wild};
use crate::xlsx::xlsx;

/// Files to write, and the command to run among them.
#[derive(Debug, Default)]
pub struct Case {
    pub files: Vec<(String, Vec<u8>)>,
    pub words: Vec<String>,
}

/// Every target by its name.
pub const TARGETS: [(&str, fn(&mut Choices<'_>) -> Case); 10] = [
    ("baseline", baseline),
    ("scenario", scenario),
    ("pack", pack),
    ("workbook", workbook),
    ("capacity", capacity),
    ("goals", goals),
    ("levers", levers),
    ("network", network),
    ("published", published),
    ("command_line", command_line),
];

const SERVICES: [&str; 8] =
    ["iapt", "camhs", "eip", "crisis-resolution", "IAPT", "cmht", "addiction-community", "perinatal"];
const AREAS: [&str; 7] = ["England", "Bury", "00V", "E54000057", "My area", "a/b", "Leeds"];

fn case(words: &[&str]) -> Case {
    Case { files: Vec::new(), words: words.iter().map(|word| (*word).to_owned()).collect() }
}

impl Case {
    fn with(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.push((name.to_owned(), content.into()));
        self
    }

    fn run_options(mut self, c: &mut Choices<'_>) -> Self {
        let draws = c.pick(&["8", "0", "24", "1"]);
        self.words.extend(["--draws", draws, "--charts", "none", "--report", "none"].map(str::to_owned));
        if c.chance(20) {
            self.words.push("--detail".to_owned());
        }
        self
    }
}

fn count(c: &mut Choices<'_>) -> String {
    match c.below(40) {
        0 => "0".to_owned(),
        1 => "*".to_owned(),
        2 => String::new(),
        3 => c.between(0, 60_000).to_string(),
        _ => c.between(200, 3_000).to_string(),
    }
}

fn month_text(c: &mut Choices<'_>, form: usize, month: usize) -> String {
    const NAMES: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month) = (2015 + month / 12, month % 12);
    let right = match form {
        0 => format!("{year}-{:02}", month + 1),
        1 => format!("{year}-{:02}-01", month + 1),
        2 => format!("01/{:02}/{year}", month + 1),
        3 => format!("{}-{}", NAMES[month], year % 100),
        _ => format!("{} {year}", NAMES[month]),
    };
    cell(c, right)
}

/// Referrals by month, long or wide, as people keep them.
fn baseline_text(c: &mut Choices<'_>) -> String {
    let months = if c.chance(15) { c.between(1, 25) } else { c.between(26, 72) };
    let first = c.between(12, 48);
    let form = c.pick(&[0, 0, 0, 1, 2, 3, 4]);
    let services: Vec<&str> = (0..c.between(1, 3)).map(|at| SERVICES[(at * 3 + c.below(3)) % 8]).collect();
    let mut text = String::new();
    if c.chance(30) {
        let _ = writeln!(text, "month,{}", services.join(","));
        for month in first..first + months {
            let cells: Vec<String> = services.iter().map(|_| { let n = count(c); cell(c, n) }).collect();
            let _ = writeln!(text, "{},{}", month_text(c, form, month), cells.join(","));
        }
        return text;
    }
    let areas: Vec<&str> = (0..c.between(1, 2)).map(|at| AREAS[(at * 4 + c.below(3)) % 7]).collect();
    let level = c.between(100, 2_000);
    text.push_str("month,area,service,referrals\n");
    for area in &areas {
        for service in &services {
            for month in first..first + months {
                // Mostly a level with a season, as counts are.
                let right = match c.below(30) {
                    0 => count(c),
                    _ => (level + level / 8 * ((month * 7) % 5) / 4 + c.below(level / 10 + 1)).to_string(),
                };
                let _ = writeln!(text, "{},{area},{},{}", month_text(c, form, month), cell(c, *service), cell(c, right));
            }
        }
    }
    text
}

fn baseline(c: &mut Choices<'_>) -> Case {
    let mut text = baseline_text(c);
    match c.below(12) {
        0 => text = text.replace('\n', "\r\n"),
        1 => text = format!("\u{feff}{text}"),
        2 => text = text.replace(',', ";"),
        3 => text = format!("Referrals as counted\n\n{text}"),
        4 => text.push_str("\nSource: own counts\n"),
        _ => {}
    }
    let scenario = c.pick(&["two-waves", "single-wave", "multiple-waves", "sudden-shock"]);
    case(&["run", scenario, "--baseline", "baseline.csv"]).run_options(c).with("baseline.csv", text)
}

/// A number, or a range around it, within bounds.
fn number(c: &mut Choices<'_>, least: f64, most: f64) -> String {
    let mut three = [0; 3].map(|_| least + c.share() * (most - least));
    three.sort_by(f64::total_cmp);
    let [low, central, high] = three;
    match c.below(4) {
        0 => format!("{{ low = {low}, central = {central}, high = {high} }}"),
        1 if c.chance(10) => wild(c).to_owned(),
        _ => format!("{central}"),
    }
}

fn day(c: &mut Choices<'_>, first: usize) -> String {
    format!("{}-{:02}-{:02}", first + c.below(2), c.between(1, 12), c.between(1, 28))
}

fn scenario(c: &mut Choices<'_>) -> Case {
    let mut text = String::from("name = \"A scenario\"\n");
    let _ = writeln!(text, "start = \"{}-{:02}\"\nmonths = {}", c.pick(&[2020, 2020, 2019]), c.between(1, 12), c.between(1, 60));
    if c.chance(10) {
        let _ = writeln!(text, "extends = \"{}\"", c.pick(&["single-wave", "two-waves", "none"]));
    }
    if c.chance(15) {
        text.push_str(c.pick(&["restrictions = \"none\"\n", "shocks = \"none\"\n"]));
    }
    for wave in 0..c.between(0, 4) {
        let _ = writeln!(text, "[[wave]]\nlabel = \"w{wave}\"\npeak = \"{}\"", day(c, 2020 + wave / 2));
        for (key, least, most) in [("height", 0.0, 3.0), ("rise", 0.1, 3.0), ("fall", 0.1, 6.0), ("severity", 0.0, 2.0)] {
            if c.chance(60) {
                let _ = writeln!(text, "{key} = {}", number(c, least, most));
            }
        }
    }
    if c.chance(40) {
        let year = 2020 + c.below(2);
        let _ = writeln!(text, "[[restriction]]\nfrom = \"{year}-{:02}-05\"\nto = \"{year}-{:02}-20\"\nstringency = {}", c.between(1, 6), c.between(7, 12), number(c, 0.0, 1.0));
    }
    if c.chance(30) {
        let _ = writeln!(text, "[[shock]]\nfrom = \"2020-{:02}\"\npeak = \"2021-{:02}\"\ndepth = {}\nhalf_life = {}", c.between(1, 12), c.between(1, 12), number(c, 0.0, 2.0), number(c, 1.0, 30.0));
    }
    if c.chance(40) {
        let _ = writeln!(text, "[response]\nneed_gain = {}\nsuppression_gain = {}", number(c, 0.0, 1.5), number(c, 0.0, 1.0));
    }
    if c.chance(30) {
        let _ = writeln!(text, "[[lever]]\nname = \"own\"\nkind = \"prevent\"\nstart = \"2020-{:02}\"\nreach = {}\neffect = {}", c.between(1, 12), number(c, 0.0, 1.0), number(c, 0.0, 0.9));
    }
    if c.chance(8) {
        let _ = writeln!(text, "{} = {}", c.pick(&["naem", "wave", "months", "start"]), wild(c));
    }
    case(&["run", "own.toml"]).run_options(c).with("own.toml", text)
}

/// The built-in files of a folder.
fn built_in(folder: &str) -> impl Iterator<Item = (&'static str, &'static str)> + use<'_> {
    afterwave::input::builtin::files().filter(move |(path, _)| path.starts_with(folder))
}

/// Numbers of one row of a table scaled together, as somebody else would have them.
fn edited(c: &mut Choices<'_>, text: &str, columns: &[&str]) -> String {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().cloned().unwrap_or_default();
    let places: Vec<usize> =
        columns.iter().filter_map(|column| header.iter().position(|own| own == *column)).collect();
    let mut records: Vec<Vec<String>> =
        reader.records().flatten().map(|r| r.iter().map(str::to_owned).collect()).collect();
    for _ in 0..c.between(0, 6) {
        if records.is_empty() {
            break;
        }
        let row = c.below(records.len());
        let factor = c.pick(&[0.0, 0.5, 0.8, 0.9, 1.1, 1.2, 1e-9]);
        for place in &places {
            let Some(value) = records[row].get(*place).and_then(|cell| cell.parse::<f64>().ok()) else { continue };
            let scaled = value * factor;
            // A share stays one, a count whole.
            let scaled = if value <= 1.0 { scaled.min(1.0) } else { scaled };
            records[row][*place] = format!("{scaled}");
        }
        if c.chance(3) {
            let place = c.below(records[row].len());
            records[row][place] = wild(c).to_owned();
        }
        if c.chance(2) {
            records.remove(row);
        }
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let _ = writer.write_record(&header);
    for record in records {
        let _ = writer.write_record(record);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn pack(c: &mut Choices<'_>) -> Case {
    let mut case = case(&["run", "two-waves", "--pack", "pack"]).run_options(c);
    for (path, text) in built_in("data/packs/believed-2021/") {
        let name = Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = match &*name {
            "figures.csv" => edited(c, text, &["low", "central", "high"]),
            "routes.csv" => edited(c, text, &["weight"]),
            "areas.csv" if c.chance(50) => edited(c, text, &["population"]),
            _ => text.to_owned(),
        };
        case = case.with(&format!("pack/{name}"), text);
    }
    case
}

fn workbook(c: &mut Choices<'_>) -> Case {
    let groups: Vec<String> = (0..c.between(1, 3)).map(|g| format!("group {g}")).collect();
    let conditions: Vec<String> = (0..c.between(1, 3)).map(|n| format!("condition {n}")).collect();
    let treatments: Vec<String> = (0..c.between(1, 3)).map(|t| format!("service {t}")).collect();
    let months = c.between(2, 30);
    let value = |c: &mut Choices<'_>, right: f64| {
        if c.chance(1) && c.chance(20) { wild(c).replace('|', "") } else { format!("{right}") }
    };
    let mut curves = vec!["month|a".to_owned()];
    for month in 0..months {
        curves.push(format!("{month}|{}", value(c, 1.0 / months as f64)));
    }
    let mut rows = vec!["group|curve|size|pcnt".to_owned()];
    for group in &groups {
        let size = c.between(1, 100_000) as f64;
        let percent = c.between(0, 100) as f64;
        rows.push(format!("{group}|a|{}|{}", value(c, size), value(c, percent)));
    }
    let (mut needs, mut routes) =
        (vec!["group|condition|pcnt".to_owned()], vec!["group|condition|treatment|split".to_owned()]);
    for group in &groups {
        for condition in &conditions {
            let share = c.share() / conditions.len() as f64;
            needs.push(format!("{group}|{condition}|{}", value(c, share)));
            for treatment in &treatments {
                let split = c.between(1, 9) as f64;
                routes.push(format!("{group}|{condition}|{treatment}|{}", value(c, split)));
            }
        }
    }
    let mut services = vec!["treatment|success|months|decay|demand|treat_pcnt".to_owned()];
    let mut demand = vec!["service|month|underlying|suppressed".to_owned()];
    for treatment in &treatments {
        let numbers = [c.share(), c.between(1, 24) as f64, 0.5, 1.0, c.share()];
        let cells = numbers.map(|number| value(c, number)).join("|");
        services.push(format!("{treatment}|{cells}"));
        for month in 0..months {
            let (year, month) = (2020 + (4 + month) / 12, (4 + month) % 12 + 1);
            let counts = [c.between(0, 5_000) as f64, c.between(0, 500) as f64].map(|n| value(c, n));
            demand.push(format!("{treatment}|{year}-{month:02}-01|{}|{}", counts[0], counts[1]));
        }
    }
    let sheets = vec![("curves", curves), ("groups", rows), ("g2c", needs), ("c2t", routes), ("treatments", services), ("demand", demand)];
    let mut bytes = xlsx(&sheets);
    if c.chance(4) {
        // One part of the archive as anybody may have made it.
        let at = c.below(bytes.len());
        bytes[at] ^= 1 << c.below(8);
    }
    case(&["run", "--pack", "params.xlsx"]).run_options(c).with("params.xlsx", bytes)
}

fn capacity(c: &mut Choices<'_>) -> Case {
    let mut text = String::from("service,area,from,kind,value,ramp,opening_list,reneging\n");
    for service in 0..c.between(1, 4) {
        let service = SERVICES[(service * 2 + c.below(2)) % 4];
        let kind = c.pick(&["starts", "starts", "places"]);
        let mut from = 2020 * 12 + c.below(10);
        for step in 0..c.between(1, 3) {
            let value = c.pick(&["0", "10", "500", "5000", "100000", "300000"]);
            let more = if step == 0 {
                [c.pick(&["", "0", "500", "200000"]), c.pick(&["", "0", "0.02", "0.3"])]
            } else {
                ["", ""]
            };
            let _ = writeln!(text, "{service},,{}-{:02},{kind},{},{},{},{}", from / 12, from % 12 + 1, cell(c, value), c.pick(&["", "", "6"]), more[0], more[1]);
            from += c.between(1, 20);
        }
    }
    case(&["run", c.pick(&["two-waves", "single-wave"]), "--capacity", "capacity.csv"]).run_options(c).with("capacity.csv", text)
}

fn goals(c: &mut Choices<'_>) -> Case {
    let mut text = String::from("goal,service,measure,month,at_least,at_most\n");
    for goal in 0..c.between(1, 6) {
        let measure = c.pick(&["referrals", "waiting", "wait_median", "within_standard", "load", "extra", "starts"]);
        let bound = match measure {
            "within_standard" => format!("{}", c.share()),
            _ => c.between(0, 50_000).to_string(),
        };
        let month = format!("202{}-{:02}", c.between(0, 4), c.between(1, 12));
        let (least, most) = if c.chance(50) { (bound, String::new()) } else { (String::new(), bound) };
        let service = c.pick(&["iapt", "camhs", "eip", "crisis-resolution"]);
        let _ = writeln!(text, "goal {goal},{},{measure},{},{},{}", cell(c, service), cell(c, month), cell(c, least), cell(c, most));
    }
    case(&["run", "two-waves", "--goals", "goals.csv"]).run_options(c).with("goals.csv", text)
}

fn levers(c: &mut Choices<'_>) -> Case {
    let library = built_in("data/levers.csv").next().map_or("", |(_, text)| text);
    let text = edited(c, library, &["reach_low", "reach", "reach_high", "effect_low", "effect", "effect_high"]);
    let names = ["social-prescribing", "vcse-hub", "mhst", "crisis-cafe", "self-help", "s136-review"];
    let mut case = case(&["levers", "two-waves", "--from", "levers.csv", "--draws", "8", "--lever", c.pick(&names)]);
    if c.chance(50) {
        let other = c.pick(&names);
        case.words.extend(["--lever".to_owned(), other.to_owned()]);
        if c.chance(50) {
            case.words.push("--pairs".to_owned());
        }
    }
    case.with("levers.csv", text)
}

fn network(c: &mut Choices<'_>) -> Case {
    let size = c.between(1, 5);
    let mut services = String::from("service,places,stay,stay_mean,stay_sd,reneging,daily_risk\n");
    let mut routes = String::from("from,to,after_service,after_reneging\n");
    let mut arrivals = String::from("service,first_day,last_day,distribution,rate\n");
    for service in 0..size {
        let stay = c.pick(&["exponential", "lognormal", "gamma", "constant"]);
        let sd = if matches!(stay, "lognormal" | "gamma") { "4" } else { "" };
        let reneges = c.chance(40);
        let (kind, risk) = if reneges { ("constant", c.pick(&["0.01", "0.2", "0"])) } else { ("", "") };
        let places = c.between(0, 40).to_string();
        let mean = c.pick(&["1", "3", "20", "0.5"]);
        let _ = writeln!(services, "s{service},{},{stay},{},{sd},{kind},{}", cell(c, places), cell(c, mean), cell(c, risk));
        let onward = if service + 1 < size { c.pick(&[0.0, 0.25, 0.5]) } else { 0.0 };
        let again = c.pick(&[0.0, 0.0, 0.25]);
        let home = 1.0 - onward - again;
        let leave = if reneges { "1" } else { "" };
        let _ = writeln!(routes, "s{service},home,{},{leave}", cell(c, format!("{home}")));
        if onward > 0.0 {
            let _ = writeln!(routes, "s{service},s{},{onward},", service + 1);
        }
        if again > 0.0 {
            let _ = writeln!(routes, "s{service},s{service},{again},");
        }
        let split = c.between(50, 300);
        let rates = [c.pick(&["0", "0.5", "3", "12"]), c.pick(&["0.2", "6"])];
        let distribution = c.pick(&["poisson", "constant"]);
        let _ = writeln!(arrivals, "s{service},1,{split},{distribution},{}", cell(c, rates[0]));
        let _ = writeln!(arrivals, "s{service},{},,{distribution},{}", split + 1, rates[1]);
    }
    services.push_str("home,,,,,,\n");
    let days = c.between(150, 500).to_string();
    let mut case = case(&["network", "net", "--replications", "3", "--charts", "none", "--warm-up", "50", "--days", &days, "--clock", c.pick(&["daily", "event"])]);
    if c.chance(20) {
        case.words.extend(["--set", "s0.capacity=x1.5"].map(str::to_owned));
    }
    case.with("net/services.csv", services).with("net/routes.csv", routes).with("net/arrivals.csv", arrivals)
}

/// Months of the long layout of the Mental Health Services Data Set, or a table of somebody's own.
fn published(c: &mut Choices<'_>) -> Case {
    if c.chance(40) {
        let text = baseline_text(c);
        return case(&["import", "table", "own.csv"]).with("own.csv", text);
    }
    const LAST: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut text = String::from("REPORTING_PERIOD_START,REPORTING_PERIOD_END,STATUS,BREAKDOWN,PRIMARY_LEVEL,PRIMARY_LEVEL_DESCRIPTION,SECONDARY_LEVEL,SECONDARY_LEVEL_DESCRIPTION,MEASURE_ID,MEASURE_NAME,MEASURE_VALUE\r\n");
    let (breakdown, code) = c.pick(&[("England", "England"), ("CCG - GP Practice or Residence", "00V"), ("England", "England")]);
    for month in 0..c.between(1, 30) {
        let (year, month) = (2019 + month / 12, month % 12);
        let value = c.pick(&["*", "10", "350", "87500", "0", "91000", "45"]);
        let last = LAST[month] + u32::from(month == 1 && year == 2020);
        let _ = write!(
            text,
            "01/{0:02}/{year},{last}/{0:02}/{year},Final,{breakdown},{code},{code},NONE,NONE,{1},{1},{2}\r\n",
            month + 1,
            c.pick(&["MHS32", "MHS32", "MHS32", "MHS01"]),
            cell(c, value)
        );
    }
    let mut case = case(&["import"]);
    if c.chance(50) {
        case.words.push("mhsds".to_owned());
    }
    if code == "00V" {
        case.words.extend(["--area", "00V"].map(str::to_owned));
    }
    if c.chance(20) {
        case.words.push("--list".to_owned());
    }
    if c.chance(20) {
        case.words.push("file.csv.gz".to_owned());
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let _ = zip.start_file("file.csv", zip::write::SimpleFileOptions::default());
        let _ = zip.write_all(text.as_bytes());
        let bytes = zip.finish().map(std::io::Cursor::into_inner).unwrap_or_default();
        return case.with("file.csv.gz", bytes);
    }
    case.words.push("file.csv".to_owned());
    case.with("file.csv", text)
}

fn command_line(c: &mut Choices<'_>) -> Case {
    let mut case = match c.below(7) {
        0 => case(&["areas", c.pick(&["Bury", "00V", "E54", "", "London", "x\u{202e}y"])]),
        1 => case(&["explain", "--graph", c.pick(&["mermaid", "dot", "svg"])]),
        2 => case(&["levers", "--library"]),
        3 => case(&["check", c.pick(&["two-waves", "nope.toml", "informed", "."])]),
        4 => case(&["explain", c.pick(&["iapt", "camhs", "itap"]), c.pick(&["2021-01", "2020-13", "2030-01"]), "--draws", "0"]),
        5 => case(&["init"]),
        _ => case(&["run", c.pick(&["two-waves", "single-wave", "wave", "sudden-shock"])]).run_options(c),
    };
    for _ in 0..c.below(4) {
        let value = c.below(1000).to_string();
        let more: &[&str] = match c.below(9) {
            0 => &["--set", "wave.2.height=1.5"],
            1 => &["--set", "response.need_gain=0.3,0.9,1.1"],
            2 => &["--set", "months=24"],
            3 => &["--seed", &value],
            4 => &["--area", "Bury"],
            5 => &["--spread", "20"],
            6 => &["--json"],
            7 => &["--full"],
            _ => &["--set", wild(c)],
        };
        case.words.extend(more.iter().map(|word| (*word).to_owned()));
    }
    case
}
