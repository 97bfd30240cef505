//! The comparison for a terminal: one screen that says what to buy and how sure that is, or all.

use std::fmt::Write as _;

use super::super::terminal::new_table;
use super::super::words::{brief, count, percent, range_ends, signed, wrapped};
use super::cells::{finished, of, spaced, unknown};
use super::list::{List, lists};
use super::offers::offers;
use super::words;
use crate::evaluate::choices::{Choice, Comparison, Kind, Ranked, Trial, is_sure_to_act};
use crate::projection::quantiles::Stats;
use crate::study::Study;
use crate::study::figures::{FigureId, Grade};
use crate::study::lever::Lever;

/// Lines of one screen, beside that of the files.
const LINES: usize = 23;
/// Choices on it, as long as there is room.
const SHOWN: usize = 6;
/// Services of whose waits is told there.
const WAITS: usize = 1;
/// What the best of them does besides.
const BESIDE: usize = 3;

/// The comparison; `by` is the stratification that levers were aimed by.
pub fn terminal(study: &Study, compared: &[Comparison], by: Option<usize>, full: bool) -> String {
    let mut text = String::new();
    for own in compared {
        let screen = Screen { study, own };
        if full {
            text.push_str(&screen.full());
            continue;
        }
        let all = own.ranked.len().min(SHOWN);
        // What they do besides makes room for choices, and these for all else.
        let mut rooms = [(all, BESIDE)].into_iter().chain((1..=all).rev().map(|shown| (shown, 1)));
        let fits = |text: &String| text.lines().count() <= LINES;
        let mut first = String::new();
        while let Some((shown, beside)) = rooms.next().filter(|_| first.is_empty() || !fits(&first))
        {
            first = screen.first(shown, beside, by);
        }
        text.push_str(&first);
    }
    if full {
        text.push_str(&legend());
    }
    text
}

struct Screen<'a> {
    study: &'a Study,
    own: &'a Comparison,
}

