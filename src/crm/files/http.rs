//! Routes of files: download by the page's cookie and by an access token, and upload by the API. Uploads by page come with
//! the form of the record (`pages::upload`).
//!
//! A file is only ever saved, never shown: as an attachment, by the type that its content has, without sniffing, in a
//! sandbox (case 39).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;
use utoipa::ToSchema;

use super::flow::{self, UploadError, Wish};
use super::stream::{Asked, FileError, guarded};
use super::vault::VaultError;
use crate::contract::FieldKey;
use crate::crm::Crm;
use crate::crm::api::input;
use crate::crm::api::problems::ApiError;
use crate::crm::auth::{Bearer, Caller};
use crate::crm::modules::model::Field;
use crate::crm::modules::value::{Attached, FieldError};
use crate::crm::pages::frame::{PageError, Turn};
use crate::crm::records::model::WriteError;
use crate::crm::visibility::model::Right;
use crate::kernel::http::shell::same_site_only;
use crate::kernel::http::{Params, Problem};

type App = State<Arc<Crm>>;

/// All of them.
pub fn routes(crm: Arc<Crm>) -> Router {
    let pages = Router::new().route("/m/{module}/{id}/files/{field}", get(of_page));
    let api =
        Router::new().route("/api/v1/files", post(upload)).route("/api/v1/records/{module}/{id}/files/{field}", get(download));
    same_site_only(pages).merge(api).with_state(crm)
}

/// An upload that waits for a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadOut {
    /// Its id: the field of a record takes `{"upload": id}`, within a day, from the same person.
    pub id: String,
    /// The name that is kept.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// Media type, by its content.
    #[serde(rename = "type")]
    pub media: String,
    /// SHA-256 of the bytes, hexadecimal.
    pub sha256: String,
}

impl From<Attached> for UploadOut {
    fn from(a: Attached) -> Self {
        Self { id: a.id, name: a.name, size: a.size, media: a.media, sha256: a.sha256 }
    }
}

async fn of_page(turn: Turn, Path(path): Path<(String, String, String)>, RawQuery(raw): RawQuery) -> Response {
    turn.answer(page(&turn.crm, turn.caller.clone(), path, raw.as_deref()).await)
}

async fn page(crm: &Arc<Crm>, caller: Caller, path: (String, String, String), raw: Option<&str>) -> Result<Response, PageError> {
    let params = Params::parse(raw.unwrap_or_default().as_bytes(), &[])?;
    let asked = asked(crm, caller, path, params.get("version")).ok_or(PageError::NotFound)?;
    let file = asked.find().await.map_err(|e| match e {
        FileError::Access(e) => PageError::Access(e),
        FileError::Read(e) => PageError::Read(e),
    })?;
    let file = file.ok_or(PageError::NotFound)?;
    send(asked, &file).await.map_err(|e| PageError::Files(e.to_string()))
}

/// The file that a field of a record holds, as an attachment; with `version`, the one that it held then, for who may read
/// the record's history.
#[utoipa::path(get, path = "/api/v1/records/{module}/{id}/files/{field}", tag = "files",
    params(("module" = String, Path, description = "Key of the module"), ("id" = String, Path, description = "The record"),
        ("field" = String, Path, description = "A field of kind file"),
        ("version" = Option<i64>, Query, description = "An earlier version of the record")),
    responses((status = 200, description = "The bytes, with the type that their content has", content_type = "application/octet-stream"),
        (status = 404, description = "No such file, or not to be seen")))]
pub(in crate::crm) async fn download(
    State(crm): App,
    Bearer(caller): Bearer,
    Path(path): Path<(String, String, String)>,
    RawQuery(raw): RawQuery,
) -> Response {
    let result = async {
        let (params, _) = input::params(raw.as_deref(), &["version"], false)?;
        let asked = asked(&crm, caller, path, params.get("version")).ok_or(ApiError::NotFound)?;
        let file = asked.find().await.map_err(|e| match e {
            FileError::Access(e) => ApiError::Access(e),
            FileError::Read(e) => ApiError::Read(e),
        })?;
        let file = file.ok_or(ApiError::NotFound)?;
        send(asked, &file).await.map_err(|e| ApiError::Files(e.to_string()))
    };
    let result: Result<Response, ApiError> = result.await;
    result.unwrap_or_else(|e| Problem::from(e).into_response())
}

/// What the address asks for; nothing when it can't be the address of a file.
fn asked(
    crm: &Arc<Crm>,
    caller: Caller,
    (module, record, field): (String, String, String),
    version: Option<&str>,
) -> Option<Asked> {
    let version = version.map(|v| v.parse::<i64>().ok().filter(|v| *v > 0).ok_or(())).transpose().ok()?;
    let (module, field) = (FieldKey::try_from(module).ok()?, FieldKey::try_from(field).ok()?);
    Some(Asked { crm: Arc::clone(crm), caller, module, record, field, version })
}

