//! The grammars: files and a command line, most of them valid.

pub(super) mod baseline;
mod command_line;
mod network;
pub(super) mod pack;
mod published;
mod scenario;
mod tables;
mod workbook;

use super::choices::Choices;

/// Files to write, and the command to run among them.
#[derive(Debug, Default)]
pub struct Case {
    pub files: Vec<(String, Vec<u8>)>,
    pub words: Vec<String>,
}

/// Every target by its name.
pub const TARGETS: [(&str, fn(&mut Choices<'_>) -> Case); 10] = [
    ("baseline", baseline::baseline),
    ("scenario", scenario::scenario),
    ("pack", pack::pack),
    ("workbook", workbook::workbook),
    ("capacity", tables::capacity),
    ("goals", tables::goals),
    ("levers", tables::levers),
    ("network", network::network),
    ("published", published::published),
    ("command_line", command_line::command_line),
];

/// Services, conditions and groups of the built-in pack that the small one has.
const SERVICES: [&str; 6] = ["iapt", "camhs", "eip", "crisis-resolution", "cmht", "inpatient"];
const CONDITIONS: [&str; 3] = ["anxiety-depression", "psychosis-first", "crisis"];
const GROUPS: [&str; 4] = ["children", "perinatal", "students", "severe-mental-illness"];

fn case(words: &[&str]) -> Case {
    Case { files: Vec::new(), words: words.iter().map(|word| (*word).to_owned()).collect() }
}

impl Case {
    fn with(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.push((name.to_owned(), content.into()));
        self
    }

    fn and(mut self, words: &[&str]) -> Self {
        self.words.extend(words.iter().map(|word| (*word).to_owned()));
        self
    }

    /// Few draws and no pictures, of a small pack and its baseline unless the case has its own.
    fn cheap(mut self, c: &mut Choices<'_>) -> Self {
        let draws = c.pick(&["2", "0", "5", "8"]);
        self = self.and(&["--draws", draws]);
        if self.words[0] == "run" {
            self = self.and(&["--charts", "none", "--report", "none"]);
            if c.chance(5) {
                self = self.and(&["--detail"]);
            }
        }
        if c.chance(1) {
            // The whole of the built-in pack.
            return self;
        }
        if !self.words.iter().any(|word| word == "--pack") {
            self = pack::small(c, false)
                .into_iter()
                .fold(self, |case, (name, text)| case.with(&format!("pack/{name}"), text));
            self = self.and(&["--pack", "pack"]);
        }
        // A workbook brings the demand of its own services.
        let brings = |word: &String| word == "--baseline" || word.ends_with(".xlsx");
        if !self.words.iter().any(brings) {
            let text = baseline::plain(c);
            self = self.and(&["--baseline", "baseline.csv"]).with("baseline.csv", text);
        }
        self
    }

    /// A scenario of few months.
    fn short(self, c: &mut Choices<'_>) -> Self {
        let months = format!("months={}", c.between(3, 30));
        self.and(&["--set", &months])
    }
}

/// The built-in scenarios that any pack can run.
const SCENARIOS: [&str; 3] = ["single-wave", "two-waves", "multiple-waves"];

/// The built-in files of a folder.
fn built_in(folder: &str) -> impl Iterator<Item = (&'static str, &'static str)> + use<'_> {
    afterwave::input::builtin::files().filter(move |(path, _)| path.starts_with(folder))
}
