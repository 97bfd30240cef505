//! What a user should know of a study that is sound but may not be what was meant.

use crate::diagnostics::{Problem, Problems, Source};
use crate::study::area::Area;
use crate::study::observed::Observed;
use crate::study::pack::{Pack, same_name};
use crate::study::scenario::Scenario;

/// Warns of scenarios that no comparison can hold against the first.
pub(super) fn warn_of_other_months(scenarios: &[Scenario], problems: &mut Problems) {
    let Some(first) = scenarios.first() else { return };
    let months = |of: &Scenario| format!("{} to {}", of.start, of.last());
    let others: Vec<&Scenario> =
        scenarios.iter().filter(|other| !other.has_months_of(first)).collect();
    let Some(other) = others.first() else { return };
    let place = Source::new("scenarios", "").whole();
    let names: Vec<&str> = others.iter().map(|other| other.id.as_str()).collect();
    let message = format!("other months than {}: not in the comparison", first.id);
    let mut problem = Problem::warning(place, message)
        .read(format!("{}: {}, {}: {}", names.join(", "), months(other), first.id, months(first)))
        .allowed("one start and as many months for scenarios to be compared");
    if others.iter().all(|other| other.start == first.start) {
        let least = others.iter().map(|other| other.months).min().unwrap_or(first.months);
        problem = problem.suggest(format!("--set months={}", first.months.min(least)));
    }
    problems.push(problem);
}

/// Warns of draws too few for a range, and of as many as memory may not hold.
pub(super) fn warn_of_draws(draws: usize, problems: &mut Problems) {
    /// Of fewer draws the 5th and the 95th percentile are the least and the greatest.
    const FEW: usize = 20;
    const MANY: usize = 20_000;
    /// As measured with the built-in inputs.
    const GIGABYTES_A_DRAW: f64 = 87e-6;
    let message = match draws {
        1..FEW => "so few draws make no range".to_owned(),
        MANY.. => {
            let gigabytes = draws as f64 * GIGABYTES_A_DRAW;
            format!("so many draws take some {gigabytes:.0} GB of memory with the built-in inputs")
        }
        _ => return,
    };
    problems.push(
        Problem::warning(Source::new("--draws", "").whole(), message)
            .read(draws.to_string())
            .suggest("0 for central values, 1000 for ranges"),
    );
}

/// Warns of services that no route leads to and no baseline counts: nothing can be said of them.
pub(super) fn warn_of_unreached(pack: &Pack, areas: &[Area], problems: &mut Problems) {
    let is_reached = |index: usize| {
        pack.services[index].is_total()
            || pack.routes.iter().any(|route| route.service == index)
            || pack.demand.iter().any(|demand| demand.service == index)
            || areas.iter().flat_map(|area| &area.series).any(|series| series.service == index)
    };
    let unreached: Vec<&str> = (0..pack.services.len())
        .filter(|index| !is_reached(*index))
        .map(|index| pack.services[index].id.as_str())
        .collect();
    let Some(first) = unreached.first() else { return };
    let place = Source::new(format!("pack {}", pack.name), "").whole();
    let message = "services with no route and no baseline: nothing is projected for them";
    problems.push(
        Problem::warning(place, message)
            .read(unreached.join(", "))
            .suggest(format!("routes.csv: GROUP,CONDITION,{first},1, or referrals to it")),
    );
}

/// Warns of areas that a fitted pack was not fitted to.
pub(super) fn foreign_fit(
    observed: Option<&Observed>,
    pack: &str,
    areas: &[Area],
    problems: &mut Problems,
) {
    let Some(observed) = observed else { return };
    let fitted = observed.areas();
    let is_fitted = |area: &&Area| fitted.iter().any(|known| same_name(known, &area.id));
    for area in areas.iter().filter(|area| !is_fitted(area)) {
        let place = Source::new(format!("pack {pack}"), "").whole();
        let names: Vec<&str> = fitted.iter().copied().collect();
        let shown = names.iter().take(8).copied().collect::<Vec<_>>().join(", ");
        problems.push(
            Problem::warning(place, format!("the pack was not fitted to {}", area.id))
                .read(format!("fitted to the months of {shown}"))
                .suggest(format!("--area {}, or a pack fitted to {}", names[0], area.id)),
        );
    }
}
