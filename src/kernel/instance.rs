//! The installation's identity in a database: made once, and proof that a node has the root key it was made with.

use super::Env;
use super::db::{Db, DbError};
use super::root::{Purpose, same};
use crate::sql;

/// Reads the instance id, making it at the first start. A node with another root key is refused.
pub async fn open(db: &Db, env: &Env) -> Result<String, DbError> {
    let check = env.root.mac(Purpose::RootCheck, &[b"instance"]).map_err(|_| DbError::OtherRoot)?;
    let check = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, check);
    let input = (env.id(), check.clone(), env.now().0);
    let (id, stored) = db
        .write(input, |(id, check, now), mut tx| {
            Box::pin(async move {
                tx.q(sql!(
                    "INSERT INTO instance (only_row, id, root_check, created_at) VALUES (1, $1, $2, $3) ON CONFLICT DO NOTHING"
                ))
                .bind(id.as_str())
                .bind(check.as_str())
                .bind(*now)
                .exec()
                .await?;
                tx.q(sql!("SELECT id, root_check FROM instance WHERE only_row = 1")).one::<(String, String)>().await
            })
        })
        .await?;
    if same(&stored, &check) { Ok(id) } else { Err(DbError::OtherRoot) }
}
