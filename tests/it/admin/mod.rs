//! Administration by page and API: who may, what it changes, and what it never shows.

mod applications;
mod audit;
mod commands;
mod fresh;
mod groups;
mod keys;
mod leaving;
mod pages;
mod people;
mod providers;
mod trials;

use reqwest::Method;
use serde_json::Value;
use zegel::demo::browser::Browser;

use crate::support::flow::{CALLBACK, VERIFIER, answered, authorize, authorize_url, until_answer};
use crate::support::world::World;

/// The secret of the application that administrators work through.
const SECRET: &str = "the-secret-of-the-administrators-tool-40-c";

const MORE: &str = r#"
people:
  - {email: ada@example.com, name: Ada Admin, staff: true, password: correct horse battery, roles: [administrator]}
applications:
  - {client_id: tool, client_name: Tool, client_secret: the-secret-of-the-administrators-tool-40-c, redirect_uris: ["http://127.0.0.1:9/cb"], grant_types: [authorization_code], scope: "openid admin"}
"#;

/// Someone who asks the API through the tool.
pub struct Caller<'w> {
    world: &'w World,
    token: String,
    browser: Browser,
}

/// The company, with Ada as one more administrator.
pub async fn begin(world: &World) {
    world.apply(MORE).await;
    world.poll().await;
}

const ASKED: [(&str, &str); 2] = [("client_id", "tool"), ("scope", "openid admin")];

impl<'w> Caller<'w> {
    /// Signs in through the tool.
    pub async fn of(world: &'w World, email: &str) -> Self {
        let (browser, answer) = authorize(world, email, &ASKED).await;
        let token = Self::redeem(world, &answered(&answer, "code").unwrap()).await;
        Self { world, token, browser }
    }

    async fn redeem(world: &World, code: &str) -> String {
        let form =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
        let (status, answer) = world.token(("tool", SECRET), &form).await;
        assert_eq!(status, 200, "{answer}");
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// Another token in the same session: the sign-in gets no younger by it.
    pub async fn again(&mut self) {
        let answer = until_answer(self.world, &mut self.browser, &authorize_url(self.world, &ASKED)).await;
        self.token = Self::redeem(self.world, &answered(&answer, "code").unwrap()).await;
    }

    /// Asks `/api/admin<path>`: status and body.
    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let (status, text, _) = self.raw(method, path, body).await;
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// The same with the text of the body, and the challenge of a refusal.
    pub async fn raw(&self, method: Method, path: &str, body: Option<Value>) -> (u16, String, String) {
        let url = format!("{}/api/admin{path}", self.world.idp_url);
        let mut request = self.world.http.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let challenge = answer.headers().get("www-authenticate").map_or(String::new(), |v| v.to_str().unwrap().to_owned());
        (answer.status().as_u16(), answer.text().await.unwrap(), challenge)
    }

    /// The body of a successful GET.
    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(Method::GET, path, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// The id of a person by his address.
    pub async fn person(&self, email: &str) -> String {
        let found = self.get(&format!("/people?q={email}")).await;
        found["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{email} in {found}")).to_owned()
    }
}

/// The values of one member of each row.
pub fn each<'v>(list: &'v Value, name: &str) -> Vec<&'v str> {
    list["items"].as_array().unwrap().iter().map(|i| i[name].as_str().unwrap()).collect()
}
