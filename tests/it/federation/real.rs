//! Two providers that are real: `oidc-provider`, which is not ours, and a second installation of this one.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use zegel::demo::browser::{Answer, Browser};

use super::{SECRET, upstream};
use crate::on_both_engines;
use crate::support::node::node;
use crate::support::postgres::TestDb;
use crate::support::world::{Options, PASSWORD, World};

/// `oidc-provider` in a process of its own; it ends with the test.
struct Node {
    child: Child,
    url: String,
}

impl Node {
    fn start(world: &World) -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/node");
        let callback = format!("{}/federation/partner/callback", world.idp_url);
        let mut child = Command::new(node())
            .args([&format!("{folder}/provider.mjs"), &callback, SECRET])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node is installed (scripts/setup)");
        let url =
            BufReader::new(child.stdout.take().unwrap()).lines().next().expect("the provider starts (scripts/setup)").unwrap();
        Self { child, url }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Leaves for the partner, and does there what its own pages ask, until it leads back.
async fn through_node(world: &World, name: &str) -> (Browser, Answer) {
    let mut browser = world.browser();
    browser.get(format!("{}/signin", world.idp_url)).await.unwrap();
    let mut page = browser.post(format!("{}/signin/with/partner", world.idp_url), &[]).await.unwrap();
    for _ in 0..3 {
        let Some(to) = page.after("action=\"").filter(|a| a.contains("/interaction/")).map(str::to_owned) else { break };
        let consent = page.text.contains("value=\"consent\"");
        let login = [("prompt", "login"), ("login", name), ("password", "any")];
        page = browser.post(&to, if consent { &[("prompt", "consent")] } else { &login }).await.unwrap();
    }
    (browser, page)
}

on_both_engines! {
    /// S10: discovery, code flow and userinfo with a provider of another make, from its sign-in page to ours and in.
    async fn a_provider_of_another_make_signs_people_in(db: TestDb) {
        let world = World::start(db).await;
        let node = Node::start(&world);
        world.apply(&upstream(&node.url, "domains: [partner.example], create: domains, staff: true")).await;
        let (mut browser, page) = through_node(&world, "nina").await;
        assert!(page.text.contains("id=\"code\""), "{} {} {}", page.url, page.status, page.text);
        let code = world.code_for("nina@partner.example", 6).await;
        let page = browser.post(format!("{}/signin/code", world.idp_url), &[("code", &code)]).await.unwrap();
        assert_eq!(page.url.path(), "/", "{}", page.text);
        assert!(page.text.contains("Nina of the Partner"), "{}", page.text);
        let (_, page) = through_node(&world, "unverified").await;
        assert_eq!(page.status, 403, "{}", page.text);
    }

    /// S10: one installation of this program signs people in at another, from an application's request to its answer.
    async fn one_installation_signs_people_in_at_another(db: TestDb) {
        let world = World::start(db).await;
        let other = World::start_with(TestDb::sqlite(), Options { numeric: true, ..Options::default() }).await;
        let client = format!(
            "applications:\n  - {{client_id: house, client_name: House, client_secret: \"{SECRET}\", redirect_uris: [\"{}/federation/partner/callback\"]}}\n",
            world.idp_url
        );
        other.apply(&client).await;
        let trust = "trust: [{acr: \"urn:zegel:acr:password-mail\", counts_as: \"urn:zegel:acr:password-mail\"}]";
        world.apply(&upstream(&other.idp_url, &format!("domains: [other.example], {trust}"))).await;
        let id = |world: &World, email: &'static str| {
            let db = world.idp().db.clone();
            async move {
                let row: (String,) = db.query(zegel::sql!("SELECT id FROM people WHERE email_key = $1")).bind(email).one().await.unwrap();
                row.0
            }
        };
        let (here, there) = (id(&world, "mila@example.com").await, id(&other, "patricia@example.com").await);
        let asking = zegel::idp::admin::gate::Asking::command(world.idp());
        zegel::idp::admin::federation::flow::link(world.idp(), &asking, &here, "partner", &there).await.unwrap();
        let mut browser = world.browser();
        let request = crate::support::flow::authorize_url(&world, &[]);
        browser.get(&request).await.unwrap();
        let page = browser.post(format!("{}/signin/with/partner", world.idp_url), &[]).await.unwrap();
        assert!(page.url.as_str().starts_with(&other.idp_url), "{}", page.url);
        browser.post(format!("{}/signin", other.idp_url), &[("username", "patricia@example.com"), ("password", PASSWORD)]).await.unwrap();
        let code = other.code_for("patricia@example.com", 6).await;
        let mut answer = browser.once(reqwest::Method::POST, &format!("{}/signin/code", other.idp_url), Some(&[("code", &code)])).await.unwrap();
        while let Some(next) = answer.location().filter(|u| u.port() != Some(9)) {
            answer = browser.once(reqwest::Method::GET, next.as_str(), None).await.unwrap();
        }
        let code = crate::support::flow::answered(&answer, "code").unwrap_or_else(|| panic!("{} {}", answer.url, answer.text));
        let (status, tokens) = crate::support::flow::redeem(&world, &code).await;
        assert_eq!(status, 200, "{tokens}");
        let claims = crate::support::flow::claims(crate::support::flow::text(&tokens, "id_token"));
        assert_eq!((&claims["sub"], &claims["acr"]), (&here.into(), &"urn:zegel:acr:password-mail".into()));
    }
}
