//! What people see of themselves at the provider: the start page. Self-service for factors comes with the sign-in policies.

pub mod http;
