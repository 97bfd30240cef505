//! What waiting lists add to a run: the default run with them against the same run without.
//!
//! `cargo bench --bench waits`. Three scenarios, England, 1,000 draws; the least of several
//! repetitions, by turns, in one process. Counted is processor time where the system tells it
//! (Linux), so that others at work on the machine matter little; else the time on the wall.

use std::time::Instant;

use afterwave::input::study::{Inputs, read_study};
use afterwave::projection::project;
use afterwave::study::Study;

/// The most that waits may cost.
const ALLOWED: f64 = 1.5;
const TURNS: usize = 9;

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
    let mut least = [[f64::INFINITY; 2]; 2];
    for _ in 0..TURNS {
        for (least, study) in least.iter_mut().zip([&with, &without]) {
            for (least, time) in least.iter_mut().zip(times(study)) {
                *least = least.min(time);
            }
        }
    }
    for (index, clock) in ["wall", "processor"].into_iter().enumerate() {
        let [slow, fast] = least.map(|times| times[index]);
        println!(
            "{clock}: without waits {:.0} ms, with waits {:.0} ms: {:.2} times",
            fast * 1e3,
            slow * 1e3,
            slow / fast
        );
    }
    let [slow, fast] =
        least.map(|[wall, processor]| if processor > 0.0 { processor } else { wall });
    let times = slow / fast;
    assert!(times <= ALLOWED, "waits cost {times:.2} times the run without, more than {ALLOWED}");
}

/// Seconds on the wall and on processors.
fn times(study: &Study) -> [f64; 2] {
    let (begin, used) = (Instant::now(), processor());
    std::hint::black_box(project(study, &|_| {}));
    [begin.elapsed().as_secs_f64(), processor() - used]
}

/// Seconds that this process has spent on processors, in steps of a hundredth; 0 where the system
/// does not tell.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Fields 14 and 15, user and system time; the name in the second may hold blanks.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}
