//! `levers.csv`: a row per choice, scenario (`all` for all together), measure and what it is of.

use super::super::csv_rows::{Rows, stats_header};
use super::QUANTITIES;
use crate::evaluate::choices::{Comparison, Ranked, Trial, pooled};
use crate::projection::quantiles::{Quantile, Stats, Summariser};
use crate::projection::wait_totals::{ListTotals, WaitTotals};
use crate::study::Study;

/// A quantity of a waiting list by draw.
type OfList = (&'static str, fn(&ListTotals) -> Option<&Vec<f64>>);

/// Those of every list, in order.
const OF_LISTS: [OfList; 3] = [
    ("waiting_end", |list| Some(&list.end)),
    ("within_standard", |list| list.within.as_ref()),
    ("weeks_waited", |list| Some(&list.weeks)),
];

/// The table of a comparison.
pub fn table(study: &Study, compared: &[Comparison]) -> String {
    let mut table = Table {
        rows: Rows::new(&format!(
            "area,rank,choice,kind,robust,scenario,measure,of,{}",
            stats_header()
        )),
        study,
    };
    for own in compared {
        let touched = own.touched();
        for (rank, ranked) in (1..).zip(&own.ranked) {
            let at = At { area: own.area, rank: Some(rank), ranked: Some(ranked) };
            table.choice(&at, &ranked.trials, &own.nothing, &touched);
            table.standing(&at, ranked);
        }
        let at = At { area: own.area, rank: None, ranked: None };
        table.choice(&at, &own.nothing, &own.nothing, &touched);
        for decision in &own.decisions {
            let chosen = decision.chosen.map(|place| &own.ranked[place]);
            let at = At { area: own.area, rank: None, ranked: chosen };
            table.value(&at, "worth_knowing", "everything", decision.perfect);
            for worth in &decision.figures {
                let key = &study.figures.get(worth.figure).key;
                table.value(&at, "worth_knowing", key, worth.people);
                table.value(&at, "would_change", key, worth.changes);
            }
        }
    }
    table.rows.into_text()
}

/// The services whose referrals change at all.
pub(super) fn changed(trial: &Trial) -> impl Iterator<Item = (usize, &Vec<f64>)> {
    let of = trial.referrals.iter();
    of.filter(|(_, draws)| draws.iter().any(|d| *d != 0.0))
        .map(|(service, draws)| (*service, draws))
}

/// What a row is of.
struct At<'a> {
    area: usize,
    rank: Option<usize>,
    /// None is doing nothing.
    ranked: Option<&'a Ranked>,
}

struct Table<'a> {
    rows: Rows,
    study: &'a Study,
}

