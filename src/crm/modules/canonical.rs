//! The one form in which each kind of text is stored. Pure; every function says which code its refusal has.

use std::str::FromStr;

use jiff::civil;
use url::Url;

use super::fold::nfc;
use super::value::{Context, Fault, fault};
use crate::kernel::clock::Timestamp;

/// Largest scaled integer: what every JSON reader keeps exactly (RFC 8259, section 6).
const MAX_INT: i64 = (1 << 53) - 1;

/// One line: form C, trimmed, no control characters.
pub fn line(text: &str, max_chars: u32) -> Result<String, Fault> {
    let text = nfc(text.trim());
    if text.chars().any(char::is_control) {
        return fault("field-bad-character");
    }
    if text.chars().count() > max_chars as usize {
        return Err(Fault { code: "field-too-long", limit: Some(i64::from(max_chars)) });
    }
    Ok(text)
}

/// Several lines: form C, line ends as `\n`, trimmed, no control characters but line ends and tabs.
pub fn lines(text: &str, max_bytes: u32) -> Result<String, Fault> {
    let text = nfc(text.replace("\r\n", "\n").replace('\r', "\n").trim());
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return fault("field-bad-character");
    }
    if text.len() > max_bytes as usize {
        return Err(Fault { code: "field-too-long", limit: Some(i64::from(max_bytes)) });
    }
    Ok(text)
}

/// A decimal number as an integer scaled by `decimals`; `,` and `.` both divide. No grouping, no exponent: what could be
/// read in two ways is refused.
pub fn scaled(text: &str, decimals: u8) -> Result<i64, Fault> {
    const NOT: Fault = Fault { code: "field-not-a-number", limit: None };
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() && part.is_empty() || !all_digits(whole) || !all_digits(part) || digits.len() > 40 {
        return Err(NOT);
    }
    let part = part.trim_end_matches('0');
    if part.len() > usize::from(decimals) {
        return Err(Fault { code: "field-too-many-decimals", limit: Some(i64::from(decimals)) });
    }
    let mut n: i64 = 0;
    let padding = std::iter::repeat_n(b'0', usize::from(decimals) - part.len());
    for b in whole.bytes().chain(part.bytes()).chain(padding) {
        n = n.saturating_mul(10).saturating_add(i64::from(b - b'0'));
    }
    if n > MAX_INT {
        return fault("field-number-too-large");
    }
    Ok(if negative { -n } else { n })
}

/// The decimal text of a scaled integer, with all its decimals: `1250` of 2 decimals is `12.50`.
pub fn unscaled(n: i64, decimals: u8) -> String {
    let width = usize::from(decimals);
    let digits = format!("{:0>w$}", n.unsigned_abs(), w = width + 1);
    let (whole, part) = digits.split_at(digits.len() - width);
    let sign = if n < 0 { "-" } else { "" };
    if width == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

/// A day, `YYYY-MM-DD`, year 1 to 9999, so that texts sort as days do.
pub fn date(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    let day = civil::Date::strptime("%Y-%m-%d", text).ok().filter(|d| text.len() == 10 && d.year() >= 1);
    day.map(|d| d.to_string()).ok_or(Fault { code: "field-not-a-date", limit: None })
}

/// A moment: RFC 3339 with any offset, or as a form gives it (no offset) in the zone of the context; stored as
/// `YYYY-MM-DDTHH:MM:SS.mmmZ`.
pub fn date_time(text: &str, cx: &Context) -> Result<String, Fault> {
    const NOT: Fault = Fault { code: "field-not-a-date-time", limit: None };
    let text = text.trim();
    let at = match jiff::Timestamp::from_str(text) {
        Ok(at) => at,
        Err(_) => {
            let local = civil::DateTime::from_str(text).map_err(|_| NOT)?;
            local.to_zoned(cx.zone.clone()).map_err(|_| NOT)?.timestamp()
        }
    };
    let stored = Timestamp(at.as_millisecond()).rfc3339();
    if stored.len() == 24 && !stored.starts_with("0000") { Ok(stored) } else { Err(NOT) }
}

/// An e-mail address: a plain ASCII local part (no quotes, no comments), a domain in its ASCII form, lower case. The local
/// part keeps its letters, addresses are compared folded.
pub fn email(text: &str) -> Result<String, Fault> {
    const NOT: Fault = Fault { code: "field-not-an-email", limit: None };
    let text = nfc(text.trim());
    let (local, domain) = text.split_once('@').ok_or(NOT)?;
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let local_ok = local.len() <= 64 && local.split('.').all(|a| !a.is_empty() && a.chars().all(atom));
    let domain = idna::domain_to_ascii_strict(domain).map_err(|_| NOT)?;
    let domain_ok = domain.len() <= 190 && domain.contains('.') && domain.split('.').all(|l| !l.is_empty());
    if local_ok && domain_ok { Ok(format!("{local}@{domain}")) } else { Err(NOT) }
}

/// A phone number in E.164. Without a country code it is read as one of the context's region; extensions are refused,
/// since E.164 has no place for them.
pub fn phone(text: &str, cx: &Context) -> Result<String, Fault> {
    const NOT: Fault = Fault { code: "field-not-a-phone", limit: None };
    let text = text.trim();
    if text.len() > 40 || !text.chars().all(|c| c.is_ascii_digit() || " +-().,/\u{a0}".contains(c)) {
        return Err(NOT);
    }
    let region = cx.region.parse().ok();
    let number = phonenumber::parse(region, text).map_err(|_| NOT)?;
    if !number.is_valid() || number.extension().is_some() {
        return Err(NOT);
    }
    Ok(number.format().mode(phonenumber::Mode::E164).to_string())
}

/// A web address: http or https, with a host, without credentials (which pages would show and logs keep).
pub fn url(text: &str) -> Result<String, Fault> {
    const NOT: Fault = Fault { code: "field-not-a-url", limit: None };
    let text = line(text, 2_000)?;
    let url = Url::parse(&text).map_err(|_| NOT)?;
    let ok = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some_and(|h| !h.is_empty())
        && url.username().is_empty()
        && url.password().is_none()
        && url.as_str().len() <= 2_000;
    if ok { Ok(url.into()) } else { Err(NOT) }
}

/// The id of a record, by its shape only; whether there is such a record is asked where it is written.
pub fn id(text: &str) -> Result<String, Fault> {
    named(text).ok_or(Fault { code: "field-not-a-record", limit: None })
}

/// The subject of a person, by its shape only; whether he is here is asked where it is written.
pub fn person(text: &str) -> Result<String, Fault> {
    named(text).ok_or(Fault { code: "field-not-a-person", limit: None })
}

fn named(text: &str) -> Option<String> {
    let text = text.trim();
    let ok = text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    ok.then(|| text.to_owned())
}
