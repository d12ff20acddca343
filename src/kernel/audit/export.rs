//! Lines as text for other programs: JSON, one a line, and CSV. Pure.

use serde_json::json;

use super::log::Opened;
use crate::kernel::clock::Timestamp;

/// A form of the export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One JSON object a line, with the digest of the chain.
    JsonLines,
    /// Comma-separated values (RFC 4180), for spreadsheets.
    Csv,
}

impl Form {
    /// From its name in an address or command.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "jsonl" => Some(Self::JsonLines),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }

    /// The ending of a file's name.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
        }
    }

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::JsonLines => "application/jsonl; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    /// What stands before the first line.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::JsonLines => "",
            Self::Csv => "line,time,action,outcome,actor,client,target,address,request,detail,digest\r\n",
        }
    }

    /// A line with its end.
    pub fn line(self, opened: &Opened) -> String {
        match self {
            Self::JsonLines => json_line(opened),
            Self::Csv => csv_line(opened),
        }
    }
}

/// A line as an object; what is absent is left out.
pub fn object(o: &Opened) -> serde_json::Value {
    let l = &o.line;
    let mut value = json!({
        "line": l.seq, "id": l.id, "at": l.at, "time": Timestamp(l.at).rfc3339(), "action": l.action, "outcome": l.outcome,
        "digest": l.hash,
    });
    if let Some(object) = value.as_object_mut() {
        let detail = Some(l.detail.clone()).filter(|d| !d.is_empty());
        let some = [
            ("actor", &l.actor),
            ("client", &l.client_id),
            ("target", &l.target),
            ("address", &l.ip),
            ("request", &l.request_id),
            ("detail", &detail),
        ];
        object.extend(some.into_iter().filter_map(|(name, v)| Some((name.to_owned(), v.clone()?.into()))));
        if o.erased {
            object.insert("erased".into(), true.into());
        }
    }
    value
}

fn json_line(o: &Opened) -> String {
    format!("{}\n", object(o))
}

fn csv_line(o: &Opened) -> String {
    let l = &o.line;
    let (seq, time) = (l.seq.to_string(), Timestamp(l.at).rfc3339());
    let some = |v: &'_ Option<String>| v.clone().unwrap_or_default();
    let cells = [
        seq,
        time,
        l.action.clone(),
        l.outcome.clone(),
        some(&l.actor),
        some(&l.client_id),
        some(&l.target),
        some(&l.ip),
        some(&l.request_id),
        l.detail.clone(),
        l.hash.clone(),
    ];
    let cells: Vec<String> = cells.iter().map(|c| cell(c)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A value for a spreadsheet: quoted where it must be, and never a formula (security case 39). What begins like one gets an
/// apostrophe before it, which spreadsheets take as "this is text".
pub fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    let safe = if formula { format!("'{text}") } else { text.to_owned() };
    if safe.contains(['"', ',', ';', '\n', '\r', '\t']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// case 39
    #[test]
    fn no_cell_of_an_export_is_a_formula() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\u{ff1d}1"] {
            let made = cell(bad);
            assert!(made.trim_start_matches('"').starts_with('\''), "{bad:?} became {made:?}");
        }
        assert_eq!(cell("a,b"), "\"a,b\"");
        assert_eq!(cell("he said \"no\""), "\"he said \"\"no\"\"\"");
        assert_eq!(cell("=a\",b"), "\"'=a\"\",b\"");
        assert_eq!(cell("plain"), "plain");
    }
}
