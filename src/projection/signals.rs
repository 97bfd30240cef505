//! What a scenario's waves, restrictions and shocks come to by month, for a block of draws: the
//! tracks that drivers follow.
//!
//! Restrictions are those given, moved and changed with their waves, and those that follow from
//! waves nobody answered; the shock is the one given, or follows the restrictions. A page that
//! runs this itself needs the figures of one draw (`L` = 1) and nothing else: all is arithmetic on
//! months and days.

use crate::lane::Lane;
use crate::model::economy;
use crate::model::pulse::Pulse;
use crate::model::stringency::{self, Seen};
use crate::model::track::{Wave, share_of_month, shock_mean};
use crate::month::position;
use crate::projection::CentralTracks;
use crate::study::Study;
use crate::study::figures::Sample;
use crate::study::pack::{Pack, Track};
use crate::study::scenario::{self, Restriction, Scenario, Tie};

/// How finely the virus is drawn.
const POINTS_A_MONTH: usize = 8;

/// The built-in tracks of a scenario by month, for a block of draws.
#[derive(Clone, Debug)]
pub(super) struct Signals<const L: usize> {
    /// Infections: of the first wave, and of later waves with their gain.
    virus: Vec<Lane<L>>,
    severe: Vec<Lane<L>>,
    restrictions: Vec<Lane<L>>,
    economy: Vec<Lane<L>>,
    pub(super) first_restrictions: Vec<Lane<L>>,
    pub(super) later_restrictions: Vec<Lane<L>>,
}

impl<const L: usize> Signals<L> {
    pub(super) fn new(scenario: &Scenario, pack: &Pack, sample: &Sample<L>) -> Self {
        let zeros = || vec![Lane::ZERO; scenario.months];
        let mut signals = Self {
            virus: zeros(),
            severe: zeros(),
            restrictions: zeros(),
            economy: zeros(),
            first_restrictions: zeros(),
            later_restrictions: zeros(),
        };
        signals.add_waves(scenario, sample);
        match scenario.own_track(Track::RESTRICTIONS) {
            // A series of the user's own is the stringency there was, for services as for people.
            Some(own) => {
                signals.first_restrictions =
                    own.values.iter().map(|value| Lane::all(*value)).collect();
            }
            None => signals.add_restrictions(scenario, pack, sample),
        }
        signals.add_economy(scenario, pack, sample);
        signals
    }

    fn add_waves(&mut self, scenario: &Scenario, sample: &Sample<L>) {
        let delay = &sample[scenario.response.severe_delay];
        for wave in &scenario.waves {
            let (height, severity) = (&sample[wave.height], &sample[wave.severity]);
            let is_constant = is_same(&[&sample[wave.rise], &sample[wave.fall], delay]);
            let gain = gain(scenario, sample, scenario.relative(position(wave.peak)));
            for t in 0..self.virus.len() {
                let means = |lane: usize| {
                    let shape = shape(scenario, wave, sample, lane);
                    (shape.mean(t as f64), shape.mean(t as f64 - delay[lane]))
                };
                let common = means(0);
                for lane in 0..L {
                    let (infected, severe) = if is_constant { common } else { means(lane) };
                    self.virus[t][lane] += gain[lane] * height[lane] * infected;
                    self.severe[t][lane] += gain[lane] * height[lane] * severity[lane] * severe;
                }
            }
        }
    }

    fn add_restrictions(&mut self, scenario: &Scenario, pack: &Pack, sample: &Sample<L>) {
        let mut levels: Vec<Level<L>> = Vec::new();
        for restriction in &scenario.restrictions {
            self.add_given(scenario, pack, sample, restriction, &mut levels);
        }
        let is_touched = levels.iter().any(|level| level.change.is_some());
        if is_touched {
            self.add_after(scenario, sample, &levels);
        }
        if scenario.restrictions_follow() {
            self.add_following(scenario, pack, sample);
        }
        if is_touched || scenario.restrictions.iter().any(Restriction::is_moved) {
            self.end_at_one();
        }
    }

