//! Every chart from made-up figures of a realistic shape: well-formed, labelled, legible, the
//! same bytes each time, and no panic on any figures.

mod samples;
mod svg;

use afterwave::output::charts::{Chart, Format, render};
use svg::Picture;

fn svg(chart: &Chart) -> String {
    String::from_utf8(render(chart, Format::Svg).unwrap()).unwrap()
}

#[test]
fn every_svg_is_well_formed_and_says_what_it_shows() {
    for (name, chart) in samples::all() {
        let picture = Picture::read(&svg(&chart)).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(picture.title, chart.words().title, "{name}");
        assert!(picture.description.len() > 40, "{name}: {}", picture.description);
    }
}

#[test]
fn no_text_leaves_the_sheet_or_meets_another() {
    for (name, chart) in samples::all() {
        let picture = Picture::read(&svg(&chart)).unwrap();
        let problems = picture.problems();
        assert!(problems.is_empty(), "{name}:\n{}", problems.join("\n"));
    }
}

#[test]
fn long_names_are_cut_or_wrapped() {
    for (name, chart) in samples::wordy() {
        let picture = Picture::read(&svg(&chart)).unwrap();
        let problems = picture.problems();
        assert!(problems.is_empty(), "{name}:\n{}", problems.join("\n"));
    }
}

#[test]
fn the_same_data_give_the_same_bytes() {
    for (name, chart) in samples::all() {
        for format in [Format::Svg, Format::Png] {
            let [first, second] = [(); 2].map(|()| render(&chart, format).unwrap());
            assert!(first == second, "{name} {format:?}");
        }
    }
}

#[test]
fn a_png_has_two_dots_a_pixel_and_says_so() {
    let chart = samples::fan();
    let bytes = render(&chart, Format::Png).unwrap();
    let picture = Picture::read(&svg(&chart)).unwrap();
    let reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let info = reader.info();
    assert_eq!(info.width, 1920);
    assert_eq!(f64::from(info.height), 2.0 * picture.height);
    let dots = info.pixel_dims.unwrap();
    assert_eq!((dots.xppu, dots.yppu, dots.unit), (7559, 7559, png::Unit::Meter));
}

/// Writes every chart where `CHARTS` says, to be looked at.
#[test]
#[ignore = "writes pictures for the eye"]
fn pictures_for_the_eye() {
    let folder = std::env::var_os("CHARTS").map_or_else(std::env::temp_dir, Into::into);
    std::fs::create_dir_all(&folder).unwrap();
    for (name, chart) in samples::all().into_iter().chain(samples::wordy()) {
        for format in [Format::Svg, Format::Png] {
            let started = std::time::Instant::now();
            let bytes = render(&chart, format).unwrap();
            let path = folder.join(format!("{name}.{}", format.extension()));
            println!("{} {} kB {:?}", path.display(), bytes.len() / 1000, started.elapsed());
            std::fs::write(path, bytes).unwrap();
        }
    }
}

mod any_figures {
    use super::{Format, Picture, render, samples, svg};
    use afterwave::month::Month;
    use afterwave::output::charts::{Band, Chart, Fan, FanChart, Series, Words};
    use proptest::prelude::*;

    fn odd_value() -> impl Strategy<Value = f64> {
        prop_oneof![
            4 => -1e6..1e6_f64,
            2 => Just(0.0),
            1 => prop::sample::select(vec![
                f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN_POSITIVE, -0.0, 1e12,
            ]),
        ]
    }

    fn odd_values() -> impl Strategy<Value = Vec<f64>> {
        prop_oneof![
            3 => prop::collection::vec(odd_value(), 0..30),
            1 => (odd_value(), 0_usize..30).prop_map(|(value, count)| vec![value; count]),
        ]
    }

