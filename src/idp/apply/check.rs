//! What a file asks for, checked before anything is written: everything that can be said without looking at what is
//! there. Owns the list of [`Item`]s that a sound file turns into. Pure.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::allowed::{Allowed, AllowedForm};
use super::grants::{self, GrantItem};
use super::links::{LinkForm, LinkItem};
use super::model::{Application, File, GrantForm, GroupForm, PersonForm, RoleForm};
use super::policies::{self, PolicyItem};
use crate::config::Settings;
use crate::idp::clients::Metadata;
use crate::idp::clients::model::Switches;
use crate::idp::credentials::{authenticator, passwords};
use crate::idp::own::RECORD_STORE;
use crate::idp::people::profile::Unfit;
use crate::idp::people::{EmailKey, Profile};
use crate::idp::policy::PolicyForm;
use crate::kernel::pages::Lang;
use crate::kernel::reach::Reach;

/// A client secret in characters at least, and at most.
const SECRET: std::ops::RangeInclusive<usize> = 32..=1024;

/// Something that a file can't ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The path to it, such as `people[2].email`.
    pub at: String,
    /// What is wrong, and what to write instead.
    pub why: String,
}

/// Someone or something that a file refers to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// A person, by canonical address.
    Person(String),
    /// A group, by name.
    Group(String),
    /// A relation, by id or by its name for files. No file makes one.
    Relation(String),
}

/// What to compare, and make as written. In the order in which each can rely on the ones before.
#[derive(Clone, Debug)]
pub enum Item {
    /// A person's properties and credentials.
    Person(Box<PersonItem>),
    /// That a group exists.
    Group(String),
    /// All groups of a person.
    GroupsOf(String, BTreeSet<String>),
    /// Everyone in a group, by canonical address.
    MembersOf(String, BTreeSet<String>),
    /// All roles of someone.
    RolesOf(Named, BTreeSet<String>),
    /// Everyone, or every group, that has a role.
    HoldersOf(String, Kind, BTreeSet<String>),
    /// An application.
    Application(Box<AppItem>),
    /// What is asked of sign-ins.
    Policy(Box<PolicyItem>),
    /// A link.
    Link(Box<LinkItem>),
    /// Access to a relation.
    Grant(Box<GrantItem>),
    /// Another provider.
    Upstream(Box<crate::idp::federation::model::Form>),
}

/// A kind of holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// People, by canonical address.
    People,
    /// Groups, by name.
    Groups,
}

/// A person as the file has it.
#[derive(Clone, Debug)]
pub struct PersonItem {
    /// Where it stands.
    pub at: String,
    /// The canonical address.
    pub key: EmailKey,
    /// The address as written.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Language code, if given.
    pub language: Option<&'static str>,
    /// Phone number in E.164; `Some(None)` takes it away.
    pub phone: Option<Option<String>>,
    /// Whether the person works here, if given.
    pub staff: Option<bool>,
    /// Whether the person may sign in, if given.
    pub active: Option<bool>,
    /// The hash of the password.
    pub hash: Option<SecretString>,
    /// The password itself.
    pub password: Option<SecretString>,
    /// The authenticator's seed.
    pub seed: Option<Zeroizing<Vec<u8>>>,
    /// Standard claims, if given.
    pub profile: Option<Profile>,
}

/// An application as the file has it.
#[derive(Clone, Debug)]
pub struct AppItem {
    /// Where it stands.
    pub at: String,
    /// Its client id.
    pub id: String,
    /// Its secret, if given.
    pub secret: Option<SecretString>,
    /// Whether it may be used, if given.
    pub enabled: Option<bool>,
    /// Who may use it, if given.
    pub allowed: Option<Allowed>,
    /// What is registered.
    pub metadata: Metadata,
}

/// A sound file.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// What to make as written.
    pub items: Vec<Item>,
    /// Whoever is referred to and not made by the file itself, with where.
    pub outside: Vec<(String, Named)>,
}

