//! A network of services: a box each, shaded by how full it is; lines for the patients sent on,
//! as wide as they are many; what comes from outside at the left of a box, what leaves for good
//! below it. Those who gave up waiting go along dashed lines.

use super::Picture;
use super::data::Words;
use super::layers::{Layers, Line};
use super::letters::{Align, NOTE, Type};
use super::palette::{AXIS, BLUE, Colour, INK, ORANGE, PALE, WHITE, ink_on, mix, tint};
use super::sheet::{Pen, Point, Rect, Sheet};

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

const NAME: Type = NOTE.bold().sized(13.5);
const FACT: Type = NOTE.sized(12.5);
const FIGURE: Type = NOTE.sized(12.5).coloured(INK);
const LINE: f64 = 16.0;
/// The width of the strongest stream, and of the weakest.
const WIDEST: f64 = 22.0;
const NARROWEST: f64 = 1.4;
/// Lines as wide as this carry their figure; beside others it stands on white.
const CARRIES: f64 = 13.0;
/// The arrow of those who come from outside, the head of any arrow, room between boxes.
const STUB: f64 = 22.0;
const HEAD: f64 = 13.0;
const APART: f64 = 20.0;
/// How far a figure may stand from its line.
const ASIDE: [f64; 7] = [0.0, -8.0, 8.0, -14.0, 14.0, -20.0, 20.0];
/// The least and most room between columns.
const GAP: (f64, f64) = (44.0, 110.0);
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

/// Where all is drawn, from the left and top of the room.
struct Plan {
    layers: Layers,
    boxes: Vec<Rect>,
    middles: Vec<f64>,
    /// The ends of each line on its boxes: the left and the right one.
    ports: Vec<[Point; 2]>,
    /// Where patients from outside come in.
    doors: Vec<Point>,
    /// Where the first column begins, and how far it is to the next.
    first: f64,
    pitch: f64,
    box_width: f64,
    scale: f64,
    height: f64,
}

impl NetworkChart {
    fn strongest(&self) -> f64 {
        let of_services = self.services.iter().flat_map(|s| s.arrivals.iter().chain(&s.exits));
        let all = self.links.iter().map(|link| &link.stream).chain(of_services);
        all.map(|stream| stream.patients).filter(|p| p.is_finite()).fold(1e-9, f64::max)
    }

    fn plan(&self, width: f64) -> Plan {
        let count = self.services.len();
        // A line from a box to itself is not drawn, and neither is one to a box that is not there.
        let ends = |link: &Link| {
            if link.from.max(link.to) < count { (link.from, link.to) } else { (0, 0) }
        };
        let line = |link: &Link| {
            let (from, to) = ends(link);
            Line { from, to, weight: link.stream.patients }
        };
        let lines: Vec<Line> = self.links.iter().filter(|_| count > 0).map(line).collect();
        let layers = Layers::new(count, &lines);
        let columns = layers.columns.len().max(1) as f64;
        let door = |service: &Service| {
            service.arrivals.as_ref().map_or(0.0, |a| FIGURE.width(&a.label) + STUB + 8.0)
        };
        let doors = |wanted: &dyn Fn(usize) -> bool| {
            let here = self.services.iter().enumerate().filter(|(i, _)| wanted(layers.column[*i]));
            here.map(|(_, service)| door(service)).fold(0.0, f64::max)
        };
        let first = doors(&|column| column == 0).min(width * 0.2);
        let figures = self.links.iter().map(|l| FIGURE.width(&l.stream.label) + HEAD + 12.0);
        let gap = figures.fold(doors(&|column| column > 0), f64::max).clamp(GAP.0, GAP.1);
        let box_width = ((width - first - gap * (columns - 1.0)) / columns).clamp(20.0, 230.0);
        let pitch = if columns > 1.0 { (width - first - box_width) / (columns - 1.0) } else { 0.0 };
        let mut plan = Plan {
            scale: WIDEST / self.strongest(),
            boxes: Vec::new(),
            middles: Vec::new(),
            ports: vec![[(0.0, 0.0); 2]; lines.len()],
            doors: vec![(0.0, 0.0); count],
            layers,
            first,
            pitch,
            box_width,
            height: 0.0,
        };
        let heights: Vec<f64> = (0..plan.layers.column.len())
            .map(|cell| match self.services.get(cell) {
                Some(service) => {
                    let box_height = self.box_height(service, cell, &plan);
                    box_height + exits_height(service, box_width)
                }
                None => LINE,
            })
            .collect();
        (plan.middles, plan.height) = plan.layers.middles(&heights, APART);
        for (cell, service) in self.services.iter().enumerate() {
            let left = first + pitch * plan.layers.column[cell] as f64;
            let top = plan.middles[cell] - heights[cell] / 2.0;
            let bottom = top + self.box_height(service, cell, &plan);
            plan.boxes.push(Rect { left, top, right: left + box_width, bottom });
        }
        // From here on a box is where its lines end, not its middle with what leaves below it.
        for (cell, place) in plan.boxes.iter().enumerate() {
            plan.middles[cell] = f64::midpoint(place.top, place.bottom);
        }
        self.place_ports(&mut plan);
        plan
    }

    /// The slots on the sides of a box, in no order: lines by index, the door as none.
    fn slots(&self, cell: usize, plan: &Plan) -> [Vec<(Option<usize>, f64)>; 2] {
        let mut sides = [Vec::new(), Vec::new()];
        if let Some(arrivals) = &self.services[cell].arrivals {
            sides[0].push((None, plan.width(arrivals.patients).max(LINE)));
        }
        for (index, path) in plan.layers.paths.iter().enumerate() {
            let slot = || (Some(index), plan.width(self.links[index].stream.patients).max(LINE));
            if path.last() == Some(&cell) {
                sides[0].push(slot());
            }
            if path.first() == Some(&cell) {
                sides[1].push(slot());
            }
        }
        sides
    }

