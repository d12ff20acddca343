//! Tests of the API.

#[test]
fn the_description_in_the_repository_is_the_one_that_is_generated() {
    let generated = super::document().unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/api/record-store.json");
    // To write it anew, name anything here.
    if std::env::var("ZEGEL_WRITE_DOCS").is_ok() {
        std::fs::write(path, &generated).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), generated, "run `zegel docs openapi` and commit the file");
}
