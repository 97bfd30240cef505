//! The queueing network: against the published Bristol model, against Erlang, and end to end.

#![allow(clippy::unwrap_used)] // helpers of tests may stop a test

use std::collections::HashMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use afterwave::input::network as input;
use afterwave::model::erlang::{Equilibrium, erlang_a, erlang_c};
use afterwave::model::network::daily::Daily;
use afterwave::model::network::event::Events;
use afterwave::model::network::plan::Plan;
use afterwave::model::network::{
    Arrivals, Clock, Experiment, Metric, Network, Reneging, Results, Service, Span, Stay, Summary,
    Timeline, simulate,
};
use assert_cmd::Command;
use predicates::prelude::*;

const BRISTOL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/parity/bnssg");
const WARM_UP: u32 = 730;

/// The reference inputs and tables, where they are at hand.
fn bristol() -> Option<&'static Path> {
    let folder = Path::new(BRISTOL);
    if !folder.is_dir() {
        eprintln!("skipped: the reference tables are not at hand ({BRISTOL})");
        return None;
    }
    Some(folder)
}

fn bristol_network(folder: &Path, variant: &str) -> Network {
    let draft = input::read(folder, Some(variant)).unwrap();
    draft.finish(1531, Some(input::SWITCH_DAY)).unwrap()
}

/// Mean and standard error by span, service and metric.
type Reference = HashMap<(String, String, String), (f64, f64)>;

fn reference(folder: &Path, variant: &str) -> Reference {
    let mut reference = Reference::new();
    for kind in ["weekly", "periods"] {
        let file = fs::File::open(folder.join(format!("{kind}_{variant}.csv.gz"))).unwrap();
        let mut text = String::new();
        flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
        let mut table = csv::Reader::from_reader(text.as_bytes());
        let column = |headers: &csv::StringRecord, name| headers.iter().position(|h| h == name);
        let headers = table.headers().unwrap().clone();
        let [node, metric, mean, se] =
            ["node", "metric", "mean", "se"].map(|name| column(&headers, name).unwrap());
        for row in table.records() {
            let row = row.unwrap();
            let (Ok(mean), Ok(se)) = (row[mean].parse(), row[se].parse()) else { continue };
            let key = (row[0].to_owned(), row[node].to_owned(), row[metric].to_owned());
            reference.insert(key, (mean, se));
        }
    }
    reference
}

/// How far a simulation is from the reference.
#[derive(Debug)]
struct Verdict {
    weeks: usize,
    beyond_3: usize,
    beyond_5: usize,
    periods_beyond_3: usize,
    worst: (f64, String),
}

impl Verdict {
    /// At most 1% of weeks beyond 3 combined standard errors, none beyond 5, every period mean
    /// within 3.
    fn agrees(&self) -> bool {
        self.beyond_3 * 100 <= self.weeks && self.beyond_5 == 0 && self.periods_beyond_3 == 0
    }
}

fn run(network: &Network, spans: Vec<Span>, replications: u32, seed: u64, clock: Clock) -> Results {
    let experiment = Experiment { seed, replications, warm_up: WARM_UP, clock, spans };
    simulate(network, &experiment, &|| ())
}

fn compare(network: &Network, reference: &Reference, replications: u32, seed: u64) -> Verdict {
    let mut spans = Span::weeks(WARM_UP, network.days);
    let weeks = spans.len();
    for (name, first_day, last_day) in
        [("pre", 731, 1095), ("during", 1096, 1165), ("post", 1166, 1531)]
    {
        spans.push(Span { name: name.into(), first_day, last_day });
    }
    let results = run(network, spans, replications, seed, Clock::Daily);
    let mut verdict = Verdict {
        weeks: 0,
        beyond_3: 0,
        beyond_5: 0,
        periods_beyond_3: 0,
        worst: (0.0, String::new()),
    };
    for (index, span) in results.spans.iter().enumerate() {
        for (service, description) in network.services.iter().enumerate() {
            for (metric, name) in [
                (Metric::Queue, "queue"),
                (Metric::Occupancy, "occupancy"),
                (Metric::Reneged, "reneges"),
            ] {
                let key = (span.name.clone(), description.id.clone(), name.to_owned());
                let (mean, se) = reference[&key];
                let ours = results.summary(index, service, metric);
                let error = se.hypot(ours.se);
                let gap = (ours.mean - mean).abs();
                // The tables have six figures.
                let z = if gap <= 1e-5 * mean.abs() { 0.0 } else { gap / error };
                if index < weeks {
                    verdict.weeks += 1;
                    verdict.beyond_3 += usize::from(z > 3.0);
                    verdict.beyond_5 += usize::from(z > 5.0);
                } else {
                    verdict.periods_beyond_3 += usize::from(z > 3.0);
                }
                if z > verdict.worst.0 {
                    verdict.worst = (z, format!("{key:?}: {} for {mean}", ours.mean));
                }
            }
        }
    }
    verdict
}

