//! What a file asks for, checked before anything is written: everything that can be said without looking at what is
//! there. Owns which faults a file has. Pure.

use std::collections::BTreeSet;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::allowed::{Allowed, AllowedForm};
use super::items::{AppItem, Checked, Fault, Item, Named, PersonItem};
use super::links::LinkForm;
use super::model::{Application, File, GrantForm, GroupForm, PersonForm, RoleForm};
use super::sides::Lists;
use super::{grants, policies};
use crate::config::Settings;
use crate::idp::clients::model::Switches;
use crate::idp::credentials::{authenticator, passwords};
use crate::idp::federation;
use crate::idp::own::RECORD_STORE;
use crate::idp::people::profile::Unfit;
use crate::idp::people::{EmailKey, Profile};
use crate::idp::policy::PolicyForm;
use crate::kernel::pages::Lang;
use crate::kernel::reach::Reach;

/// A client secret in characters at least, and at most.
const SECRET: std::ops::RangeInclusive<usize> = 32..=1024;

/// Checks a file; all faults at once.
pub fn check(file: &File, settings: &Settings) -> Result<Checked, Vec<Fault>> {
    let mut c = Checker {
        settings,
        faults: Vec::new(),
        items: Vec::new(),
        lists: Lists::default(),
        refs: Vec::new(),
        made: BTreeSet::new(),
        seen: BTreeSet::new(),
    };
    // Before people: who is led to another provider is mailed no link to choose a password.
    c.each("upstreams", &file.upstreams, Checker::upstream);
    c.each("people", &file.people, Checker::person);
    c.each("groups", &file.groups, Checker::group);
    c.each("roles", &file.roles, Checker::role);
    c.faults.extend(c.lists.contradictions());
    std::mem::take(&mut c.lists).into_items(&mut c.items);
    c.each("applications", &file.applications, Checker::application);
    c.each("policies", &file.policies, Checker::policy);
    c.each("links", &file.links, Checker::link);
    c.each("grants", &file.grants, Checker::grant);
    if !c.faults.is_empty() {
        return Err(c.faults);
    }
    let outside = c.refs.into_iter().filter(|(_, named)| !c.made.contains(named)).collect();
    Ok(Checked { items: c.items, outside })
}

struct Checker<'a> {
    settings: &'a Settings,
    faults: Vec<Fault>,
    items: Vec<Item>,
    lists: Lists,
    /// Whoever is referred to, with where.
    refs: Vec<(String, Named)>,
    /// Whom the file makes.
    made: BTreeSet<Named>,
    /// What was there before, by kind and name.
    seen: BTreeSet<(&'static str, String)>,
}

impl Checker<'_> {
    fn each<T>(&mut self, list: &str, forms: &[T], read: fn(&mut Self, &str, &T)) {
        for (n, form) in forms.iter().enumerate() {
            read(self, &format!("{list}[{n}]"), form);
        }
    }

    fn fault(&mut self, at: impl Into<String>, why: impl Into<String>) {
        self.faults.push(Fault { at: at.into(), why: why.into() });
    }

    /// Notes a name; one that was there before is a fault.
    fn once(&mut self, at: String, kind: &'static str, name: &str) {
        if !self.seen.insert((kind, name.to_owned())) {
            self.fault(at, format!("the {kind} {name:?} is there twice"));
        }
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

    /// The list that an owner has under `name`, if there is one.
    fn side(
        &mut self,
        at: &str,
        name: &str,
        (owner, list): (&str, &Option<Vec<String>>),
        read: fn(&mut Self, &str, &[String]) -> BTreeSet<String>,
    ) -> Option<(String, (String, BTreeSet<String>))> {
        let (at, list) = (format!("{at}.{name}"), list.as_ref()?);
        let set = read(self, &at, list);
        Some((owner.to_owned(), (at, set)))
    }

    fn upstream(&mut self, at: &str, form: &federation::model::Form) {
        self.once(format!("{at}.id"), "provider", &form.id);
        match federation::manage::checked(self.settings, form.clone()) {
            Ok(form) => self.items.push(Item::Upstream(Box::new(form))),
            Err(wrong) => self.fault(format!("{at}.{}", wrong.field), wrong.why),
        }
    }

    fn person(&mut self, at: &str, form: &PersonForm) {
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
        let groups = self.side(at, "groups", (&owner, &form.groups), Self::groups);
        self.lists.groups_of.extend(groups);
        let roles = self.side(at, "roles", (&owner, &form.roles), Self::names);
        self.lists.roles_of_people.extend(roles);
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

    fn policy(&mut self, at: &str, form: &PolicyForm) {
        if !self.seen.insert(("policy", format!("{:?}", form.whom))) {
            self.fault(format!("{at}.for"), "there is one policy for each at most, and this one is there twice");
        }
        match policies::check(at, form) {
            Ok(item) => {
                self.refs.extend(item.group().map(|group| (format!("{at}.for"), Named::Group(group.to_owned()))));
                self.items.push(Item::Policy(Box::new(item)));
            }
            Err(fault) => self.faults.push(fault),
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

    fn group(&mut self, at: &str, form: &GroupForm) {
        let name = self.name(format!("{at}.name"), &form.name, 100);
        if !self.made.insert(Named::Group(name.clone())) {
            self.fault(format!("{at}.name"), format!("the group {name:?} is there twice"));
        }
        let members = self.side(at, "members", (&name, &form.members), Self::emails);
        self.lists.members_of.extend(members);
        let roles = self.side(at, "roles", (&name, &form.roles), Self::names);
        self.lists.roles_of_groups.extend(roles);
        self.items.push(Item::Group(name));
    }

    fn grant(&mut self, at: &str, form: &GrantForm) {
        match grants::check(at, form, &self.settings.zone()) {
            Ok(item) => {
                if !self.seen.insert(("grant", format!("{:?} {:?}", item.relation, item.holder))) {
                    self.fault(at, "this holder is there twice for the relation");
                }
                self.refs.push((at.to_owned(), item.holder.clone()));
                self.items.push(Item::Grant(Box::new(item)));
            }
            Err(faults) => self.faults.extend(faults),
        }
    }

    fn role(&mut self, at: &str, form: &RoleForm) {
        self.once(format!("{at}.name"), "role", form.name.trim());
        let name = self.name(format!("{at}.name"), &form.name, 100);
        let people = self.side(at, "people", (&name, &form.people), Self::emails);
        self.lists.people_with.extend(people);
        let groups = self.side(at, "groups", (&name, &form.groups), Self::groups);
        self.lists.groups_with.extend(groups);
    }

    fn application(&mut self, at: &str, form: &Application) {
        let id = form.client_id.as_str();
        self.once(format!("{at}.client_id"), "application", id);
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
            if !form.metadata.token_endpoint_auth_method.has_secret() {
                self.fault(format!("{at}.client_secret"), "only client_secret_basic and client_secret_post have one");
            } else if !SECRET.contains(&secret.expose_secret().chars().count()) {
                let why =
                    format!("{} to {} characters; make one with: head -c 32 /dev/urandom | base64", SECRET.start(), SECRET.end());
                self.fault(format!("{at}.client_secret"), why);
            }
        }
        let allowed = form.allowed.as_ref().map(|a| self.allowed(&format!("{at}.allowed"), a));
        self.items.push(Item::Application(Box::new(AppItem {
            at: at.to_owned(),
            id: id.to_owned(),
            secret: form.client_secret.clone(),
            enabled: form.enabled,
            allowed,
            metadata: form.metadata.clone(),
        })));
    }

    fn link(&mut self, at: &str, form: &LinkForm) {
        self.once(format!("{at}.id"), "link", &form.id);
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
