//! Tables that stand beside a scenario: capacity, goals, levers.

use std::fmt::Write as _;

use super::super::choices::{Choices, cell};
use super::pack::{Table, edited};
use super::{Case, SCENARIOS, SERVICES, built_in, case};

pub(super) fn capacity(c: &mut Choices<'_>) -> Case {
    let mut text = String::from("service,area,from,kind,value,ramp,opening_list,reneging\n");
    for service in 0..c.between(1, 3) {
        let service = SERVICES[service * 2 + c.below(2)];
        let kind = c.pick(&["starts", "starts", "places"]);
        let mut from = 2020 * 12 + c.below(10);
        let steps = c.between(1, 3);
        for step in 0..steps {
            let value = c.pick(&["0", "10", "500", "5000", "100000", "300000"]);
            let [opening, reneging] = match step {
                0 => [c.pick(&["", "0", "500", "200000"]), c.pick(&["", "0", "0.02", "0.3"])],
                _ => ["", ""],
            };
            // The last leads nowhere.
            let ramp = if step + 1 < steps { c.pick(&["", "", "yes", "no"]) } else { "" };
            let (year, month) = (from / 12, from % 12 + 1);
            let value = cell(c, value);
            let _ = writeln!(
                text,
                "{service},,{year}-{month:02},{kind},{value},{ramp},{opening},{reneging}"
            );
            from += c.between(1, 10);
        }
    }
    let case = case(&["run", c.pick(&SCENARIOS), "--capacity", "capacity.csv"]);
    case.short(c).cheap(c).with("capacity.csv", text)
}

pub(super) fn goals(c: &mut Choices<'_>) -> Case {
    const MEASURES: [&str; 9] = [
        "referrals",
        "waiting",
        "wait_median",
        "within_standard",
        "load",
        "surge",
        "starts",
        "underlying",
        "caseload",
    ];
    let mut text = String::from("goal,service,measure,month,at_least,at_most\n");
    for goal in 0..c.between(1, 6) {
        let measure = c.pick(&MEASURES);
        let bound = match measure {
            "within_standard" => format!("{}", c.share()),
            _ => c.between(0, 50_000).to_string(),
        };
        let month = format!("202{}-{:02}", c.between(0, 1), c.between(3, 12));
        let (least, most) =
            if c.chance(50) { (bound, String::new()) } else { (String::new(), bound) };
        // Those of which lists are kept, where the measure is of one.
        let lists =
            matches!(measure, "waiting" | "wait_median" | "within_standard" | "load" | "starts");
        let service =
            if lists { c.pick(&["iapt", "camhs"]) } else { c.pick(&["iapt", "camhs", "cmht"]) };
        let cells =
            [cell(c, service), measure.to_owned(), cell(c, month), cell(c, least), cell(c, most)];
        let _ = writeln!(text, "goal {goal},{}", cells.join(","));
    }
    case(&["run", c.pick(&SCENARIOS), "--goals", "goals.csv"]).cheap(c).with("goals.csv", text)
}

pub(super) fn levers(c: &mut Choices<'_>) -> Case {
    let library = built_in("data/levers.csv").next().map_or("", |(_, text)| text);
    let names = [
        "shorter-treatment",
        "thrive",
        "universal-prevention",
        "targeted-prevention",
        "prevention-cut",
        "targeted-communications",
    ];
    let mut table = Table::read(library);
    table.keep(|record| names.contains(&&*record[0]));
    let text = edited(
        c,
        &table.text(),
        &["reach_low", "reach", "reach_high", "effect_low", "effect", "effect_high"],
    );
    let (first, second) = (c.pick(&names), c.pick(&names));
    let mut made = case(&["levers", c.pick(&SCENARIOS), "--from", "levers.csv", "--lever", first]);
    if second != first && c.chance(50) {
        made = made.and(&["--lever", second]);
        if c.chance(50) {
            made = made.and(&["--pairs"]);
        }
    }
    made.short(c).cheap(c).with("levers.csv", text)
}
