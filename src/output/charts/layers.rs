//! Places for the boxes of a network, in columns from left to right so that most lines lead to
//! the right and few cross.
//!
//! The method is that of Sugiyama, Tagawa and Toda (1981), *Methods for visual understanding of
//! hierarchical system structures*, IEEE Transactions on Systems, Man and Cybernetics 11: lines
//! that close a circle are turned round (the strongest lines keep their direction), columns are
//! longest paths, a line that skips a column gets a place of its own there, columns are sorted by
//! the mean place of their neighbours, and boxes are drawn towards what they are joined to.

/// Columns beyond which weak lines are turned round to save some.
const COLUMNS: usize = 5;
/// Sweeps over the columns for their order, and for the places.
const SWEEPS: usize = 12;

/// A line between two boxes, stronger with more weight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) weight: f64,
}

/// Boxes in columns. The first cells are the boxes, those after them are places of lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Layers {
    /// The cells of each column, from top to bottom.
    pub(super) columns: Vec<Vec<usize>>,
    /// The column of each cell.
    pub(super) column: Vec<usize>,
    /// Of each line the cells it passes, from left to right, its ends among them.
    pub(super) paths: Vec<Vec<usize>>,
    /// Which lines lead from right to left.
    pub(super) backward: Vec<bool>,
}

impl Layers {
    /// Columns for `boxes` boxes; lines from a box to itself have no path.
    pub(super) fn new(boxes: usize, lines: &[Line]) -> Self {
        let mut backward = backward(boxes, lines);
        narrow(boxes, lines, &mut backward);
        let ends = ends(lines, &backward);
        let mut layers = Self { column: columns(boxes, &ends), backward, ..Self::default() };
        for (left, right) in ends {
            let mut path = Vec::new();
            if left != right {
                path.push(left);
                for column in layers.column[left] + 1..layers.column[right] {
                    path.push(layers.column.len());
                    layers.column.push(column);
                }
                path.push(right);
            }
            layers.paths.push(path);
        }
        let count = layers.column.iter().max().map_or(0, |last| last + 1);
        layers.columns = vec![Vec::new(); count];
        for (cell, column) in layers.column.iter().enumerate() {
            layers.columns[*column].push(cell);
        }
        layers.sort();
        layers
    }

    /// The cells that a cell is joined to: to the left and to the right.
    fn neighbours(&self) -> Vec<[Vec<usize>; 2]> {
        let mut neighbours = vec![[Vec::new(), Vec::new()]; self.column.len()];
        for pair in self.paths.iter().flat_map(|path| path.windows(2)) {
            neighbours[pair[1]][0].push(pair[0]);
            neighbours[pair[0]][1].push(pair[1]);
        }
        neighbours
    }

