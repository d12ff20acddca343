//! The second half of the story: what a customer's contact sees and opens, and that taking her access away ends it
//! everywhere at once.

use super::{Broken, Walk, hold, net};
use crate::demo::PASSWORD;
use crate::demo::browser::{Answer, Browser};

impl Walk<'_, '_> {
    /// Patricia's portal, the second application by the same sign-in, access taken away, and one sign-out for all.
    pub(super) async fn sharing(&mut self) -> Result<(), Broken> {
        let mut patricia = self.portal().await?;
        let mut mila = self.signed_in("mila@example.com", "Mila signs in to the record store").await?;
        self.approved(&mut patricia, &mut mila).await?;
        self.second_application(&mut patricia).await?;
        self.taken_away(&mut patricia, &mut mila).await?;
        self.one_sign_out(&mut mila).await
    }

    /// Somebody's browser, signed in by password and mailed code at the record store's wish.
    async fn signed_in(&mut self, email: &str, what: &str) -> Result<Browser, Broken> {
        self.begin(what);
        let mut browser = Browser::new(self.http.clone());
        browser.get(self.crm("/")).await.map_err(net)?;
        let form = [("username", email), ("password", PASSWORD)];
        browser.post(self.idp("/signin"), &form).await.map_err(net)?;
        let code = self.code_to(email, 6).await?;
        let page = browser.post(self.idp("/signin/code"), &[("code", code.as_str())]).await.map_err(net)?;
        hold(page.status.is_success() && page.url.as_str().starts_with(&self.places.crm), format!("at {}", page.url))?;
        self.saw(&page.url);
        Ok(browser)
    }

    async fn portal(&mut self) -> Result<Browser, Broken> {
        let mut patricia =
            self.signed_in("patricia@example.com", "Patricia, a customer's contact, signs in to the portal").await?;
        self.begin("She sees her quote that is approved, and not the one that is still being negotiated");
        let home = patricia.get(self.crm("/")).await.map_err(net)?;
        let quotes = patricia.get(self.crm("/m/quotes")).await.map_err(net)?;
        hold(home.text.contains("Q-312") && quotes.text.contains("Q-312"), "her approved quote isn't there")?;
        hold(!home.text.contains("Q-313") && !quotes.text.contains("Q-313"), "the quote under negotiation is shown")?;
        hold(!quotes.text.contains("Q-311"), "another customer's quote is shown")?;
        self.saw("Q-312 and nothing else");

        self.begin("Nothing internal is shown, by list, search or address");
        let notes = patricia.get(self.crm("/m/notes")).await.map_err(net)?;
        hold(!notes.text.contains("Margin"), "an internal note is in the list")?;
        let found = patricia.get(self.crm("/search?q=Margin")).await.map_err(net)?;
        hold(!found.text.contains("Margin on the framework"), "an internal note is found")?;
        self.saw(format_args!("{} and {}", notes.status, found.status));
        Ok(patricia)
    }

    /// Mila approves the quote; Patricia's next page has it.
    async fn approved(&mut self, patricia: &mut Browser, mila: &mut Browser) -> Result<(), Broken> {
        self.begin("Mila sets the other quote to Approved, and Patricia's next click shows it");
        let path = self.find(mila, "/m/quotes", "Q-313").await?;
        let hidden = patricia.get(self.crm(&path)).await.map_err(net)?;
        hold(hidden.status.as_u16() == 404, format!("its address answers her {}", hidden.status))?;
        let page = mila.get(self.crm(&path)).await.map_err(net)?;
        let version = page.after("name=\"base_version\" value=\"").ok_or("the form has no version")?.to_owned();
        let form =
            [("base_version", version.as_str()), ("field", "stage"), ("value", "approved"), ("idempotency_key", "approve")];
        let answer = mila.post(self.crm(&format!("{path}/set")), &form).await.map_err(net)?;
        hold(answer.status.is_success(), format!("it is answered {}", answer.status))?;
        let shown = patricia.get(self.crm(&path)).await.map_err(net)?;
        hold(shown.status.is_success() && shown.text.contains("Q-313"), format!("she is answered {}", shown.status))?;
        self.saw(format_args!("{path}: 404 before, {} after", shown.status));
        Ok(())
    }

