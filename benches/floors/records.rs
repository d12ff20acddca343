//! Saving a record through the record store's gate: rights, checks, version and history in one commit.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use zegel::contract::FieldKey;
use zegel::crm::modules::catalogue::Catalogues;
use zegel::crm::modules::flow::apply;
use zegel::crm::modules::model::Module;
use zegel::crm::modules::preset::{CRM, Preset};
use zegel::crm::modules::value::{Context, Raw};
use zegel::crm::records::flow::Records;
use zegel::crm::records::model::{Cause, Change, CodeRules, Outcome, RuleMatch, State, Via};
use zegel::crm::visibility::sight::Viewer;
use zegel::kernel::clock::{Clock, SystemClock};
use zegel::kernel::db::{Db, DbError, Half, Tx};
use zegel::kernel::entropy::{Entropy, SystemEntropy};
use zegel::kernel::root::RootKey;
use zegel::sql;

use crate::work;

/// A relation.
pub const VALUES: &[(&str, &str)] = &[
    ("name", "Bakkerij De Gouden Korenaar"),
    ("street", "Stationsstraat 12"),
    ("postcode", "3511 ED"),
    ("city", "Utrecht"),
    ("country", "nl"),
    ("email", "info@gouden-korenaar.example"),
];

/// Nothing asks for a code.
pub struct NoRules;

impl CodeRules for NoRules {
    fn matching<'c>(
        &'c self,
        _: &'c mut Tx<'_>,
        _: &'c Viewer,
        _: &'c Module,
        _: Option<&'c State>,
        _: &'c State,
    ) -> BoxFuture<'c, Result<Vec<RuleMatch>, DbError>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

fn key(text: &str) -> io::Result<FieldKey> {
    text.try_into().map_err(|_| io::Error::other("not a key"))
}

async fn open(dir: &Path) -> io::Result<(Arc<Records>, Viewer)> {
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    let url = format!("sqlite:{}", dir.join("crm.db").display());
    let db = Db::open(&url, Half::Crm).await.map_err(io::Error::other)?;
    let preset = Preset::read_whole(CRM).map_err(io::Error::other)?;
    apply(&db, preset, clock.now()).await.map_err(io::Error::other)?;
    let now = clock.now();
    let records = Records {
        db,
        clock,
        root: Arc::new(RootKey::random(&*entropy)),
        entropy,
        rules: Arc::new(NoRules),
        catalogues: Arc::new(Catalogues::default()),
        cx: Context { region: "NL".into(), zone: jiff::tz::TimeZone::UTC },
    };
    let today = jiff::civil::date(2026, 11, 22);
    let viewer = Viewer::staff("bram".into(), vec!["administrator".into()], now, today);
    Ok((Arc::new(records), viewer))
}

/// New records, 64 at once.
pub async fn creates(dir: &Path) -> io::Result<()> {
    let (records, viewer) = open(dir).await?;
    let module = key("relations")?;
    work::measured(move |_| {
        let (records, viewer, module) = (Arc::clone(&records), viewer.clone(), module.clone());
        move || {
            let (records, viewer) = (Arc::clone(&records), viewer.clone());
            let fields: BTreeMap<_, _> = VALUES.iter().filter_map(|(k, v)| Some((key(k).ok()?, Some(Raw::from(*v))))).collect();
            let change = Change::create(module.clone(), fields, Cause::via(Via::Api));
            async move {
                match records.write(&viewer, change).await {
                    Ok(Outcome::Written { .. }) => Ok(()),
                    other => Err(io::Error::other(format!("{other:?}"))),
                }
            }
        }
    })
    .await
}

/// Changes of one field, 64 at once, each of a record of its own.
pub async fn edits(dir: &Path) -> io::Result<()> {
    let (records, viewer) = open(dir).await?;
    let module = key("relations")?;
    work::measured(move |_| {
        let (records, viewer, module) = (Arc::clone(&records), viewer.clone(), module.clone());
        let at = Arc::new(tokio::sync::Mutex::new(None::<(String, i64)>));
        move || {
            let (records, viewer, module, at) = (Arc::clone(&records), viewer.clone(), module.clone(), Arc::clone(&at));
            async move {
                let mut at = at.lock().await;
                let raw = |k: &str, v: String| Ok::<_, io::Error>((key(k)?, Some(Raw::from(v.as_str()))));
                let change = match at.take() {
                    None => {
                        let fields = VALUES.iter().map(|(k, v)| raw(k, (*v).to_owned())).collect::<Result<_, _>>()?;
                        Change::create(module, fields, Cause::via(Via::Api))
                    }
                    Some((id, version)) => {
                        let fields = [raw("street", format!("Stationsstraat {version}"))?].into();
                        Change::edit(module, &id, version, fields, Cause::via(Via::Api))
                    }
                };
                match records.write(&viewer, change).await {
                    Ok(Outcome::Written { id, version }) => {
                        *at = Some((id, version));
                        Ok(())
                    }
                    other => Err(io::Error::other(format!("{other:?}"))),
                }
            }
        }
    })
    .await
}

/// The floor of both: the same row put into the same table, with the same indexes, by one statement and nothing else; 64 at
/// once, durable.
pub async fn inserts(dir: &Path) -> io::Result<()> {
    let (records, _) = open(dir).await?;
    let db = records.db.clone();
    work::measured(move |_| {
        let db = db.clone();
        move || {
            let (db, now, entropy) = (db.clone(), SystemClock.now(), &SystemEntropy as &dyn Entropy);
            let fields: serde_json::Map<_, _> = VALUES.iter().map(|(k, v)| ((*k).to_owned(), serde_json::Value::from(*v))).collect();
            let input = (entropy.id(now), serde_json::Value::from(fields).to_string(), now.0);
            async move {
                db.write(input, |(id, fields, now), mut tx| {
                    Box::pin(async move {
                        tx.q(sql!(
                            "INSERT INTO records (id, module, version, status, fields, folded, title, title_fold, internal, restricted,
                                 created_at, created_by, updated_at, updated_by)
                             VALUES ($1, 'relations', 1, 'active', $2, $2, 'De Gouden Korenaar', 'de gouden korenaar', FALSE, FALSE, $3,
                                 'bram', $3, 'bram')"
                        ))
                        .bind(id.as_str())
                        .bind(fields.as_str())
                        .bind(*now)
                        .exec()
                        .await?;
                        Ok::<_, DbError>(())
                    })
                })
                .await
                .map_err(io::Error::other)
            }
        }
    })
    .await
}