/// Checks a file; all faults at once.
pub fn check(file: &File, settings: &Settings) -> Result<Checked, Vec<Fault>> {
    let mut c = Checker { settings, faults: Vec::new(), items: Vec::new(), refs: Vec::new(), made: BTreeSet::new() };
    let mut lists = Lists::default();
    // Before people: who is led to another provider is mailed no link to choose a password.
    c.upstreams(&file.upstreams);
    for (n, form) in file.people.iter().enumerate() {
        c.person(&format!("people[{n}]"), form, &mut lists);
    }
    for (n, form) in file.groups.iter().enumerate() {
        c.group(&format!("groups[{n}]"), form, &mut lists);
    }
    let mut roles = BTreeSet::new();
    for (n, form) in file.roles.iter().enumerate() {
        let at = format!("roles[{n}]");
        if !roles.insert(form.name.trim()) {
            c.fault(format!("{at}.name"), format!("the role {:?} is there twice", form.name));
        }
        c.role(&at, form, &mut lists);
    }
    contradictions(&lists.groups_of, &lists.members_of, &mut c.faults);
    contradictions(&lists.roles_of_people, &lists.people_with, &mut c.faults);
    contradictions(&lists.roles_of_groups, &lists.groups_with, &mut c.faults);
    lists.into_items(&mut c.items);
    let mut ids = BTreeSet::new();
    for (n, form) in file.applications.iter().enumerate() {
        let at = format!("applications[{n}]");
        if !ids.insert(form.client_id.as_str()) {
            c.fault(format!("{at}.client_id"), format!("the application {:?} is there twice", form.client_id));
        }
        c.application(at, form);
    }
    c.policies(&file.policies);
    let mut ids = BTreeSet::new();
    for (n, form) in file.links.iter().enumerate() {
        let at = format!("links[{n}]");
        if !ids.insert(form.id.as_str()) {
            c.fault(format!("{at}.id"), format!("the link {:?} is there twice", form.id));
        }
        c.link(&at, form);
    }
    c.grants(&file.grants);
    if !c.faults.is_empty() {
        return Err(c.faults);
    }
    let outside = c.refs.into_iter().filter(|(_, named)| !c.made.contains(named)).collect();
    Ok(Checked { items: c.items, outside })
}

/// What is named from one side: by owner, where the list stands and what is in it.
type Side = BTreeMap<String, (String, BTreeSet<String>)>;

#[derive(Default)]
struct Lists {
    groups_of: Side,
    members_of: Side,
    roles_of_people: Side,
    roles_of_groups: Side,
    people_with: Side,
    groups_with: Side,
}

impl Lists {
    fn into_items(self, items: &mut Vec<Item>) {
        let each = |side: Side| side.into_iter().map(|(owner, (_, set))| (owner, set));
        items.extend(each(self.groups_of).map(|(p, set)| Item::GroupsOf(p, set)));
        items.extend(each(self.members_of).map(|(g, set)| Item::MembersOf(g, set)));
        items.extend(each(self.roles_of_people).map(|(p, set)| Item::RolesOf(Named::Person(p), set)));
        items.extend(each(self.roles_of_groups).map(|(g, set)| Item::RolesOf(Named::Group(g), set)));
        items.extend(each(self.people_with).map(|(r, set)| Item::HoldersOf(r, Kind::People, set)));
        items.extend(each(self.groups_with).map(|(r, set)| Item::HoldersOf(r, Kind::Groups, set)));
    }
}

/// Both sides of one relation may be listed; a file whose lists differ can't be made as written.
fn contradictions(left: &Side, right: &Side, faults: &mut Vec<Fault>) {
    for (these, those) in [(left, right), (right, left)] {
        for (owner, (at, set)) in these {
            for other in set {
                if let Some((there, back)) = those.get(other)
                    && !back.contains(owner)
                {
                    let why = format!("names {other}, but the list at {there} does not name {owner}; a list is the whole list");
                    faults.push(Fault { at: at.clone(), why });
                }
            }
        }
    }
}

