//! SQL of people, groups and role assignments.

use crate::contract::feed::Holder;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Query, Tx};
use crate::{record, sql};

use super::model::{EmailKey, Person, search_text};
use crate::idp::credentials::passwords::scheme_of;
use crate::idp::factors;
use crate::idp::policy::devices;

record! {
    struct Row { id: String, email: String, email_proven_at: Option<i64>, name: String, language: String, phone: Option<String>, staff: bool, active: bool }
}

impl From<Row> for Person {
    fn from(r: Row) -> Self {
        Self {
            id: r.id,
            email: r.email,
            email_proven: r.email_proven_at.is_some(),
            name: r.name,
            language: r.language,
            phone: r.phone,
            staff: r.staff,
            active: r.active,
        }
    }
}

record! {
    /// What sign-in must know of a person.
    pub struct Credentials {
        /// Person.
        pub id: String,
        /// The password's hash in PHC form.
        pub password: Option<String>,
        /// Which hash that replaced, when only its cost changed.
        pub password_origin: Option<String>,
        /// The authenticator's seed, sealed.
        pub authenticator: Option<String>,
        /// Whether sign-in is allowed.
        pub active: bool,
    }
}

/// The person with this id.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Person>, DbError> {
    one(tx.q(sql!("SELECT id, email, email_proven_at, name, language, phone, staff, active FROM people WHERE id = $1")).bind(id))
        .await
}

/// The person with this address.
pub async fn by_email(tx: &mut Tx<'_>, email: &EmailKey) -> Result<Option<Person>, DbError> {
    one(tx
        .q(sql!("SELECT id, email, email_proven_at, name, language, phone, staff, active FROM people WHERE email_key = $1"))
        .bind(email.as_str()))
    .await
}

async fn one(q: Query<'_>) -> Result<Option<Person>, DbError> {
    Ok(q.opt::<Row>().await?.map(Person::from))
}

/// What sign-in must know of whoever has this address.
pub async fn credentials(tx: &mut Tx<'_>, email: &EmailKey) -> Result<Option<Credentials>, DbError> {
    tx.q(sql!("SELECT id, password, password_origin, authenticator, active FROM people WHERE email_key = $1"))
        .bind(email.as_str())
        .opt()
        .await
}

/// What sign-in must know of this person.
pub async fn credentials_of(tx: &mut Tx<'_>, id: &str) -> Result<Option<Credentials>, DbError> {
    tx.q(sql!("SELECT id, password, password_origin, authenticator, active FROM people WHERE id = $1")).bind(id).opt().await
}

/// Makes a person; false when the address is taken.
pub async fn insert(tx: &mut Tx<'_>, p: &Person, key: &EmailKey, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "INSERT INTO people (id, email, email_key, name, language, phone, staff, active, authenticator_step, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $9) ON CONFLICT DO NOTHING"
        ))
        .bind(p.id.as_str())
        .bind(p.email.as_str())
        .bind(key.as_str())
        .bind(p.name.as_str())
        .bind(p.language.as_str())
        .bind(p.phone.clone())
        .bind(p.staff)
        .bind(p.active)
        .bind(now.0)
        .exec()
        .await?;
    index(tx, &p.id).await?;
    Ok(n == 1)
}

/// Brings what a person is found by up to date; to be called after name or address changed.
pub async fn index(tx: &mut Tx<'_>, id: &str) -> Result<(), DbError> {
    let row: Option<(String, String)> = tx.q(sql!("SELECT name, email_key FROM people WHERE id = $1")).bind(id).opt().await?;
    let Some((name, key)) = row else { return Ok(()) };
    tx.q(sql!(
        "INSERT INTO people_search (person_id, text) VALUES ($1, $2) ON CONFLICT (person_id) DO UPDATE SET text = excluded.text"
    ))
    .bind(id)
    .bind(search_text(&name, &key))
    .exec()
    .await
    .map(drop)
}

/// People of whom it is not known yet what they are found by.
pub async fn not_indexed(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = tx
        .q(sql!("SELECT id FROM people p WHERE NOT EXISTS (SELECT 1 FROM people_search s WHERE s.person_id = p.id) ORDER BY id LIMIT $1"))
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Writes a person's properties; the address stays. Another telephone is one that nobody has proven.
pub async fn update(tx: &mut Tx<'_>, p: &Person, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "UPDATE people SET name = $2, language = $3, staff = $5, active = $6, updated_at = $7,
             phone_proven_at = CASE WHEN phone = $4 THEN phone_proven_at END, phone = $4 WHERE id = $1"
    ))
    .bind(p.id.as_str())
    .bind(p.name.as_str())
    .bind(p.language.as_str())
    .bind(p.phone.clone())
    .bind(p.staff)
    .bind(p.active)
    .bind(now.0)
    .exec()
    .await?;
    index(tx, &p.id).await
}

