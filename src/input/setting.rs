//! Settings: one number, or the day of a wave's peak, given on the command line: `--set KEY=VALUE`.

use jiff::civil::Date;

use super::document::ordered;
use super::table::{NotANumber, number};
use crate::diagnostics::{Problem, Source};
use crate::draw::Uncertain;
use crate::month::{Month, parse_date};

/// A number given on the command line: `services.iapt.accepted=0.6,0.7,0.8`.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The whole path.
    pub path: String,
    /// The value; of a day, none.
    pub number: Uncertain,
    /// The day, where the value is one: of `wave.N.peak` alone.
    day: Option<Date>,
}

/// The wave of `wave.N.peak`.
fn wave_of_peak(path: &str) -> Option<usize> {
    path.trim().strip_prefix("wave.")?.strip_suffix(".peak")?.parse().ok()
}

impl Setting {
    /// The wave, from 1, and the day that its peak is moved to.
    pub fn peak(&self) -> Option<(usize, Date)> {
        wave_of_peak(&self.path).zip(self.day)
    }

    /// Reads `KEY=VALUE`, the value a number or `low,central,high`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let place = Source::new("--set", "").whole();
        let problem = |message: &str| {
            Problem::error(place.clone(), message)
                .read(text)
                .allowed("KEY=VALUE or KEY=LOW,CENTRAL,HIGH")
                .suggest("response.need_gain=0.9")
        };
        let (path, value) = text.split_once('=').ok_or_else(|| problem("has no `=`"))?;
        if wave_of_peak(path).is_some() {
            let day = parse_date(value.trim()).map_err(|_| {
                Problem::error(place.clone(), "the peak of a wave is a day")
                    .read(text)
                    .allowed("2021-01-12 or 12/01/2021")
            })?;
            let number = Uncertain::point(0.0);
            return Ok(Self { path: path.trim().to_owned(), number, day: Some(day) });
        }
        let numbers: Result<Vec<f64>, NotANumber> =
            value.split(',').map(|part| number(part)?.ok_or(NotANumber)).collect();
        let not_a_number = |NotANumber| {
            let wrong = problem("the value is not a number");
            if value.parse::<Month>().is_ok() || parse_date(value).is_ok() {
                wrong.suggest("wave.N.peak=DAY, or another start in a scenario file")
            } else {
                wrong
            }
        };
        let number = match numbers.map_err(not_a_number)?.as_slice() {
            [value] => Uncertain::point(*value),
            [low, central, high] => {
                ordered(*low, *central, *high).map_err(|(message, _)| problem(message))?;
                Uncertain::range(*low, *central, *high)
            }
            _ => return Err(problem("the value is neither one number nor three")),
        };
        Ok(Self { path: path.trim().to_owned(), number, day: None })
    }
}
