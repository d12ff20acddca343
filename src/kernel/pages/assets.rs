//! The files that pages bring along: style sheet, icons, script. Compiled in, served with a digest in their address.
//! Owns their routes; nothing in them is made at run time.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// An embedded file.
struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

const ASSETS: [Asset; 5] = [
    Asset { name: "zegel.css", kind: "text/css; charset=utf-8", bytes: include_bytes!("../../../assets/zegel.css") },
    Asset { name: "icons.svg", kind: "image/svg+xml", bytes: include_bytes!("../../../assets/icons.svg") },
    Asset { name: "favicon.svg", kind: "image/svg+xml", bytes: include_bytes!("../../../assets/favicon.svg") },
    Asset { name: "zegel.js", kind: "text/javascript; charset=utf-8", bytes: include_bytes!("../../../assets/zegel.js") },
    Asset { name: "passkeys.js", kind: "text/javascript; charset=utf-8", bytes: include_bytes!("../../../assets/passkeys.js") },
];

/// The digest of each file, in the order of `ASSETS`: twelve digits are plenty to tell two releases apart.
static VERSIONS: LazyLock<[String; 5]> = LazyLock::new(|| {
    ASSETS.map(|a| {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, a.bytes);
        digest.as_ref().iter().take(6).map(|b| format!("{b:02x}")).collect()
    })
});

/// The digest in the address of the file `name`; empty for a file that isn't there.
pub(super) fn version(name: &str) -> &'static str {
    let at = ASSETS.iter().position(|a| a.name == name);
    at.and_then(|i| VERSIONS.get(i)).map_or("", String::as_str)
}

#[derive(serde::Deserialize)]
struct Asked {
    v: Option<String>,
}

/// The routes `/assets/...`. With the current digest in `v` the answer may be kept for a year; without, or with an
/// old one, it must be asked for again, so that a page of the previous release can't pin a file for ever.
pub fn assets<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{name}", get(serve))
}

async fn serve(Path(name): Path<String>, Query(asked): Query<Asked>) -> Response {
    let Some(asset) = ASSETS.iter().find(|a| a.name == name) else { return StatusCode::NOT_FOUND.into_response() };
    let caching = match asked.v {
        Some(v) if v == version(asset.name) => "public, max-age=31536000, immutable",
        _ => "no-cache",
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static(caching)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, asset.bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt as _;

    async fn ask(path: &str) -> Response {
        assets::<()>().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn a_file_is_kept_for_ever_only_under_its_own_digest() {
        let kept = ask(&format!("/assets/zegel.css?v={}", version("zegel.css"))).await;
        assert_eq!(kept.status(), StatusCode::OK);
        assert!(kept.headers()["cache-control"].to_str().unwrap().contains("immutable"));
        assert_eq!(kept.headers()["x-content-type-options"], "nosniff");
        let old = ask("/assets/zegel.css?v=000000000000").await;
        assert_eq!(old.headers()["cache-control"], "no-cache");
        assert_eq!(ask("/assets/..%2fCargo.toml").await.status(), StatusCode::NOT_FOUND);
    }

    /// S9
    #[test]
    fn every_icon_of_the_sprite_is_a_symbol_with_a_view_box() {
        let sprite = include_str!("../../../assets/icons.svg");
        for symbol in sprite.split("<symbol ").skip(1) {
            assert!(symbol.contains("viewBox="), "{symbol}");
        }
        for name in super::super::ICONS {
            assert!(sprite.contains(&format!("id=\"{name}\"")), "{name}");
        }
    }
}
