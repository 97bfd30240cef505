//! A scenario joined with a pack: its waves, restrictions, shocks and levers, its numbers among the
//! figures.

use super::numbers::{self, Number};
use super::{RestrictionFile, ScenarioFile, ShockFile, WaveFile};
use crate::diagnostics::{Place, Problem, Problems, nearest};
use crate::draw::Uncertain;
use crate::input::document::Read;
use crate::input::lever;
use crate::month::position;
use crate::study::figures::{Basis, Figure, FigureId, Figures, Grade, Origin};
use crate::study::pack::{Pack, Track};
use crate::study::scenario::{CurveChoice, Response, Restriction, Scenario, Shock, Wave};

impl ScenarioFile {
    /// Joins the scenario with a pack and registers its numbers.
    pub fn resolve(
        &self,
        pack: &Pack,
        figures: &mut Figures,
        problems: &mut Problems,
    ) -> Option<Scenario> {
        let errors = problems.errors();
        let own = pack.own_scenario.as_ref();
        let start = self.start.as_ref().map(|s| s.value).or(own.map(|own| own.start));
        let months = self.months.or(own.map(|own| own.months)).unwrap_or(60);
        let curve = self.curve.as_ref().and_then(|curve| choose_curve(curve, pack, problems));
        // A start that can't be read was complained of where it stands.
        if start.is_none() && !self.has_start {
            problems.push(
                Problem::error(self.source.whole(), "the key `start` is missing")
                    .suggest("start = \"2020-03\""),
            );
        }
        if pack.drivers.is_empty() && self.curve.is_none() {
            problems.push(
                Problem::error(
                    self.source.whole(),
                    format!(
                        "the pack `{}` has no drivers, so waves have no effect on it",
                        pack.name
                    ),
                )
                .allowed("a scenario with [exposure] curve = …")
                .suggest("[exposure]\ncurve = \"pack\""),
            );
        }
        self.warn_of_unused_tracks(pack, problems);
        let start = start?;
        self.warn_of_outside(start, months, problems);
        let levers = self.levers.as_deref().unwrap_or_default();
        let levers = lever::resolve(levers, (&self.id, start), pack, figures, problems);
        let mut register = Register { scenario: &self.id, figures };
        let scenario = Scenario {
            id: self.id.clone(),
            name: self.name.clone().unwrap_or_else(|| self.id.clone()),
            start,
            months,
            as_of: self.as_of.as_ref().map(|month| month.value),
            waves: self.waves(&mut register),
            restrictions: self.restrictions(&mut register, problems),
            shocks: self.shocks(&mut register, problems),
            levers,
            response: self.response(&mut register),
            tracks: self
                .tracks
                .iter()
                .filter_map(|track| track.read(start, months, problems))
                .collect(),
            curve,
        };
        for driver in &pack.drivers {
            if let Track::Own(name) = &driver.track
                && scenario.own_track(name).is_none()
            {
                if let Some(near) = nearest(name, Track::BUILT_IN) {
                    let place = driver.place.clone().cell("track");
                    let message = format!("driver `{}` follows an unknown track", driver.id);
                    let allowed = format!("{}, or a [track.{name}]", Track::BUILT_IN.join(", "));
                    let problem = Problem::error(place, message).read(name).allowed(allowed);
                    problems.push_once(problem.suggest(near));
                    continue;
                }
                problems.push(
                    Problem::warning(
                        self.source.whole(),
                        format!(
                            "driver `{}` follows the track `{name}`, which is not given",
                            driver.id
                        ),
                    )
                    .suggest(format!("[track.{name}]\nfile = \"{name}.csv\"\nreference = 1.0")),
                );
            }
        }
        (problems.errors() == errors).then_some(scenario)
    }

    /// Warns of series that stand for a track which no driver of the pack follows.
    fn warn_of_unused_tracks(&self, pack: &Pack, problems: &mut Problems) {
        let mut followed: Vec<String> = pack.drivers.iter().map(|d| d.track.to_string()).collect();
        // Restrictions suppress referrals, whatever drivers there are.
        followed.push(Track::RESTRICTIONS.to_owned());
        followed.sort();
        followed.dedup();
        for track in self.tracks.iter().filter(|track| !followed.contains(&track.name)) {
            let message = format!("no driver follows the track `{}`: no effect", track.name);
            problems.push(
                Problem::warning(track.file.place.clone(), message)
                    .choose(&track.name, followed.iter().map(String::as_str)),
            );
        }
    }

