//! Reads the command line. What is wrong with it is told in one line with what to do; exit code 2.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};
use holdfast_app::UserError;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::output;

/// The arguments, or how to end when there is nothing to do (help, version) or they are wrong.
pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Arguments, Exit> {
    let words: Vec<OsString> = words.into_iter().collect();
    let json = words.iter().any(|word| word == "--json");
    Arguments::try_parse_from(&words).map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            output::print(&error.render().to_string());
            Exit::Done
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let command = named(&words);
            refuse(format!("`{command}` needs to know what to do"), &words, json)
        }
        _ => refuse(one_line(&error.render().to_string()), &words, json),
    })
}

fn refuse(told: String, words: &[OsString], json: bool) -> Exit {
    let mut error = UserError::of("input.usage", told);
    error.todo = format!("See `{} --help`.", named(words));
    output::complain(&error, json);
    Exit::WrongUsage
}

/// clap's message without usage and layout.
fn one_line(message: &str) -> String {
    let end = ["\n\nUsage:", "\n\nFor more information"]
        .iter()
        .filter_map(|mark| message.find(mark))
        .min()
        .unwrap_or(message.len());
    let told = message[..end].trim_start_matches("error:");
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    told.replace(" tip: ", "; ").trim_end_matches('.').to_owned()
}

/// `holdfast` with the commands that were named.
fn named(words: &[OsString]) -> String {
    let mut name = "holdfast".to_owned();
    let top = Arguments::command();
    let mut at = &top;
    for word in words.iter().skip(1).filter_map(|word| word.to_str()) {
        if let Some(command) = at.find_subcommand(word) {
            name = format!("{name} {word}");
            at = command;
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(line: &str) -> Exit {
        read(line.split(' ').map(OsString::from)).err().unwrap_or_else(|| panic!("{line} was accepted"))
    }

    #[test]
    fn a_wrong_command_line_ends_with_two_and_help_with_zero() {
        for line in [
            "holdfast",
            "holdfast bakcup",
            "holdfast connect",
            "holdfast connect google --key-file",
            "holdfast start --user",
            "holdfast licenses set many",
            "holdfast --secrets file:x status",
        ] {
            assert_eq!(refused(line), Exit::WrongUsage, "{line}");
        }
        assert_eq!(refused("holdfast --help"), Exit::Done);
        assert_eq!(refused("holdfast start --help"), Exit::Done);
        assert_eq!(refused("holdfast --version"), Exit::Done);
    }

    #[test]
    fn messages_become_one_line() {
        let message = "error: unexpected argument '--usr' found\n\n  tip: a similar argument exists: '--user'\n\n\
                       Usage: holdfast start\n\nFor more information, try '--help'.\n";
        assert_eq!(
            one_line(message),
            "unexpected argument '--usr' found; a similar argument exists: '--user'"
        );
    }

    #[test]
    fn every_argument_is_defined_without_conflict() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_help_of_every_command() {
        let mut command = Arguments::command().term_width(100);
        command.build();
        let mut pages = vec![command.render_help().to_string()];
        collect(&mut command, &mut pages);
        insta::assert_snapshot!(pages.join("\n----------------------------------------\n"));
    }

    fn collect(command: &mut clap::Command, pages: &mut Vec<String>) {
        for sub in command.get_subcommands_mut().filter(|sub| sub.get_name() != "help") {
            *sub = sub.clone().term_width(100);
            pages.push(sub.render_help().to_string());
            collect(sub, pages);
        }
    }
}
