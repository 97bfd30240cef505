//! A whole default run by its stages, each beside its floor: the same number of the same elementary
//! operations, done bare and measured in the same process on one thread.
//!
//! `cargo bench --bench run`. Times are the least of a few repetitions; the run uses all threads,
//! the floors are divided by their number.

#![allow(clippy::unwrap_used, reason = "a benchmark may panic")]

use std::borrow::Cow;
use std::hint::black_box;
use std::time::Instant;

use afterwave::draw::{LANES, Stream};
use afterwave::input::study::{Inputs, read_study};
use afterwave::lane::Lane;
use afterwave::output::charts::Format;
use afterwave::output::pictures::{self, Drawn};
use afterwave::output::table::{self, csv::Csv};
use afterwave::output::tables::{self, CaseTable, OfCase};
use afterwave::projection::block::{Block, Prepared};
use afterwave::projection::case::Case;
use afterwave::projection::entries::Solver;
use afterwave::projection::parameters::Layouts;
use afterwave::projection::quantiles::Summariser;
use afterwave::projection::spare::Spare;
use afterwave::projection::{Projection, line, need, project};
use afterwave::study::Study;
use rayon::prelude::*;

/// The least time of `repetitions`, in milliseconds.
fn least<T>(repetitions: usize, mut work: impl FnMut() -> T) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..repetitions {
        let start = Instant::now();
        black_box(work());
        best = best.min(start.elapsed().as_secs_f64() * 1e3);
    }
    best
}

struct Stage {
    name: &'static str,
    milliseconds: f64,
    floor: f64,
    basis: String,
}

fn main() {
    let inputs = Inputs { draws: 1000, seed: 2020, ..Inputs::default() };
    let study = read_study(&inputs).unwrap().study;
    let threads = rayon::current_num_threads() as f64;
    let stages =
        [sampling(&study), model(&study), quantiles(&study), writing(&study), charts(&study)];
    let drawn = Drawn { all: false, formats: vec![Format::Svg] };
    let whole = least(3, || {
        let projections = project(&study, &|_| ());
        let text = write_all(&study, &projections);
        let pictures = pictures::charts(&study, 0, &projections, &drawn).unwrap();
        (text, pictures)
    });
    println!("default run: 3 scenarios, England, 1,000 draws, {threads} threads\n");
    println!("{:<12} {:>9} {:>9} {:>7}  floor is", "stage", "ms", "floor ms", "ratio");
    let mut floors = 0.0;
    for stage in &stages {
        let floor = stage.floor / threads;
        floors += floor;
        let ratio = stage.milliseconds / floor;
        let Stage { name, milliseconds, basis, .. } = stage;
        println!("{name:<12} {milliseconds:>9.1} {floor:>9.1} {ratio:>7.1}  {basis}");
    }
    println!("{:<12} {whole:>9.1} {floors:>9.1} {:>7.1}", "whole run", whole / floors);
}

/// Every uncertain number for every draw.
fn sampling(study: &Study) -> Stage {
    let streams = study.figures.streams(study.draws.seed);
    let blocks = study.draws.count.div_ceil(LANES) as u64;
    let milliseconds = least(5, || {
        let sample = |block| Prepared::<LANES>::new(study, &streams, block);
        (0..blocks).into_par_iter().map(sample).collect::<Vec<_>>()
    });
    let uncertain = study.figures.iter().filter(|figure| !figure.number.is_point()).count();
    let stream = Stream::new(1, "floor");
    let mut lanes = Lane::<LANES>::ZERO;
    let floor = least(5, || {
        for block in 0..blocks * uncertain as u64 {
            stream.normals(block, &mut lanes);
            black_box(&lanes);
        }
    });
    let basis = format!("{} standard normals", blocks * uncertain as u64 * LANES as u64);
    Stage { name: "sampling", milliseconds, floor, basis }
}

type First = Vec<(Prepared<LANES>, Vec<Block<LANES>>)>;

