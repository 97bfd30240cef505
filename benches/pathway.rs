//! The pathway stage: how long it takes, beside what this machine could do at best.
//!
//! `cargo bench --bench pathway`. England's parameter workbook if it lies beside the project,
//! otherwise a made-up system of the same size. Every time is the least of many repetitions.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::items_after_statements,
    clippy::inline_always,
    reason = "a test or benchmark may panic"
)]

use std::hint::black_box;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use afterwave::draw::{LANES, Stream, Uncertain};
use afterwave::input::study::{Inputs, read_study};
use afterwave::input::workbook::Workbook;
use afterwave::lane::Lane;
use afterwave::model::pathway::{
    Detail, Layout, Outcome, Parameters, Pathway, Refused, System, Table, leave,
};
use afterwave::projection::block::{Block, Prepared};
use afterwave::projection::case::Case;
use afterwave::projection::entries::Solver;
use afterwave::projection::parameters::Layouts;
use afterwave::study::figures::Streams;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

#[path = "../tests/it/shared/kernel.rs"]
mod kernel;

/// Draws side by side: with so few, what a run writes stays in the second cache.
const L: usize = 8;
/// Scenarios on the same draws.
const SCENARIOS: usize = 100;

fn main() {
    let study = Study::england().unwrap_or_else(Study::made_up);
    let layout = &study.layout;
    let (flows, pathways) = (layout.flows().len(), layout.pathways().len());
    println!(
        "{}: {} pathways, {flows} group x service states, {} groups, {} months\n",
        study.name,
        pathways,
        layout.groups(),
        study.months
    );
    let steps = (flows * study.months) as f64;

    println!("-- this machine, one core");
    let ceiling = [1, 8, 64, 1024].map(|kib| (kib, multiply_add(kib * 1024 / 8)));
    for (kib, gflops) in ceiling {
        println!("   y += a x over {kib:>4} KiB: {gflops:6.1} GFLOP/s");
    }
    let bare = bare_recursion();
    println!("   bare stock-flow recursion, 6 stocks x 64 draws: {bare:.3} ns a lane-step\n");

    println!("-- one central run, everything by pathway");
    let central = study.central_run();
    println!(
        "   parameters in memory to full result: {:.1} us ({:.2} ns a pathway-step)",
        central * 1e6,
        central * 1e9 / (pathways * study.months) as f64
    );

    println!("-- draws, by group and service");
    for draws in [1024, 10_048] {
        let blocks = draws / L;
        let derived = study.blocks(blocks, 1, true);
        let kernel = study.blocks(blocks, 1, false);
        let lane = kernel * 1e9 / (steps * draws as f64);
        println!(
            "   {draws:>6} draws, one thread: {:8.2} ms with coefficients, {:8.2} ms without: \
             {lane:.3} ns a lane-step, {:.2} times the bare recursion",
            derived * 1e3,
            kernel * 1e3,
            lane / bare
        );
        let two = study.blocks(blocks, 2, true);
        println!(
            "   {draws:>6} draws, two threads: {:7.2} ms, {:.2} times as fast",
            two * 1e3,
            derived / two
        );
    }

    println!("-- scenarios on the same 1,024 draws, one thread");
    let one = study.blocks(1024 / L, 1, true);
    let many = study.scenarios(1024 / L, SCENARIOS);
    println!(
        "   1: {:.2} ms; {SCENARIOS}: {:.1} ms, {:.1} times one",
        one * 1e3,
        many * 1e3,
        many / one
    );
    study.profile();
    let stage = stage_of_a_run();
    numpy(&study, one * 1000.0 / 1024.0, stage);
}

/// A system with parameters for a few blocks of draws.
struct Study {
    name: String,
    layout: Layout,
    months: usize,
    central: Parameters<1>,
    central_inflow: Table<1>,
    /// Parameters of blocks, used in turn.
    blocks: Vec<Parameters<L>>,
    inflow: Table<L>,
}