    /// Restrictions as given, or as they change with their wave.
    fn add_given(
        &mut self,
        scenario: &Scenario,
        pack: &Pack,
        sample: &Sample<L>,
        restriction: &Restriction,
        levels: &mut Vec<Level<L>>,
    ) {
        let given = &sample[restriction.stringency];
        let at = |date| scenario.relative(position(date));
        let (from, to) = (at(restriction.from), at(restriction.to));
        let wave = restriction.tie.as_ref().map_or(restriction.wave.saturating_sub(1), |t| t.wave);
        let late = match scenario.waves.get(wave) {
            Some(wave) => scenario.lateness(at(wave.peak)),
            None => f64::from(u8::from(restriction.wave > 1)),
        };
        let is_own = |level: &Level<L>| level.wave == wave && level.tie == restriction.tie;
        let level = match levels.iter().position(is_own) {
            Some(level) => level,
            None => {
                let tie = restriction.tie.as_ref().filter(|tie| tie.is_changed);
                let change = tie.map(|tie| changes(scenario, pack, sample, tie));
                let tie = restriction.tie.clone();
                levels.push(Level { wave, tie, late, ends: f64::NEG_INFINITY, change });
                levels.len() - 1
            }
        };
        let level = &mut levels[level];
        level.ends = level.ends.max(to);
        let change = level.change.as_ref();
        let need_gain = &sample[scenario.response.need_gain];
        for t in 0..self.restrictions.len() {
            let share = share_of_month(from, to, t as f64);
            if share <= 0.0 {
                continue;
            }
            for lane in 0..L {
                let factor = change.map_or(1.0, |lanes| ratio(lanes, lane, t));
                let stringency =
                    if factor == 1.0 { given[lane] } else { (given[lane] * factor).min(1.0) };
                self.add((t, lane), (stringency, share), late, need_gain[lane]);
            }
        }
    }

    /// What a worse wave adds after the last of its restrictions: they last longer.
    fn add_after(&mut self, scenario: &Scenario, sample: &Sample<L>, levels: &[Level<L>]) {
        let need_gain = &sample[scenario.response.need_gain];
        for level in levels {
            let Some(change) = &level.change else { continue };
            for t in 0..self.restrictions.len() {
                let after = share_of_month(level.ends, f64::INFINITY, t as f64);
                for lane in 0..L {
                    let more = change[lane.min(change.len() - 1)].more[t] * after;
                    let share = self.open(t, lane);
                    self.add((t, lane), (more, share), level.late, need_gain[lane]);
                }
            }
        }
    }

    /// Restrictions that follow from the waves nobody answered.
    fn add_following(&mut self, scenario: &Scenario, pack: &Pack, sample: &Sample<L>) {
        let waves: Vec<&scenario::Wave> =
            scenario.waves.iter().filter(|wave| !wave.is_answered).collect();
        let late: Vec<f64> = waves
            .iter()
            .map(|wave| scenario.lateness(scenario.relative(position(wave.peak))))
            .collect();
        let need_gain = &sample[scenario.response.need_gain];
        let lane_parts = |lane: usize| {
            let seen: Vec<Seen> =
                waves.iter().map(|wave| seen(scenario, wave, sample, lane)).collect();
            rule(scenario, pack, sample, lane).by_wave(&seen, scenario.months)
        };
        let mut numbers: Vec<&Lane<L>> = rule_numbers(scenario, pack, sample).to_vec();
        for wave in &waves {
            let own = [wave.rise, wave.fall, wave.height, wave.severity];
            numbers.extend(own.map(|id| &sample[id]));
        }
        let is_constant = is_same(&numbers);
        let mut parts = Vec::new();
        for lane in 0..L {
            if lane == 0 || !is_constant {
                parts = lane_parts(lane);
            }
            for t in 0..self.restrictions.len() {
                // Two causes of restrictions leave open what neither closes.
                let open = self.open(t, lane);
                for (part, late) in parts.iter().zip(&late) {
                    self.add((t, lane), (part[t], open), *late, need_gain[lane]);
                }
            }
        }
    }

    /// Adds a stringency that holds for a share of a month; `late` is how much of it is a later
    /// wave's.
    fn add(
        &mut self,
        (t, lane): (usize, usize),
        (stringency, share): (f64, f64),
        late: f64,
        need_gain: f64,
    ) {
        let gain = if late == 1.0 { need_gain } else { 1.0 - late * (1.0 - need_gain) };
        self.restrictions[t][lane] += gain * stringency * share;
        if late < 1.0 {
            self.first_restrictions[t][lane] += (1.0 - late) * stringency * share;
        }
        if late > 0.0 {
            self.later_restrictions[t][lane] += late * stringency * share;
        }
    }

