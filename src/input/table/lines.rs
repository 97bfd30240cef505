//! The lines of a CSV text: where each record begins, and whether quotes are closed.

use crate::diagnostics::{Problem, Source};

/// Tells the line that a record of a CSV text begins on. The csv crate counts from where the record
/// before it ended, which may be blank lines or the second half of a line's end earlier.
pub(super) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    /// Lines of `text`, from 1.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), at: 0, line: 1 }
    }

    /// The line of a record, after those asked for before.
    pub(super) fn of(&mut self, record: Option<&csv::Position>) -> usize {
        let start = record.map_or(self.at, |position| position.byte() as usize).max(self.at);
        let ends = self.text.iter().skip(start).take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let end = (start + ends.count()).min(self.text.len());
        let passed = self.text.get(self.at..end).unwrap_or_default();
        self.line += passed.split(|byte| *byte == b'\n').count() - 1;
        self.at = end;
        self.line
    }
}

/// The cell of a CSV text whose quote is never closed, or only by the next quote of another cell: the
/// rows between would be read as one cell.
pub(super) fn open_quote(source: &Source, delimiter: u8) -> Option<Problem> {
    #[derive(Clone, Copy)]
    enum At {
        Start,
        Plain,
        Quoted,
        Closing,
    }
    let mut at = At::Start;
    let (mut line, mut opened, mut opened_on) = (1, 0, 1);
    let mut is_stray = false;
    for (byte, character) in source.text.bytes().enumerate() {
        at = match (at, character) {
            (At::Quoted, b'"') | (At::Closing, b' ') => At::Closing,
            // Two quotes in a quoted cell stand for one.
            (At::Quoted, _) | (At::Closing, b'"') => At::Quoted,
            (_, b'\n' | b'\r') => At::Start,
            (_, mark) if mark == delimiter => At::Start,
            (At::Start, b'"') => {
                (opened, opened_on) = (byte, line);
                At::Quoted
            }
            (At::Closing, _) if line > opened_on => {
                is_stray = true;
                break;
            }
            _ => At::Plain,
        };
        line += usize::from(character == b'\n');
    }
    (is_stray || matches!(at, At::Quoted)).then(|| {
        Problem::error(source.at(opened..opened + 1), "a quote is opened here and not closed")
            .read("the rows below it as part of this cell")
            .allowed("a quote at the beginning and one at the end of a cell; \"\" for one inside")
            .suggest("take the quote out, or close it on the same line")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_left_open_is_found_where_it_was_opened() {
        let line = |text: &str| open_quote(&Source::new("x.csv", text), b',')?.place.line;
        assert_eq!(line("a,b\n1,\"two\n3,4\n5,6\n"), Some(2));
        assert_eq!(line("a,b\n1,2\n3,\"four\n5,\"six, seven\"\n"), Some(3));
        for sound in [
            "a,b\n1,\"x\ny\"\n",
            "a\n\"1,234\"\n",
            "5\" tape,2\n",
            "\"say \"\"so\"\"\",1",
            "\"a\" b,1",
        ] {
            assert_eq!(line(sound), None, "{sound}");
        }
    }
}
