//! What the project costs, each figure beside its floor: the least that a program must do for the same answer, measured in
//! the same run on the same machine. Run by `scripts/bench`; prints one table. Never a test.
//!
//! Processor time is that of the measured process alone, from /proc; the load comes from another process.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a measurement ends where something is not as it should be; nothing here is part of the program"
)]

mod bare;
mod cpu;
mod first;
mod load;
mod portal;
mod records;
mod signins;
mod site;
mod table;
mod taking;
mod work;

use std::io::{self, BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use load::{Asks, again, get, measure, post};
use serde_json::Value;
use site::{BENCH, BENCH_ES256, SERVED, Site};
use table::{Figure, Table};
use work::AT_ONCE;
use zegel::demo::browser::Browser;

/// How long each measurement takes, after a second to get warm.
pub const TIME: Duration = Duration::from_secs(6);
/// In how many turns with its floor, where both are servers that stay as they are.
const TURNS: u32 = 3;
/// Connections that ask for what is not written.
const CONNECTIONS: usize = 16;

#[tokio::main]
async fn main() -> io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|w| w != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => all().await,
        // The processes that the above starts.
        ["bare", dir] => bare::serve(Path::new(dir), &io::read_to_string(io::stdin())?).await,
        ["rotations", dir] => bare::rotations(Path::new(dir)).await,
        ["first-rotations", dir] => first::rotations(Path::new(dir)).await,
        ["inserts", dir] => records::inserts(Path::new(dir)).await,
        ["creates", dir] => records::creates(Path::new(dir)).await,
        ["edits", dir] => records::edits(Path::new(dir)).await,
        ["portal-lists", url] => portal::lists(url).await,
        ["portal-by-hand", url] => portal::by_hand(url).await,
        ["argon2", _] => signins::argon2_alone(),
        // One part alone.
        ["requests"] => requests_alone().await,
        ["refresh"] => refresh_alone().await,
        ["portal"] => portals_alone().await,
        ["signins"] => signins_alone().await,
        ["taking"] => taking_alone().await,
        ["postgres"] => postgres_alone().await,
        _ => Err(io::Error::other("scripts/bench takes no words")),
    }
}

fn say(what: &str) {
    let _ = writeln!(io::stderr(), "measuring {what}");
}

async fn all() -> io::Result<()> {
    let mut table = Table::default();
    let folders = tempfile::tempdir()?;
    let folder = |name: &str| {
        let path = folders.path().join(name);
        std::fs::create_dir(&path).map(|()| path)
    };
    let (site, bare, mut browser) = beside(&folder("zegel")?, &folder("bare")?).await?;
    requests(&mut table, &site, &bare, &mut browser).await?;
    let quiet = folder("quiet")?;
    {
        let site = Site::start(&quiet, "warn", &["serve", "--only", "idp"]).await?;
        say("tokens without an access log of requests");
        client_credentials(&mut table, "client-credentials token, log=warn, one half", &site, &bare).await?;
    }
    rotations(&mut table, (&site, &bare), &mut browser, &folder("rotations")?).await?;
    rotations_on_postgres(&mut table, &folder("postgres")?).await?;
    drop(bare);
    signins::all(&mut table, &folder("signins")?).await?;
    say("records");
    let floor = |name: &str| work::run("the bare row and commit (same writer, same table)", "inserts", &folder(name)?);
    table.pair(work::run("record made", "creates", &folder("creates")?)?, floor("inserts-1")?);
    table.pair(work::run("record changed", "edits", &folder("edits")?)?, floor("inserts-2")?);
    portals(&mut table, &folder("portal")?).await?;
    say("access taken away");
    taking::measure(&mut table, &site).await?;
    let (all, own) = cpu::memory(site.pid())?;
    drop(site);
    sizes(&mut table, &folder("idle")?).await?;
    table.fact("memory of both halves after the load above (without pages of files)", format!("{all:.1} MB ({own:.1} MB)"));
    write!(io::stdout(), "{}", table.markdown())
}

