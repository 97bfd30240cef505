//! The list a service stands with in its steady state.

use super::list::fading;

/// A steady list, and the friction that keeps it there where capacity is held.
///
/// A fluid list alone would be empty at any load below 1; a queue formula alone would have to
/// assume how referrals and treatments scatter. The wait is known, and makes a list.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Standing {
    /// People waiting.
    pub list: f64,
    /// Those who start, a month.
    pub starts: f64,
    /// The friction of [`super::Queue`] at the load of a held capacity, people.
    pub friction: f64,
}

impl Standing {
    /// The steady state of `arrivals` a month at `load` (strictly between 0 and 1) where those who
    /// start have waited `months`, and those who wait leave at the rate `renege` a month:
    ///
    /// ```text
    /// starts = arrivals exp(-d months)             those who did not leave first
    /// list   = (arrivals - starts) / renege        arrivals x months where nobody leaves
    /// K      = list (capacity / starts - 1)        with capacity = arrivals / load
    /// ```
    pub fn waiting(arrivals: f64, load: f64, months: f64, renege: f64) -> Self {
        let fade = -fading(renege) * months;
        let starts = arrivals * fade.exp();
        let list =
            if renege > 0.0 { -arrivals * fade.exp_m1() / renege } else { arrivals * months };
        Self { list, starts, friction: list * ((-fade).exp() / load - 1.0) }
    }

    /// The steady state of a list that was counted: `list` people, `starts` a month.
    pub fn counted(list: f64, starts: f64, load: f64, renege: f64) -> Self {
        let capacity = (starts + renege * list) / load;
        let friction = if starts > 0.0 { list * (capacity / starts - 1.0) } else { 0.0 };
        Self { list, starts, friction: friction.max(0.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_list_is_arrivals_times_wait_less_those_who_leave() {
        let standing = Standing::waiting(1_000.0, 0.95, 1.15, 0.0);
        assert!((standing.list - 1_150.0).abs() < 1e-9);
        assert!((standing.friction * 0.95 / 0.05 / standing.list - 1.0).abs() < 1e-9);
        for renege in [1e-9, 0.02, 1.6] {
            let left = Standing::waiting(1_000.0, 0.95, 1.15, renege);
            let balance = left.starts + renege * left.list;
            assert!((balance / 1_000.0 - 1.0).abs() < 1e-9, "{renege}: {balance}");
            assert!(left.list < standing.list && left.friction > standing.friction);
            let counted = Standing::counted(left.list, left.starts, 0.95, renege);
            assert!((counted.friction / left.friction - 1.0).abs() < 1e-6, "{renege}");
        }
    }
}
