//! Migrations, embedded in the program: twins per engine with the same numbers (`migrations/<half>/<engine>`).
//! They only add (expand-and-contract): a node of the version before must go on working beside them.

use std::borrow::Cow;

use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Which half's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// The provider.
    Idp,
    /// The record store.
    Crm,
}

struct Step {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! steps {
    ($half:literal: $($version:literal $name:literal),* $(,)?) => {
        &[$(Step {
            version: $version,
            name: $name,
            sqlite: include_str!(concat!("../../../migrations/", $half, "/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../../../migrations/", $half, "/postgres/", $name, ".sql")),
        }),*]
    };
}

const IDP: &[Step] = steps![
    "idp": 1 "0001_provider", 2 "0002_access", 3 "0003_applications", 4 "0004_upkeep",
    5 "0005_signin",
    6 "0006_factors",
    7 "0007_lifecycle",
    8 "0008_administration",
    9 "0009_directories",
    10 "0010_oauth",
    11 "0011_openid",
    12 "0012_passwords_keys",
    26 "0026_backchannel",
    30 "0030_setups",
    31 "0031_grounds",
    32 "0032_signed_in_by",
];
const CRM: &[Step] = steps![
    "crm": 1 "0001_record_store", 2 "0002_access", 3 "0003_relations", 4 "0004_portals", 5 "0005_files", 6 "0006_upkeep",
    7 "0007_audit",
    10 "0010_proofs", 12 "0012_keys",
];

pub(super) fn migrator(half: Half, postgres: bool) -> Migrator {
    let steps = if half == Half::Idp { IDP } else { CRM };
    let migrations = steps.iter().map(|s| {
        let text = if postgres { s.postgres } else { s.sqlite };
        Migration::new(s.version, Cow::Borrowed(s.name), MigrationType::Simple, sqlx::SqlStr::from_static(text), false)
    });
    Migrator { migrations: Cow::Owned(migrations.collect()), ..Migrator::DEFAULT }
}
