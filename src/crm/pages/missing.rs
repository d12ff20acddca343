//! What an external sees in a portal that offers a stronger sign-in, where there is nothing to see. What it offers follows from the
//! portal and from how he signed in alone, never from what was asked for: it is the same whether there is such a record or not.

use askama::Template;

use crate::kernel::pages::{Page, View};

/// The page.
#[derive(Template)]
#[template(path = "crm/missing.html")]
pub struct MissingPage {
    /// The request's view.
    pub view: View,
    /// The id that a supporter finds the request by.
    pub request_id: String,
    /// Where a stronger sign-in leads back here from.
    pub stronger: String,
}

impl Page for MissingPage {
    fn samples(view: View) -> Vec<Self> {
        vec![Self { view, request_id: "019ac2f0-5a4e-7c31".into(), stronger: "#".into() }]
    }
}
