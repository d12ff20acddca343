//! Tests of the pages of records.

use crate::kernel::pages::Texts;

/// S8, S9
#[test]
fn the_pages_of_records_have_no_problems_in_any_language() {
    let texts = Texts::load().unwrap();
    let found: Vec<String> = super::check_pages(&texts).unwrap().into_iter().flat_map(|(_, problems)| problems).collect();
    assert!(found.is_empty(), "{found:#?}");
    // For looking at them: each page goes to the folder that this names, when it is named.
    if let Ok(folder) = std::env::var("ZEGEL_PAGES_TO") {
        for sample in super::all_samples(&texts).unwrap() {
            std::fs::write(format!("{folder}/{}.html", sample.name), sample.html).unwrap();
        }
    }
}
