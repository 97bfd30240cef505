//! The Strategy Unit's national model to twelve digits: workbooks through our reader and our kernel
//! against every value worked out elsewhere. A small workbook of our own is worked out by the Python
//! beside it in `tests/data/workbook`; the published ones have their authors' own reference runs.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::PathBuf;

use crate::shared::{kernel, published};
use afterwave::input::workbook::Workbook;
use afterwave::lane::Lane;
use afterwave::model::pathway::{Detail, Outcome, Refused, System, Table};

/// Values below this many people are rounding in the reference.
const NOBODY: f64 = 1e-9;

/// A workbook and what comes of it, worked out elsewhere.
struct Reference {
    folder: PathBuf,
    area: &'static str,
}

impl Reference {
    /// The published one of an area.
    fn published(area: &'static str) -> Self {
        Self { folder: published::path("parity/strategy-unit"), area }
    }

    /// The small one of our own, by `tests/data/workbook/make.py`.
    fn small() -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/workbook").into();
        Self { folder, area: "Small" }
    }

    fn workbook_path(&self) -> PathBuf {
        self.folder.join(format!("params_{}.xlsx", self.area))
    }

    fn workbook(&self) -> Workbook {
        let name = format!("params_{}.xlsx", self.area);
        Workbook::read(&name, &std::fs::read(self.workbook_path()).unwrap()).unwrap()
    }

    /// The rows of a table of results, packed or not.
    fn rows(&self, table: &str) -> Vec<csv::StringRecord> {
        let path = self.folder.join(format!("{}_{table}.csv", self.area));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|_| {
            let packed = std::fs::File::open(path.with_extension("csv.gz")).unwrap();
            let mut text = String::new();
            flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
            text
        });
        csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect()
    }
}

fn assert_close(what: &str, ours: f64, theirs: f64) {
    let is_nobody = ours.abs() < NOBODY && theirs.abs() < NOBODY;
    let is_close = (ours - theirs).abs() <= 1e-12 * theirs.abs();
    assert!(is_close || is_nobody, "{what}: {ours} instead of {theirs}");
}

/// A central run of a workbook with everything it gives.
struct Run {
    workbook: Workbook,
    inflow: Table<1>,
    outcome: Outcome<1>,
    detail: Detail<1>,
    /// People without needs so far, by month.
    no_need: Vec<f64>,
}

impl Run {
    fn of(reference: &Reference) -> Self {
        let workbook = reference.workbook();
        let (layout, months) = (&kernel::layout(&workbook), workbook.months());
        let (parameters, entering) = kernel::central(&workbook);
        let inflow = kernel::inflow(&workbook, &entering);
        let mut system = System::new(layout, Refused::RePresent, months);
        let (mut outcome, mut detail) = (Outcome::new(layout, months), Detail::new(layout, months));
        system.set(&parameters);
        system.run(&inflow, &mut outcome);
        detail.fill(&system, &outcome);
        let mut so_far = 0.0;
        let no_need = (0..months)
            .map(|month| {
                let no_need = |group: usize| {
                    let rates: f64 =
                        layout.needs_of_group(group).map(|need| parameters.rate[need][0]).sum();
                    outcome.at_risk[(group, month)][0] * (1.0 - rates).max(0.0)
                };
                let recovered = |service: usize| {
                    let left = parameters.leave[service][0] * parameters.recovered[service][0];
                    outcome.caseload[(service, month)][0] * left
                };
                let before = so_far;
                so_far += (0..layout.groups()).map(no_need).sum::<f64>();
                so_far += (0..layout.services()).map(recovered).sum::<f64>();
                before
            })
            .collect();
        Self { workbook, inflow, outcome, detail, no_need }
    }

    /// Sum of a table over all rows and months.
    fn total(table: &Table<1>) -> f64 {
        (0..table.rows()).flat_map(|row| table.row(row)).map(|value| value[0]).sum()
    }

    fn service(&self, name: &str) -> usize {
        self.workbook.services.iter().position(|s| s.name == name).unwrap()
    }
}

