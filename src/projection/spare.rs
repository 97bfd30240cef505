//! Memory of draws that are done with, for those to come: asking the system for it anew costs as
//! much time as the model.

use crate::lane::Lane;
use std::sync::{Mutex, PoisonError};

/// Room for draws, shared among threads.
#[derive(Debug)]
pub struct Spare<const L: usize>(Mutex<Vec<Vec<Lane<L>>>>);

impl<const L: usize> Default for Spare<L> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<const L: usize> Spare<L> {
    /// Keeps `values` for later.
    pub(super) fn keep(&self, values: Vec<Lane<L>>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(values);
    }

    /// The smallest that is large enough and not twice too large, or else the largest of those too
    /// small, to grow: a larger one would be missed where it is needed.
    fn best(&self, size: usize) -> Vec<Lane<L>> {
        let mut spare = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        spare.sort_by_key(Vec::capacity);
        let enough = spare.partition_point(|values| values.capacity() < size);
        let fits = spare.get(enough).is_some_and(|values| values.capacity() / 2 <= size);
        let best = if fits { Some(enough) } else { enough.checked_sub(1) };
        best.map(|index| spare.swap_remove(index)).unwrap_or_default()
    }

    /// Room for `size` values, whatever they are: every one is to be set.
    pub(super) fn take(&self, size: usize) -> Vec<Lane<L>> {
        let mut values = self.best(size);
        if cfg!(debug_assertions) {
            // So that a test sees a value that nobody has set.
            values.fill(Lane::all(f64::NAN));
        }
        values.reserve_exact(size.saturating_sub(values.len()));
        values.resize(size, Lane::ZERO);
        values
    }
}