/// The program beside its floors, and someone who is signed in.
async fn beside(dir: &Path, bare: &Path) -> io::Result<(Site, Bare, Browser)> {
    let site = Site::start(dir, "info", &["serve"]).await?;
    let texts = [site.text("/.well-known/openid-configuration").await, site.text("/oauth2/keys").await];
    let bare = Bare::start(bare, &texts.into_iter().collect::<Result<Vec<_>, _>>().map_err(io::Error::other)?)?;
    let browser = site.sign_in("daan@example.com").await?;
    Ok((site, bare, browser))
}

/// A server that is asked: its process, its address, and the request.
struct Asked<'a> {
    name: &'a str,
    pid: u32,
    at: SocketAddr,
    request: Vec<u8>,
}

impl Asked<'_> {
    async fn measure(&self) -> io::Result<Figure> {
        let asks = (0..CONNECTIONS).map(|_| again(self.request.clone())).collect();
        measure(self.name, self.pid, self.at, asks, TIME / TURNS).await
    }
}

/// Measures one beside its floor, in turns: what the machine does meanwhile falls on both.
async fn beside_floor(table: &mut Table, ours: Asked<'_>, floor: Asked<'_>) -> io::Result<()> {
    let (mut figure, mut least) = (ours.measure().await?, floor.measure().await?);
    for _ in 1..TURNS {
        figure.add(&ours.measure().await?);
        least.add(&floor.measure().await?);
    }
    table.pair(figure, least);
    Ok(())
}

async fn client_credentials(table: &mut Table, name: &str, site: &Site, bare: &Bare) -> io::Result<()> {
    let request = post("/token", &Site::basic(), "grant_type=client_credentials&scope=read");
    let ours = Asked { name, pid: site.pid(), at: site.at(), request: request.clone() };
    beside_floor(table, ours, bare.asked("only signed (bare axum)", request)).await
}

async fn requests(table: &mut Table, site: &Site, bare: &Bare, browser: &mut Browser) -> io::Result<()> {
    say("client-credentials tokens");
    client_credentials(table, "client-credentials token (ES256, client_secret_basic)", site, bare).await?;

    let asked = |name, request| Asked { name, pid: site.pid(), at: site.at(), request };
    for (name, path, same) in
        [("discovery", "/.well-known/openid-configuration", "/static/0"), ("keys", "/oauth2/keys", "/static/1")]
    {
        say(name);
        let floor = bare.asked("the same as static text (bare axum)", get(same, None));
        beside_floor(table, asked(name, get(path, None)), floor).await?;
    }

    say("userinfo");
    let tokens = site.tokens(browser).await?;
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap_or_default());
    let floor = bare.asked("one row looked up (bare axum)", get("/lookup", Some(&bearer)));
    beside_floor(table, asked("userinfo", get("/userinfo", Some(&bearer))), floor).await?;

    say("introspection");
    let tokens = site.tokens_of(browser, BENCH, "openid profile", Some(SERVED)).await?;
    let form = format!("token={}", tokens["access_token"].as_str().unwrap_or_default());
    let floor = bare.asked("one row looked up (bare axum)", post("/lookup", &Site::service(), &form));
    let ours = asked("introspection (client_secret_basic)", post("/introspect", &Site::service(), &form));
    beside_floor(table, ours, floor).await
}

async fn rotations(table: &mut Table, (site, bare): (&Site, &Bare), browser: &mut Browser, dir: &Path) -> io::Result<()> {
    say("refresh with rotation");
    for (client, algs, same) in [(BENCH, "ES256 and RS256", "/refresh/rs256"), (BENCH_ES256, "ES256 both", "/refresh/es256")] {
        let asks = refreshes(site, browser, client).await?;
        let name = format!("refresh with rotation, durable (signed twice: {algs})");
        let figure = measure(&name, site.pid(), site.at(), asks, TIME).await?;
        let dir = dir.join(client);
        std::fs::create_dir(&dir)?;
        table.pair(figure.clone(), work::run("its two rows (same writer, no HTTP, unsigned)", "rotations", &dir)?);
        let asks = (0..AT_ONCE).map(|n| rotating(same, String::new(), n.to_string())).collect();
        let first = work::run("its two rows (the group commit that was tried first, over sqlx)", "first-rotations", &dir)?;
        table.pair(Figure { name: format!("the same refresh ({algs})"), ..figure.clone() }, first);
        let floor = measure("its two rows and two signatures (same writer, bare axum)", bare.pid(), bare.at, asks, TIME).await?;
        table.pair(Figure { name: format!("the same refresh ({algs})"), ..figure }, floor);
    }
    Ok(())
}

