//! Charts, as SVG or PNG.
//!
//! Each kind of chart is a file: its data, plain and free of the rest of the program, and one
//! function that draws them on a sheet, whatever the backend. Both formats therefore show the
//! same picture, set in a font that is compiled in, and the same data give the same bytes.
//!
//! | chart | what it shows |
//! | --- | --- |
//! | [`Headline`] | the virus and the need that follows it, on one time axis, by scenario |
//! | [`FanChart`] | one service family: what came, what would have come, what is projected |
//! | [`Parts`] | the parts of demand, stacked |
//! | [`Scenarios`] | scenarios side by side |
//! | [`Multiples`] | small pictures side by side: families, or waits, in all scenarios |
//! | [`Waiting`] | the waiting list and the wait, with the standard |
//! | [`Heatmap`] | load by service and month |
//! | [`NetworkChart`] | services, and how many patients go from one to another |
//! | [`Tornado`] | which input matters |
//! | [`Equity`] | need against access, by stratum |
//! | [`Score`] | how often the truth fell into the ranges |
//! | [`Exchange`] | what choices help and cost |
//! | [`Ranges`] | ranges side by side |

mod axes;
mod data;
mod equity;
mod exchange;
mod fan;
mod fonts;
mod headline;
mod heatmap;
mod labels;
mod lag;
mod layers;
mod letters;
mod multiples;
mod network;
mod palette;
mod panel;
mod parts;
mod pixels;
mod ranges;
mod scale;
mod scenarios;
mod score;
mod sheet;
mod surface;
mod svg;
mod tornado;
mod waiting;

use plotters::prelude::SVGBackend;

pub use data::{Band, Fan, Series, Words};
pub use equity::{Equity, Stratum};
pub use exchange::{Exchange, Offer};
pub use fan::FanChart;
pub use headline::Headline;
pub use heatmap::Heatmap;
pub use lag::Lag;
pub use multiples::{Course, Multiple, Multiples};
pub use network::{Link, NetworkChart, Service, Stream};
pub use panel::{Panel, Restriction};
pub use parts::Parts;
pub use ranges::{Group, Range, Ranges};
pub use scenarios::{Scenario, Scenarios};
pub use score::{Coverage, Score};
pub use tornado::{Bar, Tornado};
pub use waiting::{Strip, Waiting};

use sheet::{Rect, Sheet};
use surface::TENTHS;

/// The width of every picture in pixels: that of a page of A4 between its margins, at a size that
/// prints the smallest letters at six points.
const WIDTH: f64 = 960.0;

/// The format of a picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Scalable, with its font inside.
    Svg,
    /// Dots, two to a pixel (192 dpi).
    Png,
}

impl Format {
    /// The ending of its files.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
        }
    }
}

/// Any chart.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a run has a few dozen charts")]
pub enum Chart {
    /// The virus and need.
    Headline(Headline),
    /// One service family.
    Fan(FanChart),
    /// The parts of demand.
    Parts(Parts),
    /// Scenarios side by side.
    Scenarios(Scenarios),
    /// Small pictures side by side.
    Multiples(Multiples),
    /// Waiting list and wait.
    Waiting(Waiting),
    /// Load by service and month.
    Heatmap(Heatmap),
    /// Services and flows.
    Network(NetworkChart),
    /// Which input matters.
    Tornado(Tornado),
    /// Need against access.
    Equity(Equity),
    /// Coverage of the truth.
    Score(Score),
    /// Choices by cost and gain.
    Exchange(Exchange),
    /// Ranges side by side.
    Ranges(Ranges),
}

/// What every kind of chart can do.
trait Picture {
    /// The words around it.
    fn words(&self) -> &Words;
    /// The height of the picture itself, in pixels.
    fn height(&self) -> f64;
    /// What it shows, in sentences for those who can't see it.
    fn sentences(&self) -> Vec<String>;
    /// Draws it into the room that the words leave.
    fn draw(&self, sheet: &mut Sheet<'_>, room: Rect);
}

macro_rules! charts {
    ($($kind:ident($data:ident)),*) => {
        $(impl From<$data> for Chart {
            fn from(chart: $data) -> Self {
                Self::$kind(chart)
            }
        })*

        impl Chart {
            fn picture(&self) -> &dyn Picture {
                match self {
                    $(Self::$kind(chart) => chart,)*
                }
            }
        }
    };
}

charts!(
    Headline(Headline),
    Fan(FanChart),
    Parts(Parts),
    Scenarios(Scenarios),
    Multiples(Multiples),
    Waiting(Waiting),
    Heatmap(Heatmap),
    Network(NetworkChart),
    Tornado(Tornado),
    Equity(Equity),
    Score(Score),
    Exchange(Exchange),
    Ranges(Ranges)
);

impl Chart {
    /// The words around it.
    pub fn words(&self) -> &Words {
        self.picture().words()
    }

    /// What it shows, for those who can't see it: a text to go with the picture wherever it goes.
    pub fn description(&self) -> String {
        let subtitle = format!("{}.", self.words().subtitle.trim_end_matches('.'));
        let sentences = std::iter::once(subtitle).chain(self.picture().sentences());
        sentences.collect::<Vec<_>>().join(" ")
    }

    fn draw(&self, sheet: &mut Sheet<'_>) {
        let room = sheet.words(self.words());
        self.picture().draw(sheet, room);
    }
}

/// Draws `chart`: the same bytes for the same data.
pub fn render(chart: &Chart, format: Format) -> anyhow::Result<Vec<u8>> {
    let (width, height) =
        (WIDTH, chart.picture().height() + sheet::height_of_words(chart.words(), WIDTH));
    match format {
        Format::Svg => {
            let mut text = String::new();
            let tenths = |length: f64| (length * TENTHS).round() as u32;
            let mut backend = SVGBackend::with_string(&mut text, (tenths(width), tenths(height)));
            let mut sheet = Sheet::new(&mut backend);
            chart.draw(&mut sheet);
            let used = sheet.end()?;
            drop(backend);
            let title = &chart.words().title;
            let whole = svg::finish(&text, (width, height), title, &chart.description(), &used)?;
            Ok(whole.into_bytes())
        }
        Format::Png => {
            let mut backend = pixels::Pixels::new(width, height)?;
            let mut sheet = Sheet::new(&mut backend);
            chart.draw(&mut sheet);
            sheet.end()?;
            backend.encode()
        }
    }
}
