//! Many variants of some areas at the door of services, as `sweep` runs them: CPU a case beside its
//! floor, and memory.
//!
//! The floor of a case is the quantiles of its series, found by the crate's own summariser, and one
//! pass over the draws of each line that is known.

#![allow(clippy::unwrap_used, reason = "a benchmark may panic")]

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use afterwave::draw::{LANES, Stream};
use afterwave::input::study::{Inputs, read_study};
use afterwave::lane::Lane;
use afterwave::projection::asked::{Answer, AtDoor};
use afterwave::projection::measure::Measure;
use afterwave::projection::quantiles::Summariser;
use afterwave::projection::{Variants, memory_of_areas, project_alike};

const DRAWS: usize = 1000;
const AREAS: [&str; 4] = ["QOP", "QWO", "QHM", "QE1"];
const VARIANTS: [usize; 2] = [2, 10];

fn variants(count: usize) -> Variants {
    let study = |height: usize| {
        let inputs = Inputs {
            scenarios: vec!["two-waves".to_owned()],
            areas: AREAS.map(str::to_owned).to_vec(),
            settings: vec![format!("wave.1.height={}", 1.0 + height as f64 / 10.0)],
            draws: DRAWS,
            seed: 2020,
            ..Inputs::default()
        };
        read_study(&inputs).unwrap().study
    };
    let mut all = Variants::new(study(0));
    for height in 1..count {
        assert!(all.add(Box::new(study(height))).is_ok());
    }
    all
}

/// The floor of one case in milliseconds, of so many series and known lines over so many months.
fn floor(series: usize, lines: usize, months: usize) -> f64 {
    let mut normals = [Lane::<LANES>::ZERO; DRAWS.div_ceil(LANES)];
    for (block, lanes) in (0..).zip(&mut normals) {
        Stream::new(2, "values").normals(block, lanes);
    }
    let mut summariser = Summariser::default();
    let rows = vec![1.0_f64; lines * months * DRAWS];
    let start = Instant::now();
    for _ in 0..series {
        black_box(summariser.stats(normals.iter().flatten().copied().take(DRAWS)));
    }
    black_box(rows.chunks(DRAWS).map(|row| row.iter().sum::<f64>()).sum::<f64>());
    start.elapsed().as_secs_f64() * 1e3
}

fn main() {
    let asked = AtDoor {
        months: vec![Measure::Referrals],
        answers: vec![Answer::Referrals],
        families: true,
    };
    let threads = rayon::current_num_threads();
    let (series, lines, months) = (AtomicUsize::new(0), AtomicUsize::new(0), 60);
    let times = VARIANTS.map(|count| {
        let all = variants(count);
        let start = Instant::now();
        project_alike(&all, &asked, AREAS.len(), &|_| (), &|_, projection| {
            let courses = projection.lines.iter().map(|line| &line.course);
            let courses = courses.chain(projection.families.iter().map(|own| &own.course));
            let own = courses.map(|course| {
                let by_month = course.measures.iter().map(|(_, months)| months.len());
                by_month.sum::<usize>() + course.periods.len()
            });
            series.store(own.sum(), Ordering::Relaxed);
            lines.store(projection.lines.len(), Ordering::Relaxed);
        });
        start.elapsed().as_secs_f64() * 1e3
    });
    let cases = (VARIANTS[1] - VARIANTS[0]) * AREAS.len();
    let case = (times[1] - times[0]) / cases as f64 * threads as f64;
    let (series, lines) = (series.into_inner(), lines.into_inner());
    let floor = floor(series, lines, months);
    let memory = memory_of_areas(&variants(1), &asked, AREAS.len()) >> 20;
    println!("{} areas, {DRAWS} draws, referrals, {threads} threads\n", AREAS.len());
    println!("a case more   {case:>8.1} ms of {threads} threads' time together");
    println!("its floor     {floor:>8.1} ms: {series} series, {lines} lines read once");
    println!("ratio         {:>8.1}", case / floor);
    println!("memory        {memory:>8} MB, as a plan says");
}