    /// Sorts the columns so that few lines cross.
    fn sort(&mut self) {
        let neighbours = self.neighbours();
        let mut best = (self.crossings(), self.columns.clone());
        for sweep in 0..SWEEPS {
            let side = sweep % 2;
            let order: Vec<usize> = if side == 0 {
                (0..self.columns.len()).collect()
            } else {
                (0..self.columns.len()).rev().collect()
            };
            for column in order {
                let place = self.places();
                let mean = |cell: usize| {
                    let near = &neighbours[cell][side];
                    if near.is_empty() {
                        return place[cell];
                    }
                    near.iter().map(|n| place[*n]).sum::<f64>() / near.len() as f64
                };
                self.columns[column].sort_by(|a, b| mean(*a).total_cmp(&mean(*b)));
            }
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.columns.clone());
            }
        }
        self.columns = best.1;
    }

    /// Where a cell stands in its column, 0 to 1.
    fn places(&self) -> Vec<f64> {
        let mut place = vec![0.0; self.column.len()];
        for column in &self.columns {
            for (at, cell) in column.iter().enumerate() {
                place[*cell] = (at as f64 + 0.5) / column.len() as f64;
            }
        }
        place
    }

    fn crossings(&self) -> usize {
        let place = self.places();
        let pairs: Vec<(usize, f64, f64)> = self
            .paths
            .iter()
            .flat_map(|path| path.windows(2))
            .map(|pair| (self.column[pair[0]], place[pair[0]], place[pair[1]]))
            .collect();
        let crosses = |a: &(usize, f64, f64), b: &(usize, f64, f64)| {
            a.0 == b.0 && (a.1 - b.1) * (a.2 - b.2) < 0.0
        };
        pairs
            .iter()
            .enumerate()
            .map(|(i, a)| pairs[..i].iter().filter(|b| crosses(a, b)).count())
            .sum()
    }

    /// The middle of each cell from the top, for cells of these heights `gap` apart; and the
    /// height of all.
    pub(super) fn middles(&self, heights: &[f64], gap: f64) -> (Vec<f64>, f64) {
        let needed =
            |column: &Vec<usize>| column.iter().map(|cell| heights[*cell] + gap).sum::<f64>() - gap;
        let whole = self.columns.iter().map(needed).fold(0.0, f64::max);
        let neighbours = self.neighbours();
        let mut middles = vec![whole / 2.0; heights.len()];
        for column in &self.columns {
            stack(column, heights, gap, whole, &mut middles);
        }
        for sweep in 0..SWEEPS {
            for index in 0..self.columns.len() {
                let index = if sweep % 2 == 0 { index } else { self.columns.len() - 1 - index };
                let column = &self.columns[index];
                for cell in column {
                    let near = neighbours[*cell].iter().flatten();
                    let count = neighbours[*cell].iter().map(Vec::len).sum::<usize>();
                    if count > 0 {
                        middles[*cell] = near.map(|n| middles[*n]).sum::<f64>() / count as f64;
                    }
                }
                stack(column, heights, gap, whole, &mut middles);
            }
        }
        (middles, whole)
    }
}

/// Moves the cells of a column apart, in their order, as near as can be to where they want to be.
fn stack(column: &[usize], heights: &[f64], gap: f64, whole: f64, middles: &mut [f64]) {
    // Blocks of cells that touch: the middle they want, their height, how many.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    let top = |(middle, height, _): (f64, f64, usize)| {
        (middle - height / 2.0).min(whole - height).max(0.0)
    };
    for cell in column {
        blocks.push((middles[*cell], heights[*cell], 1));
        while let [.., above, below] = *blocks.as_slice() {
            if top(below) - top(above) - above.1 >= gap {
                break;
            }
            let height = above.1 + gap + below.1;
            let count = above.2 + below.2;
            // What each block wants, were its top that of the joined one.
            let joined = (above.0 - above.1 / 2.0 + height / 2.0) * above.2 as f64
                + (below.0 + below.1 / 2.0 - height / 2.0) * below.2 as f64;
            blocks.truncate(blocks.len() - 2);
            blocks.push((joined / count as f64, height, count));
        }
    }
    let mut cells = column.iter();
    for block in blocks {
        let mut y = top(block);
        for cell in cells.by_ref().take(block.2) {
            middles[*cell] = y + heights[*cell] / 2.0;
            y += heights[*cell] + gap;
        }
    }
}

/// Which lines close a circle, the strongest lines laid first.
fn backward(boxes: usize, lines: &[Line]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by(|a, b| lines[*b].weight.total_cmp(&lines[*a].weight));
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); boxes];
    let mut backward = vec![false; lines.len()];
    for index in order {
        let Line { from, to, .. } = lines[index];
        if leads(&next, to, from) {
            backward[index] = true;
        } else {
            next[from].push(to);
        }
    }
    backward
}

/// Each line from its left end to its right one.
fn ends(lines: &[Line], backward: &[bool]) -> Vec<(usize, usize)> {
    let turned = |(line, back): (&Line, &bool)| {
        if *back { (line.to, line.from) } else { (line.from, line.to) }
    };
    lines.iter().zip(backward).map(turned).collect()
}

