//! The targets as one plain binary: `plain all|TARGET [--seconds N] [--runs N] [--seed N] [--why]`.
//! What it says is on standard error: standard output is the commands'.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use afterwave_fuzz::targets::{Case, TARGETS};
use afterwave_fuzz::{Outcome, case, run};

/// Choices enough for the largest case.
const BYTES: usize = 1 << 13;

/// Every so manieth accepted case is run on two threads as well.
const TWICE: u64 = 8;

/// A generator of bytes that gives the same for the same seed (SplitMix64).
struct Bytes(u64);

impl Bytes {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn fill(&mut self) -> Vec<u8> {
        (0..BYTES / 8).flat_map(|_| self.next().to_le_bytes()).collect()
    }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str, usual: u64| {
        let at = words.iter().position(|word| word == name);
        at.and_then(|at| words.get(at + 1)).and_then(|value| value.parse().ok()).unwrap_or(usual)
    };
    let target = words.first().map_or("all", String::as_str);
    let seed = option("--seed", 2020);
    let most = option("--runs", u64::MAX);
    let tells_why = words.iter().any(|word| word == "--why");
    let chosen: Vec<&str> =
        TARGETS.iter().map(|(name, _)| *name).filter(|name| target == "all" || target == *name).collect();
    let time = Duration::from_secs(option("--seconds", 60)) / chosen.len().max(1) as u32;
    std::panic::set_hook(Box::new(|_| {}));
    let mut findings = 0;
    for name in &chosen {
        let start = Instant::now();
        let (mut runs, mut accepted, mut found) = (0_u64, 0_u64, 0_u64);
        while start.elapsed() < time && runs < most {
            // Every case by its own number, whatever ran before it.
            let bytes = Bytes(seed ^ (runs << 20)).fill();
            let Some(made) = case(name, &bytes) else { break };
            let folder = tempfile::tempdir().expect("a folder for the case");
            match run(&made, folder.path(), runs % TWICE == 0) {
                Outcome::Accepted => accepted += 1,
                Outcome::Refused(words) if tells_why => eprintln!("{name} {runs}: {}", words.lines().find(|line| line.starts_with("error")).unwrap_or_default()),
                Outcome::Refused(_) => {}
                Outcome::Finding(words) => {
                    found += 1;
                    keep(name, runs, &made, &words);
                }
            }
            runs += 1;
        }
        let share = 100.0 * accepted as f64 / runs.max(1) as f64;
        let each = start.elapsed().as_secs_f64() * 1e3 / runs.max(1) as f64;
        eprintln!("{name:<13} {runs:>8} runs  {share:>5.1}% accepted  {each:>5.1} ms each  {found} findings");
        findings += found;
    }
    if findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn keep(target: &str, run: u64, case: &Case, words: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("finds").join(format!("{target}-{run}"));
    eprintln!("{target} {run}: {words}\n  {}", folder.display());
    for (name, content) in &case.files {
        let path = folder.join(name);
        let _ = path.parent().map(fs::create_dir_all);
        let _ = fs::write(path, content);
    }
    let _ = fs::create_dir_all(&folder);
    let _ = fs::write(folder.join("command.txt"), format!("afterwave {}\n{words}\n", case.words.join(" ")));
}
