//! From the figures kept to monthly series: which periods count, what is partial, missing or
//! broken. Every rule that leaves something out says so, with its number.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Report;
use super::catalogue::{Area, Measure};
use super::gaps;
use super::gather::Gatherer;
use super::level::{Breakdown, Level};
use super::partial::{self, Partial};
use super::period::Period;
use super::rolling;
use crate::diagnostics::{Place, Problem, Problems, Source};
use crate::input::measure::Nature;
use crate::month::Month;

/// One service line of one area by month, in one unit.
#[derive(Clone, Debug, Serialize)]
pub struct Series {
    /// The area's code; empty where the file names none.
    pub area: String,
    /// The service id.
    pub service: String,
    /// What is counted.
    pub measure: String,
    /// Whether the months were spread from longer periods.
    pub derived: bool,
    /// Months that were split by a share of residents.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub derived_months: BTreeSet<Month>,
    /// Months without a break; `None` where the figure is missing.
    pub months: BTreeMap<Month, Option<f64>>,
}

impl Series {
    /// Whether a month is no count of its own.
    pub fn is_derived(&self, month: Month) -> bool {
        self.derived || self.derived_months.contains(&month)
    }
}

type Figures = BTreeMap<Period, Option<f64>>;

/// Builds every series asked for.
pub(super) fn build(gatherer: &mut Gatherer<'_>, report: &mut Report) -> (Vec<Series>, Problems) {
    let mut figures = gatherer.take();
    one_level_each(&mut figures, gatherer, report);
    let mut problems = Problems::default();
    let mut series = Vec::new();
    for ((area, measure), figures) in figures {
        let builder = Builder {
            gatherer,
            area: &gatherer.catalogue.areas[area],
            measure: &gatherer.catalogue.measures[measure],
        };
        match builder.series(figures, report) {
            Ok(one) => series.push(one),
            Err(problem) => {
                // The same measure is refused once, not once for each area.
                if !problems.iter().any(|p| p.message == problem.message) {
                    problems.push(problem);
                }
            }
        }
    }
    (series, problems)
}

/// A code that stands at several levels is taken at the first of them.
fn one_level_each(
    figures: &mut BTreeMap<(usize, usize), Figures>,
    gatherer: &Gatherer<'_>,
    report: &mut Report,
) {
    let areas = &gatherer.catalogue.areas;
    let mut first: BTreeMap<(String, usize), Level> = BTreeMap::new();
    for (area, measure) in figures.keys() {
        let level =
            first.entry((areas[*area].code.clone(), *measure)).or_insert(areas[*area].level);
        *level = areas[*area].level.min(*level);
    }
    figures.retain(|(area, measure), figures| {
        let area = &areas[*area];
        let level = first.get(&(area.code.clone(), *measure)).copied().unwrap_or(area.level);
        if level != area.level {
            report.leave_out(
                figures.len(),
                format!("{} as {}: taken as {}", area.code, area.level.id(), level.id()),
            );
        }
        level == area.level
    });
}

struct Builder<'a> {
    gatherer: &'a Gatherer<'a>,
    area: &'a Area,
    measure: &'a Measure,
}

