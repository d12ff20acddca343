//! Which rules a change must satisfy: the gate's question, answered from the rules in force in its own transaction.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::store;
use crate::crm::modules::model::Module;
use crate::crm::records::model::{CodeRules, RuleMatch, State};
use crate::crm::visibility::sight::Viewer;
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Clock;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::entropy::Entropy;

/// The rules of the database.
pub struct Stored {
    /// Time, for the audit log.
    pub clock: Arc<dyn Clock>,
    /// Chance, for the audit log.
    pub entropy: Arc<dyn Entropy>,
}

impl CodeRules for Stored {
    fn matching<'c>(
        &'c self,
        tx: &'c mut Tx<'_>,
        viewer: &'c Viewer,
        module: &'c Module,
        before: Option<&'c State>,
        after: &'c State,
    ) -> BoxFuture<'c, Result<Vec<RuleMatch>, DbError>> {
        Box::pin(async move {
            let mut matches = Vec::new();
            for found in store::active(tx, &module.key).await? {
                if !found.rule.asks(module, before, after, viewer) {
                    continue;
                }
                let exempt = found.rule.exempt_roles.iter().find(|r| viewer.roles.iter().any(|have| have == r.as_str()));
                if let Some(role) = exempt {
                    self.exempted(tx, viewer, &found, role.as_str(), after).await?;
                } else {
                    matches.push(RuleMatch { rule_id: found.rule.key.to_string(), rule_version: found.version });
                }
            }
            Ok(matches)
        })
    }
}

impl Stored {
    /// An exemption that was used is told to those who look after the rules.
    async fn exempted(
        &self,
        tx: &mut Tx<'_>,
        viewer: &Viewer,
        rule: &store::Version,
        role: &str,
        after: &State,
    ) -> Result<(), DbError> {
        let now = self.clock.now();
        let entry = audit::Entry {
            id: self.entropy.id(now),
            at: now,
            actor: Actor::default().person(&viewer.sub),
            action: "code_rule.exempted",
            target: Some(format!("{}/{}", after.module, after.id)),
            outcome: "ok",
            detail: format!("rule {} version {}, role {role}", rule.rule.key, rule.version),
        };
        audit::record(tx, &entry).await
    }
}
