//! The names of a published file's columns.

use crate::input::table::head::plain;

/// The names of a table's columns.
#[derive(Clone, Debug)]
pub(super) struct Header(pub(super) Vec<String>);

impl Header {
    /// Where a column stands; letters and digits count, case and punctuation do not.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let wanted = plain(name);
        self.0.iter().position(|column| plain(column) == wanted)
    }

    /// The first of several names a column goes by.
    pub(super) fn any(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.find(name))
    }

    /// Whether all these columns are there.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.find(name).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_in_any_spelling() {
        let header = Header(vec!["REPORTING_PERIOD_START".into(), "Org Code".into()]);
        assert_eq!(header.find("Reporting period start"), Some(0));
        assert_eq!(header.any(&["code", "org_code"]), Some(1));
        assert!(!header.has(&["org code", "name"]));
    }
}
