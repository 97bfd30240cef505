//! Words of a command line.

use super::super::choices::{Choices, wild};
use super::{Case, SCENARIOS, case};

/// Options, each with what goes with it.
const RUN: [&[&str]; 12] = [
    &["--set", "response.need_gain=0.3,0.9,1.1"],
    &["--set", "response.need_gain=0.4"],
    &["--set", "services.iapt.accepted=0.5"],
    &["--seed", "7"],
    &["--area", "Bury"],
    &["--area", "England"],
    &["--spread", "20"],
    &["--full"],
    &["--workbook"],
    &["--format", "json"],
    &["--capacity", "held"],
    &["--disclosure"],
];

pub(super) fn command_line(c: &mut Choices<'_>) -> Case {
    let made = match c.below(14) {
        0 => case(&[
            "areas",
            c.pick(&["Bury", "00V", "E54", "", "London", "Leeds", "region:London", "x\u{202e}y"]),
        ]),
        1 => case(&["explain", "--graph", c.pick(&["mermaid", "dot", "svg"])]),
        2 => case(&["levers", "--library"]),
        3 => case(&["check", c.pick(&["two-waves", "two-waves", "single-wave", "nope.toml"])]),
        4 => {
            let (service, month) =
                (c.pick(&["iapt", "camhs", "itap"]), c.pick(&["2021-01", "2020-11", "2020-13"]));
            case(&["explain", service, month, "--draws", "0"])
        }
        5 => case(&["init"]),
        _ => {
            let mut made = case(&["run", c.pick(&SCENARIOS)]).short(c).cheap(c);
            let first = c.below(RUN.len());
            for turn in 0..c.below(4) {
                // No option twice; area, whole of the registry, needs the built-in pack.
                let option = RUN[(first + 5 * turn) % RUN.len()];
                if option[0] != "--area"
                    || !made.words.iter().any(|word| word == "--baseline" || word == "--area")
                {
                    made = made.and(option);
                }
            }
            made
        }
    };
    match c.below(20) {
        0 => made.and(&["--set", wild(c)]),
        1 => made.and(&[wild(c)]),
        2 => made.and(&["--json"]),
        _ => made,
    }
}
