//! SQL of what directories say. Rows of people are read here together with it, and written by `people`.

use super::group::Group;
use super::shape::Object;
use super::user::User;
use crate::idp::people::{EmailKey, Person};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Query, Tx};
use crate::kernel::entropy::Entropy;
use crate::kernel::root::{Purpose, RootError, RootKey};
use crate::{record, sql};
use serde_json::Value;

use super::error::ScimError;

record! {
    struct UserRow {
        id: String, email: String, email_proven_at: Option<i64>, name: String, language: String, phone: Option<String>, staff: bool,
        active: bool, created_at: i64, updated_at: i64, document: Option<String>, changed_at: Option<i64>, deleted_at: Option<i64>,
        external: Option<String>
    }
}

record! {
    struct GroupRow { id: String, name: String, created_at: i64, external: Option<String> }
}

/// Whose identifiers are read, and the key that opens what is sealed.
#[derive(Clone, Copy)]
pub struct As<'a> {
    /// The client.
    pub client: &'a str,
    /// The key.
    pub root: &'a RootKey,
}

/// How a user name is found.
pub fn name_key(root: &RootKey, user_name: &str) -> Result<String, RootError> {
    root.token_hash("scim-user-name", &super::filter::folded(user_name.trim()))
}

/// How a client's identifier is found.
pub fn external_key(root: &RootKey, external: &str) -> Result<String, RootError> {
    root.token_hash("scim-external", external)
}

fn bad(table: &'static str, column: &'static str, id: &str, why: impl ToString) -> DbError {
    DbError::BadRow { table, column, id: id.to_owned(), why: why.to_string() }
}

fn opened(to: As<'_>, place: &str, sealed: &str) -> Result<String, RootError> {
    let plain = to.root.open(Purpose::Personal, place, sealed)?;
    Ok(String::from_utf8_lossy(&plain).into_owned())
}

fn external(to: As<'_>, id: &str, sealed: Option<String>) -> Result<Option<String>, RootError> {
    sealed.map(|s| opened(to, &format!("scim_names/{}/{id}", to.client), &s)).transpose()
}

fn user(to: As<'_>, r: UserRow) -> Result<User, ScimError> {
    let document = match &r.document {
        None => None,
        Some(sealed) => {
            let text = opened(to, &format!("scim_users/{}", r.id), sealed)?;
            Some(serde_json::from_str::<Object>(&text).map_err(|e| bad("scim_users", "document", &r.id, e))?)
        }
    };
    Ok(User {
        external: external(to, &r.id, r.external)?,
        created_at: Timestamp(r.created_at),
        changed_at: Timestamp(r.updated_at.max(r.changed_at.unwrap_or_default())),
        document,
        deleted: r.deleted_at.is_some(),
        person: Person {
            id: r.id,
            email: r.email,
            email_proven: r.email_proven_at.is_some(),
            name: r.name,
            language: r.language,
            phone: r.phone,
            staff: r.staff,
            active: r.active,
        },
    })
}

async fn users(to: As<'_>, q: Query<'_>) -> Result<Vec<User>, ScimError> {
    q.all::<UserRow>().await?.into_iter().map(|r| user(to, r)).collect()
}

/// The person with this id, whom no directory deleted.
pub async fn user_by_id(tx: &mut Tx<'_>, to: As<'_>, id: &str) -> Result<Option<User>, ScimError> {
    let q = tx.q(sql!(
        "SELECT p.id, p.email, p.email_proven_at, p.name, p.language, p.phone, p.staff, p.active, p.created_at, p.updated_at,
             s.document, s.changed_at, s.deleted_at, n.sealed AS external
         FROM people p LEFT JOIN scim_users s ON s.person_id = p.id
         LEFT JOIN scim_names n ON n.resource_id = p.id AND n.kind = 'User' AND n.client_id = $2
         WHERE p.id = $1 AND s.deleted_at IS NULL"
    ));
    Ok(users(to, q.bind(id).bind(to.client)).await?.pop())
}

