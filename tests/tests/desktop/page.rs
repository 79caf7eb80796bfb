//! The page in the window, through WebKit's own driver.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::desk::{Desk, wait_for};

/// A started program whose page can be read and used; ended when dropped.
pub struct Page {
    /// What the page shows and does: <https://docs.rs/fantoccini>.
    pub client: Client,
    driver: Child,
}

impl Page {
    /// Starts the program and waits for its page.
    pub async fn open(desk: &Desk) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new("WebKitWebDriver");
        command.arg(format!("--port={port}")).env("TAURI_WEBVIEW_AUTOMATION", "true");
        let driver = command.stdin(Stdio::null()).spawn().context("WebKitWebDriver does not start")?;
        wait_for("the driver", || Ok(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()))?;
        let options = json!({ "binary": desk.program(), "args": desk.arguments() });
        let capabilities = [("webkitgtk:browserOptions".to_owned(), options)].into_iter().collect();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(capabilities).connect(&format!("http://127.0.0.1:{port}")).await?;
        Ok(Self { client, driver })
    }

    /// What an expression in the page gives.
    pub async fn ask(&self, expression: &str) -> Result<serde_json::Value> {
        Ok(self.client.execute(&format!("return {expression}"), Vec::new()).await?)
    }

    /// Ends the program.
    pub async fn close(self) -> Result<()> {
        Ok(self.client.clone().close().await?)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // The program ends with its driver, which may have ended by itself.
        let _ended_already = self.driver.kill();
        let _waited = self.driver.wait();
    }
}
