//! Levers joined with a pack: names become indices, numbers become figures.

use std::collections::HashSet;

use super::aim;
use super::{LeverFile, MOST_MONTHS, MOST_STAFF};
use crate::diagnostics::{Problem, Problems, Source};
use crate::draw::Uncertain;
use crate::input::document::{Read, bounds_text};
use crate::input::names;
use crate::input::setting::Setting;
use crate::month::Month;
use crate::study::figures::{Basis, Figure, FigureId, Figures, Grade, Origin};
use crate::study::lever::{
    About, Action, Capacity, Divert, HelpSeeking, Kind, Lever, MOST, Onward, People, Prevent,
    Sends, Shorten, Threshold,
};
use crate::study::pack::{Pack, same_name};
use crate::study::scenario::Scenario;

/// Joins levers with a pack and registers their numbers under `scenario`, which starts in `start`.
pub fn resolve(
    files: &[LeverFile],
    (scenario, start): (&str, Month),
    pack: &Pack,
    figures: &mut Figures,
    problems: &mut Problems,
) -> Vec<Lever> {
    let mut levers: Vec<Lever> = Vec::new();
    let mut named: HashSet<&str> = HashSet::new();
    for file in files {
        if !named.insert(file.name()) {
            problems.push(
                Problem::error(file.place.clone(), "two levers have the same name")
                    .read(file.name())
                    .suggest(format!("name = \"{}-2\"", file.name())),
            );
            continue;
        }
        if !is_sound(file.name()) {
            problems.push(
                Problem::error(file.place.clone(), "not a name for a lever")
                    .read(file.name())
                    .allowed("letters, digits, `-` and `_`; a label may hold anything")
                    .suggest("name = \"vcse-hub\""),
            );
            continue;
        }
        let length = names::length("lever", file.name(), || file.place.clone());
        if problems.take(length).is_none() {
            continue;
        }
        let mut resolver = Resolver { file, scenario, pack, figures, problems };
        levers.extend(resolver.lever(start));
    }
    levers
}

pub(super) fn is_sound(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

struct Resolver<'a> {
    file: &'a LeverFile,
    scenario: &'a str,
    pack: &'a Pack,
    figures: &'a mut Figures,
    problems: &'a mut Problems,
}

