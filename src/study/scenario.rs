//! The validated scenario: what is assumed about the virus, the restrictions and the economy.

use jiff::civil::Date;

use crate::diagnostics::Source;
use crate::draw::Uncertain;
use crate::month::{Month, position};
use crate::study::figures::{FigureId, Figures};
use crate::study::lever::Lever;
use crate::study::pack::Track;

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
    /// Whether there are no restrictions, whatever the waves.
    pub is_unrestricted: bool,
    /// Whether the economic shock follows the restrictions: none is given.
    pub economy_follows: bool,
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
    /// Whether restrictions were given for it, or it was known when others were. Those of other
    /// waves follow from them by the rule of [`crate::model::stringency`].
    pub is_answered: bool,
}

/// A time under restrictions.
#[derive(Clone, Debug)]
pub struct Restriction {
    /// Its name for people; may be empty.
    pub label: String,
    /// The wave it answers, from 1.
    pub wave: usize,
    /// Its first day.
    pub from: Date,
    /// The first day without it.
    pub to: Date,
    /// Its stringency, 0 to 1, before any change with its wave.
    pub stringency: FigureId,
    /// The wave it is tied to, as that stood when the restriction was given.
    pub tie: Option<Tie>,
}

impl Restriction {
    /// Whether it moved with its wave.
    pub fn is_moved(&self) -> bool {
        self.tie.as_ref().is_some_and(|tie| tie.days != 0)
    }

    /// One of its days as it was given, before it moved with its wave.
    pub fn given(&self, day: Date) -> Date {
        moved(day, self.tie.as_ref().map_or(0, |tie| -tie.days))
    }
}

fn moved(day: Date, days: i32) -> Date {
    day.checked_add(jiff::Span::new().days(days)).unwrap_or(day)
}

/// What a restriction was given with: the wave it answers, as it then stood. The restriction moves
/// as far as the wave has moved since, and changes with its height (see
/// [`crate::model::stringency::Rule::change`]).
#[derive(Clone, PartialEq, Debug)]
pub struct Tie {
    /// Which of the scenario's waves.
    pub wave: usize,
    /// The day of its peak.
    pub peak: Date,
    /// Its rise, fall, height and severity.
    pub numbers: [Uncertain; 4],
    /// How many days it has moved since.
    pub days: i32,
    /// The same in months.
    pub moved: f64,
    /// Whether its numbers are others now.
    pub is_changed: bool,
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
    /// Months after the peak of the first wave for which restrictions are borne.
    pub willing: FigureId,
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
    /// The file it was read from.
    pub source: Source,
}

/// Waves this many months or more after the first are later ones in full. One that is nearer is
/// partly the first wave itself, so that two that come together are one.
const LATER: f64 = 3.0;

impl Scenario {
    /// The peak of the first wave, in months from the start.
    pub fn first_peak(&self) -> Option<f64> {
        let peaks = self.waves.iter().map(|wave| self.relative(position(wave.peak)));
        peaks.reduce(f64::min)
    }

    /// How much of a later wave one that peaks at `peak` is, 0 to 1: `need_gain` and
    /// `suppression_gain` count for that share.
    pub fn lateness(&self, peak: f64) -> f64 {
        let first = self.first_peak().unwrap_or(peak);
        ((peak - first) / LATER).clamp(0.0, 1.0)
    }

    /// Whether some restrictions follow from the waves by the rule.
    pub fn restrictions_follow(&self) -> bool {
        let is_own = self.own_track(Track::RESTRICTIONS).is_some();
        let is_open = self.waves.iter().any(|wave| !wave.is_answered);
        !self.is_unrestricted && !is_own && self.curve.is_none() && is_open
    }

    /// Moves restrictions with the waves they are tied to, once every number is what it will be.
    pub fn settle(&mut self, figures: &Figures) {
        let waves = &self.waves;
        for restriction in &mut self.restrictions {
            let Some(tie) = &mut restriction.tie else { continue };
            let Some(wave) = waves.get(tie.wave) else { continue };
            tie.days = (wave.peak - tie.peak).get_days();
            for day in [&mut restriction.from, &mut restriction.to] {
                *day = moved(*day, tie.days);
            }
            tie.moved = position(wave.peak) - position(tie.peak);
            let now = [wave.rise, wave.fall, wave.height, wave.severity];
            tie.is_changed = now.map(|id| figures.get(id).number) != tie.numbers;
        }
    }

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

    /// Whether it projects the same months as another, and learns from the same: then what would
    /// have come anyway is the same.
    pub fn sees_as(&self, other: &Self) -> bool {
        self.has_months_of(other) && self.learns_before() == other.learns_before()
    }

    /// A position in months relative to the start.
    pub fn relative(&self, position: f64) -> f64 {
        position - self.start.start_position()
    }
}
