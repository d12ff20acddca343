//! One private PostgreSQL cluster for the whole test process, and databases in it.
//!
//! Owns starting the cluster, giving out databases and the macro [`on_both_engines!`](crate::on_both_engines). The
//! cluster syncs its disk like a real one, because tests of durability depend on it. It is stopped by a supervisor: a
//! small shell that holds the reading end of a pipe whose writing end is this process. However the process ends, also by
//! SIGKILL, the pipe closes and the supervisor stops the cluster and removes its folder.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;
use zegel::kernel::db::{Db, Half};

/// Databases of one test, on one engine. They and the folder go away with the value.
pub struct TestDb {
    /// Address of the provider's database.
    pub idp_url: String,
    /// Address of the record store's database.
    pub crm_url: String,
    /// Folder of the SQLite files, empty on PostgreSQL.
    pub dir: tempfile::TempDir,
    /// Those of the cluster that end with this value.
    _ending: Ending,
}

impl TestDb {
    /// Two new files.
    pub fn sqlite() -> Self {
        let dir = folder();
        let url = |half: &str| format!("sqlite:{}", dir.path().join(half).display());
        Self { idp_url: url("idp.db"), crm_url: url("crm.db"), dir, _ending: Ending::default() }
    }

    /// Two new databases in the private cluster, their tables already made.
    pub async fn postgres() -> Self {
        Self::of_the_cluster(fresh_half(Half::Idp).await, fresh_half(Half::Crm).await)
    }

    /// Two new databases in the private cluster, without a table.
    pub async fn empty_postgres() -> Self {
        Self::of_the_cluster(fresh_database().await, fresh_database().await)
    }

    fn of_the_cluster(idp_url: String, crm_url: String) -> Self {
        let ending = Ending(vec![idp_url.clone(), crm_url.clone()]);
        Self { idp_url, crm_url, dir: folder(), _ending: ending }
    }

    /// The same databases for another node, with a folder of its own. They end with the first value.
    pub fn of_another_node(&self) -> Self {
        Self { idp_url: self.idp_url.clone(), crm_url: self.crm_url.clone(), dir: folder(), _ending: Ending::default() }
    }

    /// The provider's database, opened.
    pub async fn idp(&self) -> Db {
        Db::open(&self.idp_url, Half::Idp).await.expect("the provider's database opens")
    }

    /// The record store's database, opened.
    pub async fn crm(&self) -> Db {
        Db::open(&self.crm_url, Half::Crm).await.expect("the record store's database opens")
    }
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Addresses of databases that nobody needs any more once this is dropped.
#[derive(Default)]
struct Ending(Vec<String>);

/// Ended, not yet dropped: whoever makes the next database drops them, so that the cluster holds only those in use.
static ENDED: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl Drop for Ending {
    fn drop(&mut self) {
        ENDED.lock().unwrap_or_else(PoisonError::into_inner).append(&mut self.0);
    }
}

/// Makes two tests of each function, `name::sqlite` and `name::postgres`. Doc comments stay with the name.
#[macro_export]
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: TestDb) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "a test may need nothing from around it")]
            use super::*;

            async fn body($db: $crate::support::postgres::TestDb) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body($crate::support::postgres::TestDb::sqlite()).await
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                body($crate::support::postgres::TestDb::postgres().await).await
            }
        }
    )+};
}

/// Address of a new, empty database.
pub async fn fresh_database() -> String {
    create("template1").await
}

/// Address of a new database that has the tables of `half`: a copy of one that was migrated once.
pub async fn fresh_half(half: Half) -> String {
    static IDP: OnceCell<String> = OnceCell::const_new();
    static CRM: OnceCell<String> = OnceCell::const_new();
    let cell = if half == Half::Idp { &IDP } else { &CRM };
    let template = cell
        .get_or_init(|| async move {
            let url = fresh_database().await;
            // A copy is only made of a database that nobody is connected to.
            Db::open(&url, half).await.expect("the migrations run").close().await;
            url.rsplit('/').next().unwrap_or_default().to_owned()
        })
        .await;
    create(template).await
}

async fn create(template: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let server = server();
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let mut admin = PgConnection::connect(&format!("{}/postgres", server.url)).await.expect("the test cluster answers");
    let ended = std::mem::take(&mut *ENDED.lock().unwrap_or_else(PoisonError::into_inner));
    for url in ended {
        // A background task of the test may still be connected.
        let text = format!("DROP DATABASE {} WITH (FORCE)", url.rsplit('/').next().unwrap_or_default());
        sqlx::query(AssertSqlSafe(text)).execute(&mut admin).await.expect("the test cluster drops a database");
    }
    // Both names are made here. The copy by files is faster than by log for databases this small.
    let text = format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log");
    sqlx::query(AssertSqlSafe(text)).execute(&mut admin).await.expect("the test cluster makes a database");
    admin.close().await.expect("the connection closes");
    format!("{}/{name}", server.url)
}

struct Server {
    /// `postgres://user@127.0.0.1:port`
    url: String,
    /// Its standard input stays open as long as this process lives.
    _supervisor: Child,
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(start)
}

