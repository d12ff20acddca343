//! The story, played by a small browser against the running program. Each step says what it saw; one that doesn't hold
//! ends the walk.

mod shared;
mod signin;

use std::time::Duration;

use serde_json::Value;

use super::browser::{Answer, Browser};
use super::{PASSWORD, Places};
use crate::app;
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
        let delivery = self.delivery(&mut daan).await?;
        let receipt = self.sealed(&mut daan, &delivery).await?;
        self.verified(&mut daan, &receipt).await?;
        self.sign_out(&mut daan).await?;
        self.signing_in().await?;
        self.sharing().await
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

    /// Daan opens the delivery and sets it to Delivered; the path of its page.
    async fn delivery(&mut self, daan: &mut Browser) -> Result<String, Broken> {
        self.begin("Daan opens delivery D-2041, which is on the road");
        let list = daan.get(self.crm("/m/deliveries")).await.map_err(net)?;
        let row = list.text.split("href=\"").find(|part| part.contains(">D-2041<"));
        let path = row.and_then(|r| r.split('"').next()).ok_or("D-2041 is not in the list")?.to_owned();
        let page = daan.get(self.crm(&path)).await.map_err(net)?;
        hold(page.text.contains("id=\"set-status-delivered\""), "there is no button to set it to Delivered")?;
        self.saw(&page.url);

        self.begin("He sets it to Delivered: it waits, and the customer gets a code");
        let version = page.after("name=\"base_version\" value=\"").ok_or("the form has no version")?.to_owned();
        let form = [("base_version", version.as_str()), ("field", "status"), ("value", "delivered"), ("idempotency_key", "walk")];
        let dialog = daan.post(self.crm(&format!("{path}/set")), &form).await.map_err(net)?;
        hold(dialog.url.path().starts_with("/pending/"), format!("he is at {} ({})", dialog.url, dialog.status))?;
        hold(dialog.text.contains("p•••@example.com"), "the dialog doesn't say who got the code")?;
        let still = daan.get(self.crm(&path)).await.map_err(net)?;
        hold(still.text.contains("On the road"), "the record has changed already")?;
        self.saw(format_args!("{}, and the record unchanged", dialog.url));

        self.begin("A wrong code changes nothing");
        let code = self.code_to("patricia@example.com", 5).await?;
        let wrong = if code == "00000" { "11111" } else { "00000" };
        let answer = self.give(daan, &dialog, wrong).await?;
        hold(answer.status.as_u16() == 422, format!("it is answered {}", answer.status))?;
        self.saw(answer.status);

        self.begin("The code that Patricia was mailed makes the change");
        let answer = self.give(daan, &dialog, &code).await?;
        hold(answer.url.path() == path, format!("he is at {} ({})", answer.url, answer.status))?;
        hold(answer.text.contains(">Delivered<"), "the record is not Delivered")?;
        self.saw(format_args!("{} is Delivered", answer.url));
        Ok(path)
    }

    /// Types a code into a dialog.
    async fn give(&self, daan: &mut Browser, dialog: &Answer, code: &str) -> Result<Answer, Broken> {
        let hidden = |name: &str| dialog.after(&format!("name=\"{name}\" value=\"")).unwrap_or_default().to_owned();
        let (rule, attempt) = (hidden("rule"), format!("{}-{code}", hidden("attempt")));
        let form = [("rule", rule.as_str()), ("attempt", attempt.as_str()), ("code", code)];
        daan.post(format!("{}/code", dialog.url), &form).await.map_err(net)
    }

    /// The seal beside the record; the receipt as downloaded.
    async fn sealed(&mut self, daan: &mut Browser, path: &str) -> Result<String, Broken> {
        self.begin("The record wears its seal, and the receipt can be downloaded");
        for _ in 0..100 {
            let page = daan.get(self.crm(path)).await.map_err(net)?;
            if let Some(receipt) = page.after("class=\"seal\" href=\"").map(str::to_owned) {
                let file = daan.get(self.crm(&format!("{receipt}/file"))).await.map_err(net)?;
                hold(file.status.is_success() && file.text.contains('~'), format!("the file is answered {}", file.status))?;
                self.saw(format_args!("{receipt}, {} bytes", file.text.len()));
                return Ok(file.text);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err("no seal appeared".into())
    }

    async fn verified(&mut self, daan: &mut Browser, receipt: &str) -> Result<(), Broken> {
        self.begin("The provider's public page says that the receipt is genuine, and of a changed one that it is not");
        let page = daan.post(self.idp("/receipts/verify"), &[("receipt", receipt.trim())]).await.map_err(net)?;
        hold(page.text.contains("This receipt is genuine"), format!("it says {}", page.status))?;
        let (head, tail) = receipt.split_at(receipt.len() / 3);
        let changed = format!("{head}{}{}", if tail.starts_with('A') { 'B' } else { 'A' }, tail.get(1..).unwrap_or_default());
        let page = daan.post(self.idp("/receipts/verify"), &[("receipt", changed.trim())]).await.map_err(net)?;
        hold(!page.text.contains("This receipt is genuine"), "a changed receipt passes")?;
        self.saw("genuine, and not genuine");

        self.begin("It verifies offline, with the provider's published keys");
        let keys = self.http.get(self.idp("/oauth2/receipt-keys")).send().await.map_err(net)?.text().await.map_err(net)?;
        let (report, holds) = app::check_receipts(receipt, &keys, &self.places.idp);
        for line in report.lines() {
            self.saw(line.trim());
        }
        hold(holds, "not everything holds")
    }

    async fn sign_out(&mut self, daan: &mut Browser) -> Result<(), Broken> {
        self.begin("Daan signs out, and must sign in again");
        daan.post(self.crm("/sign-out"), &[]).await.map_err(net)?;
        let page: Answer = daan.get(self.crm("/me")).await.map_err(net)?;
        hold(page.text.contains("id=\"username\""), format!("he is still in: {}", page.url))?;
        self.saw(&page.url);
        Ok(())
    }

    /// What was sent, the newest first.
    async fn messages(&self) -> Result<Vec<Value>, Broken> {
        let answer = self.http.get(self.idp("/dev/messages")).header("accept", "application/json").send().await.map_err(net)?;
        answer.json().await.map_err(net)
    }

    /// The code of `digits` digits in the newest message to someone that has one. Messages are sent by a worker, so this asks
    /// for some seconds.
    async fn code_to(&mut self, to: &str, digits: usize) -> Result<String, Broken> {
        for _ in 0..100 {
            let all = self.messages().await?;
            let is_code = |w: &&str| w.len() == digits && w.bytes().all(|b| b.is_ascii_digit());
            let word = |text: &'_ str| {
                let words = text.split_whitespace().map(|w| w.trim_matches(|c: char| !c.is_ascii_alphanumeric()));
                words.into_iter().find(is_code).map(str::to_owned)
            };
            let found = all.iter().filter(|m| m["to"] == to).find_map(|m| word(m["text"].as_str()?));
            if let Some(code) = found {
                return Ok(code);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(format!("no message with a code reached {to}"))
    }
}