impl Resolver<'_> {
    fn lever(&mut self, start: Month) -> Option<Lever> {
        let file = self.file;
        let errors = self.problems.errors();
        let kind = file.kind?;
        let action = self.action(kind);
        let target = aim::target(file, kind, self.pack, self.problems);
        let About { name, size: key, least, most, .. } = *kind.about();
        let sizes = [("effect", &file.effect), ("starts", &file.starts)];
        for (other, read) in sizes.iter().filter(|(other, _)| *other != key) {
            let Some(read) = read else { continue };
            let message = format!("a lever of kind {name} has no `{other}`");
            self.problems.push(
                Problem::error(read.place.clone(), message)
                    .read(format!("{other} = {}", read.value.central))
                    .allowed(format!("{key}: {}", kind.about().size_is))
                    .suggest(format!("{key} = {}", kind.about().example[1])),
            );
        }
        let size =
            sizes.into_iter().find(|(own, _)| *own == key).and_then(|(_, read)| read.as_ref());
        if let Some(read) = size
            && [read.value.low, read.value.high].iter().any(|v| !(least..=most).contains(v))
        {
            self.problems.push(
                Problem::error(read.place.clone(), format!("`{key}` is out of range"))
                    .read(read.value.central.to_string())
                    .allowed(format!("{} for {name}", bounds_text(least, most))),
            );
        }
        // The bounds of its kind hold in every draw: a diversion never turns round.
        let size = size.cloned().map(|read| Read { value: read.value.within(least, most), ..read });
        let missing = Uncertain::point(f64::NAN).within(least, most);
        let effect = self.put(key, size.as_ref(), missing);
        let onward = self.onward(kind);
        let lever = Lever {
            name: file.name().to_owned(),
            label: file.label.clone().unwrap_or_else(|| file.name().to_owned()),
            action: action?,
            onward,
            target,
            level: file.level,
            start: file
                .start
                .as_ref()
                .map_or(start, |start| start.value)
                .plus(file.recruitment.map_or(0, i32::from)),
            lag: self.put("lag", file.lag.as_ref(), months(0.0)),
            ramp: self.put("ramp", file.ramp.as_ref(), months(0.0)),
            reach: self.put("reach", file.reach.as_ref(), Uncertain::point(1.0).within(0.0, 1.0)),
            effect,
            cost_a_year: self.optional("cost_a_year", file.cost_a_year.as_ref()),
            cost_a_person: self.optional("cost_a_person", file.cost_a_person.as_ref()),
            cost_a_reached: self.optional("cost_a_reached", file.cost_a_reached.as_ref()),
            staff: self.optional("staff", file.staff.as_ref()),
            price_year: file.price_year,
            bundle: self.bundle(size.as_ref()),
        };
        (self.problems.errors() == errors).then_some(lever)
    }

    /// The measurement its effect is a part of; another effect than the library's is no part of it.
    fn bundle(&self, size: Option<&Read<Uncertain>>) -> Option<String> {
        let (bundle, size) = (self.file.bundle.as_ref()?, size?);
        (bundle.place.file == size.place.file).then(|| bundle.value.clone())
    }

    fn action(&mut self, kind: Kind) -> Option<Action> {
        let file = self.file;
        let about = kind.about();
        let of_services = [("services", &file.services)];
        let of_people = [("groups", &file.groups), ("conditions", &file.conditions)];
        let unused: &[_] = if about.is_of_services { &of_people } else { &of_services };
        for (key, list) in unused {
            let Some(first) = list.iter().flatten().next() else { continue };
            let (wanted, advice) = if about.is_of_services {
                ("services", "take it out, and put its share of the flow into `reach`")
            } else {
                ("groups and conditions", "take it out, or use kind = \"divert\"")
            };
            let message = format!("{} acts on {wanted}, not on {key}", about.name);
            self.problems.push(
                Problem::error(first.place.clone(), message).read(&first.value).suggest(advice),
            );
        }
        if let Some(to) = file.to.as_ref().filter(|_| about.sends == Sends::Nobody) {
            let message = format!("`to` means nothing for {}", about.name);
            self.problems.push(Problem::error(to.place.clone(), message).read(&to.value));
        }
        Some(match kind {
            Kind::Prevent => Action::Prevent(Prevent { people: self.people() }),
            Kind::HelpSeeking => Action::HelpSeeking(HelpSeeking { people: self.people() }),
            Kind::Threshold => Action::Threshold(Threshold { services: self.services()? }),
            Kind::Shorten => Action::Shorten(Shorten { services: self.services()? }),
            Kind::Capacity => Action::Capacity(Capacity { services: self.services()? }),
            Kind::Divert => {
                let (from, to) = (self.services(), self.to());
                let (from, to) = (from?, to?);
                if from.contains(&to) {
                    let place = file.to.as_ref().map_or(&file.place, |to| &to.place);
                    self.problems.push(
                        Problem::error(place.clone(), "a service can't be diverted to itself")
                            .read(&self.pack.services[to].id),
                    );
                }
                Action::Divert(Divert { from, to })
            }
        })
    }

    /// Where those that more capacity starts are sent on to, and how many.
    fn onward(&mut self, kind: Kind) -> Option<Onward> {
        let file = self.file;
        let share = match &file.onward {
            Some(read) if kind.about().sends != Sends::Onward => {
                let message = format!("`onward` means nothing for {}", kind.name());
                self.problems.push(
                    Problem::error(read.place.clone(), message)
                        .allowed("`onward` and `to` in levers of the kind capacity")
                        .suggest("take `onward` out"),
                );
                return None;
            }
            None if kind.about().sends == Sends::Onward && file.to.is_some() => {
                self.missing(
                    "onward",
                    "onward = 0.2   # the share of those started sent on to `to`",
                );
                return None;
            }
            read => read.as_ref()?,
        };
        let to = self.to()?;
        Some(Onward { to, share: self.put("onward", Some(share), share.value) })
    }

    fn people(&mut self) -> People {
        let (file, pack) = (self.file, self.pack);
        let named = |list: &Option<Vec<Read<String>>>,
                     what: &str,
                     names: &[(&str, &str)],
                     problems: &mut Problems| {
            let mut found = Vec::new();
            for read in list.iter().flatten() {
                let at = names.iter().position(|(id, label)| {
                    same_name(id, &read.value) || same_name(label, &read.value)
                });
                if at.is_none() {
                    problems.push(
                        Problem::error(read.place.clone(), format!("unknown {what}"))
                            .choose(&read.value, names.iter().map(|(id, _)| *id)),
                    );
                }
                found.extend(at);
            }
            found
        };
        let groups: Vec<_> =
            pack.groups.iter().map(|g| (g.id.as_str(), g.label.as_str())).collect();
        let conditions: Vec<_> =
            pack.conditions.iter().map(|c| (c.id.as_str(), c.label.as_str())).collect();
        People {
            groups: named(&file.groups, "group", &groups, self.problems),
            conditions: named(&file.conditions, "condition", &conditions, self.problems),
        }
    }

    /// The services it names, totals as their members and families as their services.
    fn services(&mut self) -> Option<Vec<usize>> {
        let Some(names) = &self.file.services else {
            self.missing("services", "services = [\"camhs\"]");
            return None;
        };
        if names.is_empty() {
            self.missing("services", "services = [\"camhs\"]");
        }
        let mut list = Vec::new();
        for name in names {
            match self.pack.counted(&name.value) {
                Some(counted) => list.extend(self.pack.parts_of(counted)),
                None => {
                    let problem = self.pack.unknown_service(name.place.clone(), &name.value);
                    self.problems.push(problem);
                }
            }
        }
        list.sort_unstable();
        list.dedup();
        (!list.is_empty()).then_some(list)
    }

    fn to(&mut self) -> Option<usize> {
        let Some(to) = &self.file.to else {
            self.missing("to", "to = \"vcse\"");
            return None;
        };
        let service = self.service(to)?;
        if self.pack.services[service].is_total() {
            self.problems.push(
                Problem::error(to.place.clone(), "a total takes no referrals of its own")
                    .read(&to.value)
                    .allowed("one of the services it sums"),
            );
            return None;
        }
        Some(service)
    }

    fn service(&mut self, name: &Read<String>) -> Option<usize> {
        let found = self.pack.service(&name.value);
        if found.is_none() {
            self.problems.push(self.pack.unknown_service(name.place.clone(), &name.value));
        }
        found
    }

    fn missing(&mut self, key: &str, example: &str) {
        let message = format!("the lever `{}` has no `{key}`", self.file.name());
        self.problems.push(Problem::error(self.file.place.clone(), message).suggest(example));
    }

    fn optional(&mut self, key: &str, read: Option<&Read<Uncertain>>) -> Option<FigureId> {
        read.map(|read| self.put(key, Some(read), read.value))
    }

    fn put(&mut self, key: &str, read: Option<&Read<Uncertain>>, default: Uncertain) -> FigureId {
        let file = self.file;
        let is_own = read.is_some_and(|read| {
            file.library.as_ref().is_none_or(|library| library.file != read.place.file)
        });
        let basis = if is_own { Basis::Scenario(self.scenario.to_owned()) } else { Basis::Default };
        // The library's grade is that of the effect; whom a plan reaches, nobody has measured.
        let grade = if key == "reach" && !is_own { Some(Grade::D) } else { file.grade };
        let place = read.map_or(&file.place, |read| &read.place);
        self.figures.put(Figure {
            key: format!("lever.{}.{key}", file.name()),
            scenario: Some(self.scenario.to_owned()),
            number: read.map_or(default, |read| read.value),
            origin: Origin {
                basis,
                place: place.text(),
                unit: unit(key, file.price_year),
                source: file.source.clone().unwrap_or_else(|| "scenario".to_owned()),
                grade: grade.unwrap_or(Grade::D),
                as_of: String::new(),
                agreed_with: file.agreed_with.clone().unwrap_or_default(),
                note: file.note.clone().unwrap_or_default(),
            },
        })
    }
}

