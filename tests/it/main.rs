//! Integration tests: one binary.

mod support;
