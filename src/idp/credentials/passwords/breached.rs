//! Passwords that are known from breaches: a filter file that is asked without a network and without reading it whole.
//! Owns the file's form, making it from a list, and asking it.
//!
//! A file is `ZGLPWD1\n`, then the number of bits, then a table, then one binary fuse filter of 16 bits for each value of so
//! many leading bits of the SHA-1 of a password. So a question reads some ten kilobytes of however large a file, and making
//! one needs little memory where the list is sorted by hash, as those of a billion passwords are. A password that is in the
//! list is always found; one that is not, once in 65,536.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use xorf::{BinaryFuse16, Descriptor, Filter};

const MAGIC: &[u8; 8] = b"ZGLPWD1\n";
/// Magic and number of bits.
const HEAD: usize = 9;
/// Of the table: where a part begins and how long it is.
const ENTRY: usize = 12;
/// Passwords in one part, about.
const PART: u64 = 4096;
/// Leading bits at most: a million parts, for four thousand million passwords.
const BITS: u32 = 20;
/// Bytes of a part at most: more than any that is made, so that a file that is none takes no memory.
const LARGEST: u32 = 16 * 1024 * 1024;
/// A filter of the fifty thousand most common passwords of ten characters or more.
const SHIPPED: &[u8] = include_bytes!("../../../../assets/common-passwords.filter");

/// Why a filter can't be made or used.
#[derive(Debug, thiserror::Error)]
pub enum FilterError {
    /// A file.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// Not a filter file, or cut off.
    #[error("not a filter of passwords: {0}")]
    Malformed(&'static str),
    /// Nothing to make one of.
    #[error("the list has no passwords")]
    Empty,
}

enum Source {
    File(File),
    Shipped,
}

impl Source {
    fn read(&self, at: u64, out: &mut [u8]) -> io::Result<()> {
        match self {
            Self::File(file) => file.read_exact_at(out, at),
            Self::Shipped => {
                let at = usize::try_from(at).map_err(io::Error::other)?;
                let found = at.checked_add(out.len()).and_then(|end| SHIPPED.get(at..end));
                out.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
                Ok(())
            }
        }
    }
}

/// A filter that can be asked.
pub struct Breached {
    source: Source,
    bits: u32,
}

impl Breached {
    /// The file at `path`, or the one that comes with the program.
    pub fn open(path: Option<&Path>) -> Result<Self, FilterError> {
        let Some(path) = path else { return Self::read(Source::Shipped, SHIPPED.len() as u64) };
        let file = File::open(path).map_err(|e| FilterError::File(path.to_owned(), e))?;
        let length = file.metadata().map_err(|e| FilterError::File(path.to_owned(), e))?.len();
        Self::read(Source::File(file), length)
    }

    fn read(source: Source, length: u64) -> Result<Self, FilterError> {
        let cut = |_| FilterError::Malformed("it is cut off");
        let mut head = [0; HEAD];
        source.read(0, &mut head).map_err(cut)?;
        let (magic, bits) = (head.starts_with(MAGIC), head.last().copied().map_or(u32::MAX, u32::from));
        if !magic || bits > BITS {
            return Err(FilterError::Malformed("it does not begin like one; make it by `zegel passwords build-filter`"));
        }
        let filter = Self { source, bits };
        // The parts stand one after the other, so the last one's end is the file's.
        let (at, size) = filter.entry((1 << bits) - 1).map_err(cut)?;
        if at.checked_add(u64::from(size)) == Some(length) { Ok(filter) } else { Err(FilterError::Malformed("it is cut off")) }
    }

    fn entry(&self, part: u64) -> io::Result<(u64, u32)> {
        let mut entry = [0; ENTRY];
        self.source.read(HEAD as u64 + part * ENTRY as u64, &mut entry)?;
        let (at, size) = entry.split_first_chunk::<8>().ok_or(io::ErrorKind::InvalidData)?;
        let size = size.first_chunk::<4>().ok_or(io::ErrorKind::InvalidData)?;
        Ok((u64::from_be_bytes(*at), u32::from_be_bytes(*size)))
    }