#[test]
fn the_bristol_scenarios_agree_with_the_reference_week_by_week() {
    let Some(folder) = bristol() else { return };
    for variant in ["baseline", "what_if_one"] {
        let network = bristol_network(folder, variant);
        let verdict = compare(&network, &reference(folder, variant), 300, 1);
        eprintln!("{variant}: {verdict:?}");
        assert!(verdict.agrees(), "{variant}: {verdict:?}");
    }
}

/// The rates of a network: what can be moved by 2%.
fn moved(network: &Network, service: &str, rate: &str) -> Network {
    let mut moved = network.clone();
    let here = moved.services.iter_mut().find(|s| s.id == service).unwrap();
    match rate {
        "arrivals" => here.arrivals.change_from(1, |a| a.with_rate(a.rate() * 1.02)),
        "stay" => here.stay.change_from(1, |stay| stay.scaled(1.02)),
        "reneging" => {
            // The time scale of the risk: everyone is 2% more patient.
            let Some(Reneging::Logistic { midpoint, .. }) = &mut here.reneging else { panic!() };
            *midpoint *= 1.02;
        }
        _ => unreachable!(),
    }
    moved
}

#[test]
fn the_same_check_fails_when_one_rate_is_moved_by_2_percent() {
    let Some(folder) = bristol() else { return };
    let (network, reference) =
        (bristol_network(folder, "what_if_one"), reference(folder, "what_if_one"));
    for (service, rate) in [
        ("social_prescribing", "arrivals"),
        ("gp_initial", "arrivals"),
        ("iapt_therapy", "stay"),
        ("mhp_community", "reneging"),
    ] {
        let verdict = compare(&moved(&network, service, rate), &reference, 100, 1);
        assert!(!verdict.agrees(), "{service} {rate}: {verdict:?}");
    }
}

/// Every rate, with as many replications as the reference has. Takes some minutes.
#[test]
#[ignore = "the quick version above moves four rates; this one moves every one"]
fn the_same_check_fails_whichever_rate_is_moved() {
    let Some(folder) = bristol() else { return };
    let network = bristol_network(folder, "baseline");
    let mut unseen = Vec::new();
    for service in &network.services {
        for rate in ["arrivals", "stay", "reneging"] {
            let has = match rate {
                "arrivals" => service.arrivals.at(1).rate() > 0.0,
                "stay" => true,
                _ => service.reneging.is_some(),
            };
            let seen = !has
                || ["baseline", "what_if_one"].into_iter().any(|variant| {
                    let network = bristol_network(folder, variant);
                    let network = moved(&network, &service.id, rate);
                    let verdict = compare(&network, &reference(folder, variant), 500, 1);
                    eprintln!("{} {rate}, {variant}: {verdict:?}", service.id);
                    !verdict.agrees()
                });
            if !seen {
                unseen.push((service.id.clone(), rate));
            }
        }
    }
    assert!(unseen.is_empty(), "{unseen:?}");
}