/// The person with this address, also one whom a directory deleted.
pub async fn user_by_email(tx: &mut Tx<'_>, to: As<'_>, email: &EmailKey) -> Result<Option<User>, ScimError> {
    let q = tx.q(sql!(
        "SELECT p.id, p.email, p.email_proven_at, p.name, p.language, p.phone, p.staff, p.active, p.created_at, p.updated_at,
             s.document, s.changed_at, s.deleted_at, n.sealed AS external
         FROM people p LEFT JOIN scim_users s ON s.person_id = p.id
         LEFT JOIN scim_names n ON n.resource_id = p.id AND n.kind = 'User' AND n.client_id = $2
         WHERE p.email_key = $1"
    ));
    Ok(users(to, q.bind(email.as_str()).bind(to.client)).await?.pop())
}

/// Up to `limit` people after the one with the id `after`, in the order of ids.
pub async fn users_after(tx: &mut Tx<'_>, to: As<'_>, after: &str, limit: i64) -> Result<Vec<User>, ScimError> {
    let q = tx.q(sql!(
        "SELECT p.id, p.email, p.email_proven_at, p.name, p.language, p.phone, p.staff, p.active, p.created_at, p.updated_at,
             s.document, s.changed_at, s.deleted_at, n.sealed AS external
         FROM people p LEFT JOIN scim_users s ON s.person_id = p.id
         LEFT JOIN scim_names n ON n.resource_id = p.id AND n.kind = 'User' AND n.client_id = $2
         WHERE p.id > $1 AND s.deleted_at IS NULL ORDER BY p.id LIMIT $3"
    ));
    users(to, q.bind(after).bind(to.client).bind(limit)).await
}

/// People from a place in the order of ids on.
pub async fn users_from(tx: &mut Tx<'_>, to: As<'_>, offset: i64, limit: i64) -> Result<Vec<User>, ScimError> {
    let q = tx.q(sql!(
        "SELECT p.id, p.email, p.email_proven_at, p.name, p.language, p.phone, p.staff, p.active, p.created_at, p.updated_at,
             s.document, s.changed_at, s.deleted_at, n.sealed AS external
         FROM people p LEFT JOIN scim_users s ON s.person_id = p.id
         LEFT JOIN scim_names n ON n.resource_id = p.id AND n.kind = 'User' AND n.client_id = $1
         WHERE s.deleted_at IS NULL ORDER BY p.id LIMIT $3 OFFSET $2"
    ));
    users(to, q.bind(to.client).bind(offset).bind(limit)).await
}

/// How many people there are.
pub async fn count_users(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    let (n,): (i64,) = tx
        .q(sql!("SELECT COUNT(*) FROM people p LEFT JOIN scim_users s ON s.person_id = p.id WHERE s.deleted_at IS NULL"))
        .one()
        .await?;
    Ok(n)
}

/// The id of the person whom a directory knows by this name.
pub async fn user_named(tx: &mut Tx<'_>, name_key: &str) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> = tx.q(sql!("SELECT person_id FROM scim_users WHERE name_key = $1")).bind(name_key).opt().await?;
    Ok(row.map(|(id,)| id))
}

