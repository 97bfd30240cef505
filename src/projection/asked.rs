//! What is asked of a projection of demand at the door of services alone, before anybody waits or is
//! treated: what is not asked for is not made.

use super::measure::Measure;

/// An answer about a whole period, or the peak.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// Referrals by period.
    Referrals,
    /// Referrals above underlying by period.
    Extra,
    /// That as a share of underlying.
    ExtraShare,
    /// The surge as a share of underlying.
    SurgeShare,
    /// The month with most above underlying, and how much.
    Peak,
    /// The total of a measure over the horizon.
    Total(Measure),
}

/// Demand at the door.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AtDoor {
    /// What is wanted by month.
    pub months: Vec<Measure>,
    /// What is wanted of periods.
    pub answers: Vec<Answer>,
    /// Whether families are wanted too.
    pub families: bool,
}

impl AtDoor {
    /// Whether an answer is wanted.
    pub fn has(&self, answer: Answer) -> bool {
        self.answers.contains(&answer)
    }

    /// What must be kept by month and draw to answer.
    pub fn rows(&self) -> Vec<Measure> {
        let is_needed = |measure: &Measure| {
            let by_answer = |answer: &Answer| match answer {
                Answer::Referrals => *measure == Measure::Referrals,
                Answer::Extra | Answer::ExtraShare | Answer::Peak => {
                    matches!(measure, Measure::Referrals | Measure::Underlying)
                }
                Answer::SurgeShare => matches!(measure, Measure::Surge | Measure::Underlying),
                Answer::Total(total) => total == measure,
            };
            self.months.contains(measure) || self.answers.iter().any(by_answer)
        };
        Measure::AT_DOOR.into_iter().filter(is_needed).collect()
    }

    /// Whether a service that nobody counted has an answer: only its surge is known.
    pub fn has_unknown(&self) -> bool {
        let is_of_surge =
            |measure: &Measure| !matches!(measure, Measure::Referrals | Measure::Underlying);
        self.months.iter().any(is_of_surge)
            || self.answers.iter().any(|answer| match answer {
                Answer::Extra | Answer::Peak => true,
                Answer::Total(measure) => is_of_surge(measure),
                Answer::Referrals | Answer::ExtraShare | Answer::SurgeShare => false,
            })
    }
}
