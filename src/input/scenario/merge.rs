//! A scenario's lists laid over those it inherits.
//!
//! Waves, restrictions and shocks are merged by label: one with a new label is added, one with an
//! old label changes what it names. Without a label, one of the same date changes the old one, any
//! other is added. `waves = "own"` (and so on) leaves the inherited ones out.
//!
//! Restrictions remember the wave they answer as it stands in the file that gives them: they move
//! and change with what later files or `--set` make of it.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::civil::Date;

use super::{FormerFile, RestrictionFile, ScenarioFile, ShockFile, WaveFile};
use crate::diagnostics::{Place, Problem, Problems};
use crate::study::pack::name_key;

/// A part of a scenario that a list holds.
trait Part: Sized {
    const KIND: &'static str;
    fn label(&self) -> Option<&str>;
    fn place(&self) -> &Place;
    /// The date by which one without a label is known.
    fn date(&self) -> Option<Date>;
    /// This one's keys over those of `old`.
    fn over(self, old: Self) -> Self;
}

impl Part for WaveFile {
    const KIND: &'static str = "wave";
    fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }
    fn place(&self) -> &Place {
        &self.place
    }
    fn date(&self) -> Option<Date> {
        self.peak.as_ref().map(|peak| peak.value)
    }
    fn over(self, old: Self) -> Self {
        Self {
            label: self.label.or(old.label),
            key: old.key,
            has_peak: self.has_peak || old.has_peak,
            peak: self.peak.or(old.peak),
            rise: self.rise.or(old.rise),
            fall: self.fall.or(old.fall),
            height: self.height.or(old.height),
            severity: self.severity.or(old.severity),
            restrictions: self.restrictions.or(old.restrictions),
            place: self.place,
        }
    }
}

impl Part for RestrictionFile {
    const KIND: &'static str = "restriction";
    fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }
    fn place(&self) -> &Place {
        &self.place
    }
    fn date(&self) -> Option<Date> {
        self.from.as_ref().map(|from| from.value)
    }
    fn over(self, old: Self) -> Self {
        // One that says when it is has been thought of with the waves as they stand now.
        let is_dated = self.from.is_some() || self.to.is_some();
        Self {
            label: self.label.or(old.label),
            has: either(self.has, old.has),
            tie: if is_dated || self.wave.is_some() { None } else { old.tie },
            given_for: self.given_for.or(old.given_for),
            wave: self.wave.or(old.wave),
            follow: self.follow.or(old.follow),
            from: self.from.or(old.from),
            to: self.to.or(old.to),
            stringency: self.stringency.or(old.stringency),
            place: self.place,
        }
    }
}

impl Part for ShockFile {
    const KIND: &'static str = "shock";
    fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }
    fn place(&self) -> &Place {
        &self.place
    }
    fn date(&self) -> Option<Date> {
        self.from.as_ref().map(|from| from.value)
    }
    fn over(self, old: Self) -> Self {
        Self {
            label: self.label.or(old.label),
            has: either(self.has, old.has),
            from: self.from.or(old.from),
            peak: self.peak.or(old.peak),
            depth: self.depth.or(old.depth),
            half_life: self.half_life.or(old.half_life),
            place: self.place,
        }
    }
}

fn either<const N: usize>(own: [bool; N], old: [bool; N]) -> [bool; N] {
    std::array::from_fn(|key| own[key] || old[key])
}

/// A list over an inherited one.
fn merged<T: Part>(own: Vec<T>, inherited: Vec<T>, problems: &mut Problems) -> Vec<T> {
    let count = inherited.len();
    let mut is_changed = vec![false; count];
    let mut places = Places::default();
    let mut list: Vec<Option<T>> = Vec::new();
    for part in inherited {
        places.add(&part, list.len());
        list.push(Some(part));
    }
    for part in own {
        let label = part.label().unwrap_or_default().to_owned();
        match places.of(&part) {
            Some(at) if at < count && !is_changed[at] => {
                is_changed[at] = true;
                let Some(old) = list[at].take() else { continue };
                places.remove(&old, at);
                let new = part.over(old);
                places.add(&new, at);
                list[at] = Some(new);
            }
            Some(_) if !label.is_empty() => problems.push(
                Problem::error(
                    part.place().clone(),
                    format!("two entries of [[{}]] have one label", T::KIND),
                )
                .read(label)
                .allowed("a label of its own for each: it tells which one a later file changes"),
            ),
            _ => {
                places.add(&part, list.len());
                list.push(Some(part));
            }
        }
    }
    list.into_iter().flatten().collect()
}

/// Where the parts of a list stand, by label and by date.
#[derive(Default)]
struct Places {
    labels: HashMap<String, BTreeSet<usize>>,
    dates: HashMap<Date, BTreeSet<usize>>,
}

