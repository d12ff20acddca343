//! The seals of a record: which of its versions were confirmed, by whom and when, and the receipts that prove it. Owns what of
//! a receipt a person may take along: with the values of the fields that he reads, and of no others.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::model::PendingError;
use super::store;
use crate::contract::FieldKey;
use crate::contract::challenge::Channel;
use crate::contract::receipt::RECIPIENT;
use crate::crm::Crm;
use crate::crm::modules::model::Module;
use crate::crm::records::seen::Seen;
use crate::crm::visibility::model::Right;
use crate::crm::visibility::sight::Viewer;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::jose::SdJwt;
use crate::kernel::pages::View;

/// The seal of one version of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The receipt's id; `/receipts/{id}` shows it.
    pub receipt: String,
    /// Its place in the record's chain.
    pub sequence: i64,
    /// The version of the record that was confirmed.
    pub version: i64,
    /// By whom: the contact point, masked; several with commas between.
    pub confirmed_by: String,
    /// How the code travelled.
    pub channel: Channel,
    /// When.
    pub confirmed_at: Timestamp,
    /// The provider's public page.
    pub url: String,
}

impl Seal {
    /// Confirmed by +31 6 ••• 42 on 22 Nov 2026, 14:03.
    pub fn text(&self, view: &View) -> String {
        view.t2("seal-text", "to", self.confirmed_by.as_str(), "at", view.date_time(self.confirmed_at))
    }
    /// Where it opens.
    pub fn href(&self, view: &View) -> String {
        format!("{}/receipts/{}", view.base, self.receipt)
    }
}

fn seal(r: store::receipts::ReceiptRow) -> Seal {
    Seal {
        receipt: r.id,
        sequence: r.sequence,
        version: r.version,
        confirmed_by: r.confirmed_by,
        channel: Channel::from_name(&r.channel).unwrap_or(Channel::Mail),
        confirmed_at: Timestamp(r.confirmed_at),
        url: r.url,
    }
}

/// The seals of a record that the person sees, by the version that they are of.
pub async fn seals_of(tx: &mut Tx<'_>, record: &Seen) -> Result<BTreeMap<i64, Seal>, DbError> {
    let rows = store::receipts::of(tx, record.id()).await?;
    Ok(rows.into_iter().map(|r| (r.version, seal(r))).collect())
}

/// The latest seals of records that a person may see: with the record's module and title.
pub async fn lately(crm: &Crm, viewer: &Viewer, most: usize) -> Result<Vec<(Arc<Module>, Option<String>, Seal)>, PendingError> {
    // Some may be of records that are not his to see.
    let rows = {
        let mut snapshot = crm.db.snapshot().await?;
        store::receipts::latest(&mut snapshot.tx(), 50).await?
    };
    let catalogue = crm.records.catalogue().await?;
    let mut found = Vec::new();
    for row in rows {
        let Ok(key) = FieldKey::try_from(row.module.as_str()) else { continue };
        let (Some(module), Some(seen)) = (catalogue.module(&key), crm.records.get(viewer, &key, &row.record_id).await?) else {
            continue;
        };
        found.push((Arc::clone(module), seen.title().map(str::to_owned), seal(row)));
        if found.len() == most {
            break;
        }
    }
    Ok(found)
}

/// A receipt as one person may have it.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its seal.
    pub seal: Seal,
    /// The record's module.
    pub module: FieldKey,
    /// The record.
    pub record: String,
    /// The SD-JWT with the disclosures that are his to read.
    pub sd_jwt: SdJwt,
}

/// A receipt, for who sees its record. Values of fields that he doesn't read, and all values where he has no right to the
/// record's history, stay digests; that takes nothing from the signature.
pub async fn receipt(crm: &Arc<Crm>, viewer: &Viewer, id: &str) -> Result<Held, PendingError> {
    let Some(row) = store::receipts::by_id(&crm.db, id).await? else { return Err(PendingError::NotFound) };
    let module: FieldKey = row.module.as_str().try_into().map_err(|_| PendingError::NotFound)?;
    let seen = crm.records.get(viewer, &module, &row.record_id).await?.ok_or(PendingError::NotFound)?;
    let history = seen.may(Right::History);
    let sd_jwt = SdJwt::parse(&row.sd_jwt)?.present(|d| match d.name() {
        Some(RECIPIENT) => true,
        Some(name) => history && (name.starts_with('#') || seen.fields().any(|(f, _)| f.key.as_str() == name)),
        None => false,
    });
    Ok(Held { module, record: row.record_id.clone(), sd_jwt, seal: seal(row) })
}
