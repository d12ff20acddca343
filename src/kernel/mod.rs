//! What both halves stand on: time, chance, secrets, storage, HTTP, keys, pages, delivery. Knows neither half.

pub mod clock;
pub mod db;
pub mod entropy;
pub mod pages;
pub mod root;
