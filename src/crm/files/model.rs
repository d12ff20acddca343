//! What a file is by its content, and what of its name is kept. Pure.

use crate::crm::modules::fold::nfc;
use crate::crm::modules::model::FieldKind;

/// Most characters of a name.
const MAX_NAME: usize = 200;
/// As much of the beginning as is looked at.
pub const HEAD: usize = 8 * 1024;

/// Where an upload stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its bytes are coming.
    Receiving,
    /// All bytes are there; no record holds it yet.
    Uploaded,
    /// A record holds it, or an earlier version of one.
    Kept,
    /// It will be removed; nothing takes it up any more.
    Gone,
}

impl State {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receiving => "receiving",
            Self::Uploaded => "uploaded",
            Self::Kept => "kept",
            Self::Gone => "gone",
        }
    }
}

/// The name under which a file is shown and offered for saving. Nothing is ever opened by it: what a client sends as a path
/// is cut to its last part, and what can't be seen or would turn the direction of the text is left out.
pub fn clean_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let unseen = |c: char| {
        c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let clean = nfc(&last.chars().filter(|c| !unseen(*c)).collect::<String>());
    let clean = clean.trim().trim_start_matches('.').trim();
    if clean.is_empty() { "file".to_owned() } else { shortened(clean) }
}

/// Cut in the middle, so that the ending still tells what it is.
fn shortened(name: &str) -> String {
    let count = name.chars().count();
    if count <= MAX_NAME {
        return name.to_owned();
    }
    let ending = name.rsplit_once('.').map(|(_, e)| e).filter(|e| e.chars().count() <= 10);
    match ending {
        Some(e) => {
            let keep = MAX_NAME.saturating_sub(e.chars().count() + 1);
            format!("{}.{e}", name.chars().take(keep).collect::<String>())
        }
        None => name.chars().take(MAX_NAME).collect(),
    }
}

/// First bytes that say what a file is. The longer and rarer come first.
const MAGIC: &[(usize, &[u8], &str)] = &[
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "application/ogg"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\x7fELF", "application/x-elf"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
];

/// What a file is by its first [`HEAD`] bytes. What the client calls it doesn't count. Text of any kind, pages and drawings
/// included, is plain text: nothing that a browser would run.
pub fn media_type(head: &[u8]) -> &'static str {
    let at = |offset: usize, magic: &[u8]| head.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    if at(0, b"PK\x03\x04") {
        return archive(head);
    }
    if at(0, b"RIFF") {
        return match head.get(8..12) {
            Some(b"WEBP") => "image/webp",
            Some(b"WAVE") => "audio/wav",
            Some(b"AVI ") => "video/x-msvideo",
            _ => "application/octet-stream",
        };
    }
    let found = MAGIC.iter().find(|(offset, magic, _)| at(*offset, magic)).map(|(_, _, media)| *media);
    // Two letters begin a program and a sentence alike.
    let text = is_text(head);
    match found {
        Some(media)
            if !(text
                && matches!(media, "application/vnd.microsoft.portable-executable" | "audio/mpeg" | "application/x-bzip2")) =>
        {
            media
        }
        _ if text => "text/plain",
        _ => "application/octet-stream",
    }
}

/// Office documents are archives; the names of their first parts say which.
fn archive(head: &[u8]) -> &'static str {
    const OPEN: &[&str] = &[
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.presentation",
        "application/epub+zip",
    ];
    let has = |name: &[u8]| head.windows(name.len()).any(|w| w == name);
    // The first entry of such a document is `mimetype`, with the type as it is.
    if let Some(rest) = head.get(30..).and_then(|r| r.strip_prefix(b"mimetype")) {
        return OPEN.iter().find(|t| rest.starts_with(t.as_bytes())).copied().unwrap_or("application/zip");
    }
    if has(b"[Content_Types].xml") || has(b"_rels/.rels") {
        for (part, media) in [
            (&b"word/"[..], "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        ] {
            if has(part) {
                return media;
            }
        }
    }
    "application/zip"
}

/// Whether the beginning is text in UTF-8; a letter that the end cuts in two is none the worse.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(e) if e.error_len().is_none() && head.len() >= HEAD => {
            head.get(..e.valid_up_to()).and_then(|h| std::str::from_utf8(h).ok()).unwrap_or("\0")
        }
        Err(_) => return false,
    };
    text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{c}'))
}

/// Why a file doesn't go into a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It has more bytes than this.
    TooLarge(u64),
    /// It is of a kind that the field doesn't take.
    Type,
}