impl Table<'_> {
    /// What a choice does, by scenario and over all.
    fn choice(&mut self, at: &At<'_>, trials: &[Trial], nothing: &[Trial], touched: &[usize]) {
        let study = self.study;
        for (name, of) in QUANTITIES {
            if let Some(stats) = pooled(trials, of) {
                self.row(at, "all", (name, ""), &stats);
            }
        }
        for &service in touched {
            let id = &study.pack.services[service].id;
            for (measure, draws) in lists(trials, nothing, service) {
                let stats = Summariser::default().stats(draws.into_iter().flatten());
                self.row(at, "all", (&measure, id), &stats);
            }
        }
        for (trial, nothing) in trials.iter().zip(nothing) {
            let scenario = &study.scenarios[trial.scenario].id;
            let mut summariser = Summariser::default();
            for (name, of) in QUANTITIES {
                if let Some(draws) = of(trial) {
                    let stats = summariser.stats(draws.into_iter());
                    self.row(at, scenario, (name, ""), &stats);
                }
            }
            for (service, draws) in changed(trial) {
                let stats = summariser.stats(draws.iter().copied());
                let id = &study.pack.services[service].id;
                self.row(at, scenario, ("referrals_change", id), &stats);
            }
            if trials.len() == 1 {
                continue;
            }
            for &service in touched {
                let id = &study.pack.services[service].id;
                let own = (std::slice::from_ref(trial), std::slice::from_ref(nothing));
                for (measure, draws) in lists(own.0, own.1, service) {
                    let stats = summariser.stats(draws.into_iter().flatten());
                    self.row(at, scenario, (&measure, id), &stats);
                }
            }
        }
    }

    /// How a choice stands against the others, and who gains.
    fn standing(&mut self, at: &At<'_>, ranked: &Ranked) {
        if let Some(share) = ranked.kept.budget.and_then(|budget| budget.share) {
            self.value(at, "within_budget", "", share);
        }
        for own in &ranked.kept.staff {
            let year = own.year.to_string();
            self.row(at, "all", ("posts_wanted", &year), &own.wanted);
            self.value(at, "posts_there", &year, own.there);
            self.value(at, "staffed", &year, own.share);
        }
        self.value(at, "beats", "nothing", ranked.helps);
        for (other, share) in &ranked.standing.beats {
            self.value(at, "beats", other, *share);
        }
        if !ranked.standing.beats.is_empty() {
            self.value(at, "best", "", ranked.standing.best);
        }
        self.value(at, "regret_mean", "", ranked.standing.regret_mean);
        self.value(at, "regret_worst", "", ranked.standing.regret_worst);
        for (of, shares) in &ranked.gains {
            let of = &self.study.pack.stratifications[*of];
            for (stratum, share) in of.strata.iter().zip(shares) {
                self.value(at, "share_of_helped", &format!("{}/{}", of.id, stratum.id), *share);
            }
        }
    }

    /// A number without a range.
    fn value(&mut self, at: &At<'_>, measure: &str, of: &str, value: f64) {
        self.begin(at, "all", (measure, of));
        self.rows.number(value);
        for _ in Quantile::ALL {
            self.rows.maybe(None);
        }
        self.rows.end();
    }

    fn row(&mut self, at: &At<'_>, scenario: &str, of: (&str, &str), stats: &Stats) {
        self.begin(at, scenario, of);
        self.rows.stats(stats).end();
    }

    fn begin(&mut self, at: &At<'_>, scenario: &str, (measure, of): (&str, &str)) {
        let robust = |ranked: &Ranked| if ranked.robust { "yes" } else { "no" };
        self.rows.text(&self.study.areas[at.area].id).maybe(at.rank.map(|rank| rank as f64));
        self.rows.text(at.ranked.map_or("nothing", |ranked| &ranked.choice.name));
        self.rows.text(at.ranked.map_or("", |ranked| ranked.choice.kind().name()));
        self.rows.text(at.ranked.map_or("", robust)).text(scenario).text(measure).text(of);
    }
}

/// The list of a service in every scenario: as it is, against doing nothing, and against the same
/// without a pandemic, by draw; what is not known in some scenario is left out.
pub(super) fn lists(
    trials: &[Trial],
    nothing: &[Trial],
    service: usize,
) -> Vec<(String, Vec<Vec<f64>>)> {
    let list = |trial: &'_ Trial| -> Option<WaitTotals> {
        trial.waits.iter().find(|(own, _)| *own == service).map(|(_, list)| list.clone())
    };
    let pairs: Option<Vec<(WaitTotals, WaitTotals)>> =
        trials.iter().zip(nothing).map(|(own, before)| Some((list(own)?, list(before)?))).collect();
    let Some(pairs) = pairs else { return Vec::new() };
    let mut all = Vec::new();
    for (name, of) in OF_LISTS {
        let own: Option<Vec<_>> = pairs.iter().map(|(own, _)| of(&own.with).cloned()).collect();
        let Some(own) = own else { continue };
        let less = |other: fn(&(WaitTotals, WaitTotals)) -> &ListTotals| -> Option<Vec<Vec<f64>>> {
            let others = pairs.iter().map(|pair| of(other(pair)));
            let difference = |(own, other): (&Vec<f64>, Option<&Vec<f64>>)| {
                Some(own.iter().zip(other?).map(|(own, other)| own - other).collect())
            };
            own.iter().zip(others).map(difference).collect()
        };
        let against = [
            ("nothing", less(|(_, before)| &before.with)),
            ("no_pandemic", less(|(own, _)| &own.without)),
        ];
        all.push((name.to_owned(), own));
        let known = against.into_iter().filter_map(|(what, draws)| Some((what, draws?)));
        all.extend(known.map(|(what, draws)| (format!("{name}_against_{what}"), draws)));
    }
    all
}
