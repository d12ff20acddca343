//! Records: to come.
