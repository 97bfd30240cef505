//! Some cases of every grammar of `fuzz/`, the same at every run: none panics, none breaks a rule of
//! what is written, and most of each are accepted.

#[path = "../../fuzz/src/lib.rs"]
#[allow(
    dead_code,
    clippy::all,
    clippy::pedantic,
    reason = "held to its own rules in its own place"
)]
mod cases;

use cases::Outcome;
use cases::targets::TARGETS;

/// Cases of each target that are run, and that are only read: a minute of a processor together.
const RUN: u64 = 50;
const READ: u64 = 4_000;

/// Panics on what must not be; the share of cases accepted, if there are any.
fn accepted(
    target: &str,
    cases: u64,
    outcome: impl Fn(&cases::targets::Case) -> Option<Outcome>,
) -> f64 {
    let mut accepted = 0.0;
    for number in 0..cases {
        let case = cases::case(target, &cases::bytes(2020, number)).unwrap();
        match outcome(&case) {
            None => return 1.0,
            Some(Outcome::Accepted) => accepted += 1.0,
            Some(Outcome::Refused(_)) => {}
            Some(Outcome::Finding(words)) => panic!("{target} {number}: {words}\n{:?}", case.words),
        }
    }
    accepted / cases as f64
}

#[test]
fn cases_of_every_grammar_end_well_when_run() {
    for (target, _) in TARGETS {
        let share = accepted(target, RUN, |case| {
            let folder = tempfile::tempdir().unwrap();
            Some(cases::run(case, folder.path(), true))
        });
        assert!(share > 0.5, "{target}: {share} accepted");
    }
}

#[test]
fn cases_of_every_grammar_end_well_when_read() {
    let folder = tempfile::tempdir().unwrap();
    for (target, _) in TARGETS {
        let share = accepted(target, READ, |case| cases::read(target, case, folder.path()));
        assert!(share > 0.5, "{target}: {share} accepted");
    }
}
