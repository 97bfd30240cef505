//! The downhill simplex: the least of a function of a few numbers, without derivatives.
//!
//! Nelder and Mead (1965), *A simplex method for function minimization*, The Computer Journal 7,
//! with the usual reflection 1, expansion 2, contraction and shrinkage one half. Starts are the
//! caller's; the same start gives the same answer on every machine's threads.

/// Where a function is least, and its value there.
#[derive(Clone, PartialEq, Debug)]
pub struct Least {
    /// The point.
    pub at: Vec<f64>,
    /// The function there.
    pub value: f64,
}

/// Walks downhill from `start` with first steps of `step` along each axis, until the simplex is
/// flat to `tolerance` or `most` values were taken. Values that are no number count as infinite.
pub fn least(
    f: impl Fn(&[f64]) -> f64,
    start: &[f64],
    step: f64,
    tolerance: f64,
    most: usize,
) -> Least {
    let value = |at: Vec<f64>| {
        let value = f(&at);
        Least { at, value: if value.is_nan() { f64::INFINITY } else { value } }
    };
    let dimensions = start.len();
    let mut corners = vec![value(start.to_vec())];
    for axis in 0..dimensions {
        let mut at = start.to_vec();
        at[axis] += step;
        corners.push(value(at));
    }
    let mut taken = corners.len();
    while taken < most {
        corners.sort_by(|a, b| a.value.total_cmp(&b.value));
        let worst = corners[dimensions].clone();
        if worst.value - corners[0].value <= tolerance {
            break;
        }
        let middle: Vec<f64> = (0..dimensions)
            .map(|i| corners[..dimensions].iter().map(|c| c.at[i]).sum::<f64>() / dimensions as f64)
            .collect();
        let along = |factor: f64| {
            let towards = |(m, w): (&f64, &f64)| m + factor * (m - w);
            value(middle.iter().zip(&worst.at).map(towards).collect())
        };
        let reflected = along(1.0);
        taken += 1;
        let better = if reflected.value < corners[0].value {
            taken += 1;
            let expanded = along(2.0);
            Some(if expanded.value < reflected.value { expanded } else { reflected })
        } else if reflected.value < corners[dimensions - 1].value {
            Some(reflected)
        } else {
            taken += 1;
            let contracted = along(if reflected.value < worst.value { 0.5 } else { -0.5 });
            (contracted.value < reflected.value.min(worst.value)).then_some(contracted)
        };
        if let Some(corner) = better {
            corners[dimensions] = corner;
        } else {
            let best = corners[0].at.clone();
            for corner in &mut corners[1..] {
                let halfway = corner.at.iter().zip(&best).map(|(c, b)| f64::midpoint(*c, *b));
                *corner = value(halfway.collect());
            }
            taken += dimensions;
        }
    }
    corners.sort_by(|a, b| a.value.total_cmp(&b.value));
    corners.swap_remove(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_the_bottom_of_rosenbrocks_valley() {
        let valley = |x: &[f64]| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2);
        let found = least(valley, &[-1.2, 1.0], 0.5, 1e-14, 2_000);
        assert!((found.at[0] - 1.0).abs() < 1e-4 && (found.at[1] - 1.0).abs() < 1e-4, "{found:?}");
    }

    #[test]
    fn a_hole_in_the_function_is_walked_around() {
        let holed = |x: &[f64]| if x[0] > 2.0 { f64::NAN } else { (x[0] - 1.5).powi(2) };
        assert!((least(holed, &[0.0], 1.0, 1e-12, 500).at[0] - 1.5).abs() < 1e-4);
    }
}
