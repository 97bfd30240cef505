//! Months and days of a document, as texts or as dates of TOML.

use jiff::civil::Date;
use toml::de::DeValue;

use super::{Keys, Read};
use crate::diagnostics::Problem;
use crate::month::{MONTH_FORMS, Month, MonthError, parse_date};

impl Keys<'_> {
    /// A month, in any of the forms of a baseline, or a bare TOML date.
    pub fn month(&self, key: &'static str) -> Option<Read<Month>> {
        self.dated(key, "a month such as \"2020-04\"", str::parse, MONTH_FORMS)
    }

    /// A day.
    pub fn day(&self, key: &'static str) -> Option<Read<Date>> {
        let first = |text: &str| {
            parse_date(text).or_else(|error| match text.parse::<Month>() {
                Ok(month) => parse_date(&month.first_day()),
                Err(_) => Err(error),
            })
        };
        self.dated(key, "a day such as \"2020-04-01\"", first, "2020-04-01, 01/04/2020 or 2020-04")
    }

    fn dated<T>(
        &self,
        key: &'static str,
        wanted: &str,
        parse: impl FnOnce(&str) -> Result<T, MonthError>,
        allowed: &str,
    ) -> Option<Read<T>> {
        let value = self.value(key)?;
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(date) => date.to_string(),
            _ => return self.wrong(value, wanted),
        };
        match parse(&text) {
            Ok(date) => Some(self.read(value, date)),
            Err(error) => {
                let message = match &error {
                    MonthError::NotAMonth(_) => format!("{wanted} is wanted here"),
                    other => other.to_string(),
                };
                let mut problem = Problem::error(self.source.at(value.span()), message)
                    .read(&text)
                    .allowed(allowed);
                if let Some(suggestion) = error.suggestion() {
                    problem = problem.suggest(suggestion);
                }
                self.problem(problem);
                None
            }
        }
    }
}
