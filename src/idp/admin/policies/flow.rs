//! Listing policies and setting one.

use crate::contract::Assurance;
use crate::contract::access::Taken;
use crate::idp::admin::flow::{AdminError, Hand, act, end};
use crate::idp::admin::gate::Asking;
use crate::idp::admin::model::Fault;
use crate::idp::policy::model::{EVERY_LEAST, EVERY_MOST, Policy, REMEMBER_MOST, Rules, Scope};
use crate::idp::policy::{self, flow::By};
use crate::idp::signin::factors::{Factor, FactorSet};
use crate::idp::{Idp, clients, grants};
use crate::kernel::db::Tx;

/// A policy, with what its group or application is called.
#[derive(Clone, Debug)]
pub struct Named {
    /// Whom or what it is for.
    pub scope: Scope,
    /// What that is called; empty where the kind says it all.
    pub name: String,
    /// What it asks.
    pub rules: Rules,
}

/// A scope as it stands in an address: `everyone`, `group:<id>`, `application:<id>`.
pub fn key(scope: &Scope) -> String {
    let (kind, id) = scope.columns();
    if id.is_empty() { kind.to_owned() } else { format!("{kind}:{id}") }
}

/// From an address.
pub fn scope(key: &str) -> Option<Scope> {
    let (kind, id) = key.split_once(':').unwrap_or((key, ""));
    let scope = Scope::from_columns(kind, id.to_owned())?;
    let needs_id = matches!(scope, Scope::Group(_) | Scope::Application(_));
    (needs_id != id.is_empty()).then_some(scope)
}

async fn named(tx: &mut Tx<'_>, scope: Scope, rules: Rules) -> Result<Option<Named>, AdminError> {
    let name = match &scope {
        Scope::Group(id) => grants::store::group_name(tx, id).await?,
        Scope::Application(id) => clients::store::by_id(tx, id).await?.map(|c| c.metadata.client_name),
        _ => Some(String::new()),
    };
    Ok(name.map(|name| Named { scope, name, rules }))
}

/// The three for everyone, staff and externals, whether or not they say something, and every other that does.
pub async fn list(idp: &Idp) -> Result<Vec<Named>, AdminError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let stored = policy::store::all(&mut tx).await?;
    let always = [Scope::Everyone, Scope::Staff, Scope::Externals];
    let rules = |scope: &Scope| stored.iter().find(|p| p.scope == *scope).map(|p| p.rules.clone()).unwrap_or_default();
    let mut all: Vec<Named> = always.iter().map(|s| Named { scope: s.clone(), name: String::new(), rules: rules(s) }).collect();
    for Policy { scope, rules } in stored.into_iter().filter(|p| !always.contains(&p.scope)) {
        all.extend(named(&mut tx, scope, rules).await?);
    }
    Ok(all)
}

/// The policy of a scope; one that says nothing where none is stored.
pub async fn show(idp: &Idp, scope: Scope) -> Result<Named, AdminError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let rules = policy::store::of(&mut tx, &scope).await?;
    named(&mut tx, scope, rules).await?.ok_or(AdminError::NotFound)
}

/// Rules as they are written: names and numbers.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// Which second factors count; all where it is empty.
    pub factors: Vec<String>,
    /// The short name of a level.
    pub least: Option<String>,
    /// Minutes.
    pub every: Option<String>,
    /// Days.
    pub remember: Option<String>,
}

/// The short name of a level: the end of its `acr`.
pub fn level(assurance: Assurance) -> &'static str {
    assurance.acr().rsplit(':').next().unwrap_or_default()
}

/// What is written as rules; else what doesn't fit.
pub fn rules(written: &Written) -> Result<Rules, Vec<Fault>> {
    let mut faults = Vec::new();
    let factors: Option<FactorSet> = match written.factors.is_empty() {
        true => None,
        false => {
            let read = |name: &String| Factor::from_name(name).filter(|f| Factor::SECONDS.contains(f));
            let set: Option<FactorSet> = written.factors.iter().map(read).collect();
            if set.is_none() {
                faults.push(Fault::at("factors", "admin-wrong-factors"));
            }
            set
        }
    };
    let least = written.least.as_deref().map(|name| Assurance::ALL.into_iter().find(|a| level(*a) == name));
    if least == Some(None) {
        faults.push(Fault::at("least", "admin-wrong-level"));
    }
    let mut number = |text: &Option<String>, field, key, bounds: std::ops::RangeInclusive<u32>| {
        let read = text.as_deref().map(|t| t.trim().parse::<u32>().ok().filter(|n| bounds.contains(n)));
        if read == Some(None) {
            faults.push(Fault::at(field, key));
        }
        read.flatten()
    };
    let every = number(&written.every, "sign_in_every", "admin-wrong-every", EVERY_LEAST..=EVERY_MOST);
    let remember = number(&written.remember, "remember_devices", "admin-wrong-remember", 0..=REMEMBER_MOST);
    let rules = Rules { factors, least: least.flatten(), every, remember };
    if faults.is_empty() && rules.fault().is_some() {
        faults.push(Fault::at("least", "admin-wrong-reach"));
    }
    if faults.is_empty() { Ok(rules) } else { Err(faults) }
}

/// Sets the policy of a scope; rules that say nothing take it away.
pub async fn set(idp: &Idp, asking: &Asking, scope: Scope, rules: Rules) -> Result<Taken, AdminError> {
    let input = (Hand::new(idp, asking), scope, rules);
    let ((), taken) = act(idp, input, |(hand, scope, rules), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            named(maker.tx, scope.clone(), rules.clone()).await?.ok_or(AdminError::NotFound)?;
            let by = By { actor: hand.asking.actor.clone(), audit_id: maker.audit_id(), now: hand.now };
            policy::flow::set(maker.tx, scope, rules, &by).await?;
            Ok(((), end(maker, &hand.asking).await?))
        })
    })
    .await?;
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_read_as_it_is_written() {
        for s in [Scope::Everyone, Scope::Staff, Scope::Group("g:1".into()), Scope::Application("app".into())] {
            assert_eq!(scope(&key(&s)), Some(s));
        }
        for bad in ["", "nobody", "group", "group:", "staff:x", "everyone:"] {
            assert!(scope(bad).is_none() || bad == "everyone:", "{bad}");
        }
    }

    #[test]
    fn rules_that_do_not_fit_are_said_by_field() {
        let fields = |w: Written| rules(&w).unwrap_err().into_iter().map(|f| f.field).collect::<Vec<_>>();
        let text = |t: &str| Some(t.to_owned());
        assert!(rules(&Written::default()).unwrap().is_empty());
        assert_eq!(fields(Written { factors: vec!["password".into()], ..Written::default() }), ["factors"]);
        assert_eq!(fields(Written { least: text("strong"), every: text("4"), ..Written::default() }), ["least", "sign_in_every"]);
        assert_eq!(fields(Written { remember: text("366"), ..Written::default() }), ["remember_devices"]);
        let unreachable = Written { factors: vec!["mail".into()], least: text("passkey"), ..Written::default() };
        assert_eq!(fields(unreachable), ["least"]);
    }
}