    /// A sample chart with `values` in place of every series.
    fn spoil(chart: &mut Chart, values: &[f64]) {
        let at = |i: usize| values.get(i).copied().unwrap_or(f64::NAN);
        let series = || values.to_vec();
        let band = || Band::new(values, values.iter().rev().copied().collect::<Vec<_>>());
        let fan = |start: Month| Fan {
            start,
            median: series(),
            band50: band(),
            band80: Band::default(),
            outer: band(),
        };
        match chart {
            Chart::Headline(c) => {
                c.hundred = at(0);
                for panel in &mut c.panels {
                    (panel.immediate, panel.longitudinal, panel.range) =
                        (series(), series(), band());
                    for (i, value) in panel.track.iter_mut().enumerate() {
                        value.1 = at(i);
                    }
                    for lag in &mut panel.lags {
                        lag.need = at(1);
                    }
                    for time in &mut panel.restrictions {
                        time.from = at(2);
                    }
                    panel.observed = values.iter().map(|v| (panel.start, *v)).collect();
                }
            }
            Chart::Fan(c) => {
                c.projection = fan(c.projection.start);
                c.history = Some(Series::new(c.projection.start.plus(-30), series()));
            }
            Chart::Parts(c) => {
                (c.underlying, c.suppressed, c.levers) = (series(), series(), series());
                c.returning.truncate(values.len() / 2);
            }
            Chart::Scenarios(c) => {
                c.scenarios.truncate(values.len());
                for scenario in &mut c.scenarios {
                    (scenario.median, scenario.band) = (series(), band());
                }
            }
            Chart::Multiples(c) => {
                for panel in &mut c.panels {
                    for line in &mut panel.lines {
                        (line.median, line.band) = (series(), band());
                    }
                    panel.mark = Some(Series::new(Month::new(2020, 3).unwrap(), series()));
                }
            }
            Chart::Waiting(c) => {
                c.list.fan = fan(c.list.fan.start);
                c.wait.standard = Some((at(0), "standard".into()));
            }
            Chart::Network(c) => {
                c.services.truncate(values.len());
                for (i, service) in c.services.iter_mut().enumerate() {
                    service.full = at(i);
                }
                for (i, link) in c.links.iter_mut().enumerate() {
                    link.stream.patients = at(i);
                }
            }
            Chart::Heatmap(c) => {
                c.columns.truncate(values.len());
                c.rows.truncate(values.len());
                for row in &mut c.rows {
                    row.1 = series();
                }
            }
            Chart::Tornado(c) => {
                c.central = at(0);
                c.bars.truncate(values.len());
                for bar in &mut c.bars {
                    (bar.low, bar.high) = (at(1), at(2));
                }
            }
            Chart::Equity(c) => {
                c.strata.truncate(values.len());
                for stratum in &mut c.strata {
                    (stratum.need, stratum.referrals) = (at(0), at(1));
                    stratum.ratio = Some((at(2), at(3), at(4)));
                }
            }
            Chart::Exchange(c) => {
                c.offers.truncate(values.len());
                for offer in &mut c.offers {
                    (offer.cost, offer.gain) = ([at(0), at(1), at(2)], [at(3), at(4), at(0)]);
                }
            }
            Chart::Ranges(c) => {
                c.groups.truncate(values.len());
                for range in c.groups.iter_mut().flat_map(|group| &mut group.ranges) {
                    range.values = [at(0), at(1), at(2)];
                }
            }
            Chart::Score(c) => {
                c.projection = fan(c.projection.start);
                c.truth.values = series();
                c.coverage.truncate(values.len());
                for part in &mut c.coverage {
                    (part.nominal, part.observed) = (at(0), at(1));
                }
            }
        }
    }

    proptest! {
        #![proptest_config(crate::shared::properties::cases(24))]

        #[test]
        fn no_figures_make_a_chart_panic(values in odd_values()) {
            for (name, mut chart) in samples::all() {
                spoil(&mut chart, &values);
                let text = svg(&chart);
                prop_assert!(Picture::read(&text).is_ok(), "{name}");
                prop_assert!(!text.contains("NaN"), "{name}");
            }
        }
    }

    #[test]
    fn nothing_at_all_is_a_picture_too() {
        for values in [vec![], vec![7.0], vec![0.0; 12], vec![f64::NAN; 3]] {
            for (name, mut chart) in samples::all() {
                spoil(&mut chart, &values);
                let format = if values.is_empty() { Format::Png } else { Format::Svg };
                assert!(render(&chart, format).is_ok(), "{name} {values:?}");
            }
        }
        let start = Month::new(2020, 1).unwrap();
        let empty = Fan {
            start,
            median: vec![],
            band50: Band::default(),
            band80: Band::default(),
            outer: Band::default(),
        };
        let chart = FanChart {
            words: Words::default(),
            history: None,
            underlying: None,
            projection: empty,
            observed: None,
            known_until: None,
        };
        assert!(render(&chart.into(), Format::Png).is_ok());
    }
}