#[test]
fn flows_and_waits_agree_with_the_reference() {
    let Some(folder) = bristol() else { return };
    let network = bristol_network(folder, "baseline");
    let span = Span { name: "post".into(), first_day: 1166, last_day: 1531 };
    let results = run(&network, vec![span], 100, 3, Clock::Daily);
    let reference = reference(folder, "baseline");
    for (service, description) in network.services.iter().enumerate() {
        for (metric, name) in [
            (Metric::Arrivals, "arrivals"),
            (Metric::Starts, "starts"),
            (Metric::Discharged, "ends"),
            (Metric::WaitMean, "wait_start_mean"),
            (Metric::WaitLeaveMean, "wait_leave_mean"),
        ] {
            let (mean, se) =
                reference[&("post".to_owned(), description.id.clone(), name.to_owned())];
            let ours = results.summary(0, service, metric);
            let z = (ours.mean - mean).abs() / se.hypot(ours.se).max(1e-9);
            assert!(z < 4.0, "{} {name}: {} for {mean}", description.id, ours.mean);
        }
    }
    // Transfers over all days after the warm-up.
    let mut text = String::new();
    let file = fs::File::open(folder.join("flows_baseline.csv.gz")).unwrap();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let mut expected: HashMap<(String, String), f64> = HashMap::new();
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row.unwrap();
        let way = (row[0].to_owned(), row[1].to_owned());
        *expected.entry(way).or_default() += row[3].parse::<f64>().unwrap();
    }
    for (index, &patients) in results.flows[0].iter().enumerate() {
        let (from, to) = (index / network.targets(), index % network.targets());
        let way = (network.target(from).to_owned(), network.target(to).to_owned());
        let wanted = expected.get(&way).copied().unwrap_or(0.0);
        let error = (wanted.max(1.0) * (1.0 / 100.0 + 1.0 / 500.0)).sqrt();
        assert!((patients - wanted).abs() < 4.0 * error, "{way:?}: {patients} for {wanted}");
    }
}

/// Five services in a row, each with 10 places and exponential stays of a mean of one day;
/// whoever gives up goes on to the next.
fn tandem(arrivals: f64, patience: f64, days: u32) -> Network {
    let services = (0..5)
        .map(|index| Service {
            id: format!("n{index}"),
            from_service: String::new(),
            line: String::new(),
            arrivals: Timeline::constant(Arrivals::Poisson(if index == 0 {
                arrivals
            } else {
                0.0
            })),
            capacity: Timeline::constant(10),
            stay: Timeline::constant(Stay::Exponential(1.0)),
            reneging: (patience > 0.0)
                .then(|| Reneging::Constant { daily_risk: 1.0 - f64::exp(-patience) }),
            routes: Timeline::constant(vec![(index + 1, 1.0)]),
            renege_routes: vec![(index + 1, 1.0)],
        })
        .collect();
    Network { services, exits: vec!["out".into()], days }
}

#[test]
fn tandem_networks_agree_with_erlang_within_the_error_of_the_simulation() {
    const REPLICATIONS: u32 = 24;
    for (name, arrivals, patience) in [("A", 9.0, 0.0), ("B", 9.0, 0.2), ("C", 12.0, 0.1)] {
        let exact: Equilibrium = if patience > 0.0 {
            erlang_a(arrivals, 1.0, 10, patience).unwrap()
        } else {
            erlang_c(arrivals, 1.0, 10).unwrap()
        };
        let network = tandem(arrivals, patience, 4000);
        let spans = vec![Span { name: "all".into(), first_day: 1001, last_day: 4000 }];
        let results = run(&network, spans, REPLICATIONS, 11, Clock::Event);
        // Each replication's mean over the five services.
        let mean_over_services = |metric: Metric| {
            let by_service: Vec<Vec<f64>> =
                (0..5).map(|service| results.values(0, service, metric)).collect();
            let mean = |r: usize| by_service.iter().map(|values| values[r]).sum::<f64>() / 5.0;
            (0..REPLICATIONS as usize).map(mean).collect::<Vec<f64>>()
        };
        let joined = mean_over_services(Metric::Joined);
        let reneged = mean_over_services(Metric::Reneged);
        let share = reneged.iter().zip(&joined).map(|(left, all)| left / all).collect();
        for (what, values, expected) in [
            ("queue", mean_over_services(Metric::Queue), exact.queue),
            ("busy", mean_over_services(Metric::Occupancy), exact.busy),
            ("wait of the served", mean_over_services(Metric::WaitMean), exact.wait_served),
            ("wait of all", mean_over_services(Metric::WaitLeaveMean), exact.wait_all),
            ("reneged", share, exact.reneged),
        ] {
            let ours = Summary::of(values);
            let gap = (ours.mean - expected).abs();
            eprintln!("{name} {what}: {:.5} ± {:.5} for {expected:.5}", ours.mean, ours.se);
            assert!(gap <= 3.0 * ours.se + 1e-12, "{name} {what}: {ours:?} for {expected}");
            // An error so large that anything would agree is no agreement.
            assert!(ours.se <= 0.03 * expected + 1e-9, "{name} {what}: {ours:?}");
        }
    }
}

