//! Command lines as people write them.

use super::*;

fn read(line: &str, env: &[(&str, &str)]) -> Result<Invocation, CliError> {
    let env: Vec<_> = env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    parse(line.split_whitespace(), env)
}

#[test]
fn the_definition_is_sound() {
    words().debug_assert();
}

fn command(line: &str) -> Command {
    read(line, &[]).unwrap().command
}

#[test]
fn commands_of_the_installation_are_read() {
    assert_eq!(command("zegel serve"), Command::Serve { only: None });
    assert_eq!(command("zegel serve --only idp"), Command::Serve { only: Some(Half::Idp) });
    assert_eq!(command("zegel demo --walk"), Command::Demo { walk: true });
    assert_eq!(command("zegel apply x.yaml --dry-run"), Command::Apply { file: "x.yaml".into(), dry_run: true });
    let list = Grants::List { relation: "smit".into() };
    assert_eq!(command("zegel grants list smit"), Command::Grants { command: list });
    let give = Grants::Give {
        relation: "smit".into(),
        who: "group:sales".into(),
        level: "reader".into(),
        from: None,
        until: Some("2026-12-31".into()),
        reason: Some("help".into()),
    };
    let line = "zegel grants give smit group:sales reader --until 2026-12-31 --reason help";
    assert_eq!(command(line), Command::Grants { command: give });
    let take = Grants::Take { relation: "smit".into(), who: "daan@example.com".into() };
    assert_eq!(command("zegel grants take smit daan@example.com"), Command::Grants { command: take });
    let remove = Factors::Remove { email: "daan@example.com".into(), factor: "authenticator".into() };
    assert_eq!(command("zegel factors remove daan@example.com authenticator"), Command::Factors { command: remove });
    assert_eq!(command("zegel access-log new-epoch"), Command::AccessLog { command: AccessLog::NewEpoch });
    let keys = |line: &str| match command(line) {
        Command::Keys { command } => command,
        other => panic!("{other:?}"),
    };
    assert_eq!(keys("zegel keys list"), Keys::List);
    let rotate = |purpose, alg: Option<&str>, now| Keys::Rotate { purpose, alg: alg.map(str::to_owned), now };
    assert_eq!(keys("zegel keys rotate"), rotate(KeyUse::Token, None, false));
    assert_eq!(keys("zegel keys rotate --use receipt --alg EdDSA --now"), rotate(KeyUse::Receipt, Some("EdDSA"), true));
    assert_eq!(keys("zegel keys withdraw abc"), Keys::Withdraw { kid: "abc".into() });
    let build = Passwords::BuildFilter { list: "words.txt".into(), file: "words.filter".into() };
    assert_eq!(command("zegel passwords build-filter words.txt words.filter"), Command::Passwords { command: build });
    assert_eq!(command("zegel replica rebuild"), Command::Replica { command: Replica::Rebuild });
    assert_eq!(command("zegel docs openapi"), Command::Docs { page: Page::Openapi });
    let verify = Receipts::Verify { file: "r.txt".into(), key_file: Some("k.json".into()) };
    assert_eq!(command("zegel receipts verify r.txt --key-file k.json"), Command::Receipts { command: verify });
    let verify = Audit::Verify { half: Half::Crm, noted: Some("3:x".into()) };
    assert_eq!(command("zegel audit verify --half crm --noted 3:x"), Command::Audit { command: verify });
    assert_eq!(command("zegel docs provider-openapi"), Command::Docs { page: Page::ProviderOpenapi });
    assert_eq!(command("zegel version"), Command::Version);
}

