//! The Security page and those behind it.

use askama::Template;
use askama::filters::Safe;

use super::model::{Listed, NAME_LENGTH, Passkey};
use crate::idp::account::frame::{Section, Tab, tabs};
use crate::idp::setup::model::PATH;
use crate::idp::setup::pages::Guide;
use crate::kernel::clock::Timestamp;
use crate::kernel::delivery::mask_address;
use crate::kernel::pages::{Page, Problem, View};

/// The navigation of a page about security; none for whoever is led.
fn navigation(view: &View, led: bool) -> Vec<Tab> {
    if led { Vec::new() } else { tabs(view, Section::Security) }
}

/// The way back from a page on which something is set up: its address and its words.
fn way_back(view: &View, led: bool) -> (&'static str, String) {
    if led { (PATH, view.t("setup-another-way")) } else { ("/account/security", view.t("security-back")) }
}

/// All that someone has set up.
#[derive(Template)]
#[template(path = "idp/security.html")]
pub struct SecurityPage {
    /// The request's view.
    pub view: View,
    /// The navigation of the account.
    pub tabs: Vec<Tab>,
    /// What there is.
    pub has: Listed,
    /// Whether there can be passkeys at this address.
    pub offered: bool,
    /// Whether codes can be sent to a telephone.
    pub sms: bool,
    /// Whether there is another provider that he signs in with, or could.
    pub elsewhere: bool,
    /// What was just done, in words.
    pub done: String,
}

impl SecurityPage {
    /// The page for `view`; `done` names what was just done.
    pub fn new(view: View, has: Listed, (offered, sms): (bool, bool), done: Option<&str>) -> Self {
        let key = format!("security-done-{}", done.unwrap_or_default());
        let done = if done.is_some() && view.has(&key) { view.t(&key) } else { String::new() };
        Self { tabs: tabs(&view, Section::Security), view, has, offered, sms, elsewhere: false, done }
    }

    /// When a passkey was added and used, in one line.
    fn line(&self, key: &Passkey) -> String {
        let added = self.view.date_short(key.created_at);
        match key.used_at {
            Some(at) => self.view.t2("security-added-used", "added", added, "used", self.view.date_short(at)),
            None => self.view.t1("security-added", "added", added),
        }
    }

    fn app_line(&self) -> String {
        let used = self.has.authenticator_used_at.map(|at| self.view.date_short(at));
        match (self.has.authenticator.flatten().map(|at| self.view.date_short(at)), used) {
            (Some(added), Some(used)) => self.view.t2("security-added-used", "added", added, "used", used),
            (Some(added), None) => self.view.t1("security-added", "added", added),
            (None, Some(used)) => self.view.t1("security-used", "used", used),
            (None, None) => self.view.t("security-set-up"),
        }
    }

    fn masked(&self) -> String {
        self.has.phone.as_deref().map(mask_address).unwrap_or_default()
    }

    fn codes_line(&self) -> String {
        let made = self.has.recovery_made_at.map(|at| self.view.date_short(at)).unwrap_or_default();
        self.view.t2("security-recovery-left", "count", self.has.recovery_codes, "made", made)
    }

    /// Whoever would be locked out by losing one device is told so.
    fn wants_codes(&self) -> bool {
        self.has.held().is_strong() && self.has.recovery_codes == 0
    }
}