fn months(value: f64) -> Uncertain {
    Uncertain::point(value).within(0.0, MOST_MONTHS)
}

fn unit(key: &str, price_year: Option<usize>) -> String {
    let prices = || price_year.map_or_else(String::new, |year| format!(", {year} prices"));
    match key {
        "lag" | "ramp" => "months".to_owned(),
        "starts" => "starts a month".to_owned(),
        "cost_a_year" => format!("pounds a year{}", prices()),
        "cost_a_person" => format!("pounds a person helped{}", prices()),
        "cost_a_reached" => format!("pounds a person reached{}", prices()),
        "staff" => "whole-time equivalents".to_owned(),
        _ => "share".to_owned(),
    }
}

/// Gives a lever the cost or staff that the command line names and nobody gave before:
/// `lever.NAME.cost_a_year`, `cost_a_person`, `cost_a_reached` or `staff`.
pub fn add_cost(setting: &Setting, scenarios: &mut [Scenario], figures: &mut Figures) {
    let Some((name, key)) =
        setting.path.strip_prefix("lever.").and_then(|rest| rest.rsplit_once('.'))
    else {
        return;
    };
    for scenario in scenarios {
        for lever in scenario.levers.iter_mut().filter(|lever| lever.name == name) {
            let cost = match key {
                "cost_a_year" => &mut lever.cost_a_year,
                "cost_a_person" => &mut lever.cost_a_person,
                "cost_a_reached" => &mut lever.cost_a_reached,
                "staff" => &mut lever.staff,
                _ => continue,
            };
            cost.get_or_insert_with(|| {
                figures.put(Figure {
                    key: setting.path.clone(),
                    scenario: Some(scenario.id.clone()),
                    number: if key == "staff" {
                        setting.number.within(0.0, MOST_STAFF)
                    } else {
                        setting.number.within(-MOST, MOST)
                    },
                    origin: Origin {
                        basis: Basis::Set,
                        place: "--set".to_owned(),
                        unit: unit(key, lever.price_year),
                        source: "command line".to_owned(),
                        grade: Grade::D,
                        as_of: String::new(),
                        agreed_with: String::new(),
                        note: String::new(),
                    },
                })
            });
        }
    }
}

