//! Texts numbered in the order they are first seen. Published files repeat the same few names in
//! runs and in cycles, so the last name and the one that followed it before are tried first.

use std::collections::HashMap;

#[derive(Default)]
pub(super) struct Lookup {
    numbers: HashMap<Box<[u8]>, usize>,
    keys: Vec<Box<[u8]>>,
    /// Which key came after each, the last time.
    followed_by: Vec<usize>,
    last: usize,
}

impl Lookup {
    /// The number of `key`, and whether it is new.
    pub(super) fn number(&mut self, key: &[u8]) -> (usize, bool) {
        let is = |number: usize| self.keys.get(number).is_some_and(|known| **known == *key);
        if is(self.last) {
            return (self.last, false);
        }
        let guess = self.followed_by.get(self.last).copied().unwrap_or(0);
        if is(guess) {
            self.last = guess;
            return (guess, false);
        }
        let (number, is_new) = match self.numbers.get(key) {
            Some(number) => (*number, false),
            None => (self.add(key), true),
        };
        self.followed_by[self.last] = number;
        self.last = number;
        (number, is_new)
    }

    fn add(&mut self, key: &[u8]) -> usize {
        let number = self.keys.len();
        self.numbers.insert(key.into(), number);
        self.keys.push(key.into());
        self.followed_by.push(number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_first_sight() {
        let mut lookup = Lookup::default();
        let seen: Vec<_> = [b"a", b"a", b"b", b"a", b"b", b"c", b"b"]
            .into_iter()
            .map(|key| lookup.number(key))
            .collect();
        let numbers = [0, 0, 1, 0, 1, 2, 1];
        let is_new = [true, false, true, false, false, true, false];
        assert_eq!(seen, numbers.into_iter().zip(is_new).collect::<Vec<_>>());
    }
}
