//! What a fit found: a pack folder that `run` takes, the scenario's own numbers beside it, and a
//! table of what the data spoke on.

use std::fmt::Write as _;

use comfy_table::CellAlignment;
use serde_json::{Value, json};

use super::csv_rows::Rows;
use super::table::columns::{AREA, MEASURE, MONTH, SCENARIO, SERVICE, STATS};
use super::table::{self, Head, Table, Written};
use super::terminal::{keep_words_whole, new_table};
use super::words::{at_joints, count, wrapped};
use crate::checksum::sha256;
use crate::draw::{LANES, Scale, Uncertain};
use crate::evaluate::fit::{Fit, Fitted};
use crate::month::{Month, date_at};
use crate::projection::draws::Drawn;
use crate::projection::measure::Measure;
use crate::projection::quantiles::Summariser;
use crate::study::Study;
use crate::study::figures::{Basis, Figure, FigureId, Grade};
use crate::study::lever::{Acts, Aim, Lever};
use crate::study::scenario::Tie;

/// With fewer independent particles a mean strays by more than what counts as a shift.
const ENOUGH: f64 = 64.0;

/// How many lines and figures the terminal shows.
const SHOWN: usize = 12;
/// How many of them on one screen.
const FEW: usize = 4;

/// The longest key that leaves room for both ranges on a line; a longer one is broken.
const LONGEST_KEY: usize = 28;

fn figure<'a>(study: &'a Study, fitted: &Fitted) -> &'a Figure {
    study.figures.get(fitted.id)
}

/// Table, key and parameter of a pack's figure; none for a scenario's, or for settings of
/// `pack.toml`.
fn row_of(figure: &Figure) -> Option<(&str, &str, &str)> {
    let (table, rest) = figure.key.split_once('.')?;
    let (key, parameter) = rest.rsplit_once('.')?;
    (figure.scenario.is_none() && table != "pack").then_some((table, key, parameter))
}

/// `pack.toml` of the fitted pack.
pub fn pack_toml(
    study: &Study,
    fit: &Fit,
    (name, extends): (&str, &str),
    posterior_csv: &str,
) -> String {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    format!(
        "# Made by `afterwave fit`: the ranges of {} after the counted months to {}.\n\
         name = {}\nlabel = {}\nextends = {}\nposterior = {}\n",
        study.pack.name,
        fit.until,
        quoted(name),
        quoted(&format!("{}, fitted to {}", study.pack.label, fit.until.short())),
        quoted(extends),
        quoted(&sha256(posterior_csv.as_bytes())),
    )
}

/// `figures.csv` of the fitted pack: the figures fitted, and those set on the command line.
pub fn figures_csv(study: &Study, fit: &Fit) -> String {
    let mut rows =
        Rows::new("table,key,parameter,low,central,high,unit,source,grade,as_of,note,scale");
    for fitted in &fit.figures {
        let (figure, prior) = (figure(study, fitted), &fitted.prior);
        let source = format!(
            "fitted; before: {} to {} around {}, {}",
            prior.low, prior.high, prior.central, figure.origin.source
        );
        add_figure(&mut rows, figure, &fitted.posterior, &source, fit.until);
    }
    let is_fitted = |figure: &Figure| fit.posterior.columns.contains_key(&figure.key);
    for figure in study.figures.iter().filter(|f| f.origin.basis == Basis::Set && !is_fitted(f)) {
        add_figure(&mut rows, figure, &figure.number, "set for the fit", fit.until);
    }
    rows.into_text()
}

fn add_figure(rows: &mut Rows, figure: &Figure, number: &Uncertain, source: &str, until: Month) {
    let Some((table, key, parameter)) = row_of(figure) else { return };
    rows.text(table).text(key).text(parameter);
    rows.number(number.low).number(number.central).number(number.high);
    rows.text(&figure.origin.unit).text(source);
    rows.text(&figure.origin.grade.max(Grade::C).to_string());
    rows.text(&until.to_string()).text(&figure.origin.note);
    rows.text(scale_name(number.scale));
    rows.end();
}

/// A scale as inputs name it; the linear one goes without saying.
const fn scale_name(scale: Scale) -> &'static str {
    match scale {
        Scale::Linear => "",
        Scale::Log => "log",
        Scale::Logit => "logit",
    }
}

