//! A portal's list at size: an external with 1,000 grants, a rule of 20 criteria, fifty rows of 10,000 and 100,000 records,
//! beside the same statements written by hand and sent over the same connection.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use zegel::contract::FieldKey;
use zegel::crm::modules::catalogue::Catalogues;
use zegel::crm::modules::flow::apply;
use zegel::crm::modules::preset::{CRM, Preset};
use zegel::crm::modules::value::Context;
use zegel::crm::records::flow::Records;
use zegel::crm::records::list::ListQuery;
use zegel::crm::visibility::sight::{Me, Viewer};
use zegel::kernel::clock::{Clock, SystemClock};
use zegel::kernel::db::{Db, DbError, Half, Sql};
use zegel::kernel::entropy::SystemEntropy;
use zegel::kernel::root::RootKey;
use zegel::sql;

use crate::records::NoRules;
use crate::work;

/// Relations that there are, and those of them that the person has a grant on.
const RELATIONS: usize = 5_000;
const GRANTS: usize = 1_000;
/// Lists read at once: fewer than the connections of a pool, so that what is measured is reading and not waiting for one.
const AT_ONCE: usize = 8;
/// Rows of one transaction while filling.
const BATCH: usize = 500;

/// Twenty comparisons on the row, of which ten are always asked and ten are alternatives.
fn criteria() -> String {
    let always = (0..10).map(|n| format!("{{value: {{field: number, operator: is_not, value: none-{n}}}}}"));
    let either = (0..10).map(|n| format!("{{value: {{field: address, operator: contains, value: straat {n}}}}}"));
    let always: Vec<String> = always.collect();
    let either: Vec<String> = either.collect();
    format!("{{and: [{{granted: {{least: reader}}}}, {}, {{or: [{}]}}]}}", always.join(", "), either.join(", "))
}

fn definitions() -> String {
    let label = "{en: Bench, nl: Bench, pl: Bench, tr: Bench}";
    format!(
        "portals:\n  - key: bench\n    labels: {label}\n    module: contacts\n    rules:\n      - {{module: deliveries, tree: {}, \
         rights: [see], fields: {{default: read}}}}\n      - {{module: relations, tree: {{granted: {{least: reader}}}}, rights: \
         [see], fields: {{default: read}}}}\n",
        criteria()
    )
}

fn key(text: &str) -> io::Result<FieldKey> {
    text.try_into().map_err(|_| io::Error::other("not a key"))
}

async fn open(url: &str) -> io::Result<(Arc<Records>, Viewer)> {
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    let db = Db::open(url, Half::Crm).await.map_err(io::Error::other)?;
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
    let me = Me { portal: "bench".into(), module: key("contacts")?, record: "c0".into() };
    let today = jiff::civil::date(2026, 11, 22);
    let viewer = Viewer { staff: false, selves: vec![me], ..Viewer::staff("patricia".into(), Vec::new(), now, today) };
    Ok((Arc::new(records), viewer))
}

/// Makes the definitions, relations, grants and `count` deliveries.
pub async fn fill(url: &str, count: usize) -> io::Result<()> {
    let (records, _) = open(url).await?;
    let now = SystemClock.now();
    apply(&records.db, Preset::read_whole(CRM).map_err(io::Error::other)?, now).await.map_err(io::Error::other)?;
    apply(&records.db, Preset::read(&definitions()).map_err(io::Error::other)?, now).await.map_err(io::Error::other)?;
    let relation = |n: usize| {
        (format!("r{n}"), "relations", format!("Relation {n}"), format!("{{\"name\":\"Relation {n}\"}}"), format!("r{n}"), n)
    };
    let delivery = |n: usize| {
        // A step that is prime to the number of relations spreads the newest over all of them.
        let at = n * 7919 % RELATIONS;
        let fields = format!(
            "{{\"number\":\"D-{n}\",\"relation\":\"r{at}\",\"status\":\"planned\",\"address\":\"Straat {} te Utrecht\"}}",
            n % 20
        );
        (format!("d{n}"), "deliveries", format!("D-{n}"), fields, format!("r{at}"), n)
    };
    insert(&records.db, (0..RELATIONS).map(relation)).await?;
    insert(&records.db, (0..count).map(delivery)).await?;
    for n in 0..GRANTS {
        let row = (format!("g{n}"), format!("r{}", n * (RELATIONS / GRANTS)));
        records
            .db
            .write(row, |(id, relation), mut tx| {
                Box::pin(async move {
                    tx.q(sql!(
                        "INSERT INTO replica_grants (generation, id, holder, relation, level, starts_at, ends_at)
                     VALUES (1, $1, 'person:patricia', $2, 2, 0, 9223372036854775807)"
                    ))
                    .bind(id.as_str())
                    .bind(relation.as_str())
                    .exec()
                    .await?;
                    Ok::<_, DbError>(())
                })
            })
            .await
            .map_err(io::Error::other)?;
    }
    let mut snapshot = records.db.snapshot().await.map_err(io::Error::other)?;
    // Both engines plan by what they know of the tables.
    let _: Option<(String,)> =
        snapshot.tx().q(sql!("SELECT stamp FROM catalogue WHERE id = 1")).opt().await.map_err(io::Error::other)?;
    drop(snapshot);
    records
        .db
        .write((), |(), mut tx| Box::pin(async move { tx.q(sql!("ANALYZE")).exec().await.map(drop) }))
        .await
        .map_err(io::Error::other)?;
    records.db.close().await;
    Ok(())
}