#[test]
fn nobody_is_lost_or_made_on_any_day_of_any_replication() {
    let mut networks = vec![
        input::example().unwrap().finish(600, Some(300)).unwrap(),
        tandem(12.0, 0.1, 300),
        tandem(9.0, 0.0, 300),
    ];
    // A cut in capacity, stays of no day at all, and constant arrivals of part of a patient.
    let mut odd = tandem(12.0, 0.1, 300);
    odd.services[1].capacity = Timeline::new(vec![(1, 10), (100, 2), (200, 0)]).unwrap();
    odd.services[2].stay = Timeline::constant(Stay::Table(vec![(0, 0.7), (2, 0.3)]));
    odd.services[3].stay = Timeline::constant(Stay::gamma(1.5, 2.0));
    odd.services[3].arrivals = Timeline::constant(Arrivals::Constant(0.5));
    networks.push(odd);
    if let Some(folder) = bristol() {
        networks.push(bristol_network(folder, "what_if_one"));
    }
    for network in &networks {
        let plan = Plan::new(network, 7, 0);
        let (mut daily, mut events) = (Daily::new(&plan), Events::new(&plan));
        for replication in 0..4 {
            for record in [daily.run(replication), events.run(replication)] {
                assert_eq!(record.first_imbalance(), None);
                assert!(record.visits() > 0);
                for day in 1..=record.days() {
                    for (count, service) in record.day(day).iter().zip(&network.services) {
                        assert!(count.joined >= count.arrivals);
                        // Nobody starts above the capacity of the day; an excess only drains.
                        let capacity = *service.capacity.at(day);
                        let before = if day > 1 { record.day(day - 1) } else { &[] };
                        let index = network.services.iter().position(|s| s.id == service.id);
                        let held = before.get(index.unwrap()).map_or(0, |c| c.occupancy);
                        assert!(count.occupancy <= capacity.max(held));
                    }
                }
            }
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(40))]

    /// Any network, either clock: people are conserved, queues serve who came, nothing is
    /// counted twice.
    #[test]
    fn people_are_conserved_in_any_network(
        seed in 0u64..1000,
        rate in 0.0..30.0_f64,
        places in proptest::collection::vec(0u32..40, 3),
        mean in 0.05..20.0_f64,
        risk in 0.0..1.0_f64,
        share in 0.0..0.9_f64,
        cut in 2u32..80,
    ) {
        let mut network = tandem(rate, 0.0, 90);
        network.services.truncate(3);
        network.exits = vec!["left".into(), "gone".into()];
        for (index, service) in network.services.iter_mut().enumerate() {
            service.capacity = Timeline::new(vec![(1, places[index]), (cut, places[index] / 3)]).unwrap();
            service.stay = Timeline::constant(Stay::lognormal(mean, mean * (0.2 + share)));
            service.reneging = Some(Reneging::Constant { daily_risk: risk });
            // Round and round: a share goes back to the first service.
            service.routes = Timeline::new(vec![
                (1, vec![(0, share), (index + 1, 1.0 - share)]),
                (cut, vec![(3, 1.0)]),
            ])
            .unwrap();
            service.renege_routes = vec![(4, 1.0 - share), ((index + 1) % 3, share)];
        }
        let plan = Plan::new(&network, seed, 0);
        for record in [Daily::new(&plan).run(0), Events::new(&plan).run(0)] {
            proptest::prop_assert_eq!(record.first_imbalance(), None);
        }
    }
}

#[test]
fn constant_arrivals_of_part_of_a_patient_keep_their_mean() {
    let mut network = tandem(9.0, 0.0, 4000);
    network.services[0].arrivals = Timeline::constant(Arrivals::Constant(0.5));
    let spans = vec![Span { name: "all".into(), first_day: 1, last_day: 4000 }];
    for clock in [Clock::Daily, Clock::Event] {
        let results = run(&network, spans.clone(), 4, 5, clock);
        let arrivals = results.summary(0, 0, Metric::Arrivals).mean / 4000.0;
        assert!((arrivals - 0.5).abs() < 0.03, "{clock:?}: {arrivals}");
    }
}