/// The scenario with its fitted numbers, extending the one it was.
pub fn scenario_toml(study: &Study, fit: &Fit, extends: &str) -> String {
    let scenario = &study.scenarios[0];
    let writer = Writer { study, fit };
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let mut text = format!(
        "# Made by `afterwave fit` from the counted months to {}.\nname = {}\nextends = {}\n\
         months = {}\n",
        fit.until,
        quoted(&format!("{}, fitted to {}", scenario.name, fit.until.short())),
        quoted(extends),
        scenario.months
    );
    // What is inherited is here in full, fitted.
    let whole = |is_none: bool| if is_none { "none" } else { "own" };
    let has_none = !scenario.economy_follows && scenario.shocks.is_empty();
    let _ = writeln!(
        text,
        "waves = \"own\"\nrestrictions = \"{}\"\nshocks = \"{}\"",
        whole(scenario.is_unrestricted),
        whole(has_none)
    );
    for wave in &scenario.waves {
        let label = quoted(&wave.label);
        let _ = writeln!(text, "\n[[wave]]\nlabel = {label}\npeak = \"{}\"", wave.peak);
        let is_tied = scenario.restrictions.iter().any(|of| of.wave == wave.number);
        if wave.is_answered && !is_tied {
            text.push_str("restrictions = \"none\"\n");
        }
        writer.numbers(&format!("wave.{}", wave.number), &mut text);
    }
    for (restriction, number) in scenario.restrictions.iter().zip(1..) {
        let _ = writeln!(text, "\n[[restriction]]\nwave = {}", restriction.wave);
        for (key, day) in [
            ("from", restriction.given(restriction.from)),
            ("to", restriction.given(restriction.to)),
        ] {
            let _ = writeln!(text, "{key} = \"{day}\"");
        }
        match &restriction.tie {
            None => text.push_str("follow = false\n"),
            Some(tie) => text.push_str(&given_for(tie)),
        }
        writer.numbers(&format!("restriction.{number}"), &mut text);
    }
    for (shock, number) in scenario.shocks.iter().zip(1..) {
        let [from, peak] = [shock.from, shock.peak].map(date_at);
        let _ = writeln!(text, "\n[[shock]]\nfrom = \"{from}\"\npeak = \"{peak}\"");
        writer.numbers(&format!("shock.{number}"), &mut text);
    }
    for lever in &scenario.levers {
        text.push_str("\n[[lever]]\n");
        writer.lever(lever, &mut text);
        writer.numbers(&format!("lever.{}", lever.name), &mut text);
    }
    text.push_str("\n[response]\n");
    writer.numbers("response", &mut text);
    text
}

/// What the wave of a restriction was, where the restriction has moved or changed with it since.
fn given_for(tie: &Tie) -> String {
    let [rise, fall, height, severity] = tie.numbers.map(|number| number.central);
    let peak = format!("peak = \"{}\"", tie.peak);
    let numbers = format!("rise = {rise}, fall = {fall}, height = {height}, severity = {severity}");
    match (tie.is_changed, tie.days) {
        (true, _) => format!("given_for = {{ {peak}, {numbers} }}\n"),
        (false, 0) => String::new(),
        (false, _) => format!("given_for = {{ {peak} }}\n"),
    }
}

/// Parts of a scenario as TOML, all of them, with what was set for the fit: a list given in a file
/// replaces the inherited one.
struct Writer<'a> {
    study: &'a Study,
    fit: &'a Fit,
}

