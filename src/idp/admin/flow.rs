//! What every change by an administrator has: asked again whether he may in the transaction that makes it, written to both
//! logs, and answered once what it takes away is known everywhere.

use super::gate::{Asking, By};
use super::model::Fault;
use super::store;
use crate::contract::access::{Taken, TakenState};
use crate::idp::apply::ApplyError;
use crate::idp::apply::make::Maker;
use crate::idp::feed::Gone;
use crate::idp::oidc::backchannel::Told;
use crate::idp::oidc::issues;
use crate::idp::{Idp, feed, grants, people, sessions};
use crate::kernel::audit::AuditError;
use crate::kernel::clock::Timestamp;
use crate::kernel::cursor::BadCursor;
use crate::kernel::db::{DbError, LogTx, Tx, Work};
use crate::kernel::root::RootError;

/// Why something was not done; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The root key.
    #[error(transparent)]
    Root(#[from] RootError),
    /// The audit log.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// Whoever asks is not signed in any more.
    #[error("the sign-in does not stand")]
    Unauthorized,
    /// Whoever asks is no administrator, or no longer.
    #[error("only an administrator may do this")]
    Forbidden,
    /// There is no such thing.
    #[error("there is no such thing")]
    NotFound,
    /// Something does not fit.
    #[error("something does not fit")]
    Invalid(Vec<Fault>),
    /// It contradicts what is there: the key of the text that says how.
    #[error("refused: {0}")]
    Refused(&'static str),
    /// A cursor is not of this list.
    #[error(transparent)]
    Cursor(#[from] BadCursor),
    /// Something that only a mistake of the program leads to.
    #[error("{0}")]
    Internal(String),
}

impl From<ApplyError> for AdminError {
    fn from(e: ApplyError) -> Self {
        match e {
            ApplyError::Db(e) => Self::Db(e),
            ApplyError::Root(e) => Self::Root(e),
            ApplyError::Meanwhile => Self::Refused("admin-refused-meanwhile"),
            other => Self::Internal(other.to_string()),
        }
    }
}

/// Who asks, when, and an id that is the same when the transaction runs again.
#[derive(Clone, Debug)]
pub struct Hand {
    /// Who.
    pub asking: Asking,
    /// What ids of audit entries begin with.
    pub run: String,
    /// When.
    pub now: Timestamp,
}

impl Hand {
    /// For a change that begins now.
    pub fn new(idp: &Idp, asking: &Asking) -> Self {
        Self { asking: asking.clone(), run: idp.env.id(), now: idp.env.now() }
    }

    /// Begins in a transaction: by whoever may.
    pub(in crate::idp) async fn begin<'a, 'c>(&'a self, tx: &'a mut LogTx<'c>) -> Result<Maker<'a, 'c>, AdminError> {
        still(tx, &self.asking, self.now).await?;
        Ok(Maker::new(tx, &self.run, self.now, &self.asking.actor))
    }
}

/// Ends a change: what may no longer stand is revoked, and somebody is left who may undo it.
pub(in crate::idp) async fn end(maker: Maker<'_, '_>, asking: &Asking) -> Result<Ended, AdminError> {
    // By command the installation is always open to whoever has the machine.
    if !matches!(asking.by, By::Command) && !store::any_administrator(maker.tx, &asking.role).await? {
        return Err(AdminError::Refused("admin-refused-last"));
    }
    let less = maker.takes();
    let head = feed::store::head(maker.tx).await?.position;
    let told = maker.finish().await?;
    Ok(Ended { less, head, told })
}

/// What a transaction came to.
#[derive(Debug)]
pub struct Ended {
    less: bool,
    head: i64,
    told: Vec<Told>,
}

/// Runs a change and answers once what it takes away is known everywhere, or after two seconds with who does not know.
pub async fn act<D, T, F>(idp: &Idp, input: D, work: F) -> Result<(T, Taken), AdminError>
where
    D: Send + Sync + 'static,
    T: Send + 'static,
    F: for<'c> Fn(&'c D, LogTx<'c>) -> Work<'c, (T, Ended), AdminError> + Send + Sync + 'static,
{
    let (value, ended) = idp.db.write_log(input, work).await?;
    idp.outbox.wake();
    let taken = match ended.less {
        true => {
            // What was withdrawn at the end of the transaction stands after the head that was read there.
            let position = feed::store::head_now(&idp.db).await?.position.max(ended.head);
            feed::settle(idp, Gone { position, told: ended.told }).await?
        }
        false => Taken { state: TakenState::Done, waiting_for: Vec::new() },
    };
    Ok((value, taken))
}

/// That whoever asks may still, as this transaction sees it.
pub async fn still(tx: &mut Tx<'_>, asking: &Asking, now: Timestamp) -> Result<(), AdminError> {
    let person = match &asking.by {
        By::Command => return Ok(()),
        By::Session(id) => {
            let session = sessions::store::by_id(tx, id).await?.filter(|s| s.is_live(now)).ok_or(AdminError::Unauthorized)?;
            people::store::by_id(tx, &session.person_id).await?.filter(|p| p.active).ok_or(AdminError::Unauthorized)?
        }
        By::Issue { issue, client } => {
            let stands = issues::stands(tx, (**issue).clone(), client, &asking.issuer, now).await?;
            stands.ok_or(AdminError::Unauthorized)?.person.clone()
        }
    };
    match grants::store::has_role(tx, &person.id, &asking.role).await? {
        true => Ok(()),
        false => Err(AdminError::Forbidden),
    }
}
