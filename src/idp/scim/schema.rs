//! What resources there are and what attributes they have (RFC 7643). Owns the tables that everything else goes by: reading
//! a body, a path or a filter, and the discovery documents. Pure.

use serde_json::{Map, Value, json};

use super::attribute::{Attribute, address, moment, parts, text, yes_no};

/// The core schema of people.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The core schema of groups.
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// What companies say of their people (section 4.3).
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// Resources in one answer at most.
pub const PAGE: usize = 200;

const DISPLAY: Attribute = text("display", "What people see.");
const PRIMARY: Attribute = yes_no("primary", "Whether it is the one to use.");

/// Attributes of every resource (section 3.1).
static COMMON: [Attribute; 4] = [
    text("schemas", "The schemas that it follows.").many().exact().always(),
    text("id", "Its identifier here.").exact().set_here().always().unique(),
    text("externalId", "The identifier that the client gave it; each client sees its own.").exact(),
    parts(
        "meta",
        &[
            text("resourceType", "What it is.").exact().set_here(),
            moment("created", "When it was made.").set_here(),
            moment("lastModified", "When it was changed last.").set_here(),
            address("location", &["uri"], "Where it is.").set_here(),
            text("version", "Its version, as in ETag.").exact().set_here(),
        ],
        "About the resource itself.",
    )
    .set_here(),
];

static USER_ATTRIBUTES: [Attribute; 15] = [
    text("userName", "The name that the client knows the person by; an e-mail address, or any other unique name beside emails.")
        .required()
        .unique(),
    parts(
        "name",
        &[
            text("formatted", "The whole name."),
            text("familyName", "The family name."),
            text("givenName", "The given name."),
            text("middleName", "Names between them."),
            text("honorificPrefix", "A title before the name."),
            text("honorificSuffix", "What follows the name."),
        ],
        "The parts of the person's name.",
    ),
    text("displayName", "The name that others see."),
    text("nickName", "What the person is called among friends."),
    address("profileUrl", &["external"], "The person's page."),
    text("title", "What the person does, such as Vice President."),
    text("userType", "Employee or Staff for who works here; anyone else is an external.")
        .usual(&["Employee", "Staff", "External"]),
    text("preferredLanguage", "The language of pages and mails: en, nl, pl or tr."),
    text("locale", "How dates and numbers are written."),
    text("timezone", "The time zone, by its name in the IANA database."),
    yes_no("active", "Whether the person may sign in. Taken away, every session and token ends."),
    parts(
        "emails",
        &[
            text("value", "The address.").required(),
            DISPLAY,
            text("type", "Whose it is.").usual(&["work", "home", "other"]),
            PRIMARY,
        ],
        "Addresses; people sign in with the primary one, or the first. Needed, unless userName is an address.",
    )
    .many()
    .required(),
    parts(
        "phoneNumbers",
        &[
            text("value", "The number."),
            DISPLAY,
            text("type", "What it reaches.").usual(&["work", "home", "mobile", "fax", "pager", "other"]),
            PRIMARY,
        ],
        "Numbers; the primary one, or the first, is used where it is one that can be called.",
    )
    .many(),
    parts(
        "addresses",
        &[
            text("formatted", "The whole address."),
            text("streetAddress", "Street and number."),
            text("locality", "The town."),
            text("region", "The state or region."),
            text("postalCode", "The postal code."),
            text("country", "The country's code."),
            text("type", "What is there.").usual(&["work", "home", "other"]),
            PRIMARY,
        ],
        "Where the person lives or works.",
    )
    .many(),
    parts(
        "groups",
        &[
            text("value", "The group's id.").exact().set_here(),
            address("$ref", &["Group"], "Where the group is.").set_here(),
            DISPLAY.set_here(),
            text("type", "How the person is in it.").usual(&["direct"]).set_here(),
        ],
        "Groups that the person is in; changed at the group.",
    )
    .many()
    .set_here(),
];

static GROUP_ATTRIBUTES: [Attribute; 2] = [
    text("displayName", "The group's name.").required().unique(),
    parts(
        "members",
        &[
            text("value", "The person's id.").exact().once(),
            address("$ref", &["User"], "Where the person is.").once(),
            DISPLAY.set_here(),
            text("type", "What it is: people only.").usual(&["User"]).once(),
        ],
        "Who is in it.",
    )
    .many(),
];

