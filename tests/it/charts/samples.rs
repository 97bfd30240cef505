//! Made-up figures of a realistic shape.

use afterwave::month::Month;
use afterwave::output::charts::{
    Band, Bar, Chart, Course, Coverage, Equity, Exchange, Fan, FanChart, Group, Headline, Heatmap,
    Lag, Link, Multiple, Multiples, NetworkChart, Offer, Panel, Parts, Range, Ranges, Restriction,
    Scenario, Scenarios, Score, Series, Service, Stratum, Stream, Strip, Tornado, Waiting, Words,
};

const SOURCE: &str = "Source: afterwave, made-up figures, 1,000 runs, seed 2020. If this scenario, then this need: \
                      a projection under stated assumptions, not a forecast.";

fn month(year: i32, month: u32) -> Month {
    Month::new(year, month).unwrap()
}

fn words(title: &str, subtitle: &str) -> Words {
    Words::new(title, subtitle, SOURCE)
}

fn bell(months: usize, peak: f64, rise: f64, fall: f64, height: f64) -> Vec<f64> {
    (0..months)
        .map(|i| {
            let distance = i as f64 + 0.5 - peak;
            let width = if distance < 0.0 { rise } else { fall };
            height * 2f64.powf(-(distance / width).powi(2))
        })
        .collect()
}

fn sum(parts: &[Vec<f64>]) -> Vec<f64> {
    (0..parts[0].len()).map(|i| parts.iter().map(|part| part[i]).sum()).collect()
}

fn times(values: &[f64], factor: f64) -> Vec<f64> {
    values.iter().map(|v| v * factor).collect()
}

fn band(median: &[f64], spread: f64) -> Band {
    let edge = |sign: f64| -> Vec<f64> {
        median
            .iter()
            .enumerate()
            .map(|(i, v)| v * (sign * spread * (0.5 + i as f64 / 30.0).sqrt()).exp())
            .collect()
    };
    Band::new(edge(-1.0), edge(1.0))
}

fn fan_of(start: Month, median: Vec<f64>, spread: f64) -> Fan {
    Fan {
        start,
        band50: band(&median, spread * 0.6745),
        band80: band(&median, spread * 1.2816),
        outer: band(&median, spread * 1.96),
        median,
    }
}

fn seasonal(months: usize, level: f64, growth: f64) -> Vec<f64> {
    const PROFILE: [f64; 12] =
        [1.05, 0.98, 1.06, 0.93, 0.99, 0.98, 1.04, 0.88, 1.0, 1.08, 1.09, 0.87];
    (0..months).map(|i| level * (1.0 + growth * i as f64 / 12.0) * PROFILE[i % 12]).collect()
}

fn panel(name: &str, months: usize, waves: &[(f64, f64)]) -> Panel {
    let start = month(2020, 3);

    let soon: Vec<_> =
        waves.iter().map(|(at, h)| bell(months, at + 0.9, 0.9, 1.8, 420.0 * h)).collect();
    let later: Vec<_> = waves
        .iter()
        .map(|(at, h)| {
            (0..months)
                .map(|i| {
                    let since = (i as f64 - at - 1.5).max(0.0);
                    190.0 * h * (1.0 - (-since / 2.5).exp()) * 2f64.powf(-since / 11.0)
                })
                .collect()
        })
        .collect();
    let (immediate, longitudinal) = (sum(&soon), sum(&later));
    let total = sum(&[immediate.clone(), longitudinal.clone()]);
    let base = start.start_position();
    let track = (0..months * 8)
        .map(|eighth| {
            let at = eighth as f64 / 8.0;
            let height = |(peak, height): &(f64, f64)| {
                let width = if at < *peak { 0.6 } else { 1.2 };
                2800.0 * height * 2f64.powf(-((at - peak) / width).powi(2))
            };
            (base + at, waves.iter().map(height).sum())
        })
        .collect();
    let restriction = |from: f64, to: f64, first: bool, label: &str| Restriction {
        from: base + from,
        to: base + to,
        first,
        label: label.to_owned(),
    };
    let mut restrictions = vec![restriction(0.7, 4.1, true, "first lockdown")];
    if waves.len() > 1 {
        restrictions.push(restriction(8.1, 9.1, false, "later restrictions"));
        restrictions.push(restriction(10.1, 13.4, false, ""));
    }
    let lags = waves
        .iter()
        .filter_map(|(at, _)| Lag::find(base + at, base + at + 6.0, start, &total))
        .collect();
    Panel {
        name: name.to_owned(),
        start,
        track,
        range: Band::new(times(&total, 0.62), times(&total, 1.45)),
        immediate,
        longitudinal,
        restrictions,
        lags,
        observed: vec![],
    }
}

