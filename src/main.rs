//! The `zegel` program: reads its command line and does what it says.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use zegel::app::{self, App, AppError, ExportWish, Gift, Halves, Listeners, Sources, Start};
use zegel::cli::{
    self, AccessLog, Administer, Audit, Command, Factors, Grants, Half, Invocation, KeyUse, Keys, Page, Passwords, Receipts,
    Replica,
};
use zegel::config::Settings;
use zegel::demo;
use zegel::kernel::http::server;
use zegel::kernel::logs::{self, Lines};
use zegel::kernel::out::Out;

fn main() -> ExitCode {
    let env = std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
    let mut invocation = match cli::parse(std::env::args_os(), env) {
        Ok(invocation) => invocation,
        Err(e) => {
            // Help goes to standard output, what is wrong to standard error.
            let text = e.to_string();
            if e.is_help() {
                Out::new(&mut std::io::stdout()).line(text);
            } else {
                Out::new(&mut std::io::stderr()).line(text);
            }
            return ExitCode::from(e.exit_code());
        }
    };
    // The walk's own lines are what one wants to read.
    if matches!(invocation.command, Command::Demo { walk: true }) && invocation.settings.log == "info" {
        invocation.settings.log = "warn".into();
    }
    let _rest = match logging(&invocation.settings) {
        Ok(rest) => rest,
        Err(e) => return fail(&e),
    };
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return fail(&e),
    };
    runtime.block_on(run(invocation))
}

/// Logs go to standard error; standard output is for what a command prints.
fn logging(settings: &Settings) -> std::io::Result<logs::Rest> {
    let (lines, rest) = Lines::start(std::io::stderr())?;
    let to = tracing_subscriber::fmt().with_env_filter(logs::filter(&settings.log)).with_writer(lines);
    let to = to.with_ansi(std::io::stderr().is_terminal());
    if settings.log_format == "json" {
        to.json().init();
    } else {
        to.init();
    }
    Ok(rest)
}

fn fail(e: &dyn std::error::Error) -> ExitCode {
    Out::new(&mut std::io::stderr()).line(format_args!("zegel: {}", zegel::kernel::http::problem::chain(e)));
    ExitCode::FAILURE
}

async fn run(invocation: Invocation) -> ExitCode {
    let Invocation { command, settings } = invocation;
    let mut stdout = std::io::stdout();
    let mut out = Out::new(&mut stdout);
    let done = match command {
        Command::Serve { only } => serve(settings, only).await,
        Command::Demo { walk } => return demo(settings, walk, &mut out).await,
        Command::Apply { file, dry_run } => app::apply_file(settings, &file, dry_run).await.map(|plan| out.line(plan)),
        Command::People { command } => administer(settings, Administer::People(command), &mut out).await,
        Command::Groups { command } => administer(settings, Administer::Groups(command), &mut out).await,
        Command::Roles { command } => administer(settings, Administer::Roles(command), &mut out).await,
        Command::Applications { command } => cli::applications(settings, command).await.map(|text| out.line(text)),
        Command::Sessions { command } => administer(settings, Administer::Sessions(command), &mut out).await,
        Command::Invitations { command } => administer(settings, Administer::Invitations(command), &mut out).await,
        Command::Links { command } => administer(settings, Administer::Links(command), &mut out).await,
        Command::Recoveries { command } => administer(settings, Administer::Recoveries(command), &mut out).await,
        Command::Policies { command } => administer(settings, Administer::Policies(command), &mut out).await,
        Command::Federation { command } => administer(settings, Administer::Federation(command), &mut out).await,
        Command::Grants { command } => grants(settings, command).await.map(|text| out.line(text)),
        Command::Factors { command: Factors::List { email } } => {
            app::list_factors(settings, &email).await.map(|text| out.line(text))
        }
        Command::Factors { command: Factors::Remove { email, factor } } => {
            app::remove_factor(settings, &email, &factor).await.map(|text| out.line(text))
        }
        Command::Keys { command } => keys(settings, command).await.map(|text| out.line(text)),
        Command::Passwords { command: Passwords::BuildFilter { list, file } } => {
            app::build_filter(&list, &file).map(|text| out.line(text))
        }
        Command::AccessLog { command: AccessLog::NewEpoch } => app::new_epoch(settings).await.map(|text| out.line(text)),
        Command::Audit { command } => audit(settings, command, &mut out).await,
        Command::Replica { command: Replica::Rebuild } => app::rebuild_replica(settings).await.map(|text| out.line(text)),
        Command::Docs { page } => {
            let api = if page == Page::ProviderOpenapi { app::provider_openapi } else { app::openapi };
            out.line(cli::page(page).unwrap_or_else(api).trim_end());
            Ok(())
        }
        Command::Why { module, record, sub } => {
            app::why(settings, &module, &record, &sub).await.map(|why| out.line(why.trim_end()))
        }
        Command::Receipts { command: Receipts::Verify { file, key_file } } => {
            verify(settings, &file, key_file.as_deref(), &mut out).await
        }
        Command::Version => {
            out.line(cli::version());
            Ok(())
        }
    };
    done.map_or_else(|e| fail(&e), |()| ExitCode::SUCCESS)
}

