//! Columns that many tables share.

use super::Column;
use crate::projection::quantiles::Quantile;

/// The scenario.
pub const SCENARIO: Column = Column::id("scenario", "the scenario, by its file or built-in name");
/// The area.
pub const AREA: Column = Column::id("area", "the area, by the code of the baseline or the pack");
/// The service line.
pub const SERVICE: Column = Column::id("service", "the service line, as in the pack");
/// The month.
pub const MONTH: Column = Column::date("month", "the first day of the month");
/// The period of a total.
pub const PERIOD: Column = Column::text(
    "period",
    "`total` (all months), `year_1` (of the scenario), `fy_2021-22` (April to March), or a month",
);
/// What is measured.
pub const MEASURE: Column = Column::text("measure", "what is counted, of the list below");
/// The financial year of a month.
pub const FINANCIAL_YEAR: Column =
    Column::text("financial_year", "April to March, such as `2020-21`");
/// Its quarter.
pub const QUARTER: Column = Column::integer("quarter", "quarter of it; 1 is April to June");

/// How good a source is.
pub const GRADE: Column =
    Column::text("grade", "how good the source is: A best, D an assumption; the worst of several");

/// The quantiles of [`STATS`], in its order.
pub(super) const QUANTILES: [Quantile; 5] =
    [Quantile::Q05, Quantile::Q25, Quantile::Q50, Quantile::Q75, Quantile::Q95];

/// The mean and quantiles over draws.
pub const STATS: [Column; 6] = [
    Column::number("mean", "mean over draws"),
    Column::number("q05", "5th percentile"),
    Column::number("q25", "25th percentile"),
    Column::number("q50", "median"),
    Column::number("q75", "75th percentile"),
    Column::number("q95", "95th percentile"),
];

/// The median over draws with its range.
pub const RANGE: [Column; 3] = [
    Column::number("value", "median over draws, or the value where it is known"),
    Column::number("q05", "5th percentile"),
    Column::number("q95", "95th percentile"),
];

/// The columns that are documented once for all tables.
pub const SHARED: [Column; 16] = [
    SCENARIO,
    AREA,
    SERVICE,
    MONTH,
    PERIOD,
    MEASURE,
    FINANCIAL_YEAR,
    QUARTER,
    STATS[0],
    STATS[1],
    STATS[2],
    STATS[3],
    STATS[4],
    STATS[5],
    RANGE[0],
    GRADE,
];
