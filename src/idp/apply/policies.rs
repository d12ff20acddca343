//! What is asked of sign-ins, in a file: checking it, and comparing it with what is there.

use super::flow::ApplyError;
use super::items::Fault;
use super::look::{Drawn, group_id};
use super::plan::Change;
use crate::idp::clients;
use crate::idp::policy::form::For;
use crate::idp::policy::{self, PolicyForm, Rules, Scope};
use crate::kernel::db::{DbError, Tx};

/// A policy as the file has it, as a whole: what is left out is not asked.
#[derive(Clone, Debug)]
pub struct PolicyItem {
    /// Where it stands.
    pub at: String,
    /// Whom or what it is for.
    pub whom: For,
    /// What it asks.
    pub rules: Rules,
}

impl PolicyItem {
    /// The group that it is for, by name.
    pub fn group(&self) -> Option<&str> {
        match &self.whom {
            For::Group(name) => Some(name),
            _ => None,
        }
    }
}

/// Reads a policy.
pub(super) fn check(at: &str, form: &PolicyForm) -> Result<PolicyItem, Fault> {
    let rules = form.rules();
    let whom = match &form.whom {
        For::Group(name) => For::Group(name.trim().to_owned()),
        other => other.clone(),
    };
    match rules.fault() {
        Some((member, why)) => Err(Fault { at: format!("{at}.{member}"), why: why.to_owned() }),
        None => Ok(PolicyItem { at: at.to_owned(), whom, rules }),
    }
}

/// What only the database can tell is wrong with it: `made` are the applications that the file has.
pub(super) async fn unknown(tx: &mut Tx<'_>, item: &PolicyItem, made: &[&str]) -> Result<Option<Fault>, DbError> {
    let For::Application(id) = &item.whom else { return Ok(None) };
    if made.contains(&id.as_str()) || clients::store::by_id(tx, id).await?.is_some() {
        return Ok(None);
    }
    let why = format!("there is no application {id:?}, neither in the file nor in the database");
    Ok(Some(Fault { at: format!("{}.for", item.at), why }))
}

/// The difference to what is there.
pub(super) async fn look(tx: &mut Tx<'_>, drawn: &Drawn, item: &PolicyItem) -> Result<Vec<Change>, ApplyError> {
    let (scope, name) = match &item.whom {
        For::Everyone => (Scope::Everyone, String::new()),
        For::Staff => (Scope::Staff, String::new()),
        For::Externals => (Scope::Externals, String::new()),
        For::Group(name) => {
            let (id, name) = group_id(tx, drawn, name).await?;
            (Scope::Group(id), name)
        }
        For::Application(id) => (Scope::Application(id.clone()), id.clone()),
    };
    let before = policy::store::of(tx, &scope).await?;
    if before == item.rules {
        return Ok(Vec::new());
    }
    Ok(vec![Change::Policy { scope, name, before, after: item.rules.clone() }])
}

/// A policy in words.
pub(super) fn said(scope: &Scope, name: &str, rules: &Rules) -> String {
    let form = PolicyForm::of(scope, rules, name);
    let mut out = Vec::new();
    if let Some(factors) = &form.factors {
        out.push(format!("factors {}", factors.iter().map(|f| f.as_str()).collect::<Vec<_>>().join(", ")));
    }
    if let Some(least) = rules.least {
        out.push(format!("least {}", least.acr().rsplit(':').next().unwrap_or_default()));
    }
    out.extend(rules.every.map(|n| format!("sign in every {n} minutes")));
    out.extend(
        rules.remember.map(|n| if n == 0 { "no devices remembered".into() } else { format!("devices remembered {n} days") }),
    );
    out.join("; ")
}

/// Whom or what a policy is for, in words.
pub(super) fn whom(scope: &Scope, name: &str) -> String {
    match scope {
        Scope::Everyone => "everyone".into(),
        Scope::Staff => "staff".into(),
        Scope::Externals => "externals".into(),
        Scope::Group(_) => format!("group {name}"),
        Scope::Application(_) => format!("application {name}"),
    }
}
