//! A workbook as the tables of a pack, which give the same numbers.
//!
//! Names stay as they are and become ids. The shares of each group by condition are `needs`, the
//! splits are weights of routes, the workbook's own `underlying` and `suppressed` series become
//! `demand.csv`. Numbers are written in the shortest form that reads back to the same bits.

use std::collections::BTreeMap;

use std::path::Path;

use super::Workbook;
use crate::diagnostics::Source;
use crate::draw::Uncertain;
use crate::escape;

/// The least number of months a pack holds; at once is 0 in a workbook.
const AT_ONCE: f64 = 1e-6;

impl Workbook {
    /// The name of the pack it becomes: that of its file.
    pub fn name(&self) -> String {
        let stem = Path::new(&*self.file).file_stem();
        stem.map_or_else(|| "workbook".to_owned(), |stem| stem.to_string_lossy().into_owned())
    }

    /// The files of a pack folder with the same numbers, by name.
    pub fn tables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("pack.toml", self.manifest()),
            ("groups.csv", self.groups_table()),
            ("conditions.csv", self.conditions_table()),
            ("services.csv", self.services_table()),
            ("routes.csv", self.routes_table()),
            ("curves.csv", self.curves_table()),
            ("demand.csv", self.demand_table()),
            ("figures.csv", self.figures_table()),
        ]
    }

    /// The same tables as the files of a pack, by name.
    pub fn pack_files(&self) -> BTreeMap<String, Source> {
        self.tables()
            .into_iter()
            .map(|(name, text)| {
                (name.to_owned(), Source::new(format!("{} as {name}", self.file), text))
            })
            .collect()
    }

    fn manifest(&self) -> String {
        let name = escape::toml(&self.name());
        let file = Path::new(&*self.file).file_name().unwrap_or_default().to_string_lossy();
        let label = escape::toml(&format!("Parameter workbook {file}"));
        let area = escape::toml(&self.name());
        format!(
            "name = {name}\nlabel = {label}\nreference_area = {area}\n\
             # Those who are refused stay at risk and are referred again next month.\n\
             refused = \"re-present\"\n"
        )
    }

    fn groups_table(&self) -> String {
        let mut table = Csv::new("group,label,kind,curve");
        for group in &self.groups {
            let curve = &self.curves[group.curve].name;
            table.row([&group.name, &group.name, "population", curve]);
        }
        table.0
    }

    fn conditions_table(&self) -> String {
        let mut table = Csv::new("condition,label");
        self.conditions.iter().for_each(|name| table.row([name.as_str(), name]));
        table.0
    }

    fn services_table(&self) -> String {
        let mut table = Csv::new("service,label,family,unit,aliases");
        for name in self.services.iter().map(|service| service.name.as_str()) {
            table.row([name, name, name, "referral", ""]);
        }
        table.0
    }

    fn routes_table(&self) -> String {
        let mut table = Csv::new("group,condition,service,weight");
        for route in &self.routes {
            let [group, condition, service] = self.names(route);
            table.row([group, condition, service, &route.weight.central.to_string()]);
        }
        table.0
    }

    fn curves_table(&self) -> String {
        let mut table = Csv(String::new());
        table.row(std::iter::once("month").chain(self.curves.iter().map(|c| c.name.as_str())));
        for t in 0..self.months() {
            let shares = self.curves.iter().map(|curve| curve.shares[t].to_string());
            table.row(std::iter::once(t.to_string()).chain(shares));
        }
        table.0
    }

    fn demand_table(&self) -> String {
        let mut table = Csv::new("month,service,underlying,returning");
        for service in &self.services {
            let Some(demand) = &service.demand else { continue };
            for (t, (underlying, returning)) in
                demand.underlying.iter().zip(&demand.returning).enumerate()
            {
                let month = self.start.plus(t as i32).to_string();
                let (underlying, returning) = (underlying.to_string(), returning.to_string());
                table.row([&month, &service.name, &underlying, &returning]);
            }
        }
        table.0
    }

    fn figures_table(&self) -> String {
        let mut table =
            Csv::new("table,key,parameter,low,central,high,unit,source,grade,as_of,note");
        let file = Path::new(&*self.file).file_name().unwrap_or_default().to_string_lossy();
        let mut figure =
            |of: &str, key: &str, name: &str, number: &Uncertain, unit: &str, sheet: &str| {
                let edge = |value: f64| {
                    if number.is_point() { String::new() } else { value.to_string() }
                };
                let source = format!("{file}, sheet {sheet}");
                let (low, high) = (edge(number.low), edge(number.high));
                let central = number.central.to_string();
                table.row([of, key, name, &low, &central, &high, unit, &source, "D", "", ""]);
            };
        for group in &self.groups {
            figure("groups", &group.name, "size", &group.size, "people", "groups");
            figure("groups", &group.name, "susceptible", &group.susceptible, "share", "groups");
        }
        for need in &self.needs {
            let (group, condition) =
                (&self.groups[need.group].name, &self.conditions[need.condition]);
            let key = format!("{group}/{condition}");
            figure("needs", &key, "rate", &need.rate, "share a month", "g2c");
        }
        for s in &self.services {
            let months = at_least(s.months, AT_ONCE);
            let mut of = |name, number, unit| {
                figure("services", &s.name, name, number, unit, "treatments");
            };
            of("accepted", &s.accepted, "share");
            of("recovered", &s.recovered, "share");
            of("months", &months, "months");
            of("decay", &s.decay, "share");
            of("contacts", &s.contacts, "contacts a month");
        }
        for route in self.routes.iter().filter(|route| !route.weight.is_point()) {
            let key = self.names(route).join("/");
            figure("routes", &key, "weight", &route.weight, "weight", "c2t");
        }
        table.0
    }

    /// The names of a route's group, condition and service.
    fn names(&self, route: &super::Route) -> [&str; 3] {
        [
            &self.groups[route.group].name,
            &self.conditions[route.condition],
            &self.services[route.service].name,
        ]
    }
}

/// A range with no part below `least`.
fn at_least(number: Uncertain, least: f64) -> Uncertain {
    Uncertain {
        low: number.low.max(least),
        central: number.central.max(least),
        high: number.high.max(least),
        ..number
    }
}

/// Lines of a CSV file.
struct Csv(String);

impl Csv {
    fn new(header: &str) -> Self {
        Self(format!("{header}\n"))
    }

    fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        for (i, cell) in cells.into_iter().enumerate() {
            let cell = cell.as_ref();
            if i > 0 {
                self.0.push(',');
            }
            if cell.parse::<f64>().is_ok() {
                self.0.push_str(cell);
            } else {
                escape::csv(cell, &mut self.0);
            }
        }
        self.0.push('\n');
    }
}
