//! A Windows to run programs in: Wine, with a disk of its own in the cache.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::{paths, step};

/// The loader itself: the script around it wants packages that nothing else needs.
const LOADER: &str = "/usr/lib/wine/wine64";

/// A change of what is on the disk makes it anew.
const RECIPE: u32 = 2;

/// Wine's disk.
pub struct Wine {
    prefix: PathBuf,
}

impl Wine {
    /// What runs a program for Windows.
    pub const LOADER: &'static str = LOADER;

    /// Lets a command run programs for Windows.
    pub fn lets<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        // Without a UTF-8 locale Wine takes names that are not ASCII apart.
        command.env("WINEPREFIX", &self.prefix).env("WINEDEBUG", "-all").env("LC_ALL", "C.UTF-8");
        // Wine 8 has this library by name only and ends who calls it; without it what a network costs is not known.
        command.env("WINEDLLOVERRIDES", "windows.networking=")
    }

    /// The home folder on its disk.
    pub fn home(&self) -> Result<PathBuf> {
        let users = self.prefix.join("drive_c/users");
        let mut found = fs::read_dir(&users).context("Wine's disk has no users")?.filter_map(|entry| {
            let path = entry.ok()?.path();
            (path.file_name()? != "Public").then_some(path)
        });
        found.next().context("Wine's disk has no user")
    }

    /// A path of Linux as programs for Windows name it on the share that [`make`] makes.
    pub const SHARE: &'static str = r"\\holdfast\linux";

    /// A path of Linux as programs for Windows name it.
    pub fn named(path: &std::path::Path) -> String {
        format!("Z:{}", path.display()).replace('/', "\\")
    }
}

/// Makes the disk, unless it is there.
pub fn make() -> Result<Wine> {
    let prefix = paths::cache()?.join("cross").join(format!("wine-{RECIPE}"));
    let wine = Wine { prefix: prefix.clone() };
    let finished = prefix.join("finished");
    if finished.exists() {
        return Ok(wine);
    }
    if prefix.exists() {
        fs::remove_dir_all(&prefix).with_context(|| format!("cannot empty {}", prefix.display()))?;
    }
    fs::create_dir_all(&prefix).with_context(|| format!("cannot make {}", prefix.display()))?;
    let mut boot = Command::new(LOADER);
    wine.lets(&mut boot).args(["wineboot", "--init"]).stdout(Stdio::null()).stderr(Stdio::null());
    step::run(&mut boot)?;
    let system = prefix.join("drive_c/windows/system32");
    ensure!(system.is_dir(), "Wine made no disk");
    random_bytes(&system)?;
    // Where Wine looks for what `\\server\share` holds.
    let shares = prefix.join("dosdevices/unc/holdfast");
    fs::create_dir_all(&shares).context("cannot make a share on Wine's disk")?;
    symlink("/", shares.join("linux")).context("cannot make a share on Wine's disk")?;
    fs::write(&finished, "").context("cannot finish Wine's disk")?;
    Ok(wine)
}

/// The library that Wine 8 lacks.
fn random_bytes(system: &std::path::Path) -> Result<()> {
    let library = system.join("bcryptprimitives.dll");
    if library.exists() {
        return Ok(());
    }
    let source = paths::checkout().join("xtask/src/cross/bcryptprimitives.c");
    let mut compiler = Command::new("x86_64-w64-mingw32-gcc");
    step::run(compiler.args(["-shared", "-O2", "-o"]).arg(&library).arg(source).arg("-ladvapi32"))
}
