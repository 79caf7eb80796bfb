//! The rules of ARCHITECTURE.md that a machine can hold.

#![allow(clippy::expect_used)] // A test file whole: what cannot be read fails the test.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// Which of our crates each may depend on. Tests may use more: see `FOR_TESTS`.
const ARROWS: &[(&str, &[&str])] = &[
    ("holdfast-model", &[]),
    ("holdfast-clouds", &["holdfast-model"]),
    ("holdfast-disk", &[]),
    ("holdfast-vault", &["holdfast-model", "holdfast-disk"]),
    ("holdfast-catalog", &["holdfast-model"]),
    ("holdfast-secrets", &["holdfast-model", "holdfast-disk"]),
    (
        "holdfast-engine",
        &["holdfast-model", "holdfast-clouds", "holdfast-vault", "holdfast-catalog", "holdfast-secrets"],
    ),
    ("holdfast-app", &["holdfast-model", "holdfast-engine"]),
    ("holdfast-sample", &["holdfast-app", "simcloud"]),
    ("holdfast-cli", &["holdfast-model", "holdfast-app", "holdfast-sample"]),
    ("holdfast-desktop", &["holdfast-model", "holdfast-app", "holdfast-sample"]),
    ("simcloud", &[]),
    ("holdfast-tests", &[]),
    ("xtask", &["holdfast-tests"]),
];

/// What a crate's tests may use beside its arrows: the cloud to talk to.
const FOR_TESTS: &str = "simcloud";

/// Libraries with one home: `(start of the name, the crate that may depend on it)`.
const HOMES: &[(&str, &str)] = &[
    ("rustic", "holdfast-vault"),
    ("rusqlite", "holdfast-catalog"),
    ("reqwest", "holdfast-clouds"),
    ("oauth2", "holdfast-clouds"),
    ("keyring", "holdfast-secrets"),
    ("age", "holdfast-secrets"),
    ("clap", "holdfast-cli"),
    // Telling people is app's: mail, and notifications where there is no window.
    ("lettre", "holdfast-app"),
    ("notify-rust", "holdfast-app"),
    ("zbus", "holdfast-app"),
];

/// Programs of the project itself, which are no part of the product.
const BESIDE: &[&str] = &["xtask", "holdfast-tests", "simcloud"];

/// Files over 500 lines, each with its reason.
const LONG_FILES: &[(&str, &str)] = &[];

/// Files that may say `unsafe`, each with its reason.
const UNSAFE_FILES: &[(&str, &str)] = &[
    (
        "crates/cli/src/environment.rs",
        "takes the passphrase out of the environment before any thread is started",
    ),
    ("crates/engine/src/memory.rs", "asks the allocator to give freed memory back"),
    ("crates/engine/src/schedule/macos.rs", "asks macOS whether its network costs by the byte"),
    ("crates/engine/src/schedule/windows.rs", "asks Windows for its power, and to stay awake"),
];

/// Lines of the shell that are neither blank nor comment, its tests among them, are fewer.
const WIRING: usize = 1_000;

/// This file, which holds the words that are looked for.
const WORD_LIST: &str = "tests/tests/architecture.rs";

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the checkout is there")
}

fn metadata() -> Metadata {
    let manifest = checkout().join("Cargo.toml");
    MetadataCommand::new().manifest_path(manifest).no_deps().exec().expect("cargo reads the workspace")
}

/// The files of the repository, those not yet added too, by their path from its top.
fn files() -> Vec<String> {
    let listed = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output =
        Command::new("git").args(listed).current_dir(checkout()).output().expect("git lists the files");
    assert!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).expect("file names are UTF-8");
    let there = |name: &&str| !name.is_empty() && checkout().join(name).is_file();
    names.split('\0').filter(there).map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
}

fn read(file: &str) -> String {
    String::from_utf8_lossy(&fs::read(checkout().join(file)).expect(file)).into_owned()
}

fn rust_files() -> Vec<String> {
    files().into_iter().filter(|file| file.ends_with(".rs")).collect()
}

