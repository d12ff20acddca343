//! SIGKILL while a change is sealed: of the record store while a code is asked for; of the provider, of it or of both before the
//! code is sent, on its way and right after the answer. The two halves are processes of their own. And two people who
//! seal one record at once, on two nodes.
//! Owns no process; those are `process.rs`'s.

mod account;
mod buttons;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use zegel::demo::browser::{Answer, Browser};
use zegel::kernel::db::Db;
use zegel::sql;

use account::{Account, right};
use buttons::{Button, Dialog, sealed, set, value};

use super::clients::Caller;
use super::process::{Node, Process, Site};
use super::{Dice, number};
use crate::on_both_engines;
use crate::support::flow::{CALLBACK, VERIFIER, challenge, claims, text};
use crate::support::postgres::TestDb;
use crate::support::world::COMPANY;

/// The secret of the application through which the deliveries are made.
const IMPORT: &str = "a-secret-of-the-import-of-forty-characters";
/// The sweeper asks after forty seconds what became of a code; a job of a killed worker is another's after sixty.
const TAKEN_UP: Duration = Duration::from_secs(100);

/// An installation, from outside.
struct Place<'a> {
    site: &'a Site,
    http: reqwest::Client,
}

/// Both halves, each a process.
struct Halves<'a> {
    site: &'a Site,
    idp: Process,
    crm: Process,
}

/// Which half is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Killed {
    Provider,
    Store,
    Both,
}

/// When it is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// The code is sent to what isn't there.
    Before,
    /// So long after it was sent.
    During(Duration),
    /// When the provider has confirmed it and the record store, perhaps, doesn't know.
    Confirmed,
    /// When the answer is there.
    After,
}

impl Halves<'_> {
    async fn start(site: &Site) -> Halves<'_> {
        let idp = site.start(site.first, &["serve", "--only", "idp"]).await;
        Halves { site, idp, crm: site.start(site.first, &["serve", "--only", "crm"]).await }
    }

    fn kill(&mut self, which: Killed) {
        if which != Killed::Store {
            self.idp.kill();
        }
        if which != Killed::Provider {
            self.crm.kill();
        }
    }

    async fn restart(&mut self, which: Killed) {
        if which != Killed::Store {
            self.idp = self.site.start(self.site.first, &["serve", "--only", "idp"]).await;
        }
        if which != Killed::Provider {
            self.crm = self.site.start(self.site.first, &["serve", "--only", "crm"]).await;
        }
    }

    /// Both logs, for what went wrong.
    fn said(&self) -> String {
        format!("provider: {}\nrecord store: {}", self.idp.said(), self.crm.said())
    }
}

impl<'a> Place<'a> {
    fn new(site: &'a Site) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(30))
            .build()
            .unwrap();
        Self { site, http }
    }

    fn at_idp(&self, path: &str) -> String {
        format!("{}{path}", self.site.first.idp_url())
    }

    fn at_crm(&self, path: &str) -> String {
        format!("{}{path}", self.site.first.crm_url())
    }

    /// As many deliveries as there are rounds, made by someone of sales; each has a contact of its own.
    async fn deliveries(&self, maker: &mut Browser, rounds: u64) -> Vec<Delivery> {
        let token = self.token(maker).await;
        let relation = self.make(&token, "relations", json!({"name": "Bakkerij Smit"})).await;
        let mut made = Vec::new();
        for round in 0..rounds {
            let (number, email) = (format!("D-{}", 1000 + round), format!("contact{round}@example.com"));
            let contact = json!({"name": format!("Contact {round}"), "relation": relation, "email": email});
            let contact = self.make(&token, "contacts", contact).await;
            let fields = json!({"number": number, "relation": relation, "contact": contact, "status": "on_the_road"});
            let record = self.make(&token, "deliveries", fields).await;
            made.push(Delivery { page: self.at_crm(&format!("/m/deliveries/{record}")), record, email });
        }
        made
    }

