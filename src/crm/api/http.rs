//! Routes.
use crate::crm::Crm;
use axum::Router;
use std::sync::Arc;
/// All.
pub fn routes(_: Arc<Crm>) -> Router {
    Router::new()
}