fn first_stage(study: &Study, layouts: &Layouts, cases: &[Case<'_>]) -> First {
    let streams = study.figures.streams(study.draws.seed);
    let blocks = 0..study.draws.count.div_ceil(LANES) as u64;
    let prepared = blocks.into_par_iter().map(|block| Prepared::new(study, &streams, block));
    let mut first: First = prepared.map(|prepared| (prepared, Vec::new())).collect();
    again(study, layouts, cases, &mut first);
    first
}

/// The first stage in the memory of an earlier one, as a run has it from its second scenario on.
fn again(study: &Study, layouts: &Layouts, cases: &[Case<'_>], first: &mut First) {
    let solver = || Solver::new(&study.pack, layouts, cases[0].months());
    first.par_iter_mut().for_each_init(solver, |solver, (prepared, blocks)| {
        blocks.resize_with(cases.len(), || Block::new(&study.pack, 0));
        solver.share(prepared).run_all(cases, |_| Cow::Borrowed(prepared), blocks);
    });
}

fn cases(study: &Study) -> Vec<Case<'_>> {
    (0..study.scenarios.len()).map(|scenario| Case::new(study, scenario, 0)).collect()
}

/// Tracks, delays, exposure and pathway, beside a bare stock-flow step for every group, service
/// and month and a multiply-add for every lag of every driver.
fn model(study: &Study) -> Stage {
    let layouts = Layouts::new(&study.pack);
    let cases = cases(study);
    let mut first = first_stage(study, &layouts, &cases);
    let milliseconds = least(3, || again(study, &layouts, &cases, &mut first));
    let blocks = study.draws.count.div_ceil(LANES);
    let months = study.scenarios[0].months;
    let runs = blocks * cases.len();
    let steps = runs * 2 * layouts.pathway.flows().len() * months;
    let adds = runs * study.pack.drivers.len() * months * months / 2;
    let mut stocks = [[1.0_f64; LANES]; 16];
    let leave = black_box([0.3_f64; LANES]);
    let floor = least(3, || {
        for _ in 0..steps / 16 {
            let inflow = black_box(0.1_f64);
            for stock in &mut stocks {
                for lane in 0..LANES {
                    stock[lane] += inflow - stock[lane] * leave[lane];
                }
            }
        }
        for _ in 0..adds / 16 {
            let weight = black_box(0.1_f64);
            for stock in &mut stocks {
                for lane in 0..LANES {
                    stock[lane] += weight * leave[lane];
                }
            }
        }
        black_box(&stocks);
    });
    let basis = format!("{:.0}m lane-steps, bare", (steps + adds) as f64 * LANES as f64 / 1e6);
    Stage { name: "model", milliseconds, floor, basis }
}

/// Service lines, need and all their quantiles.
fn quantiles(study: &Study) -> Stage {
    let layouts = Layouts::new(&study.pack);
    let cases = cases(study);
    let first = first_stage(study, &layouts, &cases);
    let prepared: Vec<&Prepared<LANES>> = first.iter().map(|(prepared, _)| prepared).collect();
    let draws = study.draws.count;
    let mut series = 0;
    let spare = Spare::default();
    let milliseconds = least(3, || {
        series = 0;
        for (index, case) in cases.iter().enumerate() {
            let entries: Vec<&Block<LANES>> = first.iter().map(|(_, b)| &b[index]).collect();
            let (lines, families) =
                line::summarise(study, case, (&prepared, &entries), draws, &spare);
            let needs =
                need::summarise(study, &layouts, case, (&prepared, &entries), draws, &spare);
            let courses = lines.iter().map(|l| &l.course).chain(families.iter().map(|f| &f.course));
            series += courses.flat_map(|c| &c.measures).map(|(_, m)| m.len()).sum::<usize>();
            series +=
                needs.rows.iter().flat_map(|r| &r.measures).map(|(_, m)| m.len()).sum::<usize>();
        }
    });
    let mut normals = [Lane::<LANES>::ZERO; 16];
    for (block, lanes) in (0..).zip(&mut normals) {
        Stream::new(2, "values").normals(block, lanes);
    }
    let mut summariser = Summariser::default();
    let floor = least(3, || {
        for _ in 0..series / 100 {
            black_box(summariser.stats(normals.iter().flatten().copied().take(draws)));
        }
    }) * 100.0;
    let basis = format!("{series} series of {draws} draws, nine quantiles each");
    Stage { name: "quantiles", milliseconds, floor, basis }
}

fn write_all(study: &Study, projections: &[Projection]) -> usize {
    let of = |projection| {
        let case = OfCase { study, projection, control: None };
        let tables = tables::of_cases().into_par_iter();
        let file = |own: CaseTable| table::file(&*own, &case, &Csv).unwrap().1.len();
        tables.map(file).sum::<usize>()
    };
    projections.iter().map(of).sum()
}

/// All tables as text, beside formatting as many numbers into one buffer.
fn writing(study: &Study) -> Stage {
    let projections = project(study, &|_| ());
    let mut bytes = 0;
    let milliseconds = least(3, || bytes = write_all(study, &projections));
    let mut text = String::with_capacity(bytes + 64);
    let floor = least(3, || {
        text.clear();
        let mut buffer = zmij::Buffer::new();
        let mut value = black_box(1_234.567_890_123_456_7_f64);
        while text.len() < bytes {
            value *= 1.000_000_000_1;
            text.push_str(buffer.format_finite(value));
            text.push(',');
        }
        black_box(text.len())
    });
    Stage { name: "writing", milliseconds, floor, basis: format!("{} MB of numbers", bytes >> 20) }
}

/// The charts of a run, beside packing as many pixels of a plain picture as they have PNGs.
fn charts(study: &Study) -> Stage {
    let projections = project(study, &|_| ());
    let mut count = 0;
    let drawn = Drawn { all: false, formats: vec![Format::Svg, Format::Png] };
    let milliseconds = least(2, || {
        let files = pictures::charts(study, 0, &projections, &drawn).unwrap();
        count = files.iter().filter(|(name, _)| name.ends_with("png")).count();
    });
    let (width, height) = (1920_u32, 1080_u32);
    let pixels: Vec<u8> = (0..width * height * 3)
        .map(|i| if (i / 3 % width) * 7 > (i / 3 / width) * 9 { 250 } else { 40 })
        .collect();
    let floor = least(3, || {
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::Fast);
        encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
        out.len()
    }) * count as f64;
    Stage {
        name: "charts",
        milliseconds,
        floor,
        basis: format!("{count} plain pictures packed as PNG"),
    }
}
