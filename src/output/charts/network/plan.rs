//! Where everything of a network's picture is drawn: boxes in columns, the ends of lines on them,
//! the courses of lines between them and the figures beside their heads.

use super::{Link, NetworkChart, Service, Stream};
use crate::output::charts::layers::{Layers, Line};
use crate::output::charts::letters::{Align, NOTE, Type};
use crate::output::charts::palette::INK;
use crate::output::charts::sheet::{Point, Rect};

const NAME: Type = NOTE.bold().sized(13.5);
const FACT: Type = NOTE.sized(12.5);
pub(super) const FIGURE: Type = NOTE.sized(12.5).coloured(INK);
pub(super) const LINE: f64 = 16.0;
/// The width of the strongest stream, and of the weakest.
const WIDEST: f64 = 22.0;
const NARROWEST: f64 = 1.4;
/// Lines as wide as this carry their figure; beside others it stands on white.
const CARRIES: f64 = 13.0;
/// The arrow of those who come from outside, the head of any arrow, room between boxes.
pub(super) const STUB: f64 = 22.0;
const HEAD: f64 = 13.0;
const APART: f64 = 20.0;
/// The least and most room between columns.
const GAP: (f64, f64) = (44.0, 110.0);

/// Where all is drawn, from the left and top of the room.
pub(super) struct Plan {
    pub(super) layers: Layers,
    pub(super) boxes: Vec<Rect>,
    pub(super) middles: Vec<f64>,
    /// The ends of each line on its boxes: the left and the right one.
    pub(super) ports: Vec<[Point; 2]>,
    /// Where patients from outside come in.
    pub(super) doors: Vec<Point>,
    /// Where the first column begins, and how far it is to the next.
    pub(super) first: f64,
    pub(super) pitch: f64,
    pub(super) box_width: f64,
    pub(super) scale: f64,
    pub(super) height: f64,
}

impl NetworkChart {
    pub(super) fn strongest(&self) -> f64 {
        let of_services = self.services.iter().flat_map(|s| s.arrivals.iter().chain(&s.exits));
        let all = self.links.iter().map(|link| &link.stream).chain(of_services);
        all.map(|stream| stream.patients).filter(|p| p.is_finite()).fold(1e-9, f64::max)
    }

    pub(super) fn plan(&self, width: f64) -> Plan {
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
}

impl Plan {
    pub(super) fn width(&self, patients: f64) -> f64 {
        let width = patients * self.scale;
        if width.is_nan() { NARROWEST } else { width.clamp(NARROWEST, WIDEST) }
    }

    /// The points of a line, from where its patients come to where they go.
    pub(super) fn curve(&self, line: usize) -> Vec<Point> {
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
    pub(super) fn labels(&self, chart: &NetworkChart) -> Vec<Label> {
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
pub(super) struct Label {
    pub(super) text: String,
    pub(super) at: Point,
    pub(super) align: Align,
    /// Whether it stands on its line.
    pub(super) carried: bool,
}

/// The lines in a box: its name, then the facts.
pub(super) fn said(service: &Service, width: f64) -> Vec<(String, Type)> {
    let room = width - 14.0;
    let name = NAME.wrap(&service.name, room, 3).into_iter().map(|line| (line, NAME));
    let facts = service.facts.iter().flat_map(|fact| FACT.wrap(fact, room, 2));
    name.chain(facts.map(|line| (line, FACT))).collect()
}

pub(super) fn exit_lines(exit: &Stream, width: f64) -> Vec<String> {
    FIGURE.wrap(&exit.label, width - 30.0, 3)
}

fn exits_height(service: &Service, width: f64) -> f64 {
    let lines: usize = service.exits.iter().map(|exit| exit_lines(exit, width).len()).sum();
    if lines == 0 { 0.0 } else { lines as f64 * LINE + 3.0 }
}
