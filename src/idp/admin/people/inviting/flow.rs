//! Inviting, the list of who was invited, and taking an invitation back.

use crate::idp::Idp;
use crate::idp::account::flow::Own;
use crate::idp::admin::flow::{AdminError, still};
use crate::idp::admin::gate::Asking;
use crate::idp::admin::model::Fault;
use crate::idp::welcome::flow::{self, WelcomeError};
use crate::idp::welcome::model::{NewWelcome, Welcome, Whom};

impl From<WelcomeError> for AdminError {
    fn from(e: WelcomeError) -> Self {
        match e {
            WelcomeError::NotFound => Self::NotFound,
            WelcomeError::Forbidden => Self::Forbidden,
            WelcomeError::Invalid(wrong) => Self::Invalid(wrong.iter().map(|w| fault(&w.field)).collect()),
            WelcomeError::Known => Self::Invalid(vec![Fault::at("email", "admin-wrong-email-taken")]),
            WelcomeError::TooMany(_) => Self::Refused("admin-refused-mails"),
            WelcomeError::Off => Self::Internal("an invitation asks nothing of the setting".into()),
            WelcomeError::Db(e) => Self::Db(e),
            WelcomeError::Root(e) => Self::Root(e),
        }
    }
}

fn fault(field: &str) -> Fault {
    match field {
        "name" => Fault::at("name", "admin-wrong-name"),
        "language" => Fault::at("language", "admin-wrong-language"),
        "groups" => Fault::at("groups", "admin-wrong-groups"),
        "roles" => Fault::at("roles", "admin-wrong-roles"),
        _ => Fault::at("email", "admin-wrong-email"),
    }
}

/// Someone who was invited, with what the groups are called that accepting puts him in.
#[derive(Clone, Debug)]
pub struct Invited {
    /// The invitation.
    pub welcome: Welcome,
    /// Who is meant.
    pub whom: Whom,
    /// Names of groups.
    pub groups: Vec<String>,
}

/// Who was invited and has not answered, in the order of making.
pub async fn list(idp: &Idp) -> Result<Vec<Invited>, AdminError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let all = crate::idp::people::store::groups(&mut tx).await?;
    let named = |id: &String| all.iter().find(|(g, _)| g == id).map(|(_, name)| name.clone());
    let open = flow::open(idp, &mut tx).await?;
    let one =
        |o: flow::Open| Invited { groups: o.welcome.groups.iter().filter_map(named).collect(), welcome: o.welcome, whom: o.whom };
    Ok(open.into_iter().map(one).collect())
}

/// Invites someone: a mail with a link goes out. One before it to the same address is void.
pub async fn invite(idp: &Idp, asking: &Asking, new: NewWelcome) -> Result<String, AdminError> {
    // No person is meant yet: the audit log has who asks, and the invitation's number.
    Ok(flow::invite(idp, Own::new(idp, "", asking.actor.clone()), new).await?.id)
}

/// Takes an invitation back.
pub async fn revoke(idp: &Idp, asking: &Asking, id: &str) -> Result<(), AdminError> {
    let own = Own::new(idp, "", asking.actor.clone());
    still(&mut idp.db.snapshot().await?.tx(), asking, own.now).await?;
    Ok(flow::revoke(idp, own, id).await?)
}