fn headline_of(panels: Vec<Panel>) -> Chart {
    Headline {
        words: words(
            "Need peaks about six weeks after the virus and outlasts it; a second wave brings it back",
            "England, people with a new mental health need because of the pandemic, by month",
        ),
        track_name: "The virus".into(),
        track_label: "hospital admissions a day, peak of the first wave = 100".into(),
        need_label: "people in need because of the pandemic, thousands".into(),
        range_label: "80% of draws".into(),
        hundred: 2800.0,
        panels,
    }
    .into()
}

pub fn headline() -> Chart {
    headline_of(vec![
        panel("One wave", 36, &[(1.0, 1.0)]),
        panel("Two waves", 36, &[(1.0, 1.0), (10.4, 1.25)]),
    ])
}

fn headline_of_three() -> Chart {
    let mut panels = vec![
        panel("One wave", 36, &[(1.0, 1.0)]),
        panel("Two waves", 36, &[(1.0, 1.0), (10.4, 1.25)]),
        panel("Multiple waves", 36, &[(1.0, 1.0), (10.4, 1.25), (17.0, 0.3), (22.3, 0.6)]),
    ];
    let start = panels[1].start;
    panels[1].observed =
        (0..14).map(|i| (start.plus(i), 200.0 + 100.0 * f64::from(i % 4))).collect();
    headline_of(panels)
}

fn headline_of_one() -> Chart {
    headline_of(vec![panel("Two waves", 60, &[(1.0, 1.0), (10.4, 1.25)])])
}

fn shock(underlying: &[f64], start: usize) -> Vec<f64> {
    underlying
        .iter()
        .enumerate()
        .map(|(i, v)| {
            let t = i as f64 - start as f64;
            let held = 0.55 * (-((t - 1.0) / 2.0).powi(2)).exp()
                + 0.12 * (-((t - 10.5) / 2.0).powi(2)).exp();
            let surge =
                0.16 * (1.0 - (-(t.max(0.0)) / 6.0).exp()) * 2f64.powf(-(t.max(0.0)) / 20.0);
            v * (1.0 - held + surge)
        })
        .collect()
}

pub fn fan() -> Chart {
    let all = seasonal(24 + 48, 128_000.0, 0.04);
    let projected = shock(&all[24..], 0);
    let truth: Vec<f64> = projected[..18]
        .iter()
        .enumerate()
        .map(|(i, v)| v * (1.0 + 0.05 * ((i * 7 % 5) as f64 - 2.0) / 2.0))
        .collect();
    FanChart {
        words: words(
            "IAPT referrals halve in spring 2020, then stay above what would have come",
            "Referrals a month to IAPT, England, two waves",
        ),
        history: Some(Series::new(month(2018, 3), &all[..24])),
        underlying: Some(Series::new(month(2020, 3), &all[24..])),
        projection: fan_of(month(2020, 3), projected, 0.1),
        observed: Some(Series::new(month(2020, 3), truth)),
        known_until: None,
    }
    .into()
}