impl Screen<'_> {
    /// One screen: what to buy, and how sure that is; `shown` of the choices, and `beside` of what
    /// the first of them does besides.
    fn first(&self, shown: usize, beside: usize, by: Option<usize>) -> String {
        let ranked = &self.own.ranked;
        let mut text = format!("\n{}{}", self.advice(), self.head());
        text.push_str(&self.ranking(shown));
        if let Some(by) = by {
            text.push_str(&offers(self.study, self.own, by));
        }
        if let Some(first) = ranked.first() {
            text.push_str(&self.waits_line(first));
            let side = format!("Beside it, {}.", self.side_line(first, beside));
            text.push_str(&wrapped(&side, "", "  "));
        }
        text + &self.rests_on()
    }

    /// Every choice, and all that it does.
    fn full(&self) -> String {
        let mut text = format!("\n{}{}", self.advice(), self.head());
        text.push_str(&self.ranking(self.own.ranked.len()));
        text.push_str(&self.effort());
        text.push_str(&self.waits_of_all());
        for stratification in 0..self.study.pack.stratifications.len() {
            text.push_str(&self.gains(stratification));
        }
        text.push_str("\nWhat else they do (means over scenarios and draws):\n");
        for ranked in &self.own.ranked {
            text.push_str(&wrapped(&self.side_line(ranked, usize::MAX), "  ", "    "));
        }
        text.push('\n');
        text + &self.rests_on()
    }

    fn head(&self) -> String {
        let study = self.study;
        let scenarios: Vec<&str> = study.scenarios.iter().map(|s| s.id.as_str()).collect();
        let draws = match study.draws.count {
            0 => "central values".to_owned(),
            count => format!("medians (5th to 95th percentile) of {count} draws"),
        };
        let text = format!(
            "Against doing nothing, {} months of {}, sure ones first (?: may help nobody), {draws}:",
            study.scenarios.iter().map(|s| s.months).max().unwrap_or(0),
            scenarios.join(", ")
        );
        wrapped(&text, "", "")
    }

    /// The choices against doing nothing: whom they help, unmet need, what they cost.
    fn ranking(&self, shown: usize) -> String {
        let own = self.own;
        let has_cost = own.ranked.iter().any(|ranked| ranked.pooled(Trial::whole_cost).is_some());
        let has_rivals = |ranked: &Ranked| !ranked.standing.beats.is_empty();
        let has_best_column = own.ranked.iter().any(has_rivals);
        let mut table = new_table();
        let mut header = vec!["", "Choice", "Helped", "Unmet need"];
        header.extend(if has_cost { vec!["Cost £", "£ each"] } else { vec![] });
        header.extend(has_best_column.then_some("Best"));
        table.set_header(header.clone());
        for (rank, ranked) in (1..).zip(&own.ranked[..shown]) {
            let mut row = vec![
                format!("{rank}{}", if ranked.robust { "" } else { "?" }),
                spaced(&ranked.choice.name),
                of(ranked.pooled(|t| Some(t.helped.clone())), |s| {
                    format!("{} ({})", brief(s.median()), range_ends(s))
                }),
                of(ranked.pooled(|t| Some(t.unmet.clone())), change),
            ];
            if has_cost {
                row.push(of(ranked.pooled(Trial::whole_cost), |s| count(s.median())));
                row.push(of(ranked.pooled(Trial::cost_per_person), |s| count(s.median())));
            }
            if has_best_column {
                let share = format!("{:.0}%", ranked.standing.best * 100.0);
                row.push(if has_rivals(ranked) { share } else { String::new() });
            }
            table.add_row(row);
        }
        let right: Vec<usize> = std::iter::once(0).chain(4..header.len()).collect();
        let mut text = finished(table, &right);
        if shown < own.ranked.len() {
            let _ = writeln!(text, "and {} more: --full", own.ranked.len() - shown);
        }
        for ranked in own.ranked.iter().filter(|ranked| ranked.choice.is_scaled()) {
            text.push_str(&wrapped(&self.bought(&ranked.choice), "", "  "));
        }
        for ranked in &own.ranked[..shown] {
            text.push_str(&kept(ranked));
        }
        let mut levers = own.ranked[..shown].iter().flat_map(|ranked| &ranked.choice.levers);
        if levers.any(|lever| !lever.has_price()) {
            let which = if has_cost { "-: a lever without a price" } else { "No prices" };
            let _ = writeln!(text, "{which} (--set lever.NAME.cost_a_year=POUNDS).");
        }
        text
    }

    /// How far each lever reaches that a budget buys.
    fn bought(&self, choice: &Choice) -> String {
        let reach = |lever: &Lever| self.study.figures.get(lever.reach).number.central;
        let parts = choice.levers.iter().zip(&choice.parts).map(|(lever, part)| {
            format!("{} at {:.0}% of its reach ({:.2})", lever.name, part * 100.0, reach(lever))
        });
        format!("Most for the budget (means): {}.", parts.collect::<Vec<_>>().join(", "))
    }

    /// Staff, waiting saved, what that costs, and regret.
    fn effort(&self) -> String {
        let mut table = new_table();
        table.set_header(vec![
            "Choice",
            "Cost £",
            "Staff",
            "Weeks saved",
            "£ a week",
            "Regret",
            "Worst",
        ]);
        for ranked in &self.own.ranked {
            table.add_row(vec![
                spaced(&ranked.choice.name),
                of(ranked.pooled(Trial::whole_cost), change),
                of(ranked.pooled(|t| t.staff.clone()), change),
                of(ranked.pooled(|t| Some(t.weeks_saved.clone())), change),
                of(ranked.pooled(Trial::cost_per_week), |s| count(s.median())),
                count(ranked.standing.regret_mean),
                count(ranked.standing.regret_worst),
            ]);
        }
        format!("\n{}", finished(table, &[4, 5, 6]))
    }

    fn waits_line(&self, ranked: &Ranked) -> String {
        let lists = lists(self.study, self.own, ranked, false);
        let words: Vec<String> =
            lists.iter().take(WAITS).map(|list| list_words(self.study, list)).collect();
        let name = &ranked.choice.name;
        let text = if words.is_empty() {
            format!("Waits: {name} changes no list that a published figure can be held against.")
        } else {
            format!("Waits at the end with {name}: {}.", words.join("; "))
        };
        wrapped(&text, "", "  ")
    }

    fn waits_of_all(&self) -> String {
        let mut table = new_table();
        table.set_header(vec![
            "Choice",
            "Service",
            "List",
            "against nothing",
            "against no pandemic",
            "In time",
            "points",
        ]);
        for ranked in &self.own.ranked {
            for list in lists(self.study, self.own, ranked, true) {
                let share = |share: Option<f64>| {
                    share.map_or_else(unknown, |s| format!("{:.0}%", s * 100.0))
                };
                let mark = if list.is_checked { "" } else { "*" };
                table.add_row(vec![
                    spaced(&ranked.choice.name),
                    format!("{}{mark}", self.study.pack.services[list.service].id),
                    count(list.end.median()),
                    change(&list.end_changed),
                    change(&list.end_by_pandemic),
                    share(list.within),
                    list.within_changed.map_or_else(unknown, points),
                ]);
            }
        }
        format!(
            "\nWaiting lists at the end, and the share seen in time (*: nothing published to hold \
             it against):\n{}",
            finished(table, &[2, 5, 6])
        )
    }

    /// Who gains, by stratum.
    fn gains(&self, by: usize) -> String {
        let stratification = &self.study.pack.stratifications[by];
        let mut table = new_table();
        let strata = stratification.strata.iter().map(|stratum| stratum.label.clone());
        table.set_header(std::iter::once("Choice".to_owned()).chain(strata));
        let mut is_empty = true;
        for ranked in &self.own.ranked {
            let Some((_, shares)) = ranked.gains.iter().find(|(own, _)| *own == by) else {
                continue;
            };
            let shares = shares.iter().map(|share| format!("{:.0}%", share * 100.0));
            table.add_row(std::iter::once(spaced(&ranked.choice.name)).chain(shares));
            is_empty = false;
        }
        if is_empty {
            return String::new();
        }
        let right: Vec<usize> = (1..=stratification.strata.len()).collect();
        format!(
            "\nWhere the effect falls, by {}, of those helped (central values):\n{}",
            stratification.id,
            finished(table, &right)
        )
    }

    fn side_line(&self, ranked: &Ranked, most: usize) -> String {
        let all = &ranked.side_effects;
        let mut parts: Vec<String> =
            all.iter().take(most).map(|effect| words(self.study, effect)).collect();
        if all.len() > most {
            parts.push(format!("and {} more", all.len() - most));
        }
        if parts.is_empty() {
            parts.push("no service gets more referrals".to_owned());
        }
        format!("{}: {}", ranked.choice.name, parts.join("; "))
    }

    /// What to choose, and how sure that is.
    fn advice(&self) -> String {
        let area = &self.study.areas[self.own.area].name;
        let kinds = [Kind::Alone, Kind::Together].into_iter();
        let parts: Vec<String> = kinds.filter_map(|kind| self.advice_on(kind)).collect();
        let text = if parts.is_empty() {
            "nothing can be recommended: each helps nobody in some draws, or its effect may be \
             nothing."
                .to_owned()
        } else {
            parts.join(" ")
        };
        wrapped(&format!("{area}: {text}"), "", "  ")
    }

    /// The same of one kind; none where no choice is sure to help.
    fn advice_on(&self, kind: Kind) -> Option<String> {
        let of_kind = || self.own.ranked.iter().filter(|own| own.choice.kind() == kind);
        let mut robust = of_kind().filter(|own| own.robust);
        let first = robust.next()?;
        let sure =
            std::iter::once(first).chain(robust).find(|own| !own.harms() && own.kept.is_likely());
        let words = |own: &Ranked| {
            format!("{} helps in {:.0}% of draws", own.choice.name, own.helps * 100.0)
        };
        let Some(sure) = sure else {
            let why = match first.kept.unstaffed() {
                _ if first.harms() => "leaves more need unmet than it helps".to_owned(),
                Some(own) => format!("can't be staffed in {}", own.year),
                None => "can't be paid".to_owned(),
            };
            return Some(format!("{}, but {why}: not recommended.", words(first)));
        };
        let unsure: Vec<&str> = sure
            .choice
            .levers
            .iter()
            .filter(|lever| !is_sure_to_act(self.study, lever))
            .map(|lever| lever.name.as_str())
            .collect();
        if !unsure.is_empty() {
            let unsure = unsure.join(", ");
            return Some(format!(
                "{}, but {unsure} in it may do nothing: not as a whole.",
                words(sure)
            ));
        }
        let mut text = format!("recommended: {}", words(sure));
        let standing = &sure.standing;
        if !standing.beats.is_empty() {
            let other = if kind == Kind::Alone { "lever" } else { "combination" };
            let _ = write!(text, ", more than any other {other} in {:.0}%", standing.best * 100.0);
            if standing.regret_worst > 0.0 {
                let [mean, worst] = [standing.regret_mean, standing.regret_worst].map(count);
                let _ = write!(text, " (short of the best by {mean} people, at worst {worst})");
            }
        }
        let unmet = sure.pooled(|trial| Some(trial.unmet.clone())).map_or(0.0, |s| s.median());
        if unmet >= 1.0 {
            let _ = write!(text, ", though need unmet rises by {}", brief(unmet));
        }
        let by_mean = self.own.decisions.iter().find(|own| own.kind == kind);
        let best = by_mean.and_then(|own| own.chosen).map(|place| &self.own.ranked[place]);
        if let Some(best) = best.filter(|best| !best.robust) {
            let name = &best.choice.name;
            let _ = write!(text, "; {name} helps more on average, but may help nobody");
        }
        Some(text + ".")
    }

    /// The weakest grade that the table rests on, the figure that matters most, and the one that is
    /// worth most to know.
    fn rests_on(&self) -> String {
        let mut all: Vec<(Grade, FigureId)> = Vec::new();
        for lever in self.own.ranked.iter().flat_map(|ranked| &ranked.choice.levers) {
            let costs = [lever.cost_a_year, lever.cost_a_person, lever.cost_a_reached];
            for id in [lever.effect, lever.reach].into_iter().chain(costs.into_iter().flatten()) {
                let grade = self.study.figures.get(id).origin.grade;
                if !all.contains(&(grade, id)) {
                    all.push((grade, id));
                }
            }
        }
        // Grade D is the last of four.
        let weakest = all.iter().map(|(grade, _)| *grade).max().unwrap_or(Grade::D);
        let of_it: Vec<&str> = all
            .iter()
            .filter(|(grade, _)| *grade == weakest)
            .map(|(_, id)| self.study.figures.get(*id).key.trim_start_matches("lever."))
            .collect();
        let first = of_it.first().copied().unwrap_or_default();
        let more =
            if of_it.len() > 1 { format!(" and {} more", of_it.len() - 1) } else { String::new() };
        let mut text = format!("Weakest grade it rests on: {weakest}, of {first}{more}.");
        if let (Some((id, r)), Some(first)) = (self.own.matters, self.own.ranked.first()) {
            let figure = self.study.figures.get(id);
            let _ = write!(
                text,
                " What matters most to {}: {} (grade {}, r {r:+.1}).",
                first.choice.name, figure.key, figure.origin.grade
            );
        }
        let worth =
            self.own.decisions.iter().flat_map(|of| of.figures.iter().map(move |w| (of, w)));
        let most = worth.max_by(|(_, a), (_, b)| a.people.total_cmp(&b.people));
        if let Some((decision, worth)) = most {
            let figure = self.study.figures.get(worth.figure);
            let _ = write!(
                text,
                " To know {} (grade {}) would change the choice in {:.0}% of draws, worth {} of \
                 the {} people that knowing all is.",
                figure.key,
                figure.origin.grade,
                worth.changes * 100.0,
                count(worth.people),
                count(decision.perfect)
            );
        } else if self.study.draws.count > 0 {
            text.push_str(" To know any one figure would not change what helps most.");
        } else {
            text.push_str(" With --draws it is said what it would be worth to know better.");
        }
        wrapped(&text, "", "  ")
    }
}

