//! The steps of a trial after its answer, by the functions that the endpoints are made of. Whatever was given is revoked at the
//! end, also where a step in between went wrong.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::response::IntoResponse;
use serde::Serialize;
use serde_json::{Value, json};

use super::check;
use super::flow::opened;
use super::model::{Kept, Step, masked, short};
use crate::idp::clients::auth::{self, Authenticated};
use crate::idp::clients::{self, Client};
use crate::idp::oidc::access::{self, Access};
use crate::idp::oidc::grant::{code, refresh};
use crate::idp::oidc::token::REPEATABLE;
use crate::idp::oidc::tokens::TokenAnswer;
use crate::idp::oidc::{OAuthError, backchannel, binding, frontchannel, introspection, issues, pushed, subjects, userinfo};
use crate::idp::people::Person;
use crate::idp::{Idp, own};
use crate::kernel::audit::Actor;
use crate::kernel::dpop;
use crate::kernel::http::{Context, Params, Presented};
use crate::kernel::jose::{Alg, SigningKey};

/// Bytes of an answer that are read.
const MOST: usize = 256 * 1024;

/// A trial, running.
pub struct Run<'a> {
    idp: &'a Idp,
    person: &'a Person,
    client: &'a Client,
    kept: &'a Kept,
    actor: Actor,
}

/// What was given.
struct Got {
    answer: TokenAnswer,
    access: Access,
    key: Option<SigningKey>,
}

impl<'a> Run<'a> {
    /// Of an administrator, for an application.
    pub fn new(idp: &'a Idp, context: &Context, person: &'a Person, client: &'a Client, kept: &'a Kept) -> Self {
        Self { idp, person, client, kept, actor: Actor::on(context).person(&person.id).client(&client.id) }
    }

    /// All steps, as far as they go.
    pub async fn all(&self, answer: &Params) -> Result<Vec<Step>, OAuthError> {
        let signed = answer.get("response").map(|r| check::response(self.idp, self.client, r)).transpose()?.flatten();
        let (answer, right) = signed.as_ref().map_or((answer, None), |(inner, right)| (inner, Some(*right)));
        let answered = self.answered(answer);
        let answered = if let Some(right) = right { answered.check("response", right) } else { answered };
        let mut steps = vec![self.asked(), answered];
        let Some(code) = answer.get("code").filter(|_| steps.iter().all(Step::is_right)) else { return Ok(steps) };
        let Some(got) = self.redeem(code, &mut steps).await? else { return Ok(steps) };
        let shown = self.look(&got, &mut steps).await;
        if let Some(issue) = &got.access.issue {
            issues::revoke(self.idp, issue, self.actor.clone(), "a trial has ended").await?;
        }
        shown?;
        steps.push(self.ended(&got).await?);
        steps.push(self.leaving(&self.session(&got.access)?)?);
        Ok(steps)
    }

    /// The session of a token. To another resource server it is called as the access log does.
    fn session(&self, access: &Access) -> Result<String, OAuthError> {
        let sid = access.sid.as_deref().unwrap_or_default();
        if access.aud == self.idp.issuer() {
            return Ok(subjects::session(&self.idp.env.root, self.client, sid)?);
        }
        Ok(sid.to_owned())
    }

    /// The authorization request.
    fn asked(&self) -> Step {
        let m = &self.client.metadata;
        let mut step = Step::new("request", format!("GET {}", self.idp.env.settings.idp_url.at("/authorize")))
            .pair("response_type", "code")
            .pair("client_id", &*self.client.id)
            .pair("redirect_uri", pushed::trial_address(self.idp));
        for (name, value) in &self.kept.asked {
            step = step.pair(name, value);
        }
        step = step
            .pair("state", "…")
            .pair("nonce", short(&self.kept.nonce))
            .pair("code_challenge", crate::kernel::jose::digest(self.kept.verifier.as_bytes()))
            .pair("code_challenge_method", "S256")
            .note("pushed");
        if m.require_signed_request_object { step.note("unsigned") } else { step }
    }

    /// The authorization response.
    fn answered(&self, answer: &Params) -> Step {
        let mut step = Step::new("answer", format!("GET {}", pushed::trial_address(self.idp)));
        for (name, value) in answer.iter() {
            let value = match name {
                "code" => short(value),
                "state" => "…".to_owned(),
                _ => value.chars().take(500).collect(),
            };
            step = step.pair(name, value);
        }
        let step = step.check("state", true).check("answer-iss", answer.get("iss") == Some(self.idp.issuer()));
        match answer.get("error") {
            None => step.check("code", answer.get("code").is_some()),
            Some("access_denied") => step.check("code", false).note("denied"),
            Some("login_required" | "consent_required" | "unmet_authentication_requirements") => {
                step.check("code", false).note("not-signed-in")
            }
            Some(_) => step.check("code", false).note("refused"),
        }
    }

