//! Whether a request that brings an access token also has the key that the token is bound to: by DPoP (RFC 9449, section 7)
//! or by the certificate of its connection (RFC 8705, section 3). A bound token without its key opens nothing.

use std::sync::Arc;

use axum::extract::OriginalUri;
use axum::http::request::Parts;

use super::refusal::Refused;
use crate::contract::claims::Confirmation;
use crate::crm::Crm;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::dpop::{self, About, DpopError, Nonces};
use crate::kernel::http::certificate::Shown;
use crate::kernel::http::presented::Scheme;
use crate::kernel::jose::Alg;
use crate::sql;

/// Nonces of the record store.
pub fn nonces(crm: &Crm) -> Nonces<'_> {
    Nonces { root: &crm.env.root, server: "crm", required: crm.env.settings.dpop_nonces }
}

/// Checks it. `cnf`: what the token says of its key.
pub async fn check(crm: &Crm, parts: &Parts, (scheme, token): (Scheme, &str), cnf: Option<&Confirmation>) -> Result<(), Refused> {
    let wrong = |why: &str| Err(Refused::Invalid(why.to_owned()));
    match (cnf, scheme) {
        (None, Scheme::Bearer) => Ok(()),
        // Section 7.1: one that is bound to nothing is no DPoP token.
        (None, Scheme::Dpop) => wrong("it is bound to no key, and presented as if it were"),
        (Some(Confirmation { x5t: Some(x5t), .. }), Scheme::Bearer) => {
            let shown = parts.extensions.get::<Arc<Shown>>();
            if shown.is_some_and(|s| s.thumbprint() == *x5t) { Ok(()) } else { wrong("it is bound to another certificate") }
        }
        (Some(Confirmation { jkt: Some(jkt), x5t: None }), Scheme::Dpop) => proven(crm, parts, token, jkt).await,
        (Some(_), _) => wrong("it is bound to a key that the request doesn't prove to have"),
    }
}

async fn proven(crm: &Crm, parts: &Parts, token: &str, jkt: &str) -> Result<(), Refused> {
    let invalid = |why| Refused::Unproven(DpopError::Invalid(why));
    let mut given = parts.headers.get_all(dpop::HEADER).iter();
    let proof = given.next().filter(|_| given.next().is_none()).and_then(|v| v.to_str().ok());
    let proof = proof.ok_or(invalid("there must be one DPoP header"))?;
    let path = parts.extensions.get::<OriginalUri>().map_or(parts.uri.path(), |o| o.0.path());
    let address = crm.env.settings.crm_url.at(path);
    let now = crm.env.now();
    let about = About { method: parts.method.as_str(), address: &address, token: Some(token), algs: &Alg::ALL, now };
    let proof = dpop::read(proof, &about).map_err(Refused::Unproven)?;
    if proof.jkt != jkt {
        return Err(invalid("the DPoP proof is by another key than the token is bound to"));
    }
    nonces(crm).check(&proof, now).map_err(Refused::Unproven)?;
    let hash = crm.env.root.token_hash("dpop-proof", &proof.once).map_err(|e| Refused::Broken(e.to_string()))?;
    let used =
        crm.db.write((hash, proof.until), |(hash, until), mut tx| Box::pin(async move { once(&mut tx, hash, *until).await }));
    match used.await {
        Ok(true) => Ok(()),
        Ok(false) => Err(invalid("this DPoP proof was used before")),
        Err(e) => Err(Refused::Access(e.into())),
    }
}

/// Takes a proof's one use; false when it was used before.
async fn once(tx: &mut Tx<'_>, hash: &str, until: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("INSERT INTO proofs_seen (hash, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING"))
        .bind(hash)
        .bind(until.0)
        .exec()
        .await?;
    Ok(n == 1)
}
