//! The same money spent on everyone, by need, and on those in most need alone, side by side.

use super::super::terminal::new_table;
use super::super::words::{count, wrapped};
use super::cells::{finished, of, unknown};
use crate::evaluate::choices::aimed::neediest;
use crate::evaluate::choices::{Comparison, Ranked, Trial};
use crate::study::Study;
use crate::study::figures::Grade;
use crate::study::lever::Acts;
use crate::study::strata::{Scoped, StratumParameter};

/// Levers that are shown aimed.
const OFFERED: usize = 1;

/// The same money for everyone, by need and for those in most need alone: whom it helps, and
/// what becomes of access where need is greatest.
pub(super) fn offers(study: &Study, compared: &Comparison, by: usize) -> String {
    let ranked = &compared.ranked;
    let Some(neediest) = neediest(study, by) else { return String::new() };
    let stratum = &study.pack.stratifications[by].strata[neediest];
    let mut table = new_table();
    table.set_header(vec!["Choice", "Cost £", "Helped", "of them there", "Access there", ""]);
    let is_aimed = |flat: &Ranked, own: &Ranked| own.choice.aimed_of() == Some(&*flat.choice.name);
    let is_offered = |flat: &&Ranked| ranked.iter().any(|own| is_aimed(flat, own));
    for flat in ranked.iter().filter(is_offered).take(OFFERED) {
        let aimed = ranked.iter().filter(|own| is_aimed(flat, own));
        for own in std::iter::once(flat).chain(aimed) {
            let gains = own.gains.iter().find(|(of, _)| *of == by);
            let family = own.choice.levers[0].action.services().first();
            let family = family.map(|service| study.pack.services[*service].family);
            let access = |trials: &[Trial]| access(trials, family, neediest);
            let (with, before) = (access(&own.trials), access(&compared.nothing));
            table.add_row(vec![
                match own.choice.name.strip_prefix(&*flat.choice.name) {
                    Some(aim) if !aim.is_empty() => format!("  {aim}"),
                    _ => own.choice.name.clone(),
                },
                of(own.pooled(|trial| trial.cost.clone()), |s| count(s.mean)),
                of(own.pooled(|t| Some(t.helped.clone())), |s| count(s.median())),
                gains.map_or_else(unknown, |(_, shares)| {
                    format!("{:.0}%", shares[neediest] * 100.0)
                }),
                with.map_or_else(unknown, |with| format!("{with:.3}")),
                with.zip(before).map_or_else(unknown, |(with, before)| {
                    let change = with - before;
                    // Small rounding must not print a sign before nothing.
                    let change = if change.abs() < 5e-4 { 0.0 } else { change };
                    format!("{change:+.3}")
                }),
            ]);
        }
    }
    if table.is_empty() {
        return String::new();
    }
    let text = format!(
        "The same money by {}; there: {} ({}). Access: share of those seen over share of need, \
         and its change:",
        study.pack.stratifications[by].id,
        stratum.label.to_lowercase(),
        gradient(study, compared.area, (by, neediest))
    );
    wrapped(&text, "", "") + &finished(table, &[1, 2, 3, 4, 5])
}

/// The median access of a stratum, the mean over scenarios: of a family where that has gradients
/// of its own, else of all services together.
fn access(trials: &[Trial], family: Option<usize>, stratum: usize) -> Option<f64> {
    let of = |trial: &Trial| {
        let find = |of| trial.access.iter().find(|(own, _)| *own == of);
        let (_, strata) = family.and_then(|family| find(Some(family))).or_else(|| find(None))?;
        Some(strata.get(stratum)?.as_ref()?.median())
    };
    let medians: Vec<f64> = trials.iter().map(of).collect::<Option<_>>()?;
    (!medians.is_empty()).then(|| medians.iter().sum::<f64>() / medians.len() as f64)
}

/// Whose gradient of need and access a stratum has in an area, with its grade.
fn gradient(study: &Study, area: usize, (by, stratum): (usize, usize)) -> String {
    let of = &study.pack.stratifications[by];
    let area = &study.areas[area];
    let both = [StratumParameter::RelativeNeed, StratumParameter::RelativeAccess];
    let figures = both.iter().filter_map(|own| of.figure(stratum, *own, None, &area.id));
    let grade = figures.clone().map(|id| study.figures.get(id).origin.grade).max();
    let is_own = figures.clone().all(|id| {
        let is_it = |scoped: &&Scoped| scoped.figure == id;
        of.figures.iter().find(is_it).is_some_and(|scoped| scoped.area.is_some())
    });
    let is_pack = study.pack.reference_area == area.id;
    let whose = if is_own || is_pack { "its gradient" } else { "England's gradient" };
    format!("{whose}, grade {}", grade.unwrap_or(Grade::D))
}