impl Study {
    fn england() -> Option<Self> {
        let book = Workbook::read("England", &std::fs::read(workbook()).ok()?).ok()?;
        let (central, entering) = kernel::central(&book);
        let (layout, months) = (kernel::layout(&book), book.months());
        let central_inflow = kernel::inflow(&book, &entering);
        // A fifth to both sides of every number.
        let sample = |block: u64| {
            let mut numbers = 0..;
            kernel::values::<L>(&book, |number| {
                let (low, high) = (number.central * 0.8, number.central * 1.2);
                let (low, high) = (low.max(number.least), high.min(number.most));
                let stream = Stream::new(2020, &format!("{:?}", numbers.next()));
                let mut values = Lane::ZERO;
                Uncertain { low, high, ..*number }.sample(&stream, block, &mut values);
                values
            })
        };
        let blocks: Vec<_> = (0..128).map(sample).collect();
        let inflow = kernel::inflow(&book, &blocks[0].1);
        let blocks = blocks.into_iter().map(|(parameters, _)| parameters).collect();
        Some(Self {
            name: "England".into(),
            layout,
            months,
            central,
            central_inflow,
            blocks,
            inflow,
        })
    }

    /// Sixteen groups with three or four of twelve conditions, each at about eleven of 34
    /// services, for 36 months.
    fn made_up() -> Self {
        let mut pathways = Vec::new();
        for group in 0..16 {
            for i in 0..3 + usize::from(group % 4 == 0) {
                for j in 0..11 {
                    let condition = i * 3 + group % 3;
                    pathways.push(Pathway { group, condition, service: j * 3 + group % 2 });
                }
            }
        }
        let (layout, months) = (Layout::new(16, 12, 34, pathways).expect("sorted"), 36);
        fn fill<const N: usize>(layout: &Layout) -> Parameters<N> {
            let mut parameters = Parameters::new(layout);
            let lanes = |x: f64| Lane::from_fn(|l| x * (1.0 + l as f64 / 1e3));
            parameters.rate.fill(lanes(0.1));
            parameters.accepted.fill(lanes(0.8));
            parameters.recovered.fill(lanes(0.4));
            parameters.leave.fill(lanes(leave(0.5, 2.0)));
            parameters
        }
        let (mut inflow, mut central_inflow) = (Table::new(16, months), Table::new(16, months));
        for g in 0..16 {
            inflow.row_mut(g).fill(Lane::all(1000.0));
            central_inflow.row_mut(g).fill(Lane([1000.0]));
        }
        let (central, blocks) = (fill(&layout), (0..128).map(|_| fill(&layout)).collect());
        Self { name: "made up".into(), layout, months, central, central_inflow, blocks, inflow }
    }

    fn system<const N: usize>(&self) -> (System<'_, N>, Outcome<N>) {
        let system = System::new(&self.layout, Refused::RePresent, self.months);
        (system, Outcome::new(&self.layout, self.months))
    }

    fn central_run(&self) -> f64 {
        let (mut system, mut outcome) = self.system::<1>();
        let mut detail = Detail::new(&self.layout, self.months);
        least(500, || {
            system.set(&self.central);
            system.run(&self.central_inflow, &mut outcome);
            detail.fill(&system, &outcome);
            black_box((&outcome, &detail));
        })
    }

    /// `count` blocks of draws on `threads` threads, with or without deriving coefficients.
    fn blocks(&self, count: usize, threads: usize, derive: bool) -> f64 {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let run = |(system, outcome): &mut (System<'_, L>, Outcome<L>), block: usize| {
            if derive {
                system.set(&self.blocks[block % self.blocks.len()]);
            }
            system.run(&self.inflow, outcome);
            black_box(&*outcome);
        };
        let ready = || {
            let mut system = self.system::<L>();
            system.0.set(&self.blocks[0]);
            system
        };
        let mut systems: Vec<_> = (0..threads).map(|_| ready()).collect();
        pool.install(|| {
            least(20, || {
                systems.par_iter_mut().enumerate().for_each(|(thread, system)| {
                    (thread..count).step_by(threads).for_each(|block| run(system, block));
                });
            })
        })
    }

