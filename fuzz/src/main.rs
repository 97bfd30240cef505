//! The targets as one plain binary: `plain all|TARGET [--seconds N] [--runs N] [--seed N] [--read] [--why]`.
//! `--read` reads cases and does not run them, many times as many in the same time.
//! What it says is on standard error: standard output is the commands'.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use afterwave_fuzz::targets::{Case, TARGETS};
use afterwave_fuzz::{Outcome, bytes, case, read, run};

/// No case is large: more than this is work by what a file claims.
const MOST_TIME: Duration = Duration::from_secs(5);
const MOST_MEMORY: usize = 1 << 30;

/// What the process has worked so far: the machine may be busy with other things.
fn worked() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// The most memory the process ever had, in bytes; 0 where nobody tells.
fn memory() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|text| text.trim().strip_suffix(" kB")?.parse::<usize>().ok());
    kilobytes.unwrap_or(0) << 10
}

/// Every so manieth accepted case is run on two threads as well.
const TWICE: u64 = 8;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str, usual: u64| {
        let at = words.iter().position(|word| word == name);
        at.and_then(|at| words.get(at + 1)).and_then(|value| value.parse().ok()).unwrap_or(usual)
    };
    let target = words.first().map_or("all", String::as_str);
    let seed = option("--seed", 2020);
    let most = option("--runs", u64::MAX);
    let reads = words.iter().any(|word| word == "--read");
    let tells_why = words.iter().any(|word| word == "--why");
    let chosen: Vec<&str> = TARGETS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| target == "all" || target == *name)
        .collect();
    let time = Duration::from_secs(option("--seconds", 60)) / chosen.len().max(1) as u32;
    std::panic::set_hook(Box::new(|_| {}));
    let of_reads = tempfile::tempdir().expect("a folder for files that are read");
    let mut findings = 0;
    for name in &chosen {
        let start = Instant::now();
        let (mut runs, mut accepted, mut found) = (0_u64, 0_u64, 0_u64);
        while start.elapsed() < time && runs < most {
            let Some(made) = case(name, &bytes(seed, runs)) else { break };
            let (began, before) = (worked(), memory());
            let outcome = if reads {
                match read(name, &made, of_reads.path()) {
                    Some(outcome) => outcome,
                    None => break,
                }
            } else {
                let folder = tempfile::tempdir().expect("a folder for the case");
                run(&made, folder.path(), runs % TWICE == 0)
            };
            let (took, after) = (worked().saturating_sub(began), memory());
            let outcome = match outcome {
                found @ Outcome::Finding(_) => found,
                _ if took > MOST_TIME => Outcome::Finding(format!("took {took:?}")),
                // Told once: the peak stays.
                _ if before <= MOST_MEMORY && after > MOST_MEMORY => {
                    Outcome::Finding(format!("took {} MB", after >> 20))
                }
                sound => sound,
            };
            match outcome {
                Outcome::Accepted => accepted += 1,
                Outcome::Refused(words) if tells_why => eprintln!(
                    "{name} {runs}: {}",
                    words.lines().find(|line| line.starts_with("error")).unwrap_or_default()
                ),
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
        eprintln!(
            "{name:<13} {runs:>8} runs  {share:>5.1}% accepted  {each:>5.1} ms each  {found} findings"
        );
        findings += found;
    }
    if findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn keep(target: &str, run: u64, case: &Case, words: &str) {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("finds").join(format!("{target}-{run}"));
    eprintln!("{target} {run}: {words}\n  {}", folder.display());
    for (name, content) in &case.files {
        let path = folder.join(name);
        let _ = path.parent().map(fs::create_dir_all);
        let _ = fs::write(path, content);
    }
    let _ = fs::create_dir_all(&folder);
    let _ = fs::write(
        folder.join("command.txt"),
        format!("afterwave {}\n{words}\n", case.words.join(" ")),
    );
}