    fn waves(&self, register: &mut Register<'_>) -> Vec<Wave> {
        let mut waves: Vec<&WaveFile> = self.waves.iter().flatten().collect();
        waves.sort_by_key(|wave| wave.peak.as_ref().map(|peak| peak.value));
        waves
            .into_iter()
            .zip(1..)
            .filter_map(|(wave, number)| {
                let mut part = |of: &Number, read: &Option<Read<Uncertain>>| {
                    register.put(&format!("wave.{number}"), of, read.as_ref(), &wave.place)
                };
                Some(Wave {
                    label: wave.label.clone().unwrap_or_else(|| format!("wave {number}")),
                    number,
                    rise: part(&numbers::RISE, &wave.rise),
                    fall: part(&numbers::FALL, &wave.fall),
                    height: part(&numbers::HEIGHT, &wave.height),
                    severity: part(&numbers::SEVERITY, &wave.severity),
                    peak: wave.peak.as_ref()?.value,
                })
            })
            .collect()
    }

    fn restrictions(
        &self,
        register: &mut Register<'_>,
        problems: &mut Problems,
    ) -> Vec<Restriction> {
        let mut files: Vec<&RestrictionFile> = self.restrictions.iter().flatten().collect();
        files.sort_by_key(|file| file.from.as_ref().map(|from| from.value));
        let mut list: Vec<Restriction> = Vec::new();
        for (file, number) in files.into_iter().zip(1..) {
            let (Some(from), Some(to)) = (&file.from, &file.to) else { continue };
            if from.value >= to.value {
                problems.push(
                    Problem::error(to.place.clone(), "the restriction ends before it begins")
                        .read(format!("from {} to {}", from.value, to.value))
                        .allowed("`to` is the first day without it, after `from`"),
                );
            }
            if let Some(before) = list.last()
                && from.value < before.to
            {
                problems.push(
                    Problem::error(
                        from.place.clone(),
                        "the restriction overlaps the one before it",
                    )
                    .read(format!("from {}, while the one before ends {}", from.value, before.to))
                    .allowed("restrictions one after the other; `to` is the first day without it")
                    .suggest(format!("from = \"{}\"", before.to)),
                );
            }
            let waves = self.waves.as_deref().unwrap_or_default();
            let is_of_none = |wave: &&Read<usize>| (1..wave.value).contains(&waves.len());
            // A series of its own stands for all of them.
            let is_replaced = self.tracks.iter().any(|track| track.name == Track::RESTRICTIONS);
            if let Some(wave) = file.wave.as_ref().filter(is_of_none).filter(|_| !is_replaced) {
                let count = waves.len();
                let read = format!("wave {} of {count}", wave.value);
                // An inherited list can't be edited where it stands.
                let own = waves.first().filter(|own| own.place.file != wave.place.file);
                problems.push(match own {
                    Some(own) => Problem::error(own.place.clone(), INHERITED)
                        .read(format!("{read}, at {}", wave.place.text()))
                        .allowed("[[restriction]] of your own beside [[wave]] of your own")
                        .suggest(OWN_RESTRICTION),
                    None => Problem::error(
                        wave.place.clone(),
                        "the restriction answers no wave there is",
                    )
                    .read(read)
                    .allowed(format!("1 to {count}, counted by the dates of their peaks"))
                    .suggest(format!("wave = {count}")),
                });
                if own.is_some() {
                    break;
                }
            }
            list.push(Restriction {
                wave: file.wave.as_ref().map_or(1, |wave| wave.value),
                from: from.value,
                to: to.value,
                stringency: register.put(
                    &format!("restriction.{number}"),
                    &numbers::STRINGENCY,
                    file.stringency.as_ref(),
                    &file.place,
                ),
            });
        }
        list
    }