/// Connections that each rotate the refresh token of an issue of their own.
async fn refreshes(site: &Site, browser: &mut Browser, client: &'static str) -> io::Result<Vec<Asks>> {
    let mut asks: Vec<Asks> = Vec::new();
    for _ in 0..AT_ONCE {
        let tokens = site.tokens_of(browser, client, "openid profile email", None).await?;
        let first = tokens["refresh_token"].as_str().unwrap_or_default().to_owned();
        asks.push(rotating("/token", Site::basic_of(client), first));
    }
    Ok(asks)
}

/// Asks with a refresh token and goes on with the one that is answered.
fn rotating(path: &'static str, authorization: String, mut refresh: String) -> Asks {
    Box::new(move |body| {
        if let Ok(Value::String(next)) = serde_json::from_slice(body).map(|mut v: Value| v["refresh_token"].take()) {
            refresh = next;
        }
        post(path, &authorization, &format!("grant_type=refresh_token&refresh_token={refresh}"))
    })
}

/// The same on PostgreSQL, beside its two statements by pgbench, in turns. Both leave most of the work to the server, whose
/// processor time isn't theirs: compared is what is done in a second here.
async fn rotations_on_postgres(table: &mut Table, dir: &Path) -> io::Result<()> {
    say("refresh with rotation on PostgreSQL");
    let server = postgres()?;
    let (url, beside) = (postgres_database(&server, "refresh")?, postgres_database(&server, "pgbench")?);
    let site = Site::start_with(dir, "info", &["serve", "--only", "idp"], &[("IDP_DATABASE", &url)], "").await?;
    let mut browser = site.sign_in("daan@example.com").await?;
    let mut pgbench = bare::Pgbench::new(&beside, dir)?;
    let turn = TIME / TURNS;
    for (client, algs) in [(BENCH, "ES256 and RS256"), (BENCH_ES256, "ES256 both")] {
        let (mut ours, mut floor) = (None::<Figure>, 0.0);
        for _ in 0..TURNS {
            let asks = refreshes(&site, &mut browser, client).await?;
            let figure = measure("refresh with rotation, PostgreSQL", site.pid(), site.at(), asks, turn).await?;
            match &mut ours {
                Some(all) => all.add(&figure),
                None => ours = Some(figure),
            }
            floor += pgbench.run(turn.as_secs())? / f64::from(TURNS);
        }
        let ours = ours.map_or(0.0, |f| f.per_second());
        let value = format!("{ours:.0} a second, {floor:.0} (**{:.0} %**)", ours / floor * 100.0);
        table.fact(&format!("refresh with rotation on PostgreSQL ({algs}), beside its two statements by pgbench"), value);
    }
    Ok(())
}

async fn requests_alone() -> io::Result<()> {
    let (mut table, one, two) = (Table::default(), tempfile::tempdir()?, tempfile::tempdir()?);
    let (site, bare, mut browser) = beside(one.path(), two.path()).await?;
    requests(&mut table, &site, &bare, &mut browser).await?;
    write!(io::stdout(), "{}", table.markdown())
}

async fn refresh_alone() -> io::Result<()> {
    let (mut table, [one, two, three]) = (Table::default(), [tempfile::tempdir()?, tempfile::tempdir()?, tempfile::tempdir()?]);
    let (site, bare, mut browser) = beside(one.path(), two.path()).await?;
    rotations(&mut table, (&site, &bare), &mut browser, three.path()).await?;
    write!(io::stdout(), "{}", table.markdown())
}

async fn signins_alone() -> io::Result<()> {
    let (mut table, folder) = (Table::default(), tempfile::tempdir()?);
    signins::all(&mut table, folder.path()).await?;
    write!(io::stdout(), "{}", table.markdown())
}