    /// Whether a password is in the list: as it is, or without its capitals.
    pub fn knows(&self, password: &str) -> io::Result<bool> {
        let small = zeroize::Zeroizing::new(password.to_lowercase());
        Ok(self.has(key(password.as_bytes()))? || (*small != password && self.has(key(small.as_bytes()))?))
    }

    fn has(&self, key: u64) -> io::Result<bool> {
        let (at, size) = self.entry(part(key, self.bits))?;
        if size == 0 {
            return Ok(false);
        }
        if size > LARGEST {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a part of the filter is larger than one can be"));
        }
        let mut bytes = vec![0; usize::try_from(size).map_err(io::Error::other)?];
        self.source.read(at, &mut bytes)?;
        let filter =
            parsed(&bytes).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a part of the filter is broken"))?;
        Ok(filter.contains(&key))
    }
}

/// The first eight bytes of the SHA-1 of a password; lists of breaches go by SHA-1.
fn key(password: &[u8]) -> u64 {
    digest(&SHA1_FOR_LEGACY_USE_ONLY, password).as_ref().first_chunk().map_or(0, |b| u64::from_be_bytes(*b))
}

fn part(key: u64, bits: u32) -> u64 {
    key.checked_shr(64 - bits).unwrap_or(0)
}

/// A part: seed, segment length, number of segments' length, then the fingerprints, all big-endian.
fn written(filter: &BinaryFuse16) -> Vec<u8> {
    let d = &filter.descriptor;
    let mut out = Vec::with_capacity(20 + filter.fingerprints.len() * 2);
    out.extend(d.seed.to_be_bytes());
    for number in [d.segment_length, d.segment_length_mask, d.segment_count_length] {
        out.extend(number.to_be_bytes());
    }
    out.extend(filter.fingerprints.iter().flat_map(|f| f.to_be_bytes()));
    out
}

/// Reads a part, refusing one whose numbers would lead outside of its fingerprints.
fn parsed(bytes: &[u8]) -> Option<BinaryFuse16> {
    let (seed, rest) = bytes.split_first_chunk::<8>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (mask, rest) = rest.split_first_chunk::<4>()?;
    let (count, rest) = rest.split_first_chunk::<4>()?;
    let [segment_length, segment_length_mask, segment_count_length] = [length, mask, count].map(|n| u32::from_be_bytes(*n));
    let (pairs, odd) = rest.as_chunks::<2>();
    let fits = segment_length.is_power_of_two()
        && segment_length_mask == segment_length - 1
        && segment_count_length.is_multiple_of(segment_length)
        && u64::from(segment_count_length) + 2 * u64::from(segment_length) <= pairs.len() as u64;
    let fingerprints = pairs.iter().map(|p| u16::from_be_bytes(*p)).collect();
    let seed = u64::from_be_bytes(*seed);
    let descriptor = Descriptor { seed, segment_length, segment_length_mask, segment_count_length };
    (fits && odd.is_empty()).then_some(BinaryFuse16 { descriptor, fingerprints })
}

/// What is in a list: one password a line, or one SHA-1 in hexadecimal with, behind a colon, how often it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lines {
    Passwords,
    Hashes,
}

fn hash_of(line: &[u8]) -> Option<u64> {
    let hex = line.split(|b| *b == b':').next().unwrap_or_default();
    let whole = hex.len() == 40 && hex.iter().all(u8::is_ascii_hexdigit);
    let first = std::str::from_utf8(hex.get(..16)?).ok()?;
    if whole { u64::from_str_radix(first, 16).ok() } else { None }
}

impl Lines {
    fn key(self, line: &[u8]) -> Option<u64> {
        match self {
            Self::Hashes => hash_of(line),
            Self::Passwords => (!line.is_empty()).then(|| key(line)),
        }
    }
}

