//! Colours: the Government Analysis Function's palette for charts, which stays apart for readers
//! who see few colours and in black and white, and solid tints of its blue for fans.
//! <https://analysisfunction.civilservice.gov.uk/policy-store/data-visualisation-colours-in-charts>

/// Red, green, blue.
pub(super) type Colour = (u8, u8, u8);

pub(super) const BLUE: Colour = (0x12, 0x43, 0x6D);
pub(super) const TURQUOISE: Colour = (0x28, 0xA1, 0x97);
pub(super) const PINK: Colour = (0x80, 0x16, 0x50);
pub(super) const ORANGE: Colour = (0xF4, 0x6A, 0x25);
pub(super) const DARK: Colour = (0x3D, 0x3D, 0x3D);
/// What stands behind the focus.
pub(super) const FOCUS: Colour = (0xBF, 0xBF, 0xBF);

pub(super) const WHITE: Colour = (255, 255, 255);
pub(super) const INK: Colour = (0x1A, 0x1A, 0x1A);
pub(super) const QUIET: Colour = (0x59, 0x59, 0x59);
pub(super) const GRID: Colour = (0xDE, 0xDE, 0xDE);
pub(super) const AXIS: Colour = (0x8C, 0x8C, 0x8C);
pub(super) const PALE: Colour = (0xF0, 0xF0, 0xF0);
pub(super) const SHADE: Colour = (0xD9, 0xD9, 0xD9);

/// The tints of a fan's bands, from the widest to the narrowest.
pub(super) const TINTS: [Colour; 3] = [(0xD3, 0xE3, 0xF2), (0xA5, 0xC6, 0xE3), (0x6F, 0xA3, 0xD0)];

/// The colours of up to four series, in the order of use.
pub(super) const SERIES: [Colour; 4] = [BLUE, ORANGE, TURQUOISE, PINK];

/// The same colour, `share` of it on white.
pub(super) fn tint(colour: Colour, share: f64) -> Colour {
    mix(WHITE, colour, share)
}

/// The colour `share` of the way from `from` to `to`.
pub(super) fn mix(from: Colour, to: Colour, share: f64) -> Colour {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let part = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
    (part(from.0, to.0), part(from.1, to.1), part(from.2, to.2))
}

/// Black or white, whichever reads better on `ground`.
pub(super) fn ink_on(ground: Colour) -> Colour {
    if brightness(ground) < 140.0 { WHITE } else { INK }
}

/// How light a colour is in a black and white print, 0 to 255.
fn brightness(colour: Colour) -> f64 {
    0.299 * f64::from(colour.0) + 0.587 * f64::from(colour.1) + 0.114 * f64::from(colour.2)
}

/// `colour` dark enough for letters on white.
pub(super) fn for_letters(colour: Colour) -> Colour {
    mix(colour, INK, if brightness(colour) > 75.0 { 0.4 } else { 0.0 })
}