impl Unfit {
    /// Stable code, also the key of the text, with the limit in bytes.
    pub fn code(self) -> (&'static str, Option<i64>) {
        match self {
            Self::TooLarge(max) => ("field-file-too-large", Some(i64::try_from(max).unwrap_or(i64::MAX))),
            Self::Type => ("field-file-type", None),
        }
    }
}

/// Whether a field takes a file of this size and kind; `max` is the installation's limit in bytes.
pub fn fits(kind: &FieldKind, size: u64, media: &str, max: u64) -> Result<(), Unfit> {
    let FieldKind::File { types, .. } = kind else { return Err(Unfit::Type) };
    let max = most(kind, max);
    if size > max {
        return Err(Unfit::TooLarge(max));
    }
    let taken = |t: &String| match t.strip_suffix("/*") {
        Some(family) => media.split('/').next() == Some(family),
        None => t == media,
    };
    if types.is_empty() || types.iter().any(taken) { Ok(()) } else { Err(Unfit::Type) }
}

/// Most bytes that a field takes.
pub fn most(kind: &FieldKind, max: u64) -> u64 {
    match kind {
        FieldKind::File { max_size: Some(own), .. } => max.min(*own),
        _ => max,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// case 39
    #[test]
    fn of_a_name_only_what_can_be_shown_is_kept() {
        for (given, kept) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\mila\\offer.pdf", "offer.pdf"),
            ("/", "file"),
            ("..", "file"),
            (".htaccess", "htaccess"),
            ("a\u{0}b\r\nc.pdf", "abc.pdf"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("Cafe\u{301}.pdf", "Café.pdf"),
            ("İzmir ölçüm.pdf", "İzmir ölçüm.pdf"),
            ("", "file"),
        ] {
            assert_eq!(clean_name(given), kept, "{given:?}");
        }
        let long = clean_name(&format!("{}.docx", "é".repeat(400)));
        assert!(long.chars().count() == 200 && long.ends_with("é.docx"));
        assert_eq!(clean_name(&"x".repeat(400)).len(), 200);
    }

    /// case 39
    #[test]
    fn what_a_file_is_its_content_says() {
        let zip = |name: &str, more: &str| [&b"PK\x03\x04"[..], &[0; 26], name.as_bytes(), more.as_bytes()].concat();
        let odt = zip("mimetype", "application/vnd.oasis.opendocument.text");
        let docx = zip("[Content_Types].xml", "...word/document.xml");
        for (content, media) in [
            (&b"%PDF-1.7\n..."[..], "application/pdf"),
            (b"\x89PNG\r\n\x1a\n....", "image/png"),
            (b"\xff\xd8\xff\xe0..JFIF", "image/jpeg"),
            (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
            (b"....ftypisom....", "video/mp4"),
            (&odt, "application/vnd.oasis.opendocument.text"),
            (&docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            (&zip("a.txt", "hello"), "application/zip"),
            (b"MZ\x90\0\x03\0", "application/vnd.microsoft.portable-executable"),
            (b"MZ is how this sentence begins.", "text/plain"),
            (b"<!doctype html><script>alert(1)</script>", "text/plain"),
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "text/plain"),
            ("Zażółć gęślą jaźń".as_bytes(), "text/plain"),
            (b"", "text/plain"),
            (b"\xff\xfe\0h", "application/octet-stream"),
            (b"a\0b", "application/octet-stream"),
        ] {
            assert_eq!(media_type(content), media, "{content:?}");
        }
        let cut = [vec![b'a'; HEAD - 1], vec![0xc3]].concat();
        assert_eq!(media_type(&cut), "text/plain");
    }

    /// P9
    #[test]
    fn a_field_takes_what_its_limits_say() {
        let kind =
            |max_size, types: &[&str]| FieldKind::File { max_size, types: types.iter().map(|t| (*t).to_owned()).collect() };
        let any = kind(None, &[]);
        assert_eq!((fits(&any, 100, "x/y", 100), fits(&any, 101, "x/y", 100)), (Ok(()), Err(Unfit::TooLarge(100))));
        let few = kind(Some(50), &["application/pdf", "image/*"]);
        assert_eq!(fits(&few, 51, "application/pdf", 100), Err(Unfit::TooLarge(50)));
        assert_eq!((fits(&few, 5, "image/png", 100), fits(&few, 5, "application/pdf", 100)), (Ok(()), Ok(())));
        assert_eq!((fits(&few, 5, "text/plain", 100), fits(&few, 5, "imagex/png", 100)), (Err(Unfit::Type), Err(Unfit::Type)));
        assert_eq!(fits(&FieldKind::Text, 1, "text/plain", 100), Err(Unfit::Type));
    }
}