struct Checker<'a> {
    settings: &'a Settings,
    faults: Vec<Fault>,
    items: Vec<Item>,
    refs: Vec<(String, Named)>,
    made: BTreeSet<Named>,
}

impl Checker<'_> {
    fn upstreams(&mut self, forms: &[crate::idp::federation::model::Form]) {
        let mut ids = BTreeSet::new();
        for (n, form) in forms.iter().enumerate() {
            let at = format!("upstreams[{n}]");
            if !ids.insert(form.id.as_str()) {
                self.fault(format!("{at}.id"), format!("the provider {:?} is there twice", form.id));
            }
            match crate::idp::federation::manage::checked(self.settings, form.clone()) {
                Ok(form) => self.items.push(Item::Upstream(Box::new(form))),
                Err(wrong) => self.fault(format!("{at}.{}", wrong.field), wrong.why),
            }
        }
    }

    fn fault(&mut self, at: impl Into<String>, why: impl Into<String>) {
        self.faults.push(Fault { at: at.into(), why: why.into() });
    }

    /// A name that people read: trimmed, not empty, of at most `most` characters.
    fn name(&mut self, at: String, text: &str, most: usize) -> String {
        let name = text.trim();
        if name.is_empty() || name.chars().count() > most || name.chars().any(char::is_control) {
            self.fault(at, format!("a name has 1 to {most} characters, without line breaks"));
        }
        name.to_owned()
    }

    fn email(&mut self, at: &str, text: &str) -> Option<EmailKey> {
        let key = EmailKey::parse(text);
        if key.is_none() {
            self.fault(at, format!("{text:?} is not an e-mail address such as daan@example.com"));
        }
        key
    }

    fn names(&mut self, at: &str, list: &[String]) -> BTreeSet<String> {
        list.iter().enumerate().map(|(n, name)| self.name(format!("{at}[{n}]"), name, 100)).collect()
    }

    fn groups(&mut self, at: &str, list: &[String]) -> BTreeSet<String> {
        let names = self.names(at, list);
        self.refs.extend(names.iter().map(|g| (at.to_owned(), Named::Group(g.clone()))));
        names
    }

    fn emails(&mut self, at: &str, list: &[String]) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        for (n, text) in list.iter().enumerate() {
            let at = format!("{at}[{n}]");
            if let Some(key) = self.email(&at, text) {
                self.refs.push((at, Named::Person(key.as_str().to_owned())));
                keys.insert(key.as_str().to_owned());
            }
        }
        keys
    }

    fn person(&mut self, at: &str, form: &PersonForm, lists: &mut Lists) {
        let name = self.name(format!("{at}.name"), &form.name, 200);
        let language = form.language.as_deref().map(|code| Lang::ALL.into_iter().find(|l| l.code() == code));
        if language == Some(None) {
            self.fault(format!("{at}.language"), format!("one of {}", Lang::ALL.map(Lang::code).join(", ")));
        }
        let phone = form.phone.as_deref().map(|text| self.phone(at, text));
        if let Some(Err(Unfit(name, why))) = form.profile.as_ref().map(Profile::check) {
            self.fault(format!("{at}.profile.{name}"), why);
        }
        let (hash, seed) = self.credentials(at, form);
        let Some(key) = self.email(&format!("{at}.email"), &form.email) else { return };
        let owner = key.as_str().to_owned();
        if !self.made.insert(Named::Person(owner.clone())) {
            self.fault(format!("{at}.email"), format!("{} is there twice, perhaps in another spelling", form.email.trim()));
        }
        if let Some(list) = &form.groups {
            let at = format!("{at}.groups");
            let set = self.groups(&at, list);
            lists.groups_of.insert(owner.clone(), (at, set));
        }
        if let Some(list) = &form.roles {
            let at = format!("{at}.roles");
            let set = self.names(&at, list);
            lists.roles_of_people.insert(owner, (at, set));
        }
        self.items.push(Item::Person(Box::new(PersonItem {
            at: at.to_owned(),
            key,
            email: form.email.trim().to_owned(),
            name,
            language: language.flatten().map(Lang::code),
            phone,
            staff: form.staff,
            active: form.active,
            hash,
            password: form.password.clone(),
            seed,
            profile: form.profile.clone(),
        })));
    }

    fn policies(&mut self, forms: &[PolicyForm]) {
        let mut seen = BTreeSet::new();
        for (n, form) in forms.iter().enumerate() {
            let at = format!("policies[{n}]");
            if !seen.insert(&form.whom) {
                self.fault(format!("{at}.for"), "there is one policy for each at most, and this one is there twice");
            }
            match policies::check(&at, form) {
                Ok(item) => {
                    if let Some(group) = item.group() {
                        self.refs.push((format!("{at}.for"), Named::Group(group.to_owned())));
                    }
                    self.items.push(Item::Policy(Box::new(item)));
                }
                Err(fault) => self.faults.push(fault),
            }
        }
    }

    fn phone(&mut self, at: &str, text: &str) -> Option<String> {
        if text.trim().is_empty() {
            return None;
        }
        let region = self.settings.phone_region.parse().ok();
        let number = phonenumber::parse(region, text).ok().filter(phonenumber::is_valid);
        if number.is_none() {
            self.fault(format!("{at}.phone"), "not a phone number; write it with its country code, such as +31612345642");
        }
        number.map(|n| n.format().mode(phonenumber::Mode::E164).to_string())
    }

    fn credentials(&mut self, at: &str, form: &PersonForm) -> (Option<SecretString>, Option<Zeroizing<Vec<u8>>>) {
        let capture = self.settings.capture;
        if let Some(hash) = &form.password_hash
            && let Err(why) = passwords::imported::read(hash.expose_secret())
        {
            self.fault(format!("{at}.password_hash"), why.to_string());
        }
        if let Some(password) = &form.password {
            if !capture {
                let why = "a password in plain is for capture mode only (demo and tests): give its hash as \
                           password_hash, or nothing to have a link mailed";
                self.fault(format!("{at}.password"), why);
            } else if form.password_hash.is_some() {
                self.fault(format!("{at}.password"), "password or password_hash, not both");
            } else if !(1..=passwords::MAX).contains(&password.expose_secret().len()) {
                self.fault(format!("{at}.password"), format!("1 to {} bytes", passwords::MAX));
            }
        }
        let seed = form.authenticator.as_ref().and_then(|text| {
            let seed = authenticator::seed_from_base32(text.expose_secret());
            if !capture {
                let why = "an authenticator's secret is for capture mode only (demo and tests): people set up their own";
                self.fault(format!("{at}.authenticator"), why);
            } else if seed.is_none() {
                self.fault(format!("{at}.authenticator"), "a secret in base32 (A to Z, 2 to 7) of at least 128 bits");
            }
            seed
        });
        (form.password_hash.clone(), seed)
    }

    fn group(&mut self, at: &str, form: &GroupForm, lists: &mut Lists) {
        let name = self.name(format!("{at}.name"), &form.name, 100);
        if !self.made.insert(Named::Group(name.clone())) {
            self.fault(format!("{at}.name"), format!("the group {name:?} is there twice"));
        }
        if let Some(list) = &form.members {
            let at = format!("{at}.members");
            let set = self.emails(&at, list);
            lists.members_of.insert(name.clone(), (at, set));
        }
        if let Some(list) = &form.roles {
            let at = format!("{at}.roles");
            let set = self.names(&at, list);
            lists.roles_of_groups.insert(name.clone(), (at, set));
        }
        self.items.push(Item::Group(name));
    }

    fn grants(&mut self, forms: &[GrantForm]) {
        let (zone, mut seen) = (self.settings.zone(), BTreeSet::new());
        for (n, form) in forms.iter().enumerate() {
            let at = format!("grants[{n}]");
            match grants::check(&at, form, &zone) {
                Ok(item) => {
                    if !seen.insert((item.relation.clone(), item.holder.clone())) {
                        self.fault(&at, "this holder is there twice for the relation");
                    }
                    self.refs.push((at, item.holder.clone()));
                    self.items.push(Item::Grant(Box::new(item)));
                }
                Err(faults) => self.faults.extend(faults),
            }
        }
    }

    fn role(&mut self, at: &str, form: &RoleForm, lists: &mut Lists) {
        let name = self.name(format!("{at}.name"), &form.name, 100);
        if let Some(list) = &form.people {
            let at = format!("{at}.people");
            let set = self.emails(&at, list);
            lists.people_with.insert(name.clone(), (at, set));
        }
        if let Some(list) = &form.groups {
            let at = format!("{at}.groups");
            let set = self.groups(&at, list);
            lists.groups_with.insert(name, (at, set));
        }
    }

    fn application(&mut self, at: String, form: &Application) {
        let id = form.client_id.as_str();
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        if id == RECORD_STORE {
            let why = format!("{RECORD_STORE} is this installation's own record store; it is registered from the settings");
            self.fault(format!("{at}.client_id"), why);
        } else if id.is_empty() || id.len() > 100 || !id.bytes().all(plain) {
            self.fault(format!("{at}.client_id"), "1 to 100 characters of a-z, A-Z, 0-9 and -._~");
        }
        if let Err(refused) = form.metadata.check(&Reach::of(self.settings), Switches::of(self.settings)) {
            self.fault(format!("{at}.{}", refused.field), refused.why);
        }
        if let Some(secret) = &form.client_secret {
            if !with_secret(&form.metadata) {
                self.fault(format!("{at}.client_secret"), "only client_secret_basic and client_secret_post have one");
            } else if !SECRET.contains(&secret.expose_secret().chars().count()) {
                let why =
                    format!("{} to {} characters; make one with: head -c 32 /dev/urandom | base64", SECRET.start(), SECRET.end());
                self.fault(format!("{at}.client_secret"), why);
            }
        }
        let allowed = form.allowed.as_ref().map(|a| self.allowed(&format!("{at}.allowed"), a));
        self.items.push(Item::Application(Box::new(AppItem {
            at,
            id: id.to_owned(),
            secret: form.client_secret.clone(),
            enabled: form.enabled,
            allowed,
            metadata: form.metadata.clone(),
        })));
    }
}

impl Checker<'_> {
    fn link(&mut self, at: &str, form: &LinkForm) {
        match super::links::check(at, form) {
            Ok(item) => {
                self.refs.extend(item.audience.iter().map(|named| (format!("{at}.for"), named.clone())));
                self.items.push(Item::Link(Box::new(item)));
            }
            Err(faults) => self.faults.extend(faults),
        }
    }

    fn relations(&mut self, at: &str, list: &[String]) -> BTreeSet<String> {
        let names = self.names(at, list);
        self.refs.extend(names.iter().map(|r| (at.to_owned(), Named::Relation(r.clone()))));
        names
    }

    fn allowed(&mut self, at: &str, form: &AllowedForm) -> Allowed {
        let AllowedForm::Only(only) = form else { return Allowed::Everyone };
        Allowed::Only {
            people: self.emails(&format!("{at}.people"), &only.people),
            groups: self.groups(&format!("{at}.groups"), &only.groups),
            roles: self.names(&format!("{at}.roles"), &only.roles),
            relations: self.relations(&format!("{at}.relations"), &only.relations),
        }
    }
}

/// Whether an application proves who it is by a secret.
pub fn with_secret(metadata: &Metadata) -> bool {
    metadata.token_endpoint_auth_method.has_secret()
}
