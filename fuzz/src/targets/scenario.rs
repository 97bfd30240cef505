//! A scenario of the user's own.

use std::fmt::Write as _;

use super::super::choices::{Choices, wild};
use super::{Case, case};

/// A number, or a range around it, within bounds.
fn number(c: &mut Choices<'_>, least: f64, most: f64) -> String {
    let mut three = [0; 3].map(|_| least + c.share() * (most - least));
    three.sort_by(f64::total_cmp);
    let [low, central, high] = three;
    match c.below(4) {
        0 => format!("{{ low = {low}, central = {central}, high = {high} }}"),
        1 if c.chance(2) => wild(c).to_owned(),
        _ => format!("{central}"),
    }
}

fn day(c: &mut Choices<'_>, first: usize) -> String {
    format!("{}-{:02}-{:02}", first + c.below(2), c.between(1, 12), c.between(1, 28))
}

pub(super) fn scenario(c: &mut Choices<'_>) -> Case {
    let mut text = String::from("name = \"A scenario\"\n");
    let _ = writeln!(
        text,
        "start = \"{}-{:02}\"\nmonths = {}",
        c.pick(&[2020, 2020, 2019]),
        c.between(1, 12),
        c.between(1, 36)
    );
    if c.chance(10) {
        let _ = writeln!(text, "extends = \"{}\"", c.pick(&["single-wave", "two-waves", "none"]));
    }
    if c.chance(15) {
        text.push_str(c.pick(&["restrictions = \"none\"\n", "shocks = \"none\"\n"]));
    }
    for wave in 0..c.between(0, 4) {
        let _ =
            writeln!(text, "[[wave]]\nlabel = \"w{wave}\"\npeak = \"{}\"", day(c, 2020 + wave / 2));
        for (key, least, most) in
            [("height", 0.0, 3.0), ("rise", 0.1, 3.0), ("fall", 0.1, 6.0), ("severity", 0.0, 2.0)]
        {
            if c.chance(60) {
                let _ = writeln!(text, "{key} = {}", number(c, least, most));
            }
        }
    }
    if c.chance(40) {
        let year = 2020 + c.below(2);
        let _ = writeln!(
            text,
            "[[restriction]]\nfrom = \"{year}-{:02}-05\"\nto = \"{year}-{:02}-20\"\nstringency = {}",
            c.between(1, 6),
            c.between(7, 12),
            number(c, 0.0, 1.0)
        );
    }
    if c.chance(30) {
        let _ = writeln!(
            text,
            "[[shock]]\nfrom = \"2020-{:02}\"\npeak = \"2021-{:02}\"\ndepth = {}\nhalf_life = {}",
            c.between(1, 12),
            c.between(1, 12),
            number(c, 0.0, 2.0),
            number(c, 1.0, 30.0)
        );
    }
    if c.chance(40) {
        let _ = writeln!(
            text,
            "[response]\nneed_gain = {}\nsuppression_gain = {}",
            number(c, 0.0, 1.5),
            number(c, 0.0, 1.0)
        );
    }
    if c.chance(30) {
        let _ = writeln!(
            text,
            "[[lever]]\nname = \"own\"\nkind = \"prevent\"\nstart = \"2020-{:02}\"\nreach = {}\neffect = {}",
            c.between(1, 12),
            number(c, 0.0, 1.0),
            number(c, 0.0, 0.9)
        );
    }
    if c.chance(4) {
        let _ = writeln!(text, "{} = {}", c.pick(&["naem", "wave", "months", "start"]), wild(c));
    }
    case(&["run", "own.toml"]).cheap(c).with("own.toml", text)
}
