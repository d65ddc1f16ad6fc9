//! Ordered maps and sets, filled one by one. What the standard library's `collect` does instead is to sort first, with a
//! sort of its own for every type: 3 KiB each of a program that has to be small.

use std::collections::{BTreeMap, BTreeSet};

/// By key; of two with the same, the later.
pub fn map<K: Ord, V>(items: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(items);
    map
}

/// Each once.
pub fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}
