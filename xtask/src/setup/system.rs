//! The system's own packages. On Debian and Ubuntu they are installed; elsewhere we say which are missing.

use std::fs::File;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};
use nix::unistd::Uid;

use crate::step;

/// Something a machine must have, how to see that it has it, and Debian's packages that bring it.
pub struct Need {
    what: &'static str,
    probe: &'static [&'static str],
    packages: &'static [&'static str],
}

/// What all but the desktop app needs.
pub const TERMINAL: &[Need] = &[
    Need {
        what: "restic, which judges every Repository",
        probe: &["restic", "version"],
        packages: &["restic"],
    },
    Need {
        what: "Python 3 with venv and pip",
        probe: &["python3", "-c", "import venv, ensurepip, ssl"],
        packages: &["python3", "python3-venv"],
    },
    Need {
        what: "a C compiler, for SQLite and zstd",
        probe: &["cc", "--version"],
        packages: &["gcc", "libc6-dev"],
    },
];

/// What measurements compare us with, and what gives them a network of their own.
pub const PEERS: &[Need] = &[
    Need {
        what: "rclone, which Box is measured against",
        probe: &["rclone", "version"],
        packages: &["rclone"],
    },
    Need {
        what: "what makes a private network and its certificate",
        probe: &["sh", "-c", "command -v unshare && command -v ip && command -v openssl"],
        packages: &["util-linux", "iproute2", "openssl"],
    },
];

/// What the desktop app needs to be built, and its tests to have a desktop of their own.
pub const WINDOW: &[Need] = &[
    Need {
        what: "the system's web view, tray and image libraries, for the desktop app",
        probe: &[
            "pkg-config",
            "--exists",
            "webkit2gtk-4.1",
            "ayatana-appindicator3-0.1",
            "librsvg-2.0",
            "dbus-1",
        ],
        packages: &[
            "pkg-config",
            "libwebkit2gtk-4.1-dev",
            "libayatana-appindicator3-dev",
            "librsvg2-dev",
            "libdbus-1-dev",
        ],
    },
    Need {
        what: "a display, a session and a keychain, for tests of the window",
        probe: &[
            "sh",
            "-c",
            "for name in xvfb-run xauth dbus-run-session gnome-keyring-daemon secret-tool xdotool import; do \
             command -v $name || exit 1; done",
        ],
        packages: &["xvfb", "xauth", "dbus", "gnome-keyring", "libsecret-tools", "xdotool", "imagemagick"],
    },
    Need {
        what: "WebKit's driver, for tests of the window",
        probe: &["WebKitWebDriver", "--help"],
        packages: &["webkit2gtk-driver"],
    },
    Need {
        what: "Python's D-Bus library, for the stand-ins of a desktop",
        probe: &["/usr/bin/python3", "-c", "import dbus, gi"],
        packages: &["python3-dbus", "python3-gi"],
    },
    Need {
        what: "letters and symbols for the window",
        probe: &[
            "sh",
            "-c",
            "test -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf -a -d /usr/share/icons/Adwaita",
        ],
        packages: &["fonts-dejavu-core", "adwaita-icon-theme", "at-spi2-core"],
    },
];

/// What programs for Windows are built with and run in.
pub const CROSS: &[Need] = &[
    Need {
        what: "compilers for Windows",
        probe: &["sh", "-c", "command -v x86_64-w64-mingw32-gcc && command -v x86_64-w64-mingw32-g++"],
        packages: &["gcc-mingw-w64-x86-64-posix", "g++-mingw-w64-x86-64-posix"],
    },
    Need {
        what: "Wine, which runs programs for Windows",
        probe: &["test", "-x", "/usr/lib/wine/wine64"],
        packages: &["wine64"],
    },
    Need {
        what: "what makes an installer for Windows",
        probe: &["makensis", "-VERSION"],
        packages: &["nsis"],
    },
];

/// Installs the packages that are missing, or says exactly which they are.
pub fn install_missing(needs: &[&[Need]]) -> Result<()> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    for need in &missing {
        println!("missing: {}", need.what);
    }
    let by_hand = format!("install these and try again (names as in Debian): {}", packages.join(" "));
    if !is_there(&["apt-get", "--version"]) {
        bail!("{by_hand}");
    }
    let Some(prefix) = as_root() else {
        bail!("{by_hand}\n  as root: apt-get install {}", packages.join(" "));
    };
    println!("installing with apt-get: {}", packages.join(" "));
    // A list of one source that cannot be had is no reason to stop: the install says what is missing.
    let updated = step::status(apt(&prefix).args(["update", "-qq"]))?;
    if !updated.success() {
        println!("apt-get update ended with {updated}; trying with the lists there are");
    }
    let install = ["install", "-y", "-qq", "--no-install-recommends"];
    step::run(apt(&prefix).args(install).args(&packages))?;
    match self::missing(needs).first() {
        Some(need) => bail!("{} is still missing after the installation", need.what),
        None => Ok(()),
    }
}

fn missing<'a>(needs: &[&'a [Need]]) -> Vec<&'a Need> {
    needs.iter().copied().flatten().filter(|need| !is_there(need.probe)).collect()
}

fn is_there(probe: &[&str]) -> bool {
    let Some((program, arguments)) = probe.split_first() else { return false };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The words before `apt-get` that make it run as root; `None` where there is no way.
fn as_root() -> Option<Vec<&'static str>> {
    if Uid::effective().is_root() {
        return Some(Vec::new());
    }
    if !is_there(&["sudo", "--version"]) {
        return None;
    }
    // Without a terminal nobody can answer sudo's question for a password.
    let can_ask = File::open("/dev/tty").is_ok();
    Some(if can_ask { vec!["sudo"] } else { vec!["sudo", "-n"] })
}

/// `apt-get` as root, asking nothing.
fn apt(prefix: &[&str]) -> Command {
    let words = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]].concat();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    command
}
