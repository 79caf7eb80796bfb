//! What the computer says of its power and network. What cannot be known is unknown, and a backup
//! then runs.

#[cfg(any(not(windows), test))]
use std::path::Path;
#[cfg(not(windows))]
use std::process::{Command, Stdio};

#[cfg(not(windows))]
use super::awake::Awake;
#[cfg(windows)]
use super::windows::Awake;

/// What the schedule has to know of the computer.
pub trait Surroundings: Send + Sync {
    /// Whether it runs on its battery; none where that cannot be known.
    fn on_battery(&self) -> Option<bool>;

    /// Whether its network costs by the byte; none where that cannot be known.
    fn is_metered(&self) -> Option<bool>;

    /// Keeps it from going to sleep by itself while what is given lives; none where it cannot be kept. Blocks a moment.
    fn stay_awake(&self) -> Option<Box<dyn Send>>;
}

/// This computer.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThisComputer;

impl ThisComputer {
    /// Whether this system tells of its battery at all.
    pub const KNOWS_BATTERY: bool = cfg!(any(target_os = "linux", target_os = "macos", windows));
    /// Whether this system tells at all that a network costs by the byte.
    pub const KNOWS_METERED: bool = cfg!(any(target_os = "linux", target_os = "macos", windows));
    /// Whether this system can be kept awake.
    pub const CAN_KEEP_AWAKE: bool = cfg!(any(target_os = "linux", target_os = "macos", windows));
}

impl Surroundings for ThisComputer {
    fn stay_awake(&self) -> Option<Box<dyn Send>> {
        Awake::hold().map(|awake| Box::new(awake) as Box<dyn Send>)
    }

    #[cfg(windows)]
    fn on_battery(&self) -> Option<bool> {
        super::windows::on_battery()
    }

    #[cfg(not(windows))]
    fn on_battery(&self) -> Option<bool> {
        if cfg!(target_os = "linux") {
            return power_supplies(Path::new("/sys/class/power_supply"));
        }
        if cfg!(target_os = "macos") {
            let told = output("pmset", &["-g", "batt"])?;
            return if told.contains("Battery Power") {
                Some(true)
            } else {
                told.contains("AC Power").then_some(false)
            };
        }
        None
    }

    #[cfg(windows)]
    fn is_metered(&self) -> Option<bool> {
        super::windows::is_metered()
    }

    #[cfg(target_os = "macos")]
    fn is_metered(&self) -> Option<bool> {
        super::macos::is_metered()
    }

    #[cfg(not(any(windows, target_os = "macos")))]
    fn is_metered(&self) -> Option<bool> {
        if !cfg!(target_os = "linux") {
            return None;
        }
        let manager = "org.freedesktop.NetworkManager";
        let path = "/org/freedesktop/NetworkManager";
        metered(&output(
            "busctl",
            &["--system", "--timeout=2", "get-property", manager, path, manager, "Metered"],
        )?)
    }
}

/// As the kernel tells: a battery that is being emptied.
/// <https://docs.kernel.org/admin-guide/abi-testing.html#abi-sys-class-power-supply-supply-name-status>
#[cfg(any(not(windows), test))]
fn power_supplies(folder: &Path) -> Option<bool> {
    let mut on_battery = None;
    for supply in std::fs::read_dir(folder).ok()?.flatten() {
        let read = |name: &str| std::fs::read_to_string(supply.path().join(name)).unwrap_or_default();
        // Mice and telephones have batteries, too.
        if read("type").trim() == "Battery" && read("scope").trim() != "Device" {
            let is_emptied = read("status").trim() == "Discharging";
            on_battery = Some(on_battery.unwrap_or(false) || is_emptied);
        }
    }
    on_battery
}

/// NetworkManager's word: 1 yes, 2 no, 3 guessed yes, 4 guessed no, 0 unknown.
/// <https://networkmanager.dev/docs/api/latest/nm-dbus-types.html#NMMetered>
#[cfg(any(not(any(windows, target_os = "macos")), test))]
fn metered(answer: &str) -> Option<bool> {
    match answer.trim() {
        "u 1" | "u 3" => Some(true),
        "u 2" | "u 4" => Some(false),
        _ => None,
    }
}

#[cfg(not(windows))]
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let run =
        Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    run.status.success().then(|| String::from_utf8_lossy(&run.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_battery_that_is_emptied_is_told_from_one_that_is_not_and_from_that_of_a_mouse() {
        let folder = tempfile::tempdir().unwrap();
        let supply = |name: &str, files: &[(&str, &str)]| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(&path).unwrap();
            for (file, text) in files {
                std::fs::write(path.join(file), format!("{text}\n")).unwrap();
            }
        };
        assert_eq!(power_supplies(folder.path()), None, "a desktop computer");
        supply("AC", &[("type", "Mains"), ("online", "1")]);
        supply("mouse", &[("type", "Battery"), ("scope", "Device"), ("status", "Discharging")]);
        assert_eq!(power_supplies(folder.path()), None);
        supply("BAT0", &[("type", "Battery"), ("status", "Charging")]);
        assert_eq!(power_supplies(folder.path()), Some(false));
        supply("BAT1", &[("type", "Battery"), ("status", "Discharging")]);
        assert_eq!(power_supplies(folder.path()), Some(true));
        assert_eq!(power_supplies(&folder.path().join("nowhere")), None);
    }

    #[test]
    fn the_network_managers_words_are_understood() {
        let rows = [("u 1", Some(true)), ("u 2\n", Some(false)), ("u 3", Some(true)), ("u 4", Some(false))];
        for (answer, expected) in rows.into_iter().chain([("u 0", None), ("", None), ("u 7", None)]) {
            assert_eq!(metered(answer), expected, "{answer}");
        }
    }
}
