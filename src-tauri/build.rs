//! Embeds the page, and generates a permission for each command that the page may call.

use std::path::Path;

#[macro_use]
#[path = "src/commands/list.rs"]
mod list;

fn main() {
    println!("cargo::rerun-if-changed=../ui/dist");
    println!("cargo::rerun-if-changed=src/commands/list.rs");
    if !Path::new("../ui/dist/index.html").is_file() {
        println!("cargo::error=the page of the desktop app is not built yet: run `cargo xtask ui` first");
        return;
    }
    let manifest = tauri_build::AppManifest::new().commands(list::NAMES);
    let attributes = tauri_build::Attributes::new()
        .app_manifest(manifest)
        .windows_attributes(tauri_build::WindowsAttributes::new().window_icon_path("../icons/icon.ico"));
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={}", format!("{error:#}").replace('\n', " "));
    }
}