    fn box_height(&self, service: &Service, cell: usize, plan: &Plan) -> f64 {
        let text = said(service, plan.box_width).len() as f64 * LINE + 12.0;
        let side = |slots: &Vec<(Option<usize>, f64)>| slots.iter().map(|s| s.1 + 2.0).sum::<f64>();
        self.slots(cell, plan).iter().map(side).fold(text, f64::max)
    }

    /// Gives every line its place on the sides of its boxes, sorted by where it comes from.
    fn place_ports(&self, plan: &mut Plan) {
        for cell in 0..self.services.len() {
            let place = plan.boxes[cell];
            for (side, mut slots) in self.slots(cell, plan).into_iter().enumerate() {
                let other = |line: Option<usize>| -> f64 {
                    let Some(line) = line else { return f64::NEG_INFINITY };
                    let path = &plan.layers.paths[line];
                    let next = if side == 0 { path[path.len() - 2] } else { path[1] };
                    plan.middles[next]
                };
                slots.sort_by(|a, b| other(a.0).total_cmp(&other(b.0)));
                let all: f64 = slots.iter().map(|slot| slot.1 + 2.0).sum();
                let mut y = f64::midpoint(place.top, place.bottom) - all / 2.0;
                let x = if side == 0 { place.left } else { place.right };
                for (line, height) in slots {
                    let at = (x, y + 1.0 + height / 2.0);
                    match line {
                        // A path's right end is on the left side of its box.
                        Some(line) => plan.ports[line][1 - side] = at,
                        None => plan.doors[cell] = at,
                    }
                    y += height + 2.0;
                }
            }
        }
    }

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

impl Plan {
    fn width(&self, patients: f64) -> f64 {
        let width = patients * self.scale;
        if width.is_nan() { NARROWEST } else { width.clamp(NARROWEST, WIDEST) }
    }

    /// The points of a line, from where its patients come to where they go.
    fn curve(&self, line: usize) -> Vec<Point> {
        let path = &self.layers.paths[line];
        let Some(inner) = path.len().checked_sub(2).map(|_| &path[1..path.len() - 1]) else {
            return Vec::new();
        };
        let [start, end] = self.ports[line];
        let mut knots = vec![start];
        for cell in inner {
            let column = self.layers.column[*cell] as f64;
            let left = self.first + self.pitch * column;
            let y = self.middles[*cell];
            knots.extend([(left, y), (left + self.box_width, y)]);
        }
        knots.push(end);
        let mut points = Vec::new();
        for (index, pair) in knots.windows(2).enumerate() {
            // Between columns a line bends; along a column it is straight.
            let steps = if index % 2 == 0 { 24 } else { 1 };
            for step in 0..=steps {
                let share = f64::from(step) / f64::from(steps);
                let bent = share * share * (3.0 - 2.0 * share);
                let (from, to) = (pair[0], pair[1]);
                points.push((
                    from.0 + (to.0 - from.0) * share,
                    from.1 + (to.1 - from.1) * if steps == 1 { share } else { bent },
                ));
            }
        }
        if self.layers.backward[line] {
            points.reverse();
        }
        points
    }

    /// The figures beside the arrows' heads.
    fn labels(&self, chart: &NetworkChart) -> Vec<Label> {
        let mut labels = Vec::new();
        for (line, link) in chart.links.iter().take(self.ports.len()).enumerate() {
            if self.layers.paths[line].is_empty() {
                continue;
            }
            let [left, right] = self.ports[line];
            let (at, align) = if self.layers.backward[line] {
                ((left.0 + HEAD + 3.0, left.1), Align::Left)
            } else {
                ((right.0 - HEAD - 3.0, right.1), Align::Right)
            };
            // A line ends level, unless it has far to climb in little room.
            let is_level = self.layers.paths[line].len() > 2
                || (left.1 - right.1).abs() < 2.0 * (self.pitch - self.box_width);
            let carried = is_level && self.width(link.stream.patients) >= CARRIES;
            labels.push(Label { text: link.stream.label.clone(), at, align, carried });
        }
        for (service, door) in chart.services.iter().zip(&self.doors) {
            if let Some(arrivals) = &service.arrivals {
                let at = (door.0 - STUB - 4.0, door.1);
                let text = arrivals.label.clone();
                labels.push(Label { text, at, align: Align::Right, carried: false });
            }
        }
        labels
    }
}

/// A figure beside a line.
struct Label {
    text: String,
    at: Point,
    align: Align,
    /// Whether it stands on its line.
    carried: bool,
}

/// The lines in a box: its name, then the facts.
fn said(service: &Service, width: f64) -> Vec<(String, Type)> {
    let room = width - 14.0;
    let name = NAME.wrap(&service.name, room, 3).into_iter().map(|line| (line, NAME));
    let facts = service.facts.iter().flat_map(|fact| FACT.wrap(fact, room, 2));
    name.chain(facts.map(|line| (line, FACT))).collect()
}

fn exit_lines(exit: &Stream, width: f64) -> Vec<String> {
    FIGURE.wrap(&exit.label, width - 30.0, 3)
}

fn exits_height(service: &Service, width: f64) -> f64 {
    let lines: usize = service.exits.iter().map(|exit| exit_lines(exit, width).len()).sum();
    if lines == 0 { 0.0 } else { lines as f64 * LINE + 3.0 }
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
