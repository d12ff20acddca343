//! Where a browser that was asked to sign in comes back to. Owns the cookie that keeps the path meanwhile, and which paths it may be.

use axum::http::{HeaderMap, header};
use axum::response::Response;

use crate::idp::Idp;
use crate::kernel::http::cookies::CookieName;

/// Keeps the path. That of an invitation holds a secret: in the browser of whom it was mailed to.
const BACK: CookieName = CookieName("zegel_back");
/// Pages that one may come back to; each stands for those below it.
const PAGES: [&str; 3] = ["/account", "/invitation", "/admin"];

/// Whether a browser may be led to `path` by a cookie, which it may have from anywhere: only pages of this provider that ask for a
/// sign-in themselves.
fn is_page(path: &str) -> bool {
    let plain = path.len() <= 200 && path.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_/".contains(&b));
    let below = |page: &str| path.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    plain && !path.contains("//") && PAGES.iter().any(|page| below(page))
}

/// Keeps a path until the sign-in that follows.
pub fn keep(idp: &Idp, answer: &mut Response, path: &str) {
    if is_page(path) {
        answer.headers_mut().append(header::SET_COOKIE, BACK.set(&idp.env.settings.idp_url, path.to_owned()));
    }
}

/// The path that a browser left to sign in; whoever takes it also calls [`forget`].
pub fn left(idp: &Idp, headers: &HeaderMap) -> Option<String> {
    BACK.get(&idp.env.settings.idp_url, headers).filter(|path| is_page(path))
}

/// Forgets it.
pub fn forget(idp: &Idp, answer: &mut Response) {
    answer.headers_mut().append(header::SET_COOKIE, BACK.clear(&idp.env.settings.idp_url));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_leads_to_pages_of_this_provider_only() {
        for good in ["/account", "/account/security", "/invitation/abc_-9", "/admin/people"] {
            assert!(is_page(good), "{good}");
        }
        let long = format!("/account/{}", "a".repeat(200));
        for bad in [
            "",
            "/",
            "//evil.example",
            "/account//evil.example",
            "https://evil.example",
            "/accounts",
            "/account?x=1",
            "/token",
            &long,
        ] {
            assert!(!is_page(bad), "{bad}");
        }
    }
}
