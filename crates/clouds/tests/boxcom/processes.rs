//! Five real processes that refresh at once spend one token. The keychain is a file here, the lock an OS lock, as the
//! product has it.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use holdfast_clouds::boxcom::Boxcom;
use holdfast_clouds::contract::{Cloud, CloudError, ErrorKind};
use holdfast_clouds::http::{HttpOptions, Pacing, SecretCell};
use zeroize::Zeroizing;

use crate::simulated::Company;
use crate::simulated::boxcom::sign_in;

const CELL: &str = "HOLDFAST_TEST_BOX_CELL";

struct FileCell(PathBuf);

fn failed(error: std::io::Error) -> CloudError {
    CloudError::new(ErrorKind::Fatal, "file", error.to_string())
}

#[async_trait]
impl SecretCell for FileCell {
    async fn load(&self) -> Result<Zeroizing<Vec<u8>>, CloudError> {
        Ok(Zeroizing::new(fs::read(&self.0).map_err(failed)?))
    }

    async fn prepare(&self) -> Result<(), CloudError> {
        Ok(())
    }

    async fn store(&self, secret: &[u8]) -> Result<(), CloudError> {
        let next = self.0.with_extension("next");
        fs::write(&next, secret).map_err(failed)?;
        // Windows replaces no file that another process has open, and the others read it whenever they like.
        let mut tries = 0;
        while let Err(error) = fs::rename(&next, &self.0) {
            tries += 1;
            if tries == 100 {
                return Err(failed(error));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    async fn exclusive(&self) -> Result<Box<dyn Send>, CloudError> {
        let path = self.0.with_extension("lock");
        let locked = tokio::task::spawn_blocking(move || {
            let file = File::create(path)?;
            file.lock()?;
            Ok(file)
        });
        Ok(Box::new(locked.await.expect("a lock").map_err(failed)?))
    }
}

/// What each process does; nothing where it is not asked to.
#[tokio::test]
async fn one_of_the_processes() {
    let Some(cell) = std::env::var_os(CELL) else { return };
    let options = HttpOptions { pacing: Pacing::off(), ..HttpOptions::default() };
    let cloud = Boxcom::open(Arc::new(FileCell(cell.into())), &options).await.unwrap();
    cloud.tenant().await.unwrap();
}

#[tokio::test]
async fn five_processes_that_refresh_at_once_spend_one_token() {
    let company = Company::small().await;
    let folder = tempfile::tempdir().unwrap();
    let cell = folder.path().join("secret");
    fs::write(&cell, &*sign_in(&company).to_bytes().unwrap()).unwrap();
    // Slow enough that all five are there before the first has its answer.
    let slow = serde_json::json!({ "method": "box.token", "kind": "status", "status": 503, "times": 1, "delay_ms": 700 });
    company.fault(slow).await;
    let this = std::env::current_exe().unwrap();
    let start = || {
        let mut command = Command::new(&this);
        command.args(["--exact", "boxcom::processes::one_of_the_processes"]).env(CELL, &cell);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = (0..5).map(|_| start()).collect();
    for child in children {
        let ended = tokio::task::spawn_blocking(|| child.wait_with_output()).await.unwrap().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
    assert_eq!(company.requests("box.get_users_me").await, 5, "not every process got in");
    // One was refused for the fault, one spent the token.
    assert_eq!(company.requests("box.token").await, 2);
}
