//! From the cells of a workbook's sheets to its lists. Every problem is collected; what the sheets
//! say of each other is checked afterwards.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use super::sheet::{Bounds, NOT_NEGATIVE, PERCENT, SHARE, Sheet, key};
use super::{Curve, Demand, Group, Need, Route, Service};
use crate::diagnostics::{Place, Problem, Problems};
use crate::draw::Uncertain;
use crate::month::Month;

/// How far from 1 the sum of a curve may be: rounding, not a mistake.
const CURVE_TOLERANCE: f64 = 1e-8;

/// The longest horizon, in months.
const MOST_MONTHS: usize = 1_200;

/// Names with their indices, by any spelling.
#[derive(Default)]
pub(super) struct Names {
    pub(super) names: Vec<String>,
    index: HashMap<String, usize>,
}

impl Names {
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.index.get(&key(name)).copied()
    }

    fn add(&mut self, name: &str) -> usize {
        *self.index.entry(key(name)).or_insert_with(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        })
    }

    /// The index of a name that must exist.
    fn must(&self, kind: &str, place: Place, name: &str) -> Result<usize, Problem> {
        self.find(name).ok_or_else(|| {
            Problem::error(place, format!("names a {kind} that does not exist"))
                .choose(name, self.names.iter().map(String::as_str))
        })
    }
}

/// What stands where, to notice what stands twice.
struct Once<K>(HashMap<K, String>);

impl<K: Eq + Hash> Once<K> {
    fn new() -> Self {
        Self(HashMap::new())
    }

    fn see(&mut self, key: K, what: &str, place: Place, problems: &mut Problems) -> bool {
        let here = place.cell.clone().unwrap_or_default();
        if let Some(first) = self.0.get(&key) {
            problems.push(
                Problem::error(place, format!("{what} stands twice, first at {first}"))
                    .allowed("each once"),
            );
            return false;
        }
        self.0.insert(key, here);
        true
    }
}

/// A value with the place it stands at.
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) place: Place,
}

/// All sheets as far as they could be read.
#[derive(Default)]
pub(super) struct Lists {
    pub(super) curves: Vec<Curve>,
    pub(super) group_names: Names,
    pub(super) groups: Vec<At<Option<Group>>>,
    pub(super) condition_names: Names,
    pub(super) service_names: Names,
    pub(super) services: Vec<At<Option<Service>>>,
    pub(super) needs: Vec<At<Need>>,
    pub(super) routes: Vec<At<Route>>,
    pub(super) demand: BTreeMap<usize, BTreeMap<Month, At<(f64, f64)>>>,
}

/// The curves: a column each, a row each month, summing to 1; none where it is not known which
/// column is no curve.
fn read_curves(sheet: &Sheet, problems: &mut Problems) -> Option<Vec<Curve>> {
    let month = sheet.need("month", problems)?;
    let columns: Vec<(&String, u32)> = sheet
        .header
        .iter()
        .filter(|(_, column)| *column != month)
        .map(|(name, column)| (name, *column))
        .collect();
    if columns.is_empty() {
        problems
            .push(Problem::error(sheet.whole(), "has no curve").allowed("a column for each curve"));
    }
    let used: Vec<u32> = sheet.header.iter().map(|(_, column)| *column).collect();
    let rows: Vec<u32> = sheet.rows(&used).collect();
    if rows.len() > MOST_MONTHS {
        problems.push(
            Problem::error(sheet.whole(), "has too many months")
                .read(format!("{} rows", rows.len()))
                .allowed(format!("up to {MOST_MONTHS}")),
        );
        return Some(Vec::new());
    }
    check_order(sheet, &rows, month, problems);
    let mut curves = Vec::new();
    for (name, column) in columns {
        let shares: Option<Vec<f64>> = rows
            .iter()
            .map(|&row| sheet.number(row, column, SHARE, problems))
            // Not `collect` at once: every cell is to be checked.
            .collect::<Vec<_>>()
            .into_iter()
            .collect();
        let Some(shares) = shares else { continue };
        let sum: f64 = shares.iter().sum();
        if (sum - 1.0).abs() > CURVE_TOLERANCE {
            let first = rows.first().copied().unwrap_or(0);
            problems.push(
                Problem::error(
                    sheet.place(first, column),
                    format!("the curve `{name}` does not sum to 1"),
                )
                .read(format!("sum {sum}"))
                .allowed("a sum of 1"),
            );
        }
        curves.push(Curve { name: name.clone(), shares });
    }
    Some(curves)
}

