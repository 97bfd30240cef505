//! Bytes as choices: whoever gives the bytes (a seed, or a fuzzer that learns) makes them.

/// Choices read from bytes; when they end, the first of everything.
pub struct Choices<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Choices<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn byte(&mut self) -> u8 {
        self.at += 1;
        self.bytes.get(self.at - 1).copied().unwrap_or(0)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        let bytes = usize::from(self.byte()) << 8 | usize::from(self.byte());
        bytes * end.max(1) >> 16
    }

    /// From `first` to `last`.
    pub fn between(&mut self, first: usize, last: usize) -> usize {
        first + self.below(last + 1 - first)
    }

    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// True in so many of a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    /// From 0 to 1.
    pub fn share(&mut self) -> f64 {
        (self.below(1 << 16) as f64 / 655.36).round() / 100.0
    }
}

/// Cells that mean something to one reader or another, and mostly not here.
const WILD: [&str; 44] = [
    "",
    " ",
    "*",
    "-",
    "NULL",
    "0",
    "-0",
    "-1",
    "1e308",
    "-1e308",
    "5e-324",
    "1e15",
    "1e400",
    "NaN",
    "inf",
    "9223372036854775808",
    "\"1,234\"",
    "1 234",
    "50%",
    "2020-13",
    "0001-01",
    "9999-12",
    "31/12/2020",
    "29/02/2021",
    "Apr-20",
    "../x",
    "a/b",
    "a\\b",
    "CON",
    "\u{202e}abc",
    "\u{0}",
    "=1+1",
    "@x",
    "<script>",
    "&amp;",
    "]]>",
    "\u{1b}[31m",
    "x;y",
    "all",
    "iapt/anxiety",
    "*;*",
    "\"",
    "'",
    "true",
];

/// A cell that is rarely not what it should be.
pub fn cell(c: &mut Choices<'_>, right: impl Into<String>) -> String {
    let right = right.into();
    if c.chance(1) && c.chance(40) { c.pick(&WILD).to_owned() } else { right }
}

/// Any cell of those.
pub fn wild(c: &mut Choices<'_>) -> &'static str {
    c.pick(&WILD)
}
