//! Who has access to what, at the provider: relations, grants, invitations, and the log that tells of them.

mod applications;
mod authzen;
mod files;
mod grants;
mod invitations;
mod links;
mod log;
mod record_store;

use serde_json::{Value, json};
use zegel::contract::feed::{Entry, Positioned};
use zegel::idp::feed;

use crate::support::flow::{CALLBACK, VERIFIER, answered, authorize};
use crate::support::postgres::TestDb;
use crate::support::world::World;

const SECRET: &str = "the-secret-of-the-desk-of-40-characters-..";

/// An installation with an administrator without authenticator, a group, and an application that does what the record
/// store's pages do: it tells of relations and passes on what people ask.
pub struct House {
    pub world: World,
}

impl House {
    /// Relations `r1` and `r2`; Mila manages the first.
    pub async fn new(db: TestDb) -> Self {
        let world = World::start(db).await;
        world
            .apply(&format!(
                r#"
people:
  - {{email: ria@example.com, name: Ria Chef, staff: true, password: correct horse battery, roles: [administrator], groups: []}}
  - {{email: mila@example.com, name: Mila de Boer, groups: [sales team]}}
groups: [{{name: sales team}}]
applications:
  - {{client_id: desk, client_name: Desk, client_secret: "{SECRET}", redirect_uris: ["{CALLBACK}"],
     grant_types: [authorization_code, refresh_token, client_credentials], scope: "openid grants relations:write access-log:read"}}
"#
            ))
            .await;
        world.poll().await;
        let house = Self { world };
        let relations = json!([
            {"id": "r1", "name": "Bakkerij Smit", "external_key": "smit", "active": true},
            {"id": "r2", "name": "Visser BV", "parent": "r1", "active": true}
        ]);
        assert_eq!(house.push(relations).await.0, 200);
        let ria = house.token("ria@example.com").await;
        let mila = house.id_of("mila@example.com").await;
        assert_eq!(house.give(&ria, "r1", json!({"holder": {"person": mila}, "level": "manager"})).await.0, 201);
        house
    }

    /// The desk's own token.
    pub async fn own(&self, scope: &str) -> String {
        let form = [("grant_type", "client_credentials"), ("scope", scope)];
        let (status, answer) = self.world.token(("desk", SECRET), &form).await;
        assert_eq!(status, 200, "{answer}");
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// Someone's token through the desk.
    pub async fn token(&self, email: &str) -> String {
        let (_, answer) = authorize(&self.world, email, &[("client_id", "desk"), ("scope", "openid grants")]).await;
        let code = answered(&answer, "code").unwrap();
        let form =
            [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
        let (status, answer) = self.world.token(("desk", SECRET), &form).await;
        assert_eq!(status, 200, "{answer}");
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// A call of the provider's API.
    pub async fn call(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = self.world.http.request(method.parse().unwrap(), format!("{}{path}", self.world.idp_url));
        request = request.bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    pub async fn push(&self, relations: Value) -> (u16, Value) {
        let own = self.own("relations:write").await;
        self.call(&own, "POST", "/api/relations", Some(relations)).await
    }

    pub async fn give(&self, token: &str, relation: &str, grant: Value) -> (u16, Value) {
        self.call(token, "POST", &format!("/api/relations/{relation}/grants"), Some(grant)).await
    }

    pub async fn access(&self, token: &str, relation: &str) -> (u16, Value) {
        self.call(token, "GET", &format!("/api/relations/{relation}/access"), None).await
    }

    pub async fn take(&self, token: &str, grant: &str) -> (u16, Value) {
        self.call(token, "DELETE", &format!("/api/grants/{grant}"), None).await
    }

    /// Everything in the log, in order.
    pub async fn log(&self) -> Vec<Positioned> {
        let page = feed::flow::page(&self.world.idp().db, 0).await.unwrap();
        page.entries.into_iter().map(|e| e.named(&page.names)).collect()
    }

    /// The entries after a position.
    pub async fn since(&self, position: usize) -> Vec<Entry> {
        self.log().await.into_iter().skip(position).map(|p| p.entry).collect()
    }

    pub async fn id_of(&self, email: &str) -> String {
        self.person(email).await.unwrap_or_else(|| panic!("nobody has {email}")).id
    }

    pub async fn person(&self, email: &str) -> Option<zegel::idp::people::Person> {
        let mut snapshot = self.world.idp().db.snapshot().await.unwrap();
        let key = zegel::idp::people::EmailKey::parse(email).unwrap();
        zegel::idp::people::store::by_email(&mut snapshot.tx(), &key).await.unwrap()
    }

    pub async fn group(&self, name: &str) -> String {
        let mut snapshot = self.world.idp().db.snapshot().await.unwrap();
        let all = zegel::idp::people::store::groups(&mut snapshot.tx()).await.unwrap();
        all.into_iter().find(|(_, n)| n == name).unwrap().0
    }

    /// Now, in milliseconds, and so many seconds from now.
    pub fn after(&self, seconds: i64) -> i64 {
        zegel::kernel::clock::Clock::now(self.world.clock.as_ref()).0 + seconds * 1000
    }
}
