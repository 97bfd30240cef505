//! Shorter treatment: people leave earlier, and there is room for as many more.

use super::{About, Acts, Helps, On, Sends};

/// Shortens treatment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shorten {
    /// The services.
    pub services: Vec<usize>,
}

impl Shorten {
    /// The kind in words.
    pub const ABOUT: About = About {
        name: "shorten",
        size: "effect",
        least: -1.0,
        most: 1.0,
        reach_is: "people whom its services accept",
        size_is: "a share of those reached",
        example: ["0.05", "0.10", "0.15"],
        is_of_services: true,
        sends: Sends::Nobody,
        can_be_aimed: false,
        helps: Helps::Started,
    };
}

impl Acts for Shorten {
    fn acts(&self, on: On) -> bool {
        matches!(on, On::Treatment(service) if self.services.contains(&service))
    }

    fn changes_referrals(&self, _: &[usize]) -> bool {
        false
    }

    fn services(&self) -> &[usize] {
        &self.services
    }
}