/// Records that a code or link sent to the person's address came back.
pub async fn email_proven(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!("UPDATE people SET email_proven_at = $2 WHERE id = $1 AND email_proven_at IS NULL"))
        .bind(id)
        .bind(now.0)
        .exec()
        .await?;
    Ok(())
}

/// Sets the password's hash.
pub async fn set_password(tx: &mut Tx<'_>, id: &str, stored: &str, now: Timestamp) -> Result<(), DbError> {
    import_password(tx, id, stored, None, now).await
}

/// Sets a password's hash that a file brought; `origin` names it, so that the file is known to bring the same one again.
pub async fn import_password(
    tx: &mut Tx<'_>,
    id: &str,
    stored: &str,
    origin: Option<&str>,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.q(sql!("UPDATE people SET password = $2, password_scheme = $3, password_origin = $4, updated_at = $5 WHERE id = $1"))
        .bind(id)
        .bind(stored)
        .bind(scheme_of(stored))
        .bind(origin.map(str::to_owned))
        .bind(now.0)
        .exec()
        .await?;
    void_signins(tx, id, now).await
}

/// How many passwords are kept in which way.
pub async fn password_schemes(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>, DbError> {
    tx.q(sql!("SELECT password_scheme, COUNT(*) FROM people WHERE password_scheme IS NOT NULL GROUP BY password_scheme"))
        .all()
        .await
}

/// The same password at another cost; nothing that was shown with it ends. `origin` names the hash that a file brought.
pub async fn rehash(tx: &mut Tx<'_>, id: &str, stored: &str, origin: &str) -> Result<(), DbError> {
    tx.q(sql!(
        "UPDATE people SET password = $2, password_scheme = $3, password_origin = COALESCE(password_origin, $4) WHERE id = $1"
    ))
    .bind(id)
    .bind(stored)
    .bind(scheme_of(stored))
    .bind(origin)
    .exec()
    .await?;
    Ok(())
}

/// Sets the authenticator's sealed seed and forgets the steps of the one before.
pub async fn set_authenticator(tx: &mut Tx<'_>, id: &str, sealed: &str, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "UPDATE people SET authenticator = $2, authenticator_step = 0, authenticator_at = $3, updated_at = $3 WHERE id = $1"
    ))
    .bind(id)
    .bind(sealed)
    .bind(now.0)
    .exec()
    .await?;
    void_signins(tx, id, now).await
}

/// Sets the password's hash and forgets every other credential: none of them was set by whom the account is proven to be of.
pub async fn replace_credentials(tx: &mut Tx<'_>, id: &str, stored: &str, now: Timestamp) -> Result<(), DbError> {
    factors::store::forget_all(tx, id, now).await?;
    set_password(tx, id, stored, now).await
}

/// Forgets what a person could sign in with, and that the address is his.
pub async fn forget_credentials(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "UPDATE people SET password = NULL, password_scheme = NULL, password_origin = NULL, authenticator = NULL,
             authenticator_step = 0, email_proven_at = NULL, updated_at = $2 WHERE id = $1"
    ))
    .bind(id)
    .bind(now.0)
    .exec()
    .await?;
    void_signins(tx, id, now).await
}

/// Ends sign-ins under way, and forgets devices: what was shown there was shown with credentials that no longer count.
pub async fn void_signins(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!("UPDATE signins SET expires_at = $2 WHERE person_id = $1 AND finished_at IS NULL AND expires_at > $2"))
        .bind(id)
        .bind(now.0)
        .exec()
        .await?;
    devices::end_all(tx, id, now).await.map(drop)
}

/// Takes an authenticator's time step: false when it, or a later one, was used before (security case 19).
pub async fn use_step(tx: &mut Tx<'_>, id: &str, step: i64) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("UPDATE people SET authenticator_step = $2 WHERE id = $1 AND authenticator_step < $2"))
        .bind(id)
        .bind(step)
        .exec()
        .await?;
    Ok(n == 1)
}

/// The group of this name, made when there is none; whether it is new.
pub async fn ensure_group(tx: &mut Tx<'_>, name: &str, new_id: &str, now: Timestamp) -> Result<(String, bool), DbError> {
    let made = tx
        .q(sql!("INSERT INTO groups (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"))
        .bind(new_id)
        .bind(name)
        .bind(now.0)
        .exec()
        .await?;
    let (id,): (String,) = tx.q(sql!("SELECT id FROM groups WHERE name = $1")).bind(name).one().await?;
    Ok((id, made == 1))
}

/// Every group by name.
pub async fn groups(tx: &mut Tx<'_>) -> Result<Vec<(String, String)>, DbError> {
    tx.q(sql!("SELECT id, name FROM groups ORDER BY name")).all().await
}

