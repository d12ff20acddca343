//! `GET /api/access-log/stream`: server-sent events that say where the head is whenever it has moved. They only wake who
//! polls; nothing is decided from them, since a connection can be frozen and still look alive.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::http::SCOPE;
use super::watch::Seat;
use crate::contract::feed::HeadMoved;
use crate::idp::{Idp, bearer};
use crate::kernel::http::{Code, Presented, Problem};

/// A sign of life, and how often it is asked whether the listener may still listen.
const BEAT: Duration = Duration::from_secs(1);

struct Listener {
    idp: Arc<Idp>,
    seat: Seat,
    client: String,
    /// When its token expires, in seconds.
    until: i64,
    beat: Interval,
    greeted: bool,
}

/// Opens a stream.
pub async fn open(State(idp): State<Arc<Idp>>, presented: Presented) -> Result<Response, Problem> {
    let token = bearer::client(&idp, &presented, SCOPE).await?;
    let (client, until) = (token.client_id.clone(), token.exp);
    let Some(seat) = idp.log.listen().await? else { return Err(Problem::new(Code::Overloaded).retry(5)) };
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let listener = Listener { idp, seat, client, until, beat, greeted: false };
    let events = stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    // Case 30: what has access is for this asker, and for no store between.
    let mut answer = Sse::new(events).into_response();
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

impl Listener {
    /// The next event; nothing when it is over.
    async fn next(&mut self) -> Option<Event> {
        if !std::mem::replace(&mut self.greeted, true) {
            return self.head();
        }
        tokio::select! {
            () = self.seat.closing.cancelled() => None,
            moved = self.seat.head.changed() => {
                moved.ok()?;
                if self.may().await { self.head() } else { None }
            }
            _ = self.beat.tick() => if self.may().await { Some(Event::default().comment("")) } else { None },
        }
    }

    fn head(&mut self) -> Option<Event> {
        let head = self.seat.head.borrow_and_update().clone();
        Event::default().event("head").json_data(HeadMoved { epoch: head.epoch, position: head.position }).ok()
    }

    /// Whether the token has not expired and its client is still enabled.
    async fn may(&self) -> bool {
        self.idp.env.now().seconds() < self.until
            && matches!(self.idp.lookup.at_head(&self.client).await, Ok(Some((client, _))) if client.enabled)
    }
}