    async fn second_application(&mut self, patricia: &mut Browser) -> Result<(), Broken> {
        self.begin("A tile opens the accounting application, without signing in again");
        let home = patricia.get(self.crm("/")).await.map_err(net)?;
        let tile = link_to(&home, "Accounting").ok_or("there is no tile for the accounting application")?;
        let page = patricia.get(&tile).await.map_err(net)?;
        hold(page.url.as_str().starts_with(&self.places.accounting), format!("she is at {}", page.url))?;
        hold(page.text.contains("Patricia Nowak"), "it doesn't know her")?;
        self.saw(&page.url);
        Ok(())
    }

    async fn taken_away(&mut self, patricia: &mut Browser, mila: &mut Browser) -> Result<(), Broken> {
        self.begin("Mila takes Patricia's access away; it is acknowledged everywhere before the answer");
        let relation = self.find(mila, "/m/relations", "Kowalski Transport").await?;
        let access = mila.get(self.crm(&format!("{relation}/access"))).await.map_err(net)?;
        let (_, row) = access.text.split_once("Patricia Nowak").ok_or("Patricia is not among those who have access")?;
        let take = row.split("action=\"").filter_map(|p| p.split('"').next()).find(|a| a.ends_with("/take"));
        let take = take.ok_or("there is no button to take it away")?.to_owned();
        let answer = mila.post(self.crm(&take), &[]).await.map_err(net)?;
        hold(answer.text.contains("Access is taken away, everywhere"), format!("it is answered {}", answer.url))?;
        self.saw(&answer.url);

        self.begin("Her next click is refused, in both applications");
        for path in ["/m/quotes", "/"] {
            let page = patricia.get(self.crm(path)).await.map_err(net)?;
            hold(!page.text.contains("Q-312") && !page.text.contains("Q-313"), format!("{path} still shows her quotes"))?;
            self.saw(format_args!("{path}: {}, and none of her quotes", page.status));
        }
        let page = patricia.get(&self.places.accounting).await.map_err(net)?;
        hold(!page.text.contains("Patricia Nowak"), format!("accounting still knows her at {}", page.url))?;
        let page = patricia.get(format!("{}/login", self.places.accounting)).await.map_err(net)?;
        hold(page.status.as_u16() == 403, format!("signing in there again is answered {} at {}", page.status, page.url))?;
        self.saw(format_args!("accounting: signed out, and {} on trying again", page.status));
        Ok(())
    }

    async fn one_sign_out(&mut self, mila: &mut Browser) -> Result<(), Broken> {
        self.begin("Mila opens the accounting application too, signs out of the record store, and is out of both");
        let inside = mila.get(format!("{}/login", self.places.accounting)).await.map_err(net)?;
        hold(inside.text.contains("Mila de Boer"), format!("she is at {}", inside.url))?;
        mila.post(self.crm("/sign-out"), &[]).await.map_err(net)?;
        let outside = mila.get(&self.places.accounting).await.map_err(net)?;
        hold(!outside.text.contains("Mila de Boer"), "accounting still knows her")?;
        for page in [self.crm("/me"), format!("{}/login", self.places.accounting)] {
            let answer = mila.get(&page).await.map_err(net)?;
            hold(answer.text.contains("id=\"username\""), format!("{page} leads to {}", answer.url))?;
            self.saw(format_args!("{page} asks her to sign in"));
        }
        Ok(())
    }

    /// The path of the record of this name in a list.
    async fn find(&mut self, browser: &mut Browser, list: &str, name: &str) -> Result<String, Broken> {
        let page = browser.get(self.crm(list)).await.map_err(net)?;
        let row = page.text.split("href=\"").find(|part| part.contains(&format!(">{name}<")));
        let path = row.and_then(|r| r.split('"').next());
        path.map(str::to_owned).ok_or_else(|| format!("{name} is not in {list}"))
    }
}

/// The address of the link that contains this text.
fn link_to(page: &Answer, text: &str) -> Option<String> {
    let part = page.text.split("<a ").find(|p| p.split("</a>").next().is_some_and(|inside| inside.contains(text)))?;
    let href = part.split("href=\"").nth(1)?.split('"').next()?;
    page.url.join(&href.replace("&amp;", "&").replace("&#38;", "&")).ok().map(Into::into)
}
