//! The levers of a run's scenarios, as its record `run.json` has them: central values.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::place_named;
use crate::diagnostics::{InputError, Problem};
use crate::model::lever_strength::Timing;
use crate::model::network::with_levers::{Action, Lever};
use crate::month::Month;
use crate::study::lever::Kind;

/// The levers of one scenario.
#[derive(Clone, Debug, Default)]
pub(super) struct ScenarioLevers(Vec<Recorded>);

/// A lever as `run.json` has it.
#[derive(Clone, Debug, Deserialize)]
struct Recorded {
    name: String,
    kind: String,
    #[serde(default)]
    services: Vec<String>,
    #[serde(default)]
    to: Option<String>,
    start: String,
    lag: f64,
    ramp: f64,
    reach: f64,
    effect: f64,
}

#[derive(Deserialize)]
struct Record {
    #[serde(default)]
    scenarios: Vec<RecordedScenario>,
}

#[derive(Deserialize)]
struct RecordedScenario {
    id: String,
    #[serde(default)]
    levers: Vec<Recorded>,
}

/// The levers in a `run.json`, by scenario.
pub(super) fn parse(
    name: &str,
    bytes: &[u8],
) -> Result<BTreeMap<String, ScenarioLevers>, InputError> {
    let record: Record = serde_json::from_slice(bytes).map_err(|error| {
        let message = format!("not the record of a run: {error}");
        InputError::from(
            Problem::error(place_named(name), message)
                .suggest("the folder that `afterwave run --out` wrote"),
        )
    })?;
    let of = |scenario: RecordedScenario| (scenario.id, ScenarioLevers(scenario.levers));
    Ok(record.scenarios.into_iter().map(of).collect())
}

impl ScenarioLevers {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets `lever.NAME.reach`, `.effect` (or `.starts`), `.lag` or `.ramp`.
    pub(super) fn set(&mut self, path: &str, value: f64) -> Result<(), Problem> {
        const KEYS: [&str; 5] = ["reach", "effect", "starts", "lag", "ramp"];
        let place = || place_named("--set");
        let names: Vec<String> = self.0.iter().map(|lever| lever.name.clone()).collect();
        let known = || names.iter().map(String::as_str);
        let (name, key) = path.split_once('.').unwrap_or((path, ""));
        let Some(lever) = self.0.iter_mut().find(|lever| lever.name == name) else {
            let problem = Problem::error(place(), "the scenario of the run has no such lever");
            return Err(if names.is_empty() {
                problem.read(name).allowed("none: it has no levers")
            } else {
                problem.choose(name, known())
            });
        };
        let size = lever.kind().map_or("effect", |kind| kind.about().size);
        let (number, least, most) = match key {
            "reach" => (&mut lever.reach, 0.0, 1.0),
            "effect" if key == size => (&mut lever.effect, -1.0, 1.0),
            "starts" if key == size => (&mut lever.effect, -1e9, 1e9),
            "lag" => (&mut lever.lag, 0.0, 240.0),
            "ramp" => (&mut lever.ramp, 0.0, 240.0),
            other => {
                return Err(Problem::error(place(), "no number of a lever is called so")
                    .choose(other, KEYS));
            }
        };
        if !(least..=most).contains(&value) {
            return Err(Problem::error(place(), format!("`lever.{path}` is out of range"))
                .read(value.to_string())
                .allowed(format!("{least} to {most}")));
        }
        *number = value;
        Ok(())
    }

    /// The levers that act inside a network; `days` are the first days of the months from
    /// `start` on. The others (prevention, help-seeking, thresholds) act through its arrivals.
    /// What is added in starts takes the scale of its line.
    pub(super) fn on_days(
        &self,
        start: Month,
        days: &[u32],
        times: impl Fn(&str) -> f64,
    ) -> Vec<Lever> {
        let mut levers = Vec::new();
        for recorded in &self.0 {
            let Some(lever) = recorded.on_days(start, days) else { continue };
            match &lever.action {
                Action::Capacity(lines) => levers.extend(lines.iter().map(|line| {
                    let scaled = |&(day, starts): &(u32, f64)| (day, starts * times(line));
                    Lever {
                        action: Action::Capacity(vec![line.clone()]),
                        strength: lever.strength.iter().map(scaled).collect(),
                        name: lever.name.clone(),
                    }
                })),
                _ => levers.push(lever),
            }
        }
        levers
    }
}

impl Recorded {
    fn kind(&self) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.name() == self.kind)
    }

    fn on_days(&self, start: Month, days: &[u32]) -> Option<Lever> {
        let services = self.services.clone();
        let action = match self.kind()? {
            Kind::Capacity => Action::Capacity(services),
            Kind::Shorten => Action::Shorten(services),
            Kind::Divert => Action::Divert { from: services, to: self.to.clone()? },
            Kind::Prevent | Kind::HelpSeeking | Kind::Threshold => return None,
        };
        let begins: Month = self.start.parse().ok()?;
        let timing =
            Timing { start: f64::from(begins.since(start)), lag: self.lag, ramp: self.ramp };
        let mut strength: Vec<(u32, f64)> = Vec::new();
        for (t, day) in days.iter().enumerate() {
            let now = self.reach * self.effect * timing.mean(t as f64);
            let before = strength.last().map_or(0.0, |(_, strength)| *strength);
            if now != before {
                strength.push((*day, now));
            }
        }
        Some(Lever { name: self.name.clone(), action, strength })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = r#"{"scenarios": [{"id": "two-waves", "levers": [
        {"name": "hub", "kind": "divert", "services": ["camhs"], "to": "vcse",
         "start": "2020-05-01", "lag": 0.0, "ramp": 2.0, "reach": 0.5, "effect": 0.4},
        {"name": "advice", "kind": "prevent", "start": "2020-05-01", "lag": 0.0, "ramp": 0.0,
         "reach": 1.0, "effect": 0.1}]}]}"#;

    #[test]
    fn a_ramp_becomes_a_step_a_month_on_the_days_of_the_network() {
        let mut levers = parse("run.json", RECORD.as_bytes()).unwrap();
        let mut levers = levers.remove("two-waves").unwrap();
        let days = [101, 132, 162, 193, 223];
        let start = "2020-03".parse().unwrap();
        let same = |_: &str| 1.0;
        let inside = levers.on_days(start, &days, same);
        assert_eq!(inside.len(), 1, "prevention acts through arrivals");
        let close = |a: &[(u32, f64)], b: &[(u32, f64)]| {
            a.len() == b.len()
                && a.iter().zip(b).all(|(a, b)| a.0 == b.0 && (a.1 - b.1).abs() < 1e-12)
        };
        assert!(close(&inside[0].strength, &[(162, 0.05), (193, 0.15), (223, 0.2)]));
        levers.set("hub.reach", 1.0).unwrap();
        assert!(close(
            &levers.on_days(start, &days, same)[0].strength,
            &[(162, 0.1), (193, 0.3), (223, 0.4)]
        ));
        assert!(levers.set("hbu.reach", 1.0).is_err() && levers.set("hub.reech", 1.0).is_err());
    }

    #[test]
    fn a_record_of_something_else_is_refused() {
        let error = parse("run.json", b"[1]").unwrap_err();
        assert!(error.to_string().contains("run.json"), "{error}");
    }
}
