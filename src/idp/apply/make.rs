//! Making a change: the row, its entry in the access log, its entry in the audit log, and the end of whatever it takes
//! away, in the transaction that it is handed.

use super::flow::ApplyError;
use super::plan::{Change, Line};
use super::store;
use crate::contract::feed::{Entry, Holder};
use crate::idp::admission::Holding;
use crate::idp::admission::flow::{Taking, Whose};
use crate::idp::clients::Client;
use crate::idp::federation::model::Upstream;
use crate::idp::grants::Terms;
use crate::idp::grants::record::{self, Hand};
use crate::idp::oidc::backchannel::{self, Told};
use crate::idp::people::Person;
use crate::idp::tiles::model::WebLink;
use crate::idp::{admission, clients, federation, feed, grants, lifecycle, links, oidc, people, policy, sessions, tiles};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::LogTx;

/// A transaction with what its entries say: who, when, and ids that are the same when it runs again.
pub(in crate::idp) struct Maker<'a, 'c> {
    pub tx: &'a mut LogTx<'c>,
    pub run: &'a str,
    pub now: Timestamp,
    pub actor: &'a Actor,
    count: usize,
    /// Whether something was taken away that applications may have been open by.
    taken: bool,
    /// Whether anything was taken away at all.
    less: bool,
    told: Vec<Told>,
}

impl<'a, 'c> Maker<'a, 'c> {
    pub(in crate::idp) fn new(tx: &'a mut LogTx<'c>, run: &'a str, now: Timestamp, actor: &'a Actor) -> Self {
        Self { tx, run, now, actor, count: 0, taken: false, less: false, told: Vec::new() }
    }

    /// Whether something was taken away, so that the answer waits until that is known everywhere.
    pub(in crate::idp) const fn takes(&self) -> bool {
        self.taken || self.less
    }

    /// Revokes what may no longer stand after all changes; the applications that are to be told.
    pub(in crate::idp) async fn finish(mut self) -> Result<Vec<Told>, ApplyError> {
        if self.taken {
            let by = Taking { actor: self.actor, run: self.run, now: self.now };
            self.told.extend(admission::flow::withdraw(self.tx, Whose::Anyones, &by).await?);
        }
        Ok(self.told)
    }
}

impl Maker<'_, '_> {
    /// Makes `change`; nothing is told of what turned out to be made already.
    pub(in crate::idp) async fn make(&mut self, change: &Change) -> Result<Option<Line>, ApplyError> {
        let now = self.now;
        let made = match change {
            Change::NewPerson { person, key } => {
                if !people::store::insert(self.tx, person, key, now).await? {
                    return Err(ApplyError::Meanwhile);
                }
                self.log(&person.entry()).await?;
                self.note("person.created", &person.id, "ok", change.line().text).await?;
                true
            }
            Change::Person { before, after } => self.person(before, after, change).await.map(|()| true)?,
            Change::Password { person, hash, origin, known } => {
                people::store::import_password(self.tx, &person.id, hash, origin.as_deref(), now).await?;
                self.note("password.set", &person.id, "ok", String::new()).await?;
                self.credential(person, *known).await.map(|()| true)?
            }
            Change::Authenticator { person, sealed, known } => {
                people::store::set_authenticator(self.tx, &person.id, sealed, now).await?;
                self.note("authenticator.set", &person.id, "ok", String::new()).await?;
                self.credential(person, *known).await.map(|()| true)?
            }
            Change::Profile { person, sealed } => {
                people::profile_store::put(self.tx, &person.id, sealed, now).await?;
                self.note("profile.changed", &person.id, "ok", String::new()).await.map(|()| true)?
            }
            Change::Invite { person, job } => {
                links::flow::invite(self.tx, &person.id, job, now).await?;
                self.note("person.invited", &person.id, "ok", String::new()).await.map(|()| true)?
            }
            Change::NewGroup { id, name } => {
                let (id, new) = people::store::ensure_group(self.tx, name, id, now).await?;
                if new {
                    self.log(&Entry::Group { group: id.clone(), name: name.clone() }).await?;
                    self.note("group.created", &id, "ok", name.clone()).await?;
                }
                new
            }
            Change::Member { group, person, present } => {
                let changed = people::store::set_member(self.tx, &group.0, &person.0, *present).await?;
                if changed {
                    self.taken |= !present;
                    self.log(&Entry::Member { group: group.0.clone(), sub: person.0.clone(), present: *present }).await?;
                    let action = if *present { "member.added" } else { "member.removed" };
                    self.note(action, &person.0, "ok", format!("group {}", group.0)).await?;
                }
                changed
            }
            Change::Role { holder, role, present, .. } => self.role(holder, role, *present).await?,
            Change::Grant { relation, holder, after, .. } => self.grant(&relation.0, holder, after.as_ref()).await?,
            Change::Client { before, after } => self.client(before.as_deref(), after, change).await.map(|()| true)?,
            Change::Link { before, after, .. } => self.link(before.is_some(), after, change).await.map(|()| true)?,
            Change::Policy { scope, after, .. } => {
                let by = policy::flow::By { actor: self.actor.clone(), audit_id: self.audit_id(), now };
                policy::flow::set(self.tx, scope, after, &by).await?
            }
            Change::Upstream { before, after } => self.upstream(before.as_deref(), after, change).await.map(|()| true)?,
            Change::Limited { client, limited } => {
                admission::store::set_limited(self.tx, client, *limited).await?;
                self.taken |= limited;
                let action = if *limited { "client.limited" } else { "client.opened" };
                self.note(action, client, "ok", String::new()).await.map(|()| true)?
            }
            Change::Allowed { client, holder, present, .. } => self.allowed(client, holder, *present).await?,
        };
        Ok(made.then(|| change.line()))
    }

