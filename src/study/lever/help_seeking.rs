//! Help-seeking: people present who would not have.

use super::{About, Acts, Helps, On, People, Sends};

/// Brings people who would not have presented.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HelpSeeking {
    /// Whom.
    pub people: People,
}

impl HelpSeeking {
    /// The kind in words.
    pub const ABOUT: About = About {
        name: "help-seeking",
        size: "effect",
        least: -1.0,
        most: 1.0,
        reach_is: "people with a condition who would not seek help",
        size_is: "a share of those reached",
        example: ["0.05", "0.10", "0.15"],
        is_of_services: false,
        sends: Sends::Nobody,
        can_be_aimed: true,
        helps: Helps::Seen,
    };
}

impl Acts for HelpSeeking {
    fn acts(&self, on: On) -> bool {
        matches!(on, On::HelpSeeking(group, condition) if self.people.has(group, condition))
    }

    fn changes_referrals(&self, _: &[usize]) -> bool {
        true
    }

    fn people(&self) -> Option<&People> {
        Some(&self.people)
    }
}
