//! The list at a sector identifier's address (OpenID Connect Dynamic Client Registration, section 5): it must name every
//! redirect address, so that nobody joins a sector that isn't his.

use super::model::Unfit;
use crate::idp::Idp;
use crate::idp::clients::Metadata;
use crate::kernel::http::problem::chain;

/// Asks the address and compares. Nothing to do for one without.
pub async fn check(idp: &Idp, metadata: &Metadata) -> Result<(), Unfit> {
    let Some(uri) = &metadata.sector_identifier_uri else { return Ok(()) };
    let wrong = |why: &str| Unfit::metadata(format!("sector_identifier_uri: {why}"));
    let answer = idp.fetch.get(uri).await.map_err(|e| {
        tracing::info!(uri, error = %chain(&e), "a sector identifier can't be fetched");
        wrong("nothing could be read there")
    })?;
    if !answer.status.is_success() {
        return Err(wrong("nothing could be read there"));
    }
    let list: Vec<String> =
        serde_json::from_slice(&answer.body).map_err(|_| wrong("there is no JSON array of addresses there"))?;
    match metadata.redirect_uris.iter().find(|uri| !list.contains(uri)) {
        None => Ok(()),
        Some(missing) => Err(wrong(&format!("the list there lacks {missing}"))),
    }
}
