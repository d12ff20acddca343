//! The registry of pages: every page, in every state that it lists, in every language.

use std::sync::Arc;

use zegel::kernel::pages::{ErrorPage, Page, PartsPage, Texts, problems, samples};

fn look<P: Page>(texts: &Arc<Texts>, found: &mut Vec<String>) {
    let all = samples::<P>(texts).expect("the page renders");
    assert!(!all.is_empty(), "{} lists no sample", std::any::type_name::<P>());
    found.extend(all.iter().flat_map(problems));
}

/// Calls `look` for each type, and knows their names.
macro_rules! registry {
    ($($page:path),* $(,)?) => {
        const NAMES: &[&str] = &[$(stringify!($page)),*];
        fn every_page(texts: &Arc<Texts>) -> Vec<String> {
            let mut found = Vec::new();
            $(look::<$page>(texts, &mut found);)*
            found
        }
    };
}

registry! {
    ErrorPage,
    PartsPage,
    zegel::idp::account::http::StartPage,
    zegel::idp::invitations::pages::InvitationPage,
    zegel::idp::links::http::SetPasswordPage,
    zegel::idp::receipts::pages::ReceiptPage,
    zegel::idp::receipts::pages::ReceiptsPage,
    zegel::idp::signin::pages::CodePage,
    zegel::idp::signin::pages::PasswordPage,
    zegel::idp::signin::pages::SignedOutPage,
    zegel::idp::signin::pages::SignoutPage,
}

/// S8, S9: no text is missing in any language, and nothing stands in a page that its policy forbids.
#[test]
fn every_page_renders_in_every_language() {
    let texts = Texts::load().unwrap();
    let mut found = every_page(&texts);
    found.extend(zegel::crm::pages::check_pages(&texts).unwrap().into_iter().flat_map(|(_, problems)| problems));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A page that is made and not listed would never be looked at. Those of the record store list themselves in its folder.
#[test]
fn no_page_is_left_out() {
    let mut left = Vec::new();
    for file in crate::source::files("src/idp").into_iter().chain(crate::source::files("src/kernel/pages")) {
        for line in file.text.lines() {
            if let Some(name) = line.trim().strip_prefix("impl Page for ").and_then(|r| r.split([' ', '{']).next())
                && !NAMES.iter().any(|n| n.replace(' ', "").ends_with(name))
            {
                left.push(format!("{}: {name}", file.path));
            }
        }
    }
    assert!(left.is_empty(), "not in the registry: {left:?}");
}
