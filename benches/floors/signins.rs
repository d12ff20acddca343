//! Signing in: what it costs beside Argon2 alone, what a storm of it does to everyone else, and what its time tells.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use zegel::demo::browser::Browser;
use zegel::idp::credentials::authenticator::{code_at, seed_from_base32};
use zegel::kernel::clock::{Clock, SystemClock};

use crate::cpu;
use crate::load::{self, Connection, get, post};
use crate::site::{PASSWORD, Site};
use crate::table::{Figure, Table};
use crate::work;

/// People that sign in, once each; the first of them so that everything is warm.
const PEOPLE_OF_ALL: usize = 500;
const WARM: usize = 60;
/// Sign-ins at once: more than there are workers, fewer than may wait.
const AT_ONCE: usize = 16;
/// Connections of the storm: as many as find a place.
const STORM: usize = 60;
/// Tries at known and at unknown accounts, each.
const TRIES: usize = 1000;
/// What the server is told, so that only hashing bounds the storm: the clients say where they come from.
const SETTINGS: &[(&str, &str)] = &[("TRUSTED_PROXIES", "127.0.0.1"), ("PASSWORD_TRIES", "1000000")];
const SEED: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
/// PBKDF2 of some word, as Django 3 kept it: what a file of another system brings.
const IMPORTED: &str = "pbkdf2_sha256$150000$NaClNaClNaCl$7R0EPWjVYqFzmAXUnqF1ZcIG6oYXwPFVrOa9xPxCKXI=";

/// The three of them.
pub async fn all(table: &mut Table, dir: &Path) -> io::Result<()> {
    crate::say("people for sign-ins");
    let mut more = String::new();
    for n in 0..PEOPLE_OF_ALL {
        let _ = writeln!(more, "  - {{email: p{n}@example.com, name: Someone, password: {PASSWORD}, authenticator: {SEED}}}");
    }
    let site = Site::start_with(dir, "info", &["serve", "--only", "idp"], SETTINGS, &more).await?;

    crate::say("sign-ins");
    let figure = sign_ins(&site).await?;
    let name = "Argon2id alone (19 MiB, 2 passes, memory kept)";
    table.pair(figure, work::run(name, "argon2", dir)?);

    crate::say("tokens and userinfo in a storm of sign-ins");
    storm(table, &site).await?;

    crate::say("the time of an answer for known and unknown accounts");
    table.fact(&format!("known against unknown accounts, {TRIES:} tries each"), compare(&site, TRIES).await?);
    let mut imports = String::from("people:\n");
    for n in 0..PEOPLE_OF_ALL / 2 {
        let _ = writeln!(imports, "  - {{email: p{n}@example.com, name: Someone, password_hash: {IMPORTED}}}");
    }
    site.apply(&imports)?;
    // Kinds of hashes are counted once a minute.
    tokio::time::sleep(Duration::from_secs(61)).await;
    let what = format!("the same while half of the accounts have hashes of another system, {TRIES} tries each");
    table.fact(&what, compare(&site, TRIES).await?);
    Ok(())
}

/// A browser that comes from a network of its own.
fn browser(network: usize) -> io::Result<Browser> {
    let mut headers = reqwest::header::HeaderMap::new();
    let from = format!("10.1.{}.{}", network / 250, network % 250 + 1);
    headers.insert("x-forwarded-for", from.parse().map_err(io::Error::other)?);
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).default_headers(headers).build();
    Ok(Browser::new(client.map_err(io::Error::other)?))
}

/// One person, from the first page to the session.
async fn sign_in(site: &Site, browser: &mut Browser, n: usize) -> Result<(), reqwest::Error> {
    browser.cookies.clear();
    let at = |path: &str| site.address(path);
    browser.get(at("/signin")).await?;
    let email = format!("p{n}@example.com");
    browser.once(reqwest::Method::POST, &at("/signin"), Some(&[("username", &email), ("password", PASSWORD)])).await?;
    let seed = seed_from_base32(SEED).unwrap();
    let code = code_at(&seed, SystemClock.now());
    let done = browser.once(reqwest::Method::POST, &at("/signin/code"), Some(&[("code", &code)])).await?;
    assert!(done.status.is_redirection(), "{n}: {} {}", done.status, done.text);
    Ok(())
}

async fn sign_ins(site: &Site) -> io::Result<Figure> {
    let some = async |range: std::ops::Range<usize>| {
        let work = (0..AT_ONCE).map(|task| {
            let range = range.clone();
            async move {
                let mut browser = browser(task)?;
                for n in range.skip(task).step_by(AT_ONCE) {
                    sign_in(site, &mut browser, n).await.map_err(io::Error::other)?;
                }
                io::Result::Ok(())
            }
        });
        futures_util::future::try_join_all(work).await
    };
    some(0..WARM).await?;
    let (cpu, begun) = (cpu::seconds(site.pid())?, Instant::now());
    some(WARM..PEOPLE_OF_ALL).await?;
    let (cpu, wall) = (cpu::seconds(site.pid())? - cpu, begun.elapsed().as_secs_f64());
    let name = "sign-in by password and authenticator app, whole".to_owned();
    Ok(Figure { name, count: (PEOPLE_OF_ALL - WARM) as u64, cpu, wall })
}

