//! Where settings come from, and which are refused.

use super::*;

#[test]
fn an_unknown_key_is_refused_wherever_it_stands() {
    let bad = |f: &[(&str, &str)], e: &[(&str, &str)]| {
        let own = |l: &[(&str, &str)]| l.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Vec<_>>();
        Settings::read(own(f), own(e), None).unwrap_err().to_string()
    };
    assert!(bad(&[("smtp_hots", "x")], &[]).contains("there is no setting \"smtp_hots\""));
    assert!(bad(&[], &[("ZEGEL_SMTP", "x")]).contains("did you mean smtp_host?"));
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("z.toml");
    std::fs::write(&file, "smtp_port = 25\nnope = 1\n").unwrap();
    assert!(Settings::read([], [], Some(&file)).unwrap_err().to_string().contains("nope"));
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("z.toml");
    std::fs::write(&file, "smtp_port = 25\nlog = \"warn\"\norganisation = \"File\"\n").unwrap();
    let s = Settings::read(
        [("smtp_port".to_owned(), "1".to_owned())],
        [("ZEGEL_SMTP_PORT".to_owned(), "2".to_owned()), ("ZEGEL_LOG".to_owned(), "debug".to_owned())],
        Some(&file),
    )
    .unwrap();
    assert_eq!((s.smtp_port, s.log.as_str(), s.organisation.as_str()), (1, "debug", "File"));
}

#[test]
fn plain_http_and_capture_stay_on_this_machine() {
    assert!(Settings::with(&[("idp_url", "http://id.example.org")]).is_err());
    assert!(Settings::with(&[("idp_url", "https://id.example.org/base")]).is_err());
    assert!(Settings::with(&[("capture", "true"), ("idp_listen", "0.0.0.0:8400")]).is_err());
    assert!(Settings::with(&[("capture", "true")]).is_ok());
}

#[test]
fn connections_are_as_many_as_work_needs() {
    for bad in [("connections", "0"), ("database_connections", "1")] {
        assert!(Settings::with(&[bad]).unwrap_err().to_string().contains(bad.0));
    }
    assert!(Settings::with(&[("connections", "1"), ("database_connections", "2")]).is_ok());
}

#[test]
fn an_error_does_not_repeat_a_secret() {
    let e = Settings::with(&[("root_key", "hunter2"), ("smtp_port", "x")]).unwrap_err().to_string();
    assert!(!e.contains("hunter2"));
}
