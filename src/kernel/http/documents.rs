//! Documents that are the same for whoever asks, like a provider's metadata and keys. Every application reads them, over and
//! over, so they are answered as they lie there: without a request id, a line in the log or a limit of time. They are counted,
//! and have what guards an answer of every answer's headers, without what only a page needs.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Request, header};
use axum::response::Response;
use axum::routing::get;
use futures_util::future::Either;
use tower::Service;

use crate::kernel::metrics::{Counted, Requests};

/// One of them: where it is, and what it says now, as JSON.
#[derive(Clone)]
pub struct Document {
    /// The path.
    pub path: &'static str,
    /// What it says now; asked at every request, so it only hands out what is ready.
    pub text: Arc<dyn Fn() -> Bytes + Send + Sync>,
}

impl Document {
    /// One that says `text()`.
    pub fn new(path: &'static str, text: impl Fn() -> Bytes + Send + Sync + 'static) -> Self {
        Self { path, text: Arc::new(text) }
    }
}

/// Documents with the headers that they go out with.
#[derive(Clone, Default)]
pub struct Ready(Arc<[Arc<One>]>);

struct One {
    document: Document,
    headers: HeaderMap,
    counted: Option<Arc<Counted>>,
}

impl Ready {
    /// `every` are the headers of every answer.
    pub(super) fn new(documents: Vec<Document>, every: &HeaderMap, requests: Option<&Requests>) -> Self {
        let fixed = [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "public, max-age=60"),
            // Pages of other origins read them too.
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
            // Nothing in it runs, should it be shown as a page after all.
            (header::CONTENT_SECURITY_POLICY, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::REFERRER_POLICY, "same-origin"),
        ];
        let mut headers: HeaderMap = fixed.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect();
        headers.extend(every.get(header::STRICT_TRANSPORT_SECURITY).map(|v| (header::STRICT_TRANSPORT_SECURITY, v.clone())));
        let one = |document: Document| {
            let counted = requests.map(|r| r.of(&Method::GET, document.path));
            Arc::new(One { document, headers: headers.clone(), counted })
        };
        Self(documents.into_iter().map(one).collect())
    }

    /// Their routes, for whatever is not a plain GET, and for who has no [`Front`].
    pub(super) fn routes(&self) -> Router {
        self.0.iter().fold(Router::new(), |routes, one| {
            let (path, one) = (one.document.path, Arc::clone(one));
            routes.route(path, get(move || std::future::ready(one.answer())))
        })
    }

    fn find<B>(&self, request: &Request<B>) -> Option<Response> {
        let one = self.0.iter().find(|one| one.document.path == request.uri().path());
        one.filter(|_| request.method() == Method::GET).map(|one| one.answer())
    }

    /// Puts them before a service.
    pub(super) fn before<S>(self, routes: S) -> Front<S> {
        Front { ready: self, routes }
    }
}

impl One {
    fn answer(&self) -> Response {
        let mut response = Response::new(Body::from((self.document.text)()));
        response.headers_mut().clone_from(&self.headers);
        if let Some(counted) = &self.counted {
            // It lies there: less time than can be told.
            counted.count(200, Duration::ZERO);
        }
        response
    }
}

/// Answers documents before anything is known of a request but its method and path, and leaves all others to the routes.
#[derive(Clone)]
pub(super) struct Front<S> {
    ready: Ready,
    routes: S,
}

impl<B, S: Service<Request<B>, Response = Response>> Service<Request<B>> for Front<S> {
    type Response = Response;
    type Error = S::Error;
    type Future = Either<std::future::Ready<Result<Response, S::Error>>, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.routes.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        match self.ready.find(&request) {
            Some(response) => Either::Left(std::future::ready(Ok(response))),
            None => Either::Right(self.routes.call(request)),
        }
    }
}

/// All that a listener answers.
#[derive(Clone)]
pub struct Answers {
    /// Its routes, those of documents among them.
    pub routes: Router,
    /// What is answered before them.
    pub documents: Ready,
}

impl From<Router> for Answers {
    fn from(routes: Router) -> Self {
        Self { routes, documents: Ready::default() }
    }
}

#[cfg(test)]
mod tests {
    use tower::ServiceExt;

    use super::*;

    /// One document, before routes that have it too and note who comes to them.
    async fn ask(method: Method, uri: &str) -> (u16, bool, Option<String>) {
        let document = Document::new("/keys", || Bytes::from_static(b"{}"));
        let ready = Ready::new(vec![document], &HeaderMap::new(), None);
        let routes = ready.routes().layer(axum::middleware::map_response(|mut response: Response| async {
            response.headers_mut().insert("x-routed", HeaderValue::from_static("yes"));
            response
        }));
        let front = ready.before(routes);
        let request = Request::builder().method(method).uri(uri).body(Body::empty()).unwrap();
        let response = front.oneshot(request).await.unwrap();
        let routed = response.headers().contains_key("x-routed");
        let policy = response.headers().get(header::CONTENT_SECURITY_POLICY).map(|v| v.to_str().unwrap().to_owned());
        (response.status().as_u16(), routed, policy)
    }

    #[tokio::test]
    async fn a_plain_get_is_answered_before_the_routes_and_all_else_by_them() {
        let policy = || Some("default-src 'none'; base-uri 'none'; frame-ancestors 'none'".to_owned());
        assert_eq!(ask(Method::GET, "/keys").await, (200, false, policy()));
        assert_eq!(ask(Method::GET, "/keys?a=b").await, (200, false, policy()));
        assert_eq!(ask(Method::HEAD, "/keys").await, (200, true, policy()));
        assert_eq!(ask(Method::POST, "/keys").await, (405, true, None));
        assert_eq!(ask(Method::GET, "/keys/").await.0, 404);
    }
}
