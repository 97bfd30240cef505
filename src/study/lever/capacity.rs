//! Capacity: services start more treatments a month; some of those seen may be sent on.

use super::{About, Acts, Helps, MOST, On, Sends};

/// Adds treatment starts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Capacity {
    /// The services.
    pub services: Vec<usize>,
}

impl Capacity {
    /// The kind in words.
    pub const ABOUT: About = About {
        name: "capacity",
        size: "starts",
        least: -MOST,
        most: MOST,
        reach_is: "starts that it adds",
        size_is: "treatments started a month",
        example: ["50", "100", "150"],
        is_of_services: true,
        sends: Sends::Onward,
        can_be_aimed: false,
        helps: Helps::Started,
    };
}

impl Acts for Capacity {
    fn acts(&self, on: On) -> bool {
        matches!(on, On::Starts(service) if self.services.contains(&service))
    }

    fn changes_referrals(&self, _: &[usize]) -> bool {
        false
    }

    fn services(&self) -> &[usize] {
        &self.services
    }
}