/// How a choice keeps within what may be spent on it; nothing where that has no limits.
fn kept(ranked: &Ranked) -> String {
    let enough = |share: f64| format!("enough in {:.0}% of draws", share * 100.0);
    let budget = ranked.kept.budget.map(|own| {
        let cost = ranked.pooled(|trial| trial.cost.clone()).zip(own.share);
        match (cost, brief(own.pounds)) {
            (Some((cost, share)), there) => {
                let cost = brief(cost.median());
                format!("levers for {cost} of {there} pounds ({})", enough(share))
            }
            (None, there) => format!("of {there} pounds nobody knows: a lever has no price"),
        }
    });
    let staff = ranked.kept.staff.iter().map(|own| {
        let [wanted, there] = [own.wanted.median(), own.there].map(posts);
        format!("{wanted} of {there} posts in {} ({})", own.year, enough(own.share))
    });
    let parts: Vec<String> = budget.into_iter().chain(staff).collect();
    if parts.is_empty() {
        return String::new();
    }
    wrapped(&format!("{}: {}.", ranked.choice.name, parts.join(", ")), "", "  ")
}

/// Whole-time equivalents, to the tenth where that is something.
fn posts(number: f64) -> String {
    format!("{number:.1}").trim_end_matches(".0").to_owned()
}

