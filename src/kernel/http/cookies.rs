//! Cookies: `__Host-`, Secure, HttpOnly, SameSite=Lax, for the session of the browser unless said otherwise.

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::cookie::{Cookie, SameSite};

use crate::config::Origin;

/// A cookie of one half. On localhost cookies are shared between ports, so names differ per half.
#[derive(Clone, Copy, Debug)]
pub struct CookieName(pub &'static str);

impl CookieName {
    /// As sent at `origin`: without TLS (loopback only) browsers refuse the `__Host-` prefix.
    fn at(self, origin: &Origin) -> String {
        if origin.is_https() { format!("__Host-{}", self.0) } else { self.0.to_owned() }
    }

    /// The value that the browser sent; none when it sent two under one name.
    pub fn get(self, origin: &Origin, headers: &HeaderMap) -> Option<String> {
        let name = self.at(origin);
        let all = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
        let mut values = all.flat_map(|v| v.split(';')).filter_map(|p| p.trim().split_once('=')).filter(|(n, _)| *n == name);
        match (values.next(), values.next()) {
            (Some((_, v)), None) if v.len() <= 256 => Some(v.to_owned()),
            _ => None,
        }
    }

    /// The header that sets it until the browser closes.
    pub fn set(self, origin: &Origin, value: String) -> HeaderValue {
        self.header(origin, value, None)
    }

    /// The header that sets it for `days` days; for choices such as language, and devices to be remembered.
    pub fn keep(self, origin: &Origin, value: String, days: u32) -> HeaderValue {
        self.header(origin, value, Some(i64::from(days)))
    }

    /// The header that removes it.
    pub fn clear(self, origin: &Origin) -> HeaderValue {
        self.header(origin, String::new(), Some(0))
    }

    fn header(self, origin: &Origin, value: String, days: Option<i64>) -> HeaderValue {
        let mut text = Cookie::build((self.at(origin), value))
            .path("/")
            .http_only(true)
            .secure(origin.is_https())
            .same_site(SameSite::Lax)
            .build()
            .to_string();
        if let Some(d) = days {
            text.push_str(&format!("; Max-Age={}", d.saturating_mul(86_400)));
        }
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    /// case 28, case 31: one value of a length that was given out, or none.
    #[test]
    fn a_cookie_that_was_not_set_here_is_none() {
        let settings = Settings::with(&[]).unwrap();
        let sent = |cookie: &str| {
            let headers = HeaderMap::from_iter([(header::COOKIE, cookie.parse().unwrap())]);
            CookieName("zegel_x").get(&settings.idp_url, &headers)
        };
        let (most, more) = ("x".repeat(256), "x".repeat(257));
        assert_eq!(sent(&format!("a=b; zegel_x={most}")), Some(most));
        assert_eq!(sent(&format!("zegel_x={more}")), None);
        assert_eq!(sent("zegel_x=a; zegel_x=b"), None);
    }
}