impl Writer<'_> {
    /// Every number of the part `part`, such as `wave.2`, fitted where it was.
    fn numbers(&self, part: &str, text: &mut String) {
        for (id, figure) in self.study.figures.ids().zip(self.study.figures.iter()) {
            let key = figure.key.strip_prefix(part).and_then(|rest| rest.strip_prefix('.'));
            if let Some(key) = key.filter(|_| figure.scenario.is_some()) {
                let _ = writeln!(text, "{key} = {}", self.number(id));
            }
        }
    }

    fn number(&self, id: FigureId) -> String {
        let fitted = self.fit.figures.iter().find(|fitted| fitted.id == id);
        let own = fitted.map_or(self.study.figures.get(id).number, |fitted| fitted.posterior);
        if own.is_point() {
            return own.central.to_string();
        }
        let scale = match scale_name(own.scale) {
            "" => String::new(),
            name => format!(", scale = \"{name}\""),
        };
        format!("{{ low = {}, central = {}, high = {}{scale} }}", own.low, own.central, own.high)
    }

    /// What a lever is, without its numbers.
    fn lever(&self, lever: &Lever, text: &mut String) {
        let pack = &self.study.pack;
        let id = |service: usize| pack.services[service].id.clone();
        let mut put = |key: &str, value: toml::Value| {
            let _ = writeln!(text, "{key} = {value}");
        };
        put("name", lever.name.as_str().into());
        put("label", lever.label.as_str().into());
        put("kind", lever.action.kind().name().into());
        if let Some(people) = lever.action.people() {
            let groups = people.groups.iter().map(|i| pack.groups[*i].id.clone());
            put("groups", groups.collect::<Vec<_>>().into());
            let conditions = people.conditions.iter().map(|i| pack.conditions[*i].id.clone());
            put("conditions", conditions.collect::<Vec<_>>().into());
        } else {
            let services = lever.action.services().iter().map(|service| id(*service));
            put("services", services.collect::<Vec<_>>().into());
        }
        if let Some(to) = lever.action.to().or(lever.onward.map(|onward| onward.to)) {
            put("to", id(to).into());
        }
        if let Some(target) = &lever.target {
            let of = &pack.stratifications[target.stratification];
            let named = |stratum: &usize| format!("{}/{}", of.id, of.strata[*stratum].id);
            match &target.aim {
                Aim::ByNeed => put("by_need", of.id.as_str().into()),
                Aim::Strata(list) => {
                    put("strata", list.iter().map(named).collect::<Vec<_>>().into());
                }
                // Of comparisons alone; no file can say it.
                Aim::AllIn(_) => {}
            }
        }
        put("start", lever.start.to_string().into());
        if let Some(level) = lever.level {
            put("level", level.name().into());
        }
        if let Some(year) = lever.price_year {
            put("price_year", toml::Value::Integer(year as i64));
        }
        let origin = &self.study.figures.get(lever.effect).origin;
        put("source", origin.source.as_str().into());
        put("grade", origin.grade.to_string().into());
        for (key, said) in [("note", &origin.note), ("agreed_with", &origin.agreed_with)] {
            if !said.is_empty() {
                put(key, said.as_str().into());
            }
        }
    }
}

/// `fit.csv`: every uncertain figure before and after.
pub fn csv(study: &Study, fit: &Fit) -> String {
    let mut rows = Rows::new(
        "figure,scenario,low_before,central_before,high_before,low,central,high,shift,width,\
         informed",
    );
    for fitted in &fit.figures {
        let figure = figure(study, fitted);
        rows.text(&figure.key).text(figure.scenario.as_deref().unwrap_or(""));
        for number in [&fitted.prior, &fitted.posterior] {
            rows.number(number.low).number(number.central).number(number.high);
        }
        rows.number(fitted.shift).number(fitted.width);
        rows.text(if fitted.is_informed() { "yes" } else { "no" }).end();
    }
    rows.into_text()
}

/// `posterior.csv`: the particles, a row each, of which a run with the fitted pack draws.
pub fn posterior_csv(fit: &Fit) -> String {
    let mut rows = Rows::headless();
    for name in fit.posterior.columns.keys() {
        rows.text(name);
    }
    rows.end();
    for draw in 0..fit.posterior.draws() {
        for column in fit.posterior.columns.values() {
            rows.number(column.values()[draw]);
        }
        rows.end();
    }
    rows.into_text()
}

/// `conditioned.csv`: the observed lines over the whole scenario, as the fitted pack has them.
#[derive(Clone, Copy, Debug)]
pub struct Conditioned;

impl Table<(&Study, &[Drawn])> for Conditioned {
    fn head(&self) -> Head {
        Head {
            name: "conditioned",
            about: "Referrals of the lines observed, as a run with the fitted pack has them.",
            written: Written::Always,
            columns: [&[SCENARIO, AREA, SERVICE, MONTH, MEASURE][..], &STATS].concat(),
        }
    }

    fn rows(&self, (study, conditioned): &(&Study, &[Drawn]), rows: &mut table::Rows) {
        let scenario = &study.scenarios[0];
        let mut summariser = Summariser::default();
        for line in *conditioned {
            for (t, draws) in line.referrals.iter().enumerate() {
                rows.text(&scenario.id).text(&study.areas[line.area].id);
                rows.text(&study.pack.services[line.service].id);
                rows.month(scenario.month(t)).text(Measure::Referrals.name());
                rows.stats(Some(&summariser.stats(draws.iter().copied()))).end();
            }
        }
    }
}

