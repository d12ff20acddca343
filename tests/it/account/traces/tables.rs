//! The tables that have a person in them.

/// What becomes of a row about someone who is erased.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fate {
    /// There is none any more.
    Goes,
    /// It stays by the person's number, for this reason, with nothing in it that says who that was.
    Stays(&'static str),
}
use Fate::{Goes, Stays};

/// A table with a column that has a person's number: what becomes of its rows, how one is made for `$1` (where the program doesn't
/// make it below), and where his copy has it, or why not.
pub type Table = (&'static str, &'static str, Fate, &'static str, Result<&'static str, &'static str>);

const SECRET: &str = "it opens something, or proves that something does";
const PASSING: &str = "it is over within a day, and says nothing that is not said elsewhere";
const BEHIND: &str = "it stands in the copy by its effect";

/// The order is that in which rows are made: what refers to a row comes after it.
pub const TABLES: &[Table] = &[
    ("people_search", "person_id", Goes, "", Err(BEHIND)),
    (
        "group_members",
        "person_id",
        Goes,
        "INSERT INTO group_members (group_id, person_id) VALUES ('traces', $1)",
        Ok("/groups/0/name"),
    ),
    (
        "role_assignments",
        "holder_id",
        Goes,
        "INSERT INTO role_assignments (holder_kind, holder_id, role) VALUES ('person', $1, 'sales')",
        Ok("/roles/0"),
    ),
    (
        "signins",
        "person_id",
        Goes,
        "INSERT INTO signins (id, token_hash, request, person_id, generation, sends, tries, created_at, expires_at) VALUES ('t', 't', 'Vanishing', $1, 0, 0, 0, 1, 1)",
        Err(PASSING),
    ),
    (
        "sessions",
        "person_id",
        Stays("what was issued names it"),
        "INSERT INTO sessions (id, token_hash, person_id, acr, amr, auth_at, ip, user_agent, created_at, expires_at) VALUES ('t', 't', $1, 'x', '[]', 1, 'Vanishing', 'Vanishing', 1, 1)",
        Err("it is not signed in any more"),
    ),
    (
        "issues",
        "person_id",
        Stays("the access log names it"),
        "INSERT INTO issues (id, client_id, person_id, session_id, scope, resource, nonce, offline, created_at, details, claims) VALUES ('t', 'app', $1, 't', 'openid', '', 'Vanishing', TRUE, 1, 'Vanishing', 'Vanishing')",
        Ok("/applications/0/client_id"),
    ),
    (
        "backchannel_requests",
        "person_id",
        Goes,
        "INSERT INTO backchannel_requests (id, hash, client_id, person_id, scope, resource, acr, message, pause, created_at, expires_at) VALUES ('t', 't', 'app', $1, 'openid', '', '', 'Vanishing', 5, 1, 1)",
        Err(PASSING),
    ),
    (
        "links",
        "person_id",
        Goes,
        "INSERT INTO links (hash, kind, person_id, created_at, expires_at) VALUES ('t', 'password', $1, 1, 1)",
        Err(SECRET),
    ),
    ("challenges", "actor_id", Stays("a receipt is over it"), "", Err("it is about somebody else's record")),
    (
        "grants",
        "holder_id",
        Stays("who had what stays known by number"),
        "INSERT INTO grants (id, relation_id, holder_kind, holder_id, level, reason, granted_at) VALUES ('t', 'r1', 'person', $1, 2, 'Vanishing', 1)",
        Ok("/grants/0/reason"),
    ),
    ("grants", "granted_by", Stays("who gave it"), "", Err("it is about somebody else")),
    (
        "invitations",
        "person_id",
        Stays("a grant came of it"),
        "INSERT INTO invitations (id, client_id, relation_id, email, email_key, name, language, level, reason, invited_by, made_at, token_hash, expires_at, accepted_at, person_id) VALUES ('t', 'desk', 'r1', 'Vanishing', 'vanishing', 'Vanishing', 'en', 1, 'Vanishing', 'x', 1, 't', 1, 1, $1)",
        Ok("/invitations/0/name"),
    ),
    ("invitations", "invited_by", Stays("who invited"), "", Err("it is about somebody else")),
    (
        "application_access",
        "holder_id",
        Goes,
        "INSERT INTO application_access (client_id, holder_kind, holder_id) VALUES ('app', 'person', $1)",
        Err(BEHIND),
    ),
    (
        "web_links",
        "audience_id",
        Goes,
        "INSERT INTO web_links (id, title, address, audience_kind, audience_id, active, made_at, updated_at) VALUES ('t', '\"Vanishing\"', 'https://x.example/', 'person', $1, TRUE, 1, 1)",
        Ok("/links/0/title"),
    ),
    ("web_links", "made_by", Stays("who made it"), "", Err("it is for others")),
    (
        "favourites",
        "person_id",
        Goes,
        "INSERT INTO favourites (person_id, tile, made_at) VALUES ($1, 'app:app', 1)",
        Ok("/favourites/0"),
    ),
    (
        "remembered_devices",
        "person_id",
        Goes,
        "INSERT INTO remembered_devices (id, token_hash, person_id, factor, shown_at, used_at, expires_at, ip, user_agent) VALUES ('t', 't', $1, 'mail', 1, 1, 9000000000000, 'Vanishing', 'Vanishing')",
        Ok("/remembered_devices/0/browser"),
    ),
    (
        "passkeys",
        "person_id",
        Goes,
        "INSERT INTO passkeys (id, person_id, credential_hash, sealed, name, counter, synced, created_at) VALUES ('t', $1, 't', 't', 'Vanishing', 0, FALSE, 1)",
        Ok("/factors/passkeys/0/name"),
    ),
    (
        "ceremonies",
        "person_id",
        Goes,
        "INSERT INTO ceremonies (id, owner, person_id, purpose, sealed, created_at, expires_at) VALUES ('t', 't', $1, 't', 't', 1, 1)",
        Err(PASSING),
    ),
    ("ceremonies", "owner", Stays("a sign-in or session, never a person"), "", Err(PASSING)),
    (
        "recovery_codes",
        "person_id",
        Goes,
        "INSERT INTO recovery_codes (person_id, hash, created_at) VALUES ($1, 't', 1)",
        Ok("/factors/recovery_codes_left"),
    ),
    (
        "enrolments",
        "person_id",
        Goes,
        "INSERT INTO enrolments (person_id, kind, id, sealed, generation, tries, created_at, expires_at) VALUES ($1, 'phone', 't', 't', 0, 0, 1, 1)",
        Err(PASSING),
    ),
    (
        "devices",
        "person_id",
        Goes,
        "INSERT INTO devices (id, person_id, token_hash, browser, ip, first_at, last_at) VALUES ('t', $1, 't', 'Vanishing', 'Vanishing', 1, 1)",
        Ok("/devices/0/browser"),
    ),
    (
        "notices",
        "person_id",
        Goes,
        "INSERT INTO notices (id, hash, person_id, what, sealed, made_at, expires_at) VALUES ('t', 't', $1, 'new-device', 't', 1, 1)",
        Err("what was told is under activity"),
    ),
    (
        "address_changes",
        "person_id",
        Goes,
        "INSERT INTO address_changes (id, person_id, sealed, asked_at, expires_at, new_hash) VALUES ('t', $1, 't', 1, 1, 't')",
        Err(PASSING),
    ),
    ("address_changes", "asked_by", Stays("an administrator who asked for somebody"), "", Err(PASSING)),
    (
        "recoveries",
        "person_id",
        Goes,
        "INSERT INTO recoveries (id, person_id, scope, reason, asked_at, expires_at, sends, tries, refused) VALUES ('t', $1, 'password', 'Vanishing', 1, 1, 0, 0, FALSE)",
        Ok("/recoveries/0/reason"),
    ),
    ("recoveries", "asked_by", Stays("an administrator who asked for somebody"), "", Err("it is about somebody else")),
    ("recoveries", "decided_by", Stays("an administrator who decided"), "", Err("it is about somebody else")),
    (
        "welcomes",
        "person_id",
        Stays("that an invitation was used"),
        "INSERT INTO welcomes (id, kind, email_hash, sealed, staff, groups, roles, made_at, hash, expires_at, accepted_at, person_id) VALUES ('t', 'invitation', 'vanishing', 'Vanishing', FALSE, '[]', '[]', 1, 't', 1, 1, $1)",
        Err(BEHIND),
    ),
    ("welcomes", "invited_by", Stays("who invited"), "", Err("it is about somebody else")),
    ("audit", "actor", Stays("the log is a chain; the key to what is personal goes"), "", Ok("/activity/0/action")),
    ("audit", "target", Stays("the log is a chain; the key to what is personal goes"), "", Ok("/activity/0/action")),
    ("audit_keys", "owner", Stays("without the key: that there was one"), "", Err(SECRET)),
    ("scim_users", "person_id", Goes, "", Ok("/directory/document/nickName")),
    ("scim_names", "resource_id", Goes, "", Ok("/directory/identifiers/0/identifier")),
    ("upstream_links", "person_id", Goes, "", Ok("/connections/0/subject")),
    (
        "upstream_groups",
        "person_id",
        Goes,
        "INSERT INTO upstream_groups (upstream_id, person_id, group_id) VALUES ('partner', $1, 'traces')",
        Err(BEHIND),
    ),
    (
        "upstream_requests",
        "person_id",
        Goes,
        "INSERT INTO upstream_requests (state_hash, upstream_id, browser, person_id, created_at, expires_at) VALUES ('t', 'partner', 't', $1, 1, 1)",
        Err(PASSING),
    ),
    ("person_profiles", "person_id", Goes, "", Ok("/standard_claims/nickname")),
    (
        "consents",
        "person_id",
        Goes,
        "INSERT INTO consents (person_id, client_id, scope, claims, resource, given_at) VALUES ($1, 'app', 'openid', '', '', 1)",
        Ok("/consents/0/client_id"),
    ),
    ("registration_tokens", "made_by", Stays("an administrator who made it"), "", Err("it is for applications")),
];

/// Rows that are somebody's by way of another row.
pub const FURTHER: &[&str] = &[
    "INSERT INTO consent_requests (token_hash, session_id, request, created_at, expires_at) VALUES ('t', 't', 'Vanishing', 1, 1)",
    "INSERT INTO device_codes (id, device_hash, user_hash, client_id, scope, resource, ip, user_agent, pause, issue_id, created_at, expires_at) VALUES ('t', 't', 't', 'app', '', '', 'Vanishing', 'Vanishing', 1, 't', 1, 1)",
    "INSERT INTO invitations (id, client_id, relation_id, email, email_key, name, language, level, invited_by, made_at, token_hash, expires_at) VALUES ('open', 'desk', 'r1', 'Vanishing', 'vanishing@example.com', 'Vanishing', 'en', 1, 'x', 1, 'open', 9000000000000)",
];

/// Names of columns that have a person's number, beside those that refer to `people`.
pub const COLUMNS: &[&str] = &[
    "person_id",
    "holder_id",
    "audience_id",
    "resource_id",
    "actor_id",
    "made_by",
    "invited_by",
    "granted_by",
    "asked_by",
    "decided_by",
    "owner",
    "actor",
    "target",
    "sub",
    "subject_id",
];
/// Where what is found by these names is a group's, an application's or a text.
pub const NO_PERSON: &[(&str, &str)] = &[];

/// Where what is found isn't readable: the audit log is sealed line by line.
pub const CHAINS: &[&str] = &["audit"];
