//! A browser as small as can be: cookies, redirects and forms over real sockets. Walks the story in the demonstration and
//! in tests; runs no script and shows nothing.

use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, HeaderValue, LOCATION, SET_COOKIE};
use reqwest::{Method, StatusCode};
use url::Url;

/// Redirects that are followed at most.
const HOPS: usize = 12;

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The last address.
    pub url: Url,
    /// The last status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub text: String,
}

impl Answer {
    /// Where it leads, if it leads on.
    pub fn location(&self) -> Option<Url> {
        self.headers.get(LOCATION).and_then(|l| l.to_str().ok()).and_then(|l| self.url.join(l).ok())
    }
    /// A parameter of the address.
    pub fn query(&self, name: &str) -> Option<String> {
        self.url.query_pairs().find(|(k, _)| k == name).map(|(_, v)| v.into_owned())
    }
    /// What stands behind `before` up to the next double quote: enough to read an attribute that the page is known to have.
    pub fn after(&self, before: &str) -> Option<&str> {
        self.text.split_once(before).and_then(|(_, rest)| rest.split_once('"')).map(|(v, _)| v)
    }
}

/// Cookies by host (browsers share them between ports), and a client that follows nothing by itself.
#[derive(Clone)]
pub struct Browser {
    http: reqwest::Client,
    /// Name and value by host.
    pub cookies: BTreeMap<String, BTreeMap<String, String>>,
    /// Sent as Accept-Language.
    pub language: String,
}

impl Browser {
    /// With an empty jar.
    pub fn new(http: reqwest::Client) -> Self {
        Self { http, cookies: BTreeMap::new(), language: "en".into() }
    }

    /// Opens an address and follows where it leads.
    pub async fn get(&mut self, url: impl AsRef<str>) -> Result<Answer, reqwest::Error> {
        self.follow(Method::GET, url.as_ref(), None).await
    }

    /// Sends a form and follows where that leads.
    pub async fn post(&mut self, url: impl AsRef<str>, form: &[(&str, &str)]) -> Result<Answer, reqwest::Error> {
        self.follow(Method::POST, url.as_ref(), Some(form)).await
    }

    async fn follow(&mut self, method: Method, url: &str, form: Option<&[(&str, &str)]>) -> Result<Answer, reqwest::Error> {
        let mut answer = self.once(method, url, form).await?;
        for _ in 0..HOPS {
            let Some(next) = answer.location().filter(|_| answer.status.is_redirection()) else { break };
            answer = self.once(Method::GET, next.as_str(), None).await?;
        }
        Ok(answer)
    }

    /// One request, without following.
    pub async fn once(&mut self, method: Method, url: &str, form: Option<&[(&str, &str)]>) -> Result<Answer, reqwest::Error> {
        let mut request = self.http.request(method, url).header("accept", "text/html").header("accept-language", &self.language);
        let parsed = Url::parse(url).ok();
        let host = parsed.as_ref().and_then(Url::host_str).unwrap_or_default().to_owned();
        let jar: Vec<String> = self.cookies.get(&host).into_iter().flatten().map(|(k, v)| format!("{k}={v}")).collect();
        if !jar.is_empty() {
            request = request.header("cookie", jar.join("; "));
        }
        if let Some(form) = form {
            let origin = parsed.map(|u| u.origin().ascii_serialization()).unwrap_or_default();
            request = request.header("origin", origin).header("sec-fetch-site", "same-origin").form(form);
        }
        let response = request.send().await?;
        let (url, status, headers) = (response.url().clone(), response.status(), response.headers().clone());
        for set in headers.get_all(SET_COOKIE).iter().filter_map(|v: &HeaderValue| v.to_str().ok()) {
            self.keep(&host, set);
        }
        Ok(Answer { url, status, headers, text: response.text().await? })
    }

    fn keep(&mut self, host: &str, set: &str) {
        let mut parts = set.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|p| p.split_once('=')) else { return };
        let jar = self.cookies.entry(host.to_owned()).or_default();
        if parts.any(|p| p.eq_ignore_ascii_case("max-age=0")) {
            jar.remove(name);
        } else {
            jar.insert(name.to_owned(), value.to_owned());
        }
    }
}