#[test]
fn commands_of_the_administration_are_read() {
    let change = People::Change {
        who: "daan@example.com".into(),
        properties: admin::Properties { staff: Some(false), phone: Some(String::new()), ..admin::Properties::default() },
    };
    assert_eq!(command("zegel people change daan@example.com --staff false --phone="), Command::People { command: change });
    let erase = People::Erase { who: "p1".into(), confirm: "daan@example.com".into() };
    assert_eq!(command("zegel people erase p1 --confirm daan@example.com"), Command::People { command: erase });
    let set = Policies::Set {
        scope: "staff".into(),
        rules: Asked { factors: vec!["passkey".into(), "sms".into()], remember_devices: Some(0), ..Asked::default() },
    };
    assert_eq!(
        command("zegel policies set staff --factors passkey,sms --remember-devices 0"),
        Command::Policies { command: set }
    );
    let approve = Recoveries::Approve { id: "r1".into() };
    assert_eq!(command("zegel recoveries approve r1"), Command::Recoveries { command: approve });
    let test = Federation::Try { provider: "contoso".into() };
    assert_eq!(command("zegel federation try contoso"), Command::Federation { command: test });
    let set = Federation::Set { provider: "contoso".into(), file: "-".into() };
    assert_eq!(command("zegel federation set contoso -"), Command::Federation { command: set });
    let change = admin::Links::Change { id: "l1".into(), file: "link.yaml".into() };
    assert_eq!(command("zegel links change l1 link.yaml"), Command::Links { command: change });
    let register = Applications::Register { file: "app.json".into(), id: Some("ledger".into()) };
    assert_eq!(command("zegel applications register app.json --id ledger"), Command::Applications { command: register });
    let allow = Applications::Allow { id: "ledger".into(), who: "group:Sales".into() };
    assert_eq!(command("zegel applications allow ledger group:Sales"), Command::Applications { command: allow });
    let make = Applications::Tokens { command: Tokens::Make { note: "planner".into(), uses: 3, days: 7 } };
    assert_eq!(command("zegel applications tokens make planner --uses 3"), Command::Applications { command: make });
    let add = Groups::Add { group: "Sales".into(), who: "daan@example.com".into() };
    assert_eq!(command("zegel groups add Sales daan@example.com"), Command::Groups { command: add });
    let take = Roles::Take { role: "driver".into(), who: "group:Drivers".into() };
    assert_eq!(command("zegel roles take driver group:Drivers"), Command::Roles { command: take });
    assert_eq!(command("zegel sessions list"), Command::Sessions { command: Sessions::List { who: None } });
    let revoke = Invitations::Revoke { id: "i1".into() };
    assert_eq!(command("zegel invitations revoke i1"), Command::Invitations { command: revoke });
}

#[test]
fn settings_are_flags_before_and_after_the_command() {
    let s = read("zegel --smtp-host a.example serve --smtp-port 25 --capture", &[("ZEGEL_SMTP_HOST", "b"), ("PATH", "/bin")]);
    let s = s.unwrap().settings;
    assert_eq!((s.smtp_host.as_deref(), s.smtp_port, s.capture), (Some("a.example"), 25, true));
    let s = read("zegel --capture apply x --capture=false", &[("ZEGEL_CAPTURE", "true")]).unwrap().settings;
    assert!(!s.capture);
    let e = read("zegel serve --smtp-hots x", &[]).unwrap_err();
    assert!(!e.is_help() && e.exit_code() == 2 && e.to_string().contains("--smtp-host"), "{e}");
    let e = read("zegel serve", &[("ZEGEL_SMTP_HOTS", "x")]).unwrap_err();
    assert!(e.to_string().contains("smtp_hots") && e.exit_code() == 2);
}

#[test]
fn a_settings_file_is_given_by_flag_or_environment() {
    let dir = tempfile::tempdir().unwrap();
    let (one, two) = (dir.path().join("1.toml"), dir.path().join("2.toml"));
    std::fs::write(&one, "smtp_port = 1\n").unwrap();
    std::fs::write(&two, "smtp_port = 2\n").unwrap();
    let env = [("ZEGEL_CONFIG", two.to_str().unwrap())];
    assert_eq!(read("zegel serve", &env).unwrap().settings.smtp_port, 2);
    assert_eq!(read(&format!("zegel serve --config {}", one.display()), &env).unwrap().settings.smtp_port, 1);
    assert!(read("zegel --config /nonexistent.toml version", &[]).is_err());
}

#[test]
fn the_demonstration_captures_mail_and_keeps_to_a_folder_of_its_own() {
    let s = read("zegel demo", &[]).unwrap().settings;
    assert!(s.capture && s.data == std::path::Path::new("./data/demo"));
    assert_eq!(read("zegel demo --data /x", &[]).unwrap().settings.data, std::path::Path::new("/x"));
    assert_eq!(read("zegel demo", &[("ZEGEL_DATA", "/y")]).unwrap().settings.data, std::path::Path::new("/y"));
    assert!(!read("zegel serve", &[]).unwrap().settings.capture);
}

#[test]
fn help_is_no_failure_and_lists_every_setting() {
    let help = read("zegel --help", &[]).unwrap_err();
    assert!(help.is_help() && help.exit_code() == 0);
    let text = help.to_string();
    assert!(DESCRIBED.iter().all(|d| text.contains(&format!("--{}", d.key.replace('_', "-")))), "{text}");
    assert!(!read("zegel -h", &[]).unwrap_err().to_string().contains("--smtp-host"));
    assert!(!read("zegel", &[]).unwrap_err().is_help());
}

#[test]
fn pages_and_lines_are_printed() {
    assert!(page(Page::Configuration).unwrap().contains("smtp_host") && page(Page::Errors).unwrap().contains("invalid_field"));
    let mut buffer = Vec::new();
    crate::kernel::out::Out::new(&mut buffer).line(version());
    assert_eq!(String::from_utf8(buffer).unwrap(), format!("zegel {}\n", env!("CARGO_PKG_VERSION")));
}
