//! What people see of an application on pages of signing in: its name, its logo (from here), and its own words on data and
//! terms, in their language where it has given them.

use super::{logos, store};
use crate::idp::Idp;
use crate::kernel::db::DbError;
use crate::kernel::pages::Lang;

/// An application as people see it. Empty texts are what there is none of.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Its name.
    pub name: String,
    /// Where its logo is, here.
    pub logo: String,
    /// How it handles data.
    pub policy: String,
    /// Its terms.
    pub terms: String,
}

impl Shown {
    /// The application of a request.
    pub async fn of(idp: &Idp, client: &str, lang: Lang) -> Result<Self, DbError> {
        let mut snapshot = idp.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let Some(client) = store::by_id(&mut tx, client).await? else { return Ok(Self::default()) };
        let m = &client.metadata;
        let localized = |member: &str, usual: &Option<String>| {
            let own = m.localized.get(&format!("{member}#{}", lang.code())).cloned();
            own.or_else(|| usual.clone()).unwrap_or_default()
        };
        Ok(Self {
            name: client.name(lang.code()).to_owned(),
            logo: logos::address(&mut tx, &client).await?.unwrap_or_default(),
            policy: localized("policy_uri", &m.policy_uri),
            terms: localized("tos_uri", &m.tos_uri),
        })
    }
}
