//! Integration tests: one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails here is meant to fail the test")]

mod delivery;