type Row = (String, &'static str, String, String, String, usize);

async fn insert(db: &Db, rows: impl Iterator<Item = Row>) -> io::Result<()> {
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        let batch: Vec<Row> = rows.by_ref().take(BATCH).collect();
        db.write(batch, |batch, mut tx| {
            Box::pin(async move {
                for (id, module, title, fields, relation, n) in batch {
                    let folded = fields.to_lowercase();
                    let json = |t: &str| serde_json::from_str::<serde_json::Value>(t).unwrap_or_default();
                    tx.q(sql!(
                        "INSERT INTO records (id, module, version, status, fields, folded, title, title_fold, relation_id, internal,
                             restricted, created_at, created_by, updated_at, updated_by)
                         VALUES ($1, $2, 1, 'active', $3, $4, $5, $6, $7, FALSE, FALSE, $8, 'bram', $8, 'bram')"
                    ))
                    .bind(id.as_str())
                    .bind(*module)
                    .bind(sqlx::types::Json(json(fields)))
                    .bind(sqlx::types::Json(json(&folded)))
                    .bind(title.as_str())
                    .bind(title.to_lowercase())
                    .bind(relation.as_str())
                    .bind(i64::try_from(*n).unwrap_or(0))
                    .exec()
                    .await?;
                }
                Ok::<_, DbError>(())
            })
        })
        .await
        .map_err(io::Error::other)?;
    }
    Ok(())
}

/// The first page of the list, again and again.
pub async fn lists(url: &str) -> io::Result<()> {
    let (records, viewer) = open(url).await?;
    let query = ListQuery::of(key("deliveries")?);
    let page = records.list(&viewer, &query, None).await.map_err(|e| io::Error::other(format!("{e:?}")))?;
    if page.records.len() != 50 || page.records.iter().any(|r| r.relation().is_none()) {
        return Err(io::Error::other("the page isn't whole"));
    }
    work::measured_by(AT_ONCE, move |_| {
        let (records, viewer, query) = (Arc::clone(&records), viewer.clone(), query.clone());
        move || {
            let (records, viewer, query) = (Arc::clone(&records), viewer.clone(), query.clone());
            async move {
                let page = records.list(&viewer, &query, None).await.map_err(|e| io::Error::other(format!("{e:?}")))?;
                if page.records.len() == 50 { Ok(()) } else { Err(io::Error::other("the page isn't whole")) }
            }
        }
    })
    .await
}

/// The floor: the three statements as one would write them for this one list.
pub async fn by_hand(url: &str) -> io::Result<()> {
    let (records, _) = open(url).await?;
    let folded = |k: &str| format!("(t.folded->>'{k}')");
    let always: Vec<String> = (0..10).map(|n| format!("{} <> 'none-{n}'", folded("number"))).collect();
    let either: Vec<String> = (0..10).map(|n| format!("{} LIKE '%straat {n}%'", folded("address"))).collect();
    let page = format!(
        "SELECT t.id, t.version, CAST(t.fields AS TEXT), t.title, t.relation_id, t.updated_at FROM records t \
         WHERE t.module = 'deliveries' AND t.status = 'active' AND NOT t.internal AND {} AND ({}) \
         AND EXISTS (SELECT 1 FROM replica_grants g WHERE g.generation = 1 AND g.relation = t.relation_id \
             AND g.holder = 'person:patricia' AND g.level >= 2) \
         ORDER BY t.updated_at DESC, t.id DESC LIMIT 51",
        always.join(" AND "),
        either.join(" OR ")
    );
    let page: &'static str = Box::leak(page.into_boxed_str());
    work::measured_by(AT_ONCE, move |_| {
        let records = Arc::clone(&records);
        move || {
            let records = Arc::clone(&records);
            async move {
                let mut snapshot = records.db.snapshot().await.map_err(io::Error::other)?;
                let mut tx = snapshot.tx();
                let _: (String,) =
                    tx.q(sql!("SELECT stamp FROM catalogue WHERE id = 1")).one().await.map_err(io::Error::other)?;
                let rows: Vec<(String, i64, String, String, String, i64)> =
                    tx.q(Sql::literal(page)).all().await.map_err(io::Error::other)?;
                let ids: BTreeMap<&str, ()> = rows.iter().map(|r| (r.4.as_str(), ())).collect();
                let mut q = tx.q(Sql::literal(
                    "SELECT t.id, t.title FROM records t WHERE t.module = 'relations' AND t.status = 'active' AND t.id IN (",
                ));
                for (n, id) in ids.keys().enumerate() {
                    q.push(if n > 0 { ", " } else { "" }).value((*id).to_owned());
                }
                q.push(")");
                let names: Vec<(String, String)> = q.all().await.map_err(io::Error::other)?;
                if rows.len() == 51 && names.len() == ids.len() { Ok(()) } else { Err(io::Error::other("the page isn't whole")) }
            }
        }
    })
    .await
}
