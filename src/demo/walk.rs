//! The story, played by a small browser against the running program. Each step says what it saw; one that doesn't hold
//! ends the walk.

use std::time::Duration;

use serde_json::Value;

use super::browser::{Answer, Browser};
use super::{PASSWORD, Places};
use crate::kernel::out::Out;

/// Why a step didn't hold.
type Broken = String;

/// Plays the story; whether each step held.
pub async fn run(places: &Places, out: &mut Out<'_>) -> bool {
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(20))
        // The demonstration may run on its own certificate.
        .danger_accept_invalid_certs(places.idp.starts_with("https://localhost"))
        .build();
    let http = match http {
        Ok(http) => http,
        Err(e) => {
            out.line(format_args!("no client: {e}"));
            return false;
        }
    };
    let mut walk = Walk { places, http, out, number: 0 };
    match walk.story().await {
        Ok(()) => {
            walk.out.line(format_args!("All {} steps held.", walk.number));
            true
        }
        Err(why) => {
            walk.out.line(format_args!("     DID NOT HOLD: {why}"));
            false
        }
    }
}

struct Walk<'a, 'o> {
    places: &'a Places,
    http: reqwest::Client,
    out: &'a mut Out<'o>,
    number: usize,
}

/// A condition of a step.
fn hold(condition: bool, otherwise: impl Into<String>) -> Result<(), Broken> {
    if condition { Ok(()) } else { Err(otherwise.into()) }
}

fn net(e: reqwest::Error) -> Broken {
    format!("the connection: {e}")
}

impl Walk<'_, '_> {
    fn begin(&mut self, what: &str) {
        self.number += 1;
        self.out.line(format_args!("{:>3}. {what}", self.number));
    }

    fn saw(&mut self, what: impl std::fmt::Display) {
        self.out.line(format_args!("     saw: {what}"));
    }

    fn idp(&self, path: &str) -> String {
        format!("{}{path}", self.places.idp)
    }

    fn crm(&self, path: &str) -> String {
        format!("{}{path}", self.places.crm)
    }

    async fn story(&mut self) -> Result<(), Broken> {
        self.begin("Both halves say that they are ready");
        for base in [self.idp("/readyz"), self.crm("/readyz")] {
            let status = self.http.get(&base).send().await.map_err(net)?.status();
            hold(status.is_success(), format!("{base} answers {status}"))?;
            self.saw(format_args!("{base} {status}"));
        }
        let mut daan = self.sign_in().await?;
        self.sign_out(&mut daan).await
    }

    async fn sign_in(&mut self) -> Result<Browser, Broken> {
        let mut daan = Browser::new(self.http.clone());
        self.begin("Daan opens the record store and is sent to the provider to sign in");
        let page = daan.get(self.crm("/me")).await.map_err(net)?;
        hold(page.url.as_str().starts_with(&self.places.idp), format!("he is at {}", page.url))?;
        hold(page.text.contains("id=\"username\""), "there is no field for his address")?;
        self.saw(&page.url);

        self.begin("A wrong password is refused");
        let form = [("username", "daan@example.com"), ("password", "not his password")];
        let page = daan.post(self.idp("/signin"), &form).await.map_err(net)?;
        hold(page.status.as_u16() == 422 && !page.text.contains("id=\"code\""), format!("the answer is {}", page.status))?;
        self.saw(format_args!("{}, and no question for a code", page.status));

        self.begin("With the right one, a code is asked for and mailed");
        let form = [("username", "daan@example.com"), ("password", PASSWORD)];
        let page = daan.post(self.idp("/signin"), &form).await.map_err(net)?;
        hold(page.text.contains("id=\"code\""), format!("no code is asked for: {}", page.status))?;
        let code = self.code_to("daan@example.com", 6).await?;
        self.saw(format_args!("a mail with a code of {} digits", code.len()));

        self.begin("A wrong code is refused, the right one opens the record store");
        let wrong = if code == "000000" { "111111" } else { "000000" };
        let page = daan.post(self.idp("/signin/code"), &[("code", wrong)]).await.map_err(net)?;
        hold(page.status.as_u16() == 422, format!("a wrong code is answered {}", page.status))?;
        let page = daan.post(self.idp("/signin/code"), &[("code", &code)]).await.map_err(net)?;
        hold(
            page.url.as_str().starts_with(&self.places.crm) && page.status.is_success(),
            format!("he is at {} ({})", page.url, page.status),
        )?;
        hold(page.text.contains("Daan Visser"), "the page doesn't say who he is")?;
        self.saw(format_args!("{} says Daan Visser", page.url));
        Ok(daan)
    }

    async fn sign_out(&mut self, daan: &mut Browser) -> Result<(), Broken> {
        self.begin("Daan signs out, and must sign in again");
        daan.post(self.crm("/sign-out"), &[]).await.map_err(net)?;
        let page: Answer = daan.get(self.crm("/me")).await.map_err(net)?;
        hold(page.text.contains("id=\"username\""), format!("he is still in: {}", page.url))?;
        self.saw(&page.url);
        Ok(())
    }

    /// The first number of `digits` digits in the newest message to someone. Messages are sent by a worker, so this asks
    /// for some seconds.
    async fn code_to(&mut self, to: &str, digits: usize) -> Result<String, Broken> {
        for _ in 0..100 {
            let answer =
                self.http.get(self.idp("/dev/messages")).header("accept", "application/json").send().await.map_err(net)?;
            let all: Vec<Value> = answer.json().await.map_err(net)?;
            let newest = all.iter().find(|m| m["to"] == to).and_then(|m| m["text"].as_str());
            let found = newest.and_then(|t| t.split(|c: char| !c.is_ascii_digit()).find(|p| p.len() == digits));
            if let Some(code) = found {
                return Ok(code.to_owned());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(format!("no message with a code reached {to}"))
    }
}