    /// What of a month no restriction closes.
    fn open(&self, t: usize, lane: usize) -> f64 {
        (1.0 - self.first_restrictions[t][lane] - self.later_restrictions[t][lane]).max(0.0)
    }

    /// A stringency ends at 1, also where restrictions of two waves were moved together.
    fn end_at_one(&mut self) {
        for t in 0..self.restrictions.len() {
            for lane in 0..L {
                let all = self.first_restrictions[t][lane] + self.later_restrictions[t][lane];
                if all > 1.0 {
                    self.first_restrictions[t][lane] /= all;
                    self.later_restrictions[t][lane] /= all;
                    self.restrictions[t][lane] /= all;
                }
            }
        }
    }

    fn add_economy(&mut self, scenario: &Scenario, pack: &Pack, sample: &Sample<L>) {
        for shock in &scenario.shocks {
            let (depth, half_life) = (&sample[shock.depth], &sample[shock.half_life]);
            for lane in 0..L {
                let pulse = Pulse {
                    onset: scenario.relative(shock.from),
                    peak: scenario.relative(shock.peak),
                    half_life: half_life[lane],
                };
                for (t, month) in self.economy.iter_mut().enumerate() {
                    month[lane] += depth[lane] * shock_mean(&pulse, t as f64);
                }
            }
        }
        if !scenario.economy_follows {
            return;
        }
        let [_, _, reference, _] = pack.reference;
        for lane in 0..L {
            let value = |id| sample[id][lane];
            let rule = economy::Rule {
                depth: value(pack.rules.depth),
                peak: value(pack.rules.peak),
                half_life: value(pack.rules.half_life),
                later: value(pack.rules.later),
            };
            let restrictions: Vec<(f64, f64)> = self
                .first_restrictions
                .iter()
                .zip(&self.later_restrictions)
                .map(|(first, later)| (first[lane], later[lane]))
                .collect();
            let shock = rule.shock(&restrictions, reference);
            for (month, shock) in self.economy.iter_mut().zip(shock) {
                month[lane] = shock;
            }
        }
    }

    /// A track by month and its reference exposure.
    pub(super) fn track(
        &self,
        track: &Track,
        pack: &Pack,
        scenario: &Scenario,
    ) -> (Vec<Lane<L>>, f64) {
        let name = track.to_string();
        if let Some(own) = scenario.own_track(&name) {
            return (own.values.iter().map(|value| Lane::all(*value)).collect(), own.reference);
        }
        let [virus, severe, restrictions, economy] = pack.reference;
        match track {
            Track::Virus => (self.virus.clone(), virus),
            Track::Severe => (self.severe.clone(), severe),
            Track::Restrictions => (self.restrictions.clone(), restrictions),
            Track::Economy => (self.economy.clone(), economy),
            Track::Own(_) => (vec![Lane::ZERO; scenario.months], 1.0),
        }
    }
}

/// The scenario's tracks at central values, as they are: without the gains of later waves.
pub(super) fn central(study: &Study, scenario: &Scenario) -> CentralTracks {
    let mut sample = study.figures.central::<1>();
    sample.set(scenario.response.need_gain, Lane::ONE);
    let signals = Signals::new(scenario, &study.pack, &sample);
    let first = scenario.start.start_position();
    let own = scenario.own_track("virus").map(|track| track.values.clone());
    let height = |t: f64| {
        let wave = |w: &scenario::Wave| sample[w.height][0] * shape(scenario, w, &sample, 0).at(t);
        scenario.waves.iter().map(wave).sum::<f64>()
    };
    let virus_points = match &own {
        // Its reference is the whole of the first wave; its height shows beside it.
        Some(values) => (0..).map(|t| first + f64::from(t) + 0.5).zip(values.clone()).collect(),
        None => (0..scenario.months * POINTS_A_MONTH)
            .map(|i| i as f64 / POINTS_A_MONTH as f64)
            .map(|t| (first + t, height(t)))
            .collect(),
    };
    let flat = |months: &[Lane<1>]| months.iter().map(|month| month[0]).collect::<Vec<f64>>();
    CentralTracks {
        virus_points,
        virus: own.unwrap_or_else(|| flat(&signals.virus)),
        first_restrictions: flat(&signals.first_restrictions),
        later_restrictions: flat(&signals.later_restrictions),
        economy: flat(&signals.economy),
    }
}

