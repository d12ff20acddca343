//! A typed code: counted **before** it is looked at, compared, used up and recorded, in one transaction.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::factors::Factor;
use super::finish::{self, Fact, Ready, Taken};
use super::flow::{self, SigninError};
use super::model::{self, Step};
use super::store::{self, Signin};
use crate::idp::credentials::{authenticator, guesses, limits};
use crate::idp::factors::flow::recovery;
use crate::idp::notices::{About, Notice, What};
use crate::idp::{Idp, people};
use crate::kernel::db::Tx;
use crate::kernel::root::{DIGITS, Purpose, RootError, RootKey, same};

/// What came of a code.
#[derive(Debug)]
pub enum CodeOutcome {
    /// Right, and what came of that.
    Right(Taken),
    /// Wrong, with so many tries left.
    Wrong {
        /// Tries left in this sign-in.
        left: i64,
        /// Which factor was asked.
        factor: Factor,
    },
    /// Right, but used before (authenticator).
    Used,
    /// Too old (mail, text message).
    Expired,
    /// No tries left: begin again.
    Exhausted,
    /// The sign-in is over, or not this far.
    Gone,
}

struct Input {
    ready: Ready,
    code: SecretString,
    /// That a recovery code was used, if it is one.
    told: Notice,
    root: Arc<RootKey>,
    most: i64,
}

/// Takes a code of the factor that is asked.
pub async fn code(idp: &Idp, ready: Ready, code: &SecretString) -> Result<CodeOutcome, SigninError> {
    let about = About { ip: Some(ready.context.ip.to_string()), browser: ready.context.user_agent.clone(), ..About::default() };
    let input = Input {
        code: normalised(code),
        told: Notice::new(idp, What::RecoveryCodeUsed, &about)?,
        root: Arc::clone(&idp.env.root),
        most: i64::from(idp.env.settings.code_tries),
        ready,
    };
    let outcome = idp.db.write(input, |input, mut tx| Box::pin(async move { evaluate(&mut tx, input).await })).await?;
    idp.outbox.wake();
    Ok(outcome)
}

/// Spaces and dashes are how people and mail programs group digits.
fn normalised(code: &SecretString) -> SecretString {
    code.expose_secret().chars().filter(|c| !c.is_whitespace() && *c != '-').take(64).collect::<String>().into()
}

async fn evaluate(tx: &mut Tx<'_>, input: &Input) -> Result<CodeOutcome, SigninError> {
    let ready = &input.ready;
    let Some(s) = flow::read(tx, &ready.at).await? else { return Ok(CodeOutcome::Gone) };
    let (Step::Second { asked: factor, .. }, Some(person)) = (s.step, s.person) else { return Ok(CodeOutcome::Gone) };
    if !factor.is_typed() {
        return Ok(CodeOutcome::Gone);
    }
    let Some(left) = count(tx, ready, &s.signin.id, &person.id, input.most).await? else {
        finish::refused(tx, ready, (&person.id, factor), "exhausted").await?;
        return Ok(CodeOutcome::Exhausted);
    };
    let (why, outcome) = match compare(tx, input, factor, &s.signin, &person.id).await? {
        Compared::Right => {
            if factor == Factor::Recovery {
                input.told.put(tx, &person.id).await?;
            }
            let fact = Fact { person: &person.id, factor, at: None, whole: None };
            return Ok(CodeOutcome::Right(finish::take(tx, ready, &fact).await?));
        }
        Compared::Wrong if left == 0 => ("wrong", CodeOutcome::Exhausted),
        Compared::Wrong => ("wrong", CodeOutcome::Wrong { left, factor }),
        Compared::Used => ("used", CodeOutcome::Used),
        Compared::Expired => ("expired", CodeOutcome::Expired),
    };
    finish::refused(tx, ready, (&person.id, factor), why).await?;
    Ok(outcome)
}

/// Takes one of the tries that a sign-in has, and one of its person's, over all sign-ins and all factors (security case 18):
/// how many are left, or nothing when there was none. **Before** whatever is tried is looked at, and to be committed even if it
/// is wrong. Every second factor that can be guessed goes through here.
pub async fn count(tx: &mut Tx<'_>, ready: &Ready, signin: &str, person: &str, most: i64) -> Result<Option<i64>, SigninError> {
    let now = ready.at.now;
    // In this order: a sign-in without tries left takes none from the person.
    let Some(tries) = store::count_try(tx, signin, most, now).await? else { return Ok(None) };
    let full = limits::take(tx, &guesses::codes_of(person), model::CODES_PER_PERSON, now).await?.is_some();
    Ok((!full).then(|| (most - tries).max(0)))
}

enum Compared {
    Right,
    Wrong,
    Used,
    Expired,
}

/// Compares a code, and takes what can be used once.
async fn compare(tx: &mut Tx<'_>, input: &Input, factor: Factor, signin: &Signin, person: &str) -> Result<Compared, SigninError> {
    let now = input.ready.at.now;
    let right = match factor {
        Factor::Mail | Factor::Sms => match signin.sent {
            // What went another way proves nothing about this one.
            Some((at, by)) if by == factor => {
                if at + model::CODE_LIFE <= now {
                    return Ok(Compared::Expired);
                }
                same(sent_code(&input.root, signin, by)?.expose_secret(), input.code.expose_secret())
            }
            _ => false,
        },
        Factor::Authenticator => {
            let sealed = people::store::credentials_of(tx, person).await?.and_then(|c| c.authenticator);
            let step = sealed.map(|s| authenticator::matching_step(&input.root, person, &s, &input.code, now)).transpose()?;
            match step.flatten() {
                Some(step) if people::store::use_step(tx, person, step).await? => true,
                Some(_) => return Ok(Compared::Used),
                None => false,
            }
        }
        Factor::Recovery => recovery::take::<SigninError>(tx, &input.root, person, &input.code, now).await?,
        Factor::Password | Factor::Federated | Factor::Passkey => false,
    };
    Ok(if right { Compared::Right } else { Compared::Wrong })
}

/// The code that a sign-in sent, `by` mail or text: derived, kept nowhere.
pub fn sent_code(root: &RootKey, signin: &Signin, by: Factor) -> Result<SecretString, RootError> {
    let parts = [signin.id.as_bytes(), &signin.generation.to_be_bytes(), by.as_str().as_bytes()];
    root.code(Purpose::SigninCode, &parts, DIGITS, model::CODE_LENGTH)
}
