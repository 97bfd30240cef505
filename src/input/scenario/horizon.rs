//! What of a scenario lies outside its months. It is no mistake, as one scenario may be read for a
//! shorter time than another, but it does little or nothing, and a slip in a year looks the same.

use jiff::civil::Date;

use super::numbers::RISE;
use super::{MOST_MONTHS, ScenarioFile};
use crate::diagnostics::{Place, Problem, Problems};
use crate::input::document::Read;
use crate::month::{Month, date_at, position};

/// Something that happens from one position in months to another.
struct Event {
    from: f64,
    to: f64,
    place: Place,
}

impl Event {
    fn new(from: &Read<Date>, to: f64) -> Self {
        Self { from: position(from.value), to, place: from.place.clone() }
    }
}

impl ScenarioFile {
    /// The first month where no file gives it: the one after the last that is known, but not long
    /// before the first wave, and in time for its rise.
    pub(super) fn first_month(&self, last_known: Option<Month>) -> Option<Month> {
        /// Before this many rises from its peak a wave is as good as nothing.
        const RISES: f64 = 2.5;
        /// Months before the first wave that are worth showing.
        const LEAD: i32 = 12;
        let onset = self.waves.iter().filter_map(|wave| {
            let rise = wave.rise.as_ref().map_or(RISE.default(), |rise| rise.value).central;
            Some(Month::at(position(wave.peak.as_ref()?.value) - RISES * rise))
        });
        let last_known = match &self.as_of {
            Some(as_of) => Some(last_known.map_or(as_of.value, |last| last.min(as_of.value))),
            None => last_known,
        };
        let next = last_known.map(|last| last.plus(1));
        match (onset.min(), next) {
            (Some(onset), Some(next)) => Some(next.max(onset.plus(-LEAD)).min(onset)),
            (onset, next) => onset.or(next),
        }
    }

    /// Warns of waves, restrictions, shocks and levers outside the months of the scenario.
    pub(super) fn warn_of_outside(&self, start: Month, months: usize, problems: &mut Problems) {
        let span = Span { start, months };
        let peaks = self.waves.iter().filter_map(|wave| wave.peak.as_ref());
        let peaks = peaks.map(|peak| Event::new(peak, position(peak.value)));
        span.warn(peaks, "a wave peaks outside the scenario: no more than a part counts", problems);
        let restrictions = self.restrictions.iter().filter_map(|restriction| {
            let (from, to) = restriction.from.as_ref().zip(restriction.to.as_ref())?;
            // On the day it ends it is no longer there.
            Some(Event::new(from, position(to.value).next_down()))
        });
        let message = "a restriction lies outside the scenario: it has no effect";
        span.warn(restrictions, message, problems);
        let shocks = self.shocks.iter().filter_map(|shock| shock.from.as_ref());
        let shocks = shocks.map(|from| Event::new(from, f64::INFINITY));
        span.warn(shocks, "a shock begins after the scenario: it has no effect", problems);
        let levers = self.levers.iter().flatten().filter_map(|lever| lever.start());
        let levers = levers.map(|start| Event {
            from: start.value.start_position(),
            to: f64::INFINITY,
            place: start.place.clone(),
        });
        span.warn(levers, "a lever starts after the scenario: it has no effect", problems);
    }
}

/// The months of a scenario.
struct Span {
    start: Month,
    months: usize,
}

impl Span {
    /// Warns once of all events of a kind that lie outside.
    fn warn(&self, events: impl Iterator<Item = Event>, message: &str, problems: &mut Problems) {
        let end = self.start.plus(self.months as i32).start_position();
        let is_early = |event: &Event| event.to < self.start.start_position();
        let outside: Vec<Event> =
            events.filter(|event| is_early(event) || event.from >= end).collect();
        let Some(first) = outside.first() else { return };
        let more = match outside.len() - 1 {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        let first_day = date_at(first.from);
        let start = self.start.start_position();
        let (needed, fits) = if is_early(first) {
            (start - first.from.floor(), format!("start = \"{}\"", &first_day[..7]))
        } else {
            let needed = first.from.floor() - start + 1.0;
            (needed, format!("months = {needed}"))
        };
        // Farther off than the longest scenario, only the date can be wrong.
        let fits =
            if needed <= MOST_MONTHS as f64 { format!(", or {fits}") } else { String::new() };
        let last = self.start.plus(self.months as i32 - 1);
        problems.push(
            Problem::warning(first.place.clone(), format!("{message}{more}"))
                .read(first_day)
                .allowed(format!("{} to {last}, the months of the scenario", self.start))
                .suggest(format!("a date in these months{fits}")),
        );
    }
}
