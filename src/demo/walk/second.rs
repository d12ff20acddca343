//! The part of the story with the second application: opened from its tile without a second sign-in, and closed with
//! everything else.

use super::{Broken, Walk, hold, net};
use crate::demo::PASSWORD;
use crate::demo::browser::Browser;

impl Walk<'_, '_> {
    /// Mila opens Accounting from the start page, and signs out of everything there.
    pub(super) async fn second_application(&mut self) -> Result<(), Broken> {
        let mut mila = Browser::new(self.http.clone());
        self.begin("Mila signs in at the record store");
        mila.get(self.crm("/me")).await.map_err(net)?;
        let form = [("username", "mila@example.com"), ("password", PASSWORD)];
        mila.post(self.idp("/signin"), &form).await.map_err(net)?;
        let code = self.code_to("mila@example.com", 6).await?;
        let page = mila.post(self.idp("/signin/code"), &[("code", &code)]).await.map_err(net)?;
        hold(page.url.as_str().starts_with(&self.places.crm), format!("she is at {} ({})", page.url, page.status))?;
        self.saw(&page.url);

        self.begin("From its tile on the start page, Accounting opens without a second sign-in");
        let start = mila.get(self.idp("/")).await.map_err(net)?;
        let begins = format!("{}/login", self.places.accounting);
        let tile = start.text.split("href=\"").find(|h| h.starts_with(&begins)).and_then(|h| h.split('"').next());
        let tile = tile.ok_or("there is no tile for Accounting")?.replace("&#38;", "&").replace("&amp;", "&");
        let page = mila.get(tile).await.map_err(net)?;
        hold(
            page.url.as_str().starts_with(&self.places.accounting) && page.text.contains("Mila de Boer"),
            format!("she is at {} ({})", page.url, page.status),
        )?;
        self.saw(format_args!("{} with the invoices, as Mila de Boer", page.url));

        self.begin("She signs out there, and is out of the record store too");
        mila.post(format!("{}/logout", self.places.accounting), &[]).await.map_err(net)?;
        let page = mila.get(self.crm("/me")).await.map_err(net)?;
        hold(page.text.contains("id=\"username\""), format!("she is still in: {}", page.url))?;
        self.saw(&page.url);
        Ok(())
    }
}
