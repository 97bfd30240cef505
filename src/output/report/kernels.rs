//! Responses packed for a page: few bytes, and unpacked by `engine.js` within 6e-5 of the most of
//! each row, a rounding that a sum over months mostly cancels.
//!
//! Rows of months (kernels by track and draw, then underlying demand by draw; of a list also its usual
//! starts and wait): a float32 scale a row, then second differences of its [`LEVELS`], which are near
//! nothing for a smooth kernel, all low bytes before all high ones; then the figures of suppression and
//! of the list. Deflated, then in base 64.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::projection::response::{LineResponse, Responses, TRACKS};

/// Steps from nothing to the most of a row: as fine as a page of 1.5 MB has room for.
const LEVELS: f32 = 8191.0;

/// A line, packed.
pub(super) fn line(line: &LineResponse) -> String {
    let of_track = |track: usize| line.kernels.iter().map(move |kernels| &kernels[track]);
    let of_list = line.list.iter().flat_map(|list| list.starts.iter().chain(&list.waits));
    let rows: Vec<&Vec<f32>> =
        (0..TRACKS).flat_map(of_track).chain(&line.underlying).chain(of_list).collect();
    let most = |row: &Vec<f32>| row.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
    let scales: Vec<f32> = rows.iter().map(|row| most(row)).collect();
    let mut steps: Vec<u16> = Vec::new();
    for (row, scale) in rows.iter().zip(&scales) {
        let (mut value, mut step) = (0_i32, 0_i32);
        for own in *row {
            let next = if *scale > 0.0 { (own / scale * LEVELS).round() as i32 } else { 0 };
            steps.push((next - value - step) as u16);
            (step, value) = (next - value, next);
        }
    }
    let mut bytes: Vec<u8> = scales.iter().flat_map(|scale| scale.to_le_bytes()).collect();
    bytes.extend(steps.iter().map(|step| step.to_le_bytes()[0]));
    bytes.extend(steps.iter().map(|step| step.to_le_bytes()[1]));
    let of_list = line.list.iter().flat_map(|list| list.figures.as_flattened());
    let figures = line.suppression.as_flattened().iter().chain(of_list);
    bytes.extend(figures.flat_map(|value| value.to_le_bytes()));
    deflated(&bytes)
}

/// What is no line's own: the normals of the scenarios' numbers, then by population and draw the
/// share that enters for each track.
pub(super) fn shared(responses: &Responses) -> String {
    let numbers = responses.numbers.iter().flat_map(|(_, values)| values);
    let shares = responses.populations.iter().flat_map(|p| p.entering.as_flattened());
    let bytes: Vec<u8> = numbers.chain(shares).flat_map(|value| value.to_le_bytes()).collect();
    deflated(&bytes)
}

fn deflated(bytes: &[u8]) -> String {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
    // Writing to memory never fails.
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    STANDARD.encode(written.unwrap_or_default())
}
