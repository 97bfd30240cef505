//! What a scenario's waves, restrictions and shocks come to by month, for a block of draws: the
//! tracks that drivers follow.

use crate::model::lane::Lane;
use crate::model::track::{Wave, shock_mean};
use crate::month::position;
use crate::projection::case::{restriction_share, shock_pulse};
use crate::study::figures::Sample;
use crate::study::pack::{Pack, Track};
use crate::study::scenario::Scenario;

/// The built-in tracks of a scenario by month, for a block of draws.
pub(super) struct Signals<const L: usize> {
    /// Infections: of wave 1, and of later waves with their gain.
    virus: Vec<Lane<L>>,
    severe: Vec<Lane<L>>,
    restrictions: Vec<Lane<L>>,
    economy: Vec<Lane<L>>,
    pub(super) first_restrictions: Vec<Lane<L>>,
    pub(super) later_restrictions: Vec<Lane<L>>,
}

impl<const L: usize> Signals<L> {
    pub(super) fn new(scenario: &Scenario, sample: &Sample<L>) -> Self {
        let months = scenario.months;
        let zeros = || vec![Lane::ZERO; months];
        let mut signals = Self {
            virus: zeros(),
            severe: zeros(),
            restrictions: zeros(),
            economy: zeros(),
            first_restrictions: zeros(),
            later_restrictions: zeros(),
        };
        let gain = &sample[scenario.response.need_gain];
        signals.add_waves(scenario, sample, gain);
        for restriction in &scenario.restrictions {
            let stringency = &sample[restriction.stringency];
            let (target, gain) = if restriction.wave > 1 {
                (&mut signals.later_restrictions, *gain)
            } else {
                (&mut signals.first_restrictions, Lane::ONE)
            };
            for (t, (target, felt)) in target.iter_mut().zip(&mut signals.restrictions).enumerate()
            {
                let share = restriction_share(scenario, restriction, t as f64);
                if share > 0.0 {
                    *target += *stringency * share;
                    *felt += gain * *stringency * share;
                }
            }
        }
        // A series of the user's own is the stringency there was, for services as for people.
        if let Some(own) = scenario.own_track(Track::RESTRICTIONS) {
            signals.first_restrictions = own.values.iter().map(|value| Lane::all(*value)).collect();
            signals.later_restrictions = zeros();
        }
        for shock in &scenario.shocks {
            let (depth, half_life) = (&sample[shock.depth], &sample[shock.half_life]);
            for lane in 0..L {
                let pulse = shock_pulse(scenario, shock, half_life[lane]);
                for (t, month) in signals.economy.iter_mut().enumerate() {
                    month[lane] += depth[lane] * shock_mean(&pulse, t as f64);
                }
            }
        }
        signals
    }

    fn add_waves(&mut self, scenario: &Scenario, sample: &Sample<L>, gain: &Lane<L>) {
        let delay = &sample[scenario.response.severe_delay];
        for wave in &scenario.waves {
            let (rise, fall) = (&sample[wave.rise], &sample[wave.fall]);
            let (height, severity) = (&sample[wave.height], &sample[wave.severity]);
            let is_constant = [rise, fall, delay].iter().all(|x| x.is_constant());
            let peak = scenario.relative(position(wave.peak));
            let shape = |lane: usize| Wave { peak, rise: rise[lane], fall: fall[lane] };
            for t in 0..self.virus.len() {
                let means = |lane: usize| {
                    let shape = shape(lane);
                    (shape.mean(t as f64), shape.mean(t as f64 - delay[lane]))
                };
                let common = means(0);
                for lane in 0..L {
                    let (infected, severe) = if is_constant { common } else { means(lane) };
                    let gain = if wave.number > 1 { gain[lane] } else { 1.0 };
                    self.virus[t][lane] += gain * height[lane] * infected;
                    self.severe[t][lane] += gain * height[lane] * severity[lane] * severe;
                }
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
