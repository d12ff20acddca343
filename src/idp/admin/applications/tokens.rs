//! Initial access tokens, by page and API.

use crate::idp::Idp;
use crate::idp::admin::flow::{AdminError, Hand, still};
use crate::idp::admin::gate::Asking;
use crate::idp::admin::model::Fault;
use crate::idp::registration::flow::initial_hash;
use crate::idp::registration::store::{self, InitialToken};
use crate::idp::registration::tokens::{self, Wanted};

/// All of them, the newest first.
pub async fn list(idp: &Idp) -> Result<Vec<InitialToken>, AdminError> {
    let mut snapshot = idp.db.snapshot().await?;
    Ok(store::tokens(&mut snapshot.tx()).await?)
}

/// Makes one; its row, and the token, which is seen this once.
pub async fn make(idp: &Idp, asking: &Asking, wanted: Wanted) -> Result<(InitialToken, String), AdminError> {
    if let Err((field, _)) = wanted.check() {
        let key = match field {
            "uses" => "admin-wrong-token-uses",
            "days" => "admin-wrong-token-days",
            _ => "admin-wrong-token-note",
        };
        return Err(AdminError::Invalid(vec![Fault::at(field, key)]));
    }
    let token = idp.env.token();
    let input = (Hand::new(idp, asking), wanted, idp.env.id(), initial_hash(idp, &token)?);
    let row = idp.db.write(input, |(hand, wanted, id, hash), mut tx| {
        Box::pin(async move {
            still(&mut tx, &hand.asking, hand.now).await?;
            Ok::<_, AdminError>(tokens::make(&mut tx, wanted, (id, hash), &hand.asking.actor, hand.now).await?)
        })
    });
    Ok((row.await?, token))
}

/// Revokes one.
pub async fn revoke(idp: &Idp, asking: &Asking, id: &str) -> Result<(), AdminError> {
    let input = (Hand::new(idp, asking), id.to_owned());
    let found = idp.db.write(input, |(hand, id), mut tx| {
        Box::pin(async move {
            still(&mut tx, &hand.asking, hand.now).await?;
            Ok::<_, AdminError>(tokens::revoke(&mut tx, id, &hand.asking.actor, hand.now).await?)
        })
    });
    if found.await? { Ok(()) } else { Err(AdminError::NotFound) }
}