    async fn link(&mut self, known: bool, after: &WebLink, change: &Change) -> Result<(), ApplyError> {
        let made_at = if known { after.made_at } else { self.now };
        tiles::store::save(self.tx, &WebLink { made_at, ..after.clone() }, self.now).await?;
        self.note(if known { "link.changed" } else { "link.made" }, &after.id, "ok", change.line().text).await
    }

    async fn upstream(&mut self, before: Option<&Upstream>, after: &Upstream, change: &Change) -> Result<(), ApplyError> {
        let told = federation::manage::write(self, before, after).await?;
        match before {
            Some(before) if before.enabled && !after.enabled => self.took(told),
            _ => self.told.extend(told),
        }
        let action = match before.map(|b| b.enabled) {
            None => "federation.made",
            Some(true) if !after.enabled => "federation.disabled",
            Some(false) if after.enabled => "federation.enabled",
            Some(_) => "federation.changed",
        };
        self.note(action, &after.id, "ok", change.line().text).await
    }

    pub(in crate::idp) async fn log(&mut self, entry: &Entry) -> Result<(), ApplyError> {
        feed::append(self.tx, self.now, entry).await?;
        Ok(())
    }

    pub(in crate::idp) fn audit_id(&mut self) -> String {
        self.count += 1;
        format!("{}-{:05}", self.run, self.count)
    }

    pub(in crate::idp) async fn note(
        &mut self,
        action: &'static str,
        target: &str,
        outcome: &'static str,
        detail: String,
    ) -> Result<(), ApplyError> {
        let entry = audit::Entry {
            id: self.audit_id(),
            at: self.now,
            actor: self.actor.clone(),
            action,
            target: Some(target.to_owned()),
            outcome,
            detail,
        };
        Ok(audit::record(self.tx, &entry).await?)
    }

    async fn person(&mut self, before: &Person, after: &Person, change: &Change) -> Result<(), ApplyError> {
        people::store::update(self.tx, after, self.now).await?;
        if before.entry() != after.entry() {
            self.log(&after.entry()).await?;
        }
        let action = match (before.active, after.active) {
            (true, false) => "person.disabled",
            (false, true) => "person.enabled",
            _ => "person.changed",
        };
        self.note(action, &after.id, "ok", change.line().text).await?;
        if before.active && !after.active {
            self.end_sessions(&after.id).await?;
            // Case 29: enabling the person again must not bring back what was given before.
            self.revoke_offline(&after.id, "person disabled").await?;
            lifecycle::close::void(self.tx, &after.id, self.now).await?;
        }
        Ok(())
    }

    /// Revokes what outlives a person's sessions.
    pub(crate) async fn revoke_offline(&mut self, person: &str, why: &'static str) -> Result<(), ApplyError> {
        for issue in oidc::store::offline_issues_of(self.tx, person).await? {
            self.revoke(&issue, why).await?;
        }
        Ok(())
    }

    /// Who got in by what the person had before does not stay in.
    async fn credential(&mut self, person: &Person, known: bool) -> Result<(), ApplyError> {
        if !known {
            return Ok(());
        }
        self.end_sessions(&person.id).await?;
        for issue in oidc::store::offline_issues_of(self.tx, &person.id).await? {
            self.revoke(&issue, "password or app set anew").await?;
        }
        Ok(())
    }