/// Calls `each` for every line's key.
fn lines(file: &mut (impl Read + Seek), kind: Lines, mut each: impl FnMut(u64) -> io::Result<()>) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        while line.last().is_some_and(|b| b"\r\n".contains(b)) {
            line.pop();
        }
        if let Some(key) = kind.key(&line) {
            each(key)?;
        }
        line.clear();
    }
    Ok(())
}

/// Makes the filter file `to` of the list `from`; how many passwords are in it. Sorted lists of hashes take little memory,
/// others eight bytes a line.
pub fn build(from: &Path, to: &Path) -> Result<u64, FilterError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |e| FilterError::File(path, e)
    };
    let mut list = File::open(from).map_err(at(from))?;
    let mut first = Vec::new();
    BufReader::new(&mut list).read_until(b'\n', &mut first).map_err(at(from))?;
    let kind = if hash_of(first.trim_ascii_end()).is_some() { Lines::Hashes } else { Lines::Passwords };
    let (mut count, mut last, mut sorted) = (0u64, 0, true);
    lines(&mut list, kind, |key| {
        sorted &= last <= key;
        (count, last) = (count + 1, key);
        Ok(())
    })
    .map_err(at(from))?;
    if count == 0 {
        return Err(FilterError::Empty);
    }
    let bits = (count / PART).checked_ilog2().map_or(0, |b| (b + 1).min(BITS));
    // Under another name until it is whole: a server that opens it meanwhile has the one before.
    let draft = to.with_added_extension("draft");
    let mut writer = Writer::new(File::create(&draft).map_err(at(&draft))?, bits).map_err(at(&draft))?;
    if sorted {
        lines(&mut list, kind, |key| writer.add(key)).map_err(at(from))?;
    } else {
        let mut keys = Vec::new();
        lines(&mut list, kind, |key| {
            keys.push(key);
            Ok(())
        })
        .map_err(at(from))?;
        keys.sort_unstable();
        keys.into_iter().try_for_each(|key| writer.add(key)).map_err(at(&draft))?;
    }
    let written = writer.finish().map_err(at(&draft))?;
    std::fs::rename(&draft, to).map_err(at(to))?;
    Ok(written)
}

/// Writes parts one after the other, of keys that come in order.
struct Writer {
    out: BufWriter<File>,
    bits: u32,
    table: Vec<u8>,
    end: u64,
    part: u64,
    keys: Vec<u64>,
    count: u64,
}

impl Writer {
    fn new(file: File, bits: u32) -> io::Result<Self> {
        let mut out = BufWriter::new(file);
        let table = ENTRY << bits;
        // The table comes last and stands first.
        out.seek(SeekFrom::Start((HEAD + table) as u64))?;
        Ok(Self { out, bits, table: Vec::new(), end: (HEAD + table) as u64, part: 0, keys: Vec::new(), count: 0 })
    }

    fn add(&mut self, key: u64) -> io::Result<()> {
        while self.part < part(key, self.bits) {
            self.close()?;
        }
        if self.keys.last() != Some(&key) {
            self.keys.push(key);
        }
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        let bytes = match self.keys.as_slice() {
            [] => Vec::new(),
            keys => written(&BinaryFuse16::try_from(keys).map_err(io::Error::other)?),
        };
        self.table.extend(self.end.to_be_bytes());
        self.table.extend(u32::try_from(bytes.len()).map_err(io::Error::other)?.to_be_bytes());
        self.out.write_all(&bytes)?;
        self.end += bytes.len() as u64;
        self.count += self.keys.len() as u64;
        self.keys.clear();
        self.part += 1;
        Ok(())
    }

