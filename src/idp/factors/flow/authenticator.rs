//! Setting up an authenticator app: a seed is shown, and counts once a code of it came back.

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::{FactorError, Trace, Who};
use crate::idp::credentials::authenticator;
use crate::idp::factors::model;
use crate::idp::factors::store::enrolments::{Enrolment, Kind};
use crate::idp::factors::store::{self, enrolments};
use crate::idp::notices::What;
use crate::idp::{Idp, people};
use crate::kernel::db::{DbError, Tx};
use crate::kernel::root::RootKey;

/// The seed of an app that is being set up. Not printable: it makes every code there will be.
pub struct Pending(Zeroizing<Vec<u8>>);

impl Pending {
    /// The key as it is typed into an app: base32, in groups of four.
    pub fn key(&self) -> String {
        let text = authenticator::base32(&self.0);
        let chars: Vec<char> = text.chars().collect();
        chars.chunks(4).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }

    /// The address that apps read from the picture (the key URI format of authenticator apps).
    pub fn address(&self, organisation: &str, email: &str) -> String {
        // A colon separates the two names; in either it would be read as that.
        let plain = |t: &str| {
            url::form_urlencoded::byte_serialize(t.replace(':', " ").as_bytes()).collect::<String>().replace('+', "%20")
        };
        let (issuer, account, key) = (plain(organisation), plain(email), authenticator::base32(&self.0));
        let key = key.as_str();
        format!("otpauth://totp/{issuer}:{account}?secret={key}&issuer={issuer}&algorithm=SHA1&digits=6&period=30")
    }
}

/// Begins: another seed each time, in the place of one that was not confirmed. Who asks must have signed in just now.
pub async fn begin(idp: &Idp, who: &Who) -> Result<Pending, FactorError> {
    let seed = Zeroizing::new(idp.env.entropy.bytes::<{ model::SEED }>().to_vec());
    let now = idp.env.now();
    let enrolment = Enrolment {
        id: idp.env.id(),
        sealed: authenticator::seal(&idp.env.root, &who.person.id, &seed, idp.env.entropy.as_ref())?,
        person_id: who.person.id.clone(),
        generation: 0,
        sent_at: None,
        tries: 0,
        expires_at: (now + model::ENROLMENT_LIFE).0,
    };
    idp.db
        .write((enrolment, now), |(e, now), mut tx| {
            Box::pin(async move { enrolments::begin(&mut tx, Kind::Authenticator, e, *now).await })
        })
        .await?;
    Ok(Pending(seed))
}

/// What is being set up, while it may go on.
pub async fn pending(idp: &Idp, who: &Who) -> Result<Option<Pending>, FactorError> {
    let mut snapshot = idp.db.snapshot().await?;
    let found = enrolments::open(&mut snapshot.tx(), &who.person.id, Kind::Authenticator, idp.env.now()).await?;
    let seed = found.map(|e| authenticator::open(&idp.env.root, &who.person.id, &e.sealed)).transpose()?;
    Ok(seed.map(Pending))
}

struct Confirming {
    root: std::sync::Arc<RootKey>,
    code: SecretString,
    trace: Trace,
}

/// Confirms by a code of the app. It replaces an app that was set up before, and its step counts as used (security case 19).
pub async fn confirm(idp: &Idp, who: &Who, code: SecretString) -> Result<(), FactorError> {
    let input = Confirming {
        root: std::sync::Arc::clone(&idp.env.root),
        code,
        trace: Trace::telling(idp, who, What::AuthenticatorAdded, "")?,
    };
    let outcome = idp.db.write(input, |c, mut tx| Box::pin(async move { confirmed(&mut tx, c).await })).await?;
    outcome.map_or(Ok(()), |left| if left > 0 { Err(FactorError::Wrong(left)) } else { Err(FactorError::Gone) })
}

/// Nothing when it is done; else the tries that are left, which must be committed.
async fn confirmed(tx: &mut Tx<'_>, c: &Confirming) -> Result<Option<i64>, FactorError> {
    let (person, now) = (c.trace.person(), c.trace.now);
    let open = enrolments::open(tx, person, Kind::Authenticator, now).await?.ok_or(FactorError::Gone)?;
    let Some(tries) = enrolments::count_try(tx, &open.id, model::ENROLMENT_TRIES, now).await? else { return Ok(Some(0)) };
    let Some(step) = authenticator::matching_step(&c.root, person, &open.sealed, &c.code, now)? else {
        c.trace.note(tx, "authenticator.added", "wrong", "").await?;
        return Ok(Some((model::ENROLMENT_TRIES - tries).max(0)));
    };
    if !enrolments::end(tx, &open.id).await? {
        return Ok(Some(0));
    }
    people::store::set_authenticator(tx, person, &open.sealed, now).await?;
    people::store::use_step(tx, person, step).await?;
    c.trace.done(tx, "authenticator.added", "").await?;
    Ok(None)
}

/// Takes the app away; what was shown with it in sign-ins under way counts no more.
pub async fn remove(idp: &Idp, who: &Who) -> Result<(), FactorError> {
    idp.db
        .write(Trace::telling(idp, who, What::AuthenticatorRemoved, "")?, |trace, mut tx| {
            Box::pin(async move {
                if !store::remove_authenticator(&mut tx, trace.person(), trace.now).await? {
                    return Err(FactorError::NotFound);
                }
                people::store::void_signins(&mut tx, trace.person(), trace.now).await?;
                Ok(trace.done(&mut tx, "authenticator.removed", "").await?)
            })
        })
        .await
}

/// Gives up setting one up.
pub async fn give_up(idp: &Idp, who: &Who) -> Result<(), DbError> {
    super::give_up(idp, who, Kind::Authenticator).await
}
