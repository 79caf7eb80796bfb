//! How the window is drawn where this computer has no device that draws.

use std::env;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

/// Where Linux lists what draws: <https://docs.kernel.org/gpu/drm-uapi.html#render-nodes>
const DEVICES: &str = "/dev/dri";

/// Tells WebKitGTK to draw into memory instead of into buffers of a graphics device. Where there is none, the processor
/// would put each frame together a second time, which takes longer than all that the page does.
/// <https://trac.webkit.org/wiki/EnvironmentVariables>
const INTO_MEMORY: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Sees to it that the window is drawn with what is there. WebKitGTK is told by the environment alone, and at its start, so
/// that this program begins anew in its own place where that has to change: call it before anything else of a window.
///
/// # Errors
/// It could not begin anew, and goes on as it is.
pub fn draw_with_what_is_there() -> io::Result<()> {
    if env::var_os(INTO_MEMORY).is_some() || has_device(Path::new(DEVICES)) {
        return Ok(());
    }
    let (mut words, mut command) = (env::args_os(), Command::new(env::current_exe()?));
    if let Some(name) = words.next() {
        command.arg0(name);
    }
    // Gives nothing back unless it fails.
    Err(command.args(words).env(INTO_MEMORY, "1").exec())
}

/// Virtual machines, and computers that are worked on from afar, often have a screen and nothing that draws.
fn has_device(devices: &Path) -> bool {
    let Ok(listed) = devices.read_dir() else { return false };
    listed.flatten().any(|device| device.file_name().to_string_lossy().starts_with("renderD"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_device_that_draws_counts() {
        let folder = tempfile::tempdir().unwrap();
        let devices = folder.path().join("dri");
        assert!(!has_device(&devices), "there is no such folder");
        std::fs::create_dir(&devices).unwrap();
        std::fs::write(devices.join("card0"), "").unwrap();
        assert!(!has_device(&devices), "a screen alone draws nothing");
        std::fs::write(devices.join("renderD128"), "").unwrap();
        assert!(has_device(&devices));
    }
}
