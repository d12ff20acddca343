//! The links at the foot of a page: another language, light or dark. Owns the two cookies that keep the choice; both
//! work by a plain link, without a script, and change nothing but how pages look.

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::lang::{Lang, Theme};

/// Cookie with the chosen language. Both halves share it where they share a host, which is what people expect.
pub const LANG_COOKIE: &str = "zegel-lang";
/// Cookie with the chosen theme. The script writes it too, so it isn't `HttpOnly`.
pub const THEME_COOKIE: &str = "zegel-theme";

/// Cookie with the language that an application has asked for, until the browser is closed.
const ASKED_COOKIE: &str = "zegel-lang-asked";

#[derive(serde::Deserialize)]
struct Back {
    #[serde(default)]
    to: String,
}

/// The routes `/lang/{code}` and `/theme/{code}`, each with `?to=<path>` to come back to. `secure` is whether the
/// half is served over TLS.
pub fn switches<S: Clone + Send + Sync + 'static>(secure: bool) -> Router<S> {
    Router::new()
        .route(
            "/lang/{code}",
            get(move |Path(code): Path<String>, Query(back): Query<Back>| async move {
                let chosen = Lang::from_code(&code).map(Lang::code);
                choose(LANG_COOKIE, chosen, &back.to, secure)
            }),
        )
        .route(
            "/theme/{code}",
            get(move |Path(code): Path<String>, Query(back): Query<Back>| async move {
                choose(THEME_COOKIE, Some(Theme::from_code(&code).code()), &back.to, secure)
            }),
        )
}

/// What a request's cookies and `Accept-Language` ask for.
pub fn preferences(headers: &HeaderMap) -> (Lang, Theme) {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    let language = sent(headers, LANG_COOKIE).or(sent(headers, ASKED_COOKIE));
    (Lang::negotiate(language, accepted), Theme::from_code(sent(headers, THEME_COOKIE).unwrap_or_default()))
}

fn sent<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    all.flat_map(|v| v.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// The cookie for a language that an application asks for; none where the person has chosen one, which counts more.
pub fn asked_language(headers: &HeaderMap, lang: Lang, secure: bool) -> Option<HeaderValue> {
    if sent(headers, LANG_COOKIE).and_then(Lang::from_code).is_some() {
        return None;
    }
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{ASKED_COOKIE}={}; Path=/; HttpOnly; SameSite=Lax{secure}", lang.code())).ok()
}

fn choose(cookie: &str, value: Option<&'static str>, to: &str, secure: bool) -> Response {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = value.map(|v| format!("{cookie}={v}; Path=/; Max-Age=31536000; SameSite=Lax{secure}"));
    let mut answer = StatusCode::SEE_OTHER.into_response();
    let headers = answer.headers_mut();
    if let Some(cookie) = cookie.and_then(|c| HeaderValue::from_str(&c).ok()) {
        headers.insert(header::SET_COOKIE, cookie);
    }
    let place = HeaderValue::from_str(local(to)).unwrap_or(HeaderValue::from_static("/"));
    headers.insert(header::LOCATION, place);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// `to` when it is a path on this host, else the start. Browsers read `//host` and `/\host` as another host, and
/// drop tabs and line ends before they look.
pub fn local(to: &str) -> &str {
    let plain = to.bytes().all(|b| b.is_ascii_graphic());
    let path = to.strip_prefix('/').is_some_and(|rest| !rest.starts_with(['/', '\\']));
    if plain && path { to } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt as _;

    async fn location(path: &str) -> String {
        let answer = switches::<()>(false).oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_switch_comes_back_to_the_page_and_never_to_another_host() {
        assert_eq!(location("/lang/nl?to=%2Fsign-in%3Fflow%3D1").await, "/sign-in?flow=1");
        for elsewhere in ["https://evil.example", "//evil.example", "/%5Cevil.example", "/%09/evil.example", "", "x"] {
            assert_eq!(location(&format!("/theme/dark?to={elsewhere}")).await, "/", "{elsewhere}");
        }
    }

    #[test]
    fn cookies_say_language_and_theme() {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", HeaderValue::from_static("zegel-lang=pl; zegel-theme=dark"));
        assert_eq!(preferences(&headers), (Lang::Pl, Theme::Dark));
        headers.insert("cookie", HeaderValue::from_static("other-zegel-lang=pl"));
        headers.insert("accept-language", HeaderValue::from_static("tr-TR,tr;q=0.9"));
        assert_eq!(preferences(&headers), (Lang::Tr, Theme::Auto));
    }
}
