//! What the command line does about applications: by the same flows as pages and API, in the name of whoever runs it.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::AppError;
use super::admin::{Said, known};
use super::commands::provider;
use super::told::told;
use crate::config::Settings;
use crate::idp::Idp;
use crate::idp::admin::applications::flow::{self, AppError as Refused};
use crate::idp::admin::applications::tokens;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::gate::Asking;
use crate::idp::admin::model::{Asked, MAX_PAGE};
use crate::idp::admission::Kind;
use crate::idp::registration::tokens::Wanted;
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::Lang;

/// Who reads lists, in their cursors.
const READER: &str = "command-line";

/// The provider, for commands about applications.
pub struct Applications {
    idp: Arc<Idp>,
    asking: Asking,
}

impl Applications {
    /// Opens the provider's database.
    pub async fn open(settings: Settings) -> Result<Self, AppError> {
        let idp = provider(settings).await?;
        let asking = Asking::command(&idp);
        Ok(Self { idp, asking })
    }

    /// Closes it.
    pub async fn close(self) {
        self.idp.db.close().await;
    }

    /// What went wrong, in English.
    fn wrong(&self, e: impl Into<Refused>) -> AppError {
        let text = |key: &str| self.idp.env.texts.get(Lang::En, key, &[]);
        AppError::Setting(match e.into() {
            Refused::Refused { field, why } => format!("{field}: {why}"),
            Refused::Admin(AdminError::Refused(key)) => text(key),
            Refused::Admin(AdminError::Invalid(faults)) => {
                faults.iter().map(|f| format!("{}: {}", f.field, text(f.key))).collect::<Vec<_>>().join("\n")
            }
            Refused::Admin(other) => other.to_string(),
        })
    }

    /// Applications with some text, a line each.
    pub async fn list(&self, q: &str) -> Said {
        let (mut out, mut cursor) = (Vec::new(), None);
        loop {
            let asked = Asked { q: q.to_owned(), cursor, limit: Some(MAX_PAGE) };
            let page = flow::list(&self.idp, READER, &asked).await.map_err(|e| self.wrong(e))?;
            out.extend(page.items.into_iter().map(|a| {
                let name = serde_json::from_str::<Value>(&a.metadata).unwrap_or_default();
                let name = name.get("client_name").and_then(Value::as_str).unwrap_or_default().to_owned();
                let disabled = if a.enabled { "" } else { "  disabled" };
                let own = if a.own { "  registered itself" } else { "" };
                format!("{}  {name}{own}{disabled}", a.id)
            }));
            match page.next {
                Some(next) => cursor = Some(next),
                None if out.is_empty() => return Ok("No application.".into()),
                None => return Ok(out.join("\n")),
            }
        }
    }

    /// What is registered, and who may use it.
    pub async fn show(&self, id: &str) -> Said {
        let app = flow::show(&self.idp, id).await.map_err(|e| self.wrong(e))?;
        let registered = serde_json::to_string_pretty(&app.metadata).unwrap_or_default();
        let state = if app.row.enabled { "enabled" } else { "disabled" };
        let who = if app.row.limited { "those listed" } else { "everyone who may sign in" };
        let listed: String =
            app.listed.into_iter().map(|(h, name)| format!("listed: {} {} {name}\n", h.kind.as_str(), h.id)).collect();
        Ok(format!("{id}  {state}  for {who}\n{listed}{registered}"))
    }

    /// Registers one as a file says.
    pub async fn register(&self, id: Option<String>, file: &Path) -> Said {
        let metadata = flow::read(told(file)?).map_err(|e| self.wrong(e))?;
        let made = flow::create(&self.idp, &self.asking, id, metadata).await.map_err(|e| self.wrong(e))?;
        Ok(match made.secret {
            Some(secret) => format!("client_id: {}\nclient_secret: {secret}", made.id),
            None => format!("client_id: {}", made.id),
        })
    }

    /// Puts what a file says in place of what is registered.
    pub async fn change(&self, id: &str, file: &Path) -> Said {
        let metadata = flow::read(told(file)?).map_err(|e| self.wrong(e))?;
        let (taken, secret) = flow::change(&self.idp, &self.asking, id, (metadata, None)).await.map_err(|e| self.wrong(e))?;
        let secret = secret.map(|s| format!("\nclient_secret: {s}")).unwrap_or_default();
        Ok(format!("{}{secret}", known(&taken)))
    }

    /// Another secret.
    pub async fn secret(&self, id: &str) -> Said {
        let secret = flow::new_secret(&self.idp, &self.asking, id).await.map_err(|e| self.wrong(e))?;
        Ok(format!("client_secret: {secret}"))
    }

    /// Whether it may be used.
    pub async fn set_enabled(&self, id: &str, enabled: bool) -> Said {
        Ok(known(&flow::set_enabled(&self.idp, &self.asking, id, enabled).await.map_err(|e| self.wrong(e))?))
    }

    /// Whether only those listed may use it.
    pub async fn set_limited(&self, id: &str, limited: bool) -> Said {
        Ok(known(&flow::set_limited(&self.idp, &self.asking, id, limited).await.map_err(|e| self.wrong(e))?))
    }

    /// Lists someone for it, or takes him off: an address or id of a person, or `group:`, `role:` or `relation:` and which.
    pub async fn set_allowed(&self, id: &str, who: &str, present: bool) -> Said {
        let named = who.split_once(':').and_then(|(kind, which)| Some((Kind::from_stored(kind)?, which)));
        let whom = named.unwrap_or((Kind::Person, who));
        Ok(known(&flow::set_allowed(&self.idp, &self.asking, id, whom, present).await.map_err(|e| self.wrong(e))?))
    }

    /// Initial access tokens, a line each.
    pub async fn tokens(&self) -> Said {
        let all = tokens::list(&self.idp).await.map_err(|e| self.wrong(e))?;
        let line = |t: crate::idp::registration::store::InitialToken| {
            let revoked = if t.revoked_at.is_some() { "  revoked" } else { "" };
            format!("{}  {}  {} left, until {}{revoked}", t.id, t.note, t.uses_left, Timestamp(t.expires_at).rfc3339())
        };
        let lines: Vec<String> = all.into_iter().map(line).collect();
        Ok(if lines.is_empty() { "No token.".into() } else { lines.join("\n") })
    }

    /// Makes one.
    pub async fn make_token(&self, note: String, uses: u32, days: u32) -> Said {
        let wanted = Wanted { note, uses, days };
        let (row, token) = tokens::make(&self.idp, &self.asking, wanted).await.map_err(|e| self.wrong(e))?;
        Ok(format!("id: {}\ninitial_access_token: {token}", row.id))
    }

    /// Revokes one.
    pub async fn revoke_token(&self, id: &str) -> Said {
        tokens::revoke(&self.idp, &self.asking, id).await.map_err(|e| self.wrong(e))?;
        Ok("Revoked.".into())
    }
}