    fn finish(mut self) -> io::Result<u64> {
        while self.part < 1 << self.bits {
            self.close()?;
        }
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(MAGIC)?;
        self.out.write_all(&[u8::try_from(self.bits).map_err(io::Error::other)?])?;
        self.out.write_all(&self.table)?;
        self.out.flush()?;
        self.out.get_ref().sync_all()?;
        Ok(self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(lines: &[String]) -> (tempfile::TempDir, Breached, u64) {
        let dir = tempfile::tempdir().unwrap();
        let (list, filter) = (dir.path().join("list"), dir.path().join("filter"));
        std::fs::write(&list, lines.join("\n")).unwrap();
        let count = build(&list, &filter).unwrap();
        (dir, Breached::open(Some(&filter)).unwrap(), count)
    }

    fn sha1(text: &str) -> String {
        digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()).as_ref().iter().map(|b| format!("{b:02X}")).collect()
    }

    /// S6
    #[test]
    fn what_is_in_the_list_is_always_found_and_what_is_not_hardly_ever() {
        for count in [1, 2, 3, 100, 10_000, 30_000] {
            let list: Vec<String> = (0..count).map(|n| format!("breached-{n}")).collect();
            let (_dir, filter, written) = built(&list);
            assert_eq!(written, count);
            assert!(list.iter().all(|p| filter.knows(p).unwrap()), "{count}");
            let wrong = (0..2_000).filter(|n| filter.knows(&format!("safe-{n}")).unwrap()).count();
            assert!(wrong <= 2, "{wrong} of 2,000 with {count}");
        }
    }

    #[test]
    fn a_list_of_hashes_makes_the_same_filter_in_whatever_order() {
        let plain: Vec<String> = (0..9_000).map(|n| format!("breached-{n}")).collect();
        let hashed: Vec<String> = plain.iter().map(|p| format!("{}:{}", sha1(p), 7)).collect();
        let mut sorted = hashed.clone();
        sorted.sort();
        // Twice in the list is once in the filter.
        sorted.insert(1, sorted[0].clone());
        for lines in [&plain, &hashed, &sorted] {
            let (_dir, filter, written) = built(lines);
            assert_eq!(written, 9_000);
            assert!(filter.bits > 0 && plain.iter().all(|p| filter.knows(p).unwrap()));
            assert!(filter.knows("BREACHED-17").unwrap(), "capitals don't help");
        }
    }

    #[test]
    fn the_list_that_comes_along_knows_common_passwords() {
        let shipped = Breached::open(None).unwrap();
        for known in ["qwertyuiop", "1q2w3e4r5t", "Prometheus", "springfield"] {
            assert!(shipped.knows(known).unwrap(), "{known}");
        }
        assert!(!shipped.knows("three geese over Zwolle").unwrap());
    }

    #[test]
    fn a_file_that_is_no_whole_filter_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        let open = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            Breached::open(Some(&path)).err().map(|e| e.to_string())
        };
        assert!(open(b"pass").unwrap().contains("cut off"));
        assert!(open(b"password\n123456\n").unwrap().contains("build-filter"));
        assert!(open(&SHIPPED[..SHIPPED.len() - 1]).unwrap().contains("cut off"));
        assert_eq!(open(SHIPPED), None);
        assert!(Breached::open(Some(Path::new("/nonexistent"))).is_err());
        std::fs::write(&path, "\n\n").unwrap();
        assert!(matches!(build(&path, &dir.path().join("y")), Err(FilterError::Empty)));
    }

    /// case 31: bytes of a part that lead nowhere are an error, never a panic.
    #[test]
    fn a_broken_part_is_an_error() {
        let good = written(&BinaryFuse16::try_from(&[1u64, 2, 3][..]).unwrap());
        assert!(parsed(&good).is_some());
        for at in 8..20 {
            for bit in 0..8 {
                let mut bad = good.clone();
                bad[at] ^= 1 << bit;
                if let Some(filter) = parsed(&bad) {
                    for key in 0..100 {
                        let _ = filter.contains(&(key << 57));
                    }
                }
            }
        }
        assert!(parsed(&good[..good.len() - 1]).is_none());
    }
}
