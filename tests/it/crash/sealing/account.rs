//! What both databases have of one change, held against each other.

use std::fmt::Debug;

use zegel::kernel::db::Db;
use zegel::sql;

use super::buttons::Dialog;

/// What the two databases have of one change. They are read one after the other while both halves work, so what follows from
/// something else is read before it.
#[derive(Debug)]
pub(super) struct Account {
    /// At the record store.
    pub(super) state: String,
    pub(super) reason: Option<String>,
    pub(super) version: i64,
    pub(super) versions: i64,
    pub(super) receipts: i64,
    /// Receipts at the provider, read before all that and after.
    pub(super) issued: (i64, i64),
    /// At the provider: challenges, confirmed ones, right attempts, attempts.
    pub(super) confirmed: (i64, i64, i64, i64),
}

impl Account {
    pub(super) async fn read((idp, crm): (&Db, &Db), dialog: &Dialog, record: &str) -> Self {
        let before = issued(idp, record).await;
        let (state, reason, changes, version, versions, receipts): (String, Option<String>, i64, i64, i64, i64) = crm
            .query(sql!(
                "SELECT p.state, p.reason, (SELECT COUNT(*) FROM pending_changes WHERE record_id = r.id), r.version,
                     (SELECT COUNT(*) FROM record_versions WHERE id = r.id), (SELECT COUNT(*) FROM receipts WHERE record_id = r.id)
                 FROM pending_changes p JOIN records r ON r.id = p.record_id WHERE p.id = $1 AND r.id = $2"
            ))
            .bind(dialog.pending.as_str())
            .bind(record)
            .one()
            .await
            .unwrap();
        assert_eq!(changes, 1, "{record} has one pending change");
        let confirmed: (i64, i64, i64, i64) = idp
            .query(sql!(
                "SELECT (SELECT COUNT(*) FROM challenges WHERE pending = $1),
                     (SELECT COUNT(*) FROM challenges WHERE pending = $1 AND confirmed_at IS NOT NULL),
                     (SELECT COUNT(*) FROM challenge_attempts WHERE outcome = 'confirmed'
                         AND challenge_id IN (SELECT id FROM challenges WHERE pending = $1)),
                     (SELECT COUNT(*) FROM challenge_attempts WHERE challenge_id IN (SELECT id FROM challenges WHERE pending = $1))"
            ))
            .bind(dialog.pending.as_str())
            .one()
            .await
            .unwrap();
        let issued = (before, issued(idp, record).await);
        Self { state, reason, version, versions, receipts, issued, confirmed }
    }

    /// Nothing is there twice, the record is at the version that the change's state says, nothing is sealed that isn't applied,
    /// and nothing is applied that isn't confirmed.
    pub(super) fn consistent(&self, what: &dyn Debug) {
        let applied = i64::from(self.state == "applied");
        assert_eq!(self.reason, None, "{what:?}: nothing makes it void: {self:?}");
        assert_eq!((self.version, self.versions), (1 + applied, 1 + applied), "{what:?}: {self:?}");
        assert!(self.issued.0 <= applied && self.receipts <= self.issued.1 && self.issued.1 <= 1, "{what:?}: {self:?}");
        let (challenges, confirmed, right, attempts) = self.confirmed;
        assert!(challenges == 1 && applied <= confirmed && right == confirmed && attempts == right, "{what:?}: {self:?}");
    }

    pub(super) fn is_sealed(&self) -> bool {
        self.state == "applied" && self.receipts == 1
    }
}

/// The right attempts at the codes of a change.
pub(super) async fn right(idp: &Db, pending: &str) -> i64 {
    let query = idp.query(sql!(
        "SELECT COUNT(*) FROM challenge_attempts WHERE outcome = 'confirmed'
         AND challenge_id IN (SELECT id FROM challenges WHERE pending = $1)"
    ));
    query.bind(pending).one::<(i64,)>().await.unwrap().0
}

async fn issued(idp: &Db, record: &str) -> i64 {
    let query = idp.query(sql!("SELECT COUNT(*) FROM receipts WHERE record_id = $1")).bind(record);
    query.one::<(i64,)>().await.unwrap().0
}
