//! Measures the writer, the index and the commit: `measure mails DIR LEVEL SOURCE`, `measure generate SOURCE`
//! (the same bytes as files, for `restic backup`), `measure files DIR SOURCE` (streams the files of
//! a folder), `measure many DIR COUNT` (a Repository of so
//! many small Items) and `measure next DIR COUNT` (the next run on it, 100 changes).
#![allow(clippy::unwrap_used, clippy::expect_used)] // A measurement that cannot go on stops.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use holdfast_vault::*;
use jiff::Timestamp;

const MAILS: u64 = 50_000;

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
}

/// Text of words that does not repeat: about as compressible as prose.
fn text(seed: u64, length: usize) -> Vec<u8> {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut text = Vec::with_capacity(length + 16);
    let mut line = 0;
    while text.len() < length {
        let mut number = random.next();
        // Short words often, long ones seldom.
        let word = (number % 97) * (number / 97 % 61) % 4_096;
        number = word.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        for _ in 0..2 + word % 8 {
            text.push(b'a' + (number % 26) as u8);
            number /= 26;
        }
        text.push(b' ');
        line += 1;
        if line % 12 == 0 {
            text.extend_from_slice(b"\r\n");
        }
    }
    text.truncate(length);
    text
}

fn base64(seed: u64, length: usize) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut text = Vec::with_capacity(length + 80);
    while text.len() < length {
        for _ in 0..76 {
            text.push(DIGITS[(random.next() >> 58) as usize]);
        }
        text.extend_from_slice(b"\r\n");
    }
    text.truncate(length);
    text
}

/// 50,000 mails of some 20 KB; 200 of them carry one of ten shared attachments of 2 MB.
fn mail(number: u64, attachments: &[Vec<u8>]) -> Vec<u8> {
    let boundary = format!("=_{number:016x}");
    let mut mail = format!(
        "Message-ID: <{number}@example.org>\r\nSubject: {number}\r\nContent-Type: multipart/mixed; \
         boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\nContent-Type: text/plain\r\n\r\n"
    )
    .into_bytes();
    mail.extend(text(number, 4_000 + (number * 7_919 % 32_000) as usize));
    if number.is_multiple_of(250) {
        let which = &attachments[(number / 250 % 10) as usize];
        let head = format!("\r\n--{boundary}\r\nContent-Transfer-Encoding: base64\r\n\r\n");
        mail.extend(head.into_bytes());
        mail.extend(which);
    }
    mail.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    mail
}

fn attachments() -> Vec<Vec<u8>> {
    (0..10).map(|seed| base64(seed, 2_000_000)).collect()
}

fn day(number: u64) -> Vec<String> {
    let day = number / 300;
    ["mail", &format!("{:03}", day / 28), &format!("{:02}", day % 28)].map(String::from).to_vec()
}

fn name(number: u64) -> String {
    format!("{number:016x}.eml")
}

fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    fields.get(11).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or(0.0) / 100.0
}

fn peak_mb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn open(folder: &Path) -> Vault {
    let location = Location::Local(folder.join("repository"));
    let (cache_dir, password) = (folder.join("cache"), Password::new("measure"));
    if folder.join("repository/config").exists() {
        Vault::open(&location, &password, OpenOptions { cache_dir, expect: None }).unwrap()
    } else {
        Vault::init(&location, &password, &cache_dir).unwrap()
    }
}

fn commit(vault: &Vault, writer: &Writer, parent: Option<SnapshotId>, edits: Vec<FolderEdit>) -> Committed {
    let commit = Commit {
        parent,
        host: "measure".into(),
        label: String::new(),
        tags: Vec::new(),
        time: Timestamp::now(),
        program_version: "measure".into(),
        edits: edits.into_iter().map(Ok::<_, VaultError>),
    };
    vault.commit(writer, commit, || false).unwrap()
}

fn edits(stored: Vec<(u64, Stored)>) -> Vec<FolderEdit> {
    let mut edits: Vec<FolderEdit> = Vec::new();
    for (number, stored) in stored {
        let path = day(number);
        if edits.last().is_none_or(|edit| edit.path != path) {
            edits.push(FolderEdit { path, ..FolderEdit::default() });
        }
        let edit = edits.last_mut().unwrap();
        let Stored { blobs, size, .. } = stored;
        edit.put.push(FileEntry { name: name(number), blobs, size, modified: None });
    }
    edits
}

/// Stores contents with some at the same time, flushing as a backup does.
fn store_all(writer: &Writer, contents: impl Iterator<Item = (u64, Vec<u8>)>) -> Vec<(u64, Stored)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut stored = Vec::new();
        let mut tasks = tokio::task::JoinSet::new();
        for (number, content) in contents {
            let writer = writer.clone();
            tasks.spawn(async move { (number, writer.store_mail(content.into()).await.unwrap()) });
            if tasks.len() >= 16 {
                stored.push(tasks.join_next().await.unwrap().unwrap());
            }
        }
        stored.extend(tasks.join_all().await);
        stored.sort_by_key(|(number, _)| *number);
        stored
    })
}