impl Places {
    fn add(&mut self, part: &impl Part, at: usize) {
        if let Some(label) = part.label() {
            self.labels.entry(name_key(label)).or_default().insert(at);
        }
        if let Some(date) = part.date() {
            self.dates.entry(date).or_default().insert(at);
        }
    }

    fn remove(&mut self, part: &impl Part, at: usize) {
        if let Some(all) = part.label().and_then(|label| self.labels.get_mut(&name_key(label))) {
            all.remove(&at);
        }
        if let Some(all) = part.date().and_then(|date| self.dates.get_mut(&date)) {
            all.remove(&at);
        }
    }

    /// The first of the same label, or of the same date where there is no label.
    fn of(&self, part: &impl Part) -> Option<usize> {
        let all = match part.label() {
            Some(label) => self.labels.get(&name_key(label)),
            None => self.dates.get(&part.date()?),
        };
        all?.first().copied()
    }
}

impl ScenarioFile {
    /// This file's keys over those of `parent`, or over nothing.
    pub(super) fn over(mut self, parent: Option<Self>, problems: &mut Problems) -> Self {
        let mut inherited = parent.unwrap_or_default();
        if self.wave_choice.is_some() {
            inherited.waves.clear();
        }
        if self.shock_choice.is_some() {
            inherited.shocks.clear();
        }
        let own_waves = std::mem::take(&mut self.waves);
        let mut waves = merged(own_waves, inherited.waves, problems);
        waves.sort_by_key(|wave| wave.peak.as_ref().map(|peak| peak.value));
        let keys: HashSet<&String> = waves.iter().map(|wave| &wave.key).collect();
        let is_there = |key: &String| keys.contains(key);
        // Restrictions that answer waves which are no longer there have nothing to answer.
        let is_kept = |old: &RestrictionFile| old.tie.as_ref().is_none_or(|tie| is_there(&tie.key));
        inherited.restrictions.retain(is_kept);
        if self.restriction_choice.is_some() {
            inherited.restrictions.clear();
        }
        let restriction_choice = if self.restrictions.is_empty() {
            self.restriction_choice.or(inherited.restriction_choice)
        } else {
            self.restriction_choice
        };
        let pins = self.follow.as_ref().is_some_and(|follow| !follow.value);
        let mut restrictions =
            merged(std::mem::take(&mut self.restrictions), inherited.restrictions, problems);
        for restriction in &mut restrictions {
            if pins && restriction.follow.is_none() {
                restriction.follow.clone_from(&self.follow);
            }
            let of = restriction.wave.as_ref().and_then(|wave| waves.get(wave.value - 1));
            if restriction.tie.is_none() {
                restriction.tie = of.cloned().map(|mut wave| {
                    restriction.given_for.clone().unwrap_or_default().over(&mut wave);
                    wave
                });
            }
        }
        let shocks = merged(std::mem::take(&mut self.shocks), inherited.shocks, problems);
        let mut tracks = self.tracks;
        for track in inherited.tracks {
            if !tracks.iter().any(|own| own.name == track.name) {
                tracks.push(track);
            }
        }
        Self {
            id: self.id,
            source: self.source,
            sources: self.sources.into_iter().chain(inherited.sources).collect(),
            name: self.name.or(inherited.name),
            extends: self.extends,
            has_start: self.has_start || inherited.has_start,
            start: self.start.or(inherited.start),
            months: self.months.or(inherited.months),
            as_of: self.as_of.or(inherited.as_of),
            waves,
            wave_choice: None,
            restrictions,
            restriction_choice,
            follow: None,
            shocks,
            shock_choice: self.shock_choice.or(inherited.shock_choice),
            levers: self.levers.or(inherited.levers),
            need_gain: self.need_gain.or(inherited.need_gain),
            suppression_gain: self.suppression_gain.or(inherited.suppression_gain),
            severe_delay: self.severe_delay.or(inherited.severe_delay),
            threshold: self.threshold.or(inherited.threshold),
            willing: self.willing.or(inherited.willing),
            curve: self.curve.or(inherited.curve),
            tracks,
        }
    }
}

impl FormerFile {
    /// Lays what is said of a wave as it was over the wave as it is.
    fn over(self, wave: &mut WaveFile) {
        let Self { peak, rise, fall, height, severity } = self;
        wave.peak = peak.or_else(|| wave.peak.take());
        for (own, new) in [
            (&mut wave.rise, rise),
            (&mut wave.fall, fall),
            (&mut wave.height, height),
            (&mut wave.severity, severity),
        ] {
            *own = new.or_else(|| own.take());
        }
    }
}
