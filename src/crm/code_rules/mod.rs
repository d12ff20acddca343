//! Code rules: when a change needs a code, to whom the code goes and how often it may be tried. Owns the rules as data with
//! their history, and the answer to the gate's question which of them a change must satisfy. Does not own asking for codes
//! (`pending`), nor the codes themselves, which only the provider knows.

mod eval;
pub mod flow;
pub mod model;
pub mod store;
#[cfg(test)]
mod tests;
