//! Integration tests: one binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test's helpers end the test where something is not as it should be"
)]

mod access;
mod account;
mod admin;
mod audit;
mod browser;
mod crash;
mod data;
mod delivery;
mod docs;
mod factors;
mod federation;
mod files;
mod fuzz;
mod metrics;
mod nodes;
mod oidc;
mod pages;
mod replica;
mod routes;
mod scim;
mod sealing;
mod second_application;
mod signin;
mod source;
mod stopping;
mod support;
