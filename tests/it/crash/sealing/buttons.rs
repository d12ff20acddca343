//! The buttons that are pressed while a half is killed: each of one page that was loaded once, so that pressing it again is the same.

use reqwest::Method;
use tokio::task::JoinHandle;
use zegel::demo::browser::{Answer, Browser};

/// The dialog that waits for a code, with the right code in it.
#[derive(Clone)]
pub(super) struct Dialog {
    pub(super) pending: String,
    pub(super) url: String,
    pub(super) rule: String,
    pub(super) attempt: String,
    pub(super) code: String,
}

impl Dialog {
    /// The dialog to which setting a delivery to Delivered led. The code is still to be filled in.
    pub(super) fn of(page: &Answer) -> Self {
        Self {
            pending: value(page, "data-pending=\""),
            url: format!("{}/code", page.url),
            rule: value(page, "name=\"rule\" value=\""),
            attempt: value(page, "name=\"attempt\" value=\""),
            code: String::new(),
        }
    }

    /// Presses the button once, without following where it leads. None is no answer.
    pub(super) async fn press(&self, browser: &mut Browser) -> Option<Answer> {
        let form = [("rule", self.rule.as_str()), ("attempt", self.attempt.as_str()), ("code", self.code.as_str())];
        browser.once(Method::POST, &self.url, Some(&form)).await.ok()
    }

    /// The same, on the side.
    pub(super) fn pressing(&self, browser: &Browser) -> JoinHandle<Option<Answer>> {
        let (dialog, mut browser) = (self.clone(), browser.clone());
        tokio::spawn(async move { dialog.press(&mut browser).await })
    }
}

/// One of the buttons that set a delivery's status, on a page that was loaded.
#[derive(Clone)]
pub(super) struct Button {
    pub(super) url: String,
    pub(super) status: &'static str,
    pub(super) version: String,
    pub(super) key: String,
}

impl Button {
    pub(super) async fn on(browser: &mut Browser, page: &str, status: &'static str) -> Self {
        let shown = browser.get(page).await.unwrap();
        let of = |name: &str| value(&shown, &format!("name=\"{name}\" value=\""));
        Self { url: format!("{page}/set"), status, version: of("base_version"), key: of("idempotency_key") }
    }

    /// Presses it; the page that follows, if one does.
    pub(super) async fn press(&self, browser: &mut Browser) -> Option<Answer> {
        let (version, key) = (self.version.as_str(), self.key.as_str());
        let form = [("field", "status"), ("value", self.status), ("base_version", version), ("idempotency_key", key)];
        browser.post(&self.url, &form).await.ok()
    }
}

/// Loads a delivery's page and sets its status there.
pub(super) async fn set(browser: &mut Browser, page: &str, status: &'static str) -> Answer {
    let button = Button::on(browser, page, status).await;
    button.press(browser).await.unwrap()
}

pub(super) fn value(page: &Answer, before: &str) -> String {
    page.after(before).unwrap_or_else(|| panic!("{before} in {} {}: {}", page.url, page.status, page.text)).to_owned()
}

/// Whether the answer says that the record is changed.
pub(super) fn sealed(answer: &Option<Answer>) -> bool {
    answer.as_ref().is_some_and(|a| a.status.as_u16() == 303 && a.location().is_some_and(|l| l.query() == Some("done=sealed")))
}