/// Turns the weakest lines round whose turning saves a column, while there are too many.
fn narrow(boxes: usize, lines: &[Line], backward: &mut [bool]) {
    let count = |backward: &[bool]| columns(boxes, &ends(lines, backward)).into_iter().max();
    let mut order: Vec<usize> = (0..lines.len()).filter(|i| !backward[*i]).collect();
    order.sort_by(|a, b| lines[*a].weight.total_cmp(&lines[*b].weight));
    for index in order {
        let now = count(backward);
        if now < Some(COLUMNS) {
            return;
        }
        backward[index] = true;
        let mut next: Vec<Vec<usize>> = vec![Vec::new(); boxes];
        for (left, right) in ends(lines, backward) {
            next[left].push(right);
        }
        let circular = leads(&next, lines[index].from, lines[index].to);
        if circular || count(backward) >= now {
            backward[index] = false;
        }
    }
}

/// Whether there is a way from `from` to `to`.
fn leads(next: &[Vec<usize>], from: usize, to: usize) -> bool {
    let mut seen = vec![false; next.len()];
    let mut open = vec![from];
    while let Some(here) = open.pop() {
        if here == to {
            return true;
        }
        if !std::mem::replace(&mut seen[here], true) {
            open.extend(&next[here]);
        }
    }
    false
}

/// The column of each box: the longest way to it; boxes that nothing leads to stand just before
/// the first that they lead to.
fn columns(boxes: usize, ends: &[(usize, usize)]) -> Vec<usize> {
    let mut column = vec![0; boxes];
    for _ in 0..boxes {
        for &(left, right) in ends.iter().filter(|(left, right)| left != right) {
            column[right] = column[right].max(column[left] + 1);
        }
    }
    for index in 0..boxes {
        let is_first = ends.iter().all(|(left, right)| *right != index || left == right);
        let after = ends.iter().filter(|(left, right)| *left == index && left != right);
        if is_first && let Some(first) = after.map(|(_, right)| column[*right]).min() {
            column[index] = first - 1;
        }
    }
    column
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(from: usize, to: usize, weight: f64) -> Line {
        Line { from, to, weight }
    }

    #[test]
    fn lines_lead_to_the_right_and_weak_ones_back() {
        let lines = [line(0, 1, 9.0), line(1, 2, 5.0), line(2, 0, 1.0), line(0, 2, 3.0)];
        let layers = Layers::new(3, &lines);
        assert_eq!(layers.column[..3], [0, 1, 2]);
        assert_eq!(layers.backward, [false, false, true, false]);
        // The line that skips a column has a place there.
        assert_eq!(layers.paths[3].len(), 3);
    }

    #[test]
    fn lines_do_not_cross_where_they_need_not() {
        let lines = [line(0, 3, 1.0), line(1, 2, 1.0)];
        assert_eq!(Layers::new(4, &lines).crossings(), 0);
    }

    proptest! {
        /// Whatever the network: boxes of a column never overlap, and all lie within the height.
        #[test]
        fn boxes_never_overlap(
            ends in prop::collection::vec((0usize..8, 0usize..8, 0.0..9.0_f64), 0..20),
            size in 10.0..90.0_f64,
        ) {
            let lines: Vec<Line> = ends.into_iter().map(|(a, b, w)| line(a, b, w)).collect();
            let layers = Layers::new(8, &lines);
            let heights = vec![size; layers.column.len()];
            let (middles, whole) = layers.middles(&heights, 10.0);
            for column in &layers.columns {
                for pair in column.windows(2) {
                    prop_assert!(middles[pair[1]] - middles[pair[0]] >= size + 9.999);
                }
                for cell in column {
                    prop_assert!(middles[*cell] >= size / 2.0 - 1e-6);
                    prop_assert!(middles[*cell] <= whole - size / 2.0 + 1e-6);
                }
            }
        }
    }
}
