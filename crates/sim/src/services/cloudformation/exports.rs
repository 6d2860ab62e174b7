//! ListExports, ListImports.

use serde_json::{Value, json};

use super::{Call, answer, invalid};
use crate::service::ApiError;

/// Of a page, of either list.
const PAGE: usize = 100;

impl Call<'_> {
    pub(super) fn list_exports(&self) -> Result<Value, ApiError> {
        let place = self.world.place_number(self.request.account, self.request.region);
        let all = place.map(|place| self.world.exports(place, self.seen())).unwrap_or_default();
        let (page, next) = self.paged("", all, PAGE)?;
        let shown: Vec<Value> = page
            .into_iter()
            .map(
                |(name, value, s)| json!({ "ExportingStackId": self.world.stack(s).arn, "Name": name, "Value": value }),
            )
            .collect();
        Ok(answer(json!({ "Exports": shown, "NextToken": next })))
    }

    pub(super) fn list_imports(&self) -> Result<Value, ApiError> {
        let name = self.text("ExportName").unwrap_or_default();
        let place = self.world.place_number(self.request.account, self.request.region);
        let all = place.map(|place| self.world.importers(place, name, self.seen())).unwrap_or_default();
        if all.is_empty() {
            // AWS tells an export that is not there and one that nobody imports alike.
            return Err(invalid(format!("Export '{name}' is not imported by any stack.")));
        }
        let (page, next) = self.paged(name, all, PAGE)?;
        Ok(answer(json!({ "Imports": page, "NextToken": next })))
    }
}