fn parts_of(levers: bool) -> Chart {
    let months = 48;
    let underlying = seasonal(months, 128_000.0, 0.03);
    let share = |at: f64, width: f64, height: f64| -> Vec<f64> {
        times(&bell(months, at, width, width * 1.6, height), 128_000.0)
    };
    Parts {
        words: words(
            "A third of spring referrals were held back; new need outlasts what returns",
            "Referrals a month to IAPT, England, two waves, means over runs",
        ),
        start: month(2020, 3),
        suppressed: sum(&[share(1.2, 1.3, 0.5), share(10.5, 1.4, 0.1)]),
        returning: share(7.0, 2.5, 0.06),
        surge_immediate: sum(&[share(2.3, 1.2, 0.05), share(11.5, 1.3, 0.06)]),
        surge_longitudinal: (0..months)
            .map(|i| {
                128_000.0 * 0.13 * (1.0 - (-(i as f64) / 6.0).exp()) * 2f64.powf(-(i as f64) / 25.0)
            })
            .collect(),
        levers: (0..months).map(|i| if levers && i > 14 { -7_000.0 } else { 0.0 }).collect(),
        underlying,
    }
    .into()
}

fn scenarios_of(names: &[&str]) -> Chart {
    let months = 36;
    let underlying = seasonal(months, 8_100.0, 0.02);
    let scenarios = names
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let median = sum(&[
                shock(&underlying, 0),
                bell(months, 12.0 + 4.0 * i as f64, 3.0, 6.0, 700.0 * i as f64),
            ]);
            Scenario {
                name: (*name).to_owned(),
                note: "peak of need in March 2021".into(),
                start: month(2020, 3),
                band: band(&median, 0.12),
                median,
            }
        })
        .collect();
    Scenarios {
        words: words(
            "Each further wave adds referrals without the fall that came with the first",
            "Referrals a month to CAMHS, England",
        ),
        underlying: Some(Series::new(month(2020, 3), underlying)),
        scenarios,
    }
    .into()
}

fn multiples() -> Chart {
    let months = 36;
    let panel = |name: &str, level: f64| {
        let line = |height: f64| {
            let bump = bell(months, 17.0, 5.0, 8.0, height * level);
            let median: Vec<f64> = bump.iter().map(|more| level + more).collect();
            Course { start: month(2020, 3), band: band(&median, 0.12), median }
        };
        Multiple {
            name: name.into(),
            note: "referrals".into(),
            lines: [0.1, 0.4, 0.5].map(line).to_vec(),
            mark: Some(Series::new(month(2020, 3), vec![level; months])),
            observed: Some(Series::new(month(2019, 3), vec![0.98 * level; 18])),
        }
    };
    Multiples {
        words: words(
            "CAMHS furthest above the usual: 45% in 2021-22, if multiple waves",
            "A month, England; lines are medians, bands the 5th to 95th percentile of draws",
        ),
        scenarios: ["Single wave", "Two waves", "Multiple waves"].map(String::from).to_vec(),
        mark: "without the pandemic".into(),
        panels: vec![
            panel("IAPT", 141_000.0),
            panel("CAMHS", 33_000.0),
            panel("EIP", 3_600.0),
            panel("Crisis teams", 45_000.0),
        ],
    }
    .into()
}

fn waiting() -> Chart {
    let months = 36;
    let list: Vec<f64> =
        (0..months).map(|i| 60_000.0 + 2_400.0 * f64::from(i) * f64::from(i > 8)).collect();
    let wait = times(&list, 6.0 / 82_000.0);
    Waiting {
        words: words(
            "The six-week standard is missed from 2021 in four runs of five",
            "IAPT, England, two waves, capacity held at its 2019-20 level",
        ),
        list: Strip {
            label: "People waiting".into(),
            fan: fan_of(month(2020, 3), list.clone(), 0.12),
            observed: Some(Series::new(month(2019, 3), vec![58_000.0; 12])),
            without: None,
            standard: None,
        },
        wait: Strip {
            label: "Median wait, weeks".into(),
            fan: fan_of(month(2020, 3), wait, 0.2),
            observed: None,
            without: None,
            standard: Some((6.0, "Standard: 6 weeks".into())),
        },
    }
    .into()
}

