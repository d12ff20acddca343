//! The description of the provider's API (OpenAPI 3.1), generated from the routes and wire types. `docs/api/provider.json` is
//! this document; a test compares the two. The OAuth endpoints are described by the provider's metadata (RFC 8414) instead.

use std::sync::Arc;

use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, SecurityRequirement};
use utoipa::{Modify, OpenApi as _};

use super::Idp;
use super::admin::{
    applications, audit, federation, groups, http, invitations, keys, links, people, policies, recoveries, roles, sessions,
};
use super::federation::model as upstream;
use super::{account, factors, grants, invitations as invited, tiles};
use crate::contract::feed::Holder;
use crate::contract::{access as wall, links as words};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Zegel provider",
        description = "Access to relations, invitations and links, with a person's token that has the scope grants; one's own account (`/api/me`), with the scope account; and administration (`/api/admin`): people, groups, roles, applications, invitations, ways back, links, policies, other providers, sessions, keys and the audit log, with an administrator's token that has the scope admin. The token's audience is this provider. Errors are problem details (RFC 9457) with a stable `code`; see the page of errors. What widens access needs a sign-in of the last five minutes, or is refused with 401 insufficient_user_authentication (RFC 9470)."
    ),
    paths(
        grants::http::list, grants::http::give, grants::http::change, grants::http::take,
        invited::http::put, invited::http::revoke,
        tiles::http::mine, tiles::http::list, tiles::http::make, tiles::http::change, tiles::http::remove,
        people::api::list, people::api::create, people::api::show, people::api::change, people::api::password_link,
        people::api::profile, people::api::set_profile,
        people::api::end_sessions,
        people::leaving::api::disable, people::leaving::api::enable, people::leaving::api::hand_over,
        people::leaving::api::export, people::leaving::api::erase,
        people::inviting::api::list, people::inviting::api::invite, people::inviting::api::revoke,
        recoveries::api::list, recoveries::api::ask, recoveries::api::approve, recoveries::api::refuse,
        federation::api::list, federation::api::show, federation::api::save, federation::api::remove, federation::api::test,
        federation::api::links, federation::api::link, federation::api::unlink,
        groups::api::list, groups::api::create, groups::api::show, groups::api::rename, groups::api::remove,
        groups::api::add_member, groups::api::remove_member,
        roles::api::list, roles::api::groups, roles::api::give_person, roles::api::take_person, roles::api::give_group,
        roles::api::take_group,
        applications::api::list, applications::api::create, applications::api::show, applications::api::change,
        applications::api::secret, applications::api::state, applications::api::allow, applications::api::disallow,
        applications::api::list_tokens, applications::api::make_token, applications::api::revoke_token,
        invitations::api::list, invitations::api::revoke,
        links::api::list, links::api::create, links::api::show, links::api::change, links::api::remove,
        policies::api::list, policies::api::show, policies::api::set, policies::api::clear,
        sessions::api::list, sessions::api::end,
        keys::api::list, keys::api::rotate, keys::api::withdraw,
        audit::api::list, audit::api::export_all, audit::api::head,
        account::api::me, account::api::change, account::api::profile, account::api::set_profile, account::api::sessions, account::api::end, account::api::end_all,
        account::api::applications, account::api::withdraw, account::api::activity, account::api::copy, account::api::email,
        factors::http::api::list, factors::http::api::passkey_options, factors::http::api::add_passkey,
        factors::http::api::rename_passkey, factors::http::api::remove_passkey, factors::http::api::begin_authenticator,
        factors::http::api::confirm_authenticator, factors::http::api::remove_authenticator,
        factors::http::api::make_recovery_codes, factors::http::api::begin_phone, factors::http::api::confirm_phone,
        factors::http::api::remove_phone
    ),
    components(schemas(
        http::Page<people::api::PersonItem>, people::api::PersonItem, people::api::PersonOut, people::api::NewPerson,
        people::api::PersonPatch, people::api::GroupName,
        http::Page<groups::api::GroupOut>, groups::api::GroupOut, groups::api::GroupIn,
        http::Page<roles::api::RoleOut>, roles::api::RoleOut, roles::api::RoleGroups,
        http::Page<applications::api::ApplicationOut>, applications::api::ApplicationOut, applications::api::HolderOut,
        applications::api::NewApplication, applications::api::Registration, applications::api::AppState,
        applications::api::TokenOut, applications::api::TokensOut, applications::api::NewToken,
        http::Page<invitations::api::InvitationOut>, invitations::api::InvitationOut,
        http::Page<links::api::LinkOut>, links::api::LinkOut, links::api::LinkIn,
        policies::api::PoliciesOut, policies::api::PolicyOut, policies::api::PolicyRules,
        http::Page<sessions::api::SessionOut>, sessions::api::SessionOut,
        keys::api::KeyOut, keys::api::KeysOut, keys::api::RotateIn, keys::api::WithdrawnOut,
        people::leaving::api::HandOver, people::leaving::api::HandOverOut, crate::idp::lifecycle::hand_over::HandedOver,
        people::inviting::api::Invite, people::inviting::api::InviteOut, people::inviting::api::InvitedOut,
        people::inviting::api::InvitedAll,
        recoveries::api::RecoveryOut, recoveries::api::RecoveriesOut, recoveries::api::Lost, recoveries::api::AskedOut,
        federation::api::UpstreamOut, federation::api::Upstreams, federation::api::TriedOut, federation::api::LinkOut,
        federation::api::Links, federation::api::LinkIn, upstream::Terms, upstream::ClaimNames, upstream::Trust,
        upstream::ClientAuth, upstream::For,
        http::Page<audit::api::LineOut>, audit::api::LineOut, audit::api::HeadOut,
        wall::RelationAccess, wall::Grant, wall::NewGrant, wall::GrantChange, wall::ChangedGrant, wall::Invitation,
        wall::NewInvitation, wall::GrantLevel, wall::Taken, wall::TakenState, Holder,
        words::Words, words::NewLink, words::Link, words::RelationLinks, words::Tile, words::TileKind, words::Tiles
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

/// The description as it is kept in `docs/api/provider.json`.
///
/// # Errors
/// When it can't be written as JSON.
pub fn document() -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(&openapi())?;
    text.push('\n');
    Ok(text)
}

/// Where it is served.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/api/openapi.json", get(|| async { Json(openapi()).into_response() }))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_description_in_the_repository_is_the_one_that_is_generated() {
        let generated = super::document().unwrap();
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/api/provider.json");
        // To write it anew, name anything here.
        if std::env::var("ZEGEL_WRITE_DOCS").is_ok() {
            std::fs::write(path, &generated).unwrap();
        }
        let there = std::fs::read_to_string(path).unwrap();
        assert_eq!(there, generated, "run `zegel docs provider-openapi` and commit the file");
    }
}
