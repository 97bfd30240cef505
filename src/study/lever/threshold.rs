//! Thresholds: services accept referrals that they would have refused.

use super::{About, Acts, Helps, On, Sends};

/// Accepts more referrals.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Threshold {
    /// The services.
    pub services: Vec<usize>,
}

impl Threshold {
    /// The kind in words.
    pub const ABOUT: About = About {
        name: "threshold",
        size: "effect",
        least: -1.0,
        most: 1.0,
        reach_is: "referrals that its services would refuse",
        size_is: "a share of those reached",
        example: ["0.05", "0.10", "0.15"],
        is_of_services: true,
        sends: Sends::Nobody,
        can_be_aimed: true,
        helps: Helps::Seen,
    };
}

impl Acts for Threshold {
    fn acts(&self, on: On) -> bool {
        matches!(on, On::Acceptance(service) if self.services.contains(&service))
    }

    // Who is not refused does not present again.
    fn changes_referrals(&self, _: &[usize]) -> bool {
        true
    }

    fn services(&self) -> &[usize] {
        &self.services
    }
}