async fn postgres_alone() -> io::Result<()> {
    let (mut table, folder) = (Table::default(), tempfile::tempdir()?);
    rotations_on_postgres(&mut table, folder.path()).await?;
    write!(io::stdout(), "{}", table.markdown())
}

async fn portals_alone() -> io::Result<()> {
    let (mut table, folder) = (Table::default(), tempfile::tempdir()?);
    portals(&mut table, folder.path()).await?;
    write!(io::stdout(), "{}", table.markdown())
}

async fn taking_alone() -> io::Result<()> {
    let (mut table, folder) = (Table::default(), tempfile::tempdir()?);
    let site = Site::start(folder.path(), "info", &["serve"]).await?;
    taking::measure(&mut table, &site).await?;
    write!(io::stdout(), "{}", table.markdown())
}

/// A portal's list on both engines and at two sizes. PostgreSQL's own processor time isn't in the figure: there, compare what
/// is done in a second here.
async fn portals(table: &mut Table, dir: &Path) -> io::Result<()> {
    let server = postgres()?;
    for count in [10_000, 100_000] {
        let sqlite = format!("sqlite:{}", dir.join(format!("{count}.db")).display());
        let postgres = postgres_database(&server, &format!("portal{count}"))?;
        for (engine, url) in [("SQLite", sqlite), ("PostgreSQL", postgres)] {
            say(&format!("a portal's list of {count} records on {engine}"));
            portal::fill(&url, count).await?;
            let at = Path::new(&url);
            let name = format!("portal list of 50 from {count} records, 1,000 grants, 20 criteria, {engine}");
            let floor = work::run("its three statements written by hand", "portal-by-hand", at)?;
            table.pair(work::run(&name, "portal-lists", at)?, floor);
        }
    }
    Ok(())
}

fn postgres() -> io::Result<String> {
    std::env::var("ZEGEL_TEST_POSTGRES").map_err(|_| io::Error::other("run by scripts/bench, which starts PostgreSQL"))
}

/// A new database on the server.
fn postgres_database(server: &str, name: &str) -> io::Result<String> {
    let made = Command::new("psql").args([server, "-qc", &format!("CREATE DATABASE {name}")]).status()?;
    let (base, _) = server.rsplit_once('/').ok_or_else(|| io::Error::other("not an address"))?;
    if made.success() { Ok(format!("{base}/{name}")) } else { Err(io::Error::other("the database was not made")) }
}

async fn sizes(table: &mut Table, dir: &Path) -> io::Result<()> {
    say("starts and sizes");
    let site = Site::start(dir, "info", &["serve"]).await?;
    // Some polls of the access log, nothing else.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let (all, own) = cpu::memory(site.pid())?;
    drop(site);
    table.fact("idle memory of both halves (without pages of files)", format!("{all:.1} MB ({own:.1} MB)"));
    let start = Site::start_times(dir, 7).await?;
    table.fact("start to first answer, both halves, data there", format!("{:.0} ms", start.as_secs_f64() * 1000.0));
    let size = std::fs::metadata(env!("CARGO_BIN_EXE_zegel"))?.len();
    table.fact("the program", format!("{:.1} MB", size as f64 / 1e6));
    Ok(())
}

/// The bare server, as a process.
struct Bare {
    child: Child,
    at: SocketAddr,
}

impl Bare {
    fn start(dir: &Path, texts: &[String]) -> io::Result<Self> {
        let mut child =
            Command::new(std::env::current_exe()?).arg("bare").arg(dir).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take().ok_or_else(|| io::Error::other("no pipe"))?;
        serde_json::to_writer(&input, texts)?;
        drop(input);
        let mut port = String::new();
        BufReader::new(child.stdout.take().ok_or_else(|| io::Error::other("no pipe"))?).read_line(&mut port)?;
        let port: u16 = port.trim().parse().map_err(io::Error::other)?;
        Ok(Self { child, at: SocketAddr::from(([127, 0, 0, 1], port)) })
    }

    fn pid(&self) -> u32 {
        self.child.id()
    }

    fn asked<'a>(&self, name: &'a str, request: Vec<u8>) -> Asked<'a> {
        Asked { name, pid: self.pid(), at: self.at, request }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
