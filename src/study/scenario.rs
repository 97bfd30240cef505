//! The validated scenario: what is assumed about the virus, the restrictions and the economy.

use jiff::civil::Date;

use crate::month::Month;
use crate::study::figures::FigureId;
use crate::study::lever::Lever;

/// One assumed course of the epidemic.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its id: the name of its file without the ending.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Its first month.
    pub start: Month,
    /// How many months are projected.
    pub months: usize,
    /// Everything after this month is hidden.
    pub as_of: Option<Month>,
    /// Waves of infections, in order.
    pub waves: Vec<Wave>,
    /// Restrictions, in order, none overlapping.
    pub restrictions: Vec<Restriction>,
    /// Economic shocks.
    pub shocks: Vec<Shock>,
    /// What is done about demand.
    pub levers: Vec<Lever>,
    /// How later waves differ from the first.
    pub response: Response,
    /// Series that stand in for a built-in track or bring one of the user's own.
    pub tracks: Vec<OwnTrack>,
    /// The pack's named curve that every group follows.
    pub curve: Option<CurveChoice>,
}

/// Which curve of a pack the groups follow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CurveChoice {
    /// Each group its own, as the pack has it.
    Pack,
    /// One curve, by index in the pack, for all groups.
    One(usize),
}

/// A rise and fall of infections.
#[derive(Clone, Debug)]
pub struct Wave {
    /// Its name for people.
    pub label: String,
    /// Its number, from 1.
    pub number: usize,
    /// The day of its peak.
    pub peak: Date,
    /// Months from half height to the peak.
    pub rise: FigureId,
    /// Months from the peak to half height.
    pub fall: FigureId,
    /// Its height; 1 is England's first wave.
    pub height: FigureId,
    /// Severe illness per infection, relative to the first wave.
    pub severity: FigureId,
}

/// A time under restrictions.
#[derive(Clone, Debug)]
pub struct Restriction {
    /// The wave it answers, from 1.
    pub wave: usize,
    /// Its first day.
    pub from: Date,
    /// The first day without it.
    pub to: Date,
    /// Its stringency, 0 to 1.
    pub stringency: FigureId,
}

/// An economic shock.
#[derive(Clone, Debug)]
pub struct Shock {
    /// Where it begins, as a position in months.
    pub from: f64,
    /// Where it is deepest.
    pub peak: f64,
    /// Its depth; 1 is that of 2020.
    pub depth: FigureId,
    /// Months in which it halves after the peak.
    pub half_life: FigureId,
}

/// How people and services answer later waves, relative to the first.
#[derive(Clone, Copy, Debug)]
pub struct Response {
    /// Need from later waves and restrictions.
    pub need_gain: FigureId,
    /// Suppression by later restrictions.
    pub suppression_gain: FigureId,
    /// Months by which severe illness follows infection.
    pub severe_delay: FigureId,
    /// By how much services accept a smaller share for each 1.0 of load above 1.
    pub threshold: FigureId,
}

/// A monthly series of the user's own.
#[derive(Clone, Debug)]
pub struct OwnTrack {
    /// The track it is or replaces.
    pub name: String,
    /// Its value in each month of the scenario.
    pub values: Vec<f64>,
    /// Its value times months at the reference exposure.
    pub reference: f64,
}

impl Scenario {
    /// The series of the user's own that is, or stands for, the track `name`.
    pub fn own_track(&self, name: &str) -> Option<&OwnTrack> {
        self.tracks.iter().find(|track| track.name == name)
    }

    /// The month `t` of the scenario.
    pub fn month(&self, t: usize) -> Month {
        self.start.plus(t as i32)
    }

    /// Its last month.
    pub fn last(&self) -> Month {
        self.month(self.months.saturating_sub(1))
    }

    /// The first month that nothing may be learnt from: its start, or earlier where `as_of` hides
    /// what came after.
    pub fn learns_before(&self) -> Month {
        self.as_of.map_or(self.start, |as_of| as_of.plus(1).min(self.start))
    }

    /// Whether it runs over the same months as another.
    pub fn has_months_of(&self, other: &Self) -> bool {
        (self.start, self.months) == (other.start, other.months)
    }

    /// A position in months relative to the start.
    pub fn relative(&self, position: f64) -> f64 {
        position - self.start.start_position()
    }
}
