//! Forms as they come: plain ones, and those with files, whose bytes go to the store of files as they arrive. Owns how much
//! of a form is taken. Does not own what a field takes, nor who may attach files.

use std::collections::BTreeMap;

use axum::body::to_bytes;
use axum::extract::multipart::{Field as Part, MultipartError};
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{StatusCode, header};

use super::frame::PageError;
use crate::contract::FieldKey;
use crate::crm::Crm;
use crate::crm::files::flow::UploadError;
use crate::crm::files::flow::{Wish, receive};
use crate::crm::modules::model::Field;
use crate::crm::modules::value::FieldError;

/// Bytes of a form without its files.
const TEXT: usize = 256 * 1024;
/// Bytes that a form may bring beyond the largest file, so that who chose a file that is somewhat too large is told so.
pub const BEYOND: usize = 16 * 1024 * 1024;
/// Most parts of a form.
const PARTS: usize = 1_000;

/// A form.
#[derive(Debug, Default)]
pub struct Form {
    /// Names and values in their order. A file that was stored stands as `u-<field>`, with its id.
    pub pairs: Vec<(String, String)>,
    /// Files that were not taken.
    pub wrong: Vec<FieldError>,
}

/// What kind of form a request brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `application/x-www-form-urlencoded`
    Plain,
    /// `multipart/form-data`
    Parts,
}

/// The kind of form, from the header; anything else is no form.
pub fn kind(request: &Request) -> Result<Kind, PageError> {
    let given = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    match given.split(';').next().map(str::trim) {
        Some("application/x-www-form-urlencoded") => Ok(Kind::Plain),
        Some("multipart/form-data") => Ok(Kind::Parts),
        _ => Err(PageError::Bad("not a form".to_owned())),
    }
}

/// A form without files.
pub async fn plain(request: Request) -> Result<Form, PageError> {
    let bytes = to_bytes(request.into_body(), TEXT).await.map_err(|_| PageError::TooLarge)?;
    let mut pairs = Vec::new();
    for (name, value) in url::form_urlencoded::parse(&bytes) {
        if pairs.len() >= PARTS {
            return Err(PageError::TooLarge);
        }
        pairs.push((name.into_owned(), value.into_owned()));
    }
    Ok(Form { pairs, ..Form::default() })
}

/// Who brings a form with files, and into which fields he may put them.
pub struct Place<'a> {
    /// The module.
    pub module: &'a FieldKey,
    /// Fields that take files from him.
    pub fields: BTreeMap<FieldKey, Field>,
    /// Who (`sub`).
    pub sub: &'a str,
}

/// A form with files. A file for a field that isn't his to fill ends the reading; one that doesn't fit is among the wrong.
pub async fn parts(crm: &Crm, into: &Place<'_>, request: Request) -> Result<Form, PageError> {
    let mut parts = Multipart::from_request(request, &()).await.map_err(|e| PageError::Bad(e.to_string()))?;
    let (mut form, mut text) = (Form::default(), 0);
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        if form.pairs.len() + form.wrong.len() >= PARTS {
            return Err(PageError::TooLarge);
        }
        let name =
            part.name().filter(|n| n.len() <= 200).ok_or_else(|| PageError::Bad("a part without a name".to_owned()))?.to_owned();
        match part.file_name().map(str::to_owned) {
            None => {
                let value = value(part, &mut text).await?;
                form.pairs.push((name, value));
            }
            // Nothing was chosen.
            Some(called) if called.is_empty() => {}
            Some(called) => file(crm, into, &mut form, &name, &called, part).await?,
        }
    }
    Ok(form)
}

async fn value(mut part: Part<'_>, text: &mut usize) -> Result<String, PageError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(broken)? {
        *text += chunk.len();
        if *text > TEXT {
            return Err(PageError::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| PageError::Bad("bytes that are no text".to_owned()))
}

async fn file(crm: &Crm, into: &Place<'_>, form: &mut Form, name: &str, called: &str, part: Part<'_>) -> Result<(), PageError> {
    let key = name.strip_prefix("f-").and_then(|k| FieldKey::try_from(k).ok());
    let field = key.and_then(|k| into.fields.get(&k)).ok_or_else(|| PageError::Bad("a file for no field".to_owned()))?;
    // The form's own key stands before its files. With it, the same form sent twice brings one file.
    let own = form.pairs.iter().find(|(n, _)| n == "idempotency_key").map(|(_, v)| format!("{v}/{}", field.key));
    let wish = Wish { module: into.module, field, sub: into.sub, name: called, once: own.as_deref() };
    match receive(crm, &wish, part).await {
        Ok(file) => {
            let uploaded = format!("u-{}", field.key);
            form.pairs.retain(|(n, _)| *n != uploaded);
            form.pairs.push((uploaded, file.id));
        }
        Err(UploadError::Unfit(why)) => {
            let (code, limit) = why.code();
            form.wrong.push(FieldError { field: field.key.clone(), code, limit });
        }
        Err(e) => return Err(e.into()),
    }
    Ok(())
}

fn broken(e: MultipartError) -> PageError {
    if e.status() == StatusCode::PAYLOAD_TOO_LARGE { PageError::TooLarge } else { PageError::Bad(e.to_string()) }
}
