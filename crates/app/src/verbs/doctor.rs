//! Fix a backup: the list of causes, checked live.

use holdfast_engine::Finding;

use crate::App;
use crate::error::Result;

impl App {
    /// Tests every cause for "the backup does not run", for the Domains or for one user.
    pub async fn doctor(&self, user: Option<&str>) -> Result<Vec<Finding>> {
        Ok(self.engine.doctor(user.map(str::to_owned)).await?)
    }
}