/// The names of a person's groups.
pub async fn groups_of(tx: &mut Tx<'_>, person: &str) -> Result<Vec<(String, String)>, DbError> {
    tx.q(sql!(
        "SELECT g.id, g.name FROM groups g JOIN group_members m ON m.group_id = g.id WHERE m.person_id = $1 ORDER BY g.name"
    ))
    .bind(person)
    .all()
    .await
}

/// Puts a person in a group or takes him out; whether that changed anything.
pub async fn set_member(tx: &mut Tx<'_>, group: &str, person: &str, present: bool) -> Result<bool, DbError> {
    let q = if present {
        tx.q(sql!("INSERT INTO group_members (group_id, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"))
    } else {
        tx.q(sql!("DELETE FROM group_members WHERE group_id = $1 AND person_id = $2"))
    };
    Ok(q.bind(group).bind(person).exec().await? == 1)
}

/// Gives a role or takes it away; whether that changed anything.
pub async fn set_role(tx: &mut Tx<'_>, holder: &Holder, role: &str, present: bool) -> Result<bool, DbError> {
    let (kind, id) = holder_columns(holder);
    let q = if present {
        tx.q(sql!("INSERT INTO role_assignments (holder_kind, holder_id, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"))
    } else {
        tx.q(sql!("DELETE FROM role_assignments WHERE holder_kind = $1 AND holder_id = $2 AND role = $3"))
    };
    Ok(q.bind(kind).bind(id).bind(role).exec().await? == 1)
}

/// The roles that a holder has itself.
pub async fn roles_of(tx: &mut Tx<'_>, holder: &Holder) -> Result<Vec<String>, DbError> {
    let (kind, id) = holder_columns(holder);
    let rows: Vec<(String,)> = tx
        .q(sql!("SELECT role FROM role_assignments WHERE holder_kind = $1 AND holder_id = $2 ORDER BY role"))
        .bind(kind)
        .bind(id)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(r,)| r).collect())
}

fn holder_columns(holder: &Holder) -> (&'static str, &str) {
    match holder {
        Holder::Person(id) => ("person", id),
        Holder::Group(id) => ("group", id),
    }
}

/// The time zone that a person chose.
pub async fn zone_of(tx: &mut Tx<'_>, id: &str) -> Result<Option<String>, DbError> {
    let row: Option<(Option<String>,)> = tx.q(sql!("SELECT zone FROM people WHERE id = $1")).bind(id).opt().await?;
    Ok(row.and_then(|(zone,)| zone))
}

/// Chooses the time zone; none is the organisation's.
pub async fn set_zone(tx: &mut Tx<'_>, id: &str, zone: Option<&str>, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!("UPDATE people SET zone = $2, updated_at = $3 WHERE id = $1"))
        .bind(id)
        .bind(zone.map(str::to_owned))
        .bind(now.0)
        .exec()
        .await
        .map(drop)
}

/// Sets the address, which is proven by now; false when it is somebody else's. Codes that were mailed to the one before end.
pub async fn set_address(tx: &mut Tx<'_>, id: &str, address: &str, key: &EmailKey, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "UPDATE people SET email = $2, email_key = $3, email_proven_at = $4, updated_at = $4
             WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM people o WHERE o.email_key = $3 AND o.id <> $1)"
        ))
        .bind(id)
        .bind(address)
        .bind(key.as_str())
        .bind(now.0)
        .exec()
        .await?;
    index(tx, id).await?;
    void_signins(tx, id, now).await?;
    Ok(n == 1)
}

/// Forgets the password: nothing signs in by it until another is chosen.
pub async fn lock_password(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "UPDATE people SET password = NULL, password_scheme = NULL, password_origin = NULL, updated_at = $2 WHERE id = $1"
    ))
    .bind(id)
    .bind(now.0)
    .exec()
    .await?;
    void_signins(tx, id, now).await
}

/// Everyone who has a role, himself or by a group, and may sign in.
pub async fn holders_of(tx: &mut Tx<'_>, role: &str) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = tx
        .q(sql!(
            "SELECT p.id FROM people p WHERE p.active AND (
                 EXISTS (SELECT 1 FROM role_assignments r WHERE r.role = $1 AND r.holder_kind = 'person' AND r.holder_id = p.id)
                 OR EXISTS (SELECT 1 FROM role_assignments r JOIN group_members m ON m.group_id = r.holder_id
                     WHERE r.role = $1 AND r.holder_kind = 'group' AND m.person_id = p.id)) ORDER BY p.id LIMIT 200"
        ))
        .bind(role)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The person with this id, unless erased.
pub async fn living(tx: &mut Tx<'_>, id: &str) -> Result<Option<Person>, DbError> {
    one(tx
        .q(sql!(
            "SELECT id, email, email_proven_at, name, language, phone, staff, active FROM people WHERE id = $1 AND erased_at IS NULL"
        ))
        .bind(id))
    .await
}