#[test]
fn short_stays_free_their_places_on_the_daily_clock() {
    // In the published code a stay that rounds to 0 days blocks its place for ever.
    let network = tandem(7.0, 0.0, 2000);
    let spans = vec![Span { name: "all".into(), first_day: 1001, last_day: 2000 }];
    let results = run(&network, spans, 4, 5, Clock::Daily);
    for service in 0..5 {
        let starts = results.summary(0, service, Metric::Starts).mean / 1000.0;
        assert!((starts - 7.0).abs() < 0.2, "{service}: {starts}");
    }
}

#[test]
fn services_keep_their_luck_when_another_changes() {
    let network = input::example().unwrap().finish(500, None).unwrap();
    let mut changed = network.clone();
    changed.services[4].capacity.change_from(1, |c| c / 2);
    let spans = vec![Span { name: "all".into(), first_day: 1, last_day: 500 }];
    let (a, b) = (
        run(&network, spans.clone(), 3, 5, Clock::Daily),
        run(&changed, spans, 3, 5, Clock::Daily),
    );
    for metric in [Metric::Arrivals, Metric::Starts, Metric::Reneged] {
        assert_eq!(a.values(0, 0, metric), b.values(0, 0, metric));
    }
    assert_ne!(a.values(0, 4, Metric::Starts), b.values(0, 4, Metric::Starts));
}

// From here on, the program.