/// A wave's restrictions together: what they have in common.
struct Level<const L: usize> {
    wave: usize,
    tie: Option<Tie>,
    /// How much of a later wave it is.
    late: f64,
    /// The end of its last restriction.
    ends: f64,
    /// How they change with it, by draw; one entry where all draws are alike.
    change: Option<Vec<stringency::Change>>,
}

fn ratio(lanes: &[stringency::Change], lane: usize, t: usize) -> f64 {
    lanes[lane.min(lanes.len() - 1)].ratio[t]
}

/// How restrictions change with the wave they are tied to, by draw: one entry where all are alike.
fn changes<const L: usize>(
    scenario: &Scenario,
    pack: &Pack,
    sample: &Sample<L>,
    tie: &Tie,
) -> Vec<stringency::Change> {
    let Some(wave) = scenario.waves.get(tie.wave) else { return Vec::new() };
    let own = [wave.rise, wave.fall, wave.height, wave.severity];
    let mut numbers: Vec<&Lane<L>> = rule_numbers(scenario, pack, sample).to_vec();
    numbers.extend(own.map(|id| &sample[id]));
    let lanes = if is_same(&numbers) { 1 } else { L };
    let change = |lane: usize| {
        let now = seen(scenario, wave, sample, lane);
        let [rise, fall, height, severity] = tie.numbers.map(|number| number.central);
        let before = Seen { shape: Wave { rise, fall, ..now.shape }, illness: height * severity };
        let mut rule = rule(scenario, pack, sample, lane);
        // Willingness is that of the time the restrictions were given for.
        rule.until += tie.moved;
        rule.change(&before, &now, scenario.months)
    };
    (0..lanes).map(change).collect()
}

/// A wave's course in one draw.
fn shape<const L: usize>(
    scenario: &Scenario,
    wave: &scenario::Wave,
    sample: &Sample<L>,
    lane: usize,
) -> Wave {
    Wave {
        peak: scenario.relative(position(wave.peak)),
        rise: sample[wave.rise][lane],
        fall: sample[wave.fall][lane],
    }
}

fn seen<const L: usize>(
    scenario: &Scenario,
    wave: &scenario::Wave,
    sample: &Sample<L>,
    lane: usize,
) -> Seen {
    let illness = sample[wave.height][lane] * sample[wave.severity][lane];
    Seen { shape: shape(scenario, wave, sample, lane), illness }
}

/// The gain on need of a wave that peaks at `peak`.
fn gain<const L: usize>(scenario: &Scenario, sample: &Sample<L>, peak: f64) -> Lane<L> {
    let gain = &sample[scenario.response.need_gain];
    match scenario.lateness(peak) {
        0.0 => Lane::ONE,
        1.0 => *gain,
        late => gain.map(|gain| 1.0 - late * (1.0 - gain)),
    }
}

/// The numbers that the rule of restrictions depends on.
fn rule_numbers<'s, const L: usize>(
    scenario: &Scenario,
    pack: &Pack,
    sample: &'s Sample<L>,
) -> [&'s Lane<L>; 4] {
    let rules = &pack.rules;
    [rules.strength, rules.rise, rules.fall, scenario.response.willing].map(|id| &sample[id])
}

fn rule<const L: usize>(
    scenario: &Scenario,
    pack: &Pack,
    sample: &Sample<L>,
    lane: usize,
) -> stringency::Rule {
    let [strength, rise, fall, willing] =
        rule_numbers(scenario, pack, sample).map(|lanes| lanes[lane]);
    let until = scenario.first_peak().unwrap_or(0.0) + willing;
    stringency::Rule { strength, rise, fall, until }
}

/// Whether every draw has the same numbers.
fn is_same<const L: usize>(numbers: &[&Lane<L>]) -> bool {
    numbers.iter().all(|lanes| lanes.is_constant())
}
