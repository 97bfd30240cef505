//! Need against access by stratum: a share of all need and a share of all referrals on one line,
//! and what their ratio says: observed over expected access, 1 where access follows need.

use super::Picture;
use super::data::Words;
use super::labels::{Sign, key};
use super::letters::{Align, LABEL, NOTE, TICK};
use super::palette::{AXIS, BLUE, GRID, INK, ORANGE};
use super::scale::{Scale, number};
use super::sheet::{Pen, Rect, Sheet};

/// Need and referrals by stratum.
#[derive(Clone, Debug, PartialEq)]
pub struct Equity {
    /// Title, subtitle, source.
    pub words: Words,
    /// What the dots are measured in: "share of the whole, %".
    pub unit: String,
    /// The strata, in the order to be drawn.
    pub strata: Vec<Stratum>,
}

/// One slice of the population.
#[derive(Clone, Debug, PartialEq)]
pub struct Stratum {
    /// Its name: "Most deprived fifth".
    pub name: String,
    /// Its part of need.
    pub need: f64,
    /// Its part of the people who ask for help.
    pub referrals: f64,
    /// Observed over expected access with its range (low, central, high), where known.
    pub ratio: Option<(f64, f64, f64)>,
}

const ROW: f64 = 40.0;
const RATIO: f64 = 250.0;

impl Picture for Equity {
    fn words(&self) -> &Words {
        &self.words
    }

    fn height(&self) -> f64 {
        84.0 + ROW * self.strata.len().clamp(1, 40) as f64
    }

    fn sentences(&self) -> Vec<String> {
        let strata = self.strata.iter().map(|s| {
            let (need, referrals) = (number(s.need, 1), number(s.referrals, 1));
            format!("{}: need {need}, people who ask for help {referrals}.", s.name)
        });
        std::iter::once("Pairs of dots.".to_owned()).chain(strata).collect()
    }

    fn draw(&self, sheet: &mut Sheet<'_>, room: Rect) {
        let values = self.strata.iter().flat_map(|s| [s.need, s.referrals]);
        let scale = Shares::over(values);
        let names = self.strata.iter().map(|s| LABEL.width(&s.name)).fold(0.0, f64::max);
        let names = names.min(room.width() * 0.28);
        let has_ratio = self.strata.iter().any(|s| s.ratio.is_some());
        let top = room.top + 52.0;
        let area = Rect {
            // Room for the number before a share of nearly nothing.
            left: room.left + names + 20.0 + TICK.width("00.0"),
            top,
            right: if has_ratio { room.right - RATIO - 60.0 } else { room.right - 20.0 },
            bottom: room.bottom - 26.0,
        };
        let row = (area.height() / self.strata.len().max(1) as f64).min(56.0);
        let area = Rect { bottom: top + row * self.strata.len().max(1) as f64, ..area };
        let entries =
            [(Sign::Diamond(ORANGE), "need"), (Sign::Dot(BLUE), "people who ask for help")];
        key(sheet, (room.left, room.top + 8.0), room.right, &entries);
        let unit = if scale.is_in_factors() {
            format!("{}, in factors", self.unit)
        } else {
            self.unit.clone()
        };
        let unit = LABEL.bold().fit(&unit, area.width());
        sheet.text((area.left, top - 12.0), &unit, LABEL.bold(), Align::Left);
        let x = |share: f64| scale.x(share, area);
        scale.rule(sheet, area);
        for (i, stratum) in self.strata.iter().enumerate() {
            let y = top + row * (i as f64 + 0.5);
            let name = LABEL.fit(&stratum.name, names);
            sheet.text((room.left + names, y + 5.0), &name, LABEL, Align::Right);
            let pair = [(stratum.need, ORANGE), (stratum.referrals, BLUE)];
            if pair.iter().all(|(value, _)| value.is_finite()) {
                sheet.line(&[(x(stratum.need), y), (x(stratum.referrals), y)], Pen::new(AXIS, 3.0));
            }
            self.write_values(sheet, stratum, &x, y);
            for (value, colour) in pair.into_iter().filter(|(value, _)| value.is_finite()) {
                if colour == ORANGE {
                    sheet.diamond((x(value), y), 8.5, colour);
                } else {
                    sheet.dot((x(value), y), 7.0, colour);
                }
            }
        }
        if has_ratio {
            let area = Rect { left: room.right - RATIO, right: room.right - 62.0, ..area };
            self.draw_ratios(sheet, area, row);
        }
    }
}

impl Equity {
    /// Both values, outside the pair.
    fn write_values(
        &self,
        sheet: &mut Sheet<'_>,
        stratum: &Stratum,
        x: &dyn Fn(f64) -> f64,
        y: f64,
    ) {
        let (need, referrals) = (stratum.need, stratum.referrals);
        if !(need.is_finite() && referrals.is_finite()) {
            return;
        }
        let decimals =
            usize::from(self.strata.iter().all(|s| s.need.abs().max(s.referrals.abs()) < 100.0));
        let (left, right) = (need.min(referrals), need.max(referrals));
        let text = number(left, decimals);
        sheet.text((x(left) - 13.0, y + 5.0), &text, TICK, Align::Right);
        sheet.text((x(right) + 13.0, y + 5.0), &number(right, decimals), TICK, Align::Left);
    }