/// The ids of what a client knows by an identifier.
pub async fn externals(tx: &mut Tx<'_>, client: &str, kind: &str, key: &str) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = tx
        .q(sql!(
            "SELECT resource_id FROM scim_names WHERE client_id = $1 AND kind = $2 AND name_key = $3 ORDER BY resource_id LIMIT 200"
        ))
        .bind(client)
        .bind(kind)
        .bind(key)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The groups of people between two ids, both included: person, group's id, group's name.
pub async fn groups_between(tx: &mut Tx<'_>, first: &str, last: &str) -> Result<Vec<(String, String, String)>, DbError> {
    tx.q(sql!(
        "SELECT m.person_id, g.id, g.name FROM group_members m JOIN groups g ON g.id = m.group_id
         WHERE m.person_id >= $1 AND m.person_id <= $2 ORDER BY m.person_id, g.name"
    ))
    .bind(first)
    .bind(last)
    .all()
    .await
}

/// Keeps what a directory says of a person. Sealing draws a number of its own each time, also when a transaction runs again:
/// the same one must never seal two texts.
pub async fn save_user(
    tx: &mut Tx<'_>,
    root: &RootKey,
    entropy: &dyn Entropy,
    user: (&str, &str, &Object),
    now: Timestamp,
) -> Result<(), ScimError> {
    let (id, name_key, document) = user;
    let text = serde_json::to_vec(document).map_err(|e| bad("scim_users", "document", id, e))?;
    let sealed = root.seal(Purpose::Personal, &format!("scim_users/{id}"), &text, entropy)?;
    tx.q(sql!(
        "INSERT INTO scim_users (person_id, name_key, document, changed_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (person_id) DO UPDATE SET name_key = excluded.name_key, document = excluded.document,
             changed_at = excluded.changed_at, deleted_at = NULL"
    ))
    .bind(id)
    .bind(name_key)
    .bind(sealed)
    .bind(now.0)
    .exec()
    .await?;
    Ok(())
}

/// Forgets what directories said of a person whom one of them deleted: he is no longer there for any of them.
pub async fn delete_user(
    tx: &mut Tx<'_>,
    root: &RootKey,
    entropy: &dyn Entropy,
    id: &str,
    now: Timestamp,
) -> Result<(), ScimError> {
    let sealed = root.seal(Purpose::Personal, &format!("scim_users/{id}"), b"{}", entropy)?;
    tx.q(sql!(
        "INSERT INTO scim_users (person_id, name_key, document, changed_at, deleted_at) VALUES ($1, NULL, $2, $3, $3)
         ON CONFLICT (person_id) DO UPDATE SET name_key = NULL, document = excluded.document, changed_at = excluded.changed_at,
             deleted_at = excluded.deleted_at"
    ))
    .bind(id)
    .bind(sealed)
    .bind(now.0)
    .exec()
    .await?;
    forget(tx, "User", id).await?;
    Ok(())
}

/// What directories say of a person, for the copy that is his: the document, and by which identifier each client knows him.
pub async fn said_of(tx: &mut Tx<'_>, root: &RootKey, person: &str) -> Result<(Option<Value>, Vec<(String, String)>), DbError> {
    let wrong = |table, column| move |e: RootError| bad(table, column, person, e);
    let document: Option<(String,)> =
        tx.q(sql!("SELECT document FROM scim_users WHERE person_id = $1")).bind(person).opt().await?;
    let document = match document {
        None => None,
        Some((sealed,)) => {
            let place = format!("scim_users/{person}");
            let plain = root.open(Purpose::Personal, &place, &sealed).map_err(wrong("scim_users", "document"))?;
            Some(serde_json::from_slice(&plain).map_err(|e| bad("scim_users", "document", person, e))?)
        }
    };
    let rows: Vec<(String, String)> = tx
        .q(sql!("SELECT client_id, sealed FROM scim_names WHERE kind = 'User' AND resource_id = $1 ORDER BY client_id"))
        .bind(person)
        .all()
        .await?;
    let name = |(client, sealed): (String, String)| {
        let place = format!("scim_names/{client}/{person}");
        let plain = root.open(Purpose::Personal, &place, &sealed).map_err(wrong("scim_names", "sealed"))?;
        Ok((client, String::from_utf8_lossy(&plain).into_owned()))
    };
    Ok((document, rows.into_iter().map(name).collect::<Result<_, DbError>>()?))
}

/// Forgets all clients' identifiers of a resource.
pub async fn forget(tx: &mut Tx<'_>, kind: &str, id: &str) -> Result<(), DbError> {
    tx.q(sql!("DELETE FROM scim_names WHERE kind = $1 AND resource_id = $2")).bind(kind).bind(id).exec().await.map(drop)
}

/// Keeps the identifier that a client gives a resource, or that it gives none.
pub async fn save_external(
    tx: &mut Tx<'_>,
    to: As<'_>,
    entropy: &dyn Entropy,
    resource: (&str, &str),
    external: Option<&str>,
) -> Result<(), ScimError> {
    let (kind, id) = resource;
    let Some(external) = external else {
        tx.q(sql!("DELETE FROM scim_names WHERE client_id = $1 AND kind = $2 AND resource_id = $3"))
            .bind(to.client)
            .bind(kind)
            .bind(id)
            .exec()
            .await?;
        return Ok(());
    };
    let place = format!("scim_names/{}/{id}", to.client);
    let sealed = to.root.seal(Purpose::Personal, &place, external.as_bytes(), entropy)?;
    tx.q(sql!(
        "INSERT INTO scim_names (client_id, kind, resource_id, name_key, sealed) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (client_id, kind, resource_id) DO UPDATE SET name_key = excluded.name_key, sealed = excluded.sealed"
    ))
    .bind(to.client)
    .bind(kind)
    .bind(id)
    .bind(external_key(to.root, external)?)
    .bind(sealed)
    .exec()
    .await?;
    Ok(())
}

fn group(to: As<'_>, r: GroupRow) -> Result<Group, ScimError> {
    let external = external(to, &r.id, r.external)?;
    Ok(Group { id: r.id, name: r.name, created_at: Timestamp(r.created_at), external })
}

/// The group with this id.
pub async fn group_by_id(tx: &mut Tx<'_>, to: As<'_>, id: &str) -> Result<Option<Group>, ScimError> {
    let row: Option<GroupRow> = tx
        .q(sql!(
            "SELECT g.id, g.name, g.created_at, n.sealed AS external FROM groups g
             LEFT JOIN scim_names n ON n.resource_id = g.id AND n.kind = 'Group' AND n.client_id = $2 WHERE g.id = $1"
        ))
        .bind(id)
        .bind(to.client)
        .opt()
        .await?;
    row.map(|r| group(to, r)).transpose()
}

/// Up to `limit` groups after the one with the id `after`, in the order of ids.
pub async fn groups_after(tx: &mut Tx<'_>, to: As<'_>, after: &str, limit: i64) -> Result<Vec<Group>, ScimError> {
    let rows: Vec<GroupRow> = tx
        .q(sql!(
            "SELECT g.id, g.name, g.created_at, n.sealed AS external FROM groups g
             LEFT JOIN scim_names n ON n.resource_id = g.id AND n.kind = 'Group' AND n.client_id = $2
             WHERE g.id > $1 ORDER BY g.id LIMIT $3"
        ))
        .bind(after)
        .bind(to.client)
        .bind(limit)
        .all()
        .await?;
    rows.into_iter().map(|r| group(to, r)).collect()
}

/// The members of groups between two ids, both included: group, person's id, person's name. None whom a directory deleted.
pub async fn members_between(tx: &mut Tx<'_>, first: &str, last: &str) -> Result<Vec<(String, String, String)>, DbError> {
    tx.q(sql!(
        "SELECT m.group_id, p.id, p.name FROM group_members m JOIN people p ON p.id = m.person_id
         WHERE m.group_id >= $1 AND m.group_id <= $2 ORDER BY m.group_id, p.id"
    ))
    .bind(first)
    .bind(last)
    .all()
    .await
}

/// The ids of a person's groups.
pub async fn group_ids_of(tx: &mut Tx<'_>, person: &str) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> =
        tx.q(sql!("SELECT group_id FROM group_members WHERE person_id = $1 ORDER BY group_id")).bind(person).all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Gives a group another name; false when another has it.
pub async fn rename_group(tx: &mut Tx<'_>, id: &str, name: &str) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("UPDATE groups SET name = $2 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM groups WHERE name = $2 AND id <> $1)"))
        .bind(id)
        .bind(name)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Removes a group that has no members, roles or grants any more.
pub async fn delete_group(tx: &mut Tx<'_>, id: &str) -> Result<(), DbError> {
    tx.q(sql!("DELETE FROM application_access WHERE holder_kind = 'group' AND holder_id = $1")).bind(id).exec().await?;
    tx.q(sql!("DELETE FROM groups WHERE id = $1")).bind(id).exec().await?;
    forget(tx, "Group", id).await
}

/// The ids of what a holder has been given on relations.
pub async fn grants_of(tx: &mut Tx<'_>, kind: &str, holder: &str) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = tx
        .q(sql!("SELECT id FROM grants WHERE holder_kind = $1 AND holder_id = $2 AND ended_at IS NULL ORDER BY id"))
        .bind(kind)
        .bind(holder)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Gives a person another address, which nobody has proven yet; false when someone else has it.
pub async fn set_email(tx: &mut Tx<'_>, id: &str, email: &str, key: &EmailKey, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "UPDATE people SET email = $2, email_key = $3, updated_at = $4,
                 email_proven_at = CASE WHEN email_key = $3 THEN email_proven_at ELSE NULL END
             WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM people WHERE email_key = $3 AND id <> $1)"
        ))
        .bind(id)
        .bind(email)
        .bind(key.as_str())
        .bind(now.0)
        .exec()
        .await?;
    if n == 1 {
        crate::idp::people::store::index(tx, id).await?;
    }
    Ok(n == 1)
}
