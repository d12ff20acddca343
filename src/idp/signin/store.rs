//! SQL of sign-ins under way.

use super::model::{Method, Results};
use crate::idp::oidc::authorize::Request;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

record! {
    struct Row {
        id: String, request: Option<String>, person_id: Option<String>, password_at: Option<i64>, code_at: Option<i64>,
        code_method: Option<String>, generation: i64, sends: i64, sent_at: Option<i64>, tries: i64, finished_at: Option<i64>,
        expires_at: i64
    }
}

/// A sign-in under way.
#[derive(Clone, Debug)]
pub struct Signin {
    /// Id.
    pub id: String,
    /// What asked for it; nothing when someone came by himself.
    pub request: Option<Request>,
    /// Who, once the password was right.
    pub person_id: Option<String>,
    /// What has been shown.
    pub results: Results,
    /// Which mailed code counts.
    pub generation: i64,
    /// Mails so far.
    pub sends: i64,
    /// When the last one was asked for.
    pub sent_at: Option<Timestamp>,
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

fn signin(r: Row) -> Result<Signin, DbError> {
    let bad = |column, id: &str, why: String| DbError::BadRow { table: "signins", column, id: id.to_owned(), why };
    let request = r.request.as_deref().map(serde_json::from_str).transpose().map_err(|e| bad("request", &r.id, e.to_string()))?;
    let chosen = match r.code_method.as_deref() {
        None => None,
        Some(name) => Some(Method::from_name(name).ok_or_else(|| bad("code_method", &r.id, name.to_owned()))?),
    };
    let results = Results { password_at: r.password_at.map(Timestamp), code_at: r.code_at.map(Timestamp).zip(chosen), chosen };
    Ok(Signin {
        id: r.id,
        request,
        person_id: r.person_id,
        results,
        generation: r.generation,
        sends: r.sends,
        sent_at: r.sent_at.map(Timestamp),
        tries: r.tries,
        expires_at: Timestamp(r.expires_at),
        finished_at: r.finished_at.map(Timestamp),
    })
}

/// Begins a sign-in.
pub async fn insert(
    tx: &mut Tx<'_>,
    id: &str,
    token_hash: &str,
    request: Option<&str>,
    now: Timestamp,
    expires: Timestamp,
) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO signins (id, token_hash, request, generation, sends, tries, created_at, expires_at) VALUES ($1, $2, $3, 0, 0, 0, $4, $5)"
    ))
    .bind(id)
    .bind(token_hash)
    .bind(request.map(str::to_owned))
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
            "SELECT id, request, person_id, password_at, code_at, code_method, generation, sends, sent_at, tries, finished_at, expires_at
             FROM signins WHERE token_hash = $1"
        ))
        .bind(token_hash)
        .opt()
        .await?;
    row.map(signin).transpose()
}

/// The sign-in with this id.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Signin>, DbError> {
    let row: Option<Row> = tx
        .q(sql!(
            "SELECT id, request, person_id, password_at, code_at, code_method, generation, sends, sent_at, tries, finished_at, expires_at
             FROM signins WHERE id = $1"
        ))
        .bind(id)
        .opt()
        .await?;
    row.map(signin).transpose()
}

/// Records that the password was right. Only once, so a second account can't be put under the first one's results.
pub async fn password_right(tx: &mut Tx<'_>, id: &str, person: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "UPDATE signins SET person_id = $2, password_at = $3
             WHERE id = $1 AND person_id IS NULL AND finished_at IS NULL AND expires_at > $3"
        ))
        .bind(id)
        .bind(person)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Records which method the person wants.
pub async fn choose(tx: &mut Tx<'_>, id: &str, method: Method) -> Result<(), DbError> {
    tx.q(sql!("UPDATE signins SET code_method = $2 WHERE id = $1 AND code_at IS NULL"))
        .bind(id)
        .bind(method.as_str())
        .exec()
        .await?;
    Ok(())
}

/// Begins another generation of the mailed code; nothing when the limit is reached or the last mail is younger than `since`.
pub async fn next_generation(
    tx: &mut Tx<'_>,
    id: &str,
    most: i64,
    since: Timestamp,
    now: Timestamp,
) -> Result<Option<i64>, DbError> {
    let row: Option<(i64,)> = tx
        .q(sql!(
            "UPDATE signins SET generation = generation + 1, sends = sends + 1, sent_at = $4
             WHERE id = $1 AND sends < $2 AND (sent_at IS NULL OR sent_at <= $3) AND finished_at IS NULL AND expires_at > $4
             RETURNING generation"
        ))
        .bind(id)
        .bind(most)
        .bind(since.0)
        .bind(now.0)
        .opt()
        .await?;
    Ok(row.map(|(g,)| g))
}

/// Counts a try **before** it is evaluated; the number of tries so far, or nothing when there are none left.
pub async fn count_try(tx: &mut Tx<'_>, id: &str, most: i64, now: Timestamp) -> Result<Option<i64>, DbError> {
    let row: Option<(i64,)> = tx
        .q(sql!(
            "UPDATE signins SET tries = tries + 1
             WHERE id = $1 AND tries < $2 AND password_at IS NOT NULL AND finished_at IS NULL AND expires_at > $3 RETURNING tries"
        ))
        .bind(id)
        .bind(most)
        .bind(now.0)
        .opt()
        .await?;
    Ok(row.map(|(t,)| t))
}

/// Records a right code and that the sign-in is complete: once.
pub async fn finish(tx: &mut Tx<'_>, id: &str, method: Method, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "UPDATE signins SET code_at = $3, code_method = $2, finished_at = $3
             WHERE id = $1 AND password_at IS NOT NULL AND finished_at IS NULL AND expires_at > $3"
        ))
        .bind(id)
        .bind(method.as_str())
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