const SERVICES: [&str; 8] = [
    "IAPT",
    "IAPT Step 3+",
    "CAMHS",
    "EIP",
    "Crisis resolution / home treatment",
    "24/7 helpline",
    "Perinatal",
    "Mental health liaison",
];

fn heatmap_of(columns: Vec<String>, rows: usize) -> Chart {
    let rows = SERVICES
        .iter()
        .cycle()
        .take(rows)
        .enumerate()
        .map(|(r, name)| {
            let load = |c: usize| {
                0.72 + 0.5 * ((c as f64 * 12.0 / columns.len() as f64 + r as f64) / 4.0).sin().abs()
            };
            let mut values: Vec<f64> = (0..columns.len()).map(load).collect();
            if r == 3 {
                values[1] = f64::NAN;
            }
            ((*name).to_owned(), values)
        })
        .collect();
    Heatmap {
        words: words(
            "Five of eight services run above capacity by autumn 2021",
            "Load: arrivals over treatment capacity, England, two waves, medians",
        ),
        columns,
        rows,
        mark: Some(1.0),
        mark_label: "above 1: more accepted than capacity".into(),
    }
    .into()
}

fn quarters() -> Vec<String> {
    (0..12)
        .map(|i| {
            let m = month(2020, 4).plus(i * 3);
            format!("{} Q{}", m.financial_year(), m.quarter())
        })
        .collect()
}

fn months() -> Vec<String> {
    (0..48).map(|i| month(2020, 3).plus(i).short()).collect()
}

fn tornado() -> Chart {
    let bar = |name: &str, range: &str, low: f64, high: f64| Bar {
        name: name.into(),
        range: range.into(),
        low,
        high,
    };
    Tornado {
        words: words(
            "How long need lasts matters more than the height of the second wave",
            "Extra IAPT referrals over three years, England, two waves: each input at its 5th and 95th percentile",
        ),
        central: 412_000.0,
        bars: vec![
            bar("Share of need that persists", "0.05 to 0.35", 251_000.0, 688_000.0),
            bar("Help-seeking for anxiety and depression", "0.25 to 0.45", 301_000.0, 540_000.0),
            bar("Need gain of later waves", "0.3 to 1.1", 330_000.0, 441_000.0),
            bar("Return of held-back referrals", "0.2 to 0.8", 380_000.0, 470_000.0),
            bar("Height of wave 2", "1.0 to 1.5", 390_000.0, 431_000.0),
            bar("Suppression gain", "0.0 to 0.5", 418_000.0, 401_000.0),
        ],
    }
    .into()
}

fn equity() -> Chart {
    let stratum = |name: &str, need: f64, referrals: f64| Stratum {
        name: name.into(),
        need,
        referrals,
        ratio: Some((referrals / need * 0.93, referrals / need, referrals / need * 1.08)),
    };
    Equity {
        words: words(
            "The most deprived fifth has 29% of the need and 23% of the referrals",
            "IAPT, Bury, two waves, three years from March 2020",
        ),
        unit: "Share of the whole, %".into(),
        strata: vec![
            stratum("Most deprived fifth", 29.0, 23.0),
            stratum("Second", 23.0, 21.5),
            stratum("Third", 19.0, 20.0),
            stratum("Fourth", 16.0, 18.5),
            stratum("Least deprived fifth", 13.0, 17.0),
        ],
    }
    .into()
}

fn score() -> Chart {
    let all = seasonal(24 + 24, 9_000.0, 0.02);
    let projected = shock(&all[24..], 0);
    let truth: Vec<f64> = projected
        .iter()
        .enumerate()
        .map(|(i, v)| v * (1.0 + 0.12 * ((i * 7 % 5) as f64 - 2.0) / 2.0))
        .collect();
    Score {
        words: words(
            "Projected blind from February 2020, 21 of 24 months fell into the 80% range",
            "Referrals a month to CAMHS, England, two waves",
        ),
        history: Some(Series::new(month(2018, 3), &all[..24])),
        projection: fan_of(month(2020, 3), projected, 0.11),
        truth: Series::new(month(2020, 3), truth),
        coverage: [(0.5, 0.46), (0.8, 0.875), (0.95, 1.0)]
            .map(|(nominal, observed)| Coverage { nominal, observed })
            .to_vec(),
    }
    .into()
}

