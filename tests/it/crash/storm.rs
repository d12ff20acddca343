//! Clients that write in parallel until the process under them is gone, what they were told, and what must hold after.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use zegel::demo::browser::Browser;

use super::clients::{Caller, Family, Told};
use super::process::Process;

const REFRESHERS: usize = 6;
const CODES: usize = 20;
const REVOCATIONS: usize = 10;
/// Inside the grace of refresh tokens, with room for a slow machine.
const GRACE: Duration = Duration::from_secs(8);

/// What a storm uses up.
pub struct Supplies {
    families: Vec<Family>,
    codes: Vec<String>,
    doomed: Vec<Family>,
}

impl Supplies {
    /// Asks a provider for them that nobody kills yet.
    pub async fn get(caller: &Caller, browser: &mut Browser) -> Self {
        let mut supplies = Self { families: Vec::new(), codes: Vec::new(), doomed: Vec::new() };
        for _ in 0..REFRESHERS {
            supplies.families.push(caller.family(browser).await);
        }
        for _ in 0..REVOCATIONS {
            supplies.doomed.push(caller.family(browser).await);
        }
        for _ in 0..CODES {
            supplies.codes.push(caller.code(browser).await);
        }
        supplies
    }
}

/// What the clients were told.
#[derive(Default)]
pub struct Seen {
    families: Vec<Family>,
    redeemed: Vec<(String, Family)>,
    unsure_codes: Vec<String>,
    revoked: Vec<Family>,
    unsure_revoked: Vec<Family>,
    spare_codes: Vec<String>,
    killed: Option<Instant>,
}

type Shared = Arc<Mutex<Seen>>;
/// What several clients take from.
type Stock<T> = Arc<Mutex<VecDeque<T>>>;

/// Clients at work.
pub struct Storm {
    seen: Shared,
    acknowledged: mpsc::UnboundedReceiver<()>,
    clients: Vec<JoinHandle<()>>,
    codes: Stock<String>,
}

impl Storm {
    /// Lets them loose.
    pub fn begin(caller: &Caller, supplies: Supplies) -> Self {
        let seen = Shared::default();
        let (tell, acknowledged) = mpsc::unbounded_channel();
        let mut clients = Vec::new();
        for family in supplies.families {
            clients.push(tokio::spawn(refresher(caller.clone(), family, Arc::clone(&seen), tell.clone())));
        }
        let codes = Arc::new(Mutex::new(VecDeque::from(supplies.codes)));
        for _ in 0..3 {
            clients.push(tokio::spawn(redeemer(caller.clone(), Arc::clone(&codes), Arc::clone(&seen), tell.clone())));
        }
        let doomed = Arc::new(Mutex::new(VecDeque::from(supplies.doomed)));
        for _ in 0..2 {
            clients.push(tokio::spawn(revoker(caller.clone(), Arc::clone(&doomed), Arc::clone(&seen), tell.clone())));
        }
        Self { seen, acknowledged, clients, codes }
    }

    /// Kills the process after so many acknowledgements and a pause of so many turns, and lets the clients find out.
    pub async fn until_kill(mut self, process: &mut Process, after: u64, pause: u64) -> Seen {
        for n in 0..after {
            let told = tokio::time::timeout(Duration::from_secs(60), self.acknowledged.recv()).await;
            assert!(matches!(told, Ok(Some(()))), "acknowledgement {n} of {after} did not come: {}", process.said());
        }
        for _ in 0..pause {
            tokio::task::yield_now().await;
        }
        process.kill();
        let killed = Instant::now();
        for client in self.clients {
            client.await.unwrap();
        }
        let mut seen = std::mem::take(&mut *self.seen.lock().unwrap());
        seen.spare_codes.extend(self.codes.lock().unwrap().drain(..));
        seen.killed = Some(killed);
        seen
    }
}

async fn refresher(caller: Caller, mut family: Family, seen: Shared, tell: mpsc::UnboundedSender<()>) {
    loop {
        match caller.refresh(&family.refresh).await {
            Told::Answer(200, body) => family = family.next(&body),
            Told::Answer(status, body) => panic!("a refresh was answered {status} {body}"),
            Told::Nothing => break,
        }
        let _ = tell.send(());
    }
    seen.lock().unwrap().families.push(family);
}

async fn redeemer(caller: Caller, codes: Stock<String>, seen: Shared, tell: mpsc::UnboundedSender<()>) {
    loop {
        let Some(code) = codes.lock().unwrap().pop_front() else { return };
        match caller.redeem(&code).await {
            Told::Answer(200, body) => seen.lock().unwrap().redeemed.push((code, Family::of(&body))),
            Told::Answer(status, body) => panic!("a code was answered {status} {body}"),
            Told::Nothing => return seen.lock().unwrap().unsure_codes.push(code),
        }
        let _ = tell.send(());
    }
}

