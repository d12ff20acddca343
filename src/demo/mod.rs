//! The demonstration as people meet it: what to open, who to sign in as, and a walk through the story that checks each
//! step over real sockets. Owns no data (`app::samples`) and no server.

pub mod accounting;
pub mod browser;
mod passkey;
pub mod walk;

use crate::config::Settings;
use crate::kernel::out::Out;

/// Everybody's password in the demonstration.
pub const PASSWORD: &str = "correct horse battery";

/// Where the halves are.
#[derive(Clone, Debug)]
pub struct Places {
    /// The provider.
    pub idp: String,
    /// The record store.
    pub crm: String,
    /// The second application.
    pub accounting: String,
}

impl Places {
    /// As the settings say.
    pub fn of(settings: &Settings) -> Self {
        Self {
            idp: settings.idp_url.as_str().to_owned(),
            crm: settings.crm_url.as_str().to_owned(),
            accounting: accounting_url(settings),
        }
    }
}

/// The second application's address: browsers of this machine only.
pub fn accounting_url(settings: &Settings) -> String {
    format!("http://localhost:{}", settings.accounting_listen.port())
}

/// Prints what to open and who to be.
pub fn introduce(places: &Places, out: &mut Out<'_>) {
    let Places { idp, crm, accounting } = places;
    for line in [
        String::new(),
        "  Zegel is running on sample people and records.".into(),
        String::new(),
        format!("  Record store   {crm}"),
        format!("  Start page     {idp}"),
        format!("  Accounting     {accounting}   (a second application, signed in to by the same provider)"),
        format!("  Sent messages  {idp}/dev/messages"),
        String::new(),
        "  Sign in as     daan@example.com      driver".into(),
        "                 mila@example.com      sales".into(),
        "                 bram@example.com      administrator (authenticator app, or a code by mail)".into(),
        "                 nora@example.com      finance; has no password yet: her link is among the sent messages".into(),
        "                 patricia@example.com  a customer's contact".into(),
        format!("  Password       {PASSWORD}"),
        format!("  Codes          are among the sent messages ({idp}/dev/messages)"),
        String::new(),
        "  Try: as Daan, open delivery D-2041 and set it to Delivered. The code goes to Patricia.".into(),
        "  Ctrl+C stops. All data is under the data folder; delete it to begin again.".into(),
        String::new(),
    ] {
        out.line(line);
    }
}
