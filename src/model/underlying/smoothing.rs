//! Exponential smoothing with a damped trend and a monthly season, in innovations form.
//!
//! ```text
//! base   = level + damping x growth
//! fitted = base + season   (additive)   or   base x season   (multiplicative)
//! e      = observed - fitted            (0 where the month is missing)
//! level  = base + alpha x e'       growth = damping x growth + beta x e'
//! season = season + gamma x e''
//! ```
//!
//! with `e' = e / season`, `e'' = e / base` where the season is multiplicative. Models whose errors
//! are additive or relative share these updates and differ in their likelihood alone. Source:
//! Hyndman, Koehler, Ord and Snyder (2008), *Forecasting with Exponential Smoothing*, chapters 2
//! and 5. The first seasons come from the monthly profile; the smoothing numbers, the first level
//! and the first growth are found by a downhill simplex from a grid of starts.

use super::profile::Profile;
use crate::model::simplex;

/// How errors enter the likelihood.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ErrorKind {
    Additive,
    Relative,
}

/// How the season enters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Season {
    None,
    Additive,
    Multiplicative,
}

/// One model of the family.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Kind {
    pub(super) error: ErrorKind,
    pub(super) damped_trend: bool,
    pub(super) season: Season,
}

impl Kind {
    /// Its name in the literature, such as `ETS(A,Ad,M)`.
    pub(super) fn name(self) -> String {
        let error = if self.error == ErrorKind::Additive { "A" } else { "M" };
        let trend = if self.damped_trend { "Ad" } else { "N" };
        let season = match self.season {
            Season::None => "N",
            Season::Additive => "A",
            Season::Multiplicative => "M",
        };
        format!("ETS({error},{trend},{season})")
    }

    /// How many numbers are estimated, the first states and the variance among them.
    fn parameters(self) -> f64 {
        let trend = if self.damped_trend { 3.0 } else { 0.0 };
        let season = if self.season == Season::None { 0.0 } else { 12.0 };
        3.0 + trend + season
    }
}

/// A model fitted to a series.
#[derive(Clone, Debug)]
pub(super) struct Fitted {
    pub(super) kind: Kind,
    damping: f64,
    state: State,
    /// Where the simplex ended: a start for a fit to a part of the series.
    pub(super) end: Vec<f64>,
    /// The fitted value of each month, one step ahead.
    pub(super) one_step: Vec<f64>,
    /// The corrected Akaike criterion.
    pub(super) aicc: f64,
}

#[derive(Clone, Debug)]
struct State {
    level: f64,
    growth: f64,
    season: [f64; 12],
}

#[derive(Clone, Copy)]
struct Weights {
    alpha: f64,
    beta: f64,
    gamma: f64,
    damping: f64,
}

impl Fitted {
    /// The forecast `h` months after the end (0 is the first), in month `month_of_year`.
    pub(super) fn ahead(&self, h: usize, month_of_year: usize) -> f64 {
        let mut base = self.state.level;
        let mut growth = self.state.growth;
        for _ in 0..=h {
            growth *= self.damping;
            base += growth;
        }
        join(self.kind.season, base, self.state.season[month_of_year])
    }
}

fn join(season: Season, base: f64, effect: f64) -> f64 {
    match season {
        Season::None => base,
        Season::Additive => base + effect,
        Season::Multiplicative => base * effect,
    }
}

/// One pass over the series: fitted values, and the states after it.
fn run(
    kind: Kind,
    weights: Weights,
    mut state: State,
    y: &[Option<f64>],
    month_of_year: &impl Fn(usize) -> usize,
    fitted: &mut Vec<f64>,
) -> State {
    fitted.clear();
    for (t, y) in y.iter().enumerate() {
        let growth = weights.damping * state.growth;
        let base = state.level + growth;
        let season = &mut state.season[month_of_year(t)];
        let mu = join(kind.season, base, *season);
        fitted.push(mu);
        let e = y.map_or(0.0, |y| y - mu);
        let (of_base, of_season) = match kind.season {
            Season::Multiplicative => (e / *season, e / base),
            _ => (e, e),
        };
        *season += weights.gamma * of_season;
        state.level = base + weights.alpha * of_base;
        state.growth = growth + weights.beta * of_base;
    }
    state
}

