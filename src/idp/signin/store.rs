//! SQL of sign-ins under way.

use super::factors::{Factor, FactorSet, Results, Shown};
use crate::contract::Assurance;
use crate::idp::oidc::authorize::Request;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

record! {
    struct Row {
        id: String, request: Option<String>, person_id: Option<String>, code_method: Option<String>, generation: i64, sends: i64,
        sent_at: Option<i64>, sent_by: Option<String>, tries: i64, finished_at: Option<i64>, expires_at: i64,
        session_id: Option<String>, least: Option<String>, goal: Option<String>
    }
}

record! {
    struct ShownRow { factor: String, at: i64, whole: Option<String> }
}

/// A sign-in under way.
#[derive(Clone, Debug)]
pub struct Signin {
    /// Id.
    pub id: String,
    /// The application's request that asked for it; nothing when someone came by himself.
    pub request: Option<Request>,
    /// The page of this provider that asked for it, as a path.
    pub goal: Option<String>,
    /// How strong that page wants it.
    pub least: Option<Assurance>,
    /// The session that it makes stronger; nothing when it begins one.
    pub session_id: Option<String>,
    /// Who, once a first factor was right.
    pub person_id: Option<String>,
    /// What has been shown.
    pub results: Results,
    /// Which factor the person chose.
    pub chosen: Option<Factor>,
    /// Which sent code counts.
    pub generation: i64,
    /// Messages so far.
    pub sends: i64,
    /// When the last one was asked for, and which way it went.
    pub sent: Option<(Timestamp, Factor)>,
    /// Codes tried.
    pub tries: i64,
    /// Until when.
    pub expires_at: Timestamp,
    /// When it was completed.
    pub finished_at: Option<Timestamp>,
}

impl Signin {
    /// Whether it can go on.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.finished_at.is_none() && now < self.expires_at
    }
}

/// A row that says something no program of this version wrote.
fn bad(column: &'static str, id: &str, why: impl Into<String>) -> DbError {
    DbError::BadRow { table: "signins", column, id: id.to_owned(), why: why.into() }
}

fn named(column: &'static str, id: &str, name: Option<&str>) -> Result<Option<Factor>, DbError> {
    name.map(|n| Factor::from_name(n).ok_or_else(|| bad(column, id, n))).transpose()
}

fn signin(r: Row, results: Results) -> Result<Signin, DbError> {
    let request = r.request.as_deref().map(serde_json::from_str).transpose().map_err(|e| bad("request", &r.id, e.to_string()))?;
    let least = r.least.as_deref().map(|acr| Assurance::from_acr(acr).ok_or_else(|| bad("least", &r.id, acr))).transpose()?;
    Ok(Signin {
        request,
        goal: r.goal,
        least,
        session_id: r.session_id,
        person_id: r.person_id,
        results,
        chosen: named("code_method", &r.id, r.code_method.as_deref())?,
        generation: r.generation,
        sends: r.sends,
        sent: r.sent_at.map(Timestamp).zip(named("sent_by", &r.id, r.sent_by.as_deref())?),
        tries: r.tries,
        expires_at: Timestamp(r.expires_at),
        finished_at: r.finished_at.map(Timestamp),
        id: r.id,
    })
}

/// Reads what was shown; also for sessions, whose rows look the same.
pub fn shown(factor: &str, at: i64, whole: Option<&str>) -> Result<Shown, DbError> {
    let known = Factor::from_name(factor).ok_or_else(|| bad("factor", factor, "no factor has this name"))?;
    let whole = whole.map(|acr| Assurance::from_acr(acr).ok_or_else(|| bad("whole", factor, acr))).transpose()?;
    Ok(Shown { factor: known, at: Timestamp(at), whole })
}

/// A sign-in that begins.
#[derive(Clone, Debug, Default)]
pub struct Beginning {
    /// Id.
    pub id: String,
    /// The hash of its cookie.
    pub token_hash: String,
    /// The application's request, as JSON.
    pub request: Option<String>,
    /// The page that asked for it.
    pub goal: Option<String>,
    /// How strong that page wants it.
    pub least: Option<Assurance>,
    /// The session that it makes stronger, and whose that is.
    pub session: Option<(String, String)>,
}

/// Begins a sign-in.
pub async fn insert(tx: &mut Tx<'_>, b: &Beginning, now: Timestamp, expires: Timestamp) -> Result<(), DbError> {
    let (session, person) = b.session.clone().unzip();
    tx.q(sql!(
        "INSERT INTO signins (id, token_hash, request, goal, least, session_id, person_id, generation, sends, tries, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, $8, $9)"
    ))
    .bind(b.id.as_str())
    .bind(b.token_hash.as_str())
    .bind(b.request.clone())
    .bind(b.goal.clone())
    .bind(b.least.map(Assurance::acr))
    .bind(session)
    .bind(person)
    .bind(now.0)
    .bind(expires.0)
    .exec()
    .await?;
    Ok(())
}

/// The sign-in of a browser.
pub async fn by_token(tx: &mut Tx<'_>, token_hash: &str) -> Result<Option<Signin>, DbError> {
    let row: Option<Row> = tx
        .q(sql!(
            "SELECT id, request, person_id, code_method, generation, sends, sent_at, sent_by, tries, finished_at, expires_at,
                 session_id, least, goal
             FROM signins WHERE token_hash = $1"
        ))
        .bind(token_hash)
        .opt()
        .await?;
    read(tx, row).await
}

