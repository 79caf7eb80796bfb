//! The project's commands: `cargo xtask run`, `demo`, `test`, `bench`, `soak`, `ui` and `setup`, which each of the
//! others calls by itself. One file per command.

mod bench;
mod bundle;
mod cross;
mod demo;
mod measure;
mod paths;
mod pictures;
mod setup;
mod soak;
mod step;
mod test;
mod ui;
mod window;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, shows, tests and measures Holdfast.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Installs what the other commands need; each of them calls it
    Setup,
    /// Builds the page of the desktop app
    Ui,
    /// Opens the desktop app on your own data
    Run {
        /// What the app is started with
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// The desktop app on a sample company; without a display, the main job in the terminal
    Demo {
        /// In the terminal: the main job, judged by stock restic and by the company's own truth
        #[arg(long)]
        terminal: bool,
    },
    /// Kills runs at random points and judges what is left
    Soak {
        /// Ten minutes instead of 200 kills
        #[arg(long)]
        quick: bool,
        /// Repeats the moments of an earlier soak
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Speed and size, against stock restic where it can do the same
    Bench {
        /// One JSON document instead of a table
        #[arg(long)]
        json: bool,
        /// Only this one
        #[arg(long, value_name = "NAME")]
        row: Option<String>,
    },
    /// Makes what a person installs
    Bundle {
        #[command(subcommand)]
        what: bundle::Bundle,
    },
    /// What can be proven of Windows and macOS on Linux
    Cross {
        #[command(subcommand)]
        what: cross::Cross,
    },
    /// Runs a command and writes what it cost
    #[command(hide = true)]
    Measure {
        place: PathBuf,
        #[arg(last = true)]
        command: Vec<OsString>,
    },
    /// Measures Box in a private network, where it is known by its own names
    #[command(hide = true)]
    MeasureBox { folder: PathBuf },
    /// Takes the README's pictures anew
    Pictures,
    /// Everything that must pass before a change lands
    Test,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Setup => setup::everything().map(drop),
        Command::Ui => ui::build(),
        Command::Run { arguments } => window::open(&arguments),
        Command::Demo { terminal } if terminal || !window::has_display() => demo::play(),
        Command::Demo { .. } => window::demo(),
        Command::Soak { quick, seed } => soak::run(quick, seed),
        Command::Bench { json, row } => bench::run(json, row.as_deref()),
        Command::Bundle { what } => bundle::make(what),
        Command::Cross { what } => cross::run(what),
        Command::Measure { place, command } => measure::run(&place, &command),
        Command::MeasureBox { folder } => bench::inside(&folder),
        Command::Pictures => pictures::renew(),
        Command::Test => test::run_all(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
