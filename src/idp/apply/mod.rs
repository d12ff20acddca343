//! `zegel apply`: people, groups, roles and applications made as a file says. Owns the file's form and the difference
//! between it and what is there.
