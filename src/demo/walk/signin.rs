//! Signing in by more than a mailed code: an authenticator app, an invitation that leads to what its policy asks, a passkey.

use serde_json::Value;

use super::{Broken, Walk, hold, net};
use crate::app;
use crate::demo::PASSWORD;
use crate::demo::browser::{Answer, Browser};
use crate::demo::passkey::Passkey;

/// The key of Bram's app (`presets/demo_people.yaml`).
const BRAM: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const NORA: &str = "nora@example.com";
const APP: &str = "/account/security/authenticator";
const NEW_PASSKEY: &str = "/account/security/passkeys/new";

/// What an app with this key shows.
fn shown(key: &str) -> Result<String, Broken> {
    app::authenticator_code(key).ok_or_else(|| format!("{key} is no key of an app"))
}

impl Walk<'_, '_> {
    /// Bram with his app, Nora from her invitation to her passkey.
    pub(super) async fn signing_in(&mut self) -> Result<(), Broken> {
        self.by_app().await?;
        let mut nora = self.invited().await?;
        self.enrolled(&mut nora).await?;
        self.by_passkey(&mut nora).await
    }

    async fn by_app(&mut self) -> Result<(), Broken> {
        self.begin("Bram signs in: his password, and a code of his authenticator app");
        let mut bram = Browser::new(self.http.clone());
        bram.get(self.crm("/me")).await.map_err(net)?;
        let form = [("username", "bram@example.com"), ("password", PASSWORD)];
        let page = bram.post(self.idp("/signin"), &form).await.map_err(net)?;
        hold(page.text.contains("authenticator app"), format!("his app is not asked for: {}", page.status))?;
        let page = bram.post(self.idp("/signin/code"), &[("code", shown(BRAM)?.as_str())]).await.map_err(net)?;
        hold(page.url.as_str().starts_with(&self.places.crm), format!("he is at {} ({})", page.url, page.status))?;
        self.saw(&page.url);
        Ok(())
    }

    /// Nora's browser, after she has chosen a password.
    async fn invited(&mut self) -> Result<Browser, Broken> {
        self.begin("Nora, who is new in finance, opens the link that she was mailed and chooses a password");
        let link = self.link_to(NORA, "/password/").await?;
        let mut nora = Browser::new(self.http.clone());
        let page = nora.get(&link).await.map_err(net)?;
        hold(page.text.contains("name=\"repeat\""), format!("there is no form for a password: {}", page.status))?;
        let page = nora.post(&link, &[("password", PASSWORD), ("repeat", PASSWORD)]).await.map_err(net)?;
        hold(page.url.path() == "/setup" && page.text.contains("Step 2 of 3"), format!("she is at {}", page.url))?;
        self.saw(format_args!("{}: step 2 of 3, a second step", page.url));

        self.begin("Her policy asks for an app or a passkey, and nothing of hers opens before");
        for path in ["/", "/account", "/account/sessions"] {
            let page = nora.get(self.idp(path)).await.map_err(net)?;
            hold(page.url.path() == "/setup", format!("{path} opens: {}", page.url))?;
        }
        let page = nora.post(self.idp("/setup"), &[("later", "factor")]).await.map_err(net)?;
        hold(page.text.contains("Step 2 of 3"), "it can be put off")?;
        self.saw("each leads back to the step");
        Ok(nora)
    }

    async fn enrolled(&mut self, nora: &mut Browser) -> Result<(), Broken> {
        self.begin("She sets up an app by the key that is shown, and keeps her recovery codes");
        let page = nora.post(self.idp(APP), &[("do", "begin")]).await.map_err(net)?;
        let key = page.text.split_once("id=\"key\">").and_then(|(_, rest)| rest.split('<').next()).ok_or("there is no key")?;
        let code = shown(key)?;
        let page = nora.post(self.idp(APP), &[("do", "confirm"), ("code", code.as_str())]).await.map_err(net)?;
        hold(page.text.contains("Step 3 of 3"), format!("she is at {} ({})", page.url, page.status))?;
        let page = nora.post(self.idp("/account/security/recovery"), &[]).await.map_err(net)?;
        let codes = page.text.matches("<li><code>").count();
        hold(codes == 10, format!("{codes} codes are shown"))?;
        let page = nora.get(self.idp("/setup")).await.map_err(net)?;
        hold(page.url.path() == "/" && page.text.contains("Nora"), format!("she is at {}", page.url))?;
        self.saw(format_args!("{codes} codes, then {}", page.url));

        self.begin("She is signed in as strongly as is asked: the record store opens without another question");
        let page = nora.get(self.crm("/me")).await.map_err(net)?;
        let there = page.url.as_str().starts_with(&self.places.crm) && page.text.contains("Nora Vink");
        hold(there, format!("she is at {} ({})", page.url, page.status))?;
        self.saw(&page.url);
        Ok(())
    }

    async fn by_passkey(&mut self, nora: &mut Browser) -> Result<(), Broken> {
        self.begin("She adds a passkey");
        let (id, options) = self.challenge(nora, "/account/security/passkeys/options").await?;
        let (mut passkey, made) = Passkey::make(&self.places.idp, &options).ok_or("no passkey can be made for this")?;
        let form = [("name", "Laptop"), ("challenge", id.as_str()), ("credential", made.as_str())];
        let page = nora.post(self.idp(NEW_PASSKEY), &form).await.map_err(net)?;
        hold(page.text.contains("Laptop"), format!("it is answered {} at {}", page.status, page.url))?;
        self.saw(&page.url);

        self.begin("In another browser she signs in with it alone: no address, no password, no code");
        let mut browser = Browser::new(self.http.clone());
        browser.get(self.crm("/me")).await.map_err(net)?;
        let (id, options) = self.challenge(&mut browser, "/signin/passkey/options").await?;
        let answer = passkey.show(&options).ok_or("the passkey can't answer this")?;
        let form = [("challenge", id.as_str()), ("credential", answer.as_str())];
        let page = browser.post(self.idp("/signin/passkey"), &form).await.map_err(net)?;
        hold(page.text.contains("Nora Vink"), format!("she is at {} ({})", page.url, page.status))?;
        self.saw(&page.url);
        Ok(())
    }

    /// What the script of a page would ask: the id of a challenge, and its options.
    async fn challenge(&mut self, browser: &mut Browser, path: &str) -> Result<(String, Value), Broken> {
        let answer: Answer = browser.once(reqwest::Method::POST, &self.idp(path), Some(&[])).await.map_err(net)?;
        let asked: Value = serde_json::from_str(&answer.text).map_err(|e| format!("{path} answers {}: {e}", answer.status))?;
        let id = asked.get("id").and_then(Value::as_str).ok_or("the challenge has no id")?.to_owned();
        Ok((id, asked.get("options").cloned().unwrap_or_default()))
    }

    /// The link with this part in the newest message to someone that has one. Messages are sent by a worker, so this asks for some
    /// seconds.
    async fn link_to(&mut self, to: &str, part: &str) -> Result<String, Broken> {
        for _ in 0..100 {
            let all = self.messages().await?;
            let word = |text: &str| text.split_whitespace().find(|w| w.contains(part)).map(str::to_owned);
            if let Some(link) = all.iter().filter(|m| m["to"] == to).find_map(|m| word(m["text"].as_str()?)) {
                return Ok(link);
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        Err(format!("no message with a link reached {to}"))
    }
}
