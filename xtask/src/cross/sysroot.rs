//! A copy of the compiler, in the cache, that has a standard library for Windows and macOS too. From then on plain cargo
//! builds for them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{MACOS, WINDOWS};
use crate::{paths, step};

/// A change of the recipe below makes all anew.
const RECIPE: u32 = 1;

/// The system that all this is done on.
const THIS: &str = "x86_64-unknown-linux-gnu";

/// The compiler that builds us.
pub struct Compiler {
    /// `1.95.0`
    pub release: String,
    /// The commit it was made from, which names it exactly.
    commit: String,
    /// Its folder.
    sysroot: PathBuf,
}

impl Compiler {
    /// The one in use in the checkout.
    pub fn ours() -> Result<Self> {
        let told = step::output(rustc().arg("-vV"))?;
        let field = |name: &str| {
            let found = told.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            found.map(str::to_owned).with_context(|| format!("rustc does not tell its {name}"))
        };
        let sysroot = step::output(rustc().args(["--print", "sysroot"]))?;
        Ok(Self {
            release: field("release")?,
            commit: field("commit-hash")?,
            sysroot: PathBuf::from(sysroot.trim()),
        })
    }
}

fn rustc() -> Command {
    let mut command = Command::new("rustc");
    command.current_dir(paths::checkout());
    command
}

/// Where all that is built for other systems lies.
pub fn target() -> PathBuf {
    paths::target().join("cross")
}

/// A compiler that builds for other systems.
pub struct Sysroot {
    folder: PathBuf,
}

impl Sysroot {
    /// A command that runs with this compiler, in the checkout.
    pub fn command(&self, program: &str) -> Result<Command> {
        let bin = self.folder.join("bin");
        let mut path = vec![bin.clone()];
        path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        let mut command = Command::new(program);
        command.current_dir(paths::checkout());
        holdfast_tests::unmarked(&mut command);
        // What chose the compiler that runs us must not choose again.
        command
            .env_remove("RUSTUP_TOOLCHAIN")
            // The compiler looks for its folder by its own library's path.
            .env_remove("LD_LIBRARY_PATH")
            .env("RUSTC", bin.join("rustc"))
            .env("CARGO", bin.join("cargo"));
        // A folder of its own: what it builds for this system differs, and would be built anew in turns.
        command.env("CARGO_TARGET_DIR", target());
        command.env("PATH", env::join_paths(path).context("a folder of PATH cannot be named")?);
        Ok(command)
    }

    /// The same for its cargo.
    pub fn cargo(&self) -> Result<Command> {
        let cargo = self.folder.join("bin/cargo");
        self.command(cargo.to_str().context("the cache's path is not text")?)
    }

    /// The linkers that the compiler brings, where GNU's compiler looks for `ld.lld`.
    pub fn linkers(&self) -> PathBuf {
        self.folder.join("lib/rustlib").join(THIS).join("bin/gcc-ld")
    }

    fn libraries(&self, target: &str) -> PathBuf {
        self.folder.join("lib/rustlib").join(target).join("lib")
    }
}

/// Makes it, unless it is there.
pub fn make(source: &Path) -> Result<Sysroot> {
    let compiler = Compiler::ours()?;
    let name = format!("compiler-{}-{RECIPE}", &compiler.commit.get(..12).unwrap_or(&compiler.commit));
    let folder = paths::cache()?.join("cross").join(name);
    let sysroot = Sysroot { folder: folder.clone() };
    let finished = folder.join("finished");
    if finished.exists() {
        return Ok(sysroot);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    println!("making a compiler for {WINDOWS} and {MACOS}; this takes some minutes, once");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    // Hard links: files are only added there, none is changed.
    let links = Command::new("cp").arg("-al").arg(compiler.sysroot.join(".")).arg(&folder).status()?;
    if !links.success() {
        step::run(Command::new("cp").arg("-a").arg(compiler.sysroot.join(".")).arg(&folder))?;
    }
    let rustlib = folder.join("lib/rustlib/src");
    fs::create_dir_all(&rustlib).context("cannot make a folder for the source")?;
    let linked = rustlib.join("rust");
    if !linked.exists() {
        std::os::unix::fs::symlink(source, &linked).context("cannot link the source")?;
    }
    for target in [WINDOWS, MACOS] {
        build_std(&sysroot, target)?;
    }
    begin_and_end_of_programs(&sysroot, source)?;
    fs::write(&finished, &compiler.release).context("cannot finish the compiler in the cache")?;
    Ok(sysroot)
}

/// Builds the standard library beside a crate that holds nothing, and puts it where the compiler looks.
fn build_std(sysroot: &Sysroot, target: &str) -> Result<()> {
    let place = tempfile::tempdir().context("no temporary folder")?;
    let nothing = place.path();
    fs::create_dir(nothing.join("src")).context("cannot make a crate")?;
    fs::write(nothing.join("src/lib.rs"), "").context("cannot make a crate")?;
    let manifest = "[package]\nname = \"nothing\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n";
    fs::write(nothing.join("Cargo.toml"), manifest).context("cannot make a crate")?;
    let mut cargo = sysroot.cargo()?;
    cargo.current_dir(nothing).env("RUSTC_BOOTSTRAP", "1").env_remove("RUSTFLAGS");
    cargo
        .args(["build", "--quiet", "--release", "--target", target])
        .arg("--target-dir")
        .arg(nothing.join("target"));
    step::run(cargo.arg("-Zbuild-std=std,panic_abort,panic_unwind,proc_macro,test"))?;

    let libraries = sysroot.libraries(target);
    fs::create_dir_all(&libraries).context("cannot make a folder of the compiler")?;
    let built = nothing.join("target").join(target).join("release/deps");
    let mut count = 0;
    for entry in fs::read_dir(&built).context("nothing was built")? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        let is_std = path.extension().is_some_and(|end| end == "rlib")
            && !name.to_string_lossy().starts_with("libnothing-");
        if is_std {
            fs::copy(&path, libraries.join(name)).context("cannot copy the standard library")?;
            count += 1;
        }
    }
    ensure!(count > 10, "the standard library for {target} came out with {count} parts only");
    Ok(())
}

/// The objects that a program for Windows begins and ends with.
fn begin_and_end_of_programs(sysroot: &Sysroot, source: &Path) -> Result<()> {
    for object in ["rsbegin", "rsend"] {
        let mut rustc = sysroot.command("rustc")?;
        rustc.env("RUSTC_BOOTSTRAP", "1").args(["--target", WINDOWS, "--emit=obj"]);
        rustc.arg("-o").arg(sysroot.libraries(WINDOWS).join(format!("{object}.o")));
        step::run(rustc.arg(source.join("library/rtstartup").join(format!("{object}.rs"))))?;
    }
    Ok(())
}
