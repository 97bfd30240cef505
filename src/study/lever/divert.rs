//! Diversion: referrals to some services go to another instead, where they arrive.
//!
//! Several diversions from one service share what is moved in proportion to their strengths.

use super::{About, Acts, Helps, On, Sends};

/// Moves referrals.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Divert {
    /// The services relieved.
    pub from: Vec<usize>,
    /// The service they go to.
    pub to: usize,
}

impl Divert {
    /// The kind in words.
    pub const ABOUT: About = About {
        name: "divert",
        size: "effect",
        least: 0.0,
        most: 1.0,
        reach_is: "referrals to its services",
        size_is: "a share of those reached",
        example: ["0.05", "0.10", "0.15"],
        is_of_services: true,
        sends: Sends::Instead,
        can_be_aimed: true,
        helps: Helps::TakenIn,
    };
}

impl Acts for Divert {
    fn acts(&self, on: On) -> bool {
        matches!(on, On::Referrals(service) if self.from.contains(&service))
    }

    fn changes_referrals(&self, services: &[usize]) -> bool {
        services.contains(&self.to) || services.iter().any(|service| self.from.contains(service))
    }

    fn services(&self) -> &[usize] {
        &self.from
    }

    fn to(&self) -> Option<usize> {
        Some(self.to)
    }
}
