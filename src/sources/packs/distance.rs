//! How far apart two names are.

/// Names longer than this are not compared: no exporter has such names, and hostile input may.
const LONGEST: usize = 120;

/// How many letters (bytes) must be changed, added, dropped or swapped with their neighbour to get from one name
/// to the other, or `None` where that is more than a quarter of the longer name: past that, two names have little in
/// common. (Optimal string alignment: F. J. Damerau, Communications of the ACM 7, 1964; V. I. Levenshtein, Soviet
/// Physics Doklady 10, 1966.)
pub(super) fn near(a: &str, b: &str) -> Option<usize> {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let longer = a.len().max(b.len());
    let limit = longer / 4;
    if longer > LONGEST || a.len().abs_diff(b.len()) > limit {
        return None;
    }
    // Rows of the table of distances between the beginnings of both names: the last but one, the last, the next.
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut next: Vec<usize> = Vec::with_capacity(row.len());
    for (i, &x) in a.iter().enumerate() {
        next.clear();
        next.push(i + 1);
        for (j, (&y, pair)) in b.iter().zip(row.windows(2)).enumerate() {
            let &[diagonal, above] = pair else { continue };
            let left = next.last().copied().unwrap_or_default();
            let mut distance = (diagonal + usize::from(x != y)).min(above + 1).min(left + 1);
            let swapped = j > 0 && i > 0 && a.get(i - 1) == Some(&y) && b.get(j - 1) == Some(&x);
            if let Some(&two_back) = before.get(j.wrapping_sub(1)).filter(|_| swapped) {
                distance = distance.min(two_back + 1);
            }
            next.push(distance);
        }
        if next.iter().all(|distance| *distance > limit) {
            return None;
        }
        std::mem::swap(&mut before, &mut row);
        std::mem::swap(&mut row, &mut next);
    }
    row.last().copied().filter(|distance| *distance <= limit)
}

/// The nearest of some names, if any is near.
pub(super) fn nearest<'a>(name: &str, of: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    of.into_iter().filter_map(|known| near(name, known).map(|d| (d, known))).min().map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_counted_by_hand() {
        // One letter changed, one added, one dropped.
        assert_eq!(near("mountpoint", "mountpoint"), Some(0));
        assert_eq!(near("mountpoimt", "mountpoint"), Some(1));
        assert_eq!(near("mountpoints", "mountpoint"), Some(1));
        // Two neighbours swapped.
        assert_eq!(near("hots", "host"), Some(1));
        assert_eq!(near("volmue", "volume"), Some(1));
        // `queue_` is six letters, a quarter of 25.
        assert_eq!(near("postfix_showq_queue_depth", "postfix_showq_depth"), Some(6));
        // kitten to sitting is three, but a quarter of seven is one.
        assert_eq!(near("kitten", "sitting"), None);
    }

    #[test]
    fn huge_names_are_not_compared() {
        let huge = "x".repeat(1_000_000);
        assert_eq!(near(&huge, &huge), None);
        assert_eq!(near("", ""), Some(0));
    }
}
