//! Telling whether a database has changed without reading it: by the header of the index of its write-ahead log
//! (<https://sqlite.org/walformat.html>, section 2.1), by which SQLite itself decides whether the pages that it has in memory still
//! hold. Every commit, of whichever process, writes that header before it is answered. Owns the handle on the file of the index
//! and what is read through it (docs/adr/0043).

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rusqlite::Connection;

/// Bytes of the header.
const HEADER: usize = 48;
/// The version of the index that is known here, and where it stands.
const VERSION: u32 = 3_007_000;
/// Where it stands whether the header is there.
const IS_INIT: usize = 12;

/// Where a database stands. The same again says that nothing was committed in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark([u8; HEADER]);

/// The index of a database's log. All that is open in this process on one database share it, and it goes last: SQLite's locks are
/// on the same file, and a process loses its locks on a file when it closes it once, however often it has it open (POSIX, fcntl).
pub(super) struct Index(File);

impl Index {
    /// That of the database in `file`, which someone has open and has read.
    pub(super) fn of(file: &Path) -> io::Result<Arc<Self>> {
        static ALL: Mutex<BTreeMap<PathBuf, Weak<Index>>> = Mutex::new(BTreeMap::new());
        let mut path = file.canonicalize()?.into_os_string();
        path.push("-shm");
        let path = PathBuf::from(path);
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, index| index.strong_count() > 0);
        if let Some(index) = all.get(&path).and_then(Weak::upgrade) {
            return Ok(index);
        }
        let index = Arc::new(Self(File::open(&path)?));
        all.insert(path, Arc::downgrade(&index));
        Ok(index)
    }

    /// Where the database stands now; none while someone writes that, or where this version of the index is not known.
    pub(super) fn mark(&self) -> Option<Mark> {
        // It stands there twice, so that who reads it half written can tell.
        let mut both = [0; 2 * HEADER];
        self.0.read_exact_at(&mut both, 0).ok()?;
        let (first, second) = both.split_at(HEADER);
        let known = first.first_chunk().is_some_and(|v| u32::from_ne_bytes(*v) == VERSION) && first.get(IS_INIT) == Some(&1);
        if !known || first != second {
            return None;
        }
        first.try_into().ok().map(Mark)
    }
}

/// A connection, which keeps the index of its database open for as long as it is.
pub(in crate::kernel::db) struct Open {
    pub(super) connection: Connection,
    pub(super) _index: Arc<Index>,
}

#[cfg(test)]
mod tests {
    use super::super::connect;
    use super::*;

    /// By every commit of anyone, and by nothing else.
    #[test]
    fn a_mark_changes_with_every_commit() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.db");
        let one = Connection::open(&file).unwrap();
        one.pragma_update(None, "journal_mode", "wal").unwrap();
        one.execute_batch("CREATE TABLE t (n INTEGER PRIMARY KEY, v INTEGER)").unwrap();
        let (two, index) = (connect(&file).unwrap(), Index::of(&file).unwrap());
        assert!(Arc::ptr_eq(&index, &Index::of(&file).unwrap()));
        let mut marks = vec![index.mark().unwrap()];
        let mut changed = |what: &str| {
            let now = index.mark().unwrap();
            let new = !marks.contains(&now);
            marks.push(now);
            (what.to_owned(), new)
        };
        let new = |what: &str| (what.to_owned(), true);
        for n in 0..50 {
            one.execute("INSERT INTO t VALUES (?1, 0)", [n]).unwrap();
            assert_eq!(changed("a row"), new("a row"));
            two.execute("UPDATE t SET v = 1 WHERE n = ?1", [n]).unwrap();
            assert_eq!(changed("another connection"), new("another connection"));
        }
        let before = index.mark();
        two.query_row("SELECT count(*) FROM t", [], |r| r.get::<_, i64>(0)).unwrap();
        one.execute_batch("BEGIN; DELETE FROM t; ROLLBACK").unwrap();
        assert_eq!(index.mark(), before, "what is read or taken back is no change");
        // A log that begins anew, and one that is as long as one before it was.
        for _ in 0..3 {
            one.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
            two.execute("UPDATE t SET v = v + 1 WHERE n = 0", []).unwrap();
            assert_eq!(changed("after a checkpoint"), new("after a checkpoint"));
        }
        assert!(changed("nothing") == ("nothing".to_owned(), false));
    }

    #[test]
    fn a_header_that_is_half_written_or_of_another_version_tells_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.db-shm");
        let mut one = [0u8; HEADER];
        one[..4].copy_from_slice(&VERSION.to_ne_bytes());
        one[IS_INIT] = 1;
        let told = |first: [u8; HEADER], second: [u8; HEADER]| {
            std::fs::write(&path, [first, second].concat()).unwrap();
            Index(File::open(&path).unwrap()).mark()
        };
        assert_eq!(told(one, one), Some(Mark(one)));
        let with = |at: usize, byte: u8| {
            let mut other = one;
            other[at] = byte;
            other
        };
        assert_eq!(told(one, with(20, 1)), None);
        for (at, byte) in [(0, 1), (IS_INIT, 0)] {
            assert_eq!(told(with(at, byte), with(at, byte)), None);
        }
        std::fs::write(&path, one).unwrap();
        assert_eq!(Index(File::open(&path).unwrap()).mark(), None);
    }
}
