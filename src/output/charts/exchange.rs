//! What is got for what is paid: a cross for each choice, its ranges along both axes.

use super::Picture;
use super::data::Words;
use super::letters::{Align, LABEL, TICK};
use super::palette::{AXIS, BLUE, GRID, INK, QUIET, tint};
use super::scale::{Scale, number};
use super::sheet::{Pen, Rect, Sheet};

/// Choices by cost and gain.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// Title, subtitle, source.
    pub words: Words,
    /// What the axes count: cost, gain.
    pub axes: [String; 2],
    /// The choices.
    pub offers: Vec<Offer>,
}

/// One choice.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// Its name.
    pub name: String,
    /// 5th percentile, median and 95th percentile of the cost.
    pub cost: [f64; 3],
    /// The same of the gain.
    pub gain: [f64; 3],
    /// Whether it is drawn pale: what may be nothing.
    pub is_pale: bool,
}

/// The least distance between two names.
const APART: f64 = 18.0;

impl Picture for Exchange {
    fn words(&self) -> &Words {
        &self.words
    }

    fn height(&self) -> f64 {
        460.0
    }

    fn sentences(&self) -> Vec<String> {
        let offer = |offer: &Offer| {
            let cost = offer.cost.map(|value| number(value, 1));
            let gain = offer.gain.map(|value| number(value, 0));
            format!(
                "{}: {} {} ({} to {}) for {} {} ({} to {}).",
                offer.name,
                gain[1],
                self.axes[1],
                gain[0],
                gain[2],
                cost[1],
                self.axes[0],
                cost[0],
                cost[2]
            )
        };
        self.offers.iter().map(offer).collect()
    }

    fn draw(&self, sheet: &mut Sheet<'_>, room: Rect) {
        let across = Scale::over(self.offers.iter().flat_map(|offer| offer.cost), 5.0);
        let up = Scale::over(self.offers.iter().flat_map(|offer| offer.gain), 5.0);
        let names = self.offers.iter().map(|offer| LABEL.width(&offer.name)).fold(0.0, f64::max);
        let left = room.left + up.widest() + 12.0;
        let right = room.right - names.min(room.width() * 0.3) - 16.0;
        let (top, bottom) = (room.top + 26.0, room.bottom - 44.0);
        let along = |scale: &Scale, value: f64| {
            ((value - scale.low) / (scale.high - scale.low)).clamp(0.0, 1.0)
        };
        let x = |cost: f64| left + along(&across, cost) * (right - left);
        let y = |gain: f64| bottom - along(&up, gain) * (bottom - top);
        sheet.text((room.left, room.top + 8.0), &self.axes[1], TICK, Align::Left);
        for tick in up.ticks() {
            let colour = if tick == 0.0 { AXIS } else { GRID };
            sheet.line(&[(left, y(tick)), (right, y(tick))], Pen::new(colour, 1.0));
            sheet.text((left - 8.0, y(tick) + 5.0), &up.write(tick), TICK, Align::Right);
        }
        for tick in across.ticks() {
            sheet.line(&[(x(tick), bottom), (x(tick), bottom + 5.0)], Pen::new(AXIS, 1.0));
            sheet.text((x(tick), bottom + 21.0), &across.write(tick), TICK, Align::Centre);
        }
        sheet.text((f64::midpoint(left, right), bottom + 40.0), &self.axes[0], TICK, Align::Centre);
        let mut offers: Vec<&Offer> = self.offers.iter().collect();
        offers.sort_by(|a, b| b.gain[1].total_cmp(&a.gain[1]));
        let mut free = top - APART;
        for offer in offers {
            let colour = if offer.is_pale { tint(BLUE, 0.55) } else { BLUE };
            let at = (x(offer.cost[1]), y(offer.gain[1]));
            sheet
                .line(&[(x(offer.cost[0]), at.1), (x(offer.cost[2]), at.1)], Pen::new(colour, 2.5));
            sheet
                .line(&[(at.0, y(offer.gain[0])), (at.0, y(offer.gain[2]))], Pen::new(colour, 2.5));
            if offer.is_pale {
                sheet.ring(at, 6.0, colour);
            } else {
                sheet.dot(at, 6.0, colour);
            }
            // Names stand at the right ends, none over another.
            let line = at.1.max(free + APART);
            free = line;
            let end = (x(offer.cost[2]).max(at.0 + 8.0), at.1);
            if line - at.1 > 1.0 || right - end.0 > 1.0 {
                sheet.line(&[end, (right + 4.0, line)], Pen::new(GRID, 1.0));
            }
            let letters = if offer.is_pale { LABEL.coloured(QUIET) } else { LABEL.coloured(INK) };
            let name = letters.fit(&offer.name, room.right - right - 10.0);
            sheet.text((right + 10.0, line + 5.0), &name, letters, Align::Left);
        }
    }
}
