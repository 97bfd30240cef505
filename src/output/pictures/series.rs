//! Results as the series that charts draw, and the line that says where they come from.

use crate::month::Month;
use crate::output::charts::{Band, Fan, Series};
use crate::projection::quantiles::{Quantile, Stats};
use crate::study::Study;

/// A value of every month.
pub(super) fn values(months: &[Stats], value: impl Fn(&Stats) -> f64) -> Vec<f64> {
    months.iter().map(value).collect()
}

/// The fan of a measure by month.
pub(super) fn fan(start: Month, months: &[Stats]) -> Fan {
    let q = |quantile: Quantile| values(months, |stats| stats.at(quantile));
    Fan {
        start,
        median: q(Quantile::Q50),
        band50: Band::new(q(Quantile::Q25), q(Quantile::Q75)),
        band80: Band::default(),
        outer: Band::new(q(Quantile::Q05), q(Quantile::Q95)),
    }
}

/// What a chart says below itself.
pub(super) fn source(study: &Study) -> String {
    let draws = study.draws.count;
    let draws = if draws == 0 { "central values".to_owned() } else { format!("{draws} draws") };
    format!(
        "Source: afterwave {}, pack {}, {draws}, seed {}. If the scenario, then this: a \
         conditional projection, not a forecast.",
        env!("CARGO_PKG_VERSION"),
        study.pack.name,
        study.draws.seed
    )
}

/// Observations as a series; a month that is missing breaks the line.
pub(super) fn of_months(observed: &[(Month, f64)]) -> Option<Series> {
    let (start, _) = observed.first()?;
    let (end, _) = observed.last()?;
    let mut values = vec![f64::NAN; end.since(*start) as usize + 1];
    for (month, value) in observed {
        values[month.since(*start) as usize] = *value;
    }
    Some(Series::new(*start, values))
}
