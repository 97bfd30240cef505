//! What the options of `network` come to: lengths, days and periods, checked against the inputs.

use crate::input::network::Scale;

use super::{
    Draft, InputError, Layout, NetworkArgs, Problem, Problems, Scenario, Source, Span, input,
};

/// Length of a run whose inputs have no last day: the warm-up and two years, or a year beyond
/// their last change, but no more than ten.
const NO_END: u32 = 1460;
const LONGEST_UNASKED: u32 = 3653;

pub(super) fn wrong(option: &str, message: &str) -> Problem {
    Problem::error(Source::new(option, "").whole(), message)
}

pub(super) fn built_in(args: &NetworkArgs) -> Result<Draft, InputError> {
    match &args.variant {
        Some(variant) => {
            Err(wrong("--variant", "the built-in example has no variants").read(variant).into())
        }
        None => input::example(),
    }
}

/// Checks what can be checked before anything is read.
pub(super) fn check(args: &NetworkArgs) -> Result<(), InputError> {
    let mut problems = Problems::default();
    if let Some(weeks) = args.target_wait.filter(|weeks| !(0.1..=1000.0).contains(weeks)) {
        let problem = wrong("--target-wait", "not a standard").read(weeks.to_string());
        problems.push(problem.allowed("weeks from 0.1 to 1000"));
    }
    let of_a_run = [
        ("--scenario", args.scenario.as_ref()),
        ("--feed", args.feed.first()),
        ("--scale", args.scale.as_ref()),
        ("--area", args.area.as_ref()),
    ];
    for (option, given) in of_a_run.into_iter().filter(|_| args.from.is_none()) {
        if let Some(given) = given {
            let problem = wrong(option, "says something of a run, and none is given").read(given);
            problems.push(problem.suggest("--from afterwave-out"));
        }
    }
    let names = |texts: &[String]| -> Vec<String> {
        texts.iter().map(|text| text.split('=').next().unwrap_or(text).trim().to_owned()).collect()
    };
    for (option, names, what) in [
        ("--feed", names(&args.feed), "the service is fed twice"),
        ("--period", names(&args.period), "the period is named twice"),
    ] {
        let of_all = (option == "--period").then(|| Span::after(0, 1).name);
        if let Some(twice) = repeated(of_all.into_iter().chain(names)) {
            problems.push(wrong(option, what).read(twice).allowed("each name once"));
        }
    }
    problems.stop_on_errors()?;
    let keys = names(&args.set).into_iter().map(|key| key.replace(".places", ".capacity"));
    if let Some(twice) = repeated(keys) {
        let mut problems = Problems::default();
        let message = "the key is set twice: one after the other";
        problems.push(Problem::warning(Source::new("--set", "").whole(), message).read(twice));
        crate::commands::warn(&problems);
    }
    Ok(())
}

/// The first name that stands twice.
fn repeated(names: impl Iterator<Item = String>) -> Option<String> {
    let mut seen = std::collections::BTreeSet::new();
    names.into_iter().find(|name| !seen.insert(name.clone()))
}

/// Settings of the levers of a run's scenario: `lever.NAME.reach=0.3`.
pub(super) fn set_levers(
    sets: &[&String],
    scenario: Option<&mut Scenario>,
) -> Result<(), InputError> {
    if sets.is_empty() {
        return Ok(());
    }
    let Some(scenario) = scenario else {
        let problem = wrong("--set", "levers belong to a scenario of a run").read(sets[0]);
        return Err(problem.suggest("--from afterwave-out").into());
    };
    let mut problems = Problems::default();
    for set in sets {
        let read = set.strip_prefix("lever.").and_then(|set| set.split_once('='));
        let number = read.and_then(|(path, value)| Some((path, value.trim().parse().ok()?)));
        match number {
            Some((path, value)) => {
                problems.take(scenario.set(path, value));
            }
            None => problems.push(
                wrong("--set", "not a number of a lever")
                    .read(*set)
                    .allowed("lever.NAME.reach=0.3, .effect, .starts, .lag or .ramp"),
            ),
        }
    }
    problems.stop_on_errors()
}

/// How referrals become arrivals; the built-in example is nobody's and keeps its own level.
pub(super) fn scale(args: &NetworkArgs, draft: &Draft) -> Result<Scale, InputError> {
    match args.scale.as_deref() {
        None if draft.layout == Layout::BuiltIn => Ok(Scale::Own),
        None => Ok(Scale::Times(1.0)),
        Some("own") => Ok(Scale::Own),
        Some(text) => match text.parse::<f64>() {
            Ok(times) if (0.0..=1e6).contains(&times) => Ok(Scale::Times(times)),
            _ => Err(wrong("--scale", "neither a factor nor `own`")
                .read(text)
                .allowed("a number from 0 to 1000000, or own")
                .into()),
        },
    }
}

