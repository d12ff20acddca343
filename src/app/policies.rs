//! What the command line does about sign-in policies.

use super::AppError;
use super::admin::{Administration, Said, known};
use crate::idp::admin::policies::flow::{self, Named, Written};
use crate::idp::policy::model::{Rules, Scope};

/// What is to be asked; what is left out, other policies may say.
#[derive(Clone, Debug, Default)]
pub struct PolicyWish {
    /// Which second factors count.
    pub factors: Vec<String>,
    /// The short name of a level.
    pub least: Option<String>,
    /// Minutes.
    pub every: Option<u32>,
    /// Days.
    pub remember: Option<u32>,
}

fn line(n: &Named) -> String {
    let name = if n.name.is_empty() { String::new() } else { format!(" ({})", n.name) };
    let some = |text: Option<String>| text.unwrap_or_else(|| "-".into());
    let factors = n.rules.factors.map(|set| set.seconds().map(|f| f.as_str()).collect::<Vec<_>>().join(","));
    let least = n.rules.least.map(|a| flow::level(a).to_owned());
    let (every, remember) = (n.rules.every.map(|n| n.to_string()), n.rules.remember.map(|n| n.to_string()));
    format!(
        "{}{name}  factors {}  least {}  sign in every {} min  remember {} days",
        flow::key(&n.scope),
        some(factors),
        some(least),
        some(every),
        some(remember)
    )
}

impl Administration {
    /// `everyone`, `staff`, `externals`, `group:NAME` or `application:CLIENT`.
    async fn scope(&self, text: &str) -> Result<Scope, AppError> {
        if let Some(name) = text.strip_prefix("group:") {
            return Ok(Scope::Group(self.group(name).await?));
        }
        let wrong = || AppError::Setting("a policy is for everyone, staff, externals, group:NAME or application:CLIENT".into());
        flow::scope(text).ok_or_else(wrong)
    }

    /// Policies, a line each.
    pub async fn list_policies(&self) -> Said {
        let all = flow::list(&self.idp).await.map_err(|e| self.wrong(e))?;
        Ok(all.iter().map(line).collect::<Vec<_>>().join("\n"))
    }

    /// A policy.
    pub async fn show_policy(&self, scope: &str) -> Said {
        let scope = self.scope(scope).await?;
        Ok(line(&flow::show(&self.idp, scope).await.map_err(|e| self.wrong(e))?))
    }

    /// Sets a policy as a whole.
    pub async fn set_policy(&self, scope: &str, wish: PolicyWish) -> Said {
        let at = self.scope(scope).await?;
        let number = |n: Option<u32>| n.map(|n| n.to_string());
        let written =
            Written { factors: wish.factors, least: wish.least, every: number(wish.every), remember: number(wish.remember) };
        let rules = flow::rules(&written).map_err(|faults| self.wrong(crate::idp::admin::flow::AdminError::Invalid(faults)))?;
        if rules.is_empty() {
            return Err(AppError::Setting("say what is asked, or take the policy away with `zegel policies clear`".into()));
        }
        flow::set(&self.idp, &self.asking, at, rules).await.map_err(|e| self.wrong(e))?;
        self.show_policy(scope).await
    }

    /// Takes a policy away.
    pub async fn clear_policy(&self, scope: &str) -> Said {
        let scope = self.scope(scope).await?;
        Ok(known(&flow::set(&self.idp, &self.asking, scope, Rules::default()).await.map_err(|e| self.wrong(e))?))
    }
}