/// Streams files, four at the same time.
fn stream_all(writer: &Writer, files: Vec<PathBuf>) -> Vec<FileEntry> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut put = Vec::new();
        let mut tasks = tokio::task::JoinSet::new();
        for path in files {
            let writer = writer.clone();
            tasks.spawn(async move {
                let mut sink = writer.sink();
                let mut file = fs::File::open(&path).unwrap();
                loop {
                    let mut piece = vec![0; 64 << 10];
                    let count = file.read(&mut piece).unwrap();
                    if count == 0 {
                        break;
                    }
                    piece.truncate(count);
                    sink.write(piece.into()).await.unwrap();
                }
                let name = path.file_name().unwrap().to_str().unwrap().to_string();
                let Stored { blobs, size, .. } = sink.finish().await.unwrap();
                FileEntry { name, blobs, size, modified: None }
            });
            if tasks.len() >= 4 {
                put.push(tasks.join_next().await.unwrap().unwrap());
            }
        }
        put.extend(tasks.join_all().await);
        put
    })
}

fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| match entry.metadata().unwrap() {
            metadata if metadata.is_dir() => size(&entry.path()),
            metadata => metadata.len(),
        })
        .sum()
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let folder = PathBuf::from(&arguments[2]);
    let number =
        |at: usize, default: u64| arguments.get(at).map_or(default, |text| text.parse().expect("a number"));
    match arguments[1].as_str() {
        "generate" => {
            let attachments = attachments();
            for number in 0..MAILS {
                let path = day(number).iter().fold(folder.clone(), |path, name| path.join(name));
                fs::create_dir_all(&path).unwrap();
                fs::write(path.join(name(number)), mail(number, &attachments)).unwrap();
            }
        }
        "mails" => {
            let level = number(3, 1) as i32;
            let source = PathBuf::from(&arguments[4]);
            let vault = open(&folder);
            let (start, cpu) = (Instant::now(), cpu_seconds());
            let options = WriterOptions { compression: level, ..WriterOptions::default() };
            let writer = vault.writer(&options).unwrap();
            let mails = (0..MAILS).map(|number| {
                let path = day(number).iter().fold(source.clone(), |path, name| path.join(name));
                (number, fs::read(path.join(name(number))).unwrap())
            });
            let stored = store_all(&writer, mails);
            let total: u64 = stored.iter().map(|(_, stored)| stored.size).sum();
            let done = commit(&vault, &writer, None, edits(stored));
            println!(
                "level {level}: {:.1} s wall, {:.1} s user, {} MB of {} MB, {} trees, peak {} MB",
                start.elapsed().as_secs_f64(),
                cpu_seconds() - cpu,
                size(&folder.join("repository")) / 1_000_000,
                total / 1_000_000,
                done.trees_written,
                peak_mb()
            );
        }
        "files" => {
            let vault = open(&folder);
            let source = PathBuf::from(&arguments[3]);
            let mut names: Vec<PathBuf> =
                fs::read_dir(source).unwrap().map(|entry| entry.unwrap().path()).collect();
            names.sort();
            let (start, cpu) = (Instant::now(), cpu_seconds());
            let writer = vault.writer(&WriterOptions::default()).unwrap();
            let put = stream_all(&writer, names);
            let edit = FolderEdit { path: vec!["files".into()], put, ..FolderEdit::default() };
            commit(&vault, &writer, None, vec![edit]);
            println!(
                "{:.1} s wall, {:.1} s user, {} MB, peak {} MB",
                start.elapsed().as_secs_f64(),
                cpu_seconds() - cpu,
                size(&folder.join("repository")) / 1_000_000,
                peak_mb()
            );
        }
        "many" => {
            let vault = open(&folder);
            let count = number(3, 1_000_000);
            let (start, mut parent) = (Instant::now(), None);
            let writer = vault.writer(&WriterOptions::default()).unwrap();
            for first in (0..count).step_by(250_000) {
                let numbers = first..count.min(first + 250_000);
                let items = numbers.map(|number| (number, format!("item {number}").into_bytes()));
                let stored = store_all(&writer, items);
                parent = Some(commit(&vault, &writer, parent, edits(stored)).snapshot);
            }
            println!("{count}: {:.1} s, peak {} MB", start.elapsed().as_secs_f64(), peak_mb());
        }
        "next" => {
            let count = number(3, 1_000_000);
            let start = Instant::now();
            let vault = open(&folder);
            let opened = start.elapsed().as_secs_f64();
            let parent = vault.snapshots().unwrap().pop().unwrap().id;
            let writer = vault.writer(&WriterOptions::default()).unwrap();
            let seed = Timestamp::now();
            let changed = (0..100).map(|i| (i * (count / 100), format!("{seed} {i}").into_bytes()));
            let stored = store_all(&writer, changed);
            let done = commit(&vault, &writer, Some(parent), edits(stored));
            println!(
                "open {opened:.2} s, all {:.2} s, {} blobs, {} trees read, peak {} MB",
                start.elapsed().as_secs_f64(),
                vault.blob_count(),
                done.trees_read,
                peak_mb()
            );
        }
        other => panic!("unknown: {other}"),
    }
}
