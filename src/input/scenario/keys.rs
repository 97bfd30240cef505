//! A scenario file key by key.

use std::path::Path;

use super::numbers::{self, Number};
use super::{MOST_MONTHS, RestrictionFile, ScenarioFile, ShockFile, TrackFile, WaveFile};
use crate::diagnostics::Source;
use crate::draw::Uncertain;
use crate::input::document::{Keys, Read};
use crate::input::lever_file::read_lever;

pub(super) fn read_keys(id: String, source: &Source, keys: &Keys<'_>) -> ScenarioFile {
    let mut response = [None, None, None, None];
    keys.table("response", |response_keys| {
        response = [
            number(response_keys, &numbers::NEED_GAIN),
            number(response_keys, &numbers::SUPPRESSION_GAIN),
            number(response_keys, &numbers::SEVERE_DELAY),
            number(response_keys, &numbers::THRESHOLD),
        ];
    });
    let [need_gain, suppression_gain, severe_delay, threshold] = response;
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
        waves: keys.list("wave", |_, wave| Some(read_wave(wave))),
        restrictions: keys.list("restriction", |_, restriction| {
            if !restriction.has("stringency") {
                restriction.missing("stringency", "stringency = 0.8");
            }
            Some(RestrictionFile {
                wave: restriction.whole("wave", 1..1000),
                from: needed(restriction, restriction.day("from"), "from"),
                to: needed(restriction, restriction.day("to"), "to"),
                stringency: number(restriction, &numbers::STRINGENCY),
                place: restriction.place(),
            })
        }),
        shocks: keys.list("shock", |_, shock| {
            Some(ShockFile {
                from: needed(shock, shock.day("from"), "from"),
                peak: needed(shock, shock.day("peak"), "peak"),
                depth: number(shock, &numbers::DEPTH),
                half_life: number(shock, &numbers::HALF_LIFE),
                place: shock.place(),
            })
        }),
        levers: keys.list("lever", |index, keys| Some(read_lever(index, keys))),
        need_gain,
        suppression_gain,
        severe_delay,
        threshold,
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

fn read_wave(keys: &Keys<'_>) -> WaveFile {
    WaveFile {
        label: keys.text("label").map(|label| label.value),
        peak: needed(keys, keys.day("peak"), "peak"),
        rise: number(keys, &numbers::RISE),
        fall: number(keys, &numbers::FALL),
        height: number(keys, &numbers::HEIGHT),
        severity: number(keys, &numbers::SEVERITY),
        place: keys.place(),
    }
}

fn number(keys: &Keys<'_>, number: &Number) -> Option<Read<Uncertain>> {
    keys.uncertain(number.name, number.least, number.most)
}

fn needed<T>(keys: &Keys<'_>, value: Option<Read<T>>, key: &'static str) -> Option<Read<T>> {
    if value.is_none() && !keys.has(key) {
        keys.missing(key, &format!("{key} = \"2020-04-01\""));
    }
    value
}