    /// What a request shows: a proof of the trial's key, where tokens are bound to one.
    fn presented(
        &self,
        method: Method,
        path: &str,
        key: Option<&SigningKey>,
        token: Option<&TokenAnswer>,
    ) -> Result<Presented, OAuthError> {
        let mut headers = HeaderMap::new();
        let value = |text: &str| HeaderValue::from_str(text).map_err(|e| OAuthError::internal(&e));
        if let Some(answer) = token {
            headers.insert(header::AUTHORIZATION, value(&format!("{} {}", answer.token_type, answer.access_token))?);
        }
        if let Some(key) = key {
            let now = self.idp.env.now();
            let mut claims = json!({
                "jti": self.idp.env.id(), "htm": method.as_str(), "htu": self.idp.env.settings.idp_url.at(path), "iat": now.seconds(),
                "nonce": binding::nonces(self.idp).newest(now)?,
            });
            if let (Some(answer), Some(claims)) = (token, claims.as_object_mut()) {
                claims.insert("ath".into(), crate::kernel::jose::digest(answer.access_token.as_bytes()).into());
            }
            let proof = dpop::prove(key, &claims).map_err(|e| OAuthError::internal(&e))?;
            headers.insert(HeaderName::from_static(dpop::HEADER), value(&proof)?);
        }
        Ok(Presented { headers, method, path: path.to_owned(), certificate: None })
    }

    /// The client, as this provider stands in for it.
    async fn stand_in(&self, key: Option<&SigningKey>) -> Result<Authenticated, OAuthError> {
        let found = auth::in_trial(self.idp, &self.client.id).await?;
        let found = found.ok_or(OAuthError::grant("the application was disabled meanwhile"))?;
        found.holding(self.idp, &self.presented(Method::POST, "/token", key, None)?)
    }

    fn token_request(&self, pairs: &[(&str, &str)]) -> Step {
        let mut step = Step::new("token-request", format!("POST {}", self.idp.env.settings.idp_url.at("/token")));
        for (name, value) in pairs {
            let secret = matches!(*name, "code" | "code_verifier" | "refresh_token");
            step = step.pair(*name, if secret { short(value) } else { (*value).to_owned() });
        }
        step
    }

