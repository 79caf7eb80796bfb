//! The person's browser: a program of its name on PATH notes the address that the app opens, and the page there is
//! answered over real HTTP, up to the redirect back to the app.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use ureq::Agent;
use ureq::http::Response;
use url::Url;

use super::until;

/// What desktops call to open an address: <https://www.freedesktop.org/wiki/Software/xdg-utils/>
const NAMES: [&str; 2] = ["xdg-open", "gio"];

/// The browser.
pub struct Browser {
    folder: PathBuf,
    agent: Agent,
}

/// The page that the app shows in the browser at the end.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The page.
    pub page: String,
}

impl Browser {
    /// Makes it in a folder, which belongs in front of PATH.
    pub fn make(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        for name in NAMES {
            let program = folder.join(name);
            let script = format!(
                "#!/bin/sh\nfor last; do :; done\necho \"$last\" >> '{}'\n",
                opened(folder).display()
            );
            fs::write(&program, script).with_context(|| format!("cannot write {}", program.display()))?;
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
        }
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0).proxy(None).build();
        Ok(Self { folder: folder.to_owned(), agent: config.into() })
    }

    /// The folder that belongs in front of PATH.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The address of the page number `count` that the app has opened, as soon as it has.
    pub fn page(&self, count: usize) -> Result<Url> {
        until("the app opens the browser", || {
            let all = fs::read_to_string(opened(&self.folder)).context("no page was opened")?;
            let line = all.lines().nth(count.saturating_sub(1)).context("no further page was opened")?;
            Ok(Url::parse(line)?)
        })
    }

    /// Allows what the consent page at this address asks for, with this account.
    pub fn allow(&self, page: &Url, account: &str) -> Result<Answer> {
        self.visit(&self.decide(page, account, "approve")?)
    }

    /// Presses Cancel on the consent page.
    pub fn deny(&self, page: &Url) -> Result<Answer> {
        self.visit(&self.decide(page, "", "deny")?)
    }

    /// Opens an address.
    pub fn visit(&self, address: &Url) -> Result<Answer> {
        read(self.agent.get(address.as_str()).call().context("the page does not answer")?)
    }

    /// Where the consent page sends the browser after this decision; nobody went there yet.
    pub fn decide(&self, page: &Url, account: &str, decision: &str) -> Result<Url> {
        let asked = self.visit(page)?;
        ensure!(asked.status == 200, "the consent page says {}: {}", asked.status, asked.page);
        let mut fields: Vec<(String, String)> = hidden_fields(&asked.page);
        // Google's page and Box's have a name of their own for the account.
        for name in ["login_hint", "login"] {
            fields.push((name.to_owned(), account.to_owned()));
        }
        fields.push(("decision".to_owned(), decision.to_owned()));
        let form = asked.page.split("<form ").nth(1).and_then(|form| attribute(form, "action"));
        let target = page.join(&form.context("the consent page has no form")?)?;
        let answered =
            self.agent.post(target.as_str()).send_form(fields).context("the decision is not taken")?;
        let location = answered.headers().get("location").context("the consent page leads nowhere")?;
        Ok(Url::parse(location.to_str()?)?)
    }
}

fn opened(folder: &Path) -> PathBuf {
    folder.join("opened")
}

fn read(response: Response<ureq::Body>) -> Result<Answer> {
    let status = response.status().as_u16();
    Ok(Answer { status, page: response.into_body().read_to_string()? })
}

/// Name and value of each hidden field of a form.
fn hidden_fields(page: &str) -> Vec<(String, String)> {
    let fields = page.split("<input ").skip(1);
    fields.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?))).collect()
}

/// What an attribute of the tag that a text begins with says.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split_once(&format!("{name}=\""))?.1;
    let text = rest.split_once('"')?.0;
    Some(text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}
