//! Prevention: fewer people come to be at risk or, of those at risk, fewer develop a condition.
//!
//! For whole groups it cuts who enters the stock at risk; for some conditions only, the rate at
//! which people at risk develop them.

use super::{About, Acts, Helps, On, People, Sends};

/// Keeps people from coming into need.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Prevent {
    /// Whose need.
    pub people: People,
}

impl Prevent {
    /// The kind in words.
    pub const ABOUT: About = About {
        name: "prevent",
        size: "effect",
        least: -1.0,
        most: 1.0,
        reach_is: "people of its groups who come to be at risk",
        size_is: "a share of those reached",
        example: ["0.05", "0.10", "0.15"],
        is_of_services: false,
        sends: Sends::Nobody,
        can_be_aimed: true,
        helps: Helps::Prevented,
    };
}

impl Acts for Prevent {
    fn acts(&self, on: On) -> bool {
        let is_of_whole_groups = self.people.conditions.is_empty();
        match on {
            On::Entering(group) => is_of_whole_groups && self.people.has_group(group),
            On::Developing(group, condition) => {
                !is_of_whole_groups && self.people.has(group, condition)
            }
            _ => false,
        }
    }

    /// Nobody knows who of them would develop a condition: the offer is made to all at risk.
    fn reaches(&self, on: On) -> bool {
        matches!(on, On::Entering(group) if self.people.has_group(group))
    }

    fn changes_referrals(&self, _: &[usize]) -> bool {
        true
    }

    fn people(&self) -> Option<&People> {
        Some(&self.people)
    }
}