impl Builder<'_> {
    fn series(&self, figures: Figures, report: &mut Report) -> Result<Series, Problem> {
        self.refuse_what_is_no_count()?;
        let request = self.gatherer.request;
        let (mut months, longer) = by_length(figures);
        // Every third month and nothing between: a quarter's total, or one month of three?
        let are_quarters = !months.is_empty() && gaps::are_quarters(&months);
        let is_by_month = self.measure.nature == Nature::Stock
            || self.measure.id.to_lowercase().contains("month");
        if are_quarters && !is_by_month {
            return Err(Problem::error(self.place(), format!("{self}: the figures stand a quarter apart"))
                .read(gaps::runs(&months.keys().copied().take(4).collect::<Vec<_>>()))
                .allowed("quarters by the name of their column, such as `referrals (quarter)`, and `--spread-periods`; or a row for every month, `*` where it is not known"));
        }
        let derived = months.is_empty();
        if derived {
            months = self.spread(longer, report)?;
        } else if !longer.is_empty() {
            let lengths: usize = longer.values().map(Vec::len).sum();
            report.leave_out(
                lengths,
                format!("{self}: figures over several months that end with one of its months"),
            );
        }
        if !derived && self.gatherer.leaves_out_partial {
            self.leave_out_partial(&mut months, report);
        }
        self.name_missing(&months, report);
        self.fill_gaps(&mut months, report);
        self.name_coverage(&months, derived, report);
        self.name_labels(report);
        if self.measure.nature == Nature::Stock {
            if !request.stock && request.service.is_some() {
                let message = format!("{} is a stock, not the events of a month", self.measure.id);
                return Err(Problem::error(self.place(), message)
                    .read(format!("--service {}", request.service.as_deref().unwrap_or_default()))
                    .allowed("a measure that counts events, for a line that is projected")
                    .suggest("--stock, to write it as it is"));
            }
            report.note(format!(
                "{} is a stock at the end of each month, not the referrals of the month.",
                self.measure.id
            ));
        }
        Ok(Series {
            area: self.area.code.clone(),
            service: request.service.clone().unwrap_or_else(|| self.measure.service.clone()),
            measure: self.measure.word.clone(),
            derived: derived || self.gatherer.tally.derived,
            derived_months: BTreeSet::new(),
            months,
        })
    }

    fn place(&self) -> Place {
        Source::new(self.gatherer.files.as_str(), "").whole()
    }

    fn refuse_what_is_no_count(&self) -> Result<(), Problem> {
        let name = self.measure.names.first().map_or("", String::as_str);
        let refuse = |message: String| {
            Err(Problem::error(self.place(), message)
                .read(name)
                .allowed("a measure that counts events: `--list` shows which"))
        };
        match self.measure.nature {
            Nature::Share => {
                refuse(format!("{} is a proportion, rate or time, not a count", self.measure.id))
            }
            Nature::People if self.measure.lengths.keys().all(|months| *months > 1) => {
                refuse(format!(
                    "{} counts each person once over a long period: it is no sum of months and \
                     can't be made into months",
                    self.measure.id
                ))
            }
            _ => Ok(()),
        }
    }

    /// Longer periods become months only when asked.
    fn spread(
        &self,
        longer: BTreeMap<u16, Vec<(Period, Option<f64>)>>,
        report: &mut Report,
    ) -> Result<BTreeMap<Month, Option<f64>>, Problem> {
        let Some((length, figures)) = longer.into_iter().max_by_key(|(_, figures)| figures.len())
        else {
            return Ok(BTreeMap::new());
        };
        let annual = length == 12;
        if !self.gatherer.request.wishes.spread {
            let what = if annual {
                "a measure is by year: its months are not known".to_owned()
            } else {
                format!(
                    "a measure covers {length} months at a time: as monthly counts its figures \
                     would be {length} times too high"
                )
            };
            return Err(Problem::error(self.place(), what)
                .read(self.measure.id.as_str())
                .allowed(
                    "months; or periods that do not overlap, each spread evenly over its months \
                     and marked `derived`",
                )
                .suggest("--spread-periods"));
        }
        let (months, overlapping) = rolling::spread(&figures);
        report.leave_out(overlapping, format!("{self}: periods that overlap another"));
        report.note_about(
            self.to_string(),
            format!(
                "periods of {length} months spread evenly over their months and marked \
                 `derived`: never to be scored or fitted month by month."
            ),
        );
        Ok(months)
    }

    /// The first months of a code or of a collection are often not complete.
    fn leave_out_partial(&self, months: &mut BTreeMap<Month, Option<f64>>, report: &mut Report) {
        let values: Vec<(Month, f64)> =
            months.iter().filter_map(|(month, value)| Some((*month, (*value)?))).collect();
        let Some(Partial { months: partial, usual }) = partial::at_start(&values) else { return };
        months.retain(|month, _| partial.iter().all(|(last, _)| month > last));
        let named: Vec<String> =
            partial.iter().map(|(month, value)| format!("{month} = {value}")).collect();
        report.leave_out(
            partial.len(),
            format!(
                "{self}: partial at its start ({} against about {usual} a month after)",
                named.join(", ")
            ),
        );
    }

    fn name_missing(&self, months: &BTreeMap<Month, Option<f64>>, report: &mut Report) {
        let missing = months.values().filter(|value| value.is_none()).count();
        if missing > 0 {
            let nothing = if missing == months.len() {
                " That is all of them: nothing can be projected from it."
            } else {
                ""
            };
            report.note_about(
                self.to_string(),
                format!(
                    "{missing} of {} figures are withheld or not available: left blank, not \
                     zero.{nothing}",
                    months.len()
                ),
            );
        }
    }

    /// Months without a row inside a series stand in it as missing.
    fn fill_gaps(&self, months: &mut BTreeMap<Month, Option<f64>>, report: &mut Report) {
        let absent = gaps::fill(months);
        if !absent.is_empty() {
            report.note_about(
                self.to_string(),
                format!("no rows for {}: left blank.", gaps::runs(&absent)),
            );
        }
    }

    /// Says where the series is shorter than the file: England's rows stop early, codes come and
    /// go with reorganisations.
    fn name_coverage(
        &self,
        months: &BTreeMap<Month, Option<f64>>,
        derived: bool,
        report: &mut Report,
    ) {
        let (Some((&first, _)), Some((&last, _))) =
            (months.first_key_value(), months.last_key_value())
        else {
            return;
        };
        let Some(file) = self.measure.lengths.get(&1).filter(|_| !derived) else { return };
        let begins = self
            .gatherer
            .catalogue
            .measures
            .iter()
            .position(|measure| measure.id == self.measure.id)
            .and_then(|measure| self.area.span(measure))
            .map_or(first, |span| span.first);
        let cause = match self.area.level {
            Level::Nation => "its rows are missing from the file",
            _ => "its code came or went, as in a reorganisation",
        };
        if begins > file.first {
            report.note_about(
                self.to_string(),
                format!("begins in {begins}, other areas in {}: {cause}.", file.first),
            );
        }
        if last < file.last {
            report.note_about(
                self.to_string(),
                format!("ends in {last}, other areas in {}: {cause}.", file.last),
            );
        }
    }

    fn name_labels(&self, report: &mut Report) {
        let labels: Vec<&str> = self
            .area
            .labels
            .iter()
            .filter_map(|label| self.gatherer.catalogue.labels.get(*label))
            .filter(|(_, breakdown, _)| matches!(breakdown, Breakdown::Whole(_)))
            .map(|(label, ..)| label.as_str())
            .collect();
        if labels.len() > 1 {
            report.note_about(
                self.area.code.as_str(),
                format!("one code under the labels {}: taken as one area.", labels.join(" and ")),
            );
        }
    }
}

impl std::fmt::Display for Builder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.area.code.is_empty() {
            write!(f, "{}", self.measure.id)
        } else {
            write!(f, "{} {}", self.area.code, self.measure.id)
        }
    }
}

type ByLength = BTreeMap<u16, Vec<(Period, Option<f64>)>>;

/// Months apart from longer periods.
fn by_length(figures: Figures) -> (BTreeMap<Month, Option<f64>>, ByLength) {
    let mut months = BTreeMap::new();
    let mut longer = ByLength::new();
    for (period, value) in figures {
        if period.months == 1 {
            months.insert(period.first, value);
        } else {
            longer.entry(period.months).or_default().push((period, value));
        }
    }
    (months, longer)
}