/// Every chart, with the name of its picture.
pub fn all() -> Vec<(&'static str, Chart)> {
    let four = ["Single wave", "Two waves", "Multiple waves", "Long restrictions"];
    vec![
        ("headline", headline()),
        ("headline-three", headline_of_three()),
        ("headline-one", headline_of_one()),
        ("fan", fan()),
        ("parts", parts_of(false)),
        ("parts-levers", parts_of(true)),
        ("scenarios-three", scenarios_of(&four[..3])),
        ("scenarios-two", scenarios_of(&four[..2])),
        ("scenarios-four", scenarios_of(&four)),
        ("multiples", multiples()),
        ("waiting", waiting()),
        ("network", network()),
        ("heatmap-quarters", heatmap_of(quarters(), 8)),
        ("heatmap-months", heatmap_of(months(), 8)),
        ("tornado", tornado()),
        ("equity", equity()),
        ("score", score()),
        ("exchange", exchange()),
        ("ranges", ranges()),
    ]
}

/// The same with names longer than anyone should give.
pub fn wordy() -> Vec<(&'static str, Chart)> {
    let long = "Improving access to psychological therapies for people with long-term conditions & more <of it> ".repeat(4);
    let set = |words: &mut Words| {
        for text in [&mut words.title, &mut words.subtitle, &mut words.source] {
            text.clone_from(&long);
        }
    };
    let mut charts = all();
    for (_, chart) in &mut charts {
        match chart {
            Chart::Network(c) => {
                set(&mut c.words);
                c.services.iter_mut().for_each(|service| service.name.clone_from(&long));
            }
            Chart::Headline(c) => {
                set(&mut c.words);
                c.track_label.clone_from(&long);
                c.need_label.clone_from(&long);
                long[..40].clone_into(&mut c.range_label);
                for panel in &mut c.panels {
                    panel.name.clone_from(&long);
                    panel.restrictions.iter_mut().for_each(|r| r.label.clone_from(&long));
                }
            }
            Chart::Fan(c) => set(&mut c.words),
            Chart::Parts(c) => set(&mut c.words),
            Chart::Scenarios(c) => {
                set(&mut c.words);
                for scenario in &mut c.scenarios {
                    scenario.name.clone_from(&long);
                    scenario.note.clone_from(&long);
                }
            }
            Chart::Multiples(c) => {
                set(&mut c.words);
                c.mark.clone_from(&long);
                c.scenarios.iter_mut().for_each(|name| name.clone_from(&long));
                for panel in &mut c.panels {
                    panel.name.clone_from(&long);
                    panel.note.clone_from(&long);
                }
            }
            Chart::Waiting(c) => {
                set(&mut c.words);
                c.wait.label.clone_from(&long);
                c.wait.standard = Some((6.0, long.clone()));
            }
            Chart::Heatmap(c) => {
                set(&mut c.words);
                c.mark_label.clone_from(&long);
                c.rows.iter_mut().for_each(|row| row.0.clone_from(&long));
            }
            Chart::Tornado(c) => {
                set(&mut c.words);
                for bar in &mut c.bars {
                    bar.name.clone_from(&long);
                    bar.range.clone_from(&long);
                }
            }
            Chart::Equity(c) => {
                set(&mut c.words);
                c.unit.clone_from(&long);
                c.strata.iter_mut().for_each(|s| s.name.clone_from(&long));
            }
            Chart::Score(c) => set(&mut c.words),
            Chart::Exchange(c) => {
                set(&mut c.words);
                c.offers.iter_mut().for_each(|offer| offer.name.clone_from(&long));
            }
            Chart::Ranges(c) => {
                set(&mut c.words);
                for group in &mut c.groups {
                    group.name.clone_from(&long);
                    group.ranges.iter_mut().for_each(|range| range.name.clone_from(&long));
                }
            }
        }
    }
    let name = |name: &'static str| -> &'static str {
        Box::leak(format!("wordy-{name}").into_boxed_str())
    };
    charts.into_iter().map(|(n, chart)| (name(n), chart)).collect()
}

