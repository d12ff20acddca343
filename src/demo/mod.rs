//! The demonstration: the company of the story with sample data, and a walk through the story that checks each step.

pub mod browser;