    /// The code for tokens.
    async fn redeem(&self, code: &str, steps: &mut Vec<Step>) -> Result<Option<Got>, OAuthError> {
        let m = &self.client.metadata;
        let bound = m.dpop_bound_access_tokens || m.tls_client_certificate_bound_access_tokens;
        let key = bound.then(|| SigningKey::generate(Alg::Es256)).transpose().map_err(|e| OAuthError::internal(&e))?;
        let address = pushed::trial_address(self.idp);
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &*address),
            ("code_verifier", &*self.kept.verifier),
        ];
        let step = self.token_request(&pairs).note("stands-in");
        steps.push(if bound { step.note("bound") } else { step });
        let params = Params::from_pairs(pairs.map(|(n, v)| (n.to_owned(), v.to_owned())), REPEATABLE)?;
        let given = match self.stand_in(key.as_ref()).await {
            Ok(auth) => code::redeem(self.idp, auth, &params, self.actor.clone()).await,
            Err(e) => Err(e),
        };
        let answer = match given {
            Ok(answer) => answer,
            Err(e) => {
                let said = json!({"error": e.code.as_str(), "error_description": e.description});
                steps.push(Step::new("token-answer", e.code.status().to_string()).json("answer", said).check("tokens", false));
                return Ok(None);
            }
        };
        steps.push(Step::new("token-answer", "200").json("answer", as_json(&answer)).check("tokens", true));
        let access = access::read(self.idp, &answer.access_token, None).await?;
        match access {
            Some(access) => Ok(Some(Got { answer, access, key })),
            None => Err(OAuthError::grant("an access token that was given a moment ago does not stand")),
        }
    }

    /// Everything that is looked at while the tokens stand.
    async fn look(&self, got: &Got, steps: &mut Vec<Step>) -> Result<(), OAuthError> {
        let mut id_claims = Value::Null;
        match &got.answer.id_token {
            Some(token) => {
                let (step, claims) = check::id_token(self.idp, self.client, self.kept, (token, &self.person.id))?;
                id_claims = claims;
                steps.push(step);
            }
            None => steps.push(Step::new("id-token", String::new()).note("no-openid")),
        }
        let claims = serde_json::to_value(got.access.claims()).map_err(|e| OAuthError::internal(&e))?;
        let resource = self.kept.asked("resource").unwrap_or(self.idp.issuer());
        let key = got.key.as_ref().map(SigningKey::kid);
        steps.push(check::access_token(self.idp, self.client, &got.answer.access_token, (&claims, resource, key))?);
        steps.push(self.userinfo(got, &id_claims).await?);
        steps.push(self.introspected(got).await?);
        if let Some(token) = &got.answer.refresh_token {
            steps.push(self.renewed(got, token).await?);
        }
        Ok(())
    }

    /// The userinfo endpoint.
    async fn userinfo(&self, got: &Got, id_claims: &Value) -> Result<Step, OAuthError> {
        let step = Step::new("userinfo", format!("GET {}", self.idp.env.settings.idp_url.at("/userinfo")));
        if got.access.aud != self.idp.issuer() {
            return Ok(step.note("other-audience"));
        }
        if !got.access.has_scope("openid") {
            return Ok(step.note("no-openid"));
        }
        let presented = self.presented(Method::GET, "/userinfo", got.key.as_ref(), Some(&got.answer))?;
        let answer = userinfo::answer(self.idp, &presented, b"").await.unwrap_or_else(IntoResponse::into_response);
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), MOST).await.map_err(|e| OAuthError::internal(&e))?;
        // Signed, it is a token of its own.
        let text = String::from_utf8_lossy(&body).into_owned();
        let said = serde_json::from_slice::<Value>(&body).ok().or_else(|| opened(&text).map(|(_, claims)| claims));
        let said = said.unwrap_or_else(|| json!({"size": body.len()}));
        let step = step.pair("status", status.as_str()).check("userinfo", status.is_success());
        if check::is_encrypted(&text) {
            return Ok(step.note("encrypted"));
        }
        let same = said.get("sub").is_some() && said.get("sub") == id_claims.get("sub");
        // An ID token that only the application can read names nobody here.
        let step = if id_claims.is_null() { step } else { step.check("sub-same", same) };
        Ok(step.json("answer", said))
    }

    /// What a resource server that the token is for would be told.
    async fn introspected(&self, got: &Got) -> Result<Step, OAuthError> {
        let step = Step::new("introspection", format!("POST {}", self.idp.env.settings.idp_url.at("/introspect")));
        let said = introspection::told(self.idp, &self.idp.lookup.head().await?, &got.access).await?;
        let active = said.is_some();
        let said = as_json(&said.unwrap_or_default());
        let servers = {
            let mut snapshot = self.idp.db.snapshot().await?;
            clients::store::all(&mut snapshot.tx()).await?
        };
        let mut asks: Vec<String> = servers
            .into_iter()
            .filter(|c| c.enabled && c.metadata.serves.contains(&got.access.aud))
            .map(|c| if c.id == own::RECORD_STORE { c.metadata.client_name } else { c.id })
            .collect();
        asks.truncate(20);
        let step = step.json("answer", said).check("active", active);
        Ok(if asks.is_empty() { step.note("nobody-asks") } else { step.pair("client_id", asks.join(", ")) })
    }

    /// The refresh token's use.
    async fn renewed(&self, got: &Got, token: &str) -> Result<Step, OAuthError> {
        let pairs = [("grant_type", "refresh_token"), ("refresh_token", token)];
        let step = Step { key: "renewal", ..self.token_request(&pairs) };
        let params = Params::from_pairs(pairs.map(|(n, v)| (n.to_owned(), v.to_owned())), REPEATABLE)?;
        let auth = self.stand_in(got.key.as_ref()).await?;
        Ok(match refresh::redeem(self.idp, auth, &params, self.actor.clone()).await {
            Ok(next) => {
                let another = next.refresh_token.as_deref() != Some(token);
                let step = step.json("answer", as_json(&next)).check("tokens", true);
                if another { step.note("rotates") } else { step.note("stays") }
            }
            Err(e) => {
                let said = json!({"error": e.code.as_str(), "error_description": e.description});
                step.json("answer", said).check("tokens", false)
            }
        })
    }

    /// That nothing of it is left.
    async fn ended(&self, got: &Got) -> Result<Step, OAuthError> {
        let said = introspection::told(self.idp, &self.idp.lookup.head().await?, &got.access).await?;
        let gone = said.is_none();
        let step = Step::new("end", format!("POST {}", self.idp.env.settings.idp_url.at("/revoke")));
        Ok(step.json("answer", as_json(&said.unwrap_or_default())).check("inactive", gone))
    }

    /// What signing out would do; it is not done, for it is the administrator's own session.
    fn leaving(&self, session: &str) -> Result<Step, OAuthError> {
        let sid = subjects::sid(&self.idp.env.root, self.client, session)?;
        let m = &self.client.metadata;
        let mut step = Step::new("logout", format!("GET {}", self.idp.env.settings.idp_url.at("/logout")))
            .pair("id_token_hint", "…")
            .pair("client_id", &*self.client.id);
        if let Some(to) = m.post_logout_redirect_uris.first() {
            step = step.pair("post_logout_redirect_uri", to);
        }
        if let Some(frame) = frontchannel::frame(self.client, &sid, self.idp.issuer()) {
            step = step.pair("frontchannel_logout_uri", frame);
        }
        if let Some(uri) = &m.backchannel_logout_uri {
            let claims = backchannel::preview(self.idp, self.client, (&self.person.id, session))?;
            step = step.pair("backchannel_logout_uri", uri).json("logout-token", claims);
        }
        let told = m.frontchannel_logout_uri.is_some() || m.backchannel_logout_uri.is_some();
        Ok(step.note(if told { "is-told" } else { "not-told" }))
    }
}

fn as_json(answer: &impl Serialize) -> Value {
    match serde_json::to_value(answer) {
        Ok(Value::Object(answer)) => masked(answer),
        _ => Value::Null,
    }
}