/// The rows alone say which month is which, so their numbers must run on.
fn check_order(sheet: &Sheet, rows: &[u32], month: u32, problems: &mut Problems) {
    let mut before: Option<i32> = None;
    for &row in rows {
        let position = sheet.position(row, month);
        let expected = before.map(|before| before + 1);
        if position.is_none() || expected.is_some_and(|expected| position != Some(expected)) {
            let problem = Problem::error(
                sheet.place(row, month),
                "the months of the curves do not follow each other",
            )
            .read(sheet.shown(row, month))
            .allowed("0, 1, 2, … in order, or the months of a calendar");
            problems.push(problem);
            return;
        }
        before = position;
    }
}

/// The columns `names` of a sheet, all of which must be there.
fn columns<const N: usize>(
    sheet: &Sheet,
    names: [&str; N],
    problems: &mut Problems,
) -> Option<[u32; N]> {
    let found = names.map(|name| sheet.need(name, problems));
    let all: Option<Vec<u32>> = found.into_iter().collect();
    all?.try_into().ok()
}

/// Each reads a sheet and says whether its columns are there; names of other sheets are looked up
/// only where those could be read.
impl Lists {
    pub(super) fn read_curves(&mut self, sheet: &Sheet, problems: &mut Problems) -> bool {
        let curves = read_curves(sheet, problems);
        let are_there = curves.is_some();
        self.curves = curves.unwrap_or_default();
        are_there
    }

    pub(super) fn read_groups(
        &mut self,
        sheet: &Sheet,
        curves_known: bool,
        problems: &mut Problems,
    ) -> bool {
        sheet.mention_unused(&["group", "curve", "size", "pcnt"], &["size", "pcnt"], problems);
        let Some(used) = columns(sheet, ["group", "curve", "size", "pcnt"], problems) else {
            return false;
        };
        let [group, curve, ..] = used;
        let mut once = Once::new();
        for row in sheet.rows(&used) {
            let name = problems.take(sheet.text(row, group));
            let curve = problems.take(
                sheet
                    .text(row, curve)
                    .and_then(|name| self.curve(sheet.place(row, curve), &name, curves_known)),
            );
            let size = sheet.parameter(row, "size", NOT_NEGATIVE, problems);
            let percent = sheet.parameter(row, "pcnt", PERCENT, problems);
            let Some(name) = name else { continue };
            let place = sheet.place(row, group);
            let what = format!("the group `{name}`");
            if !once.see(key(&name), &what, place.clone(), problems) {
                continue;
            }
            self.group_names.add(&name);
            let value = (|| {
                let susceptible = of_percent(percent?);
                Some(Group { name, curve: curve?, size: size?, susceptible })
            })();
            self.groups.push(At { value, place });
        }
        true
    }

    fn curve(&self, place: Place, name: &str, known: bool) -> Result<usize, Problem> {
        match self.curves.iter().position(|curve| key(&curve.name) == key(name)) {
            Some(found) => Ok(found),
            None if !known => Ok(0),
            None => Err(Problem::error(place, "names a curve that does not exist")
                .choose(name, self.curves.iter().map(|curve| curve.name.as_str()))),
        }
    }

    pub(super) fn read_needs(
        &mut self,
        sheet: &Sheet,
        groups_known: bool,
        problems: &mut Problems,
    ) -> bool {
        sheet.mention_unused(&["group", "condition", "pcnt"], &["pcnt"], problems);
        let used = columns(sheet, ["group", "condition", "pcnt"], problems);
        let Some(used) = used.filter(|_| groups_known) else { return false };
        let [group, condition, percent] = used;
        let mut once = Once::new();
        for row in sheet.rows(&used) {
            let place = sheet.place(row, percent);
            let group =
                problems.take(sheet.text(row, group).and_then(|name| {
                    self.group_names.must("group", sheet.place(row, group), &name)
                }));
            let condition = problems.take(sheet.text(row, condition));
            let rate = sheet.parameter(row, "pcnt", SHARE, problems);
            let Some(condition) = condition else { continue };
            let condition = self.condition_names.add(&condition);
            let Some(group) = group else { continue };
            let what = self.pair(group, condition);
            if !once.see((group, condition), &what, place.clone(), problems) {
                continue;
            }
            // A rate that can't be used is a problem already; the pair still exists.
            let rate = rate.unwrap_or(Uncertain::point(0.0));
            self.needs.push(At { value: Need { group, condition, rate }, place });
        }
        true
    }

