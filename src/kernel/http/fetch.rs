//! Asking addresses that others have registered (security case 15): a name is resolved once and the connection goes to
//! the addresses that were looked at; no redirects, 5 s and 64 KiB at most. Owns the asking. Which addresses may be asked
//! is `kernel::reach`.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use reqwest::header::{self, HeaderValue};
use reqwest::{Client, ClientBuilder, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::{Host, Url};

use super::server::ServerError;
use crate::config::Settings;
use crate::kernel::reach::{Reach, Way};

/// An answer's bytes at most.
pub const SIZE: usize = 64 * 1024;
/// From finding the name to the last byte.
const TIME: Duration = Duration::from_secs(5);

/// Why there is no answer. The texts may be stored and shown to administrators.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address is none that is asked.
    #[error("the address may not be asked: {0}")]
    Refused(&'static str),
    /// Its name has no address.
    #[error("the name of the address can't be found")]
    Name(#[source] std::io::Error),
    /// The connection.
    #[error("the address does not answer")]
    Http(#[from] reqwest::Error),
    /// It took too long.
    #[error("the address took longer than {} s", TIME.as_secs())]
    Slow,
    /// There is more than is read.
    #[error("the answer is longer than {SIZE} bytes")]
    TooLong,
}

/// Finds the addresses of a name. Tests put another in its place.
pub trait Names: Send + Sync {
    /// All addresses of `host`.
    fn find<'a>(&'a self, host: &'a str) -> BoxFuture<'a, std::io::Result<Vec<IpAddr>>>;
}

/// The machine's own way of finding names.
pub struct SystemNames;

impl Names for SystemNames {
    fn find<'a>(&'a self, host: &'a str) -> BoxFuture<'a, std::io::Result<Vec<IpAddr>>> {
        async move { Ok(tokio::net::lookup_host((host, 0)).await?.map(|a| a.ip()).collect()) }.boxed()
    }
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    /// The status; a redirect is an answer like any other.
    pub status: StatusCode,
    /// The body.
    pub body: Vec<u8>,
}

/// An address that was looked at, with the machines that it stands for.
struct Pinned {
    url: Url,
    way: Way,
    host: String,
    at: Vec<SocketAddr>,
}

/// What is sent with a question.
#[derive(Clone, Copy)]
enum Sent<'a> {
    Nothing,
    Form(&'a [(&'a str, &'a str)]),
    Json(&'a Value),
}

/// Asks. Cheap to clone.
#[derive(Clone)]
pub struct Fetch {
    reach: Reach,
    own: Client,
    roots: Vec<reqwest::Certificate>,
    names: Arc<dyn Names>,
    time: Duration,
}

impl Fetch {
    /// As the settings say; `own` is the client for this installation's own origins.
    pub fn new(settings: &Settings, own: Client) -> Result<Self, ServerError> {
        let mut roots = Vec::new();
        if let Some(path) = &settings.extra_ca {
            let pem = std::fs::read(path).map_err(|e| ServerError::Certificate(format!("{}: {e}", path.display())))?;
            roots = reqwest::Certificate::from_pem_bundle(&pem)?;
        }
        Ok(Self { reach: Reach::of(settings), own, roots, names: Arc::new(SystemNames), time: TIME })
    }

    /// Which addresses are asked.
    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    /// Reads what is at an address.
    pub async fn get(&self, address: &str) -> Result<Answer, FetchError> {
        self.ask(address, Sent::Nothing, None).await
    }

    /// The same with an Authorization header.
    pub async fn get_as(&self, address: &str, authorization: Option<&SecretString>) -> Result<Answer, FetchError> {
        self.ask(address, Sent::Nothing, authorization).await
    }

    /// Sends a form to an address.
    pub async fn post(&self, address: &str, form: &[(&str, &str)]) -> Result<Answer, FetchError> {
        self.ask(address, Sent::Form(form), None).await
    }

    /// The same with an Authorization header.
    pub async fn post_as(
        &self,
        address: &str,
        form: &[(&str, &str)],
        authorization: Option<&SecretString>,
    ) -> Result<Answer, FetchError> {
        self.ask(address, Sent::Form(form), authorization).await
    }

    /// Sends JSON to an address, with an Authorization header.
    pub async fn post_json_as(
        &self,
        address: &str,
        body: &Value,
        authorization: Option<&SecretString>,
    ) -> Result<Answer, FetchError> {
        self.ask(address, Sent::Json(body), authorization).await
    }

    async fn ask(&self, address: &str, sent: Sent<'_>, authorization: Option<&SecretString>) -> Result<Answer, FetchError> {
        let asked = async {
            let pinned = self.pin(address).await?;
            self.send(pinned, sent, authorization).await
        };
        tokio::time::timeout(self.time, asked).await.unwrap_or(Err(FetchError::Slow))
    }

    /// Looks at an address and finds its machines, once: whatever the name stands for a moment later is not asked.
    async fn pin(&self, address: &str) -> Result<Pinned, FetchError> {
        let (url, way) = self.reach.read(address).map_err(FetchError::Refused)?;
        let port = url.port_or_known_default().unwrap_or(443);
        let host = url.host_str().unwrap_or_default().to_owned();
        let found = match url.host() {
            _ if way == Way::Own => Vec::new(),
            Some(Host::Ipv4(ip)) => vec![IpAddr::V4(ip)],
            Some(Host::Ipv6(ip)) => vec![IpAddr::V6(ip)],
            _ => {
                let found = self.names.find(&host).await.map_err(FetchError::Name)?;
                if found.is_empty() {
                    return Err(FetchError::Name(std::io::ErrorKind::NotFound.into()));
                }
                found
            }
        };
        // One inner address among public ones is a trap too.
        if !found.iter().all(|ip| way.admits(*ip)) {
            return Err(FetchError::Refused("its name stands for a machine that not everyone can reach"));
        }
        Ok(Pinned { url, way, host, at: found.into_iter().map(|ip| SocketAddr::new(ip, port)).collect() })
    }

    async fn send(&self, pinned: Pinned, sent: Sent<'_>, authorization: Option<&SecretString>) -> Result<Answer, FetchError> {
        let client = match pinned.way {
            Way::Own => self.own.clone(),
            way => self.builder(&pinned).https_only(way == Way::Far).build()?,
        };
        let request = match sent {
            Sent::Nothing => client.get(pinned.url),
            Sent::Form(form) => client.post(pinned.url).form(form),
            Sent::Json(body) => client.post(pinned.url).json(body),
        };
        let request = request.header(header::ACCEPT, "application/json");
        let request = match authorization.map(|a| HeaderValue::from_str(a.expose_secret())) {
            Some(Ok(mut value)) => {
                value.set_sensitive(true);
                request.header(header::AUTHORIZATION, value)
            }
            Some(Err(_)) => return Err(FetchError::Refused("what it is to be told can't be a header")),
            None => request,
        };
        let mut answer = request.send().await?;
        let (status, mut body) = (answer.status(), Vec::new());
        while let Some(chunk) = answer.chunk().await? {
            if body.len().saturating_add(chunk.len()) > SIZE {
                return Err(FetchError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, body })
    }

    /// A client that knows the name by the addresses that were looked at, and follows nothing.
    fn builder(&self, pinned: &Pinned) -> ClientBuilder {
        let builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIME)
            .connect_timeout(Duration::from_secs(2))
            .user_agent(concat!("zegel/", env!("CARGO_PKG_VERSION")))
            .no_proxy()
            .resolve_to_addrs(&pinned.host, &pinned.at);
        self.roots.iter().fold(builder, |b, root| b.add_root_certificate(root.clone()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use axum::Router;
    use axum::routing::get;

    use super::*;

    /// Gives each look-up the next of its answers, and counts them.
    struct Script(Mutex<Vec<Vec<&'static str>>>, Mutex<usize>);

    impl Names for Script {
        fn find<'a>(&'a self, _: &'a str) -> BoxFuture<'a, std::io::Result<Vec<IpAddr>>> {
            *self.1.lock().unwrap() += 1;
            let next = self.0.lock().unwrap().remove(0);
            async move { Ok(next.into_iter().map(|a| a.parse().unwrap()).collect()) }.boxed()
        }
    }

    fn fetch(settings: &[(&str, &str)], answers: &[&[&'static str]]) -> (Fetch, Arc<Script>) {
        let script = Arc::new(Script(Mutex::new(answers.iter().map(|a| a.to_vec()).collect()), Mutex::new(0)));
        let settings = Settings::with(settings).unwrap();
        let names = Arc::clone(&script) as Arc<dyn Names>;
        (Fetch { names, ..Fetch::new(&settings, Client::new()).unwrap() }, script)
    }

    async fn serve(routes: Router) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        at
    }

    /// case 15: the answer of a second look-up would be this machine; there is none.
    #[tokio::test]
    async fn a_name_is_found_once_and_only_what_was_looked_at_is_asked() {
        let (fetch, script) = fetch(&[], &[&["93.184.215.14"], &["127.0.0.1"]]);
        let pinned = fetch.pin("https://rebind.example/x").await.unwrap();
        assert_eq!(pinned.at, ["93.184.215.14:443".parse().unwrap()]);
        assert_eq!(*script.1.lock().unwrap(), 1);
        // The connection goes to what was pinned and asks nobody for the name: this one stands for nothing anywhere.
        let at = serve(Router::new().route("/x", get(|| async { "here" }))).await;
        let url = format!("http://rebind.example:{}/x", at.port()).parse().unwrap();
        let answer = fetch
            .send(Pinned { url, way: Way::Near, host: "rebind.example".into(), at: vec![at] }, Sent::Nothing, None)
            .await
            .unwrap();
        assert_eq!((answer.status.as_u16(), answer.body.as_slice()), (200, &b"here"[..]));
        assert_eq!(*script.1.lock().unwrap(), 1);
    }

    /// case 15
    #[tokio::test]
    async fn a_name_of_an_inner_machine_is_refused_also_among_public_ones() {
        for answer in
            [&["127.0.0.1"][..], &["93.184.215.14", "10.0.0.1"], &["::ffff:192.168.0.1"], &["fd00::1"], &["169.254.169.254"]]
        {
            let (fetch, _) = fetch(&[], &[answer]);
            assert!(matches!(fetch.get("https://app.example/").await, Err(FetchError::Refused(_))), "{answer:?}");
        }
        let (fetch, _) = fetch(&[], &[&[]]);
        assert!(matches!(fetch.get("https://app.example/").await, Err(FetchError::Name(_))));
    }

    /// Looks for ever.
    struct Silent;

    impl Names for Silent {
        fn find<'a>(&'a self, _: &'a str) -> BoxFuture<'a, std::io::Result<Vec<IpAddr>>> {
            std::future::pending().boxed()
        }
    }

    /// case 15: a server of names that says nothing holds nobody up.
    #[tokio::test]
    async fn a_name_that_is_not_found_in_time_is_given_up() {
        let fetch = Fetch { names: Arc::new(Silent), time: Duration::from_millis(20), ..fetch(&[], &[]).0 };
        let given_up = tokio::time::timeout(TIME, fetch.get("https://app.example/")).await.expect("given up");
        assert!(matches!(given_up, Err(FetchError::Slow)), "{given_up:?}");
    }

    /// case 15: a name that a development setting allows still stands for this machine or a public one.
    #[tokio::test]
    async fn an_allowed_name_opens_this_machine_and_not_its_network() {
        let (near, _) = fetch(&[("allow_fetch", "rp.test:8443")], &[&["127.0.0.1"], &["10.0.0.1"]]);
        assert!(near.pin("https://rp.test:8443/").await.is_ok());
        assert!(matches!(near.pin("https://rp.test:8443/").await, Err(FetchError::Refused(_))));
    }

    /// case 15
    #[tokio::test]
    async fn a_redirect_is_not_followed_and_a_long_answer_is_not_read() {
        let routes = Router::new()
            .route("/long", get(|| async { "x".repeat(SIZE + 1) }))
            .route("/just", get(|| async { "x".repeat(SIZE) }))
            .route("/away", get(|| async { axum::response::Redirect::to("/just") }));
        let at = serve(routes).await;
        let (fetch, _) = fetch(&[("allow_fetch", &at.to_string())], &[]);
        assert_eq!(fetch.get(&format!("http://{at}/just")).await.unwrap().body.len(), SIZE);
        assert!(matches!(fetch.get(&format!("http://{at}/long")).await, Err(FetchError::TooLong)));
        assert_eq!(fetch.get(&format!("http://{at}/away")).await.unwrap().status.as_u16(), 303);
        assert!(matches!(fetch.get(&format!("http://{at}x/")).await, Err(FetchError::Refused(_))));
    }
}
