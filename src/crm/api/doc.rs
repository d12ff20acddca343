//! The description of the API (OpenAPI 3.1), generated from the routes and wire types. `docs/api/record-store.json` is this
//! document; a test compares the two.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, SecurityRequirement};
use utoipa::{Modify, OpenApi as _};

use super::{http, input, why, wire, write};
use crate::contract::access as wall;
use crate::crm::access::{Invite, http as access};
use crate::crm::files::http as files;
use crate::crm::pending::{api as pending, wire as waits};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Zegel record store",
        description = "Records, their history and dossiers. Errors are problem details (RFC 9457) with a stable `code`; see the page of errors."
    ),
    paths(
        http::modules, http::module, http::list, http::record, http::history, http::timeline, http::related, http::search,
        why::why, why::seen_by,
        write::create, write::change, write::delete, pending::list, pending::show, pending::enter, pending::resend,
        pending::cancel, pending::receipt, access::list, access::give, access::change, access::take, access::invite,
        access::withdraw, files::upload, files::download
    ),
    components(schemas(
        wire::ModulesOut, wire::ModuleOut, wire::FieldOut, wire::RecordsOut, wire::RecordOut, wire::TargetOut, wire::PersonOut, wire::CountOut,
        wire::VersionsOut, wire::VersionOut, wire::ChangeOut, wire::HitsOut, waits::PendingOut, waits::PendingActorOut, waits::PendingChangeOut,
        waits::PendingChallengeOut, waits::ConfirmIn, waits::WhichIn, input::CreateIn, input::ChangeIn,
        why::WhyOut, why::DenialOut, why::RuleOut, why::StepOut, why::GrantOut, why::SeersOut, why::SeerOut,
        Invite, wall::RelationAccess, wall::Grant, wall::GrantChange, wall::ChangedGrant, wall::NewGrant, wall::Invitation,
        wall::GrantLevel, wall::Taken, wall::TakenState, files::UploadOut
    )),
    modifiers(&Bearer)
)]
struct Description;

/// An access token of the provider opens every route.
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, doc: &mut OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let components = doc.components.get_or_insert_default();
        components.add_security_scheme("access_token", SecurityScheme::Http(scheme));
        doc.security = Some(vec![SecurityRequirement::new("access_token", Vec::<String>::new())]);
    }
}

/// The description.
pub fn openapi() -> OpenApi {
    Description::openapi()
}

/// The description as it is kept in `docs/api/record-store.json`.
///
/// # Errors
/// When it can't be written as JSON.
pub fn document() -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(&openapi())?;
    text.push('\n');
    Ok(text)
}