    pub(super) fn read_routes(
        &mut self,
        sheet: &Sheet,
        names_known: bool,
        problems: &mut Problems,
    ) -> bool {
        let names = ["group", "condition", "treatment", "split"];
        sheet.mention_unused(&names, &["split"], problems);
        let used = columns(sheet, names, problems);
        let Some(used) = used.filter(|_| names_known) else { return false };
        let [group, condition, service, split] = used;
        let mut once = Once::new();
        for row in sheet.rows(&used) {
            let mut named = |column: u32, kind: &str, names: &Names| {
                problems.take(
                    sheet
                        .text(row, column)
                        .and_then(|name| names.must(kind, sheet.place(row, column), &name)),
                )
            };
            let group = named(group, "group", &self.group_names);
            let condition = named(condition, "condition of the sheet g2c", &self.condition_names);
            let service = named(service, "treatment", &self.service_names);
            let weight = sheet.parameter(row, "split", NOT_NEGATIVE, problems);
            let (Some(group), Some(condition), Some(service)) = (group, condition, service) else {
                continue;
            };
            let place = sheet.place(row, split);
            let what = format!(
                "{} to `{}`",
                self.pair(group, condition),
                self.service_names.names[service]
            );
            if once.see((group, condition, service), &what, place.clone(), problems) {
                let weight = weight.unwrap_or(Uncertain::point(1.0));
                self.routes.push(At { value: Route { group, condition, service, weight }, place });
            }
        }
        true
    }

    pub(super) fn read_services(&mut self, sheet: &Sheet, problems: &mut Problems) -> bool {
        let names = ["treatment", "success", "months", "decay", "demand", "treat_pcnt"];
        sheet.mention_unused(&names, &names[1..], problems);
        let Some(used) = columns(sheet, names, problems) else { return false };
        let mut once = Once::new();
        for row in sheet.rows(&used) {
            let name = problems.take(sheet.text(row, used[0]));
            let mut number = |name, bounds: Bounds| sheet.parameter(row, name, bounds, problems);
            let recovered = number("success", SHARE);
            let months = number("months", NOT_NEGATIVE);
            let decay = number("decay", SHARE);
            let contacts = number("demand", NOT_NEGATIVE);
            let accepted = number("treat_pcnt", SHARE);
            let is_zero =
                |number: Option<Uncertain>| number.is_some_and(|number| number.low == 0.0);
            if is_zero(months) && is_zero(decay) {
                problems.push(
                    Problem::error(sheet.place(row, used[2]), "months and decay are both 0")
                        .read("0")
                        .allowed("more than 0 months, or a decay of more than 0"),
                );
            }
            let Some(name) = name else { continue };
            let place = sheet.place(row, used[0]);
            let what = format!("the treatment `{name}`");
            if !once.see(key(&name), &what, place.clone(), problems) {
                continue;
            }
            self.service_names.add(&name);
            let value = (|| {
                Some(Service {
                    name,
                    accepted: accepted?,
                    recovered: recovered?,
                    months: months?,
                    decay: decay?,
                    contacts: contacts?,
                    demand: None,
                })
            })();
            self.services.push(At { value, place });
        }
        true
    }

    pub(super) fn read_demand(
        &mut self,
        sheet: &Sheet,
        names_known: bool,
        problems: &mut Problems,
    ) -> bool {
        let names = ["service", "month", "underlying", "suppressed"];
        sheet.mention_unused(&names, &[], problems);
        let used = columns(sheet, names, problems);
        let Some(used) = used.filter(|_| names_known) else { return false };
        let [service, month, underlying, suppressed] = used;
        let mut once = Once::new();
        for row in sheet.rows(&used) {
            let service = problems.take(sheet.text(row, service).and_then(|name| {
                self.service_names.must("treatment", sheet.place(row, service), &name)
            }));
            let when = problems.take(sheet.month(row, month));
            let underlying = sheet.number(row, underlying, NOT_NEGATIVE, problems);
            let returning = sheet.number(row, suppressed, NOT_NEGATIVE, problems);
            let (Some(service), Some(when)) = (service, when) else { continue };
            let place = sheet.place(row, month);
            let what = format!("{when} of `{}`", self.service_names.names[service]);
            if once.see((service, when), &what, place.clone(), problems) {
                let value = (underlying.unwrap_or(0.0), returning.unwrap_or(0.0));
                self.demand.entry(service).or_default().insert(when, At { value, place });
            }
        }
        true
    }

    /// A pair of group and condition in words.
    pub(super) fn pair(&self, group: usize, condition: usize) -> String {
        format!(
            "`{}` with `{}`",
            self.group_names.names[group], self.condition_names.names[condition]
        )
    }
}

/// A percentage as a share.
fn of_percent(percent: Uncertain) -> Uncertain {
    Uncertain::range(percent.low / 100.0, percent.central / 100.0, percent.high / 100.0)
        .within(0.0, 1.0)
}

/// The rows of the demand sheet of one service, from `start` on.
pub(super) fn series(
    rows: &BTreeMap<Month, At<(f64, f64)>>,
    start: Month,
    months: usize,
) -> Option<Demand> {
    let values: Option<Vec<(f64, f64)>> =
        (0..months).map(|t| rows.get(&start.plus(t as i32)).map(|at| at.value)).collect();
    let (underlying, returning) = values?.into_iter().unzip();
    Some(Demand { underlying, returning })
}
