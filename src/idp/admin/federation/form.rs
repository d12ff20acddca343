//! The form of another provider: what stands in its fields, and what they say.

use crate::idp::admin::frame::Frame;
use crate::idp::admin::model::Fault;
use crate::idp::admin::parts::{Field, Form, FormPage};
use crate::idp::federation::model::{ClaimNames, ClientAuth, For, Form as Wish, Terms, Trust};
use crate::kernel::http::Params;
use crate::kernel::pages::{Choice, View};

use super::http::{LIST, at};

/// One group a line: theirs = ours.
pub(super) fn groups_text(terms: &Terms) -> String {
    terms.groups.iter().map(|(theirs, ours)| format!("{theirs} = {ours}")).collect::<Vec<_>>().join("\n")
}

/// One rule a line: `acr VALUE amr VALUE,VALUE = LEVEL`, of the first two one or both.
pub(super) fn trust_text(terms: &Terms) -> String {
    let line = |t: &Trust| {
        let acr = t.acr.as_ref().map(|a| format!("acr {a} ")).unwrap_or_default();
        let amr = if t.amr.is_empty() { String::new() } else { format!("amr {} ", t.amr.join(",")) };
        format!("{acr}{amr}= {}", t.counts_as)
    };
    terms.trust.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn trust(text: &str) -> Option<Trust> {
    let (when, level) = text.rsplit_once('=')?;
    let mut out = Trust { counts_as: level.trim().to_owned(), ..Trust::default() };
    let mut words = when.split_whitespace();
    while let Some(word) = words.next() {
        match word {
            "acr" => out.acr = Some(words.next()?.to_owned()),
            "amr" => out.amr = words.next()?.split(',').map(str::to_owned).collect(),
            _ => return None,
        }
    }
    Some(out)
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|l| !l.is_empty())
}

/// A form that was sent, as it is shown again and as it is meant.
pub(crate) struct Filled {
    /// The provider's short name.
    pub id: String,
    /// What is written where lines are.
    pub groups: String,
    /// The same of rules.
    pub trust: String,
    /// The rest.
    pub terms: Terms,
}

impl Filled {
    /// As it is, to be changed.
    pub fn of(id: &str, terms: &Terms) -> Self {
        Self { id: id.to_owned(), groups: groups_text(terms), trust: trust_text(terms), terms: terms.clone() }
    }
}

/// What a form says, with what can't be read of it. Issuer and claims that have no field stay as they were.
pub(super) fn read(id: &str, sent: &Params, before: Option<&Terms>) -> (Wish, Filled, Vec<Fault>) {
    let text = |name: &str| sent.get(name).unwrap_or_default().trim().to_owned();
    let some = |name: &str| Some(text(name)).filter(|t| !t.is_empty());
    let ticked = |name: &str| sent.get(name).is_some();
    let domains = |name: &str| if ticked(name) { For::Domains } else { For::Nobody };
    let auth = match sent.get("auth") {
        Some("post") => ClientAuth::ClientSecretPost,
        Some("none") => ClientAuth::None,
        _ => ClientAuth::ClientSecretBasic,
    };
    let (groups, rules) = (text("groups"), text("trust"));
    let group = |l: &str| l.rsplit_once('=').map(|(theirs, ours)| (theirs.trim().to_owned(), ours.trim().to_owned()));
    let mapped: Option<_> = lines(&groups).map(group).collect();
    let trusted: Option<Vec<Trust>> = lines(&rules).map(trust).collect();
    let mut faults = Vec::new();
    faults.extend(mapped.is_none().then(|| Fault::at("groups", "federation-wrong-groups")));
    faults.extend(trusted.is_none().then(|| Fault::at("trust", "federation-wrong-trust")));
    let claim = |name: &str, usual: String| some(&format!("claim_{name}")).unwrap_or(usual);
    let usual = ClaimNames::default();
    let terms = Terms {
        name: text("name"),
        issuer: before.map_or_else(|| text("issuer"), |b| b.issuer.clone()),
        client_id: text("client_id"),
        token_endpoint_auth_method: auth,
        scope: some("scope").unwrap_or_else(|| Terms::default().scope),
        acr_values: some("acr_values"),
        button: ticked("button"),
        domains: text("domains").split([',', ' ', '\n', '\r']).filter(|d| !d.is_empty()).map(str::to_owned).collect(),
        link: domains("link"),
        create: domains("create"),
        staff: ticked("staff"),
        update: ticked("update"),
        claims: ClaimNames {
            email: claim("email", usual.email),
            email_verified: claim("email_verified", usual.email_verified),
            name: claim("name", usual.name),
            language: claim("language", usual.language),
            groups: claim("groups", usual.groups),
        },
        groups: mapped.unwrap_or_default(),
        trust: trusted.unwrap_or_default(),
    };
    let filled = Filled { id: id.to_owned(), groups, trust: rules, terms: terms.clone() };
    let secret = some("client_secret").map(Into::into);
    (Wish { id: id.to_owned(), enabled: None, client_secret: secret, terms }, filled, faults)
}