    async fn token(&self, maker: &mut Browser) -> String {
        let store = self.site.first.crm_url();
        self.site.apply(&format!(
            "applications: [{{client_id: import, client_name: Import, client_secret: {IMPORT}, redirect_uris: [\"{CALLBACK}\"], \
             grant_types: [authorization_code], resources: [\"{store}\"], scope: openid records:read records:write}}]"
        ));
        let mut to = url::Url::parse(&self.at_idp("/authorize")).unwrap();
        to.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", "import"),
            ("redirect_uri", CALLBACK),
            ("scope", "openid records:read records:write"),
            ("resource", &*store),
            ("code_challenge", &*challenge()),
            ("code_challenge_method", "S256"),
        ]);
        let answer = maker.once(Method::GET, to.as_str(), None).await.unwrap();
        let to = answer.location().unwrap_or_else(|| panic!("{} {}", answer.status, answer.text));
        let code = to.query_pairs().find(|(k, _)| k == "code").unwrap_or_else(|| panic!("a code, not {to}")).1;
        let form =
            [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
        let request = self.http.post(self.at_idp("/token")).basic_auth("import", Some(IMPORT)).form(&form);
        let body: Value = request.send().await.unwrap().json().await.unwrap();
        text(&body, "access_token").to_owned()
    }

    async fn make(&self, token: &str, module: &str, fields: Value) -> String {
        let request = self.http.post(self.at_crm(&format!("/api/v1/records/{module}"))).bearer_auth(token);
        let answer = request.json(&json!({"fields": fields})).send().await.unwrap();
        let (status, body) = (answer.status().as_u16(), answer.text().await.unwrap());
        assert_eq!(status, 201, "{module}: {body}");
        text(&serde_json::from_str(&body).unwrap(), "id").to_owned()
    }

    /// Someone who has signed in at both halves.
    async fn member(&self, caller: &Caller, email: &str) -> Browser {
        let mut browser = caller.sign_in(email).await;
        let page = browser.get(self.at_crm("/me")).await.unwrap();
        assert!(page.status.is_success() && page.url.as_str() == self.at_crm("/me"), "{} {}", page.url, page.text);
        browser
    }

    /// A code that an address was mailed and that isn't among those seen; a worker of one of the processes sends it and keeps
    /// what it sent, so this asks all of them, for a while.
    async fn code_to(&self, email: &str, nodes: &[Node], seen: &mut BTreeSet<String>) -> String {
        for _ in 0..600 {
            for node in nodes {
                let request = self.http.get(format!("{}/dev/messages", node.idp_url())).header("accept", "application/json");
                let all: Vec<Value> = request.send().await.unwrap().json().await.unwrap();
                for message in all.iter().filter(|m| m["to"] == email) {
                    let code = text(message, "text").split(|c: char| !c.is_ascii_digit()).find(|p| p.len() == 5);
                    if let Some(code) = code.filter(|c| seen.insert((*c).to_owned())) {
                        return code.to_owned();
                    }
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no code reached {email}");
    }
}

/// A delivery that is on the road.
struct Delivery {
    record: String,
    page: String,
    email: String,
}

/// The delivery is Delivered, wears one seal, and the provider's public page says that it is genuine.
async fn genuine(place: &Place<'_>, daan: &mut Browser, delivery: &Delivery, what: &dyn Debug) {
    let shown = daan.get(&delivery.page).await.unwrap();
    assert!(shown.text.contains(">Delivered<"), "{what:?}: {}", shown.text);
    let seal = value(&shown, "class=\"seal\" href=\"");
    let file = daan.get(place.at_crm(&format!("{seal}/file"))).await.unwrap();
    assert!(file.status.is_success() && file.text.contains('~'), "{what:?}: {} {}", file.status, file.text);
    let form = [("receipt", file.text.trim())];
    let public = Browser::new(place.http.clone()).post(place.at_idp("/receipts/verify"), &form).await.unwrap();
    assert!(public.text.contains("This receipt is genuine"), "{what:?}: {}", public.text);
}

/// Sets a delivery to Delivered. If so told, the record store is killed so long after the button was pressed, and the same
/// button is pressed again: there is one change all the same.
async fn opened(
    place: &Place<'_>,
    halves: &mut Halves<'_>,
    daan: &mut Browser,
    delivery: &Delivery,
    kill: Option<Duration>,
) -> Dialog {
    let button = Button::on(daan, &delivery.page, "delivered").await;
    if let Some(pause) = kill {
        let (again, mut browser) = (button.clone(), daan.clone());
        let mut pressing = tokio::spawn(async move { again.press(&mut browser).await });
        let early = tokio::time::timeout(pause, &mut pressing).await;
        halves.kill(Killed::Store);
        if early.is_err() {
            pressing.await.unwrap();
        }
        halves.restart(Killed::Store).await;
    }
    let mut shown = button.press(daan).await.unwrap();
    for _ in 0..600 {
        if shown.after("name=\"attempt\" value=\"").is_some() {
            break;
        }
        // The provider has not been asked yet.
        assert!(shown.url.path().starts_with("/pending/"), "{kill:?}: {} {}: {}", shown.url, shown.status, shown.text);
        tokio::time::sleep(Duration::from_millis(100)).await;
        shown = daan.get(shown.url.clone()).await.unwrap();
    }
    let mut dialog = Dialog::of(&shown);
    dialog.code = place.code_to(&delivery.email, &[place.site.first], &mut BTreeSet::new()).await;
    dialog
}

/// One round up to the restart; what the press was told.
async fn killed(
    halves: &mut Halves<'_>,
    idp: &Db,
    daan: &Browser,
    dialog: &Dialog,
    (which, moment): (Killed, Moment),
) -> Option<Answer> {
    let told = match moment {
        Moment::Before => {
            halves.kill(which);
            dialog.pressing(daan).await.unwrap()
        }
        Moment::During(pause) => {
            let mut pressing = dialog.pressing(daan);
            let early = tokio::time::timeout(pause, &mut pressing).await;
            halves.kill(which);
            match early {
                Ok(told) => told.unwrap(),
                Err(_) => pressing.await.unwrap(),
            }
        }
        Moment::Confirmed => {
            let pressing = dialog.pressing(daan);
            while !pressing.is_finished() && right(idp, &dialog.pending).await == 0 {}
            halves.kill(which);
            pressing.await.unwrap()
        }
        Moment::After => {
            let told = dialog.pressing(daan).await.unwrap();
            halves.kill(which);
            told
        }
    };
    halves.restart(which).await;
    told
}

/// Presses the same button again until it is answered, which it must be with the change made.
async fn again(halves: &Halves<'_>, daan: &Browser, dialog: &Dialog, what: &dyn Debug) {
    for _ in 0..100 {
        let told = dialog.pressing(daan).await.unwrap();
        if sealed(&told) {
            return;
        }
        let later = told.as_ref().is_none_or(|a| matches!(a.status.as_u16(), 502 | 503));
        assert!(later, "{what:?}: the same attempt is answered {told:?}; {}", halves.said());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{what:?}: the same attempt was put off a hundred times; {}", halves.said());
}

on_both_engines! {
    /// case 45
    async fn a_change_is_sealed_once_and_never_lost_whichever_half_is_killed_while_it_is(db: TestDb) {
        let (site, dice) = (Site::new(db), Dice::new());
        site.apply(COMPANY);
        let (place, mut halves) = (Place::new(&site), Halves::start(&site).await);
        let caller = Caller::new(site.first.idp_url());
        let rounds = number("ZEGEL_TEST_KILLS", 5);
        let mut deliveries = place.deliveries(&mut caller.sign_in("mila@example.com").await, rounds + 1).await.into_iter();
        let mut daan = place.member(&caller, "daan@example.com").await;
        let (idp, crm) = (site.db.idp().await, site.db.crm().await);

        // One that nobody disturbs says how long it takes.
        let delivery = deliveries.next().unwrap();
        let dialog = opened(&place, &mut halves, &mut daan, &delivery, None).await;
        let began = Instant::now();
        assert!(sealed(&dialog.press(&mut daan).await), "{}", halves.said());
        let whole = u64::try_from(began.elapsed().as_micros()).unwrap();
        let mut all = vec![("nobody was killed".to_owned(), delivery, dialog)];

        for (round, delivery) in deliveries.enumerate() {
            let which = [Killed::Provider, Killed::Store, Killed::Both][(round + dice.below(2) as usize) % 3];
            let moment = match dice.below(8) {
                0 => Moment::Before,
                1 => Moment::After,
                2 => Moment::Confirmed,
                _ => Moment::During(Duration::from_micros(dice.below(whole))),
            };
            // One at least is for the sweeper.
            let (which, moment) = if round == 1 { (Killed::Store, Moment::Confirmed) } else { (which, moment) };
            let early = (dice.below(3) == 0).then(|| Duration::from_micros(dice.below(2 * whole)));
            let dialog = opened(&place, &mut halves, &mut daan, &delivery, early).await;
            let told = killed(&mut halves, &idp, &daan, &dialog, (which, moment)).await;
            let account = Account::read((&idp, &crm), &dialog, &delivery.record).await;
            let what = format!("round {round}, first {early:?}, {which:?}, {moment:?}, told {:?}", told.as_ref().map(|a| a.status.as_u16()));
            account.consistent(&what);
            assert!(!sealed(&told) || account.state == "applied", "{what}: what was acknowledged is there: {account:?}");
            // What the provider has confirmed is, every second time, left to the sweeper alone.
            if account.confirmed.1 == 0 || round % 2 == 0 {
                again(&halves, &daan, &dialog, &what).await;
            }
            all.push((what, delivery, dialog));
        }

        let began = Instant::now();
        for (what, delivery, dialog) in &all {
            let mut account = Account::read((&idp, &crm), dialog, &delivery.record).await;
            while !account.is_sealed() && began.elapsed() < TAKEN_UP {
                account.consistent(what);
                tokio::time::sleep(Duration::from_millis(100)).await;
                account = Account::read((&idp, &crm), dialog, &delivery.record).await;
            }
            account.consistent(what);
            assert!(account.is_sealed(), "{what}: {account:?}; {}", halves.said());
            genuine(&place, &mut daan, delivery, what).await;
        }
        idp.close().await;
        crm.close().await;
    }
}

/// How two changes of a record stand, and the receipts of the record.
async fn ended(crm: &Db, pending: &str) -> (String, Option<String>) {
    crm.query(sql!("SELECT state, reason FROM pending_changes WHERE id = $1")).bind(pending).one().await.unwrap()
}

/// The record's receipts as the provider signed them: places in the chain, and payloads.
async fn chain(idp: &Db, record: &str) -> Vec<(i64, String, Value)> {
    let query = idp.query(sql!("SELECT sequence, hash, jwt FROM receipts WHERE record_id = $1 ORDER BY sequence")).bind(record);
    let rows: Vec<(i64, String, String)> = query.all().await.unwrap();
    rows.into_iter().map(|(sequence, hash, jwt)| (sequence, hash, claims(&jwt))).collect()
}

/// case 47
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_people_who_confirm_changes_of_one_record_on_two_nodes_one_changes_it() {
    let site = Site::new(TestDb::empty_postgres().await);
    let nodes = [site.first, Node::new()];
    let _first = site.start(nodes[0], &["serve"]).await;
    site.apply(COMPANY);
    let (place, caller) = (Place::new(&site), Caller::new(site.first.idp_url()));
    let mut people = [place.member(&caller, "daan@example.com").await, place.member(&caller, "mila@example.com").await];
    // Who makes a contact may not have a code of his sent there for a while, so it is made by a third.
    site.apply(
        "people: [{email: eva@example.com, name: Eva Jansen, staff: true, password: correct horse battery, roles: [sales]}]",
    );
    let delivery = place.deliveries(&mut caller.sign_in("eva@example.com").await, 1).await.remove(0);
    // From here on either of two may send a code, and shows it to who asks that one.
    let _second = site.start(nodes[1], &["serve"]).await;
    let pages = nodes.map(|n| format!("{}/m/deliveries/{}", n.crm_url(), delivery.record));
    let (idp, crm) = (site.db.idp().await, site.db.crm().await);
    let mut seen = BTreeSet::new();
    let mut changes = Vec::new();
    for round in 0..5 {
        let mut dialogs = Vec::new();
        for (person, page) in people.iter_mut().zip(&pages) {
            let mut dialog = Dialog::of(&set(person, page, "delivered").await);
            dialog.code = place.code_to(&delivery.email, &nodes, &mut seen).await;
            dialogs.push(dialog);
        }
        let (one, two) = tokio::join!(dialogs[0].pressing(&people[0]), dialogs[1].pressing(&people[1]));
        let told = [one.unwrap(), two.unwrap()];
        let won = usize::from(sealed(&told[1]));
        assert!(sealed(&told[won]) && !sealed(&told[1 - won]), "round {round}: {told:?}");
        let ends = [ended(&crm, &dialogs[won].pending).await, ended(&crm, &dialogs[1 - won].pending).await];
        let expected = [("applied".to_owned(), None), ("void".to_owned(), Some("changed".to_owned()))];
        assert_eq!(ends, expected, "round {round}");
        let shown = people[1 - won].get(dialogs[1 - won].url.trim_end_matches("/code")).await.unwrap();
        assert!(shown.text.contains("The record was changed in the meantime"), "round {round}: {} {}", shown.url, shown.text);
        changes.push(dialogs[won].pending.clone());
        // Mila takes it back, for which nobody is asked.
        let back = set(&mut people[1], &pages[1], "on_the_road").await;
        assert!(back.text.contains("On the road"), "{} {}", back.url, back.text);
    }
    let mut receipts = chain(&idp, &delivery.record).await;
    for _ in 0..1000 {
        if receipts.len() == changes.len() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        receipts = chain(&idp, &delivery.record).await;
    }
    let mut previous = Value::Null;
    for (n, ((sequence, hash, payload), change)) in receipts.iter().zip(&changes).enumerate() {
        assert_eq!((*sequence, &payload["previous"], &payload["change"]), (n as i64 + 1, &previous, &json!(change)));
        previous = json!(hash);
    }
    assert_eq!(receipts.len(), changes.len());
    let (version,): (i64,) =
        crm.query(sql!("SELECT version FROM records WHERE id = $1")).bind(delivery.record.as_str()).one().await.unwrap();
    assert_eq!(version, 1 + 2 * changes.len() as i64);
    idp.close().await;
    crm.close().await;
}
