//! Labels beside what they name: at the end of lines, pushed apart, or in free room nearby.

use super::letters::{Align, LABEL, NOTE, Type};
use super::palette::{Colour, QUIET};
use super::sheet::{Pen, Point, Rect, Sheet};

/// Moves `wanted` places apart until each is `gap` from the next, inside `low..=high`; they keep
/// their order.
pub(super) fn spread(wanted: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    // Each label joins the block above it while they overlap; a block stands at the mean of what
    // its labels want, as far as the edges let it.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    let place = |(centre, count): (f64, usize)| {
        let half = gap * (count - 1) as f64 / 2.0;
        (centre.min(high - half).max(low + half), half)
    };
    for i in &order {
        blocks.push((wanted[*i], 1));
        while let [.., above, below] = blocks.as_slice() {
            let ((upper, upper_half), (lower, lower_half)) = (place(*above), place(*below));
            if lower - lower_half - (upper + upper_half) >= gap {
                break;
            }
            let count = above.1 + below.1;
            let centre = (above.0 * above.1 as f64 + below.0 * below.1 as f64) / count as f64;
            blocks.truncate(blocks.len() - 2);
            blocks.push((centre, count));
        }
    }
    let mut placed = vec![0.0; wanted.len()];
    let mut next = order.into_iter();
    for block in blocks {
        let (centre, half) = place(block);
        for (n, i) in next.by_ref().take(block.1).enumerate() {
            placed[i] = centre - half + gap * n as f64;
        }
    }
    placed
}

/// A label wanted at the end of a line.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub(super) y: f64,
    pub(super) text: String,
    pub(super) colour: Colour,
    pub(super) bold: bool,
}

const END_GAP: f64 = 12.0;

impl End {
    pub(super) fn new(y: f64, text: impl Into<String>, colour: Colour) -> Self {
        Self { y, text: text.into(), colour, bold: false }
    }

    pub(super) fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    fn kind(&self) -> Type {
        let kind = LABEL.coloured(self.colour);
        if self.bold { kind.bold() } else { kind }
    }
}

/// The room that labels of these texts need at the right, at most `most`.
pub(super) fn room_for<'a>(texts: impl IntoIterator<Item = &'a str>, most: f64) -> f64 {
    let widest = texts.into_iter().map(|text| LABEL.bold().width(text)).fold(0.0, f64::max);
    (widest + END_GAP + 2.0).min(most)
}

/// Writes labels right of `x`, pushed apart, each with a fine line to where it was wanted.
pub(super) fn at_ends(sheet: &mut Sheet<'_>, ends: &[End], x: f64, width: f64, within: (f64, f64)) {
    let lines: Vec<Vec<String>> =
        ends.iter().map(|end| end.kind().wrap(&end.text, width - END_GAP, 2)).collect();
    let places = lines.iter().map(Vec::len).sum::<usize>().max(2) - 1;
    let gap = LABEL.line().min((within.1 - within.0) / places as f64);
    // A label of two lines takes two places.
    let wanted: Vec<f64> = ends
        .iter()
        .zip(&lines)
        .flat_map(|(end, lines)| {
            let above = (lines.len().max(1) - 1) as f64 * gap / 2.0;
            (0..lines.len()).map(move |n| end.y - above + n as f64 * gap)
        })
        .collect();
    let placed = spread(&wanted, gap, within.0, within.1);
    let mut places = placed.into_iter();
    for (end, lines) in ends.iter().zip(lines) {
        let own: Vec<f64> = places.by_ref().take(lines.len()).collect();
        let Some(first) = own.first() else { continue };
        let middle = f64::midpoint(*first, own.last().copied().unwrap_or(*first));
        if (middle - end.y).abs() > 4.0 {
            sheet.line(&[(x + 1.0, end.y), (x + END_GAP - 3.0, middle)], Pen::new(QUIET, 0.8));
        }
        for (line, y) in lines.iter().zip(own) {
            let at = (x + END_GAP, y + LABEL.size * 0.36);
            sheet.text(at, line, end.kind(), Align::Left);
        }
    }
}