/// The form as a page; also for its samples. `known` is the id of one that is there.
pub(crate) fn form_page(view: &View, frame: Frame, known: Option<&str>, filled: &Filled) -> FormPage {
    let here = known.map_or_else(|| LIST.to_owned(), at);
    let action = known.map_or_else(|| format!("{LIST}/new"), |id| format!("{}/edit", at(id)));
    let title = known.map_or_else(|| view.t("admin-federation-new"), |_| filled.terms.name.clone());
    FormPage {
        frame,
        crumb: (view.t("admin-nav-federation"), LIST.into()),
        title,
        lead: view.t("admin-federation-form-lead"),
        problems: vec![],
        form: Form { action, fields: fields(view, known.is_some(), filled), submit: view.t("form-save"), cancel: here },
        view: view.clone(),
    }
}

fn fields(view: &View, known: bool, f: &Filled) -> Vec<Field> {
    let terms = &f.terms;
    let label = |key: &str| view.t(&format!("admin-federation-{key}"));
    let hint = |key: &str| view.t(&format!("admin-federation-{key}-hint"));
    let line = |id: &str, key: &str, value: &str| Field::text(id, label(key), value);
    let tick = |id: &str, on: bool| Field::tick(id, label(id), on);
    let auth = [("basic", ClientAuth::ClientSecretBasic), ("post", ClientAuth::ClientSecretPost), ("none", ClientAuth::None)];
    let choice = |(value, method): (&str, ClientAuth)| Choice {
        value: value.into(),
        label: label(&format!("auth-{value}")),
        current: terms.token_endpoint_auth_method == method,
    };
    let mut all = vec![Field::heading(label("part-there"))];
    if !known {
        all.push(line("id", "id", &f.id).hint(hint("id")));
        all.push(line("issuer", "issuer", &terms.issuer).hint(hint("issuer")));
    }
    all.extend([
        Field::text("name", view.t("admin-name"), &*terms.name).hint(hint("name")),
        line("client_id", "client-id", &terms.client_id),
        Field::select("auth", label("auth"), auth.map(choice).into()),
        Field::secret("client_secret", label("client-secret")).hint(hint("client-secret")).optional(),
        line("scope", "scope", &terms.scope),
        line("acr_values", "acr", terms.acr_values.as_deref().unwrap_or_default()).hint(hint("acr")).optional(),
        Field::heading(label("part-whom")),
        tick("button", terms.button),
        line("domains", "domains", &terms.domains.join(", ")).hint(hint("domains")).optional(),
        tick("link", terms.link == For::Domains),
        tick("create", terms.create == For::Domains),
        tick("staff", terms.staff),
        tick("update", terms.update),
        Field::heading(label("part-word")),
        Field::new("area", "groups", label("groups"), f.groups.as_str()).hint(hint("groups")).optional(),
        Field::new("area", "trust", label("trust"), f.trust.as_str()).hint(hint("trust")).optional(),
        Field::heading(label("part-claims")),
        line("claim_email", "claim-email", &terms.claims.email),
        line("claim_email_verified", "claim-email-verified", &terms.claims.email_verified),
        line("claim_name", "claim-name", &terms.claims.name),
        line("claim_language", "claim-language", &terms.claims.language),
        line("claim_groups", "claim-groups", &terms.claims.groups),
    ]);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pairs: &[(&str, &str)]) -> Params {
        Params::from_pairs(pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())), &[]).unwrap()
    }

    #[test]
    fn a_form_says_again_what_it_was_filled_with() {
        let rules = "acr mfa amr otp,pwd = urn:zegel:acr:password-app\namr hwk = urn:zegel:acr:passkey";
        let form = sent(&[
            ("groups", "CN=x,DC=y = Sales\n\n Drivers=Drivers "),
            ("trust", rules),
            ("claim_email", "upn"),
            ("link", "true"),
        ]);
        let (wish, filled, faults) = read("contoso", &form, None);
        assert_eq!(faults, []);
        let groups: Vec<_> = wish.terms.groups.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(groups, [("CN=x,DC=y", "Sales"), ("Drivers", "Drivers")]);
        assert_eq!((trust_text(&filled.terms).as_str(), filled.terms.claims.email.as_str()), (rules, "upn"));
        assert_eq!((filled.terms.link, filled.terms.create), (For::Domains, For::Nobody));
        assert_eq!(filled.terms.claims.name, "name", "an empty field is the usual claim");
    }

    #[test]
    fn lines_that_can_not_be_read_are_said_and_stay() {
        let (_, filled, faults) =
            read("contoso", &sent(&[("groups", "Sales"), ("trust", "always = urn:zegel:acr:passkey")]), None);
        let fields: Vec<_> = faults.iter().map(|f| f.field).collect();
        assert_eq!(fields, ["groups", "trust"]);
        assert_eq!((filled.groups.as_str(), filled.trust.as_str()), ("Sales", "always = urn:zegel:acr:passkey"));
    }
}