fn afterwave(args: &[&str]) -> Command {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("afterwave");
    command.arg("network").args(args).env_remove("RUST_BACKTRACE");
    command
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().into(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// Writes the example with one piece of text replaced.
fn example_with(folder: &Path, file: &str, old: &str, new: &str) {
    for (name, text) in input::FILES.iter().zip(input::EXAMPLE) {
        let text = if *name == file {
            assert!(text.contains(old), "{old} is not in {file}");
            text.replacen(old, new, 1)
        } else {
            text.to_owned()
        };
        fs::write(folder.join(name), text).unwrap();
    }
}

#[test]
fn the_bytes_are_the_same_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let outputs: Vec<_> = ["1", "2", "3"]
        .into_iter()
        .map(|threads| {
            let out = folder.path().join(threads);
            let set = "inpatient.capacity@900=x1.5";
            let args = ["--replications", "9", "--threads", threads, "--set", set, "--json"];
            let run = afterwave(&args).arg("--out").arg(&out).assert().success();
            (files(&out), run.get_output().stdout.clone())
        })
        .collect();
    assert_eq!(outputs[0], outputs[1]);
    assert_eq!(outputs[0], outputs[2]);
    let names: Vec<_> = outputs[0].0.iter().map(|(name, _)| name.to_str().unwrap()).collect();
    assert_eq!(
        names,
        ["comparison.csv", "network.json", "network.mmd", "periods.csv", "weekly.csv"]
    );
    let json: serde_json::Value = serde_json::from_slice(&outputs[0].1).unwrap();
    assert_eq!(json["services"].as_array().unwrap().len(), 5);
    assert_eq!(json["layout"], "built-in");
}

#[test]
fn tables_have_the_columns_of_the_contract_and_replications_repeat() {
    let folder = tempfile::tempdir().unwrap();
    for clock in ["daily", "event"] {
        let out = folder.path().join(clock);
        let args = ["--replications", "5", "--clock", clock, "--period", "lockdown=731-800"];
        afterwave(&args).arg("--out").arg(&out).assert().success().stdout(predicate::function(
            |text: &str| text.lines().all(|line| line.chars().count() <= 80),
        ));
        let weekly = fs::read_to_string(out.join("weekly.csv")).unwrap();
        let columns =
            "first_day,last_day,service,metric,replications,mean,sd,se,q05,q25,q50,q75,q95";
        assert!(
            weekly.starts_with(&format!("week,{columns}\n1,731,737,iapt_assessment,arrivals,5,"))
        );
        assert_eq!(weekly.lines().count(), 1 + 105 * 5 * 7);
        let periods = fs::read_to_string(out.join("periods.csv")).unwrap();
        assert!(periods.starts_with(&format!("period,{columns}\nall,731,1460,")));
        assert!(periods.contains("\nlockdown,731,800,inpatient,wait_mean,"));
        let picture = fs::read_to_string(out.join("network.mmd")).unwrap();
        assert!(picture.contains("flowchart LR") && picture.contains("-.->"));
    }
    assert_ne!(
        fs::read(folder.path().join("daily/weekly.csv")).unwrap(),
        fs::read(folder.path().join("event/weekly.csv")).unwrap()
    );
}

#[test]
fn a_what_if_shows_where_the_pressure_went() {
    let out = tempfile::tempdir().unwrap();
    let set = "iapt_assessment.capacity=x1.3";
    afterwave(&["--replications", "20", "--set", set])
        .arg("--out")
        .arg(out.path())
        .assert()
        .success();
    let comparison = fs::read_to_string(out.path().join("comparison.csv")).unwrap();
    let difference = |service: &str, metric: &str| -> (f64, f64) {
        let row = comparison
            .lines()
            .find(|line| line.starts_with(&format!("{service},{metric},")))
            .unwrap();
        let cells: Vec<&str> = row.split(',').collect();
        (cells[5].parse().unwrap(), cells[6].parse().unwrap())
    };
    let (relief, _) = difference("iapt_assessment", "queue");
    let (pressure, error) = difference("iapt_treatment", "queue");
    assert!(relief < -50.0, "{relief}");
    assert!(pressure > 3.0 * error, "{pressure} ± {error}");
    assert_eq!(difference("iapt_assessment", "arrivals"), (0.0, 0.0));
}

#[test]
fn referrals_of_a_projection_feed_the_services_they_are_meant_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = vec!["scenario,area,service,month,measure,mean".to_owned()];
    for (month, mean) in [("2020-03-01", 620.0), ("2020-04-01", 240.0), ("2020-05-01", 310.0)] {
        for (service, factor) in [("iapt", 1.0), ("crisis", 0.2)] {
            let referrals = mean * factor;
            rows.push(format!("two-waves,X,{service},{month},referrals,{referrals}"));
            rows.push(format!("two-waves,X,{service},{month},underlying,1"));
        }
    }
    let mut projection = rows.join("\n") + "\n";
    fs::write(folder.path().join("projection.csv"), &projection).unwrap();
    let out = folder.path().join("out");
    let from = folder.path().to_str().unwrap();
    let args = ["--from", from, "--warm-up", "200", "--replications", "50", "--json"];
    let run = afterwave(&args).arg("--out").arg(&out).assert().success();
    let json: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    assert_eq!(json["days"], 292);
    assert_eq!(json["from"]["services"], serde_json::json!(["iapt_assessment", "crisis_team"]));
    let periods = fs::read_to_string(out.join("periods.csv")).unwrap();
    let row = periods.lines().find(|l| l.contains("iapt_assessment,arrivals")).unwrap();
    let mean: f64 = row.split(',').nth(6).unwrap().parse().unwrap();
    assert!((mean - 1170.0).abs() < 4.0 * (1170.0_f64 / 50.0).sqrt(), "{mean}");

    projection += "single-wave,X,iapt,2020-03-01,referrals,1\n";
    fs::write(folder.path().join("projection.csv"), projection).unwrap();
    afterwave(&["--from", from]).assert().code(2).stderr(predicate::str::contains("--scenario"));
}