    /// Every scenario on `count` blocks of draws: what does not depend on it is shared.
    fn scenarios(&self, count: usize, scenarios: usize) -> f64 {
        let (mut system, mut outcome) = self.system::<L>();
        least(3, || {
            for block in 0..count {
                system.set(&self.blocks[block % self.blocks.len()]);
                system.respond();
                for _ in 0..scenarios {
                    system.apply(&self.inflow, &mut outcome);
                    black_box(&outcome);
                }
            }
        })
    }

    /// Where the time of one block goes.
    fn profile(&self) {
        let (mut system, mut outcome) = self.system::<L>();
        let each = |time: f64| time * 1e6;
        let set = least(100, || system.set(black_box(&self.blocks[0])));
        let run = least(100, || system.run(&self.inflow, black_box(&mut outcome)));
        let respond = least(100, || black_box(&mut system).respond());
        let apply = least(100, || system.apply(&self.inflow, black_box(&mut outcome)));
        println!(
            "   a block of {L} draws: coefficients {:.1} us, run {:.1} us, response {:.1} us, \
             each further scenario {:.1} us\n",
            each(set),
            each(run),
            each(respond),
            each(apply)
        );
    }
}

fn workbook() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared"))
        .join("parity/strategy-unit/params_England.xlsx")
}

/// The stage as a run has it, from keyed streams to who is at risk and referred: scenarios share
/// the sampling of every figure and the response of the system. The time for one scenario.
fn stage_of_a_run() -> f64 {
    let (one, many) = (RunStage::new(1), RunStage::new(SCENARIOS));
    let sampling = one.sampling();
    let (one, many) = (one.time(), many.time());
    println!("-- the pathway stage of a run: 1,000 draws, one thread, with sampling and exposure");
    println!(
        "   1 scenario: {:.2} ms, of which sampling {:.2}; {SCENARIOS}: {:.1} ms, {:.1} times one\n",
        one * 1e3,
        sampling * 1e3,
        many * 1e3,
        many / one
    );
    one
}

/// A study of some scenarios, for the first stage.
struct RunStage {
    study: afterwave::study::Study,
    layouts: Layouts,
    streams: Streams,
}

impl RunStage {
    const DRAWS: usize = 1000;

    fn new(scenarios: usize) -> Self {
        let is_there = workbook().exists();
        let folder = tempfile::tempdir().unwrap();
        let exposure = if is_there { "[exposure]\ncurve = \"Even Ebb\"\n" } else { "" };
        let paths: Vec<String> = (0..scenarios)
            .map(|i| {
                let path = folder.path().join(format!("scenario-{i}.toml"));
                let base = if is_there { "" } else { "extends = \"two-waves\"\n" };
                let text = format!("{base}start = \"2020-05\"\nmonths = 36\n{exposure}");
                std::fs::write(&path, text).unwrap();
                path.display().to_string()
            })
            .collect();
        let inputs = Inputs {
            scenarios: paths,
            pack: is_there.then(|| workbook().display().to_string()),
            spread: is_there.then_some(20.0),
            draws: Self::DRAWS,
            seed: 2020,
            ..Inputs::default()
        };
        let study = read_study(&inputs).expect("a study").study;
        let layouts = Layouts::new(&study.pack);
        let streams = study.figures.streams(study.draws.seed);
        Self { study, layouts, streams }
    }

    fn samples(&self) -> impl Iterator<Item = Prepared<LANES>> {
        let blocks = 0..Self::DRAWS.div_ceil(LANES) as u64;
        blocks.map(|block| Prepared::new(&self.study, &self.streams, block))
    }

