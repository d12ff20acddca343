//! The provider's side of grants, invitations and relations in a few lines. Whoever's token begins with `of-mila` manages
//! every relation; others are refused.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, State as Of};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post, put};
use axum::{Json, Router};
use serde_json::json;

use crate::contract::access::*;

#[derive(Default)]
pub struct Inner {
    pub grants: Vec<Grant>,
    pub invitations: BTreeMap<String, Invitation>,
    /// What the last invitation asked for.
    pub asked: Option<NewInvitation>,
    /// Relations as they were told last, and how many pushes there were.
    pub relations: BTreeMap<String, Relation>,
    pub pushes: usize,
    /// Tokens that came.
    pub tokens: Vec<String>,
    /// Answers this to everything.
    pub refuses: Option<u16>,
    /// And says so in WWW-Authenticate.
    pub challenge: Option<&'static str>,
}

#[derive(Clone, Default)]
pub struct Office(Arc<Mutex<Inner>>);

impl Office {
    pub fn open(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does `work` for a person who may.
    fn answer(&self, headers: &HeaderMap, work: impl FnOnce(&mut Inner) -> Response) -> Response {
        let mut inner = self.open();
        let token = headers[header::AUTHORIZATION].to_str().unwrap().to_owned();
        let may = token == "Bearer of-mila";
        inner.tokens.push(token);
        match inner.refuses.or((!may).then_some(403)) {
            Some(status) => {
                let said = inner.challenge.map(|c| [(header::WWW_AUTHENTICATE, c)]);
                let body = Json(json!({"code": "no", "fields": {"until": "later"}}));
                (StatusCode::from_u16(status).unwrap(), said.unwrap_or([(header::WWW_AUTHENTICATE, "Bearer")]), body)
                    .into_response()
            }
            None => work(&mut inner),
        }
    }
}

fn done() -> Response {
    Json(Taken { state: TakenState::Done, waiting_for: vec![] }).into_response()
}

async fn access(Of(o): Of<Office>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    o.answer(&headers, |inner| {
        let grants = inner.grants.iter().filter(|g| g.relation == id).cloned().collect();
        let invitations = inner.invitations.values().filter(|i| i.relation == id).cloned().collect();
        Json(RelationAccess { grants, invitations, may_change: true }).into_response()
    })
}

async fn give(Of(o): Of<Office>, Path(id): Path<String>, headers: HeaderMap, Json(new): Json<NewGrant>) -> Response {
    o.answer(&headers, |inner| {
        let grant = Grant {
            id: format!("g{}", inner.grants.len() + 1),
            relation: id,
            holder: new.holder,
            holder_name: "Someone".into(),
            staff: Some(true),
            level: new.level,
            from: new.from,
            until: new.until,
            reason: new.reason,
            granted_by: Some("mila".into()),
            granted_at: 0,
        };
        inner.grants.push(grant.clone());
        (StatusCode::CREATED, Json(grant)).into_response()
    })
}

async fn change(Of(o): Of<Office>, Path(id): Path<String>, headers: HeaderMap, Json(new): Json<GrantChange>) -> Response {
    o.answer(&headers, |inner| {
        let Some(grant) = inner.grants.iter_mut().find(|g| g.id == id) else { return StatusCode::NOT_FOUND.into_response() };
        grant.level = new.level.unwrap_or(grant.level);
        Json(ChangedGrant { grant: grant.clone(), taken: None }).into_response()
    })
}

async fn take(Of(o): Of<Office>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    o.answer(&headers, |inner| {
        inner.grants.retain(|g| g.id != id);
        done()
    })
}

async fn invite(Of(o): Of<Office>, Path(id): Path<String>, headers: HeaderMap, Json(new): Json<NewInvitation>) -> Response {
    o.answer(&headers, |inner| {
        inner.asked = Some(new.clone());
        let invitation = Invitation {
            id: id.clone(),
            email: new.email,
            name: new.name,
            relation: new.relation,
            level: new.level,
            made_at: 0,
            expires_at: 1,
            accepted_at: None,
        };
        inner.invitations.insert(id, invitation.clone());
        (StatusCode::CREATED, Json(invitation)).into_response()
    })
}

async fn withdraw(Of(o): Of<Office>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    o.answer(&headers, |inner| {
        inner.invitations.remove(&id);
        done()
    })
}

async fn push(Of(o): Of<Office>, Json(relations): Json<Vec<Relation>>) -> Response {
    let mut inner = o.open();
    inner.pushes += 1;
    if let Some(status) = inner.refuses {
        return StatusCode::from_u16(status).unwrap().into_response();
    }
    if relations.iter().any(|r| r.external_key.as_deref() == Some("TAKEN")) {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    }
    inner.relations.extend(relations.into_iter().map(|r| (r.id.clone(), r)));
    Json(json!({"changed": 1})).into_response()
}

pub fn routes(office: Office) -> Router {
    Router::new()
        .route("/api/relations", post(push))
        .route("/api/relations/{id}/access", get(access))
        .route("/api/relations/{id}/grants", post(give))
        .route("/api/grants/{id}", patch(change).delete(take))
        .route("/api/invitations/{id}", put(invite).delete(withdraw))
        .with_state(office)
}
