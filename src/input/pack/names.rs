//! The tables of names of all layers joined, and how a name is found in them.

use super::layer::Layer;
use super::rows::{FamilyRow, GroupRow, Named, ServiceRow};
use crate::diagnostics::{Place, Problem, Problems};

/// The joined tables of names.
pub(super) struct Names {
    pub(super) drivers: Vec<Named<String>>,
    pub(super) groups: Vec<Named<GroupRow>>,
    pub(super) conditions: Vec<Named<()>>,
    pub(super) families: Vec<Named<FamilyRow>>,
    pub(super) services: Vec<Named<ServiceRow>>,
}

impl Names {
    /// Whether the parts of a key with `*` for everything are names, in tables that take one.
    pub(super) fn know_parts(&self, table: &str, key: &str) -> bool {
        let parts: Vec<&str> = key.split('/').collect();
        let group = |id: &str| id == "*" || index(&self.groups, id).is_some();
        let condition = |id: &str| id == "*" || index(&self.conditions, id).is_some();
        let service = |id: &str| id == "*" || index(&self.services, id).is_some();
        match (table, parts.as_slice()) {
            ("conditions", [c]) => condition(c),
            ("services", [s]) => service(s),
            ("families", [f]) => *f == "*" || index(&self.families, f).is_some(),
            ("needs", [g, c]) => group(g) && condition(c),
            ("routes", [g, c, s]) => group(g) && condition(c) && service(s),
            _ => false,
        }
    }
}

/// Rows of all layers in the order they first appear, a later row in the place of an earlier.
pub(super) fn join<T: Clone>(layers: &[Layer], get: fn(&Layer) -> &Vec<Named<T>>) -> Vec<Named<T>> {
    let mut list: Vec<Named<T>> = Vec::new();
    for named in layers.iter().flat_map(get) {
        match list.iter_mut().find(|old| old.id == named.id) {
            Some(old) => *old = named.clone(),
            None => list.push(named.clone()),
        }
    }
    list
}

pub(super) fn index<T>(list: &[Named<T>], id: &str) -> Option<usize> {
    list.iter().position(|named| named.id == id)
}

/// The index of `id`, or a problem that names the nearest.
pub(super) fn find<T>(
    list: &[Named<T>],
    what: &str,
    id: &str,
    place: &Place,
    problems: &mut Problems,
) -> Option<usize> {
    let found = index(list, id);
    if found.is_none() {
        problems.push_once(
            Problem::error(place.clone(), format!("unknown {what} `{id}`"))
                .choose(id, list.iter().map(|named| named.id.as_str())),
        );
    }
    found
}
