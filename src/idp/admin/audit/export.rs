//! Writing lines out to a browser or program, in pieces. Before each piece it is asked again whether the reader still may: an
//! administrator who is no longer one gets no more of it (security case 40).

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use crate::idp::Idp;
use crate::idp::admin::flow::{AdminError, still};
use crate::idp::admin::gate::Asking;
use crate::kernel::audit::Filter;
use crate::kernel::audit::export::Form;

/// Lines of one piece.
const PIECE: i64 = 500;

struct Reading {
    idp: Arc<Idp>,
    asking: Asking,
    filter: Filter,
    form: Form,
    after: i64,
    heading: bool,
}

impl Reading {
    /// The next piece; none at the end.
    async fn piece(&mut self) -> Result<Option<String>, AdminError> {
        {
            let mut snapshot = self.idp.db.snapshot().await?;
            still(&mut snapshot.tx(), &self.asking, self.idp.env.now()).await?;
        }
        let lines = self.idp.audit.in_order(&self.filter, self.after, PIECE).await?;
        let mut text = if self.heading { self.form.heading().to_owned() } else { String::new() };
        self.heading = false;
        let Some(last) = lines.last() else { return Ok(Some(text).filter(|t| !t.is_empty())) };
        self.after = last.line.seq;
        text.extend(lines.iter().map(|l| self.form.line(l)));
        Ok(Some(text))
    }
}

/// The lines of a filter as a file.
pub async fn answer(idp: &Arc<Idp>, asking: Asking, filter: Filter, form: Form) -> Result<Response, AdminError> {
    idp.audit.catch_up().await?;
    if !filter.is_sound() {
        return Err(crate::kernel::audit::AuditError::Filter.into());
    }
    let reading = Reading { idp: Arc::clone(idp), asking, filter, form, after: 0, heading: true };
    let pieces = stream::try_unfold(reading, |mut reading| async move {
        match reading.piece().await {
            Ok(piece) => Ok(piece.map(|text| (Bytes::from(text), reading))),
            Err(error) => {
                // The answer has begun: breaking it off is all that can be said.
                tracing::warn!(%error, "an export of the audit log was broken off");
                Err(std::io::Error::other("the export ended"))
            }
        }
    });
    let mut response = Body::from_stream(pieces).into_response();
    let name = format!("attachment; filename=\"audit.{}\"", form.ending());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(form.media_type()));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
