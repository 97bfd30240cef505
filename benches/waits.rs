//! What waiting lists add to a run: the default run with them against the same run without.
//!
//! `cargo bench --bench waits`. Three scenarios, England, 1,000 draws; the least of several
//! repetitions, by turns, in one process.

use std::time::Instant;

use afterwave::input::study::{Inputs, read_study};
use afterwave::projection::project;
use afterwave::study::Study;

/// The most that waits may cost.
const ALLOWED: f64 = 1.5;
const TURNS: usize = 7;

fn main() {
    let study = |waits: bool| {
        let inputs = Inputs { draws: 1000, seed: 2020, ..Inputs::default() };
        let Ok(mut read) = read_study(&inputs) else { panic!("the built-in inputs are sound") };
        if !waits {
            read.study.capacity = None;
        }
        read.study
    };
    let (with, without) = (study(true), study(false));
    let (mut slow, mut fast) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..TURNS {
        slow = slow.min(time(&with));
        fast = fast.min(time(&without));
    }
    let times = slow / fast;
    println!(
        "without waits {:.0} ms, with waits {:.0} ms: {times:.2} times",
        fast * 1e3,
        slow * 1e3
    );
    assert!(times <= ALLOWED, "waits cost {times:.2} times the run without, more than {ALLOWED}");
}

fn time(study: &Study) -> f64 {
    let begin = Instant::now();
    std::hint::black_box(project(study, &|_| {}));
    begin.elapsed().as_secs_f64()
}
