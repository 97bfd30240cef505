//! What of a scenario followed from its waves, for a reader to see: nothing of it is silent.

use serde::Serialize;

use super::pack::Track;
use super::scenario::Scenario;

/// What followed from the waves of a scenario.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Followed {
    /// Whether there is nothing to follow: no wave, restriction, shock, curve or series.
    pub nothing: bool,
    /// Waves whose restrictions follow by the rule, by label.
    pub restrictions_of: Vec<String>,
    /// Waves whose restrictions were given for another day or height.
    pub changed: Vec<Changed>,
    /// Whether the economic shock follows from the restrictions.
    pub shock: bool,
}

/// A wave that is no longer what its restrictions were given for.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Changed {
    /// The wave, by label.
    pub wave: String,
    /// The months by which it and they moved.
    pub months: f64,
    /// Whether they changed with its height, severity or length.
    pub scaled: bool,
}

impl Scenario {
    /// What followed from its waves.
    pub fn followed(&self) -> Followed {
        let is_quiet = self.waves.is_empty() && self.restrictions.is_empty();
        let mut changed: Vec<Changed> = Vec::new();
        for tie in self.restrictions.iter().filter_map(|of| of.tie.as_ref()) {
            let Some(wave) = self.waves.get(tie.wave) else { continue };
            let one =
                Changed { wave: wave.label.clone(), months: tie.moved, scaled: tie.is_changed };
            if (tie.moved != 0.0 || tie.is_changed) && !changed.contains(&one) {
                changed.push(one);
            }
        }
        let open = self.waves.iter().filter(|wave| !wave.is_answered);
        Followed {
            nothing: is_quiet
                && self.shocks.is_empty()
                && self.curve.is_none()
                && self.tracks.is_empty(),
            restrictions_of: if self.restrictions_follow() {
                open.map(|wave| wave.label.clone()).collect()
            } else {
                Vec::new()
            },
            changed,
            shock: self.economy_follows
                && self.curve.is_none()
                && self.own_track("economy").is_none()
                && (self.restrictions_follow()
                    || !self.restrictions.is_empty()
                    || self.own_track(Track::RESTRICTIONS).is_some()),
        }
    }
}

impl Followed {
    /// In words, a sentence each; none where all is as it was given.
    pub fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        if self.nothing {
            words.push("No wave: what is projected is the underlying demand alone.".to_owned());
        }
        if !self.restrictions_of.is_empty() {
            let waves = self.restrictions_of.join(", ");
            words.push(format!("Restrictions follow from the waves by the rule ({waves})."));
        }
        for Changed { wave, months, scaled } in &self.changed {
            let moved = match *months {
                0.0 => None,
                months if months > 0.0 => Some(format!("move {months:.1} months later with it")),
                months => Some(format!("move {:.1} months earlier with it", -months)),
            };
            let scaled = scaled.then(|| "change with its height and length".to_owned());
            let how: Vec<String> = moved.into_iter().chain(scaled).collect();
            words.push(format!("Restrictions of the wave `{wave}` {}.", how.join(" and ")));
        }
        if self.shock {
            words.push("The economic shock follows from the restrictions.".to_owned());
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_is_told_what_followed() {
        let followed = Followed {
            restrictions_of: vec!["winter".to_owned()],
            changed: vec![Changed { wave: "first".to_owned(), months: -1.0, scaled: true }],
            shock: true,
            nothing: false,
        };
        assert_eq!(
            followed.words().join(" "),
            "Restrictions follow from the waves by the rule (winter). Restrictions of the wave \
             `first` move 1.0 months earlier with it and change with its height and length. The economic \
             shock follows from the restrictions."
        );
        assert!(Followed::default().words().is_empty());
    }
}
