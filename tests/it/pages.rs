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
    zegel::idp::account::details::DetailsPage,
    zegel::idp::account::http::StartPage,
    zegel::idp::factors::pages::AuthenticatorPage,
    zegel::idp::factors::pages::PasskeyPage,
    zegel::idp::factors::pages::PhonePage,
    zegel::idp::factors::pages::RecoveryCodesPage,
    zegel::idp::factors::pages::SecurityPage,
    zegel::idp::account::pages::ActivityPage,
    zegel::idp::account::pages::ApplicationsPage,
    zegel::idp::account::pages::OverviewPage,
    zegel::idp::account::pages::ProfilePage,
    zegel::idp::account::pages::SessionsPage,
    zegel::idp::account::password::PasswordPage,
    zegel::idp::address::http::AddressPage,
    zegel::idp::address::http::EmailPage,
    zegel::idp::notices::http::NotMePage,
    zegel::idp::admin::applications::pages::EditPage,
    zegel::idp::admin::applications::trial::pages::TrialPage,
    zegel::idp::admin::parts::DetailPage,
    zegel::idp::admin::parts::FormPage,
    zegel::idp::admin::parts::ListPage,
    zegel::idp::federation::pages::ConnectionsPage,
    zegel::idp::consent::pages::ConsentPage,
    zegel::idp::oidc::ciba::pages::ApprovalsPage,
    zegel::idp::oidc::ciba::pages::ApprovePage,
    zegel::idp::oidc::ciba::pages::ApprovedPage,
    zegel::idp::oidc::device::pages::DevicePage,
    zegel::idp::oidc::device::pages::ConfirmPage,
    zegel::idp::oidc::device::pages::DonePage,
    zegel::idp::consent::pages::FormPostPage,
    zegel::idp::invitations::pages::InvitationPage,
    zegel::idp::links::http::SetPasswordPage,
    zegel::idp::recovery::http::RecoverPage,
    zegel::idp::recovery::http::RecoveryPage,
    zegel::idp::welcome::http::RegisterPage,
    zegel::idp::welcome::http::WelcomePage,
    zegel::idp::policy::http::RememberedPage,
    zegel::idp::setup::pages::SetupPage,
    zegel::idp::receipts::pages::ReceiptPage,
    zegel::idp::receipts::pages::ReceiptsPage,
    zegel::idp::signin::pages::CodePage,
    zegel::idp::signin::pages::PasswordPage,
    zegel::idp::signin::pages::SignedOutPage,
    zegel::idp::signin::pages::SignoutPage,
    zegel::idp::signin::pages::StrongerPage,
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

/// The attributes of the element with this id.
fn element<'a>(html: &'a str, id: &str) -> &'a str {
    let at = html.find(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no element {id} in {html}"));
    let from = html[..at].rfind('<').unwrap();
    let to = html[at..].find('>').unwrap() + at;
    &html[from..to]
}

/// Password managers and phones fill in what these attributes name, and scripts of testers find what these ids name: both
/// are promises (WCAG 2.2, 1.3.5; WHATWG, autofill).
#[test]
fn what_is_typed_at_a_sign_in_says_what_it_is() {
    let texts = Texts::load().unwrap();
    let first = |all: Vec<zegel::kernel::pages::Sample>| all.into_iter().find(|s| s.name.contains("-1-en")).unwrap().html;
    let page = first(samples::<zegel::idp::signin::pages::PasswordPage>(&texts).unwrap());
    assert!(element(&page, "username").contains("autocomplete=\"username webauthn\""), "{page}");
    assert!(element(&page, "password").contains("autocomplete=\"current-password\""), "{page}");
    assert!(element(&page, "password").contains("type=\"password\""), "{page}");
    let page = first(samples::<zegel::idp::signin::pages::CodePage>(&texts).unwrap());
    let code = element(&page, "code");
    assert!(code.contains("autocomplete=\"one-time-code\"") && code.contains("inputmode=\"numeric\""), "{code}");
    let page = first(samples::<zegel::idp::links::http::SetPasswordPage>(&texts).unwrap());
    for field in ["password", "repeat"] {
        assert!(element(&page, field).contains("autocomplete=\"new-password\""), "{page}");
    }
    assert!(page.contains("autocomplete=\"username\""), "a password manager knows whose it is");
}

/// The one thing that a page is for has the same id on each: in every state of it.
#[test]
fn the_main_button_of_a_page_of_signing_in_is_called_submit() {
    let texts = Texts::load().unwrap();
    let mut all = samples::<zegel::idp::signin::pages::PasswordPage>(&texts).unwrap();
    all.extend(samples::<zegel::idp::signin::pages::CodePage>(&texts).unwrap());
    all.extend(samples::<zegel::idp::signin::pages::SignoutPage>(&texts).unwrap());
    all.extend(samples::<zegel::idp::links::http::SetPasswordPage>(&texts).unwrap());
    for sample in &all {
        assert!(element(&sample.html, "submit").contains("btn main"), "{}: {}", sample.name, sample.html);
    }
}