/// The sign-in with this id.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Signin>, DbError> {
    let row: Option<Row> = tx
        .q(sql!(
            "SELECT id, request, person_id, code_method, generation, sends, sent_at, sent_by, tries, finished_at, expires_at,
                 session_id, least, goal
             FROM signins WHERE id = $1"
        ))
        .bind(id)
        .opt()
        .await?;
    read(tx, row).await
}

async fn read(tx: &mut Tx<'_>, row: Option<Row>) -> Result<Option<Signin>, DbError> {
    let Some(row) = row else { return Ok(None) };
    let rows: Vec<ShownRow> =
        tx.q(sql!("SELECT factor, at, whole FROM signin_results WHERE signin_id = $1")).bind(row.id.as_str()).all().await?;
    let results = rows.iter().map(|r| shown(&r.factor, r.at, r.whole.as_deref())).collect::<Result<Results, _>>()?;
    signin(row, results).map(Some)
}

/// Puts a sign-in in a person's name. Only once, so a second account can't be put under the first one's results; false when
/// it is in another's, or over.
pub async fn claim(tx: &mut Tx<'_>, id: &str, person: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "UPDATE signins SET person_id = $2
             WHERE id = $1 AND (person_id IS NULL OR person_id = $2) AND finished_at IS NULL AND expires_at > $3"
        ))
        .bind(id)
        .bind(person)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Records that a factor was shown.
pub async fn record(tx: &mut Tx<'_>, id: &str, shown: &Shown) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO signin_results (signin_id, factor, at, whole) VALUES ($1, $2, $3, $4)
         ON CONFLICT (signin_id, factor) DO UPDATE SET at = excluded.at, whole = excluded.whole"
    ))
    .bind(id)
    .bind(shown.factor.as_str())
    .bind(shown.at.0)
    .bind(shown.whole.map(Assurance::acr))
    .exec()
    .await?;
    Ok(())
}

/// Records which factor the person wants.
pub async fn choose(tx: &mut Tx<'_>, id: &str, factor: Factor) -> Result<(), DbError> {
    tx.q(sql!("UPDATE signins SET code_method = $2 WHERE id = $1 AND finished_at IS NULL"))
        .bind(id)
        .bind(factor.as_str())
        .exec()
        .await?;
    Ok(())
}

/// What a person could show as a second factor.
pub async fn has(tx: &mut Tx<'_>, person: &str) -> Result<FactorSet, DbError> {
    let row: Option<(bool, bool)> = tx
        .q(sql!("SELECT authenticator IS NOT NULL, phone IS NOT NULL AND phone_proven_at IS NOT NULL FROM people WHERE id = $1"))
        .bind(person)
        .opt()
        .await?;
    let (authenticator, phone) = row.unwrap_or_default();
    Ok(FactorSet::NONE.with(Factor::Mail).with_if(Factor::Authenticator, authenticator).with_if(Factor::Sms, phone))
}

/// Begins another generation of the sent code, which goes `by` this way from now on; nothing when the limit is reached or the
/// last message is younger than `since`.
pub async fn next_generation(
    tx: &mut Tx<'_>,
    (id, by): (&str, Factor),
    most: i64,
    since: Timestamp,
    now: Timestamp,
) -> Result<Option<i64>, DbError> {
    let row: Option<(i64,)> = tx
        .q(sql!(
            "UPDATE signins SET generation = generation + 1, sends = sends + 1, sent_at = $4, sent_by = $5
             WHERE id = $1 AND sends < $2 AND (sent_at IS NULL OR sent_at <= $3) AND finished_at IS NULL AND expires_at > $4
             RETURNING generation"
        ))
        .bind(id)
        .bind(most)
        .bind(since.0)
        .bind(now.0)
        .bind(by.as_str())
        .opt()
        .await?;
    Ok(row.map(|(g,)| g))
}

/// Counts a try **before** it is evaluated; the number of tries so far, or nothing when there are none left.
pub async fn count_try(tx: &mut Tx<'_>, id: &str, most: i64, now: Timestamp) -> Result<Option<i64>, DbError> {
    let row: Option<(i64,)> = tx
        .q(sql!(
            "UPDATE signins SET tries = tries + 1
             WHERE id = $1 AND tries < $2 AND person_id IS NOT NULL AND finished_at IS NULL AND expires_at > $3 RETURNING tries"
        ))
        .bind(id)
        .bind(most)
        .bind(now.0)
        .opt()
        .await?;
    Ok(row.map(|(t,)| t))
}

/// Records that the sign-in is complete: once.
pub async fn finish(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "UPDATE signins SET finished_at = $2
             WHERE id = $1 AND person_id IS NOT NULL AND finished_at IS NULL AND expires_at > $2"
        ))
        .bind(id)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Ends every sign-in under way.
pub async fn void_all(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("UPDATE signins SET expires_at = $1 WHERE finished_at IS NULL AND expires_at > $1")).bind(now.0).exec().await
}

/// Forgets sign-ins that expired before `before`.
pub async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM signins WHERE id IN (SELECT id FROM signins WHERE expires_at < $1 LIMIT 500)"))
        .bind(before.0)
        .exec()
        .await
}