    /// Ends every session of a person.
    pub(in crate::idp) async fn end_sessions(&mut self, person: &str) -> Result<(), ApplyError> {
        self.less = true;
        for session in sessions::store::live_of(self.tx, person, self.now).await? {
            let id = self.audit_id();
            self.told.extend(sessions::flow::end(self.tx, &session.id, self.actor, &id, self.now).await?);
        }
        Ok(())
    }

    pub(in crate::idp) async fn revoke(&mut self, issue: &str, why: &'static str) -> Result<(), ApplyError> {
        if oidc::store::revoke_issue(self.tx, issue, self.now).await? {
            self.log(&Entry::IssueRevoked { issue: issue.to_owned() }).await?;
            self.note("issue.revoked", issue, why, String::new()).await?;
            self.told.extend(backchannel::revoked(self.tx, &[issue.to_owned()], self.now).await?);
        }
        Ok(())
    }

    /// Ends one session.
    pub(in crate::idp) async fn end_session(&mut self, id: &str) -> Result<(), ApplyError> {
        self.less = true;
        let audit_id = self.audit_id();
        self.told.extend(sessions::flow::end(self.tx, id, self.actor, &audit_id, self.now).await?);
        Ok(())
    }

    /// Something was taken away elsewhere, and these applications are to be told.
    pub(in crate::idp) fn took(&mut self, told: Vec<Told>) {
        self.less = true;
        self.told.extend(told);
    }

    async fn role(&mut self, holder: &Holder, role: &str, present: bool) -> Result<bool, ApplyError> {
        if !people::store::set_role(self.tx, holder, role, present).await? {
            return Ok(false);
        }
        self.taken |= !present;
        self.log(&Entry::Role { holder: holder.clone(), role: role.to_owned(), present }).await?;
        let (Holder::Person(id) | Holder::Group(id)) = holder;
        let action = if present { "role.given" } else { "role.taken" };
        self.note(action, id, "ok", role.to_owned()).await?;
        Ok(true)
    }

    async fn allowed(&mut self, client: &str, holder: &Holding, present: bool) -> Result<bool, ApplyError> {
        if !admission::store::set_allowed(self.tx, client, holder, present).await? {
            return Ok(false);
        }
        self.taken |= !present;
        let action = if present { "client.allowed" } else { "client.disallowed" };
        self.note(action, client, "ok", format!("{} {}", holder.kind.as_str(), holder.id)).await?;
        Ok(true)
    }

    pub(in crate::idp) async fn grant(
        &mut self,
        relation: &str,
        holder: &Holder,
        after: Option<&Terms>,
    ) -> Result<bool, ApplyError> {
        let hand = Hand { actor: self.actor.clone(), grant_id: self.audit_id(), audit_id: self.audit_id(), now: self.now };
        if let Some(terms) = after {
            let written = record::give(self.tx, relation, holder, terms, None, &hand).await?;
            self.told.extend(written.told);
            return Ok(written.position.is_some());
        }
        let Some(held) = grants::store::of_holder(self.tx, relation, holder).await? else { return Ok(false) };
        self.told.extend(record::take(self.tx, held, &hand).await?);
        Ok(true)
    }

    async fn client(&mut self, before: Option<&Client>, after: &Client, change: &Change) -> Result<(), ApplyError> {
        clients::store::save(self.tx, after, self.now).await?;
        if !after.metadata.token_endpoint_auth_method.has_secret() {
            clients::store::forget_secret(self.tx, &after.id).await?;
        }
        if before.and_then(|b| b.metadata.logo_uri.as_ref()) != after.metadata.logo_uri.as_ref() {
            let job = self.audit_id();
            clients::logos::want(self.tx, after, job, self.now).await?;
        }
        if before.is_none_or(|b| b.enabled != after.enabled) {
            self.log(&Entry::Client { client_id: after.id.clone(), enabled: after.enabled }).await?;
        }
        let action = match before.map(|b| b.enabled) {
            None => "client.created",
            Some(true) if !after.enabled => "client.disabled",
            Some(false) if after.enabled => "client.enabled",
            Some(_) => "client.changed",
        };
        self.note(action, &after.id, "ok", change.line().text).await?;
        if before.is_some_and(|b| b.enabled) && !after.enabled {
            // Case 29, as for people: what it was given stays dead when it is enabled again.
            for issue in store::issues_of_client(self.tx, &after.id, self.now).await? {
                self.revoke(&issue, "client disabled").await?;
            }
        }
        Ok(())
    }
}