/// Adding a passkey, or one that is there.
#[derive(Template)]
#[template(path = "idp/passkey.html")]
pub struct PasskeyPage {
    /// The request's view.
    pub view: View,
    /// The navigation of the account; empty for whoever is led from step to step.
    pub tabs: Vec<Tab>,
    /// Where he then is.
    pub guide: Option<Guide>,
    /// The one that is there; none for a new one.
    pub passkey: Option<Passkey>,
    /// Its name, as typed.
    pub name: String,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl PasskeyPage {
    /// The page for `view`.
    pub fn new(view: View, passkey: Option<Passkey>, guide: Option<Guide>) -> Self {
        let name = passkey.as_ref().map(|p| p.name.clone()).unwrap_or_default();
        Self { tabs: navigation(&view, guide.is_some()), guide, view, passkey, name, problems: Vec::new() }
    }

    fn error(&self, field: &str) -> &str {
        self.problems.iter().find(|p| p.field == field).map_or("", |p| p.text.as_str())
    }

    fn back(&self) -> (&'static str, String) {
        way_back(&self.view, self.guide.is_some())
    }

    fn heading(&self) -> String {
        self.passkey.as_ref().map_or_else(|| self.view.t("security-passkey-add"), |p| p.name.clone())
    }

    fn facts(&self, key: &Passkey) -> Vec<(String, String)> {
        let t = |k: &str| self.view.t(k);
        let alone = match key.discoverable {
            Some(true) => "security-passkey-alone",
            Some(false) => "security-passkey-after",
            None => "security-passkey-unsaid",
        };
        let used = key.used_at.map_or_else(|| t("security-never"), |at| self.view.date_time(at));
        vec![
            (t("security-fact-added"), self.view.date_time(key.created_at)),
            (t("security-fact-used"), used),
            (t("security-fact-signs-in"), t(alone)),
            (t("security-fact-kept"), t(if key.synced { "security-passkey-synced" } else { "security-passkey-bound" })),
        ]
    }
}

/// What is shown of an app that is being set up. Not printable, like the key in it.
pub struct Seed {
    /// The picture.
    pub picture: Safe<String>,
    /// The key in groups.
    pub key: String,
    /// The same as a link, for an app on this device.
    pub address: String,
}

/// Setting up an authenticator app.
#[derive(Template)]
#[template(path = "idp/authenticator.html")]
pub struct AuthenticatorPage {
    /// The request's view.
    pub view: View,
    /// The navigation of the account; empty for whoever is led from step to step.
    pub tabs: Vec<Tab>,
    /// Where he then is.
    pub guide: Option<Guide>,
    /// Whether one is being set up.
    pub pending: bool,
    /// Its seed, to whom may see it.
    pub seed: Option<Seed>,
    /// Whether one is set up.
    pub have: bool,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl AuthenticatorPage {
    /// The page for `view`.
    pub fn new(view: View, have: bool, guide: Option<Guide>) -> Self {
        let tabs = navigation(&view, guide.is_some());
        Self { tabs, guide, view, pending: false, seed: None, have, problems: Vec::new() }
    }

    fn back(&self) -> (&'static str, String) {
        way_back(&self.view, self.guide.is_some())
    }

    fn error(&self) -> &str {
        self.problems.first().map_or("", |p| p.text.as_str())
    }
}

/// Recovery codes: how many there are, or the new ones.
#[derive(Template)]
#[template(path = "idp/recovery_codes.html")]
pub struct RecoveryCodesPage {
    /// The request's view.
    pub view: View,
    /// The navigation of the account; empty for whoever is led from step to step.
    pub tabs: Vec<Tab>,
    /// Where he then is.
    pub guide: Option<Guide>,
    /// Just made; shown this once.
    pub codes: Vec<String>,
    /// How many are left of those before.
    pub left: i64,
    /// The address that they belong to, for the file.
    pub email: String,
}

impl RecoveryCodesPage {
    /// The page for `view`.
    pub fn new(view: View, codes: Vec<String>, left: i64, email: String, guide: Option<Guide>) -> Self {
        Self { tabs: navigation(&view, guide.is_some()), guide, view, codes, left, email }
    }

    fn back(&self) -> (&'static str, String) {
        way_back(&self.view, self.guide.is_some())
    }

    /// Where one goes on who has kept them.
    const fn onward(&self) -> &'static str {
        if self.guide.is_some() { PATH } else { "/account/security?done=recovery-made" }
    }