/// The answer with the bytes.
async fn send(asked: Asked, file: &Attached) -> Result<Response, VaultError> {
    let (size, bytes) = asked.crm.files.vault.read(&file.id).await?;
    let mut response = Response::new(Body::from_stream(guarded(asked, file, bytes)));
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, value: &str| {
        headers.extend(HeaderValue::from_str(value).ok().map(|v| (name, v)));
    };
    let media = if file.media == "text/plain" { "text/plain; charset=utf-8" } else { file.media.as_str() };
    put(header::CONTENT_TYPE, media);
    put(header::CONTENT_LENGTH, &size.to_string());
    put(header::CONTENT_DISPOSITION, &disposition(&file.name));
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'");
    put(header::CACHE_CONTROL, "no-store");
    put(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    Ok(response)
}

/// To be saved under this name: as plain as old readers take it, and whole (RFC 6266, RFC 8187).
fn disposition(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' };
    let fallback: String = name.chars().map(plain).collect();
    let mut whole = String::new();
    for b in name.bytes() {
        match b {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'!'
            | b'#'
            | b'$'
            | b'&'
            | b'+'
            | b'-'
            | b'.'
            | b'^'
            | b'_'
            | b'`'
            | b'|'
            | b'~' => {
                whole.push(char::from(b));
            }
            b => whole.push_str(&format!("%{b:02X}")),
        }
    }
    format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''{whole}")
}

/// Stores the body as a file that a record can take: give its field `{"upload": id}`, within a day, as the same person. The
/// header Idempotency-Key makes the same request count once.
#[utoipa::path(post, path = "/api/v1/files", tag = "files",
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The bytes. What type they are declared as doesn't count."),
    params(("module" = String, Query, description = "Key of the module"), ("field" = String, Query, description = "Its field of kind file"),
        ("name" = Option<String>, Query, description = "What the file is called"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same file gets the same answer")),
    responses((status = 201, body = UploadOut), (status = 403, description = "Files may not be attached there"),
        (status = 404, description = "No such field for this caller"), (status = 413, description = "More than this installation takes"),
        (status = 422, description = "The field doesn't take it; `fields` says why"),
        (status = 503, description = "Too many uploads at once, or too many that no record holds")))]
pub(in crate::crm) async fn upload(
    State(crm): App,
    Bearer(caller): Bearer,
    RawQuery(raw): RawQuery,
    request: Request,
) -> Response {
    let result = store(&crm, &caller, raw.as_deref(), request).await;
    result.map_or_else(
        |e| Problem::from(e).into_response(),
        |file| (StatusCode::CREATED, Json(UploadOut::from(file))).into_response(),
    )
}

async fn store(crm: &Arc<Crm>, caller: &Caller, raw: Option<&str>, request: Request) -> Result<Attached, ApiError> {
    let (params, _) = input::params(raw, &["module", "field", "name"], false)?;
    let need = |name: &'static str| params.get(name).ok_or_else(|| ApiError::Bad(format!("{name} says what the file is for")));
    let key = |text: &str| FieldKey::try_from(text).map_err(|_| ApiError::NotFound);
    let (module, field) = (key(need("module")?)?, key(need("field")?)?);
    let once = input::idempotency_key(request.headers())?;
    let (field, sub) = {
        let (mut snapshot, caller) = crm.reading(caller).await?;
        let reader = crm.records.reader(&mut snapshot, &crm.viewer(&caller)).await?;
        let sight = reader.access.sight(&module).ok_or(ApiError::NotFound)?;
        let known = |f: &&Field| f.kind.is_file() && (sight.revealed_somewhere(&f.key) || sight.creatable(&f.key));
        let found = sight.module.field(&field).filter(known).cloned().ok_or(ApiError::NotFound)?;
        if !sight.may_somewhere(Right::Attach) {
            return Err(WriteError::Forbidden("attach-not-allowed").into());
        }
        (found, caller.sub().to_owned())
    };
    let name = params.get("name").unwrap_or_default();
    let wish = Wish { module: &module, field: &field, sub: &sub, name, once: once.as_deref() };
    flow::receive(crm, &wish, request.into_body().into_data_stream()).await.map_err(|e| refused(&field, e))
}

fn refused(field: &Field, e: UploadError) -> ApiError {
    match e {
        UploadError::Unfit(why) => {
            let (code, limit) = why.code();
            WriteError::Invalid(vec![FieldError { field: field.key.clone(), code, limit }]).into()
        }
        UploadError::Broken(why) => ApiError::Bad(why),
        UploadError::Busy | UploadError::TooMany => ApiError::Busy,
        UploadError::Db(e) => e.into(),
        UploadError::Vault(e) => ApiError::Files(e.to_string()),
    }
}

impl From<UploadError> for PageError {
    fn from(e: UploadError) -> Self {
        match e {
            UploadError::Db(e) => e.into(),
            UploadError::Vault(e) => Self::Files(e.to_string()),
            UploadError::Busy | UploadError::TooMany => Self::Busy,
            UploadError::Unfit(_) => Self::TooLarge,
            UploadError::Broken(e) => Self::Bad(e),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::disposition;

    /// case 39
    #[test]
    fn a_name_can_end_neither_its_quotes_nor_its_line() {
        assert_eq!(disposition("offer.pdf"), "attachment; filename=\"offer.pdf\"; filename*=UTF-8''offer.pdf");
        assert_eq!(
            disposition("a\"; filename=\"b.exe"),
            "attachment; filename=\"a_; filename=_b.exe\"; filename*=UTF-8''a%22%3B%20filename%3D%22b.exe"
        );
        assert_eq!(
            disposition("ölçü 100%.txt"),
            "attachment; filename=\"_l__ 100_.txt\"; filename*=UTF-8''%C3%B6l%C3%A7%C3%BC%20100%25.txt"
        );
        assert!(disposition("a\r\nb").bytes().all(|b| (0x20..0x7f).contains(&b)));
    }
}
