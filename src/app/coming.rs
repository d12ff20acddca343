//! What the command line does about people's coming and going: inviting, closing, handing over, copying, erasing, and ways back.

use serde_json::Value;

use super::admin::{Administration, Said, known, some};
use super::{AppError, PersonWish};
use crate::idp::admin::people::{inviting, leaving};
use crate::idp::admin::recoveries;
use crate::idp::welcome::model::NewWelcome;
use crate::kernel::pages::Lang;

fn pretty(all: &Value) -> String {
    serde_json::to_string_pretty(all).unwrap_or_default()
}

impl Administration {
    /// Invites someone to become a person here.
    pub async fn invite(&self, email: &str, wish: PersonWish, groups: Vec<String>, roles: Vec<String>) -> Said {
        if wish.phone.is_some() {
            return Err(AppError::Setting("whoever is invited says his phone number himself".into()));
        }
        let new = NewWelcome {
            email: email.to_owned(),
            name: wish.name.unwrap_or_default(),
            language: wish.language.unwrap_or_else(|| Lang::En.code().to_owned()),
            staff: wish.staff.unwrap_or(false),
            groups,
            roles,
        };
        let id = inviting::flow::invite(&self.idp, &self.asking, new).await.map_err(|e| self.wrong(e))?;
        Ok(format!("{id}\nA mail with the link goes out with the running server."))
    }

    /// Who was invited and has not answered, a line each.
    pub async fn invited(&self) -> Said {
        let all = inviting::flow::list(&self.idp).await.map_err(|e| self.wrong(e))?;
        let line = |i: inviting::flow::Invited| {
            let until = i.welcome.expires_at.rfc3339();
            let gets: Vec<String> = i.groups.into_iter().map(|g| format!("group:{g}")).chain(i.welcome.roles).collect();
            format!("{}  until {until}  {}  {}  {}", i.welcome.id, i.whom.email, i.whom.name, gets.join(" "))
                .trim_end()
                .to_owned()
        };
        Ok(some(all.into_iter().map(line).collect(), "Nobody is invited."))
    }

    /// Takes such an invitation back.
    pub async fn uninvite(&self, id: &str) -> Said {
        inviting::flow::revoke(&self.idp, &self.asking, id).await.map_err(|e| self.wrong(e))?;
        Ok("The link is void.".into())
    }

    /// Closes an account.
    pub async fn disable(&self, who: &str) -> Said {
        let id = self.person(who).await?;
        Ok(known(&leaving::flow::disable(&self.idp, &self.asking, &id).await.map_err(|e| self.wrong(e))?))
    }

    /// Opens it again.
    pub async fn enable(&self, who: &str) -> Said {
        let id = self.person(who).await?;
        leaving::flow::enable(&self.idp, &self.asking, &id).await.map_err(|e| self.wrong(e))?;
        Ok("Enabled. What it held before stays ended.".into())
    }

    /// Hands someone's work over.
    pub async fn hand_over(&self, who: &str, to: &str, close: bool) -> Said {
        let id = self.person(who).await?;
        let done = leaving::flow::hand(&self.idp, &self.asking, &id, to, close).await;
        let (done, taken) = done.map_err(|e| self.wrong(e))?;
        let closed = if done.closed { ", account disabled" } else { "" };
        let said = format!("{} grants, {} invitations, {} groups{closed}.", done.grants, done.invitations, done.groups);
        Ok(format!("{said}\n{}", known(&taken)))
    }

    /// Everything that is kept about someone, as JSON.
    pub async fn copy_of(&self, who: &str) -> Said {
        let id = self.person(who).await?;
        Ok(pretty(&leaving::flow::copy(&self.idp, &self.asking, &id).await.map_err(|e| self.wrong(e))?))
    }

    /// Erases someone; the copy, once, as JSON.
    pub async fn erase(&self, who: &str, confirm: &str) -> Said {
        let id = self.person(who).await?;
        let copy = leaving::flow::forget(&self.idp, &self.asking, &id, Some(confirm)).await;
        Ok(pretty(&copy.map_err(|e| self.wrong(e))?))
    }

    /// Who waits for a decision, a line each.
    pub async fn recoveries(&self) -> Said {
        let all = recoveries::flow::waiting(&self.idp).await.map_err(|e| self.wrong(e))?;
        let line = |w: crate::idp::recovery::decide::Waiting| {
            let (r, (name, email)) = (w.recovery, w.person);
            let by = w.asked_by.map(|by| format!("  asked by {by}")).unwrap_or_default();
            let reason = r.reason.map(|r| format!("  {}", r.replace(['\r', '\n'], " "))).unwrap_or_default();
            format!("{}  {}  {:<8}  {email}  {name}{by}{reason}", r.id, r.asked_at.rfc3339(), r.scope.as_str())
        };
        Ok(some(all.into_iter().map(line).collect(), "Nobody waits."))
    }

    /// Asks for someone.
    pub async fn recover(&self, who: &str, lost: &str, reason: &str) -> Said {
        let id = self.person(who).await?;
        let asked = recoveries::flow::ask(&self.idp, &self.asking, &id, lost, reason).await.map_err(|e| self.wrong(e))?;
        Ok(format!("{asked}\nAn administrator decides, or `zegel recoveries approve`."))
    }

    /// Approves or refuses.
    pub async fn decide(&self, id: &str, yes: bool) -> Said {
        recoveries::flow::decided(&self.idp, &self.asking, id, yes).await.map_err(|e| self.wrong(e))?;
        Ok("The mail goes out with the running server.".into())
    }
}
