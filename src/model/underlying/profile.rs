//! A straight line with a monthly profile, by weighted least squares.
//!
//! ```text
//! x(t) = level + slope x t + season(month of the year of t) + error
//! ```
//!
//! `x` is the series or its logarithm (a log-linear trend then). Months lose half their weight
//! with every [`HALF_LIFE`] of age. The seasonal effects are drawn towards none by a ridge worth
//! [`RIDGE`] observations a month, since two or three Januaries are a poor measure of January
//! (Miller and Williams 2003, *Shrinkage estimators of time series seasonal factors and their
//! effect on forecasting accuracy*, International Journal of Forecasting 19).

/// Months until an observation counts half.
const HALF_LIFE: f64 = 24.0;
/// What the prior of no season is worth, in observations of each month of the year.
const RIDGE: f64 = 1.0;

/// The level, slope and season of a series.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Profile {
    /// The level at position 0.
    pub(super) level: f64,
    /// The rise a month.
    pub(super) slope: f64,
    /// What each month of the year, January first, adds; they sum to about 0.
    pub(super) season: [f64; 12],
}

impl Profile {
    /// Fits the observed months of `x`; `month_of_year` of a position is 0 to 11.
    pub(super) fn fit(x: &[Option<f64>], month_of_year: impl Fn(usize) -> usize) -> Self {
        const N: usize = 14;
        let mut a = [[0.0; N]; N];
        let mut b = [0.0; N];
        let last = x.len() as f64;
        for (t, value) in x.iter().enumerate().filter_map(|(t, x)| Some((t, (*x)?))) {
            let weight = 0.5_f64.powf((last - t as f64) / HALF_LIFE);
            let row = [(0, 1.0), (1, t as f64), (2 + month_of_year(t), 1.0)];
            for (i, u) in row {
                for (j, v) in row {
                    a[i][j] += weight * u * v;
                }
                b[i] += weight * u * value;
            }
        }
        for (i, row) in a.iter_mut().enumerate().skip(2) {
            row[i] += RIDGE;
        }
        let found = solve(a, b);
        let mut season = [0.0; 12];
        season.copy_from_slice(&found[2..]);
        Self { level: found[0], slope: found[1], season }
    }

    /// The fitted value at position `t`.
    pub(super) fn at(&self, t: usize, month_of_year: usize) -> f64 {
        self.level + self.slope * t as f64 + self.season[month_of_year]
    }
}

/// The solution of `a x = b` for a symmetric `a`, by elimination with the largest pivot; unknowns
/// that the equations leave open are 0.
fn solve<const N: usize>(mut a: [[f64; N]; N], mut b: [f64; N]) -> [f64; N] {
    let mut order: Vec<usize> = (0..N).collect();
    for column in 0..N {
        let pivot = (column..N)
            .max_by(|&i, &j| a[order[i]][column].abs().total_cmp(&a[order[j]][column].abs()))
            .unwrap_or(column);
        order.swap(column, pivot);
        let top = order[column];
        if a[top][column].abs() < 1e-10 {
            continue;
        }
        let (pivot, above) = (a[top], b[top]);
        for &row in &order[column + 1..] {
            let factor = a[row][column] / pivot[column];
            for (value, pivot) in a[row].iter_mut().zip(&pivot).skip(column) {
                *value -= factor * pivot;
            }
            b[row] -= factor * above;
        }
    }
    let mut x = [0.0; N];
    for column in (0..N).rev() {
        let row = order[column];
        let known: f64 = (column + 1..N).map(|k| a[row][k] * x[k]).sum();
        if a[row][column].abs() >= 1e-10 {
            x[column] = (b[row] - known) / a[row][column];
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_without_season_is_found_exactly() {
        let x: Vec<_> = (0..30).map(|t| (t != 7).then(|| 3.0 + 0.2 * f64::from(t))).collect();
        let fit = Profile::fit(&x, |t| t % 12);
        assert!((fit.at(40, 4) - 11.0).abs() < 1e-9, "{fit:?}");
    }

    #[test]
    fn the_season_of_a_long_series_is_found_nearly() {
        let season = |t: usize| if t % 12 == 11 { -1.1 } else { 0.1 };
        let x: Vec<_> = (0..600).map(|t| Some(5.0 + season(t))).collect();
        let fit = Profile::fit(&x, |t| t % 12);
        // Of December's 1.2 below the others, the ridge leaves what its effective observations are
        // worth: a month's weights sum to 3.4 of them, against 1.
        let kept = (fit.season[0] - fit.season[11]) / 1.2;
        assert!((kept - 3.4 / 4.4).abs() < 0.03, "{kept} {fit:?}");
        assert!(fit.season.iter().sum::<f64>().abs() < 1e-6);
    }
}
