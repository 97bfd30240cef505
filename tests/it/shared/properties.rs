//! How many cases a property is tried on.

use proptest::test_runner::{Config, RngSeed};

/// So many cases, the same ones at every run: a run of the program takes seconds, and what decides
/// whether a change lands must not hang on chance.
pub(crate) fn cases(count: u32) -> Config {
    Config {
        rng_seed: RngSeed::Fixed(2020),
        failure_persistence: None,
        ..Config::with_cases(count)
    }
}
