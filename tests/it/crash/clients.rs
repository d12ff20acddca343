//! What an application and a person's browser do with a provider that is another process, and may be gone at any moment.

use std::time::Duration;

use serde_json::Value;
use zegel::demo::browser::Browser;

use crate::support::flow::{CALLBACK, VERIFIER, challenge, text};
use crate::support::world::{APP_SECRET, PASSWORD};

/// What a request came to.
#[derive(Debug)]
pub enum Told {
    /// An answer: it counts, whatever happens next.
    Answer(u16, Value),
    /// None: what was asked may have happened or not.
    Nothing,
}

/// The application `app`, asking one node.
#[derive(Clone)]
pub struct Caller {
    http: reqwest::Client,
    at: String,
}

impl Caller {
    /// Of the node that answers at `at`.
    pub fn new(at: String) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(30))
            .build()
            .unwrap();
        Self { http, at }
    }

    /// The same application at another node.
    pub fn at(&self, at: String) -> Self {
        Self { http: self.http.clone(), at }
    }

    /// Posts a form with the application's secret. An answer that says "later" is asked again.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Told {
        for _ in 0..50 {
            let request = self.http.post(format!("{}{path}", self.at)).basic_auth("app", Some(APP_SECRET)).form(form);
            let Ok(answer) = request.send().await else { return Told::Nothing };
            let status = answer.status().as_u16();
            // An answer that broke off is none.
            let Ok(body) = answer.text().await else { return Told::Nothing };
            if status != 503 {
                return Told::Answer(status, serde_json::from_str(&body).unwrap_or_default());
            }
        }
        panic!("{path} was put off fifty times");
    }

    /// Refreshes.
    pub async fn refresh(&self, token: &str) -> Told {
        self.post("/token", &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// Redeems a code.
    pub async fn redeem(&self, code: &str) -> Told {
        let form =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
        self.post("/token", &form).await
    }

    /// Revokes a token and all that came of its authorization.
    pub async fn revoke(&self, token: &str) -> Told {
        self.post("/revoke", &[("token", token)]).await
    }

    /// The status of userinfo.
    pub async fn userinfo(&self, access: &str) -> u16 {
        self.http.get(format!("{}/userinfo", self.at)).bearer_auth(access).send().await.unwrap().status().as_u16()
    }

    /// A document of the provider.
    pub async fn document(&self, path: &str) -> Value {
        self.http.get(format!("{}{path}", self.at)).send().await.unwrap().json().await.unwrap()
    }

    /// A browser in which someone has signed in.
    pub async fn sign_in(&self, email: &str) -> Browser {
        let mut browser = Browser::new(self.http.clone());
        browser.get(format!("{}/signin", self.at)).await.unwrap();
        let form = [("username", email), ("password", PASSWORD)];
        let page = browser.post(format!("{}/signin", self.at), &form).await.unwrap();
        assert!(page.text.contains("id=\"code\""), "a code is asked for: {} {}", page.status, page.text);
        let code = self.code_to(email).await;
        let page = browser.once(reqwest::Method::POST, &format!("{}/signin/code", self.at), Some(&[("code", &code)])).await;
        assert!(page.as_ref().is_ok_and(|p| p.status.is_redirection()), "{page:?}");
        browser
    }

    /// The code in the newest mail to someone; a worker of the process sends it, so this asks for a while.
    async fn code_to(&self, email: &str) -> String {
        for _ in 0..600 {
            let request = self.http.get(format!("{}/dev/messages", self.at)).header("accept", "application/json");
            let all: Vec<Value> = request.send().await.unwrap().json().await.unwrap();
            let newest = all.iter().find(|m| m["to"] == email).and_then(|m| m["text"].as_str());
            if let Some(code) = newest.and_then(|t| t.split(|c: char| !c.is_ascii_digit()).find(|p| p.len() == 6)) {
                return code.to_owned();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no code reached {email}");
    }

    /// A code for the application, for someone who has signed in.
    pub async fn code(&self, browser: &mut Browser) -> String {
        let challenge = challenge();
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("response_type", "code"),
                ("client_id", "app"),
                ("redirect_uri", CALLBACK),
                ("scope", "openid profile"),
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
            ])
            .finish();
        let answer = browser.once(reqwest::Method::GET, &format!("{}/authorize?{query}", self.at), None).await.unwrap();
        let to = answer.location().unwrap_or_else(|| panic!("{} {}", answer.status, answer.text));
        let found = to.query_pairs().find(|(k, _)| k == "code").map(|(_, v)| v.into_owned());
        found.unwrap_or_else(|| panic!("a code, not {to}"))
    }

    /// What a code gives to a provider that stays.
    pub async fn family(&self, browser: &mut Browser) -> Family {
        let code = self.code(browser).await;
        match self.redeem(&code).await {
            Told::Answer(200, body) => Family::of(&body),
            other => panic!("{other:?}"),
        }
    }
}

/// What was last acknowledged of one authorization.
#[derive(Clone, Debug)]
pub struct Family {
    /// An access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
    /// The one before it, known to be used.
    pub before: Option<String>,
}

impl Family {
    /// From an answer of the token endpoint.
    pub fn of(body: &Value) -> Self {
        Self { access: text(body, "access_token").to_owned(), refresh: text(body, "refresh_token").to_owned(), before: None }
    }

    /// After a refresh that was answered.
    pub fn next(self, body: &Value) -> Self {
        Self { before: Some(self.refresh), ..Self::of(body) }
    }

    /// The id of the issue.
    pub fn issue(&self) -> String {
        text(&crate::support::flow::claims(&self.access), "issue").to_owned()
    }
}
