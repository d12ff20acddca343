//! Factors: setting them up, taking them away, and what attackers do with them.

mod ceremonies;