/// `$1` folder of the programs, `$2` folder of the cluster, then the ports to try. Says `ready PORT` or why not, then waits
/// for the pipe on its standard input to close. It ignores the terminal's signals, so that Ctrl-C does not end it early.
const SUPERVISOR: &str = r#"
trap '' INT TERM HUP
bin=$1 dir=$2
shift 2
stop() {
  "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop
  rm -rf "$dir/data" "$dir/socket" "$dir/log"
  rmdir "$dir" || rm -rf "$dir"
}
"$bin/initdb" -D "$dir/data" -U zegel -A trust -E UTF8 --locale=C.UTF-8 >"$dir/log" 2>&1 && mkdir "$dir/socket" || {
  echo "initdb failed: $(tail -5 "$dir/log" | tr '\n' ' ')"
  exit 1
}
for port in "$@"; do
  # Durable as in service, small as for tests.
  if "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 -o "-p $port -h 127.0.0.1 -k $dir/socket \
    -c fsync=on -c max_connections=300 -c shared_buffers=64MB -c max_wal_size=256MB" start >/dev/null 2>&1; then
    echo "ready $port"
    exec >/dev/null 2>&1
    cat
    stop
    exit 0
  fi
done
echo "the server did not start: $(tail -5 "$dir/log" | tr '\n' ' ')"
rm -rf "$dir"
"#;

fn start() -> Server {
    let bin = programs();
    // The supervisor removes the folder, so this process does not hold on to it.
    let dir = tempfile::Builder::new().prefix("zegel-pg-").tempdir().expect("a temporary folder").keep();
    std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(0o700)).expect("permissions of the folder");
    let mut command = as_ordinary_user(&dir);
    command.args(["bash", "-c", SUPERVISOR, "supervisor"]).arg(&bin).arg(&dir);
    command.args(free_ports(5).iter().map(u16::to_string));
    // A group of its own, and a folder that its user may enter.
    command.process_group(0).current_dir(&dir).env("LC_ALL", "C.UTF-8");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("bash starts the PostgreSQL supervisor");
    let mut said = String::new();
    BufReader::new(child.stdout.take().expect("the pipe from the supervisor"))
        .read_line(&mut said)
        .expect("the supervisor speaks");
    match said.trim().strip_prefix("ready ") {
        Some(port) => Server { url: format!("postgres://zegel@127.0.0.1:{port}"), _supervisor: child },
        None => panic!("PostgreSQL did not start for the tests; the supervisor said: {said:?}"),
    }
}

/// The folder with the programs of the newest server of version 15 or later.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
        .filter(|(version, bin)| *version >= 15 && bin.join("initdb").exists())
        .max();
    match newest {
        Some((_, bin)) => bin,
        None => panic!("these tests need the PostgreSQL server, version 15 or later, and it is not here: run scripts/setup"),
    }
}

/// PostgreSQL refuses to run as root; then it gets the folder and runs as `postgres`, or as `nobody`.
fn as_ordinary_user(dir: &Path) -> Command {
    let me = std::fs::metadata(dir).expect("the folder").uid();
    if me != 0 {
        return Command::new("env");
    }
    let users = std::fs::read_to_string("/etc/passwd").expect("/etc/passwd");
    let find = |name: &str| {
        let mut fields = users.lines().find(|l| l.split(':').next() == Some(name))?.split(':').skip(2);
        Some((fields.next()?.parse::<u32>().ok()?, fields.next()?.parse::<u32>().ok()?))
    };
    let (uid, gid) = find("postgres").or_else(|| find("nobody")).expect("a user postgres or nobody in /etc/passwd");
    chown(dir, Some(uid), Some(gid)).expect("the folder changes hands");
    let mut command = Command::new("setpriv");
    command.args([format!("--reuid={uid}"), format!("--regid={gid}"), "--clear-groups".into(), "--".into()]);
    command
}

/// Ports that are free now. Another process may still take one, so there are several.
fn free_ports(count: usize) -> Vec<u16> {
    let held: Vec<_> = (0..count).map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port")).collect();
    held.iter().map(|l| l.local_addr().expect("its address").port()).collect()
}

/// Two databases of one cluster don't see each other, and both have the half's tables.
#[tokio::test]
async fn every_test_gets_a_database_of_its_own() {
    let (one, two) = (fresh_half(Half::Idp).await, fresh_half(Half::Idp).await);
    assert_ne!(one, two);
    for url in [&one, &two] {
        let mut c = PgConnection::connect(url).await.expect("connects");
        sqlx::query("CREATE TABLE mine (id TEXT)").execute(&mut c).await.expect("no other test's table is in the way");
        let fsync: String = sqlx::query_scalar("SHOW fsync").fetch_one(&mut c).await.expect("answers");
        assert_eq!(fsync, "on", "durability tests rely on it");
        let done: i64 = sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations").fetch_one(&mut c).await.expect("migrated");
        assert!(done > 0);
    }
}

on_both_engines! {
    /// The macro itself: both halves open on both engines.
    async fn both_halves_open(db: TestDb) {
        for half in [db.idp().await, db.crm().await] {
            half.prepare("SELECT 1").await.expect("a statement prepares");
            assert_eq!(half.is_postgres(), db.idp_url.starts_with("postgres:"));
            half.close().await;
        }
        assert_eq!(db.dir.path().join("idp.db").exists(), !db.idp_url.starts_with("postgres:"));
    }
}