/// How an entry of a key looks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sign {
    Area(Colour),
    Line(Pen),
    Ring(Colour),
    Dot(Colour),
    Diamond(Colour),
}

/// Writes a row of signs and their meanings, as many as fit, with its baseline at `at`.
pub(super) fn key(sheet: &mut Sheet<'_>, at: Point, right: f64, entries: &[(Sign, &str)]) {
    let mut x = at.0;
    for (sign, text) in entries {
        let width = NOTE.width(text);
        if x + 26.0 + width > right {
            break;
        }
        let middle = at.1 - 4.5;
        match *sign {
            Sign::Area(colour) => {
                let area =
                    Rect { left: x, top: middle - 6.0, right: x + 20.0, bottom: middle + 6.0 };
                sheet.rect(area, colour);
            }
            Sign::Line(pen) => sheet.line(&[(x, middle), (x + 20.0, middle)], pen),
            Sign::Ring(colour) => sheet.ring((x + 10.0, middle), 4.5, colour),
            Sign::Dot(colour) => sheet.dot((x + 10.0, middle), 6.0, colour),
            Sign::Diamond(colour) => sheet.diamond((x + 10.0, middle), 7.5, colour),
        }
        sheet.text((x + 26.0, at.1), text, NOTE, Align::Left);
        x += 26.0 + width + 20.0;
    }
}

/// Room for a box of `size` in `within`, clear of `taken`, as near to `anchor` as can be.
/// The way to it from the box's left edge keeps clear of `labels`.
pub(super) fn near(
    anchor: Point,
    size: (f64, f64),
    within: Rect,
    taken: &[Rect],
    labels: &[Rect],
) -> Option<Rect> {
    let mut best: Option<(f64, Rect)> = None;
    let mut top = within.top;
    while top + size.1 <= within.bottom {
        let mut left = within.left;
        while left + size.0 <= within.right {
            let room = Rect { left, top, right: left + size.0, bottom: top + size.1 };
            let aside = (room.left - anchor.0).max(anchor.0 - room.right).max(0.0);
            let above = (room.top - anchor.1).max(anchor.1 - room.bottom).max(0.0);
            let far = aside.hypot(above);
            let is_free = || {
                !taken.iter().chain(labels).any(|t| t.meets(&room))
                    && !labels.iter().any(|label| crosses(leader_start(&room), anchor, label))
            };
            if best.is_none_or(|(least, _)| far < least) && is_free() {
                best = Some((far, room));
            }
            left += 6.0;
        }
        top += 5.0;
    }
    best.map(|(_, room)| room)
}

/// Where the line from a label to what it names begins.
pub(super) fn leader_start(label: &Rect) -> Point {
    (label.left - 4.0, f64::midpoint(label.top, label.bottom))
}

fn crosses(from: Point, to: Point, rect: &Rect) -> bool {
    (0..=12).map(|i| f64::from(i) / 12.0).any(|share| {
        let (x, y) = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
        (rect.left..=rect.right).contains(&x) && (rect.top..=rect.bottom).contains(&y)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn labels_that_do_not_meet_stay_where_they_are() {
        assert_eq!(spread(&[90.0, 10.0], 16.0, 0.0, 100.0), [90.0, 10.0]);
    }

    #[test]
    fn two_of_a_place_part_evenly() {
        assert_eq!(spread(&[50.0, 50.0], 16.0, 0.0, 100.0), [42.0, 58.0]);
        assert_eq!(spread(&[0.0, 0.0], 16.0, 0.0, 100.0), [0.0, 16.0]);
    }

    proptest! {
        #[test]
        fn labels_never_overlap(wanted in prop::collection::vec(0.0..300.0_f64, 0..12)) {
            let mut placed = spread(&wanted, 16.0, 0.0, 300.0);
            placed.sort_by(f64::total_cmp);
            for pair in placed.windows(2) {
                prop_assert!(pair[1] - pair[0] > 15.999);
            }
            prop_assert!(placed.iter().all(|y| (0.0..=300.0).contains(y)));
        }
    }
}
