//! The audit log as a chain: numbering and sealing what is committed, and reading it opened. One sequencer at a time: whoever
//! moves the head from where it read it. Any number of processes may try; the others find nothing moved and look again.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::BoxFuture;

use super::chain::{Head, Line};
use super::filter::Filter;
use super::store::{self, Stored, Waiting};
use crate::kernel::Env;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Db, DbError, Tx};
use crate::kernel::root::{DataKey, Purpose, RootError};

/// Lines that one transaction chains at most.
const BATCH: i64 = 200;
/// How often others may be first before the caller is told to come back.
const TRIES: u32 = 50;

/// Why the log could not be chained or read.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The root key, or a sealed value that does not open.
    #[error("the audit log: {0}")]
    Root(#[from] RootError),
    /// A line can't be written as JSON.
    #[error("the audit log: {0}")]
    Json(#[from] serde_json::Error),
    /// There are lines and no head, or a head that nobody with the root key wrote. Nothing is chained on to that.
    #[error("the head of the audit log is missing or was changed: `zegel audit verify` says more")]
    Head,
    /// A filter has a value that can't be one.
    #[error("the filter has a value that can't be one")]
    Filter,
}

impl AuditError {
    /// Whether the request should be told to come back.
    pub fn is_overload(&self) -> bool {
        matches!(self, Self::Db(e) if e.is_overload())
    }
}

/// Whose keys seal what is personal in an entry: none where nothing is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owners {
    /// Whose the address is.
    pub ip: Option<String>,
    /// Whose the detail is.
    pub detail: Option<String>,
}

/// What knows whose the values of an entry are: each half has people of its own.
pub type Whose = for<'t, 'c> fn(&'t mut Tx<'c>, &'t Waiting) -> BoxFuture<'t, Result<Owners, DbError>>;

/// A line with its personal values opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// As it is stored, but for `ip` and `detail`, which are readable, or empty where they were erased.
    pub line: Line,
    /// Whether a value of it was erased.
    pub erased: bool,
}

/// The audit log of a half. Cheap to clone.
#[derive(Clone)]
pub struct Log {
    pub(super) db: Db,
    pub(super) env: Env,
    whose: Whose,
}

impl Log {
    /// The log in `db`, whose head is made when there is none yet.
    pub async fn open(db: &Db, env: &Env, whose: Whose) -> Result<Self, AuditError> {
        let mac = Head::default().mac(&env.root)?;
        db.write(mac, |mac, mut tx| Box::pin(async move { store::begin(&mut tx, mac).await })).await?;
        Ok(Self { db: db.clone(), env: env.clone(), whose })
    }

    /// Chains everything that is committed; how many lines.
    pub async fn catch_up(&self) -> Result<u64, AuditError> {
        let (mut all, mut lost) = (0, 0);
        loop {
            match self.round().await? {
                Round::Chained(n) => {
                    all += n as u64;
                    if n < BATCH as usize {
                        return Ok(all);
                    }
                }
                Round::Lost if lost < TRIES => lost += 1,
                Round::Lost => return Err(DbError::Overloaded.into()),
            }
        }
    }

    /// The same for whoever does it over and over: what goes wrong is logged.
    pub async fn keep_up(&self) {
        match self.catch_up().await {
            Ok(_) => {}
            Err(error @ AuditError::Head) => tracing::error!(%error, "the audit log is not chained on"),
            Err(error) => tracing::warn!(%error, "the audit log could not be chained"),
        }
    }

    /// Closes its database, for a command that is done.
    pub async fn close(&self) {
        self.db.close().await;
    }

    /// Where the chain ends by now.
    pub async fn head(&self) -> Result<Head, AuditError> {
        self.catch_up().await?;
        let mut snapshot = self.db.snapshot().await?;
        Ok(store::head(&mut snapshot.tx()).await?.ok_or(AuditError::Head)?.head)
    }

    /// Up to `limit` lines, the latest first, before line `before`. What was committed before the call is in it.
    pub async fn page(&self, filter: &Filter, before: Option<i64>, limit: i64) -> Result<Vec<Opened>, AuditError> {
        if before.is_none() {
            self.catch_up().await?;
        }
        self.read(filter, before, true, limit).await
    }

    /// Up to `limit` lines in order, after line `after`: for an export, which goes on with the last one that it was given.
    pub async fn in_order(&self, filter: &Filter, after: i64, limit: i64) -> Result<Vec<Opened>, AuditError> {
        self.read(filter, Some(after), false, limit).await
    }

    async fn read(&self, filter: &Filter, from: Option<i64>, newest: bool, limit: i64) -> Result<Vec<Opened>, AuditError> {
        if !filter.is_sound() {
            return Err(AuditError::Filter);
        }
        let mut snapshot = self.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let lines = store::filtered(&mut tx, filter, from, newest, limit).await?;
        let owners: BTreeSet<&String> = lines.iter().flat_map(|l| [&l.ip_of, &l.detail_of]).flatten().collect();
        let owners: Vec<String> = owners.into_iter().cloned().collect();
        let keys = self.keys(store::keys(&mut tx, &owners).await?)?;
        lines.into_iter().map(|line| opened(line, &keys)).collect()
    }

    fn keys(&self, sealed: BTreeMap<String, Option<String>>) -> Result<Keys, RootError> {
        let open = |(owner, sealed): (String, Option<String>)| {
            let key = sealed.map(|s| DataKey::unsealed(&self.env.root, Purpose::AuditKey, &place(&owner), &s)).transpose()?;
            Ok((owner, key))
        };
        sealed.into_iter().map(open).collect()
    }

