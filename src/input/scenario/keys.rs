//! A scenario file key by key.

use std::path::Path;

use super::numbers::{self, Number};
use super::{
    FormerFile, ListChoice, MOST_MONTHS, RestrictionFile, ScenarioFile, ShockFile, TrackFile,
    WaveFile,
};
use crate::diagnostics::Source;
use crate::draw::Uncertain;
use crate::input::document::{Keys, Read};
use crate::input::lever_file::read_lever;
use crate::input::names;

pub(super) fn read_keys(id: String, source: &Source, keys: &Keys<'_>) -> ScenarioFile {
    let mut response = [None, None, None, None, None];
    keys.table("response", |response_keys| {
        response = [
            number(response_keys, &numbers::NEED_GAIN),
            number(response_keys, &numbers::SUPPRESSION_GAIN),
            number(response_keys, &numbers::SEVERE_DELAY),
            number(response_keys, &numbers::THRESHOLD),
            number(response_keys, &numbers::WILLING),
        ];
    });
    let [need_gain, suppression_gain, severe_delay, threshold, willing] = response;
    let folder = Path::new(&*source.name).parent().map(Path::to_path_buf).unwrap_or_default();
    ScenarioFile {
        id,
        source: source.clone(),
        sources: vec![source.clone()],
        name: keys.text("name").map(|name| name.value),
        extends: keys.text("extends"),
        start: keys.month("start"),
        has_start: keys.has("start"),
        months: keys.whole("months", 1..MOST_MONTHS + 1).map(|months| months.value),
        as_of: keys.month("as_of"),
        waves: keys.list("wave", |_, wave| Some(read_wave(wave))).unwrap_or_default(),
        wave_choice: choice(keys, "waves", &[("own", ListChoice::Own)]),
        restrictions: keys
            .list("restriction", |_, restriction| Some(read_restriction(restriction)))
            .unwrap_or_default(),
        restriction_choice: choice(keys, "restrictions", &CHOICES),
        follow: keys.flag("follow"),
        shocks: keys.list("shock", |_, shock| Some(read_shock(shock))).unwrap_or_default(),
        shock_choice: choice(keys, "shocks", &CHOICES),
        levers: keys.list("lever", |index, keys| Some(read_lever(index, keys))),
        need_gain,
        suppression_gain,
        severe_delay,
        threshold,
        willing,
        curve: keys.table("exposure", |exposure| exposure.text("curve")).flatten(),
        tracks: keys.named_tables("track", |name, track| {
            let file = track.text("file");
            let reference = track.number("reference", 1e-9, f64::INFINITY);
            if file.is_none() {
                track.missing("file", "file = \"admissions.csv\"");
            }
            if reference.is_none() {
                track.missing("reference", "reference = 40000   # the whole of the first wave");
            }
            Some(TrackFile {
                name: name.to_owned(),
                file: file?,
                reference: reference?.value,
                folder: folder.clone(),
            })
        }),
    }
}

/// What may be said of restrictions and shocks as a whole.
const CHOICES: [(&str, ListChoice); 3] =
    [("none", ListChoice::None), ("own", ListChoice::Own), ("follow", ListChoice::Follow)];

fn choice(keys: &Keys<'_>, key: &'static str, names: &[(&str, ListChoice)]) -> Option<ListChoice> {
    keys.choice(key, names).map(|choice| choice.value)
}

fn read_wave(keys: &Keys<'_>) -> WaveFile {
    let label = names::label(keys, "wave");
    WaveFile {
        key: label.clone().unwrap_or_else(|| keys.place().text()),
        label,
        has_peak: keys.has("peak"),
        peak: keys.day("peak"),
        rise: number(keys, &numbers::RISE),
        fall: number(keys, &numbers::FALL),
        height: number(keys, &numbers::HEIGHT),
        severity: number(keys, &numbers::SEVERITY),
        restrictions: choice(keys, "restrictions", &[CHOICES[0], CHOICES[2]]),
        place: keys.place(),
    }
}

fn read_restriction(keys: &Keys<'_>) -> RestrictionFile {
    RestrictionFile {
        label: names::label(keys, "restriction"),
        has: ["from", "to", "stringency"].map(|key| keys.has(key)),
        wave: keys.whole("wave", 1..1000),
        follow: keys.flag("follow"),
        given_for: keys.table("given_for", |former| FormerFile {
            peak: former.day("peak"),
            rise: number(former, &numbers::RISE),
            fall: number(former, &numbers::FALL),
            height: number(former, &numbers::HEIGHT),
            severity: number(former, &numbers::SEVERITY),
        }),
        tie: None,
        from: keys.day("from"),
        to: keys.day("to"),
        stringency: number(keys, &numbers::STRINGENCY),
        place: keys.place(),
    }
}

fn read_shock(keys: &Keys<'_>) -> ShockFile {
    ShockFile {
        label: names::label(keys, "shock"),
        has: ["from", "peak"].map(|key| keys.has(key)),
        from: keys.day("from"),
        peak: keys.day("peak"),
        depth: number(keys, &numbers::DEPTH),
        half_life: number(keys, &numbers::HALF_LIFE),
        place: keys.place(),
    }
}

fn number(keys: &Keys<'_>, number: &Number) -> Option<Read<Uncertain>> {
    keys.uncertain(number.name, number.least, number.most)
}
