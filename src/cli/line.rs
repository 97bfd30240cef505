//! A command line: what it asks for, and how it was typed.

use std::ffi::OsString;
use std::path::Path;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, CommandFactory as _, FromArgMatches as _};

use super::{Cli, usage};
use crate::output::record::Made;

/// The parsed arguments, and those typed.
#[derive(Clone, Debug)]
pub struct CommandLine {
    /// What is asked for.
    pub cli: Cli,
    /// The words as they were typed, without the program's own name.
    typed: Vec<String>,
    verb: String,
    /// The values given, each with the option or argument that it was given for.
    given: Vec<(String, String)>,
}

/// What names another study, and not another way to look at the same one.
const OF_STUDY: [&str; 5] = ["--baseline", "--pack", "--area", "--from", "DIR"];

impl CommandLine {
    /// Parses the words after the program's name.
    pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let words: Vec<OsString> = words.into_iter().collect();
        let typed = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let program = OsString::from(env!("CARGO_PKG_NAME"));
        let mut command = Cli::command();
        let matches = command
            .try_get_matches_from_mut(std::iter::once(program).chain(words))
            .map_err(usage::explained)?;
        let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
        let Some((verb, of_verb)) = matches.subcommand() else {
            return Ok(Self { cli, typed, verb: String::new(), given: Vec::new() });
        };
        let given = command.find_subcommand(verb).map(|known| given(known, of_verb));
        Ok(Self { cli, typed, verb: verb.to_owned(), given: given.unwrap_or_default() })
    }

    /// What the results of this command were made by.
    pub fn made(&self) -> Made {
        let of_study = self.given.iter().filter(|(role, _)| OF_STUDY.contains(&&**role));
        Made {
            command: self.verb.clone(),
            arguments: self.typed.clone(),
            study: of_study.map(|(role, value)| format!("{role} {value}")).collect(),
        }
    }

    /// What made results, to be done again, into another folder if one is named.
    pub fn again(&self, made: &Made, out: Option<&Path>) -> Result<Self, clap::Error> {
        // What may be lost is decided anew.
        let words = made.arguments.iter().filter(|word| *word != "--force");
        let mut words: Vec<String> = words.cloned().collect();
        if let Some(out) = out {
            let former = Self::parse(words.iter().map(OsString::from))?;
            let out = out.display().to_string();
            let names_it = if made.command == "init" { "DIR" } else { "--out" };
            match former.given.iter().find(|(role, _)| role == names_it) {
                Some((_, value)) => {
                    for word in &mut words {
                        if word == value {
                            word.clone_from(&out);
                        } else if *word == format!("--out={value}") {
                            *word = format!("--out={out}");
                        }
                    }
                }
                None if made.command == "init" => words.push(out),
                None => words.extend(["--out".to_owned(), out]),
            }
        }
        let mut again = Self::parse(words.into_iter().map(OsString::from))?;
        again.cli.force = self.cli.force;
        again.cli.quiet |= self.cli.quiet;
        Ok(again)
    }

    /// Whether an option was given.
    pub fn gives(&self, option: &str) -> bool {
        self.given.iter().any(|(role, _)| role == option)
    }

    /// The option or argument that named a file, or the folder that it is in.
    pub fn role(&self, file: &str) -> Option<String> {
        let names = |value: &str| !value.is_empty() && Path::new(file).starts_with(value);
        let role = self.given.iter().find(|(_, value)| names(value));
        role.map(|(role, _)| role.clone())
    }
}

fn given(verb: &Command, matches: &ArgMatches) -> Vec<(String, String)> {
    let role = |arg: &Arg| match arg.get_long() {
        Some(long) => format!("--{long}"),
        None => arg
            .get_value_names()
            .and_then(|names| names.first())
            .map_or_else(|| arg.get_id().as_str().to_uppercase(), ToString::to_string),
    };
    let mut list = Vec::new();
    for arg in verb.get_arguments().filter(|arg| arg.get_action().takes_values()) {
        let id = arg.get_id().as_str();
        if matches.try_contains_id(id).is_ok()
            && matches.value_source(id) == Some(ValueSource::CommandLine)
        {
            let values = matches.get_raw(id).into_iter().flatten();
            list.extend(values.map(|value| (role(arg), value.to_string_lossy().into_owned())));
        }
    }
    list
}