/// The length of the run and of its warm-up.
pub(super) fn length(
    args: &NetworkArgs,
    draft: &Draft,
    fed: bool,
) -> Result<(u32, u32), InputError> {
    let reach = if fed { draft.first_end() } else { draft.last_day() };
    let small = draft.small().filter(|_| !fed);
    let days = args.days.or(reach).or(small.map(|(days, _)| days)).unwrap_or_else(|| {
        let change = draft.last_change();
        let days = NO_END.max(change + 364).min(LONGEST_UNASKED);
        if change > days {
            crate::commands::tell_words(&format!(
                "what changes on day {change} comes after the last day and has no effect"
            ));
        }
        if draft.layout != Layout::BuiltIn {
            crate::commands::tell_words(&format!(
                "the inputs have no last day: runs for {days} days (--days changes that)"
            ));
        }
        days
    });
    let warm_up = args.warm_up.unwrap_or(if fed {
        input::WARM_UP
    } else {
        small.map_or(input::WARM_UP, |(_, warm_up)| warm_up).min(days / 2)
    });
    if days <= input::MOST_DAYS && warm_up < days {
        return Ok((days, warm_up));
    }
    Err(wrong("--days and --warm-up", "no days are left after the warm-up")
        .read(format!("{days} days, {warm_up} of them warm-up"))
        .allowed(format!("at most {} days, and fewer days of warm-up", input::MOST_DAYS))
        .into())
}

/// The results of all replications are kept for their quantiles.
pub(super) fn check_size(args: &NetworkArgs, cells: usize) -> Result<(), InputError> {
    let numbers = cells as f64 * 9.0 * f64::from(args.replications);
    if numbers <= 5e8 {
        return Ok(());
    }
    Err(wrong("--replications", "the results would not fit in memory")
        .read(args.replications.to_string())
        .suggest("fewer replications, or fewer days")
        .into())
}

/// The day on which the routes change: the option's, or the files'.
pub(super) fn switch_day(
    args: &NetworkArgs,
    draft: &Draft,
    days: u32,
) -> Result<Option<u32>, InputError> {
    match (args.switch_day, draft.switches()) {
        (Some(0), _) => Err(wrong("--switch-day", "days are numbered from 1").read("0").into()),
        (Some(day), switches) => {
            let message = if switches && day > days {
                "the day is after the last one: no effect"
            } else if !switches {
                "no service has other routes after a switch: no effect"
            } else {
                return Ok(Some(day));
            };
            let mut problems = Problems::default();
            let place = Source::new("--switch-day", "").whole();
            problems.push(Problem::warning(place, message).read(day.to_string()));
            crate::commands::warn(&problems);
            Ok(Some(day))
        }
        (None, false) => Ok(None),
        (None, true) => match draft.switch_day() {
            Some(day) => {
                if draft.layout == Layout::Published {
                    crate::commands::tell_words(&format!(
                        "routes change on day {day}, as in the published runs"
                    ));
                }
                Ok(Some(day))
            }
            None => {
                let message = "routes.csv has other routes after the switch, but no day is given";
                Err(wrong("--switch-day", message)
                    .suggest("--switch-day DAY, or a column switch_day in routes.csv")
                    .into())
            }
        },
    }
}

/// Reads `NAME=FIRST-LAST`.
pub(super) fn periods(texts: &[String], days: u32) -> Result<Vec<Span>, InputError> {
    let mut problems = Problems::default();
    let mut spans = Vec::new();
    for text in texts {
        let parsed = text.split_once('=').and_then(|(name, range)| {
            let (first, last) = range.split_once('-')?;
            let (first, last): (u32, u32) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
            let fine = first >= 1 && first <= last && last <= days && !name.trim().is_empty();
            fine.then(|| Span { name: name.trim().to_owned(), first_day: first, last_day: last })
        });
        match parsed {
            Some(span) => spans.push(span),
            None => problems.push(
                wrong("--period", "not a period")
                    .read(text)
                    .allowed(format!("NAME=FIRST-LAST with days from 1 to {days}")),
            ),
        }
    }
    problems.stop_on_errors()?;
    Ok(spans)
}