    fn shocks(&self, register: &mut Register<'_>, problems: &mut Problems) -> Vec<Shock> {
        let files = self.shocks.iter().flatten().zip(1..);
        let shocks = files.filter_map(|(file, number): (&ShockFile, usize)| {
            let (from, peak) = (file.from.as_ref()?, file.peak.as_ref()?);
            if from.value > peak.value {
                problems.push(
                    Problem::error(peak.place.clone(), "the shock peaks before it begins")
                        .read(format!("from {}, peak {}", from.value, peak.value))
                        .allowed("from <= peak"),
                );
            }
            let mut part = |of: &Number, read: &Option<Read<Uncertain>>| {
                register.put(&format!("shock.{number}"), of, read.as_ref(), &file.place)
            };
            Some(Shock {
                from: position(from.value),
                peak: position(peak.value),
                depth: part(&numbers::DEPTH, &file.depth),
                half_life: part(&numbers::HALF_LIFE, &file.half_life),
            })
        });
        shocks.collect()
    }

    fn response(&self, register: &mut Register<'_>) -> Response {
        let whole = self.source.whole();
        let mut part = |of: &Number, read: &Option<Read<Uncertain>>| {
            register.put("response", of, read.as_ref(), &whole)
        };
        Response {
            need_gain: part(&numbers::NEED_GAIN, &self.need_gain),
            suppression_gain: part(&numbers::SUPPRESSION_GAIN, &self.suppression_gain),
            severe_delay: part(&numbers::SEVERE_DELAY, &self.severe_delay),
            threshold: part(&numbers::THRESHOLD, &self.threshold),
        }
    }
}

/// Waves were given and the restrictions that answer others were not.
const INHERITED: &str = "the inherited restrictions answer waves that are no longer there";

const OWN_RESTRICTION: &str = "[[restriction]]\nwave = 1\nfrom = \"2020-03-23\"\n\
                               to = \"2020-07-04\"\nstringency = 0.8";

/// Puts a scenario's numbers among the figures.
struct Register<'a> {
    scenario: &'a str,
    figures: &'a mut Figures,
}

impl Register<'_> {
    /// The number of the part `part`: as read, or what the pack believes of it, or its default.
    fn put(
        &mut self,
        part: &str,
        number: &Number,
        read: Option<&Read<Uncertain>>,
        whole: &Place,
    ) -> FigureId {
        let key = format!("{part}.{}", number.name);
        let believed = self.figures.find(&format!("pack.{key}")).filter(|_| read.is_none());
        if let Some(own) = believed.map(|id| self.figures.get(id).clone()) {
            return self.figures.put(Figure {
                key,
                scenario: Some(self.scenario.to_owned()),
                ..own
            });
        }
        let (number, place, basis) = match read {
            Some(read) => {
                (read.value, read.place.text(), Basis::Scenario(self.scenario.to_owned()))
            }
            None => (number.default(), whole.text(), Basis::Default),
        };
        self.figures.put(Figure {
            key,
            scenario: Some(self.scenario.to_owned()),
            number,
            origin: Origin {
                basis,
                place,
                unit: String::new(),
                source: "scenario".to_owned(),
                grade: Grade::D,
                as_of: String::new(),
                agreed_with: String::new(),
                note: String::new(),
            },
        })
    }
}

fn choose_curve(curve: &Read<String>, pack: &Pack, problems: &mut Problems) -> Option<CurveChoice> {
    if pack.curves.is_empty() {
        problems.push(
            Problem::error(curve.place.clone(), format!("the pack `{}` has no curves", pack.name))
                .read(&curve.value)
                .suggest("a scenario with [[wave]], or a pack with curves.csv"),
        );
        return None;
    }
    if curve.value == "pack" {
        return Some(CurveChoice::Pack);
    }
    let index =
        pack.curves.iter().position(|c| crate::study::pack::same_name(&c.name, &curve.value));
    if index.is_none() {
        let names = pack.curves.iter().map(|c| c.name.as_str()).chain(["pack"]);
        problems
            .push(Problem::error(curve.place.clone(), "unknown curve").choose(&curve.value, names));
    }
    index.map(CurveChoice::One)
}
