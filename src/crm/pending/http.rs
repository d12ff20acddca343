//! x.
use crate::crm::Crm;
use std::sync::Arc;
pub fn routes(_c: Arc<Crm>) -> axum::Router {
    axum::Router::new()
}
