//! What the program counts, in the text form that Prometheus reads. Owns the metrics that every half has and the page of
//! them. Labels come from the source alone (route patterns, methods, statuses), so that nobody from outside makes new ones,
//! and nothing personal is in them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

/// What OpenMetrics is called.
const TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Upper ends of the histogram's buckets, in seconds.
const BUCKETS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    half: &'static str,
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    half: &'static str,
    method: &'static str,
    route: String,
}

/// Makes the histogram of a route.
#[derive(Clone)]
struct Buckets;

impl MetricConstructor<Histogram> for Buckets {
    fn new_metric(&self) -> Histogram {
        Histogram::new(BUCKETS)
    }
}

type Read = Box<dyn Fn() -> u64 + Send>;

/// The metrics of a process.
pub struct Metrics {
    registry: Mutex<Registry>,
    answered: Family<Answered, Counter>,
    took: Family<Route, Histogram, Buckets>,
    read: Mutex<Vec<(Gauge, Read)>>,
}

impl Default for Metrics {
    fn default() -> Self {
        let (answered, took) = (Family::default(), Family::new_with_constructor(Buckets));
        let mut registry = Registry::with_prefix("zegel");
        registry.register("build", "The version", Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]));
        registry.register("http_requests", "Requests answered, by route pattern", answered.clone());
        registry.register("http_request_duration_seconds", "From the request to the head of its answer", took.clone());
        Self { registry: Mutex::new(registry), answered, took, read: Mutex::default() }
    }
}

impl Metrics {
    /// Adds a number that is read whenever the page is asked for.
    pub fn watch(&self, name: &str, help: &str, read: impl Fn() -> u64 + Send + 'static) {
        let gauge = Gauge::default();
        self.registry.lock().unwrap_or_else(PoisonError::into_inner).register(name, help, gauge.clone());
        self.read.lock().unwrap_or_else(PoisonError::into_inner).push((gauge, Box::new(read)));
    }

    /// The metrics of one half's requests.
    pub fn of_half(self: &Arc<Self>, half: &'static str) -> Requests {
        Requests { metrics: Arc::clone(self), half }
    }

    /// The page, for a listener of its own: it says how much is going on, which is not everyone's business.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new().route("/metrics", get(page)).with_state(Arc::clone(self))
    }

    fn text(&self) -> Result<String, std::fmt::Error> {
        for (gauge, read) in self.read.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            gauge.set(i64::try_from(read()).unwrap_or(i64::MAX));
        }
        let mut out = String::new();
        encode(&mut out, &self.registry.lock().unwrap_or_else(PoisonError::into_inner))?;
        Ok(out)
    }
}

async fn page(State(metrics): State<Arc<Metrics>>) -> Response {
    match metrics.text() {
        Ok(text) => ([(header::CONTENT_TYPE, HeaderValue::from_static(TYPE))], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics could not be written");
            axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Counts the requests of one half.
#[derive(Clone)]
pub struct Requests {
    metrics: Arc<Metrics>,
    half: &'static str,
}

impl Requests {
    /// A request was answered. `route` is its pattern, never its path.
    pub fn count(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let (half, method, route) = (self.half, name(method), route.to_owned());
        self.metrics.took.get_or_create(&Route { half, method, route: route.clone() }).observe(took.as_secs_f64());
        self.metrics.answered.get_or_create(&Answered { half, method, route, status }).inc();
    }
}

/// The methods that routes have; whoever sends others makes no labels of them.
fn name(method: &Method) -> &'static str {
    [("GET", Method::GET), ("POST", Method::POST), ("PUT", Method::PUT), ("PATCH", Method::PATCH), ("DELETE", Method::DELETE)]
        .iter()
        .find(|(_, known)| known == method)
        .map_or("other", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_what_the_source_says_alone() {
        let metrics = Arc::new(Metrics::default());
        let idp = metrics.of_half("idp");
        idp.count(&Method::GET, "/signin", 200, Duration::from_millis(3));
        idp.count(&Method::GET, "/signin", 200, Duration::from_millis(30));
        idp.count(&Method::from_bytes(b"MADEUP").unwrap(), "-", 404, Duration::ZERO);
        metrics.watch("waiting", "How many wait", || 7);
        let text = metrics.text().unwrap();
        for line in [
            r#"zegel_http_requests_total{half="idp",method="GET",route="/signin",status="200"} 2"#,
            r#"zegel_http_requests_total{half="idp",method="other",route="-",status="404"} 1"#,
            r#"zegel_http_request_duration_seconds_bucket{le="0.005",half="idp",method="GET",route="/signin"} 1"#,
            "zegel_waiting 7",
            "# EOF",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(!text.contains("MADEUP"));
    }
}
