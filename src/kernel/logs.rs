//! Which lines may stand in the log. Owns the exceptions from the level that is asked for, and nothing of how lines look or
//! where they go.

use tracing_subscriber::EnvFilter;

/// Parts that log the whole address of a request, which may hold the secret of a mailed link (security case 27).
const SILENT: [&str; 1] = ["tower_http::csrf=off"];

/// The filter that a setting asks for, `info` where it can't be read, without what never belongs in a log.
pub fn filter(wanted: &str) -> EnvFilter {
    let filter = EnvFilter::try_new(wanted).unwrap_or_else(|_| EnvFilter::new("info"));
    SILENT.iter().filter_map(|d| d.parse().ok()).fold(filter, EnvFilter::add_directive)
}
