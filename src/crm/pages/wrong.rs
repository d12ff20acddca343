//! What is wrong with a value or a change, in words for people. Pure.

use super::shown::most;
use crate::crm::modules::value::FieldError;
use crate::kernel::pages::{Arg, View};

/// What is wrong with a field.
pub fn words(view: &View, e: &FieldError) -> String {
    let key = match e.code {
        "field-file-too-large" => {
            return view.t1("form-file-too-large", "max", most(view, e.limit.unwrap_or_default()));
        }
        "field-file-type" => "form-file-type",
        "field-not-an-upload" => "form-file-gone",
        "field-required" => "form-required",
        "field-too-long" => "form-too-long",
        "field-not-a-number" => "form-number-invalid",
        "field-not-a-date" => "form-date-invalid",
        "field-not-a-date-time" => "form-time-invalid",
        "field-not-an-option" => "form-choice-invalid",
        "field-not-a-record" => "form-lookup-invalid",
        "field-not-a-person" => "form-person-invalid",
        "field-not-an-email" => "form-email-invalid",
        "field-not-a-phone" => "form-phone-invalid",
        "field-not-a-url" => "form-url-invalid",
        "field-read-only" => "crm-read-only",
        "field-too-many-decimals" => "form-too-many-decimals",
        "field-number-too-large" => "form-number-too-large",
        "field-bad-character" => "form-bad-character",
        "field-cycle" => "form-lookup-cycle",
        "field-several" => "form-lookup-several",
        "field-unknown" => return view.t1("form-unknown-field", "name", e.field.as_str()),
        _ => "form-value-invalid",
    };
    let limit = Arg::Number(e.limit.unwrap_or_default());
    view.tn(key, &[("max", limit)])
}

/// Why a change isn't allowed.
pub fn refused(view: &View, code: &str) -> String {
    let key = format!("crm-refused-{code}");
    if view.has(&key) { view.t(&key) } else { view.t("error-forbidden-text") }
}