/// A list in words.
fn list_words(study: &Study, list: &List) -> String {
    let mut text = format!(
        "{} {} on the list ({} by it, {} by the pandemic)",
        study.pack.services[list.service].id,
        count(list.end.median()),
        change(&list.end_changed),
        signed(list.end_by_pandemic.median()),
    );
    if let Some(within) = list.within {
        let _ = write!(text, ", {:.0}% in time", within * 100.0);
        let parts = [(list.within_changed, "by it"), (list.within_by_pandemic, "by the pandemic")];
        let known = parts.into_iter().filter_map(|(own, what)| Some((own?, what)));
        let known: Vec<String> =
            known.map(|(own, what)| format!("{} {what}", points(own))).collect();
        if !known.is_empty() {
            let _ = write!(text, " (points: {})", known.join(", "));
        }
    }
    text
}

/// A difference of shares in points: `+0.4`, `-12`.
fn points(share: f64) -> String {
    // Small rounding must not print a sign before nothing.
    let share = if share.abs() < 5e-4 { 0.0 } else { share };
    percent(share).trim_end_matches('%').to_owned()
}

/// `+12 (3 to 40)`.
fn change(stats: &Stats) -> String {
    format!("{} ({})", signed(stats.median()), range_ends(stats))
}

fn legend() -> String {
    let text = "\nHelped: people who no longer develop a condition, are taken in where they are \
         diverted, are accepted who were not, or start because there is room for them. Cost: the \
         levers and, where services have a unit cost, the change of treatment, over all months; £ \
         each: for each person helped; weeks saved: person-weeks of waiting; £ a week: for each \
         week that a person waits less; \"-\": nobody has said what a lever costs (--set \
         lever.NAME.cost_a_year=POUNDS, cost_a_person or cost_a_reached). Staff: whole-time \
         equivalents to treat the surge in its busiest month. Best: share of draws and scenarios \
         in which it helps more than all of its rivals; one lever has each other for a rival, \
         several together those of which they are no part, and that are no part of them. Regret: \
         people helped fewer than by the best of these in each draw, on average, and the 95th \
         percentile in the worst scenario. \"?\": does not help in 95% of the draws of every \
         scenario, or its effect may be nothing. Knowing better: draws cut into tenths by a \
         figure; another choice counts where it is better by four standard errors.";
    wrapped(text, "", "") + "A conditional comparison, not a forecast: population figures only.\n"
}