/// Every value of every month: stocks and flows by group and by pathway.
fn every_value(reference: &Reference, count: usize) {
    let rows = reference.rows("monthly_step1");
    let run = Run::of(reference);
    let book = &run.workbook;
    let groups: HashMap<&str, usize> =
        book.groups.iter().enumerate().map(|(i, g)| (g.name.as_str(), i)).collect();
    let name = |r: &afterwave::input::workbook::Route| {
        (
            book.groups[r.group].name.as_str(),
            book.conditions[r.condition].as_str(),
            book.services[r.service].name.as_str(),
        )
    };
    let pathways: HashMap<(&str, &str, &str), usize> =
        book.routes.iter().enumerate().map(|(k, r)| (name(r), k)).collect();
    assert_eq!(rows.len(), count);
    for row in &rows {
        let (t, kind): (usize, &str) = (row[0].parse().unwrap(), &row[1]);
        let pathway = || pathways[&(&row[2], &row[3], &row[4])];
        let ours = match kind {
            "no-mh-needs" => run.no_need[t],
            "at-risk" => run.outcome.at_risk[(groups[&row[2]], t)][0],
            "new-at-risk" => run.inflow[(groups[&row[2]], t)][0],
            "treatment" => run.detail.caseload(pathway(), t)[0],
            "new-referral" => run.detail.referrals(pathway(), t)[0],
            "new-treatment" => run.detail.starts(pathway(), t)[0],
            other => panic!("{other}"),
        };
        assert_close(&format!("{row:?}"), ours, row[5].parse().unwrap());
    }
}

