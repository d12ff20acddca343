//! What the command line does about people, groups, roles, sessions, invitations and keys: by the same flows as pages and API,
//! in the name of whoever runs it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::AppError;
use super::commands::provider;
use super::told::told;
use crate::config::Settings;
use crate::contract::access::{Taken, TakenState};
use crate::contract::feed::Holder;
use crate::idp::Idp;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::gate::Asking;
use crate::idp::admin::links::api::LinkIn;
use crate::idp::admin::model::{Asked, MAX_PAGE};
use crate::idp::admin::{groups, invitations, links, people, roles, sessions};
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::Lang;

/// Who reads lists, in their cursors.
const READER: &str = "command-line";

/// The provider, for a command.
pub struct Administration {
    pub(super) idp: Arc<Idp>,
    pub(super) asking: Asking,
}

/// A person's properties, as far as they are given.
#[derive(Clone, Debug, Default)]
pub struct PersonWish {
    /// Display name.
    pub name: Option<String>,
    /// Language code.
    pub language: Option<String>,
    /// Phone number; an empty one takes it away.
    pub phone: Option<String>,
    /// Whether he works here.
    pub staff: Option<bool>,
}

pub(super) type Said = Result<String, AppError>;

impl Administration {
    /// Opens the provider's database.
    pub async fn open(settings: Settings) -> Result<Self, AppError> {
        let idp = provider(settings).await?;
        let asking = Asking::command(&idp);
        Ok(Self { idp, asking })
    }

    /// Closes it.
    pub async fn close(self) {
        self.idp.db.close().await;
    }

    /// What went wrong, in English.
    pub(super) fn wrong(&self, e: AdminError) -> AppError {
        let text = |key: &str| self.idp.env.texts.get(Lang::En, key, &[]);
        AppError::Setting(match e {
            AdminError::Refused(key) => text(key),
            AdminError::Invalid(faults) => {
                let lines: Vec<String> = faults.iter().map(|f| format!("{}: {}", f.field, text(f.key))).collect();
                lines.join("\n")
            }
            other => other.to_string(),
        })
    }

    /// The id of a person who is named by address or id.
    pub(super) async fn person(&self, who: &str) -> Result<String, AppError> {
        let found = async {
            let mut snapshot = self.idp.db.snapshot().await?;
            people::flow::find(&mut snapshot.tx(), who).await
        };
        let found = found.await.map_err(|e| self.wrong(e.into()))?;
        found.map(|p| p.id).ok_or_else(|| AppError::Setting(format!("there is nobody {who:?}: give an e-mail address or id")))
    }

    /// The id of a group that is named by name or id.
    pub(super) async fn group(&self, which: &str) -> Result<String, AppError> {
        let all = self.all_groups("").await?;
        let found = all.into_iter().find(|g| g.name == which || g.id == which);
        found.map(|g| g.id).ok_or_else(|| AppError::Setting(format!("there is no group {which:?}")))
    }