fn exchange() -> Chart {
    let offer = |name: &str, cost: f64, gain: f64, is_pale: bool| Offer {
        name: name.into(),
        cost: [cost * 0.6, cost, cost * 1.7],
        gain: [if is_pale { -gain * 0.1 } else { gain * 0.5 }, gain, gain * 2.0],
        is_pale,
    };
    Exchange {
        words: words(
            "Early intervention teams help most for sure",
            "People helped against pounds, over five years, against doing nothing",
        ),
        axes: ["£ million".into(), "people helped".into()],
        offers: vec![
            offer("winter plan", 8.2, 1488.0, false),
            offer("early intervention teams", 4.5, 745.0, false),
            offer("crisis plans", 0.4, 740.0, true),
            offer("hubs", 0.5, 735.0, true),
        ],
    }
    .into()
}

fn ranges() -> Chart {
    let range = |name: &str, middle: f64, is_pale: bool| Range {
        name: name.into(),
        values: [middle - 80.0, middle, middle + 60.0],
        is_pale,
    };
    let group = |name: &str, middle: f64| Group {
        name: name.into(),
        ranges: vec![range("winter plan", middle, false), range("hubs", middle / 2.0, true)],
    };
    Ranges {
        words: words(
            "The list of talking therapies gets shortest",
            "People more or fewer on the list at the end, against doing nothing",
        ),
        unit: "people on the list".into(),
        groups: vec![group("Talking therapies", -94.0), group("Early intervention", 12.0)],
    }
    .into()
}

fn network() -> Chart {
    let stream = |patients: f64, label: &str| Stream {
        patients,
        label: format!("{patients:.0}{label}"),
        gave_up: false,
    };
    let left = |patients: f64, label: &str| Stream { gave_up: true, ..stream(patients, label) };
    let service = |name: &str, full: f64, arrivals: f64| Service {
        name: name.into(),
        facts: vec![
            format!("{:.0}% of 1,200 places", full * 100.0),
            "348 wait (−31)".into(),
            "for 23 days (+1.2)".into(),
        ],
        full,
        marked: full > 0.95,
        arrivals: (arrivals > 0.0).then(|| stream(arrivals, "")),
        exits: vec![stream(30.0, " planned end of care"), left(7.0, " drop out")],
    };
    let link = |from, to, stream| Link { from, to, stream };
    NetworkChart {
        words: words(
            "55 fewer wait for assessment, 63 more for treatment",
            "Patients a week on each way, days 731 to 1531, in brackets the change",
        ),
        services: vec![
            service("GP", 0.8, 1048.0),
            service("IAPT assessment", 1.0, 371.0),
            service("IAPT treatment", 0.97, 0.0),
            service("Crisis team", 0.4, 20.0),
            service("Community team", 0.9, 0.0),
            service("Inpatient ward", 0.6, 0.0),
        ],
        links: vec![
            link(0, 1, stream(214.0, " (+12)")),
            link(0, 3, stream(723.0, "")),
            link(0, 4, stream(71.0, " (+1)")),
            link(1, 2, stream(95.0, " (+22)")),
            link(1, 0, left(8.0, " (+4)")),
            link(3, 4, stream(36.0, "")),
            link(3, 5, stream(18.0, "")),
            link(4, 3, stream(4.0, "")),
            link(5, 4, stream(24.0, "")),
            link(4, 4, stream(2.0, "")),
        ],
        shade_label: "of places in use".into(),
        mark_label: "more work arrives than places can do".into(),
    }
    .into()
}
