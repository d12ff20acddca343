//! A passkey in a sign-in.

use super::FactorError;
use super::passkeys::{self, Checked, Proven};
use crate::contract::Assurance;
use crate::idp::factors::ceremony::Refused;
use crate::idp::signin::factors::Factor;
use crate::idp::signin::finish::{self, Fact, Ready, Taken};
use crate::idp::signin::flow::{self, SigninError, Standing};
use crate::idp::signin::model::Step;
use crate::idp::{Idp, people};
use crate::kernel::db::Tx;

/// Whose passkey a sign-in asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What its challenges belong to.
    pub owner: String,
    /// The person, where he is known; otherwise whoever comes.
    pub person: Option<String>,
}

/// What came of an answer.
#[derive(Debug)]
pub enum Came {
    /// It was right, and this came of that.
    Taken(Taken),
    /// It does not count.
    Refused(Refused),
}

impl From<SigninError> for FactorError {
    fn from(e: SigninError) -> Self {
        match e {
            SigninError::Db(e) => Self::Db(e),
            SigninError::Root(e) => Self::Root(e),
            // Nothing is hashed here, and no sign-in begun.
            SigninError::TooMany | SigninError::Hasher(_) | SigninError::OutOfReach => Self::Gone,
        }
    }
}

/// Whose passkey the sign-in of a cookie asks for; nothing when it asks for none.
pub async fn asked(idp: &Idp, token: &str) -> Result<Option<Asked>, SigninError> {
    Ok(flow::standing(idp, Some(token)).await?.and_then(of))
}

fn of(s: Standing) -> Option<Asked> {
    let owner = format!("signin/{}", s.signin.id);
    match s.step {
        // One that makes a session stronger is its own person's, which is checked once the answer says whose it is.
        Step::First => Some(Asked { owner, person: None }),
        Step::Second { asked, others } if asked == Factor::Passkey || others.contains(&Factor::Passkey) => {
            Some(Asked { owner, person: Some(s.person?.id) })
        }
        Step::Second { .. } | Step::Done(_) => None,
    }
}

/// Takes the answer of a passkey as a factor of the sign-in: checked outside, counted and recorded in one transaction.
pub async fn take(idp: &Idp, token: &str, ready: Ready, challenge: &str, answer: &str) -> Result<Came, FactorError> {
    let asked = asked(idp, token).await?.ok_or(FactorError::Gone)?;
    let (why, whose) = match passkeys::check(idp, &asked.owner, challenge, answer, asked.person.is_some()).await? {
        Checked::Proven(proven) => {
            return idp
                .db
                .write((ready, proven), |(ready, proven), mut tx| Box::pin(async move { record(&mut tx, ready, proven).await }))
                .await;
        }
        Checked::Refused(why, whose) => (why, whose.or(asked.person)),
    };
    if let Some(person) = whose {
        idp.db
            .write((ready, person), move |(ready, person), mut tx| {
                Box::pin(async move { finish::refused(&mut tx, ready, (person, Factor::Passkey), why.word()).await })
            })
            .await?;
    }
    Ok(Came::Refused(why))
}

async fn record(tx: &mut Tx<'_>, ready: &Ready, proven: &Proven) -> Result<Came, FactorError> {
    let person = people::store::by_id(tx, &proven.person_id).await?.filter(|p| p.active);
    let Some(person) = person else { return Ok(Came::Refused(Refused::Unknown)) };
    if !passkeys::record(tx, proven, ready.at.now).await? {
        finish::refused(tx, ready, (&person.id, Factor::Passkey), Refused::Copied.word()).await?;
        return Ok(Came::Refused(Refused::Copied));
    }
    // Only with its user verified it is more than something that one has.
    let whole = proven.verified.then_some(Assurance::Passkey);
    let fact = Fact { person: &person.id, factor: Factor::Passkey, at: None, whole };
    Ok(Came::Taken(finish::take(tx, ready, &fact).await?))
}
