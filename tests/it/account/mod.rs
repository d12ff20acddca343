//! One's own account at the provider, and its life from the invitation to the end.

mod beginnings;
mod changes;
mod endings;
mod fresh;
mod own;
mod recovery;
mod setup;
mod traces;
mod ways;

use zegel::demo::browser::{Answer, Browser};
use zegel::idp::credentials::limits::{self, Limit};
use zegel::kernel::db::DbError;

use crate::support::world::{PASSWORD, World};

impl World {
    /// An address of the provider.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.idp_url)
    }

    /// Someone who has signed in at the provider itself.
    pub async fn at_home(&self, email: &str) -> Browser {
        let mut browser = self.browser();
        let page = self.enter(&mut browser, email, PASSWORD).await;
        assert_eq!(page.url.path(), "/", "{}", page.text);
        browser
    }

    /// Signs in with a password and the mailed code, in whatever that leads to.
    pub async fn enter(&self, browser: &mut Browser, email: &str, password: &str) -> Answer {
        browser.get(self.at("/signin")).await.unwrap();
        self.go_on(browser, email, password).await
    }

    /// The same where the sign-in has begun.
    pub async fn go_on(&self, browser: &mut Browser, email: &str, password: &str) -> Answer {
        let page = browser.post(self.at("/signin"), &[("username", email), ("password", password)]).await.unwrap();
        if !page.text.contains("id=\"code\"") {
            return page;
        }
        let code = self.code_for(email, 6).await;
        browser.post(self.at("/signin/code"), &[("code", &code)]).await.unwrap()
    }

    /// Shows another factor where a signed-in browser was asked for one.
    pub async fn again(&self, browser: &mut Browser, email: &str) -> Answer {
        let code = self.code_for(email, 6).await;
        browser.post(self.at("/signin/code"), &[("code", &code)]).await.unwrap()
    }

    /// The first word that contains `part`, of the newest message to an address that has one.
    pub async fn link_to(&self, email: &str, part: &str) -> String {
        self.send().await;
        let all = self.app.capture.as_ref().unwrap().messages().list();
        let word = |text: &str| text.split_whitespace().find(|w| w.contains(part)).map(str::to_owned);
        let found = all.iter().filter(|m| m.to == email).find_map(|m| word(&m.text));
        found.unwrap_or_else(|| panic!("no {part} for {email}"))
    }

    /// Uses up what a bucket of tries has, by whatever way.
    pub async fn use_up(&self, bucket: &str, limit: Limit) {
        let input = (bucket.to_owned(), limit, self.idp().env.now());
        let taken = self.idp().db.write(input, |(bucket, limit, now), mut tx| {
            Box::pin(async move {
                for _ in 0..limit.most {
                    limits::take(&mut tx, bucket, *limit, *now).await?;
                }
                Ok::<_, DbError>(())
            })
        });
        taken.await.unwrap();
    }

    /// How often the audit log has an action about someone.
    pub async fn noted(&self, action: &str, target: &str) -> i64 {
        use zegel::sql;
        let q = self.idp().db.query(sql!("SELECT COUNT(*) FROM audit WHERE action = $1 AND target = $2"));
        q.bind(action).bind(target).one::<(i64,)>().await.unwrap().0
    }

    /// Someone's id.
    pub async fn id_of(&self, email: &str) -> String {
        let mut snapshot = self.idp().db.snapshot().await.unwrap();
        let key = zegel::idp::people::EmailKey::parse(email).unwrap();
        let person = zegel::idp::people::store::by_email(&mut snapshot.tx(), &key).await.unwrap();
        person.unwrap_or_else(|| panic!("nobody has {email}")).id
    }
}
