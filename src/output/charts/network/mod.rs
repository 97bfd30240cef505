//! A network of services: a box each, shaded by how full it is; lines for the patients sent on,
//! as wide as they are many; what comes from outside at the left of a box, what leaves for good
//! below it. Those who gave up waiting go along dashed lines.

mod plan;

use super::Picture;
use super::data::Words;
use super::letters::{Align, NOTE};
use super::palette::{AXIS, BLUE, Colour, ORANGE, PALE, WHITE, ink_on, mix, tint};
use super::sheet::{Pen, Point, Rect, Sheet};
use plan::{FIGURE, LINE, Plan, STUB, exit_lines, said};

/// Services and the flows between them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetworkChart {
    /// Title, subtitle, source.
    pub words: Words,
    /// The services.
    pub services: Vec<Service>,
    /// Patients sent from one to another.
    pub links: Vec<Link>,
    /// What the shade means: "places in use".
    pub shade_label: String,
    /// What an outlined box means.
    pub mark_label: String,
}

/// A service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// What is said of it, a line each.
    pub facts: Vec<String>,
    /// How full it is, 0 to 1; not a number where it has no places.
    pub full: f64,
    /// Whether it is outlined.
    pub marked: bool,
    /// Patients from outside.
    pub arrivals: Option<Stream>,
    /// Patients who leave for good.
    pub exits: Vec<Stream>,
}

/// Patients sent from one service to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The place of the first in the list.
    pub from: usize,
    /// The place of the other.
    pub to: usize,
    /// How many.
    pub stream: Stream,
}

/// Patients on their way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stream {
    /// How many a week: the width of the line.
    pub patients: f64,
    /// What is written beside it.
    pub label: String,
    /// Whether they gave up waiting.
    pub gave_up: bool,
}

/// How far a figure may stand from its line.
const ASIDE: [f64; 7] = [0.0, -8.0, 8.0, -14.0, 14.0, -20.0, 20.0];
const KEY: f64 = 40.0;

/// Light to dark as the heat map has it, so that both read alike.
fn shade(full: f64) -> Colour {
    if full.is_finite() { mix(tint(BLUE, 0.08), BLUE, full.clamp(0.0, 1.0).powi(3)) } else { PALE }
}

impl Picture for NetworkChart {
    fn words(&self) -> &Words {
        &self.words
    }

    fn height(&self) -> f64 {
        self.plan(super::WIDTH - 48.0).height + KEY
    }

    fn sentences(&self) -> Vec<String> {
        let of_service = |(index, service): (usize, &Service)| {
            let mut parts = vec![format!("{}: {}", service.name, service.facts.join(", "))];
            let arrivals = service.arrivals.iter();
            parts.extend(arrivals.map(|arrivals| format!("{} come from outside", arrivals.label)));
            for link in self.links.iter().filter(|link| link.from == index) {
                let Some(to) = self.services.get(link.to) else { continue };
                let how = if link.stream.gave_up { " after giving up" } else { "" };
                parts.push(format!("{} go on to {}{how}", link.stream.label, to.name));
            }
            parts.extend(service.exits.iter().map(|exit| format!("leave: {}", exit.label)));
            parts.join("; ") + "."
        };
        self.services.iter().enumerate().map(of_service).collect()
    }

    fn draw(&self, sheet: &mut Sheet<'_>, room: Rect) {
        let plan = self.plan(room.width());
        let at = |(x, y): Point| (room.left + x, room.top + y);
        for (index, link) in self.links.iter().take(plan.ports.len()).enumerate() {
            let points: Vec<Point> = plan.curve(index).into_iter().map(at).collect();
            draw_stream(sheet, &points, plan.width(link.stream.patients), link.stream.gave_up);
        }
        for ((service, place), door) in self.services.iter().zip(&plan.boxes).zip(&plan.doors) {
            let (left, top) = at((place.left, place.top));
            let shown =
                Rect { left, top, right: left + place.width(), bottom: top + place.height() };
            if let Some(arrivals) = &service.arrivals {
                let (x, y) = at(*door);
                draw_stream(sheet, &[(x - STUB, y), (x, y)], plan.width(arrivals.patients), false);
            }
            draw_box(sheet, service, shown, &plan);
        }
        let mut taken: Vec<Rect> = Vec::new();
        for label in plan.labels(self) {
            let (x, y) = at(label.at);
            let width = FIGURE.width(&label.text);
            let left = if label.align == Align::Left { x } else { x - width };
            let ground = |aside: f64| Rect {
                left: left - 2.0,
                top: y + aside - 7.0,
                right: left + width + 2.0,
                bottom: y + aside + 7.0,
            };
            // A little aside where another figure stands already.
            let is_free = |aside: &f64| !taken.iter().any(|other| other.meets(&ground(*aside)));
            let aside = ASIDE.into_iter().find(is_free).unwrap_or(0.0);
            taken.push(ground(aside));
            if !label.carried {
                sheet.rect(ground(aside), WHITE);
            }
            let base = y + aside + FIGURE.size * 0.36;
            sheet.text((x, base), &label.text, FIGURE, label.align);
        }
        self.key(sheet, (room.left, room.bottom - 8.0), room.right);
    }
}

