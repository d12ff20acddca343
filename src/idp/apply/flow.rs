//! `zegel apply`: comparing a file with what is there, and making it so.
//!
//! Everything is checked before anything is written. Up to [`BATCH`] differences are made in one transaction; a larger
//! file is made in several, people first, and running it again after an interruption goes on where it stopped.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::check::check;
use super::items::{Checked, Fault, Item, Named, PersonItem};
use super::look::{Credentials, Drawn, look};
use super::make::Maker;
use super::model::{File, FormError};
use super::plan::{Line, Plan, Sign};
use super::store;
use crate::idp::credentials::census::Census;
use crate::idp::credentials::{HasherError, authenticator, passwords};
use crate::idp::oidc::backchannel::{self, Told};
use crate::idp::people::{self, EmailKey};
use crate::idp::{Idp, clients, federation, feed};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::root::{RootError, RootKey};

/// Differences in one transaction at most: other writers wait for it.
pub const BATCH: usize = 500;

/// Why a file was not applied. Unless a transaction before it is said to be done, nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// It can't be read.
    #[error("{0}: {1}")]
    Read(String, std::io::Error),
    /// It is not an apply file.
    #[error("{0}: {1}")]
    Form(String, FormError),
    /// What it asks for can't be; with the file's name where there is one.
    #[error("{}nothing was changed, since the file asks for what can't be:{}", named(.0), list(.1))]
    Refused(String, Vec<Fault>),
    /// What it refers to changed while it was being applied.
    #[error("people, groups or applications were changed by someone else meanwhile; nothing was changed by this, run it again")]
    Meanwhile,
    /// A later transaction of a large file failed.
    #[error("{done} of {all} transactions are done and stay; run it again to go on: {source}")]
    Partly {
        /// Transactions that were committed.
        done: usize,
        /// Transactions that the file needs.
        all: usize,
        /// What stopped it.
        source: Box<ApplyError>,
    },
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Hashing a plain password.
    #[error(transparent)]
    Hasher(#[from] HasherError),
    /// A hash of another system, which was looked at before.
    #[error(transparent)]
    Import(#[from] passwords::imported::NotTaken),
    /// The root key.
    #[error(transparent)]
    Root(#[from] RootError),
}

fn named(file: &str) -> String {
    if file.is_empty() { String::new() } else { format!("{file}: ") }
}

fn list(faults: &[Fault]) -> String {
    faults.iter().map(|f| format!("\n  {}: {}", f.at, f.why)).collect()
}

/// What applying `file` would do. Writes nothing.
pub async fn plan(idp: &Idp, file: &File) -> Result<Plan, ApplyError> {
    Ok(prepare(idp, file).await?.plan)
}

/// Makes everything that `file` names as written; what it did. A second time it does nothing.
pub async fn apply(idp: &Idp, file: &File) -> Result<Plan, ApplyError> {
    let prepared = prepare(idp, file).await?;
    let batches = prepared.batches();
    let (drawn, all) = (std::sync::Arc::new(prepared.drawn), batches.len());
    let mut plan = Plan { transactions: all, ..Plan::default() };
    let mut told = Vec::new();
    for (done, items) in batches.into_iter().enumerate() {
        let batch = Batch {
            items,
            drawn: std::sync::Arc::clone(&drawn),
            run: idp.env.id(),
            now: idp.env.now(),
            actor: Actor::command_line(),
        };
        match idp.db.write_log(batch, |b, mut tx| Box::pin(async move { b.run(&mut tx).await })).await {
            Ok((lines, more)) => {
                plan.lines.extend(lines);
                told.extend(more);
            }
            Err(source) if done > 0 => return Err(ApplyError::Partly { done, all, source: Box::new(source) }),
            Err(e) => return Err(e),
        }
        idp.outbox.wake();
    }
    plan.waiting_for = backchannel::settle(idp, &told).await;
    Census::count(&idp.db, &idp.hasher).await?;
    Ok(plan)
}

/// Reads the file at `path`, standard input for `-`, and applies it, or tells what that would do. What the command `zegel apply`
/// does.
pub async fn from_path(idp: &Idp, path: &Path, dry_run: bool) -> Result<Plan, ApplyError> {
    let name = path.display().to_string();
    let standard = path == Path::new("-");
    let text = if standard { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(path) };
    let text = text.map_err(|e| ApplyError::Read(name.clone(), e))?;
    let file = File::parse(&name, &text).map_err(|e| ApplyError::Form(name.clone(), e))?;
    let result = if dry_run { plan(idp, &file).await } else { apply(idp, &file).await };
    let mut plan = result.map_err(|e| match e {
        ApplyError::Refused(_, faults) => ApplyError::Refused(name, faults),
        other => other,
    })?;
    // What only adds takes nothing away that someone might still go by.
    if !dry_run && plan.lines.iter().any(|l| l.sign != Sign::Add) {
        let head = feed::store::head_now(&idp.db).await?;
        plan.waiting_for.extend(feed::settle(idp, head.position).await?.waiting_for);
    }
    Ok(plan)
}

/// One transaction's work.
struct Batch {
    items: Vec<Item>,
    drawn: std::sync::Arc<Drawn>,
    run: String,
    now: Timestamp,
    actor: Actor,
}

impl Batch {
    async fn run(&self, tx: &mut crate::kernel::db::LogTx<'_>) -> Result<(Vec<Line>, Vec<Told>), ApplyError> {
        let mut lines = Vec::new();
        let mut maker = Maker::new(tx, &self.run, self.now, &self.actor);
        for item in &self.items {
            // Compared again: what the first look saw may have changed, and items before this one were made.
            for change in look(maker.tx, &self.drawn, item).await? {
                lines.extend(maker.make(&change).await?);
            }
        }
        Ok((lines, maker.finish().await?))
    }
}

/// A checked file, compared with what is there.
struct Prepared {
    /// The items that differ, each with its number of differences.
    items: Vec<(Item, usize)>,
    drawn: Drawn,
    plan: Plan,
}

impl Prepared {
    fn batches(&self) -> Vec<Vec<Item>> {
        let mut out: Vec<Vec<Item>> = Vec::new();
        let mut room = 0;
        for (item, weight) in &self.items {
            match out.last_mut() {
                Some(batch) if *weight <= room => batch.push(item.clone()),
                _ => {
                    out.push(vec![item.clone()]);
                    room = BATCH;
                }
            }
            room = room.saturating_sub(*weight);
        }
        out
    }
}

async fn prepare(idp: &Idp, file: &File) -> Result<Prepared, ApplyError> {
    let refused = |faults| ApplyError::Refused(String::new(), faults);
    let checked = check(file, &idp.env.settings).map_err(refused)?;
    let stored = {
        let mut snapshot = idp.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let faults = unknown(&mut tx, &checked).await?;
        if !faults.is_empty() {
            return Err(refused(faults));
        }
        stored(&mut tx, &checked).await?
    };
    // Hashing takes long, so no transaction is open meanwhile.
    let drawn = draw(idp, &checked, &stored).await?;
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let (mut items, mut lines, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for item in checked.items {
        let changes = look(&mut tx, &drawn, &item).await?;
        if !changes.is_empty() {
            items.push((item, changes.len()));
        }
        // A membership that stands on both sides is one difference.
        lines.extend(changes.iter().map(super::plan::Change::line).filter(|line| seen.insert(line.clone())));
    }
    let mut prepared = Prepared { items, drawn, plan: Plan { lines, ..Plan::default() } };
    prepared.plan.transactions = prepared.batches().len();
    Ok(prepared)
}

/// What only the database can tell is wrong with a file.
async fn unknown(tx: &mut Tx<'_>, checked: &Checked) -> Result<Vec<Fault>, ApplyError> {
    let mut faults = Vec::new();
    let applications: Vec<&str> =
        checked.items.iter().filter_map(|i| if let Item::Application(a) = i { Some(a.id.as_str()) } else { None }).collect();
    for (at, named) in &checked.outside {
        let (there, who) = match named {
            Named::Person(key) => (by_key(tx, key).await?.is_some(), format!("person {key}")),
            Named::Relation(name) => (
                super::grants::relation(tx, name).await?.is_some(),
                format!("one relation {name:?} (an id, or a name for files)"),
            ),
            Named::Group(name) => (store::group_id(tx, name).await?.is_some(), format!("group {name:?}")),
        };
        if !there {
            faults.push(Fault { at: at.clone(), why: format!("there is no {who}, neither in the file nor in the database") });
        }
    }
    for item in &checked.items {
        if let Item::Grant(item) = item {
            faults.extend(super::grants::unknown(tx, item).await?);
        }
        if let Item::Policy(item) = item {
            faults.extend(super::policies::unknown(tx, item, &applications).await?);
        }
        if let Item::Upstream(form) = item {
            // Whatever the secret is sealed as, it is there or not.
            let secret = form.client_secret.as_ref().map(|_| "");
            if let Err(wrong) = federation::manage::planned(tx, form, secret).await? {
                faults.push(Fault { at: format!("upstreams.{}.{}", form.id, wrong.field), why: wrong.why });
            }
        }
        let Item::Application(app) = item else { continue };
        if app.metadata.token_endpoint_auth_method.has_secret() && app.secret.is_none() {
            let before = clients::store::by_id(tx, &app.id).await?;
            if before.and_then(|b| b.secret_hash).is_none() {
                let why = "it has no secret yet: give one of 32 characters or more, or use private_key_jwt or none";
                faults.push(Fault { at: format!("{}.client_secret", app.at), why: why.into() });
            }
        }
    }
    Ok(faults)
}

async fn by_key(tx: &mut Tx<'_>, key: &str) -> Result<Option<people::Person>, DbError> {
    match EmailKey::parse(key) {
        Some(key) => people::store::by_email(tx, &key).await,
        None => Ok(None),
    }
}

/// What people have already, by canonical address: credentials and the sealed profile.
type Stored = BTreeMap<String, (people::store::Credentials, Option<String>)>;

async fn stored(tx: &mut Tx<'_>, checked: &Checked) -> Result<Stored, ApplyError> {
    let mut out = Stored::new();
    for item in &checked.items {
        let Item::Person(item) = item else { continue };
        if let Some(found) = people::store::credentials(tx, &item.key).await? {
            let profile = people::profile_store::sealed(tx, &found.id).await?.map(|(sealed, _)| sealed);
            out.insert(item.key.as_str().to_owned(), (found, profile));
        }
    }
    Ok(out)
}

/// Draws ids, hashes passwords and seals seeds.
async fn draw(idp: &Idp, checked: &Checked, stored: &Stored) -> Result<Drawn, ApplyError> {
    let mut d = Drawn {
        people: BTreeMap::new(),
        groups: BTreeMap::new(),
        credentials: BTreeMap::new(),
        secrets: BTreeMap::new(),
        upstreams: BTreeMap::new(),
    };
    for item in &checked.items {
        match item {
            Item::Person(item) => {
                let key = item.key.as_str().to_owned();
                let there = stored.get(&key);
                let id = there.map_or_else(|| idp.env.id(), |(s, _)| s.id.clone());
                let mut given = credentials(idp, item, &id, there.map(|(s, _)| s)).await?;
                given.profile = profile(idp, item, &id, there.and_then(|(_, p)| p.as_ref()))?;
                d.credentials.insert(key.clone(), given);
                d.people.insert(key, (id, item.email.clone()));
            }
            Item::Group(name) => drop(d.groups.insert(name.clone(), idp.env.id())),
            Item::Upstream(form) => {
                let sealed = federation::manage::sealed(idp, form).await?;
                d.upstreams.extend(sealed.map(|sealed| (form.id.clone(), sealed)));
            }
            Item::Application(app) => {
                if let Some(secret) = &app.secret {
                    d.secrets.insert(app.id.clone(), idp.env.root.token_hash("client-secret", secret.expose_secret())?);
                }
            }
            _ => {}
        }
    }
    Ok(d)
}

async fn credentials(
    idp: &Idp,
    item: &PersonItem,
    id: &str,
    there: Option<&people::store::Credentials>,
) -> Result<Credentials, ApplyError> {
    let mut out = Credentials { person: id.to_owned(), job: idp.env.id(), ..Credentials::default() };
    out.password = match (&item.hash, &item.password, there.and_then(|t| t.password.clone())) {
        // The hash of the file is there, sealed, or was replaced by one made here at a sign-in: it is the same password.
        (Some(hash), _, Some(stored)) if is_origin(idp, there, hash)? => Some(stored),
        (Some(hash), _, _) => {
            out.origin = Some(passwords::origin(&idp.env.root, hash.expose_secret())?);
            Some(idp.hasher.import(&passwords::imported::read(hash.expose_secret())?)?)
        }
        (None, Some(plain), Some(stored)) if idp.hasher.verify(Some(stored.clone()), plain.clone()).await? => Some(stored),
        (None, Some(plain), _) => Some(idp.hasher.hash(plain.clone()).await?),
        (None, None, _) => None,
    };
    if let Some(seed) = &item.seed {
        out.authenticator = match there.and_then(|t| t.authenticator.clone()) {
            Some(sealed) if same_seed(&idp.env.root, id, &sealed, seed) => Some(sealed),
            _ => Some(authenticator::seal(&idp.env.root, id, seed, idp.env.entropy.as_ref())?),
        };
    }
    Ok(out)
}

/// The sealed profile that the file asks for: the one that is there where it says the same.
fn profile(idp: &Idp, item: &PersonItem, id: &str, there: Option<&String>) -> Result<Option<String>, ApplyError> {
    let Some(wanted) = &item.profile else { return Ok(None) };
    let same = |sealed: &&String| people::profile_store::open(&idp.env.root, id, sealed).is_ok_and(|p| p == *wanted);
    match there.filter(same) {
        Some(sealed) => Ok(Some(sealed.clone())),
        None => Ok(Some(people::profile_store::seal(&idp.env.root, idp.env.entropy.as_ref(), id, wanted)?)),
    }
}

fn is_origin(idp: &Idp, there: Option<&people::store::Credentials>, hash: &SecretString) -> Result<bool, ApplyError> {
    let Some(origin) = there.and_then(|t| t.password_origin.as_deref()) else { return Ok(false) };
    Ok(passwords::origin(&idp.env.root, hash.expose_secret())? == origin)
}

/// Whether a sealed seed is this one: they give the same codes at moments far apart. A seed that does not open, because
/// it was sealed with a root key that is gone, is another.
fn same_seed(root: &RootKey, person: &str, sealed: &str, seed: &[u8]) -> bool {
    [1, 1_000_000, 2_000_000, 3_000_000, 4_000_000].into_iter().map(Timestamp::from_seconds).all(|at| {
        let code = authenticator::code_at(seed, at).into();
        authenticator::matching_step(root, person, sealed, &code, at).is_ok_and(|step| step.is_some())
    })
}