    fn draw_ratios(&self, sheet: &mut Sheet<'_>, area: Rect, row: f64) {
        let ratios = self.strata.iter().filter_map(|s| s.ratio);
        let scale = Scale::over(
            ratios.flat_map(|(low, central, high)| [low, central, high]).chain([1.0]),
            4.0,
        );
        let title = "Access for need";
        sheet.text((area.left, area.top - 28.0), title, LABEL.bold(), Align::Left);
        sheet.text((area.left, area.top - 12.0), "observed over expected", NOTE, Align::Left);
        let x = axis(sheet, &scale, area);
        let fair = [(x(1.0), area.top), (x(1.0), area.bottom)];
        sheet.line(&fair, Pen::new(INK, 1.6).dashed(5.0, 3.0));
        for (i, stratum) in self.strata.iter().enumerate() {
            let Some((low, central, high)) = stratum.ratio else { continue };
            let y = area.top + row * (i as f64 + 0.5);
            if low.is_finite() && high.is_finite() {
                sheet.line(&[(x(low), y), (x(high), y)], Pen::new(INK, 1.8));
            }
            if central.is_finite() {
                sheet.dot((x(central), y), 5.0, INK);
                let at = (area.right + 62.0, y + 5.0);
                sheet.text(at, &number(central, 2), LABEL, Align::Right);
            }
        }
    }
}

/// Shares over this many times the least are drawn in factors: beside nine in ten, one in a hundred
/// could not be told from two.
const MOST_TIMES: f64 = 12.0;

/// The axis of shares.
enum Shares {
    /// From nothing up, in even steps.
    Even(Scale),
    /// From the first of these up, in even factors.
    Factors(Vec<f64>),
}

impl Shares {
    fn over(values: impl Iterator<Item = f64> + Clone) -> Self {
        let known = || values.clone().filter(|value| value.is_finite());
        let least = known().filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min);
        let most = known().fold(0.0, f64::max);
        if known().any(|value| value <= 0.0) || most <= MOST_TIMES * least || !least.is_finite() {
            return Self::Even(Scale::over(values, 5.0));
        }
        let round: Vec<f64> = (-4..3)
            .flat_map(|power| [1.0, 2.0, 5.0].map(|first| first * 10f64.powi(power)))
            .collect();
        let last = round.len() - 1;
        let from = round.iter().rposition(|tick| *tick <= least * 0.9).unwrap_or(0);
        let to = round.iter().position(|tick| *tick >= most).unwrap_or(last);
        // Two marks at the least, also of figures beyond all of them.
        let from = from.min(last - 1);
        Self::Factors(round[from..=to.max(from + 1)].to_vec())
    }

    fn is_in_factors(&self) -> bool {
        matches!(self, Self::Factors(_))
    }

    fn x(&self, share: f64, area: Rect) -> f64 {
        let part = match self {
            Self::Even(scale) => (share - scale.low) / (scale.high - scale.low),
            Self::Factors(ticks) => {
                let (low, high) = (ticks[0], ticks[ticks.len() - 1]);
                (share.max(low) / low).ln() / (high / low).ln()
            }
        };
        area.left + part.clamp(0.0, 1.0) * area.width()
    }

    /// Grid lines and their numbers.
    fn rule(&self, sheet: &mut Sheet<'_>, area: Rect) {
        let (ticks, written): (Vec<f64>, Vec<String>) = match self {
            Self::Even(scale) => {
                scale.ticks().into_iter().map(|tick| (tick, scale.write(tick))).unzip()
            }
            Self::Factors(ticks) => ticks.iter().map(|tick| (*tick, tick.to_string())).unzip(),
        };
        for (tick, text) in ticks.into_iter().zip(written) {
            let x = self.x(tick, area);
            sheet.line(&[(x, area.top), (x, area.bottom)], Pen::new(GRID, 1.0));
            sheet.text((x, area.bottom + 18.0), &text, TICK, Align::Centre);
        }
    }
}

/// Grid lines and numbers of a horizontal axis, and the place of a value on it.
fn axis(sheet: &mut Sheet<'_>, scale: &Scale, area: Rect) -> impl Fn(f64) -> f64 + use<> {
    let (low, high) = (scale.low, scale.high);
    let x =
        move |value: f64| area.left + ((value - low) / (high - low)).clamp(0.0, 1.0) * area.width();
    for tick in scale.ticks() {
        sheet.line(&[(x(tick), area.top), (x(tick), area.bottom)], Pen::new(GRID, 1.0));
        sheet.text((x(tick), area.bottom + 18.0), &scale.write(tick), TICK, Align::Centre);
    }
    x
}