#[test]
fn several_published_sets_are_listed_and_one_is_chosen() {
    let Some(folder) = bristol() else { return };
    let out = tempfile::tempdir().unwrap();
    let missing = out.path().join("none");
    afterwave(&[BRISTOL]).arg("--out").arg(&missing).assert().code(2).stderr(
        predicate::str::contains("baseline, what_if_one")
            .and(predicate::str::contains("--variant baseline")),
    );
    assert!(!missing.exists());
    afterwave(&[BRISTOL, "--variant", "what_if_two"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("baseline, what_if_one"));
    let args = [folder.to_str().unwrap(), "--variant", "what_if_one", "--replications", "2"];
    afterwave(&args).arg("--out").arg(out.path()).assert().success();
    let weekly = fs::read_to_string(out.path().join("weekly.csv")).unwrap();
    assert!(weekly.contains("\n115,1529,1531,inpatient,queue,2,"));
}

#[test]
fn every_wrong_input_is_named_with_its_place_and_nothing_is_written() {
    for (file, old, new, expected) in [
        (
            "services.csv",
            "lognormal,70",
            "lognormall,70",
            vec!["services.csv:3 (stay)", "try: lognormal"],
        ),
        ("services.csv", ",44,", ",4.5,", vec!["services.csv:2 (places)", "whole number"]),
        ("services.csv", ",44,", ",-4,", vec!["services.csv:2 (places)", "from 0"]),
        (
            "services.csv",
            "1:0.3; 2:0.4",
            "1=0.3; 2:0.4",
            vec!["services.csv:2 (stay_table)", "`1=0.3`"],
        ),
        (
            "services.csv",
            "logistic",
            "logistik",
            vec!["services.csv:2 (reneging)", "try: logistic"],
        ),
        ("services.csv", "0.004", "1.4", vec!["services.csv:4 (daily_risk)", "0 to 1"]),
        ("services.csv", "70,35", "70,", vec!["services.csv:3 (stay_sd)", "blank"]),
        (
            "services.csv",
            "stay_mean",
            "stay_maen",
            vec!["unknown column `stay_maen`", "try: stay_mean"],
        ),
        (
            "routes.csv",
            "0.45,0.45",
            "0.4,0.45",
            vec!["routes.csv:5 (after_service)", "sum to 1", "0.95"],
        ),
        ("routes.csv", "recovered", "recoverd", vec!["routes.csv:6 (to)", "try: recovered"]),
        (
            "routes.csv",
            "iapt_treatment,recovered",
            "iapt_treatmnt,recovered",
            vec!["routes.csv:6 (from)", "try: iapt_treatment"],
        ),
        ("routes.csv", "0.5,,", "half,,", vec!["routes.csv:6 (after_service)", "half"]),
        ("routes.csv", "dropped_out,,,0.8", "dropped_out,,,0.7", vec!["after reneging", "0.9"]),
        (
            "arrivals.csv",
            "731,800",
            "732,800",
            vec!["arrivals.csv:3 (first_day)", "not given for days 731 to 731"],
        ),
        (
            "arrivals.csv",
            "731,800",
            "730,800",
            vec!["arrivals.csv:3 (first_day)", "given twice for day 730"],
        ),
        (
            "arrivals.csv",
            "poisson,18",
            "poison,18",
            vec!["arrivals.csv:2 (distribution)", "try: poisson"],
        ),
        ("arrivals.csv", "poisson,18", "poisson,many", vec!["arrivals.csv:2 (rate)", "many"]),
        ("arrivals.csv", "1096,,", "1096,1200,", vec!["end on day 1200", "--days"]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        example_with(folder.path(), file, old, new);
        let out = folder.path().join("out");
        let args = ["--days", "1460", "--switch-day", "801"];
        let run = afterwave(&args).arg(folder.path()).arg("--out").arg(&out).assert().code(2);
        let text = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        for part in expected {
            assert!(text.contains(part), "{part:?} is missing for {new:?} in\n{text}");
        }
        assert!(!text.contains("panicked") && !out.exists());
        assert!(run.get_output().stdout.is_empty());
    }
}

#[test]
fn all_problems_are_listed_at_once() {
    let folder = tempfile::tempdir().unwrap();
    example_with(folder.path(), "services.csv", ",44,table", ",x,tabel");
    let routes = input::EXAMPLE[1].replace("recovered", "cured");
    fs::write(folder.path().join("routes.csv"), routes).unwrap();
    afterwave(&[]).arg(folder.path()).assert().code(2).stderr(
        predicate::str::contains("(places)")
            .and(predicate::str::contains("(stay)"))
            .and(predicate::str::contains("cured")),
    );
}

#[test]
fn wrong_options_are_refused() {
    for (args, expected) in [
        (vec!["--set", "inpatient.capcity=3"], "try: capacity"),
        (vec!["--set", "inpatent.capacity=3"], "try: inpatient"),
        (vec!["--set", "inpatient.capacity"], "SERVICE.capacity=30"),
        (vec!["--set", "inpatient.capacity=-3"], "is not a value"),
        (vec!["--set", "inpatient.capacity@5000=3"], "is not a day"),
        (vec!["--set", "inpatient.to.discharge=0.5"], "try: discharged"),
        (vec!["--set", "inpatient.reneging=0.1"], "there is no route"),
        (vec!["--period", "x=9-3"], "NAME=FIRST-LAST"),
        (vec!["--days", "100", "--warm-up", "100"], "no days are left"),
        (vec!["--variant", "b"], "no variants"),
        (vec!["--target-wait", "0"], "--target-wait"),
        (vec!["/nowhere/at/all"], "no such folder"),
        (vec!["--replications", "0"], "--replications"),
        (vec!["--from", "/nowhere"], "projection.csv"),
        (vec!["--seed", "x"], "--seed"),
    ] {
        let out = tempfile::tempdir().unwrap();
        let written = out.path().join("out");
        let run = afterwave(&args).arg("--out").arg(&written).assert().code(2);
        let text = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        assert!(text.contains(expected), "{args:?}: {expected:?} is missing in\n{text}");
        assert!(!written.exists());
    }
}

/// A small network in the published layout.
const PUBLISHED: [(&str, &str); 3] = [
    (
        "network_x.csv",
        ",a,b,out,capacity,wt_fn,wt_params,wt_a,wt_b,wt_out\n\
         a,,0.5,0.5,5,p[4]+((p[1]-p[4])/(1+(x/p[3])^p[2])),0;5;30;1,,,1\n\
         b,,,1,5,,,,,\n\
         out,,,,,,,,,\n",
    ),
    (
        "arrivals_x.csv",
        "period,node,arr.dist,arr.par,arr.par,srv.dist,srv.par,capacity\n\
         1;50,a,pois,2,2,lnorm,0.5; 0.3,5\n\
         51;100,a,pois,2,2,lnorm,0.5; 0.3,6\n\
         1;100,b,const,0,0,epmf,1;0.2;2;0.8;,5\n",
    ),
    ("postcov_flow_x.csv", ",a,b,out\na,,0.6,0.4\nb,,,1\nout,,,\n"),
];

#[test]
fn the_published_layout_is_read_and_its_faults_are_named() {
    for (file, old, new, expected) in [
        ("network_x.csv", "p[4]+((", "p[3]+((", "not understood"),
        ("network_x.csv", "0;5;30;1", "0;5;30", "parameters of the logistic"),
        ("network_x.csv", "0.5,0.5", "0.5,0.4", "do not sum to 1"),
        ("arrivals_x.csv", "2,2,lnorm", "2,3,lnorm", "twice with different values"),
        ("arrivals_x.csv", "51;100", "52;100", "not given for days 51 to 51"),
        ("arrivals_x.csv", "51;100,a", "51-100,a", "not a period"),
        ("arrivals_x.csv", "lnorm", "lnrom", "try: lnorm"),
        ("arrivals_x.csv", "epmf,1;0.2;2;0.8;", "epmf,1;0.2;2", "parameters of `epmf`"),
        ("arrivals_x.csv", "const,0,0", "negbin,0,0", "pois, const"),
        ("arrivals_x.csv", "100,b", "100,bb", "not a service of the network"),
        ("postcov_flow_x.csv", "0.6,0.4", "0.6,0.3", "after the switch"),
        ("postcov_flow_x.csv", "\nb,,,1", "", "the row of `b` is missing"),
        ("", "", "", ""),
    ] {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in PUBLISHED {
            let text = if name == file { text.replacen(old, new, 1) } else { text.to_owned() };
            fs::write(folder.path().join(name), text).unwrap();
        }
        let out = folder.path().join("out");
        let mut command = afterwave(&["--replications", "2"]);
        let assert = command.arg(folder.path()).arg("--out").arg(&out).assert();
        if file.is_empty() {
            assert.success();
            continue;
        }
        let assert = assert.code(2);
        let text = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(text.contains(expected), "{new:?}: {expected:?} is missing in\n{text}");
        assert!(text.contains("_x.csv") && !out.exists(), "{text}");
    }
}
