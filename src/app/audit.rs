//! What the command line does with the audit logs of both halves: checking, noting where they end, writing them out.

use super::AppError;
use super::commands::{provider, record_store};
use crate::config::Settings;
use crate::kernel::audit::export::Form;
use crate::kernel::audit::{AuditError, Filter, Head, Log};
use crate::kernel::clock::Timestamp;
use crate::kernel::out::Out;

/// Lines that an export reads at once.
const PAGE: i64 = 500;

/// What is to be written out.
#[derive(Clone, Debug, Default)]
pub struct ExportWish {
    /// The record store's log instead of the provider's.
    pub crm: bool,
    /// `jsonl` or `csv`.
    pub form: String,
    /// A person's subject identifier: what he did, and what was done to him.
    pub about: Option<String>,
    /// An action, or the beginning of some (`signin.`).
    pub action: Option<String>,
    /// From this moment on.
    pub since: Option<String>,
    /// Until this moment, not included.
    pub until: Option<String>,
}

fn wrong(e: impl std::fmt::Display) -> AppError {
    AppError::Setting(e.to_string())
}

/// The log of a half, and how to close its database.
async fn open(settings: Settings, crm: bool) -> Result<Log, AppError> {
    Ok(match crm {
        true => record_store(settings).await?.audit.clone(),
        false => provider(settings).await?.audit.clone(),
    })
}

/// Checks a log, line by line; the report, and whether it holds. `noted` is where it ended once.
pub async fn verify_audit(settings: Settings, crm: bool, noted: Option<&str>) -> Result<(String, bool), AppError> {
    let noted = match noted {
        None => None,
        Some(text) => {
            Some(Head::parse(text).ok_or_else(|| wrong("a noted end is <lines>:<digest>, as `zegel audit head` prints"))?)
        }
    };
    let log = open(settings, crm).await?;
    let report = log.verify(noted.as_ref()).await.map_err(wrong);
    log.close().await;
    report.map(|r| (r.to_string(), r.holds()))
}

/// Where a log ends: to be kept elsewhere, and given to `verify` later.
pub async fn head_of_audit(settings: Settings, crm: bool) -> Result<String, AppError> {
    let log = open(settings, crm).await?;
    let head = log.head().await.map_err(wrong);
    log.close().await;
    head.map(|h| h.to_string())
}

/// Writes lines out, in order.
pub async fn export_audit(settings: Settings, wish: &ExportWish, out: &mut Out<'_>) -> Result<(), AppError> {
    let form = Form::from_name(&wish.form).ok_or_else(|| wrong("the format is jsonl or csv"))?;
    let zone = settings.zone();
    let moment = |text: &Option<String>| match text {
        None => Ok(None),
        Some(text) => {
            Timestamp::read(text, &zone).map(Some).ok_or_else(|| wrong("a day such as 2026-12-31, or a moment in RFC 3339"))
        }
    };
    let (since, until) = (moment(&wish.since)?, moment(&wish.until)?);
    let filter = Filter { about: wish.about.clone(), action: wish.action.clone(), since, until, ..Filter::default() };
    let log = open(settings, wish.crm).await?;
    let done = write(&log, &filter, form, out).await;
    log.close().await;
    done.map_err(wrong)
}

async fn write(log: &Log, filter: &Filter, form: Form, out: &mut Out<'_>) -> Result<(), AuditError> {
    log.catch_up().await?;
    out.piece(form.heading());
    let mut after = 0;
    loop {
        let lines = log.in_order(filter, after, PAGE).await?;
        for line in &lines {
            out.piece(form.line(line));
        }
        match lines.last() {
            Some(last) => after = last.line.seq,
            None => return Ok(()),
        }
    }
}