static EXTENSIONS: [Attribute; 1] = [parts(
    ENTERPRISE,
    &[
        text("employeeNumber", "The number that the company gave."),
        text("costCenter", "Who pays."),
        text("organization", "The company."),
        text("division", "The part of it."),
        text("department", "The part of that."),
        parts(
            "manager",
            &[
                text("value", "The id of the person's manager.").exact(),
                address("$ref", &["User"], "Where the manager is."),
                text("displayName", "The manager's name.").set_here(),
            ],
            "Who leads the person.",
        ),
    ],
    "What companies say of their people.",
)];

/// A kind of resource (RFC 7643, section 6).
#[derive(Debug)]
pub struct ResourceType {
    /// Its name.
    pub name: &'static str,
    /// Where it is, below `/scim/v2`.
    pub endpoint: &'static str,
    /// Its core schema.
    pub schema: &'static str,
    about: &'static str,
    attributes: &'static [Attribute],
    extensions: &'static [Attribute],
}

/// People.
pub static USERS: ResourceType = ResourceType {
    name: "User",
    endpoint: "/Users",
    schema: USER,
    about: "People who can sign in",
    attributes: &USER_ATTRIBUTES,
    extensions: &EXTENSIONS,
};
/// Groups.
pub static GROUPS: ResourceType = ResourceType {
    name: "Group",
    endpoint: "/Groups",
    schema: GROUP,
    about: "Groups of people",
    attributes: &GROUP_ATTRIBUTES,
    extensions: &[],
};

impl ResourceType {
    /// Every attribute, extensions under the name of their schema.
    pub fn attributes(&self) -> impl Iterator<Item = &'static Attribute> {
        COMMON.iter().chain(self.attributes).chain(self.extensions)
    }
    /// The one of this name.
    pub fn find(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes().find(|a| a.name.eq_ignore_ascii_case(name))
    }
    /// The schemas of a resource that has these attributes.
    pub fn schemas(&self, resource: &Map<String, Value>) -> Value {
        let more = self.extensions.iter().map(|e| e.name).filter(|name| resource.contains_key(*name));
        std::iter::once(self.schema).chain(more).collect()
    }

    fn document(&self, base: &str) -> Value {
        let extensions: Vec<_> = self.extensions.iter().map(|e| json!({ "schema": e.name, "required": false })).collect();
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": self.name, "name": self.name, "endpoint": self.endpoint, "description": self.about, "schema": self.schema,
            "schemaExtensions": extensions,
            "meta": { "resourceType": "ResourceType", "location": format!("{base}/ResourceTypes/{}", self.name) },
        })
    }
}

/// The discovery documents of resource types; `base` is where SCIM is.
pub fn resource_types(base: &str) -> Vec<Value> {
    [&USERS, &GROUPS].into_iter().map(|r| r.document(base)).collect()
}

/// The discovery documents of schemas.
pub fn schemas(base: &str) -> Vec<Value> {
    let document = |id: &str, name: &str, about: &str, attributes: &[Attribute]| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": id, "name": name, "description": about,
            "attributes": attributes.iter().map(Attribute::document).collect::<Vec<_>>(),
            "meta": { "resourceType": "Schema", "location": format!("{base}/Schemas/{id}") },
        })
    };
    let types = [&USERS, &GROUPS].into_iter().map(|r| document(r.schema, r.name, r.about, r.attributes));
    types.chain(EXTENSIONS.iter().map(|e| document(e.name, "EnterpriseUser", e.about, e.parts()))).collect()
}

/// What this server can (RFC 7643, section 5).
pub fn service_provider_config(base: &str, documentation: &str) -> Value {
    let supported = |yes: bool| json!({ "supported": yes });
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "documentationUri": documentation,
        "patch": supported(true),
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": PAGE },
        "changePassword": supported(false),
        "sort": supported(true),
        "etag": supported(true),
        "authenticationSchemes": [{
            "type": "oauthbearertoken", "name": "OAuth bearer token", "primary": true,
            "description": "An access token of the client-credentials grant with the scope scim",
            "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
        }],
        "meta": { "resourceType": "ServiceProviderConfig", "location": format!("{base}/ServiceProviderConfig") },
    })
}
