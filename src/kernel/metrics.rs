//! What the program counts, in the text form that Prometheus reads. Owns the metrics that every half has and the page of
//! them. Labels come from the source alone (route patterns, methods, statuses), so that nobody from outside makes new ones,
//! and nothing personal is in them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
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
        Requests { metrics: Arc::clone(self), half, known: Arc::default() }
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
    /// What was asked before. Looked up by the pattern as it is: a label is only made of one that is new.
    known: Arc<RwLock<HashMap<String, Vec<Arc<Counted>>>>>,
}

/// The requests of one route by one method.
pub struct Counted {
    metrics: Arc<Metrics>,
    label: Route,
    took: Histogram,
    /// By status, the first one first.
    answered: RwLock<Vec<(u16, Counter)>>,
}

impl Requests {
    /// Those of a route by a method. `route` is its pattern, never its path.
    pub fn of(&self, method: &Method, route: &str) -> Arc<Counted> {
        let method = name(method);
        let find = |of: &[Arc<Counted>]| of.iter().find(|c| c.label.method == method).cloned();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(route).and_then(|of| find(of));
        known.unwrap_or_else(|| {
            let label = Route { half: self.half, method, route: route.to_owned() };
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            let of = known.entry(route.to_owned()).or_default();
            find(of).unwrap_or_else(|| {
                let took = self.metrics.took.get_or_create(&label).clone();
                let new = Arc::new(Counted { metrics: Arc::clone(&self.metrics), label, took, answered: RwLock::default() });
                of.push(Arc::clone(&new));
                new
            })
        })
    }
}

impl Counted {
    /// A request was answered.
    pub fn count(&self, status: u16, took: Duration) {
        self.took.observe(took.as_secs_f64());
        let find = |answered: &[(u16, Counter)]| answered.iter().find(|(s, _)| *s == status).map(|(_, counter)| counter.inc());
        if find(&self.answered.read().unwrap_or_else(PoisonError::into_inner)).is_some() {
            return;
        }
        let Route { half, method, route } = self.label.clone();
        let counter = self.metrics.answered.get_or_create(&Answered { half, method, route, status }).clone();
        counter.inc();
        let mut answered = self.answered.write().unwrap_or_else(PoisonError::into_inner);
        if answered.iter().all(|(s, _)| *s != status) {
            answered.push((status, counter));
        }
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
        idp.of(&Method::GET, "/signin").count(200, Duration::from_millis(3));
        idp.of(&Method::GET, "/signin").count(200, Duration::from_millis(30));
        idp.of(&Method::GET, "/signin").count(303, Duration::from_millis(30));
        idp.of(&Method::from_bytes(b"MADEUP").unwrap(), "-").count(404, Duration::ZERO);
        metrics.watch("waiting", "How many wait", || 7);
        let text = metrics.text().unwrap();
        for line in [
            r#"zegel_http_requests_total{half="idp",method="GET",route="/signin",status="200"} 2"#,
            r#"zegel_http_requests_total{half="idp",method="GET",route="/signin",status="303"} 1"#,
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
