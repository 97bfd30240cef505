//! What is wrong with a command line: clap's own words, with a nearer answer where there is one.

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::Cli;
use crate::diagnostics::nearest;

/// Keys that people take for options.
const SETTINGS: [&str; 1] = ["months"];

/// The error with the nearest right answer.
pub fn explained(mut error: clap::Error) -> clap::Error {
    let named = |error: &clap::Error, kind| match error.get(kind) {
        Some(ContextValue::String(name)) => name.clone(),
        _ => String::new(),
    };
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let name = named(&error, ContextKind::InvalidSubcommand);
            let verbs = Cli::command();
            let verbs = verbs.get_subcommands().map(clap::Command::get_name);
            if let Some(near) = nearest(&name, verbs) {
                let near = ContextValue::Strings(vec![near.to_owned()]);
                error.insert(ContextKind::SuggestedSubcommand, near);
            }
        }
        ErrorKind::UnknownArgument => {
            let option = named(&error, ContextKind::InvalidArg);
            let key = option.trim_start_matches('-');
            if SETTINGS.contains(&key) {
                let tip = format!("--set {key}=24 sets the {key} of every scenario").into();
                error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
            }
        }
        _ => {}
    }
    error
}