/// Minus twice the logarithm of the likelihood, the variance profiled out, constants left out.
fn deviance(error: ErrorKind, y: &[Option<f64>], fitted: &[f64]) -> f64 {
    let pairs = || y.iter().zip(fitted).filter_map(|(y, mu)| Some(((*y)?, *mu)));
    let n = pairs().count() as f64;
    match error {
        ErrorKind::Additive => n * (pairs().map(|(y, mu)| (y - mu).powi(2)).sum::<f64>() / n).ln(),
        ErrorKind::Relative if pairs().any(|(_, mu)| mu <= 0.0) => f64::INFINITY,
        ErrorKind::Relative => {
            let squares = pairs().map(|(y, mu)| (y / mu - 1.0).powi(2)).sum::<f64>();
            n * (squares / n).ln() + 2.0 * pairs().map(|(_, mu)| mu.ln()).sum::<f64>()
        }
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

/// The damping a month lies between these: below, a trend is gone at once; above, it never fades.
const DAMPING: (f64, f64) = (0.8, 0.98);

/// What growth is expected to take of an error, as a share of what the level takes.
const STEADY: f64 = 0.02;

/// Smoothing weights from the simplex's unbounded numbers; beta at most alpha, gamma at most
/// 1 - alpha.
fn weights(kind: Kind, x: &[f64]) -> Weights {
    let alpha = logistic(x[0]);
    let (beta, damping) = if kind.damped_trend {
        (alpha * logistic(x[3]), DAMPING.0 + (DAMPING.1 - DAMPING.0) * logistic(x[5]))
    } else {
        (0.0, 1.0)
    };
    let gamma = if kind.season == Season::None { 0.0 } else { (1.0 - alpha) * logistic(x[1]) };
    Weights { alpha, beta, gamma, damping }
}

/// Fits `kind` to the observed months of `y` (at least four), from a grid of starts.
pub(super) fn fit(
    kind: Kind,
    y: &[Option<f64>],
    month_of_year: &impl Fn(usize) -> usize,
) -> Option<Fitted> {
    let width = if kind.damped_trend { 6 } else { 3 };
    let starts = [0.1, 0.35, 0.7].into_iter().flat_map(|alpha| {
        [0.02, 0.3].map(|gamma| {
            let all = [logit(alpha), logit(gamma), 0.0, logit(0.1), 0.0, logit(0.8)];
            all[..width].to_vec()
        })
    });
    fit_from(kind, starts, y, month_of_year)
}

/// Fits `kind` from given starts of the simplex.
pub(super) fn fit_from(
    kind: Kind,
    starts: impl IntoIterator<Item = Vec<f64>>,
    y: &[Option<f64>],
    month_of_year: &impl Fn(usize) -> usize,
) -> Option<Fitted> {
    let first = first_state(kind, y, month_of_year);
    let unit = spread_of(y).max(1e-9 * (1.0 + first.level.abs()));
    let state = |x: &[f64]| State {
        level: first.level + unit * x[2],
        growth: if kind.damped_trend { first.growth + 0.1 * unit * x[4] } else { 0.0 },
        season: first.season,
    };
    let cost = |x: &[f64]| {
        let mut fitted = Vec::with_capacity(y.len());
        run(kind, weights(kind, x), state(x), y, month_of_year, &mut fitted);
        // A mild pull to the first guesses keeps short series from running to a corner, and a
        // firmer one keeps growth from following every turn of the level.
        let first_states = x[2] * x[2] + x.get(4).map_or(0.0, |x| x * x);
        let turns = x.get(3).map_or(0.0, |x| (x - logit(STEADY)).powi(2));
        let pull = 0.02 * first_states + 0.3 * turns;
        let edge: f64 = x.iter().map(|x| (x.abs() - 8.0).max(0.0)).sum();
        deviance(kind.error, y, &fitted) + pull + edge
    };
    let best = starts
        .into_iter()
        .map(|start| simplex::least(cost, &start, 0.7, 1e-6, 600))
        .min_by(|a, b| a.value.total_cmp(&b.value))?;
    let weights = weights(kind, &best.at);
    let mut fitted = Vec::new();
    let state = run(kind, weights, state(&best.at), y, month_of_year, &mut fitted);
    let n = y.iter().flatten().count() as f64;
    let k = kind.parameters();
    let deviance = deviance(kind.error, y, &fitted);
    let aicc =
        if n - k - 1.0 > 0.0 { deviance + 2.0 * k * n / (n - k - 1.0) } else { f64::INFINITY };
    let sound = deviance.is_finite() && state.level.is_finite() && state.growth.is_finite();
    let damping = weights.damping;
    sound.then_some(Fitted { kind, damping, state, end: best.at, one_step: fitted, aicc })
}

fn first_state(kind: Kind, y: &[Option<f64>], month_of_year: &impl Fn(usize) -> usize) -> State {
    if kind.season == Season::Multiplicative {
        let logs: Vec<_> = y.iter().map(|y| y.map(|y| y.max(0.5).ln())).collect();
        let profile = Profile::fit(&logs, month_of_year);
        let level = profile.level.exp();
        let season = profile.season.map(f64::exp);
        return State { level, growth: level * profile.slope.exp_m1(), season };
    }
    let profile = Profile::fit(y, month_of_year);
    let season = if kind.season == Season::None { [0.0; 12] } else { profile.season };
    State { level: profile.level, growth: profile.slope, season }
}

fn spread_of(y: &[Option<f64>]) -> f64 {
    let seen: Vec<f64> = y.iter().flatten().copied().collect();
    let mean = seen.iter().sum::<f64>() / seen.len() as f64;
    (seen.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / seen.len() as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(f: impl Fn(usize) -> f64, n: usize) -> Vec<Option<f64>> {
        (0..n).map(|t| Some(f(t))).collect()
    }

    const HOLT_WINTERS: Kind =
        Kind { error: ErrorKind::Additive, damped_trend: true, season: Season::Additive };

    #[test]
    fn a_seasonal_series_without_noise_is_nearly_continued() {
        let season = |t: usize| [8.0, -5.0, 1.0, -9.0, 6.0, -1.0][(t * 5 % 12) / 2];
        let y = series(|t| 100.0 + season(t), 120);
        let fit = fit(HOLT_WINTERS, &y, &|t| t % 12).unwrap();
        for h in 0..12 {
            let error = fit.ahead(h, h % 12) - (100.0 + season(h));
            // The first seasons are shrunk, and learnt from there.
            assert!(error.abs() < 3.5, "{h}: {error}");
        }
    }

    #[test]
    fn a_damped_trend_levels_off() {
        let y = series(|t| 100.0 + 2.0 * t as f64, 48);
        let fit = fit(HOLT_WINTERS, &y, &|t| t % 12).unwrap();
        let at = |h| fit.ahead(h, h % 12);
        assert!(at(11) > 196.0);
        assert!(at(59) - at(47) < at(23) - at(11));
    }

    #[test]
    fn a_missing_month_changes_no_state() {
        let mut y = series(|t| 50.0 + (t % 12) as f64, 40);
        y[33] = None;
        let fit = fit(HOLT_WINTERS, &y, &|t| t % 12).unwrap();
        assert!((fit.one_step[33] - 59.0).abs() < 2.0);
    }

    #[test]
    fn the_criterion_prefers_a_season_where_there_is_one() {
        let y = series(
            |t| 100.0 + 30.0 * ((t % 12) as f64 - 5.5) / 5.5 + ((t * 37) % 11) as f64 * 0.3,
            60,
        );
        let plain = Kind { damped_trend: false, season: Season::None, ..HOLT_WINTERS };
        let seasonal = Kind { damped_trend: false, ..HOLT_WINTERS };
        let aicc = |kind| fit(kind, &y, &|t| t % 12).unwrap().aicc;
        assert!(aicc(seasonal) < aicc(plain));
    }
}