#[test]
fn every_value_of_a_small_workbook() {
    every_value(&Reference::small(), 12 * (1 + 2 * 3 + 3 * 9));
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn every_value_of_england() {
    every_value(&Reference::published("England"), 63_828);
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn every_value_of_mersey_care() {
    every_value(&Reference::published("Mersey-Care"), 17_352);
}

/// Referrals, starts, caseload and contacts by service and month.
fn every_service(reference: &Reference) {
    let rows = reference.rows("by_service_step1");
    let run = Run::of(reference);
    for row in &rows {
        let t: usize = row[0].parse().unwrap();
        assert_eq!(&row[1], run.workbook.start.plus(t as i32).first_day());
        let s = run.service(&row[2]);
        let theirs = |i: usize| row[i].parse::<f64>().unwrap();
        let caseload = run.outcome.caseload[(s, t)][0];
        assert_close(&row[2], run.outcome.referrals[(s, t)][0], theirs(3));
        assert_close(&row[2], run.outcome.starts[(s, t)][0], theirs(4));
        assert_close(&row[2], caseload, theirs(5));
        assert_close(&row[2], caseload * run.workbook.services[s].contacts.central, theirs(6));
    }
    assert_eq!(rows.len(), run.workbook.services.len() * run.workbook.months());
}

#[test]
fn every_service_of_a_small_workbook() {
    every_service(&Reference::small());
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn every_service_of_england() {
    every_service(&Reference::published("England"));
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn every_service_of_mersey_care() {
    every_service(&Reference::published("Mersey-Care"));
}

/// The surge tables: sums over the months by group, condition and service.
fn surge_tables(reference: &Reference) {
    let run = Run::of(reference);
    let (book, months) = (&run.workbook, run.workbook.months());
    for (by, first) in [("group", 2), ("condition", 1), ("treatment", 1)] {
        let rows = reference.rows(&format!("surge_by_{by}"));
        for row in &rows {
            let chosen: Vec<usize> = (0..book.routes.len())
                .filter(|&k| {
                    let r = &book.routes[k];
                    row[0]
                        == match by {
                            "group" => book.groups[r.group].name.clone(),
                            "condition" => book.conditions[r.condition].clone(),
                            _ => book.services[r.service].name.clone(),
                        }
                })
                .collect();
            let sum = |value: fn(&Detail<1>, usize, usize) -> &Lane<1>| -> f64 {
                chosen
                    .iter()
                    .flat_map(|&k| (0..months).map(move |t| (k, t)))
                    .map(|(k, t)| value(&run.detail, k, t)[0])
                    .sum()
            };
            let unrounded = |i: usize| row[i].parse::<f64>().unwrap();
            // The unrounded columns stand behind the rounded ones.
            let column = row.len() - 2;
            assert_close(&row[0], sum(Detail::referrals), unrounded(column));
            assert_close(&row[0], sum(Detail::starts), unrounded(column + 1));
            if first == 2 {
                let g = book.groups.iter().position(|g| g.name == row[0]).unwrap();
                let entered = run.inflow.row(g).iter().map(|v| v[0]).sum();
                assert_close(&row[0], entered, unrounded(column - 1));
            }
        }
    }
}

#[test]
fn surge_tables_of_a_small_workbook() {
    surge_tables(&Reference::small());
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn surge_tables_of_england() {
    surge_tables(&Reference::published("England"));
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn surge_tables_of_mersey_care() {
    surge_tables(&Reference::published("Mersey-Care"));
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn totals_of_both_areas() {
    let expected = [
        (
            "England",
            [2_558_306.288_098_485_7, 2_016_903.409_819_313, 4_507_771.341_037_199],
            10_380_422.968_858_158,
            580,
        ),
        (
            "Mersey-Care",
            [34_895.469_929_818_384, 25_509.586_036_462_41, 104_206.815_127_654_15],
            171_167.867_887_493_46,
            230,
        ),
    ];
    for (area, [referrals, starts, caseload], contacts, pathways) in expected {
        let run = Run::of(&Reference::published(area));
        assert_eq!(run.workbook.routes.len(), pathways);
        assert_close("referrals", Run::total(&run.outcome.referrals), referrals);
        assert_close("starts", Run::total(&run.outcome.starts), starts);
        assert_close("caseload", Run::total(&run.outcome.caseload), caseload);
        let ours: f64 = (0..run.workbook.services.len())
            .map(|s| {
                let months: f64 = run.outcome.caseload.row(s).iter().map(|v| v[0]).sum();
                months * run.workbook.services[s].contacts.central
            })
            .sum();
        assert_close("contacts", ours, contacts);
    }
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn iapt_against_its_underlying_demand() {
    let run = Run::of(&Reference::published("England"));
    let iapt = run.service("IAPT");
    let sum = |months: &[Lane<1>]| months.iter().map(|v| v[0]).sum::<f64>();
    let referrals = run.outcome.referrals.row(iapt);
    let demand = run.workbook.services[iapt].demand.as_ref().unwrap();
    let first_year: f64 = demand.underlying[..12].iter().sum();
    assert_close("first year", first_year, 1_689_337.0);
    assert_close("underlying", demand.underlying.iter().sum(), 5_068_011.0);
    assert_close("returning", demand.returning.iter().sum(), 207_970.0);
    assert_close("cumulative", 100.0 * sum(referrals) / first_year, 50.788_673_013_850_605);
    for (year, percent) in
        [20.766_569_917_766_816, 18.951_506_739_702_53, 11.070_596_356_381_264].iter().enumerate()
    {
        let ours = 100.0 * sum(&referrals[year * 12..][..12]) / first_year;
        assert_close("a year", ours, *percent);
    }
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn what_a_workbook_leaves_unsaid_is_said() {
    let run = Run::of(&Reference::published("England"));
    let text = run.workbook.warnings.render(false);
    let left_out: usize = run
        .workbook
        .warnings
        .iter()
        .filter_map(|p| p.message.split_once("has no share in g2c: "))
        .map(|(_, rest)| rest.split(' ').next().unwrap().parse::<usize>().unwrap())
        .sum();
    assert_eq!(left_out, 41, "{text}");
    assert_eq!(run.workbook.start.to_string(), "2020-05");
    assert_eq!(run.workbook.months(), 36);
}

/// The tables of `init --from` read back as a pack hold the workbook's own numbers.
#[test]
fn the_pack_made_of_a_small_workbook_says_the_same() {
    pack_says_the_same(&Reference::small());
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn the_packs_made_of_published_workbooks_say_the_same() {
    for area in ["England", "Mersey-Care"] {
        pack_says_the_same(&Reference::published(area));
    }
}

fn pack_says_the_same(reference: &Reference) {
    use afterwave::diagnostics::Problems;
    use afterwave::input::pack::{PackFiles, read_pack_files};
    use afterwave::study::figures::Figures;

    let book = reference.workbook();
    let (mut figures, mut problems) = (Figures::default(), Problems::default());
    let files = PackFiles { id: book.name(), folder: None, files: book.pack_files() };
    let pack = read_pack_files(files, &[], &mut figures, &mut problems);
    let pack = pack.unwrap_or_else(|| panic!("{}", problems.render(false))).pack;
    let number = |id| {
        let number = figures.get(id).number;
        (number.low, number.central, number.high)
    };
    let range = |n: afterwave::draw::Uncertain| (n.low, n.central, n.high);
    let own = pack.own_scenario.as_ref().unwrap();
    assert_eq!((own.start, own.months), (book.start, book.months()));
    assert_eq!(pack.groups.len(), book.groups.len());
    for (a, b) in pack.groups.iter().zip(&book.groups) {
        let curve = a.curve.unwrap();
        assert_eq!((&a.id, curve.curve), (&b.name, b.curve));
        assert_eq!(number(a.size), range(b.size));
        assert_eq!(number(curve.susceptible), range(b.susceptible));
    }
    assert_eq!(pack.needs.len(), book.needs.len());
    for (a, b) in pack.needs.iter().zip(&book.needs) {
        assert_eq!((a.group, a.condition), (b.group, b.condition));
        assert_eq!((number(a.rate), number(a.help_seeking).1), (range(b.rate), 1.0));
    }
    assert_eq!(pack.routes.len(), book.routes.len());
    for (a, b) in pack.routes.iter().zip(&book.routes) {
        assert_eq!((a.group, a.condition, a.service), (b.group, b.condition, b.service));
        assert_eq!(number(a.weight), range(b.weight));
    }
    for (a, b) in pack.services.iter().zip(&book.services) {
        assert_eq!(a.id, b.name);
        let f = &a.figures;
        for (ours, theirs) in [
            (f.accepted, b.accepted),
            (f.recovered, b.recovered),
            (f.months, b.months),
            (f.decay, b.decay),
            (f.contacts, b.contacts),
        ] {
            assert_eq!(number(ours), range(theirs));
        }
    }
    for (a, b) in pack.curves.iter().zip(&book.curves) {
        assert_eq!((&a.name, &a.months), (&b.name, &b.shares));
    }
    for demand in &pack.demand {
        let b = book.services[demand.service].demand.as_ref().unwrap();
        // Nothing but zeros is a series that is missing, not a service without referrals.
        let known = b.underlying.iter().any(|value| *value > 0.0);
        assert_eq!(demand.underlying.as_ref(), Some(&b.underlying).filter(|_| known));
        assert_eq!(demand.returning, b.returning);
    }
    assert_eq!(pack.demand.len(), book.services.iter().filter(|s| s.demand.is_some()).count());
}

#[test]
fn a_run_of_the_binary_on_a_small_workbook_gives_every_value() {
    assert_eq!(binary_by_pathway(&Reference::small()), 12 * (2 * 3 + 3 * 9));
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn a_run_of_the_binary_gives_the_reference_by_pathway() {
    for area in ["England", "Mersey-Care"] {
        assert!(binary_by_pathway(&Reference::published(area)) > 17_000);
    }
}

/// Compares `pathways.csv` with the reference and gives the number of values compared.
fn binary_by_pathway(reference: &Reference) -> usize {
    let theirs = reference.rows("monthly_step1");
    let folder = tempfile::TempDir::new().unwrap();
    assert_cmd::cargo::cargo_bin_cmd!("afterwave")
        .args(["run", "--draws", "0", "--detail", "--charts", "none", "--pack"])
        .arg(reference.workbook_path())
        .arg("--out")
        .arg(folder.path())
        .assert()
        .success();
    let mut months: Vec<String> = Vec::new();
    let mut ours = HashMap::new();
    let mut table = csv::Reader::from_path(folder.path().join("pathways.csv")).unwrap();
    for row in table.records().map(Result::unwrap) {
        let month = months.iter().position(|month| *month == row[2]).unwrap_or_else(|| {
            months.push(row[2].to_owned());
            months.len() - 1
        });
        let names = [&row[3], &row[4], &row[5]].map(str::to_owned);
        ours.insert((month, row[6].to_owned(), names), row[7].parse::<f64>().unwrap());
    }
    let mut compared = 0;
    for row in theirs {
        let measure = match &row[1] {
            "new-at-risk" => "at_risk_inflow",
            "at-risk" => "at_risk",
            "new-referral" => "referrals",
            "new-treatment" => "starts",
            "treatment" => "caseload",
            _ => continue,
        };
        let names = [2, 3, 4].map(|i| row[i].replace("NA", ""));
        let key = (row[0].parse().unwrap(), measure.to_owned(), names);
        let own = ours.get(&key).unwrap_or_else(|| panic!("{key:?} is missing"));
        // Files hold six figures.
        let theirs: f64 = row[5].parse().unwrap();
        assert!(
            (own - theirs).abs() <= 1e-5 * theirs.abs().max(1e-9),
            "{measure}: {own} for {theirs}"
        );
        compared += 1;
    }
    compared
}
