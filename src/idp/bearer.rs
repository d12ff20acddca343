//! Access tokens presented at the provider's own endpoints (RFC 6750), checked against the rows that are the truth here.

use axum::http::{HeaderMap, header};

use super::Idp;
use super::oidc::{issues, store, tokens};
use crate::contract::AccessClaims;
use crate::kernel::http::{Code, Problem};
use crate::kernel::jose::Verified;

/// The scope of a person's token for his own account: sessions, applications, factors.
pub const SCOPE_ACCOUNT: &str = "account";

/// A client by itself, with a token of the client-credentials grant that has `scope`. Disabled clients are refused at once.
pub async fn client(idp: &Idp, headers: &HeaderMap, scope: &str) -> Result<Verified<AccessClaims>, Problem> {
    let claims = read(idp, headers)?;
    if claims.issue.is_some() || claims.sub != claims.client_id || !claims.has_scope(scope) {
        return Err(Problem::because(Code::Forbidden, format!("a client's own token with the scope {scope} is needed")));
    }
    let known = idp.lookup.at_head(&claims.client_id).await?;
    if known.is_some_and(|(c, _)| c.enabled) { Ok(claims) } else { Err(Problem::new(Code::Unauthorized)) }
}

/// A person through an application, with a token that still stands; and the token, which may say less than its issue.
pub async fn person(idp: &Idp, headers: &HeaderMap, scope: &str) -> Result<(issues::Standing, Verified<AccessClaims>), Problem> {
    let claims = read(idp, headers)?;
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let issue = match &claims.issue {
        Some(id) => store::issue(&mut tx, id).await?,
        None => None,
    };
    let client = super::clients::store::by_id(&mut tx, &claims.client_id).await?;
    let (Some(issue), Some(client)) = (issue, client) else { return Err(Problem::new(Code::Unauthorized)) };
    let stands = issues::stands(&mut tx, issue, &client.id, idp.issuer(), idp.env.now()).await?;
    // Case 42: what was given before a restore is none of this log's.
    let standing = stands.filter(|s| s.head.epoch == claims.access_epoch).ok_or(Problem::new(Code::Unauthorized))?;
    if claims.has_scope(scope) {
        Ok((standing, claims))
    } else {
        Err(Problem::because(Code::Forbidden, format!("the scope {scope} is needed")))
    }
}

/// The token of the Authorization header, verified for this provider as its audience.
fn read(idp: &Idp, headers: &HeaderMap) -> Result<Verified<AccessClaims>, Problem> {
    // Case 2: of two, which one would count is nobody's to say.
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let value = given.next().filter(|_| given.next().is_none()).and_then(|v| v.to_str().ok());
    let token = value.and_then(|v| v.split_once(' ')).filter(|(s, _)| s.eq_ignore_ascii_case("bearer")).map(|(_, t)| t.trim());
    token.and_then(|t| tokens::read_access(idp, t)).ok_or(Problem::new(Code::Unauthorized))
}
