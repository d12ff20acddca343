//! Access tokens presented at the provider's own endpoints (RFC 6750, RFC 9449, RFC 8705), checked against the rows that are
//! the truth here.

use axum::http::{HeaderMap, HeaderName, header};

use super::Idp;
use super::feed::Head;
use super::oidc::access::{self, Access};
use super::oidc::binding;
use super::oidc::grounds::{self, Standing};
use crate::kernel::dpop::{DpopError, NONCE_HEADER};
use crate::kernel::http::presented::{Scheme, token};
use crate::kernel::http::{Code, Presented, Problem};
use crate::kernel::jose::Alg;

/// What a request brings. Headers alone can't prove a key, so they open nothing that is bound to one.
pub trait Brings: Sync {
    /// The headers.
    fn headers(&self) -> &HeaderMap;
    /// All of it.
    fn presented(&self) -> Option<&Presented>;
}

impl Brings for HeaderMap {
    fn headers(&self) -> &HeaderMap {
        self
    }
    fn presented(&self) -> Option<&Presented> {
        None
    }
}

impl Brings for Presented {
    fn headers(&self) -> &HeaderMap {
        &self.headers
    }
    fn presented(&self) -> Option<&Presented> {
        Some(self)
    }
}

/// The scope of a person's token for his own account: sessions, applications, factors.
pub const SCOPE_ACCOUNT: &str = "account";

/// A client by itself, with a token of the client-credentials grant that has `scope`. Disabled clients are refused at once.
pub async fn client(idp: &Idp, brought: &impl Brings, scope: &str) -> Result<Access, Problem> {
    let (claims, head) = read(idp, brought).await?;
    if claims.issue.is_some() || claims.sub != claims.client_id || claims.act.is_some() || !claims.has_scope(scope) {
        return Err(insufficient(scope, format!("a client's own token with the scope {scope} is needed")));
    }
    let known = idp.lookup.known(head, &claims.client_id).await?;
    let Some((known, _)) = known.filter(|(c, _)| c.enabled) else { return Err(unauthorized()) };
    // Case 3: what was taken from it since is in none of its tokens, those that it has neither.
    if known.scopes(scope).is_empty() {
        return Err(insufficient(scope, format!("this client may not have the scope {scope} any more")));
    }
    Ok(claims)
}

/// A person through an application, with a token that still stands; and the token, which may say less than its issue.
pub async fn person(idp: &Idp, brought: &impl Brings, scope: &str) -> Result<(Standing, Access), Problem> {
    let (claims, head) = read(idp, brought).await?;
    let issue = claims.issue.as_deref().ok_or_else(unauthorized)?;
    let stands = grounds::now(idp, &head, issue, &claims.client_id).await?;
    // Case 42: what was given before a restore is none of this log's.
    let standing = stands.filter(|s| s.head.epoch == claims.access_epoch).ok_or_else(unauthorized)?;
    if claims.has_scope(scope) && standing.issue.has_scope(scope) {
        Ok((standing, claims))
    } else {
        Err(insufficient(scope, format!("the scope {scope} is needed")))
    }
}

fn challenge(error: &str) -> String {
    let algs = Alg::ALL.map(Alg::name).join(" ");
    format!("Bearer error=\"{error}\", DPoP algs=\"{algs}\", error=\"{error}\"")
}

fn unauthorized() -> Problem {
    Problem::new(Code::Unauthorized).header(header::WWW_AUTHENTICATE, challenge("invalid_token"))
}

fn insufficient(scope: &str, why: String) -> Problem {
    let value = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
    Problem::because(Code::Forbidden, why).header(header::WWW_AUTHENTICATE, value)
}

/// How a DPoP proof is refused (RFC 9449, sections 7.1 and 9).
fn unproven(idp: &Idp, e: DpopError) -> Problem {
    let algs = Alg::ALL.map(Alg::name).join(" ");
    let refused = |code: &str| {
        let problem = Problem::because(Code::Unauthorized, e.to_string());
        problem.header(header::WWW_AUTHENTICATE, format!("DPoP error=\"{code}\", algs=\"{algs}\""))
    };
    match e {
        DpopError::Invalid(_) => refused("invalid_dpop_proof"),
        DpopError::Nonce => match binding::nonces(idp).newest(idp.env.now()) {
            Ok(nonce) => refused("use_dpop_nonce").header(HeaderName::from_static(NONCE_HEADER), nonce),
            Err(e) => Problem::internal(&e),
        },
        DpopError::Broken => Problem::internal(&e),
    }
}

/// The token of the Authorization header, for this provider as its audience, from whoever holds the key that it is bound to; and
/// where the log stands.
async fn read(idp: &Idp, brought: &impl Brings) -> Result<(Access, Head), Problem> {
    let Ok(Some((scheme, text))) = token(brought.headers()) else { return Err(unauthorized()) };
    // Case 29: before the token is looked at, since a key that was withdrawn on another node a moment ago signed nothing that
    // counts.
    let head = idp.lookup.head().await?;
    let access = access::read(idp, text, Some(idp.issuer())).await?.ok_or_else(unauthorized)?;
    let Some(cnf) = &access.cnf else {
        // RFC 9449, section 7.1: a token that is bound to nothing is no DPoP token.
        return if scheme == Scheme::Bearer { Ok((access, head)) } else { Err(unauthorized()) };
    };
    let presented = brought.presented().ok_or_else(unauthorized)?;
    if let Some(x5t) = &cnf.x5t {
        let shown = presented.certificate.as_ref().is_some_and(|c| c.thumbprint() == *x5t);
        return if shown && scheme == Scheme::Bearer { Ok((access, head)) } else { Err(unauthorized()) };
    }
    // A bound token without its proof is only a stolen one (RFC 9449, section 7.2).
    let Some(jkt) = cnf.jkt.as_deref().filter(|_| scheme == Scheme::Dpop) else { return Err(unauthorized()) };
    let held = binding::held(idp, presented, Some(text), &Alg::ALL).map_err(|e| unproven(idp, e))?;
    let Some(proof) = held.proof.filter(|p| p.jkt == jkt) else {
        return Err(unproven(idp, DpopError::Invalid("a DPoP proof by the key of the token is missing")));
    };
    let fresh = idp.db.write(proof, |proof, mut tx| Box::pin(async move { binding::use_proof(&mut tx, proof).await })).await?;
    if fresh { Ok((access, head)) } else { Err(unproven(idp, DpopError::Invalid("this DPoP proof was used before"))) }
}
