//! Calls to the provider's API of grants and invitations (`contract::access`) with a person's own token. Owns the calls and
//! what their answers mean; keeps nothing.

use openidconnect::http::{Method, StatusCode};
use secrecy::SecretString;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::model::GrantsError;
use crate::contract::access::{ChangedGrant, Grant, GrantChange, Invitation, NewGrant, NewInvitation, RelationAccess, Taken};
use crate::contract::links::{Link, NewLink, RelationLinks, Tiles};
use crate::crm::auth::call::{Call, Called, segment};
use crate::crm::auth::caller::Denied;
use crate::crm::auth::provider::{Provider, Unreachable};

impl From<Unreachable> for GrantsError {
    fn from(e: Unreachable) -> Self {
        Self::Unreachable(e.0)
    }
}

/// The provider, asked in a person's name.
pub struct Desk<'a> {
    provider: &'a Provider,
    token: SecretString,
}

impl<'a> Desk<'a> {
    /// With the person's token for the provider's API.
    pub const fn new(provider: &'a Provider, token: SecretString) -> Self {
        Self { provider, token }
    }

    /// Who has access to a relation.
    pub async fn access(&self, relation: &str) -> Result<RelationAccess, GrantsError> {
        self.call(Method::GET, &format!("/api/relations/{}/access", segment(relation)), None::<&()>).await
    }

    /// Gives a grant.
    pub async fn give(&self, relation: &str, new: &NewGrant) -> Result<Grant, GrantsError> {
        self.call(Method::POST, &format!("/api/relations/{}/grants", segment(relation)), Some(new)).await
    }

    /// Changes a grant.
    pub async fn change(&self, grant: &str, change: &GrantChange) -> Result<ChangedGrant, GrantsError> {
        self.call(Method::PATCH, &format!("/api/grants/{}", segment(grant)), Some(change)).await
    }

    /// Takes a grant away.
    pub async fn take(&self, grant: &str) -> Result<Taken, GrantsError> {
        self.call(Method::DELETE, &format!("/api/grants/{}", segment(grant)), None::<&()>).await
    }

    /// Has someone invited; once, however often it is asked for under this id.
    pub async fn invite(&self, id: &str, new: &NewInvitation) -> Result<Invitation, GrantsError> {
        self.call(Method::PUT, &format!("/api/invitations/{}", segment(id)), Some(new)).await
    }

    /// Takes an invitation back.
    pub async fn withdraw(&self, invitation: &str) -> Result<Taken, GrantsError> {
        self.call(Method::DELETE, &format!("/api/invitations/{}", segment(invitation)), None::<&()>).await
    }

    /// What the person may open.
    pub async fn tiles(&self) -> Result<Tiles, GrantsError> {
        self.call(Method::GET, "/api/links", None::<&()>).await
    }

    /// The links of a relation.
    pub async fn links(&self, relation: &str) -> Result<RelationLinks, GrantsError> {
        self.call(Method::GET, &format!("/api/relations/{}/links", segment(relation)), None::<&()>).await
    }

    /// Adds a link to a relation.
    pub async fn add_link(&self, relation: &str, new: &NewLink) -> Result<Link, GrantsError> {
        self.call(Method::POST, &format!("/api/relations/{}/links", segment(relation)), Some(new)).await
    }

    /// Removes a link.
    pub async fn remove_link(&self, link: &str) -> Result<(), GrantsError> {
        let path = format!("/api/links/{}", segment(link));
        let answer = self.provider.call(&Call::new(Method::DELETE, &path), &self.token).await?;
        if answer.status.is_success() { Ok(()) } else { Err(refused(&answer)) }
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, GrantsError> {
        let mut call = Call::new(method, path);
        if let Some(body) = body {
            call = call.json(body)?;
        }
        let answer = self.provider.call(&call, &self.token).await?;
        if answer.status.is_success() { Ok(answer.read()?) } else { Err(refused(&answer)) }
    }
}

fn refused(answer: &Called) -> GrantsError {
    match answer.status {
        StatusCode::UNAUTHORIZED => match Denied::challenged(&answer.challenge) {
            Some(denied) => GrantsError::Access(denied.into()),
            None => GrantsError::SignInAgain,
        },
        StatusCode::FORBIDDEN => GrantsError::Forbidden,
        StatusCode::NOT_FOUND => GrantsError::NotFound,
        StatusCode::CONFLICT => GrantsError::Conflict,
        StatusCode::UNPROCESSABLE_ENTITY => {
            let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            GrantsError::Invalid(problem.get("fields").and_then(serde_json::Value::as_object).cloned().unwrap_or_default())
        }
        StatusCode::TOO_MANY_REQUESTS => GrantsError::TooMany(answer.retry_after.unwrap_or(60)),
        status => GrantsError::Unreachable(format!("status {status}, {}", answer.code())),
    }
}
