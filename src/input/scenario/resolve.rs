//! A scenario joined with a pack: its waves, restrictions, shocks and levers, its numbers among the
//! figures.

use super::numbers::{self, Number};
use super::{ListChoice, RestrictionFile, ScenarioFile, WaveFile};
use crate::diagnostics::{Place, Problem, Problems, nearest};
use crate::draw::Uncertain;
use crate::input::document::Read;
use crate::input::lever_file;
use crate::month::{Month, position};
use crate::study::figures::{Basis, Figure, FigureId, Figures, Grade, Origin};
use crate::study::pack::{Pack, Track};
use crate::study::scenario::{CurveChoice, Response, Restriction, Scenario, Shock, Tie, Wave};

impl ScenarioFile {
    /// Joins the scenario with a pack and registers its numbers. `last_known` is asked for the last
    /// month of the baseline where no file says when the scenario starts.
    pub fn resolve(
        &self,
        pack: &Pack,
        figures: &mut Figures,
        last_known: impl FnOnce() -> Option<Month>,
        problems: &mut Problems,
    ) -> Option<Scenario> {
        let errors = problems.errors();
        let own = pack.own_scenario.as_ref();
        let start = self.start.as_ref().map(|s| s.value).or(own.map(|own| own.start));
        let start = match start {
            None if !self.has_start => self.first_month(last_known()),
            start => start,
        };
        let months = self.months.or(own.map(|own| own.months)).unwrap_or(60);
        let curve = self.curve.as_ref().and_then(|curve| choose_curve(curve, pack, problems));
        // A start that can't be read was complained of where it stands.
        if start.is_none() && !self.has_start {
            problems.push(
                Problem::error(self.source.whole(), "the key `start` is missing")
                    .allowed("a first month; a baseline of your own or a wave tells it too")
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
        let levers = lever_file::resolve(levers, (&self.id, start), pack, figures, problems);
        let mut register = Register { scenario: &self.id, figures };
        let scenario = Scenario {
            id: self.id.clone(),
            name: self.name.clone().unwrap_or_else(|| self.id.clone()),
            start,
            months,
            as_of: self.as_of.as_ref().map(|month| month.value),
            waves: self.waves(&mut register, problems),
            restrictions: self.restrictions(&mut register, problems),
            shocks: self.shocks(&mut register, problems),
            is_unrestricted: self.restriction_choice == Some(ListChoice::None),
            economy_follows: self.shocks.is_empty()
                && self.shock_choice != Some(ListChoice::None)
                && !self.waves.is_empty(),
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

    /// In the order in which they are numbered: by the dates of the files.
    fn waves(&self, register: &mut Register<'_>, problems: &mut Problems) -> Vec<Wave> {
        // Restrictions that answer no wave in particular answer all of them.
        let is_all_answered = self.restriction_choice == Some(ListChoice::None)
            || self.restrictions.iter().any(|restriction| restriction.wave.is_none());
        let is_answered = |wave: &WaveFile| match wave.restrictions {
            Some(ListChoice::None) => true,
            Some(_) => false,
            None => {
                let ties = self.restrictions.iter().filter_map(|of| of.tie.as_ref());
                is_all_answered || ties.into_iter().any(|tie| tie.key == wave.key)
            }
        };
        let mut list = Vec::new();
        for (wave, number) in self.waves.iter().zip(1..) {
            if !wave.has_peak {
                problems.push(missing(&wave.place, "peak", "peak = \"2020-04-01\""));
            }
            let Some(peak) = &wave.peak else { continue };
            let mut part = |of: &Number, read: &Option<Read<Uncertain>>| {
                register.put(&format!("wave.{number}"), of, read.as_ref(), &wave.place)
            };
            list.push(Wave {
                label: wave.label.clone().unwrap_or_else(|| format!("wave {number}")),
                number,
                rise: part(&numbers::RISE, &wave.rise),
                fall: part(&numbers::FALL, &wave.fall),
                height: part(&numbers::HEIGHT, &wave.height),
                severity: part(&numbers::SEVERITY, &wave.severity),
                peak: peak.value,
                is_answered: is_answered(wave),
            });
        }
        list
    }

    fn restrictions(
        &self,
        register: &mut Register<'_>,
        problems: &mut Problems,
    ) -> Vec<Restriction> {
        let mut files: Vec<&RestrictionFile> = self.restrictions.iter().collect();
        files.sort_by_key(|file| file.from.as_ref().map(|from| from.value));
        let mut list: Vec<Restriction> = Vec::new();
        if let (Some(ListChoice::None | ListChoice::Follow), Some(first)) =
            (self.restriction_choice, files.first())
        {
            problems.push(
                Problem::error(first.place.clone(), "a restriction beside `restrictions`")
                    .allowed("\"none\" and \"follow\" say that no restriction is given")
                    .suggest("restrictions = \"own\""),
            );
        }
        for (file, number) in files.into_iter().zip(1..) {
            let examples = ["from = \"2020-03-23\"", "to = \"2020-07-04\"", "stringency = 0.8"];
            for ((has, key), example) in
                file.has.iter().zip(["from", "to", "stringency"]).zip(examples)
            {
                if !has {
                    problems.push(missing(&file.place, key, example));
                }
            }
            let (Some(from), Some(to)) = (&file.from, &file.to) else { continue };
            if from.value >= to.value {
                problems.push(
                    Problem::error(to.place.clone(), "the restriction ends before it begins")
                        .read(format!("from {} to {}", from.value, to.value))
                        .allowed("`to` is the first day without it, after `from`"),
                );
            }
            if let Some(wave) = &file.wave
                && file.tie.is_none()
                && !self.waves.is_empty()
            {
                let count = self.waves.len();
                problems.push(
                    Problem::error(wave.place.clone(), "the restriction answers no wave there is")
                        .read(format!("wave {} of {count}", wave.value))
                        .allowed(format!("1 to {count}, counted by the dates of their peaks"))
                        .suggest(format!("wave = {count}")),
                );
            }
            let tie = self.tie(file);
            let shift = |tie: &Option<Tie>| {
                let tie = tie.as_ref()?;
                let now = self.waves.get(tie.wave)?.peak.as_ref()?.value;
                Some((now - tie.peak).get_days())
            };
            // Those that moved by other steps may come to lie over each other.
            let before = list
                .iter()
                .rev()
                .find(|of| shift(&of.tie).unwrap_or_default() == shift(&tie).unwrap_or_default());
            if let Some(before) = before
                && from.value < before.to
            {
                problems.push(
                    Problem::error(
                        from.place.clone(),
                        "the restriction overlaps the one before it",
                    )
                    .read(format!("from {}, while the one before ends {}", from.value, before.to))
                    .allowed(
                        "restrictions one after the other, `to` the first day without it; inherited \
                         ones count, unless `restrictions = \"own\"` leaves them out",
                    )
                    .suggest(format!("from = \"{}\"", before.to)),
                );
            }
            let wave = file.wave.as_ref().map_or(1, |wave| wave.value);
            list.push(Restriction {
                label: file.label.clone().unwrap_or_default(),
                wave: self.index(file).map_or(wave, |index| index + 1),
                from: from.value,
                to: to.value,
                stringency: register.put(
                    &format!("restriction.{number}"),
                    &numbers::STRINGENCY,
                    file.stringency.as_ref(),
                    &file.place,
                ),
                tie,
            });
        }
        list
    }

    /// Which wave a restriction answers.
    fn index(&self, file: &RestrictionFile) -> Option<usize> {
        let tie = file.tie.as_ref()?;
        self.waves.iter().position(|wave| wave.key == tie.key)
    }

    /// What a restriction follows; none where it is pinned.
    fn tie(&self, file: &RestrictionFile) -> Option<Tie> {
        let is_pinned = file.follow.as_ref().is_some_and(|follow| !follow.value);
        let was = file.tie.as_ref().filter(|_| !is_pinned)?;
        let number = |of: &Number, read: &Option<Read<Uncertain>>| {
            read.as_ref().map_or(of.default(), |read| read.value)
        };
        Some(Tie {
            wave: self.index(file)?,
            peak: was.peak.as_ref()?.value,
            numbers: [
                number(&numbers::RISE, &was.rise),
                number(&numbers::FALL, &was.fall),
                number(&numbers::HEIGHT, &was.height),
                number(&numbers::SEVERITY, &was.severity),
            ],
            days: 0,
            moved: 0.0,
            is_changed: false,
        })
    }

    fn shocks(&self, register: &mut Register<'_>, problems: &mut Problems) -> Vec<Shock> {
        if let (Some(ListChoice::None | ListChoice::Follow), Some(first)) =
            (self.shock_choice, self.shocks.first())
        {
            problems.push(
                Problem::error(first.place.clone(), "a shock beside `shocks`")
                    .allowed("\"none\" and \"follow\" say that no shock is given")
                    .suggest("shocks = \"own\""),
            );
        }
        let mut list = Vec::new();
        for (file, number) in self.shocks.iter().zip(1..) {
            for (has, key) in file.has.iter().zip(["from", "peak"]) {
                if !has {
                    problems.push(missing(&file.place, key, &format!("{key} = \"2020-04-01\"")));
                }
            }
            let (Some(from), Some(peak)) = (&file.from, &file.peak) else { continue };
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
            list.push(Shock {
                from: position(from.value),
                peak: position(peak.value),
                depth: part(&numbers::DEPTH, &file.depth),
                half_life: part(&numbers::HALF_LIFE, &file.half_life),
            });
        }
        list
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
            willing: part(&numbers::WILLING, &self.willing),
        }
    }
}

fn missing(place: &Place, key: &str, example: &str) -> Problem {
    Problem::error(place.clone(), format!("the key `{key}` is missing")).suggest(example)
}

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
        let of_pack = format!("pack.{key}");
        let believed = self.figures.find_all(&of_pack).next().filter(|_| read.is_none());
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