    async fn round(&self) -> Result<Round, AuditError> {
        let Some(work) = self.prepare().await? else { return Ok(Round::Chained(0)) };
        let n = work.lines.len();
        let done = self.db.write(work, |work, mut tx| Box::pin(async move { work.write(&mut tx).await })).await;
        match done {
            Ok(()) => Ok(Round::Chained(n)),
            Err(Stop::Lost) => Ok(Round::Lost),
            Err(Stop::Db(e)) => Err(e.into()),
        }
    }

    /// Seals and links what waits; none when nothing does.
    async fn prepare(&self) -> Result<Option<Chaining>, AuditError> {
        let mut snapshot = self.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let from = store::head(&mut tx).await?.ok_or(AuditError::Head)?;
        let waiting = store::waiting(&mut tx, BATCH).await?;
        if waiting.is_empty() {
            return Ok(None);
        }
        if !from.head.is_proven(&self.env.root, &from.mac)? {
            return Err(AuditError::Head);
        }
        let mut owned = Vec::new();
        for entry in waiting {
            let owners = (self.whose)(&mut tx, &entry).await?;
            owned.push((entry, owners));
        }
        let names: BTreeSet<&String> = owned.iter().flat_map(|(_, o)| [&o.ip, &o.detail]).flatten().collect();
        let names: Vec<String> = names.into_iter().cloned().collect();
        let mut keys = self.keys(store::keys(&mut tx, &names).await?)?;
        drop(snapshot);
        let mut new_keys = Vec::new();
        for owner in names {
            if let Entry::Vacant(free) = keys.entry(owner) {
                let key = DataKey::random(self.env.entropy.as_ref());
                let sealed = key.sealed(&self.env.root, Purpose::AuditKey, &place(free.key()), self.env.entropy.as_ref())?;
                new_keys.push((free.key().clone(), sealed));
                free.insert(Some(key));
            }
        }
        let mut to = from.head.clone();
        let mut lines = Vec::new();
        for (entry, owners) in owned {
            let line = self.line(entry, owners, &keys, &to)?;
            to = Head { seq: line.seq, hash: line.hash.clone() };
            lines.push(line);
        }
        let mac = to.mac(&self.env.root)?;
        Ok(Some(Chaining { from, to, mac, new_keys, lines, now: self.env.now() }))
    }

    fn line(&self, entry: Waiting, owners: Owners, keys: &Keys, after: &Head) -> Result<Line, AuditError> {
        let seal = |owner: Option<String>, column: &str, plain: &str| {
            let Some(owner) = owner.filter(|_| !plain.is_empty()) else { return Ok((plain.to_owned(), None)) };
            // Of someone who was erased nothing is kept, also not what he was still doing.
            let Some(Some(key)) = keys.get(&owner) else { return Ok((String::new(), None)) };
            let sealed = key.seal(&Line::place(&entry.id, column), plain.as_bytes(), self.env.entropy.as_ref())?;
            Ok::<_, RootError>((sealed, Some(owner)))
        };
        let (ip, ip_of) = seal(owners.ip, "ip", entry.ip.as_deref().unwrap_or_default())?;
        let (detail, detail_of) = seal(owners.detail, "detail", &entry.detail)?;
        let mut line = Line {
            seq: after.seq.saturating_add(1),
            hash: String::new(),
            id: entry.id,
            at: entry.at,
            actor: entry.actor,
            client_id: entry.client_id,
            action: entry.action,
            target: entry.target,
            outcome: entry.outcome,
            ip: Some(ip).filter(|ip| !ip.is_empty()),
            ip_of,
            request_id: entry.request_id,
            detail,
            detail_of,
        };
        line.hash = line.link(&after.hash)?;
        Ok(line)
    }
}

type Keys = BTreeMap<String, Option<DataKey>>;

fn place(owner: &str) -> String {
    format!("audit_keys/{owner}")
}

fn opened(mut line: Line, keys: &Keys) -> Result<Opened, AuditError> {
    let mut erased = false;
    let mut open = |owner: &Option<String>, column: &str, value: &str| {
        let Some(owner) = owner else { return Ok(value.to_owned()) };
        let Some(Some(key)) = keys.get(owner) else {
            erased = true;
            return Ok(String::new());
        };
        let plain = key.open(&Line::place(&line.id, column), value)?;
        Ok::<_, RootError>(String::from_utf8_lossy(&plain).into_owned())
    };
    let ip = open(&line.ip_of, "ip", line.ip.as_deref().unwrap_or_default())?;
    let detail = open(&line.detail_of, "detail", &line.detail)?;
    line.ip = Some(ip).filter(|ip| !ip.is_empty());
    line.detail = detail;
    Ok(Opened { line, erased })
}

enum Round {
    Chained(usize),
    Lost,
}

/// Lines ready to be written, with what they were made from.
struct Chaining {
    from: Stored,
    to: Head,
    mac: String,
    new_keys: Vec<(String, String)>,
    lines: Vec<Line>,
    now: Timestamp,
}

enum Stop {
    /// Somebody else chained, or something was erased: look again.
    Lost,
    Db(DbError),
}

impl From<DbError> for Stop {
    fn from(e: DbError) -> Self {
        Self::Db(e)
    }
}

impl Chaining {
    async fn write(&self, tx: &mut Tx<'_>) -> Result<(), Stop> {
        if !store::advance(tx, &self.from, &self.to, &self.mac).await? {
            return Err(Stop::Lost);
        }
        for (owner, sealed) in &self.new_keys {
            if !store::add_key(tx, owner, sealed, self.now).await? {
                return Err(Stop::Lost);
            }
        }
        for line in &self.lines {
            if !store::put(tx, line).await? {
                return Err(Stop::Lost);
            }
        }
        Ok(())
    }
}
