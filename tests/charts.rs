//! Every chart from made-up figures of a realistic shape: well-formed, labelled, legible, the
//! same bytes each time, and no panic on any figures.

mod charts {
    pub mod samples;
    pub mod svg;
}

use afterwave::output::charts::{Chart, Format, render};
use charts::samples;
use charts::svg::Picture;

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