async fn grants(settings: Settings, command: Grants) -> Result<String, AppError> {
    match command {
        Grants::List { relation } => app::list_grants(settings, &relation).await,
        Grants::Give { relation, who, level, from, until, reason } => {
            app::give_grant(settings, Gift { relation, who, level, from, until, reason }).await
        }
        Grants::Take { relation, who } => app::take_grant(settings, &relation, &who).await,
    }
}

async fn administer(settings: Settings, command: Administer, out: &mut Out<'_>) -> Result<(), AppError> {
    cli::administer(settings, command).await.map(|text| out.line(text))
}

async fn keys(settings: Settings, command: Keys) -> Result<String, AppError> {
    match command {
        Keys::List => app::list_keys(settings).await,
        Keys::Rotate { purpose, alg, now } => app::rotate_keys(settings, purpose == KeyUse::Receipt, alg.as_deref(), now).await,
        Keys::Withdraw { kid } => app::withdraw_key(settings, &kid).await,
    }
}

async fn audit(settings: Settings, command: Audit, out: &mut Out<'_>) -> Result<(), AppError> {
    match command {
        Audit::Verify { half, noted } => {
            let (report, holds) = app::verify_audit(settings, half == Half::Crm, noted.as_deref()).await?;
            out.line(report);
            if holds { Ok(()) } else { Err(AppError::Setting("the audit log does not hold".into())) }
        }
        Audit::Head { half } => app::head_of_audit(settings, half == Half::Crm).await.map(|head| out.line(head)),
        Audit::Export { half, format, about, action, since, until } => {
            let form = format.as_str().to_owned();
            let wish = ExportWish { crm: half == Half::Crm, form, about, action, since, until };
            app::export_audit(settings, &wish, out).await
        }
    }
}

/// Checks receipts offline with a file of keys, or with those that the provider publishes.
async fn verify(settings: Settings, file: &Path, keys: Option<&Path>, out: &mut Out<'_>) -> Result<(), AppError> {
    let read = |p: &Path| std::fs::read_to_string(p).map_err(|e| AppError::Io(p.display().to_string(), e));
    let text = read(file)?;
    let issuer = settings.idp_url.as_str().to_owned();
    let keys = match keys {
        Some(path) => read(path)?,
        None => app::receipt_keys(settings).await?,
    };
    let (report, holds) = app::check_receipts(&text, &keys, &issuer);
    out.line(report.trim_end());
    if holds { Ok(()) } else { Err(AppError::Setting("not everything holds".into())) }
}

async fn start(settings: Settings, halves: Halves) -> Result<App, AppError> {
    let listeners = Listeners::bind(&settings, halves)?;
    let (env, certificate) = app::environment(settings, &Sources::default())?;
    App::start(Start { env, certificate, listeners, workers: true }).await
}

async fn serve(settings: Settings, only: Option<Half>) -> Result<(), AppError> {
    let halves = match only {
        None => Halves::Both,
        Some(Half::Idp) => Halves::Idp,
        Some(Half::Crm) => Halves::Crm,
    };
    let app = start(settings, halves).await?;
    tracing::info!("ready");
    told_to_stop().await;
    tracing::info!("finishing what is in hand");
    app.stop().await;
    Ok(())
}

/// Waits for SIGINT or SIGTERM.
async fn told_to_stop() {
    let mut term = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(term) => term,
        Err(_) => return tokio::signal::ctrl_c().await.unwrap_or(()),
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = term.recv() => {}
    }
}

async fn demo(mut settings: Settings, walk: bool, out: &mut Out<'_>) -> ExitCode {
    // A walk begins with everything as it was made, whatever was done in the demonstration before.
    let folder = walk.then(|| settings.data.join(format!("walk-{}", std::process::id())));
    if let Some(folder) = &folder {
        settings.data = folder.clone();
        settings.keys = folder.join("keys");
    }
    let code = demonstrate(settings, walk, out).await;
    if let Some(folder) = folder {
        let _ = std::fs::remove_dir_all(folder);
    }
    code
}

async fn demonstrate(settings: Settings, walk: bool, out: &mut Out<'_>) -> ExitCode {
    let places = demo::Places::of(&settings);
    let listener = match server::bind(settings.accounting_listen) {
        Ok(listener) => listener,
        Err(e) => return fail(&e),
    };
    let mut app = match start(settings, Halves::Both).await {
        Ok(app) => app,
        Err(e) => return fail(&e),
    };
    if let Err(e) = app.second_application(listener) {
        return fail(&e);
    }
    if let Err(e) = app.sample_data().await {
        return fail(&e);
    }
    let held = if walk {
        demo::walk::run(&places, out).await
    } else {
        demo::introduce(&places, out);
        told_to_stop().await;
        true
    };
    app.stop().await;
    if held { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
