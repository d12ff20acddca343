//! Routes of AuthZEN: the metadata (section 9), and what clients ask by a token of their own with the scope `authzen`.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::flow::{self, Sought};
use super::model::{MOST, Missing, PAGE, Question, Questions, RESOURCE, SCOPE, SUBJECT, Search, Semantic};
use crate::idp::challenges::http::read;
use crate::idp::feed::Head;
use crate::idp::{Idp, bearer};
use crate::kernel::cursor;
use crate::kernel::http::{Code, Presented, Problem};

/// Routes of AuthZEN.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/.well-known/authzen-configuration", get(metadata))
        .route("/access/v1/evaluation", post(evaluation))
        .route("/access/v1/evaluations", post(evaluations))
        .route("/access/v1/search/subject", post(subjects))
        .route("/access/v1/search/resource", post(resources))
        .route("/access/v1/search/action", post(actions))
}

async fn metadata(State(idp): State<Arc<Idp>>) -> Response {
    let at = |path: &str| idp.env.settings.idp_url.at(path);
    let body = json!({
        "policy_decision_point": idp.issuer(),
        "access_evaluation_endpoint": at("/access/v1/evaluation"),
        "access_evaluations_endpoint": at("/access/v1/evaluations"),
        "search_subject_endpoint": at("/access/v1/search/subject"),
        "search_resource_endpoint": at("/access/v1/search/resource"),
        "search_action_endpoint": at("/access/v1/search/action"),
    });
    ([(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"))], Json(body)).into_response()
}

impl From<Missing> for Problem {
    fn from(e: Missing) -> Self {
        Self::because(Code::BadRequest, e.to_string())
    }
}

/// The client, after its token was checked; the id of its request comes back to it (section 10.1).
async fn client(idp: &Idp, presented: &Presented) -> Result<(String, Option<HeaderValue>), Problem> {
    let token = bearer::client(idp, presented, SCOPE).await?;
    Ok((token.client_id.clone(), presented.headers.get("x-request-id").cloned()))
}

/// Which log, and where in it: a record store with an older one knows less than this answer.
fn context(head: &Head) -> Value {
    json!({"access_rev": head.position, "access_epoch": head.epoch})
}

fn answered(body: Value, id: Option<HeaderValue>) -> Response {
    let mut answer = Json(body).into_response();
    if let Some(id) = id {
        answer.headers_mut().insert(HeaderName::from_static("x-request-id"), id);
    }
    answer
}

/// One decision as it is told. A question that can't be read is refused by itself, beside others that can (section 7.2.1).
fn told(decision: bool, wrong: Option<Missing>, head: &Head) -> Value {
    let mut context =
        Map::from_iter([("access_rev".into(), head.position.into()), ("access_epoch".into(), head.epoch.clone().into())]);
    if let Some(e) = wrong {
        context.insert("error".into(), json!({"status": Code::BadRequest.status(), "message": e.to_string()}));
    }
    json!({"decision": decision, "context": context})
}

/// A question by itself: one that can't be read is no question (section 6).
async fn single(idp: &Idp, question: &Question) -> Result<Value, Problem> {
    let (decisions, head) = flow::decide(idp, &[Ok(question.asked()?)], Semantic::default()).await?;
    Ok(told(decisions.first().copied().unwrap_or(false), None, &head))
}

async fn evaluation(State(idp): State<Arc<Idp>>, presented: Presented, body: Bytes) -> Result<Response, Problem> {
    let (_, id) = client(&idp, &presented).await?;
    let question: Question = read(&body)?;
    Ok(answered(single(&idp, &question).await?, id))
}

async fn evaluations(State(idp): State<Arc<Idp>>, presented: Presented, body: Bytes) -> Result<Response, Problem> {
    let (_, id) = client(&idp, &presented).await?;
    let questions: Questions = read(&body)?;
    if questions.evaluations.len() > MOST {
        return Err(Problem::because(Code::BadRequest, format!("at most {MOST} evaluations in one request")));
    }
    if questions.evaluations.is_empty() {
        // Section 7.1: then it is a single question.
        return Ok(answered(single(&idp, &questions.common).await?, id));
    }
    let common = &questions.common;
    let asked: Vec<_> = questions.evaluations.into_iter().map(|q| q.over(common).asked()).collect();
    let (decisions, head) = flow::decide(&idp, &asked, questions.options.evaluations_semantic).await?;
    let each: Vec<Value> =
        decisions.iter().zip(&asked).map(|(decision, asked)| told(*decision, asked.as_ref().err().copied(), &head)).collect();
    Ok(answered(json!({ "evaluations": each }), id))
}

async fn subjects(State(idp): State<Arc<Idp>>, presented: Presented, body: Bytes) -> Result<Response, Problem> {
    let (client, id) = client(&idp, &presented).await?;
    let search: Search = read(&body)?;
    let wanted = search.question.subject.as_ref().ok_or(Missing("subject"))?.kind == SUBJECT;
    let sought = search.question.relation()?.filter(|_| wanted).map(Sought::People);
    page(&idp, &client, SUBJECT, sought, &search).await.map(|body| answered(body, id))
}

async fn resources(State(idp): State<Arc<Idp>>, presented: Presented, body: Bytes) -> Result<Response, Problem> {
    let (client, id) = client(&idp, &presented).await?;
    let search: Search = read(&body)?;
    let wanted = search.question.resource.as_ref().ok_or(Missing("resource"))?.kind == RESOURCE;
    let sought = search.question.person()?.filter(|_| wanted).map(Sought::Relations);
    page(&idp, &client, RESOURCE, sought, &search).await.map(|body| answered(body, id))
}

/// A page of results of one kind (section 8.2).
async fn page(idp: &Idp, client: &str, kind: &str, sought: Option<Sought>, search: &Search) -> Result<Value, Problem> {
    let least = search.question.least()?;
    let limit = search.page.limit.unwrap_or(PAGE).clamp(1, PAGE);
    let list = ("authzen", client, format!("{sought:?}"), least.map(|l| l.rank()));
    let after = match search.page.token.as_deref().filter(|t| !t.is_empty()) {
        Some(token) => {
            let bad = |_| Problem::because(Code::BadRequest, "page.token is not one of this search");
            cursor::open::<String>(&idp.env, &list, token).map_err(bad)?
        }
        None => String::new(),
    };
    let (found, more, head) = flow::search(idp, sought.as_ref(), least, (&after, limit)).await?;
    let next = match found.last().filter(|_| more) {
        Some(last) => cursor::seal(&idp.env, &list, last).map_err(|e| Problem::internal(&e))?,
        None => String::new(),
    };
    let results: Vec<Value> = found.iter().map(|id| json!({"type": kind, "id": id})).collect();
    Ok(json!({"results": results, "page": {"next_token": next, "count": found.len()}, "context": context(&head)}))
}

async fn actions(State(idp): State<Arc<Idp>>, presented: Presented, body: Bytes) -> Result<Response, Problem> {
    let (_, id) = client(&idp, &presented).await?;
    let search: Search = read(&body)?;
    let (person, relation) = (search.question.person()?, search.question.relation()?);
    let (names, head) = flow::actions(&idp, person.as_deref(), relation.as_deref()).await?;
    let results: Vec<Map<String, Value>> =
        names.into_iter().map(|name| Map::from_iter([("name".to_owned(), name.into())])).collect();
    Ok(answered(json!({"results": results, "page": {"next_token": "", "count": results.len()}, "context": context(&head)}), id))
}