#[test]
fn every_arrow_points_down() {
    let arrows: BTreeMap<_, _> = ARROWS.iter().copied().collect();
    let mut wrong = Vec::new();
    for package in metadata().workspace_packages() {
        let name = package.name.as_str();
        let Some(allowed) = arrows.get(name) else {
            wrong.push(format!("{name} is not in the list of arrows"));
            continue;
        };
        for dependency in package.dependencies.iter().filter(|d| d.path.is_some()) {
            let to = dependency.name.as_str();
            let in_tests = dependency.kind == DependencyKind::Development;
            let free = in_tests && (to == FOR_TESTS || name == "holdfast-tests" || to == name);
            if !free && !allowed.contains(&to) {
                wrong.push(format!("{name} → {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_crate_knows_the_desktop_shell() {
    for package in metadata().workspace_packages() {
        if package.manifest_path.as_str().contains("/crates/") {
            let shell = package.dependencies.iter().find(|d| d.name.starts_with("tauri"));
            assert!(shell.is_none(), "{} depends on {}", package.name, shell.map_or("", |d| &d.name));
        }
    }
}

#[test]
fn libraries_stay_in_their_one_home() {
    let mut strays = Vec::new();
    for package in metadata().workspace_packages() {
        if BESIDE.contains(&package.name.as_str()) {
            continue;
        }
        for dependency in &package.dependencies {
            let is_of = |start: &str| {
                let name = dependency.name.as_str();
                name == start
                    || name.starts_with(&format!("{start}_"))
                    || name.starts_with(&format!("{start}-"))
            };
            let home = HOMES.iter().find(|(start, _)| is_of(start));
            if home.is_some_and(|(_, home)| package.name.as_str() != *home)
                && dependency.kind != DependencyKind::Development
            {
                strays.push(format!("{} → {}", package.name, dependency.name));
            }
        }
    }
    assert!(strays.is_empty(), "{strays:#?}");
}

#[test]
fn the_shell_is_wiring_only() {
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
    let of_shell = |file: &String| file.starts_with("src-tauri/");
    let lines: usize = rust_files()
        .iter()
        .filter(|file| of_shell(file))
        .map(|file| read(file).lines().filter(is_code).count())
        .sum();
    assert!(lines > 0 && lines < WIRING, "{lines} lines: what a person can do belongs in crates/app");
}

#[test]
fn requests_to_clouds_leave_through_http_alone() {
    let home = "crates/clouds/src/http";
    let is_elsewhere = |file: &String| file.starts_with("crates/clouds/src/") && !file.starts_with(home);
    let strays: Vec<_> =
        rust_files().into_iter().filter(is_elsewhere).filter(|file| read(file).contains("reqwest")).collect();
    assert!(strays.is_empty(), "name the client of {home} instead: {strays:#?}");
}

#[test]
fn every_crate_keeps_the_lints_of_the_workspace() {
    for package in metadata().workspace_packages() {
        let manifest = fs::read_to_string(&package.manifest_path).expect("a manifest");
        assert!(manifest.contains("[lints]\nworkspace = true"), "{} sets no lints", package.name);
    }
}

#[test]
fn the_page_loads_nothing_remote_and_runs_no_inline_script() {
    let config: serde_json::Value =
        serde_json::from_str(&read("src-tauri/tauri.conf.json")).expect("it is JSON");
    let security = &config["app"]["security"];
    assert_eq!(config["app"]["withGlobalTauri"], false);
    assert_eq!(security["csp"]["default-src"], "'none'");
    for (directive, sources) in security["csp"].as_object().expect("a policy") {
        for source in sources.as_str().expect("sources").split_whitespace() {
            let known = ["'none'", "'self'", "data:", "ipc:", "http://ipc.localhost"];
            assert!(known.contains(&source), "{directive} {source}");
            assert!(source != "data:" || directive == "img-src", "{directive} {source}");
        }
    }
}

#[test]
fn the_page_keeps_answers_in_one_way() {
    let home = "ui/src/keepAnswer.ts";
    let files = files().into_iter().filter(|file| file.starts_with("ui/src/"));
    let found: Vec<_> = files.filter(|file| read(file).contains("setQueryData")).collect();
    assert_eq!(found, [home], "an older look that is answered later would take the answer back");
}

#[test]
fn systems_know_the_app_by_one_name() {
    let identity = "dev.holdfast.desktop";
    for file in [
        "crates/app/src/places.rs",
        "packaging/windows/holdfast.nsi",
        "src-tauri/tauri.conf.json",
        "xtask/src/bundle/deb.rs",
    ] {
        assert!(read(file).contains(&format!("\"{identity}\"")), "{file} calls it something else");
    }
    assert!(checkout().join(format!("packaging/linux/{identity}.desktop")).is_file());
}

#[test]
fn unsafe_code_is_where_the_list_says() {
    let says = |file: &String| read(file).contains(concat!("allow(", "unsafe_code"));
    let found: Vec<_> = rust_files().into_iter().filter(says).collect();
    let listed: Vec<_> = UNSAFE_FILES.iter().map(|(file, _)| (*file).to_owned()).collect();
    assert_eq!(found, listed);
}

/// Few programs hold all tests, so cargo does not find them by their files.
#[test]
fn every_file_of_tests_is_part_of_a_program() {
    let files = rust_files();
    let mut left_out = Vec::new();
    for program in ["promises", "flows"] {
        let end = format!("/tests/{program}.rs");
        for root in files.iter().filter(|file| file.ends_with(&end)) {
            let folder = root.trim_end_matches(&format!("{program}.rs"));
            let (listed, manifest) = (read(root), read(&format!("{folder}../Cargo.toml")));
            if !manifest.contains("autotests = false") {
                continue;
            }
            for file in files.iter().filter_map(|file| file.strip_prefix(folder)) {
                let name = file.split('/').next().unwrap_or_default().trim_end_matches(".rs");
                let is_there = listed.lines().any(|line| line == format!("mod {name};"))
                    || manifest.lines().any(|line| line == format!("name = \"{name}\""));
                if !is_there {
                    left_out.push(format!("{folder}{file}"));
                }
            }
        }
    }
    assert!(left_out.is_empty(), "not run by any program: {left_out:#?}");
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    let opens = |file: &String| {
        let text = read(file);
        let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with("#!["));
        lines.next().is_some_and(|line| line.starts_with("//!"))
    };
    let silent: Vec<_> = rust_files().into_iter().filter(|file| !opens(file)).collect();
    assert!(silent.is_empty(), "no `//!`: {silent:#?}");
}

#[test]
fn no_file_is_longer_than_500_lines() {
    let is_code = |file: &&String| [".rs", ".py", ".md"].iter().any(|end| file.ends_with(end));
    let all = files();
    let long: Vec<_> =
        all.iter().filter(is_code).filter(|file| read(file).lines().count() > 500).cloned().collect();
    let listed: Vec<_> = LONG_FILES.iter().map(|(file, _)| (*file).to_owned()).collect();
    assert_eq!(long, listed, "split by topic");
}

#[test]
fn the_repository_speaks_of_the_product_only() {
    let places =
        ["/work/", "/root/", "deb.debian.org", "files.pythonhosted", "static.crates.io", "index.crates.io"];
    let phrases = [
        "this session",
        "previous session",
        "earlier session",
        "next session",
        "issue #",
        "see issue",
        "language model",
    ];
    let ends = [".rs", ".md", ".toml", ".py", ".sh", ".txt", ".yml", ".in", ".ci/run"];
    let mut found = Vec::new();
    for file in files() {
        if file == WORD_LIST || !ends.iter().any(|end| file.ends_with(end)) {
            continue;
        }
        for (number, line) in read(&file).lines().enumerate() {
            let lower = line.to_lowercase();
            if places.iter().any(|place| line.contains(place))
                || phrases.iter().any(|phrase| lower.contains(phrase))
            {
                found.push(format!("{file}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}