    fn sampling(&self) -> f64 {
        least(20, || self.samples().for_each(|prepared| drop(black_box(prepared))))
    }

    fn time(&self) -> f64 {
        let Self { study, layouts, .. } = self;
        let cases: Vec<_> = (0..study.scenarios.len()).map(|i| Case::new(study, i, 0)).collect();
        let months = cases[0].months();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
        pool.install(|| {
            let mut result = Block::new(&study.pack, months);
            let mut solver = Solver::new(&study.pack, layouts, months);
            least(if cases.len() == 1 { 20 } else { 5 }, || {
                for prepared in self.samples() {
                    let mut shared = solver.share(&prepared);
                    for case in &cases {
                        shared.run(case, &mut result);
                        black_box(&result);
                    }
                }
            })
        })
    }
}

/// The least time of `repetitions` calls, in seconds.
fn least(repetitions: usize, mut call: impl FnMut()) -> f64 {
    (0..repetitions)
        .map(|_| {
            let start = Instant::now();
            call();
            start.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min)
}

/// A plain multiply-add over two arrays of `bytes` together: GFLOP/s.
fn multiply_add(numbers: usize) -> f64 {
    let half = (numbers / 2).max(8);
    let (x, mut y) = (vec![1.0; half], vec![0.0; half]);
    let rounds = (1 << 22) / half;
    let time = least(20, || {
        pulp::Arch::new().dispatch(MultiplyAdd { rounds, x: &x, y: &mut y });
        black_box(&mut y);
    });
    2.0 * (rounds * half) as f64 / time / 1e9
}

/// Compiled for the vector units of the processor, as the kernel is.
struct MultiplyAdd<'a> {
    rounds: usize,
    x: &'a [f64],
    y: &'a mut [f64],
}

impl WithSimd for MultiplyAdd<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for round in 0..self.rounds {
            let a = black_box(1e-9 * round as f64);
            for (y, x) in self.y.iter_mut().zip(self.x) {
                *y += a * x;
            }
        }
    }
}

/// Six stocks in a chain, each fed by the one before: ns a lane-step.
fn bare_recursion() -> f64 {
    let mut stocks = [[1.0; WIDE]; STOCKS];
    let time = least(20, || {
        pulp::Arch::new().dispatch(BareRecursion(&mut stocks));
        black_box(&mut stocks);
    });
    time * 1e9 / (BareRecursion::ROUNDS * STOCKS * WIDE) as f64
}

const STOCKS: usize = 6;
const WIDE: usize = 64;

struct BareRecursion<'a>(&'a mut [[f64; WIDE]; STOCKS]);

impl BareRecursion<'_> {
    const ROUNDS: usize = 10_000;
}

impl WithSimd for BareRecursion<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let (out, part) = (black_box([[0.1; WIDE]; STOCKS]), black_box([[0.5; WIDE]; STOCKS]));
        for _ in 0..Self::ROUNDS {
            let mut inflow = black_box([1.0; WIDE]);
            for (stock, (out, part)) in self.0.iter_mut().zip(out.iter().zip(&part)) {
                for l in 0..WIDE {
                    let left = stock[l] * out[l];
                    stock[l] = stock[l] + inflow[l] * part[l] - left;
                    inflow[l] = left;
                }
            }
            black_box(inflow);
        }
    }
}

