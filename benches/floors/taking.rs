//! From the answer that access was taken away to the refusal at the record store, beside one HTTP round trip over the same
//! connection. Each round gives a person a grant that opens an internal note, takes it away, and asks for the note with the
//! token that opened it a moment ago.

use std::io;
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::site::{BENCH, Site};
use crate::table::Table;

/// Rounds; of so many the slowest but two are the 99th per cent.
const ROUNDS: usize = 300;
/// How long a thing that must come is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// Who asks what of whom.
struct Asker<'s> {
    site: &'s Site,
    token: String,
    base: String,
}

impl Asker<'_> {
    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> io::Result<(StatusCode, Value)> {
        let mut request = self.site.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.map_err(io::Error::other)?;
        let (status, bytes) = (answer.status(), answer.bytes().await.map_err(io::Error::other)?);
        Ok((status, serde_json::from_slice(&bytes).unwrap_or_default()))
    }

    /// Asks until the answer has a status.
    async fn until(&self, path: &str, status: StatusCode) -> io::Result<()> {
        let begun = Instant::now();
        while self.ask(Method::GET, path, None).await?.0 != status {
            if begun.elapsed() > PATIENCE {
                return Err(io::Error::other(format!("{path} never answers {status}")));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(())
    }

    /// Asks for what must succeed.
    async fn must(&self, method: Method, path: &str, body: Value) -> io::Result<Value> {
        let (status, answer) = self.ask(method, path, Some(body)).await?;
        if status.is_success() { Ok(answer) } else { Err(io::Error::other(format!("{path}: {status} {answer}"))) }
    }
}

/// Measures it and puts it into the table as facts.
pub async fn measure(table: &mut Table, site: &Site) -> io::Result<()> {
    let store = site.crm().0;
    let (mut bram, mut daan) = (site.sign_in("bram@example.com").await?, site.sign_in("daan@example.com").await?);
    let who = |answer: Value, base: &str| {
        let token = answer["access_token"].as_str().unwrap_or_default().to_owned();
        Asker { site, token, base: base.to_owned() }
    };
    let records = "openid records:read records:write";
    let office = who(site.tokens_of(&mut bram, BENCH, "openid grants", None).await?, &site.url);
    let maker = who(site.tokens_of(&mut bram, BENCH, records, Some(&store)).await?, &store);
    let tokens = site.tokens_of(&mut daan, BENCH, records, Some(&store)).await?;
    let reader = who(tokens.clone(), &store);

    let subject = subject(&tokens);
    let relation = maker.must(Method::POST, "/api/v1/records/relations", json!({"fields": {"name": "Bakkerij Smit"}})).await?;
    let relation = relation["id"].as_str().unwrap_or_default().to_owned();
    office.until(&format!("/api/relations/{relation}/access"), StatusCode::OK).await?;
    let own = json!({"holder": {"person": self::subject(&json!({"access_token": maker.token}))}, "level": "manager"});
    office.must(Method::POST, &format!("/api/relations/{relation}/grants"), own).await?;
    let note = note(&maker, &relation).await?;

    let (mut gone, mut trips) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let grant = json!({"holder": {"person": subject}, "level": "reader"});
        let grant = office.must(Method::POST, &format!("/api/relations/{relation}/grants"), grant).await?;
        reader.until(&note, StatusCode::OK).await?;
        let id = grant["id"].as_str().unwrap_or_default();
        let taken = office.must(Method::DELETE, &format!("/api/grants/{id}"), Value::Null).await?;
        if taken["state"] != "done" {
            return Err(io::Error::other(format!("not taken away at once: {taken}")));
        }
        let begun = Instant::now();
        reader.until(&note, StatusCode::NOT_FOUND).await?;
        gone.push(begun.elapsed());
        let begun = Instant::now();
        reader.until("/livez", StatusCode::OK).await?;
        trips.push(begun.elapsed());
    }
    table.fact("access taken away: from the answer to the refusal, p50 and p99", spread(&mut gone));
    table.fact("one HTTP round trip over the same connection, p50 and p99", spread(&mut trips));
    Ok(())
}

/// An internal note in the dossier of the relation; its address. Asked for again until the record store knows of the grant.
async fn note(maker: &Asker<'_>, relation: &str) -> io::Result<String> {
    let body = json!({"fields": {"subject": "Margin", "relation": relation}, "internal": true});
    let begun = Instant::now();
    loop {
        let (status, answer) = maker.ask(Method::POST, "/api/v1/records/notes", Some(body.clone())).await?;
        match answer["id"].as_str().filter(|_| status.is_success()) {
            Some(id) => return Ok(format!("/api/v1/records/notes/{id}")),
            None if begun.elapsed() > PATIENCE => return Err(io::Error::other(format!("no note: {status} {answer}"))),
            None => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// The subject of an access token.
fn subject(tokens: &Value) -> String {
    use base64::Engine;
    let token = tokens["access_token"].as_str().unwrap_or_default();
    let payload = token.split('.').nth(1).unwrap_or_default();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
    let claims: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    claims["sub"].as_str().unwrap_or_default().to_owned()
}

fn spread(times: &mut [Duration]) -> String {
    times.sort();
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).map_or(f64::NAN, |t| t.as_secs_f64() * 1000.0);
    format!("{:.2} ms, {:.2} ms", at(0.5), at(0.99))
}