impl NetworkChart {
    fn key(&self, sheet: &mut Sheet<'_>, (left, y): Point, right: f64) {
        const STEPS: usize = 20;
        let mut x = left;
        let write = |sheet: &mut Sheet<'_>, x: f64, text: &str| {
            sheet.text((x, y), text, NOTE, Align::Left);
            x + NOTE.width(text)
        };
        x = write(sheet, x, "0%") + 6.0;
        for step in 0..STEPS {
            let start = x + 4.0 * step as f64;
            let area = Rect { left: start, top: y - 11.0, right: start + 4.0, bottom: y + 1.0 };
            sheet.rect(area, shade(step as f64 / (STEPS - 1) as f64));
        }
        x += 4.0 * STEPS as f64 + 6.0;
        x = write(sheet, x, &format!("100% {}", self.shade_label)) + 20.0;
        let marks = self.services.iter().any(|service| service.marked);
        if marks && x + 28.0 + NOTE.width(&self.mark_label) < right {
            let sign = Rect { left: x, top: y - 11.0, right: x + 20.0, bottom: y + 1.0 };
            outline(sheet, sign, Pen::new(ORANGE, 2.4));
            x = write(sheet, x + 27.0, &self.mark_label) + 20.0;
        }
        for (gave_up, text) in [(false, "patients a week"), (true, "gave up waiting")] {
            if x + 44.0 + NOTE.width(text) < right {
                draw_stream(sheet, &[(x, y - 5.0), (x + 36.0, y - 5.0)], 4.0, gave_up);
                x = write(sheet, x + 42.0, text) + 20.0;
            }
        }
    }
}

/// A box, and what leaves below it.
fn draw_box(sheet: &mut Sheet<'_>, service: &Service, place: Rect, plan: &Plan) {
    let ground = shade(service.full);
    sheet.rect(place, ground);
    let (colour, width) = if service.marked { (ORANGE, 3.2) } else { (AXIS, 1.0) };
    outline(sheet, place, Pen::new(colour, width));
    let Rect { left, top, bottom, .. } = place;
    let lines = said(service, place.width());
    let mut y = f64::midpoint(top, bottom) - lines.len() as f64 * LINE / 2.0 + LINE * 0.75;
    for (text, kind) in &lines {
        sheet.text((left + 7.0, y), text, kind.coloured(ink_on(ground)), Align::Left);
        y += LINE;
    }
    let mut y = bottom + LINE * 0.5 + 4.0;
    for exit in &service.exits {
        let width = plan.width(exit.patients).min(LINE - 5.0);
        draw_stream(sheet, &[(left + 3.0, y), (left + 27.0, y)], width, exit.gave_up);
        for line in exit_lines(exit, place.width()) {
            sheet.text((left + 32.0, y + 4.5), &line, FIGURE, Align::Left);
            y += LINE;
        }
    }
}

/// A line with an arrow's head at its end.
fn draw_stream(sheet: &mut Sheet<'_>, points: &[Point], width: f64, gave_up: bool) {
    let [.., before, end] = points else { return };
    let colour = if gave_up { tint(ORANGE, 0.75) } else { tint(BLUE, 0.42) };
    let length = (end.0 - before.0).hypot(end.1 - before.1).max(1e-9);
    let (dx, dy) = ((end.0 - before.0) / length, (end.1 - before.1) / length);
    let half = (width * 0.5 + 3.0).max(4.5);
    let head = (half * 1.3).min(12.0);
    let base = (end.0 - dx * head, end.1 - dy * head);
    // The line ends where the head begins.
    let mut shaft: Vec<Point> = points
        .iter()
        .copied()
        .filter(|p| (p.0 - end.0) * dx + (p.1 - end.1) * dy < -head)
        .collect();
    shaft.push(base);
    let pen = Pen::new(colour, width);
    sheet.line(&shaft, if gave_up { pen.dashed(6.0, 4.0) } else { pen });
    let corner = |side: f64| (base.0 - dy * half * side, base.1 + dx * half * side);
    sheet.fill(&[*end, corner(1.0), corner(-1.0)], colour);
}

/// A frame, begun in the middle of a side so that all its corners are joined.
fn outline(sheet: &mut Sheet<'_>, frame: Rect, pen: Pen) {
    let Rect { left, top, right, bottom } = frame;
    let start = (f64::midpoint(left, right), top);
    let corners = [start, (right, top), (right, bottom), (left, bottom), (left, top), start];
    sheet.line(&corners, pen);
}