/// What would give a lever its size: what its note says after "Needed".
fn needed(note: &str) -> String {
    note.split_once("Needed").map_or_else(
        || "your own figure; nobody has published one that would hold here".to_owned(),
        |(_, needed)| {
            format!("your own figure{needed}; nobody has published one that would hold here")
        },
    )
}

/// Refuses levers that nobody gave an effect size, with what would be needed and the line to add.
pub fn check_sizes(scenarios: &[Scenario], figures: &Figures, problems: &mut Problems) {
    let mut told: Vec<(&str, &str)> = Vec::new();
    for lever in scenarios.iter().flat_map(|scenario| &scenario.levers) {
        let figure = figures.get(lever.effect);
        let at = (lever.name.as_str(), figure.origin.place.as_str());
        if !figure.number.central.is_nan() || told.contains(&at) {
            continue;
        }
        told.push(at);
        let About { size, example: [low, central, high], .. } = *lever.action.about();
        let line = format!("{size} = {{ low = {low}, central = {central}, high = {high} }}");
        let value = [low, central, high].join(",");
        let place = Source::new(figure.origin.place.clone(), "").whole();
        problems.push(
            Problem::error(place, format!("the lever `{}` has no effect size", lever.name))
                .read(format!("{}, grade {}", figure.origin.source, figure.origin.grade))
                .allowed(needed(&figure.origin.note))
                .suggest(format!(
                    "your own numbers, by\n--set {}={value}\nor in [[lever]]: {line}",
                    figure.key
                )),
        );
    }
}
