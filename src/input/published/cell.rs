//! One published figure. `*`, `-`, `c`, `NULL` and blank are figures withheld or not available:
//! missing, never zero.

/// What stands in a cell.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Cell {
    /// A figure.
    Count(f64),
    /// Withheld or not available.
    Missing,
}

/// The marks of a missing figure, in any case.
const MISSING: &[&str] =
    &["", "*", "-", "c", "[c]", "null", "x", "[x]", "z", "[z]", ":", "..", "na", "n/a", "#n/a"];

/// Reads a cell; `None` if it is neither a figure nor a mark of a missing one. Thousands may be
/// separated by commas.
pub(super) fn cell(bytes: &[u8]) -> Option<Cell> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    if MISSING.iter().any(|mark| mark.eq_ignore_ascii_case(text)) {
        return Some(Cell::Missing);
    }
    let number = if text.contains(',') { grouped(text)? } else { text.parse().ok()? };
    f64::is_finite(number).then_some(Cell::Count(number))
}

/// `1,234,567`: groups of three digits after the first.
fn grouped(text: &str) -> Option<f64> {
    let whole = text.split('.').next()?;
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let is_grouped = (1..=4).contains(&first.len()) && groups.all(|group| group.len() == 3);
    is_grouped.then(|| text.replace(',', "").parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_missing_and_never_zero() {
        for mark in ["*", "-", "c", "NULL", "null", "", " ", "[x]"] {
            assert_eq!(cell(mark.as_bytes()), Some(Cell::Missing), "{mark:?}");
        }
        assert_eq!(cell(b"0"), Some(Cell::Count(0.0)));
    }

    #[test]
    fn thousands_may_be_separated() {
        assert_eq!(cell(b"1,234"), Some(Cell::Count(1234.0)));
        assert_eq!(cell(b"1,234,567.5"), Some(Cell::Count(1_234_567.5)));
        assert_eq!(cell(b"1,23"), None);
        assert_eq!(cell(b"12 or so"), None);
        assert_eq!(cell(b"inf"), None);
    }
}
