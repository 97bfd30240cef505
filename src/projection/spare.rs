//! Memory of draws that are done with, for those to come: asking the system for it anew costs as
//! much time as the model.

use std::sync::{Mutex, PoisonError};

/// Room for draws, shared among threads.
#[derive(Debug)]
pub struct Spare<const L: usize>(Mutex<Vec<Vec<[f64; L]>>>);

impl<const L: usize> Default for Spare<L> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<const L: usize> Spare<L> {
    /// Keeps `values` for later.
    pub(super) fn keep(&self, values: Vec<[f64; L]>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(values);
    }

    /// Room for `size` values, whatever they are: every one is to be set.
    pub(super) fn take(&self, size: usize) -> Vec<[f64; L]> {
        let spare = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut values = spare.unwrap_or_default();
        if cfg!(debug_assertions) {
            // So that a test sees a value that nobody has set.
            values.fill([f64::NAN; L]);
        }
        values.resize(size, [0.0; L]);
        values
    }
}
