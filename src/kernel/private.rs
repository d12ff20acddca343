//! Files and folders that are their owner's alone. Owns making a folder of data, and a file that holds a key: whole or not at all,
//! and the same one for all who ask for it at once. Does not own what is in them.

use std::io::{self, ErrorKind, Write};
use std::path::Path;

use super::entropy::Entropy;

/// What `path` holds, after making it of `new` if it isn't there.
///
/// It is written under another name, brought to the disk, and given its own name in one step that fails if there is one:
/// neither a crash nor a second process can see a part of it. What a crash leaves under the other name is never read.
pub fn first(path: &Path, entropy: &dyn Entropy, new: impl FnOnce() -> String) -> io::Result<String> {
    match std::fs::read_to_string(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => {}
        read => return read,
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    self::folder(folder)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", entropy.token()));
    let beside = folder.join(name);
    let linked = write(&beside, &new()).and_then(|()| std::fs::hard_link(&beside, path));
    let tidied = std::fs::remove_file(&beside);
    match linked {
        Ok(()) => {
            tidied?;
            // The name itself is on the disk only when the folder is.
            #[cfg(unix)]
            std::fs::File::open(folder)?.sync_all()?;
        }
        // Another was first: its is the one.
        Err(e) if e.kind() == ErrorKind::AlreadyExists && path.exists() => {}
        Err(e) => return Err(e),
    }
    std::fs::read_to_string(path)
}

/// Makes a folder that nobody else looks into, and those above it, where there are none; what is there stays as it is.
pub fn folder(path: &Path) -> io::Result<()> {
    let mut making = std::fs::DirBuilder::new();
    making.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut making, 0o700);
    making.create(path)
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;
    use crate::kernel::entropy::SeededEntropy;

    #[cfg(unix)]
    #[test]
    fn a_folder_of_data_is_its_owners_alone_and_one_that_is_there_stays_as_it_is() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let (above, data) = (dir.path().join("zegel"), dir.path().join("zegel/data"));
        folder(&data).unwrap();
        assert_eq!((mode(&above), mode(&data)), (0o700, 0o700));
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o750)).unwrap();
        folder(&data).unwrap();
        assert_eq!(mode(&data), 0o750);
    }

    #[test]
    fn of_many_who_make_a_file_at_once_all_read_the_same_one() {
        let dir = tempfile::tempdir().unwrap();
        for round in 0..100 {
            let (path, together) = (dir.path().join(format!("{round}.key")), Barrier::new(4));
            let read: Vec<String> = std::thread::scope(|scope| {
                let make = |seed: u64| {
                    let (path, together) = (&path, &together);
                    move || {
                        let entropy = SeededEntropy::new(seed);
                        together.wait();
                        first(path, &entropy, || seed.to_string().repeat(4_000)).unwrap()
                    }
                };
                let all: Vec<_> = (1..=4).map(|seed| scope.spawn(make(seed))).collect();
                all.into_iter().map(|t| t.join().unwrap()).collect()
            });
            assert!(read.iter().all(|r| r == &read[0] && r.len() == 4_000), "round {round}");
        }
        let left = std::fs::read_dir(dir.path()).unwrap().count();
        assert_eq!(left, 100, "nothing is left beside them");
    }

    #[test]
    fn what_an_interrupted_start_left_is_never_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deeper/root.key");
        std::fs::create_dir(dir.path().join("deeper")).unwrap();
        std::fs::write(dir.path().join("deeper/root.key.abc.new"), "").unwrap();
        assert_eq!(first(&path, &SeededEntropy::new(1), || "whole".into()).unwrap(), "whole");
        assert_eq!(first(&path, &SeededEntropy::new(2), || "another".into()).unwrap(), "whole");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("root.key");
        first(&path, &SeededEntropy::new(1), || "key".into()).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