async fn revoker(caller: Caller, doomed: Stock<Family>, seen: Shared, tell: mpsc::UnboundedSender<()>) {
    loop {
        let Some(family) = doomed.lock().unwrap().pop_front() else { return };
        match caller.revoke(&family.refresh).await {
            Told::Answer(200, _) => seen.lock().unwrap().revoked.push(family),
            Told::Answer(status, body) => panic!("a revocation was answered {status} {body}"),
            Told::Nothing => return seen.lock().unwrap().unsure_revoked.push(family),
        }
        let _ = tell.send(());
    }
}

fn status(told: &Told) -> u16 {
    match told {
        Told::Answer(status, _) => *status,
        Told::Nothing => 0,
    }
}

impl Seen {
    /// Holds what was told against the process that came after. Gives the issues whose revocation was acknowledged, here or
    /// before the kill.
    pub async fn check(self, caller: &Caller, round: u64) -> Vec<String> {
        let killed = self.killed.unwrap();
        let mut revoked = Vec::new();
        for family in &self.families {
            self.check_family(caller, family, killed, round).await;
            revoked.push(family.issue());
        }
        for (n, (code, family)) in self.redeemed.iter().enumerate() {
            if n % 2 == 0 {
                let told = caller.refresh(&family.refresh).await;
                assert_eq!(status(&told), 200, "round {round}: a token of an acknowledged code works: {told:?}");
            }
            let told = caller.redeem(code).await;
            assert_eq!(status(&told), 400, "round {round}: an acknowledged code is used up: {told:?}");
            assert_eq!(caller.userinfo(&family.access).await, 401, "round {round}: a replayed code ends what it gave");
            revoked.push(family.issue());
        }
        for code in self.unsure_codes.iter().chain(&self.spare_codes) {
            let (first, second) = (caller.redeem(code).await, caller.redeem(code).await);
            let spare = self.spare_codes.contains(code);
            assert!(status(&first) == 200 || (!spare && status(&first) == 400), "round {round}: {first:?}");
            assert_eq!(status(&second), 400, "round {round}: no code is used twice: {second:?}");
        }
        for family in &self.revoked {
            let told = caller.refresh(&family.refresh).await;
            assert_eq!(status(&told), 400, "round {round}: an acknowledged revocation holds: {told:?}");
            assert_eq!(caller.userinfo(&family.access).await, 401, "round {round}: an acknowledged revocation holds");
            revoked.push(family.issue());
        }
        for family in &self.unsure_revoked {
            // It happened or not; asked again, it has.
            let both = (status(&caller.refresh(&family.refresh).await), caller.userinfo(&family.access).await);
            assert!(matches!(both, (200, 200) | (400, 401)), "round {round}: half revoked: {both:?}");
            assert_eq!(status(&caller.revoke(&family.refresh).await), 200);
            assert_eq!(caller.userinfo(&family.access).await, 401);
            revoked.push(family.issue());
        }
        revoked
    }

    /// The last acknowledged token works, in both of two requests with the same successor; the one before it is a replay that
    /// ends all of them.
    async fn check_family(&self, caller: &Caller, family: &Family, killed: Instant, round: u64) {
        let (one, two) = tokio::join!(caller.refresh(&family.refresh), caller.refresh(&family.refresh));
        let next = match (&one, &two) {
            (Told::Answer(200, one), Told::Answer(200, two)) => {
                let (one, two) = (Family::of(one), Family::of(two));
                assert_eq!(one.refresh, two.refresh, "round {round}: one token has one successor");
                assert_ne!(one.refresh, family.refresh);
                one
            }
            // The request in hand when the kill came may have used it; that is forgiven for a while only.
            _ if killed.elapsed() > GRACE => return assert_eq!(status(&caller.revoke(&family.refresh).await), 200),
            _ => panic!("round {round}: the acknowledged refresh token is not taken: {one:?} {two:?}"),
        };
        // The successor is used, so that every token before it is known to be spent.
        let told = caller.refresh(&next.refresh).await;
        let Told::Answer(200, last) = told else { panic!("round {round}: the successor is not taken: {told:?}") };
        let spent = family.before.as_ref().unwrap_or(&family.refresh);
        assert_eq!(status(&caller.refresh(spent).await), 400, "round {round}: a spent token is refused");
        let last = Family::of(&last);
        assert_eq!(status(&caller.refresh(&last.refresh).await), 400, "round {round}: a replay ends the family");
        assert_eq!(caller.userinfo(&last.access).await, 401, "round {round}: a replay ends the family");
    }
}
