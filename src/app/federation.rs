//! What the command line does about other providers that people sign in with.

use std::path::Path;

use super::admin::{Administration, Said, known, some};
use super::told::told;
use crate::idp::admin::federation::flow;
use crate::idp::federation::flow::callback;
use crate::idp::federation::manage::Shown;
use crate::idp::federation::model::{Form, Upstream};

impl Administration {
    /// Providers, a line each.
    pub async fn list_providers(&self) -> Said {
        let all = flow::list(&self.idp).await.map_err(|e| self.wrong(e))?;
        let line = |u: &Upstream| {
            let used = if u.enabled { "" } else { "  out of use" };
            format!("{}  {}  {}{used}", u.id, u.terms.issuer, u.terms.name)
        };
        Ok(some(all.iter().map(line).collect(), "There is no other provider."))
    }

    /// A provider; never this server's secret there.
    pub async fn show_provider(&self, id: &str) -> Said {
        let (found, people) = flow::show(&self.idp, id).await.map_err(|e| self.wrong(e))?;
        let terms = serde_json::to_string_pretty(&found.terms).unwrap_or_default();
        let used = if found.enabled { "in use" } else { "out of use" };
        Ok(format!("{id}: {used}, {people} people\naddress to register there: {}\n{terms}", callback(&self.idp, id)))
    }

    /// Makes a provider, or changes it as a whole, as a file says; secret and use stay as they were where it leaves them out.
    pub async fn set_provider(&self, id: &str, file: &Path) -> Said {
        let form = Form::read(Some(id), told(file)?).map_err(super::AppError::Setting)?;
        let (new, taken) = flow::save(&self.idp, &self.asking, form).await.map_err(|e| self.wrong(e))?;
        Ok(if new { format!("Made. Address to register there: {}", callback(&self.idp, id)) } else { known(&taken) })
    }

    /// What a provider answers now.
    pub async fn try_provider(&self, id: &str) -> Said {
        match flow::tried(&self.idp, id).await.map_err(|e| self.wrong(e))?.answer {
            Err(why) => Err(super::AppError::Setting(why)),
            Ok((m, keys)) => Ok([
                format!("{id} answers, with keys that can be used: {keys}"),
                format!("authorization endpoint  {}", m.authorization_endpoint),
                format!("token endpoint          {}", m.token_endpoint),
                format!("userinfo endpoint       {}", m.userinfo_endpoint.as_deref().unwrap_or("-")),
                format!("keys                    {}", m.jwks_uri),
            ]
            .join("\n")),
        }
    }

    /// Takes a provider into use, or out of it.
    pub async fn use_provider(&self, id: &str, enabled: bool) -> Said {
        let taken = flow::set_enabled(&self.idp, &self.asking, id, enabled).await.map_err(|e| self.wrong(e))?;
        Ok(if enabled { "In use.".into() } else { known(&taken) })
    }

    /// Removes a provider.
    pub async fn remove_provider(&self, id: &str) -> Said {
        Ok(known(&flow::remove(&self.idp, &self.asking, id).await.map_err(|e| self.wrong(e))?))
    }

    /// Who someone is elsewhere, a line each.
    pub async fn accounts_elsewhere(&self, who: &str) -> Said {
        let all = flow::links(&self.idp, &self.person(who).await?).await.map_err(|e| self.wrong(e))?;
        let line = |l: Shown| format!("{}  {}  since {}", l.upstream, l.subject, l.linked_at.rfc3339());
        Ok(some(all.into_iter().map(line).collect(), "No account elsewhere is connected."))
    }

    /// Says who someone is at a provider.
    pub async fn connect(&self, who: &str, provider: &str, subject: &str) -> Said {
        let id = self.person(who).await?;
        flow::link(&self.idp, &self.asking, &id, provider, subject).await.map_err(|e| self.wrong(e))?;
        Ok("Connected. A mail says so to the person.".into())
    }

    /// Takes that away.
    pub async fn disconnect(&self, who: &str, provider: &str) -> Said {
        let id = self.person(who).await?;
        Ok(known(&flow::unlink(&self.idp, &self.asking, &id, provider).await.map_err(|e| self.wrong(e))?))
    }
}
