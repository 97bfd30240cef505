//! Texts numbered in the order they are first seen. Published files repeat the same few names in
//! runs, so the last one is tried before the table.

use std::collections::HashMap;

#[derive(Default)]
pub(super) struct Lookup {
    numbers: HashMap<Box<[u8]>, usize>,
    last: Option<(Vec<u8>, usize)>,
}

impl Lookup {
    /// The number of `key`, and whether it is new.
    pub(super) fn number(&mut self, key: &[u8]) -> (usize, bool) {
        if let Some((last, number)) = &self.last
            && last == key
        {
            return (*number, false);
        }
        let (number, is_new) = match self.numbers.get(key) {
            Some(number) => (*number, false),
            None => {
                let number = self.numbers.len();
                self.numbers.insert(key.into(), number);
                (number, true)
            }
        };
        let (text, last) = self.last.get_or_insert_default();
        text.clear();
        text.extend_from_slice(key);
        *last = number;
        (number, is_new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_first_sight() {
        let mut lookup = Lookup::default();
        let seen: Vec<_> =
            [b"a", b"a", b"b", b"a"].into_iter().map(|key| lookup.number(key)).collect();
        assert_eq!(seen, [(0, true), (0, false), (1, true), (0, false)]);
    }
}