    /// The codes as a text file, in a link.
    fn file(&self) -> String {
        let head =
            self.view.t2("security-recovery-file", "company", self.view.organisation.as_str(), "email", self.email.as_str());
        let text = format!("{head}\r\n\r\n{}\r\n", self.codes.join("\r\n"));
        let text: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        format!("data:text/plain;charset=utf-8,{}", text.replace('+', "%20"))
    }
}

/// Proving a telephone.
#[derive(Template)]
#[template(path = "idp/phone.html")]
pub struct PhonePage {
    /// The request's view.
    pub view: View,
    /// The navigation of the account; empty for whoever is led from step to step.
    pub tabs: Vec<Tab>,
    /// Where he then is.
    pub guide: Option<Guide>,
    /// The number that a code went to, masked.
    pub pending: Option<String>,
    /// From when on another can be sent.
    pub resend_at: Option<Timestamp>,
    /// The proven number, masked.
    pub have: Option<String>,
    /// The number as typed.
    pub number: String,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl PhonePage {
    /// The page for `view`.
    pub fn new(view: View, have: Option<&str>, guide: Option<Guide>) -> Self {
        let have = have.map(mask_address);
        let tabs = navigation(&view, guide.is_some());
        Self { tabs, guide, view, pending: None, resend_at: None, have, number: String::new(), problems: Vec::new() }
    }

    fn back(&self) -> (&'static str, String) {
        way_back(&self.view, self.guide.is_some())
    }

    fn error(&self) -> &str {
        self.problems.first().map_or("", |p| p.text.as_str())
    }
}

fn sample_passkey(now: Timestamp, suspect: bool) -> Passkey {
    Passkey {
        id: "019ac2f0-5a4e-7c31-9d55-3f6b1c2a7e90".into(),
        name: "Telefoon van Daan".into(),
        discoverable: Some(!suspect),
        synced: !suspect,
        created_at: now,
        used_at: (!suspect).then_some(now),
        suspect_at: suspect.then_some(now),
    }
}

impl Page for SecurityPage {
    fn samples(view: View) -> Vec<Self> {
        let now = view.now;
        let all = Listed {
            passkeys: vec![sample_passkey(now, false), sample_passkey(now, true)],
            authenticator: Some(Some(now)),
            authenticator_used_at: Some(now),
            phone: Some("+31612345642".into()),
            recovery_codes: 7,
            recovery_made_at: Some(now),
        };
        let unsafe_one = Listed { recovery_codes: 0, authenticator: Some(None), ..all.clone() };
        vec![
            Self::new(view.clone(), all, (true, true), Some("passkey-added")),
            Self::new(view.clone(), unsafe_one, (false, false), None),
            Self::new(view, Listed::default(), (true, true), None),
        ]
    }
}

impl Page for PasskeyPage {
    fn samples(view: View) -> Vec<Self> {
        let wrong = Problem { field: "name".into(), text: view.t1("security-name-wrong", "count", NAME_LENGTH) };
        let mut new = Self::new(view.clone(), None, None);
        new.problems.push(wrong);
        let there = |suspect| Self::new(view.clone(), Some(sample_passkey(view.now, suspect)), None);
        let led = Self::new(view.clone(), None, Some(Guide::sample(&view)));
        vec![Self::new(view.clone(), None, None), new, there(false), there(true), led]
    }
}

impl Page for AuthenticatorPage {
    fn samples(view: View) -> Vec<Self> {
        let address = "otpauth://totp/Van%20Dam:daan%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
        let seed = || Seed {
            picture: super::qr::svg(address),
            key: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP".into(),
            address: address.into(),
        };
        let wrong = Problem { field: "code".into(), text: view.t1("code-wrong-authenticator", "count", 3) };
        let pending = |seed, problems| Self { pending: true, seed, problems, ..Self::new(view.clone(), false, None) };
        let led = || Self::new(view.clone(), false, Some(Guide::sample(&view)));
        vec![
            Self::new(view.clone(), false, None),
            Self::new(view.clone(), true, None),
            led(),
            Self { pending: true, seed: Some(seed()), ..led() },
            pending(Some(seed()), vec![]),
            pending(None, vec![wrong]),
        ]
    }
}

impl Page for RecoveryCodesPage {
    fn samples(view: View) -> Vec<Self> {
        let codes = || (0..10).map(|n| format!("abcd-efgh-jkm{}", char::from(b'n' + n))).collect();
        let page = |codes, left, guide| Self::new(view.clone(), codes, left, "daan@example.com".into(), guide);
        let guide = || Some(Guide::sample(&view));
        vec![page(vec![], 0, None), page(vec![], 7, None), page(codes(), 10, None), page(codes(), 10, guide())]
    }
}

impl Page for PhonePage {
    fn samples(view: View) -> Vec<Self> {
        let wrong = |key: &str| Problem { field: "phone".into(), text: view.t(key) };
        let mut typed = Self::new(view.clone(), None, None);
        (typed.number, typed.problems) = ("12".into(), vec![wrong("security-phone-wrong")]);
        let mut pending = Self::new(view.clone(), None, None);
        (pending.pending, pending.resend_at) = (Some("+31 6 ••• 42".into()), Some(view.now));
        let led = Self::new(view.clone(), None, Some(Guide::sample(&view)));
        vec![Self::new(view.clone(), None, None), typed, pending, Self::new(view.clone(), Some("+31612345642"), None), led]
    }
}