/// Which lines were used, how the particles fared, and what the data spoke on.
pub fn text(study: &Study, fit: &Fit, full: bool) -> String {
    let most = if full { SHOWN } else { FEW };
    let mut text = format!("\nConditioned on counted months to {}:\n", fit.until.short());
    for line in fit.lines.iter().take(most) {
        let months = line.counts.len();
        let used = format!(
            "{}, {}: {months} month{} (discrepancy {:.0}%)",
            study.pack.services[line.service].label,
            study.areas[line.area].name,
            if months == 1 { "" } else { "s" },
            100.0 * line.discrepancy.sd
        );
        text.push_str(&wrapped(&used, "  ", "    "));
    }
    if let Some(more @ 1..) = fit.lines.len().checked_sub(most) {
        let _ = writeln!(text, "  … and {more} more lines");
    }
    let rounded = if fit.particles == study.draws.count {
        String::new()
    } else {
        format!(" (blocks of {LANES}: more than --draws {})", study.draws.count)
    };
    let fared = format!(
        "{} particles{rounded} in {} tempered steps count as {:.0} independent ones; of the draws \
         before, {:.0} would have carried all the weight. {:.0}% of the last moves were taken.",
        count(fit.particles as f64),
        fit.steps,
        fit.effective_sample,
        fit.prior_sample,
        100.0 * fit.accepted
    );
    text.push_str(&wrapped(&fared, "", ""));
    if fit.effective_sample < ENOUGH {
        text.push_str(
            "So few show shifts where there are none: take more --draws to believe one.\n",
        );
    }
    let informed = informed(fit);
    if informed.is_empty() {
        let figures = fit.figures.len();
        let text_of = format!(
            "The data spoke on none of the {figures} uncertain figures that these lines depend on: \
             fit.csv has them as they were."
        );
        text.push_str(&wrapped(&text_of, "", ""));
        return text;
    }
    let _ = writeln!(
        text,
        "The data spoke on {} of the {} uncertain figures that these lines depend on:\n",
        informed.len(),
        fit.figures.len()
    );
    let mut table = new_table();
    table.set_header(vec!["Figure", "Before", "After", "Shift", "Width"]);
    for fitted in informed.iter().take(most) {
        table.add_row(vec![
            at_joints(&figure(study, fitted).key, LONGEST_KEY),
            range(&fitted.prior),
            range(&fitted.posterior),
            format!("{:+.1}", fitted.shift),
            format!("{:.2}", fitted.width),
        ]);
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 1));
        if index > 0 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    keep_words_whole(&mut table);
    if !informed.is_empty() {
        let _ = writeln!(
            text,
            "{}\n\nRanges: 5th to 95th percentile. Shift of the mean and width, in standard\n\
             deviations before; fit.csv has every figure.",
            table.trim_fmt()
        );
    }
    text
}

/// The figures the data spoke on, most first.
fn informed(fit: &Fit) -> Vec<&Fitted> {
    let told = |fitted: &Fitted| fitted.shift.abs() + (1.0 - fitted.width).max(0.0);
    let mut informed: Vec<&Fitted> = fit.figures.iter().filter(|f| f.is_informed()).collect();
    informed.sort_by(|a, b| told(b).total_cmp(&told(a)));
    informed
}

fn range(number: &Uncertain) -> String {
    let short = |value: f64| {
        let digits = match value.abs() {
            99.5.. => 0,
            9.95.. => 1,
            0.0995.. | 0.0 => 2,
            0.00995.. => 3,
            _ => 4,
        };
        format!("{value:.digits$}")
    };
    format!("{} to {}", short(number.low), short(number.high))
}

/// The fit as one document.
pub fn json(study: &Study, fit: &Fit, held_out: &Value, files: &[String]) -> Value {
    json!({
        "afterwave": env!("CARGO_PKG_VERSION"),
        "seed": study.draws.seed,
        "until": fit.until.to_string(),
        "particles": fit.particles,
        "prior_sample": fit.prior_sample,
        "effective_sample": fit.effective_sample,
        "tempered_steps": fit.steps,
        "accepted": fit.accepted,
        "lines": fit.lines.iter().map(|line| json!({
            "area": study.areas[line.area].id,
            "service": study.pack.services[line.service].id,
            "months": line.counts.len(),
            "discrepancy": line.discrepancy,
        })).collect::<Vec<_>>(),
        "figures": fit.figures.iter().map(|fitted| {
            let figure = figure(study, fitted);
            json!({
                "figure": figure.key,
                "scenario": figure.scenario,
                "before": fitted.prior,
                "after": fitted.posterior,
                "shift": fitted.shift,
                "width": fitted.width,
                "informed": fitted.is_informed(),
            })
        }).collect::<Vec<_>>(),
        "held_out": held_out,
        "files": files,
    })
}