    async fn all_groups(&self, q: &str) -> Result<Vec<groups::store::GroupRow>, AppError> {
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let asked = Asked { q: q.to_owned(), cursor, limit: Some(MAX_PAGE) };
            let page = groups::flow::list(&self.idp, READER, &asked).await.map_err(|e| self.wrong(e))?;
            all.extend(page.items);
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(all),
            }
        }
    }

    /// A person by address or id, or a group by `group:NAME`.
    async fn holder(&self, who: &str) -> Result<Holder, AppError> {
        match who.strip_prefix("group:") {
            Some(name) => Ok(Holder::Group(self.group(name).await?)),
            None => Ok(Holder::Person(self.person(who).await?)),
        }
    }

    /// People with some text, a line each.
    pub async fn find_people(&self, q: &str, staff: Option<bool>, active: Option<bool>) -> Said {
        self.list_people(q, &people::flow::Filter { staff, active, ..people::flow::Filter::default() }).await
    }

    async fn list_people(&self, q: &str, filter: &people::flow::Filter) -> Said {
        let (mut out, mut cursor) = (Vec::new(), None);
        loop {
            let asked = Asked { q: q.to_owned(), cursor, limit: Some(MAX_PAGE) };
            let page = people::flow::list(&self.idp, READER, filter, &asked).await.map_err(|e| self.wrong(e))?;
            out.extend(page.items.into_iter().map(|p| {
                let staff = if p.staff { "staff" } else { "external" };
                let disabled = if p.active { "" } else { "  disabled" };
                format!("{}  {staff:<8}  {}  {}{disabled}", p.id, p.email, p.name)
            }));
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(some(out, "Nobody.")),
            }
        }
    }

    /// A person. Credentials are never shown; only whether there are some.
    pub async fn show_person(&self, who: &str) -> Said {
        let s = people::flow::show(&self.idp, &self.person(who).await?).await.map_err(|e| self.wrong(e))?;
        let yes = |b: bool| if b { "yes" } else { "no" };
        let names = |all: Vec<String>| if all.is_empty() { "-".to_owned() } else { all.join(", ") };
        let proven = if s.person.email_proven { "" } else { " (not confirmed)" };
        let by_group = s.by_group.into_iter().map(|(role, group)| format!("{role} (by {group})"));
        Ok([
            format!("id             {}", s.person.id),
            format!("name           {}", s.person.name),
            format!("email          {}{proven}", s.person.email),
            format!("language       {}", s.person.language),
            format!("phone          {}", s.person.phone.as_deref().unwrap_or("-")),
            format!("staff          {}", yes(s.person.staff)),
            format!("may sign in    {}", yes(s.person.active)),
            format!("password       {}", yes(s.standing.has_password)),
            format!("second factors {}", names(s.factors.seconds().map(|f| f.as_str().to_owned()).collect())),
            format!("sessions       {}", s.standing.sessions),
            format!("groups         {}", names(s.groups.into_iter().map(|(_, name)| name).collect())),
            format!("roles          {}", names(s.roles.into_iter().chain(by_group).collect())),
        ]
        .join("\n"))
    }

    /// Makes a person, who gets a mail with a link to choose a password.
    pub async fn add_person(&self, email: &str, wish: &PersonWish) -> Said {
        let new = people::flow::New {
            email: email.to_owned(),
            name: wish.name.clone().unwrap_or_default(),
            language: wish.language.clone().unwrap_or_else(|| Lang::En.code().to_owned()),
            phone: wish.phone.clone(),
            staff: wish.staff.unwrap_or(false),
        };
        let id = people::flow::create(&self.idp, &self.asking, &new).await.map_err(|e| self.wrong(e))?;
        Ok(format!("{id}\nA mail with a link to choose a password goes out with the running server."))
    }

    /// Changes a person's properties.
    pub async fn change_person(&self, who: &str, wish: PersonWish) -> Said {
        let id = self.person(who).await?;
        let change = people::flow::PersonChange {
            name: wish.name,
            language: wish.language,
            phone: wish.phone.map(|p| Some(p).filter(|p| !p.is_empty())),
            staff: wish.staff,
        };
        people::flow::change(&self.idp, &self.asking, &id, &change).await.map_err(|e| self.wrong(e))?;
        self.show_person(&id).await
    }

    /// Mails a link to choose a password.
    pub async fn password_link(&self, who: &str) -> Said {
        let id = self.person(who).await?;
        people::flow::password_link(&self.idp, &self.asking, &id).await.map_err(|e| self.wrong(e))?;
        Ok("The mail goes out with the running server.".into())
    }

    /// Groups, a line each.
    pub async fn list_groups(&self, q: &str) -> Said {
        let all = self.all_groups(q).await?;
        Ok(some(all.into_iter().map(|g| format!("{}  {:>5}  {}", g.id, g.members, g.name)).collect(), "No group."))
    }

    /// A group with its roles and members.
    pub async fn show_group(&self, which: &str) -> Said {
        let id = self.group(which).await?;
        let (group, roles) = groups::flow::show(&self.idp, &id).await.map_err(|e| self.wrong(e))?;
        let filter = people::flow::Filter { group: Some(id), ..people::flow::Filter::default() };
        let members = self.list_people("", &filter).await?;
        let roles = if roles.is_empty() { "-".to_owned() } else { roles.join(", ") };
        Ok(format!("{}  {}\nroles: {roles}\n{members}", group.id, group.name))
    }

    /// Makes a group.
    pub async fn make_group(&self, name: &str) -> Said {
        groups::flow::create(&self.idp, &self.asking, name).await.map_err(|e| self.wrong(e))
    }

    /// Gives a group another name.
    pub async fn rename_group(&self, which: &str, name: &str) -> Said {
        let id = self.group(which).await?;
        groups::flow::rename(&self.idp, &self.asking, &id, name).await.map_err(|e| self.wrong(e))?;
        Ok("Renamed.".into())
    }

    /// Takes a group away.
    pub async fn delete_group(&self, which: &str) -> Said {
        let id = self.group(which).await?;
        let taken = groups::flow::delete(&self.idp, &self.asking, &id).await.map_err(|e| self.wrong(e))?;
        Ok(known(&taken))
    }

    /// Puts someone in a group, or takes him out.
    pub async fn set_member(&self, which: &str, who: &str, present: bool) -> Said {
        let (group, person) = (self.group(which).await?, self.person(who).await?);
        let wanted = BTreeMap::from([(group, present)]);
        let taken = people::flow::set_groups(&self.idp, &self.asking, &person, &wanted).await.map_err(|e| self.wrong(e))?;
        Ok(if present { "Done.".into() } else { known(&taken) })
    }

    /// Roles that somebody has, a line each.
    pub async fn list_roles(&self) -> Said {
        let asked = Asked { limit: Some(MAX_PAGE), ..Asked::default() };
        let found = roles::flow::list(&self.idp, READER, &asked).await.map_err(|e| self.wrong(e))?;
        let line = |r: roles::store::RoleRow| format!("{:>5} people  {:>5} groups  {}", r.people, r.groups, r.role);
        Ok(some(found.items.into_iter().map(line).collect(), "Nobody has a role."))
    }

    /// Who has a role.
    pub async fn show_role(&self, role: &str) -> Said {
        let groups = roles::flow::groups(&self.idp, role).await.map_err(|e| self.wrong(e))?;
        let filter = people::flow::Filter { role: Some(role.to_owned()), ..people::flow::Filter::default() };
        let people = self.list_people("", &filter).await?;
        let mut lines: Vec<String> = groups.into_iter().map(|(id, name)| format!("{id}  group     {name}")).collect();
        lines.push(people);
        Ok(lines.join("\n"))
    }

    /// Gives a role, or takes it.
    pub async fn set_role(&self, role: &str, who: &str, present: bool) -> Said {
        let holder = self.holder(who).await?;
        let taken = roles::flow::set(&self.idp, &self.asking, role, &holder, present).await.map_err(|e| self.wrong(e))?;
        Ok(if present { "Done.".into() } else { known(&taken) })
    }

    /// Sessions that live, a line each.
    pub async fn list_sessions(&self, who: Option<&str>) -> Said {
        let person = match who {
            Some(who) => Some(self.person(who).await?),
            None => None,
        };
        let (mut out, mut cursor) = (Vec::new(), None);
        loop {
            let asked = Asked { cursor, limit: Some(MAX_PAGE), ..Asked::default() };
            let page = sessions::flow::list(&self.idp, READER, person.as_deref(), &asked).await.map_err(|e| self.wrong(e))?;
            out.extend(page.items.into_iter().map(|s| {
                let since = Timestamp(s.auth_at).rfc3339();
                format!("{}  {since}  {}  {}  {}", s.id, s.acr.rsplit(':').next().unwrap_or_default(), s.ip, s.name)
            }));
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(some(out, "Nobody is signed in.")),
            }
        }
    }

    /// Ends a session.
    pub async fn end_session(&self, id: &str) -> Said {
        let taken = sessions::flow::end_one(&self.idp, &self.asking, id).await.map_err(|e| self.wrong(e))?;
        Ok(known(&taken))
    }

    /// Ends all sessions of someone.
    pub async fn end_sessions(&self, who: &str) -> Said {
        let id = self.person(who).await?;
        let taken = people::flow::end_sessions(&self.idp, &self.asking, &id).await.map_err(|e| self.wrong(e))?;
        Ok(known(&taken))
    }

    /// Invitations to relations, a line each.
    pub async fn list_invitations(&self, state: Option<&str>) -> Said {
        let wrong = || AppError::Setting("the state is open, accepted, expired or revoked".into());
        let state = state.map(|s| invitations::store::State::from_name(s).ok_or_else(wrong)).transpose()?;
        let (mut out, mut cursor) = (Vec::new(), None);
        loop {
            let asked = Asked { cursor, limit: Some(MAX_PAGE), ..Asked::default() };
            let page = invitations::flow::list(&self.idp, READER, state, &asked).await.map_err(|e| self.wrong(e))?;
            let now = self.idp.env.now();
            out.extend(page.items.into_iter().map(|i| {
                let stands = i.state(now).as_str();
                format!("{}  {stands:<8}  {}  {}  {}", i.id, i.email, i.name, i.relation)
            }));
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(some(out, "No invitation.")),
            }
        }
    }

    /// Links of the start page, a line each.
    pub async fn list_links(&self) -> Said {
        let (mut out, mut cursor) = (Vec::new(), None);
        loop {
            let asked = Asked { cursor, limit: Some(MAX_PAGE), ..Asked::default() };
            let page = links::flow::list(&self.idp, READER, &asked).await.map_err(|e| self.wrong(e))?;
            out.extend(page.items.into_iter().map(|s| {
                let (kind, hidden) = (s.link.audience.columns().0, if s.link.active { "" } else { "  hidden" });
                let title = s.link.says.title.in_language(Lang::En.code());
                format!("{}  {}  {title}  for {kind} {}{hidden}", s.link.id, s.link.says.address, s.whom)
            }));
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(some(out, "No link.")),
            }
        }
    }

    /// What applications are told of a person beside name, address and phone; said anew where there is a file.
    pub async fn profile(&self, who: &str, file: Option<&Path>) -> Said {
        let id = self.person(who).await?;
        if let Some(file) = file {
            people::flow::set_details(&self.idp, &self.asking, &id, told(file)?).await.map_err(|e| self.wrong(e))?;
        }
        let (_, profile) = people::flow::details(&self.idp, &id).await.map_err(|e| self.wrong(e))?;
        Ok(serde_json::to_string_pretty(&profile).unwrap_or_default())
    }

    /// Makes a link as a file says, or puts what it says in place of the one of an id.
    pub async fn save_link(&self, id: Option<&str>, file: &Path) -> Said {
        let mut wanted = links::flow::Wanted::from(told::<LinkIn>(file)?);
        if wanted.kind == "group" {
            wanted.whom = self.group(&wanted.whom).await?;
        }
        links::flow::save(&self.idp, &self.asking, id, wanted).await.map_err(|e| self.wrong(e))
    }

    /// Removes a link.
    pub async fn remove_link(&self, id: &str) -> Said {
        links::flow::remove(&self.idp, &self.asking, id).await.map_err(|e| self.wrong(e))?;
        Ok("Removed.".into())
    }

    /// Takes an invitation back.
    pub async fn revoke_invitation(&self, id: &str) -> Said {
        let taken = invitations::flow::revoke(&self.idp, &self.asking, id).await.map_err(|e| self.wrong(e))?;
        Ok(known(&taken))
    }
}

pub(super) fn some(lines: Vec<String>, none: &str) -> String {
    if lines.is_empty() { none.to_owned() } else { lines.join("\n") }
}

pub(super) fn known(taken: &Taken) -> String {
    match taken.state {
        TakenState::Done => "Done, and known everywhere.".into(),
        TakenState::Pending => format!("Done. Not acknowledged yet by: {}.", taken.waiting_for.join(", ")),
    }
}