/// The same work in numpy, where it is at hand, draws in batches of 50: by pathway and with
/// conditions folded away, from parameters in memory and with every parameter sampled. `ours` is
/// this crate's time for it from parameters in memory, `stage` that of a run's stage.
fn numpy(study: &Study, ours: f64, stage: f64) {
    let layout = &study.layout;
    let list = |items: Vec<usize>| format!("{items:?}");
    let of_pathways =
        |index: fn(&Pathway) -> usize| list(layout.pathways().iter().map(index).collect());
    let script = format!(
        "import time, numpy as np\n\
         G, S, M, B, N = {}, {}, {}, 50, {}\n\
         rng = np.random.default_rng(1)\n\
         def measure(g, s):\n\
         \x20 F = len(g)\n\
         \x20 fold_g = np.zeros((F, G)); fold_g[np.arange(F), g] = 1\n\
         \x20 fold_s = np.zeros((F, S)); fold_s[np.arange(F), s] = 1\n\
         \x20 def run(pi, tau, leave, rec, inflow):\n\
         \x20  R = np.zeros((B, G)); T = np.zeros((B, F))\n\
         \x20  ref = np.empty((M, B, S)); start = np.empty((M, B, S)); load = np.empty((M, B, S))\n\
         \x20  none = 1 - pi @ fold_g\n\
         \x20  for t in range(M):\n\
         \x20   r = R[:, g] * pi; st = r * tau; left = T * leave\n\
         \x20   ref[t] = r @ fold_s; start[t] = st @ fold_s; load[t] = T @ fold_s\n\
         \x20   R = R + inflow[t] + (left * (1 - rec) - st) @ fold_g - R * none\n\
         \x20   T = T + st - left\n\
         \x20  return ref, start, load\n\
         \x20 draw = lambda: tuple(rng.uniform(0.01, 0.05, (B, F)) for _ in range(4))\n\
         \x20 batches = [draw() for _ in range(20)]; inflow = np.ones((M, 1, G))\n\
         \x20 best = 1e9\n\
         \x20 for _ in range(3):\n\
         \x20  t = time.perf_counter()\n\
         \x20  for b in batches: run(*b, inflow)\n\
         \x20  best = min(best, time.perf_counter() - t)\n\
         \x20 return best\n\
         def sampling():\n\
         \x20 low, mid, high = np.full(N, 0.8), np.ones(N), np.full(N, 1.2)\n\
         \x20 best = 1e9\n\
         \x20 for _ in range(3):\n\
         \x20  t = time.perf_counter()\n\
         \x20  for _ in range(20):\n\
         \x20   z = rng.standard_normal((B, N))\n\
         \x20   np.clip(mid + z / 1.645 * np.where(z < 0, mid - low, high - mid), 0, None)\n\
         \x20  best = min(best, time.perf_counter() - t)\n\
         \x20 return best\n\
         print(measure(np.array({}), np.array({})))\n\
         print(measure(np.array({}), np.array({})))\n\
         print(sampling())\n",
        layout.groups(),
        layout.services(),
        study.months,
        layout.pathways().len()
            + layout.needs().len()
            + 5 * layout.services()
            + 2 * layout.groups(),
        of_pathways(|p| p.group),
        of_pathways(|p| p.service),
        list(layout.flows().iter().map(|f| f.group).collect()),
        list(layout.flows().iter().map(|f| f.service).collect()),
    );
    let output = Command::new("python3")
        .args(["-c", &script])
        .env("OPENBLAS_NUM_THREADS", "1")
        .env("OMP_NUM_THREADS", "1")
        .output();
    let times = output.ok().and_then(|out| {
        let text = String::from_utf8(out.stdout).ok()?;
        text.lines().map(|line| line.parse().ok()).collect::<Option<Vec<f64>>>()
    });
    let Some([by_pathway, folded, sampling]) = times.as_deref() else {
        return println!("-- no python3 with numpy here: that comparison is left out");
    };
    println!("-- numpy here, 1,000 draws on one thread, sampling them {:.0} ms", sampling * 1e3);
    for (name, theirs) in [("by pathway", by_pathway), ("folded", folded)] {
        println!(
            "   {name:<10}: {:4.0} ms from parameters in memory, ours {:5.2} ms: {:.0} times as fast; \
             with sampling {:4.0} ms, ours {:5.2} ms: {:.0} times",
            theirs * 1e3,
            ours * 1e3,
            theirs / ours,
            (theirs + sampling) * 1e3,
            stage * 1e3,
            (theirs + sampling) / stage
        );
    }
}