/// Argon2 with the same parameters, nothing else, on every core: for [`work::run`].
pub fn argon2_alone() -> io::Result<()> {
    let cores = std::thread::available_parallelism()?.get();
    let (cpu, begun) = (cpu::seconds(std::process::id())?, Instant::now());
    let count: u64 = std::thread::scope(|s| {
        let threads: Vec<_> = (0..cores)
            .map(|_| {
                s.spawn(move || {
                    let params = Params::new(19456, 2, 1, Some(32)).unwrap();
                    let mut memory = vec![Block::default(); params.block_count()];
                    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
                    let (mut out, mut count) = ([0; 32], 0);
                    while begun.elapsed() < crate::TIME {
                        argon.hash_password_into_with_memory(PASSWORD.as_bytes(), &[7; 16], &mut out, &mut memory).unwrap();
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).sum()
    });
    let (cpu, wall) = (cpu::seconds(std::process::id())? - cpu, begun.elapsed().as_secs_f64());
    writeln!(io::stdout(), "{count} {cpu} {wall}")
}

/// The cookie of a sign-in that has begun.
async fn begun(site: &Site, network: usize) -> io::Result<String> {
    let mut browser = browser(network)?;
    browser.get(site.address("/signin")).await.map_err(io::Error::other)?;
    let jar = browser.cookies.get("localhost").cloned().unwrap_or_default();
    let cookies: Vec<String> = jar.iter().map(|(k, v)| format!("{k}={v}")).collect();
    Ok(cookies.join("; "))
}

/// A wrong password, from a network that has not been there before.
fn guess(cookie: &str, email: &str, n: usize) -> Vec<u8> {
    let form = format!("username={email}&password=a+wrong+password+{n:07}");
    format!(
        "POST /signin HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n\
         X-Forwarded-For: 10.{}.{}.{}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        2 + n / 62_500 % 250,
        n / 250 % 250,
        n % 250 + 1,
        form.len()
    )
    .into_bytes()
}

async fn storm(table: &mut Table, site: &Site) -> io::Result<()> {
    let mut daan = site.sign_in("daan@example.com").await?;
    let tokens = site.tokens(&mut daan).await?;
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap_or_default());
    let requests = [
        ("client-credentials token", post("/token", &Site::basic(), "grant_type=client_credentials&scope=read")),
        ("userinfo", get("/userinfo", Some(&bearer))),
    ];
    let quiet = latencies(site, &requests).await?;
    let mut guessing = tokio::task::JoinSet::new();
    for n in 0..STORM {
        let (cookie, at) = (begun(site, n).await?, site.at());
        guessing.spawn(async move {
            let (mut connection, mut body) = (Connection::open(at).await?, Vec::new());
            for turn in 0.. {
                let status =
                    connection.exchange(&guess(&cookie, &format!("p{n}@example.com"), turn * STORM + n), &mut body).await?;
                assert!(matches!(status, 422 | 503), "{status}");
            }
            io::Result::Ok(())
        });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let stormy = latencies(site, &requests).await?;
    guessing.abort_all();
    for ((name, _), (quiet, stormy)) in requests.iter().zip(quiet.iter().zip(stormy)) {
        let (a, b) = (load::percentile(quiet, 0.99), load::percentile(&stormy, 0.99));
        let value = format!("{:.2} ms, without {:.2} ms (**{:.1} times**)", b * 1e3, a * 1e3, b / a);
        table.fact(&format!("{name}, 99 of 100 answers within, while sign-ins keep every hashing worker busy"), value);
    }
    Ok(())
}

/// Seconds of each answer, asked one after the other with a pause; the requests at the same time.
async fn latencies(site: &Site, requests: &[(&str, Vec<u8>)]) -> io::Result<Vec<Vec<f64>>> {
    let all =
        requests.iter().map(|(_, request)| load::latency(site.at(), request.clone(), Duration::from_millis(4), crate::TIME * 2));
    futures_util::future::try_join_all(all).await
}

/// Wrong passwords of accounts that are there and of such that are not, by turns, one at a time.
async fn compare(site: &Site, tries: usize) -> io::Result<String> {
    let cookie = begun(site, 100).await?;
    let (mut connection, mut body) = (Connection::open(site.at()).await?, Vec::new());
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for n in 0..tries + 20 {
        // Which comes first changes, so that no drift of the machine is on one side.
        let mut pair = [(&mut known, 'p'), (&mut unknown, 'q')];
        if n % 2 == 1 {
            pair.reverse();
        }
        for (times, letter) in pair {
            let request = guess(&cookie, &format!("{letter}{}@example.com", n * 37 % PEOPLE_OF_ALL), n);
            let begun = Instant::now();
            let status = connection.exchange(&request, &mut body).await?;
            assert_eq!(status, 422, "{}", String::from_utf8_lossy(&body));
            if n >= 20 {
                times.push(begun.elapsed().as_secs_f64());
            }
        }
    }
    Ok(told(&known, &unknown))
}

/// Medians, and how often an answer for a known account took longer than one for an unknown (Mann and Whitney): where the
/// interval has one half in it, time tells nothing.
fn told(known: &[f64], unknown: &[f64]) -> String {
    let longer: f64 = known
        .iter()
        .flat_map(|k| {
            unknown.iter().map(move |u| match k.total_cmp(u) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            })
        })
        .sum();
    let (a, b) = (known.len() as f64, unknown.len() as f64);
    let share = longer / (a * b);
    let error = 1.96 * ((a + b + 1.0) / (12.0 * a * b)).sqrt();
    let says = if (share - 0.5).abs() <= error { "no difference" } else { "a difference" };
    let middle = |times: &[f64]| load::percentile(times, 0.5) * 1e3;
    format!(
        "median {:.3} and {:.3} ms; the known one took longer in {:.1} % ± {:.1} % of pairs: {says}",
        middle(known),
        middle(unknown),
        share * 100.0,
        error * 100.0
    )
}
