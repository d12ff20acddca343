//! Real names: places of three countries as people write them, through the record store's API. `ZEGEL_TEST_DATA` names the
//! folder that has them; without it a few of our own stand in, and the test says so.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::flow::{CALLBACK, text, tokens};
use crate::support::postgres::TestDb;
use crate::support::world::World;

/// Country, postcode and place.
type Place = (String, String, String);

/// How many places of each country.
const EACH: usize = 60;

/// What stands in when there is no folder.
const OWN: &str = "country,postcode,place\nNL,1012 AB,'s-Gravenhage\nNL,9711,Groningen\nPL,90-001,Łódź\nPL,31-001,Kraków\n\
                   PL,16-300,Żółkiewka\nTR,34000,İstanbul\nTR,06000,Şereflikoçhisar\nTR,35000,Iğdır\n";

/// The file of the folder that `ZEGEL_TEST_DATA` names. Named and not there is a failure.
fn file() -> String {
    match std::env::var_os("ZEGEL_TEST_DATA") {
        Some(folder) => {
            let path = PathBuf::from(folder).join("postcodes.csv");
            std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("ZEGEL_TEST_DATA is set, but {}: {e}", path.display()))
        }
        None => {
            println!("ZEGEL_TEST_DATA IS NOT SET: eight places of our own stand in for the real ones");
            OWN.to_owned()
        }
    }
}

/// Places with letters that need care before those without, spread over the whole file.
fn places() -> Vec<Place> {
    let text = file();
    let mut lines = text.lines();
    let head: Vec<String> = lines.next().unwrap().split(',').map(|h| h.trim_matches('"').to_lowercase()).collect();
    let at = |names: &[&str]| {
        head.iter().position(|h| names.contains(&h.as_str())).unwrap_or_else(|| panic!("none of {names:?} in {head:?}"))
    };
    let (country, postcode, place) =
        (at(&["country", "country_code"]), at(&["postcode", "zipcode", "postal_code"]), at(&["place", "place_name", "name"]));
    let mut all: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    for line in lines {
        let cells: Vec<&str> = line.split(',').map(|c| c.trim_matches('"')).collect();
        if let (Some(c), Some(p), Some(n)) = (cells.get(country), cells.get(postcode), cells.get(place))
            && !n.is_empty()
        {
            all.entry((*c).to_owned()).or_default().push(((*c).to_owned(), (*p).to_owned(), (*n).to_owned()));
        }
    }
    let pick = |mut of: Vec<Place>| {
        of.sort_by_key(|(_, _, n)| n.is_ascii());
        of.dedup_by(|a, b| a.2 == b.2);
        let careful = of.iter().take_while(|(_, _, n)| !n.is_ascii()).count().max(EACH.min(of.len()));
        let step = (careful / EACH).max(1);
        of.into_iter().step_by(step).take(EACH).collect::<Vec<_>>()
    };
    all.into_values().flat_map(pick).collect()
}

/// Mila's token for the record store's API.
async fn token_of_mila(world: &World) -> String {
    let app = json!({"applications": [{
        "client_id": "app", "client_name": "Test application", "redirect_uris": [CALLBACK], "resources": [world.crm_url],
        "grant_types": ["authorization_code"], "scope": "openid records:read records:write"
    }]});
    world.apply(&app.to_string()).await;
    world.poll().await;
    let changes = [("scope", "openid records:read records:write"), ("resource", world.crm_url.as_str())];
    let (_, tokens) = tokens(world, "mila@example.com", &changes).await;
    text(&tokens, "access_token").to_owned()
}

/// Z4: real names come back as they were written, are found however their case is written, and sort alike on every page.
#[tokio::test]
async fn real_names_are_kept_found_and_sorted() {
    let places = places();
    assert!(places.iter().any(|(_, _, n)| n.contains(['ł', 'Ł', 'ż', 'ó'])), "Polish letters are among them");
    assert!(places.iter().any(|(_, _, n)| n.contains(['ı', 'İ', 'ş', 'ğ'])), "Turkish letters are among them");
    let world = World::start(TestDb::sqlite()).await;
    let token = token_of_mila(&world).await;
    let at = format!("{}/api/v1/records/relations", world.crm_url);
    let mut made = BTreeMap::new();
    for (country, postcode, place) in &places {
        let fields =
            json!({"name": format!("Bakery of {place}"), "postcode": postcode, "city": place, "country": country.to_lowercase()});
        let answer = world.http.post(&at).bearer_auth(&token).json(&json!({ "fields": fields })).send().await.unwrap();
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(status, 201, "{fields}: {body}");
        made.insert(text(&body, "id").to_owned(), place.clone());
    }
    let ask = async |query: &[(&str, &str)]| -> Value {
        let answer = world.http.get(&at).bearer_auth(&token).query(query).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{query:?}");
        answer.json().await.unwrap()
    };
    for (id, place) in made.iter().step_by(7) {
        // As someone in a hurry writes it; Turkish letters that fold otherwise than elsewhere stay as they are.
        let typed: String =
            place.chars().map(|c| if "Iİıi".contains(c) { c } else { c.to_lowercase().next().unwrap() }).collect();
        let found = ask(&[("filter[city][is]", &typed), ("limit", "200")]).await;
        let records = found["records"].as_array().unwrap();
        let own = records.iter().find(|r| r["id"] == id.as_str()).unwrap_or_else(|| panic!("{typed} does not find {place}"));
        assert_eq!(own["fields"]["city"], place.as_str());
    }
    let (mut sorted, mut cursor) = (Vec::new(), String::new());
    loop {
        let mut query = vec![("sort", "city"), ("limit", "50")];
        if !cursor.is_empty() {
            query.push(("cursor", &cursor));
        }
        let page = ask(&query).await;
        sorted.extend(page["records"].as_array().unwrap().iter().map(|r| text(r, "id").to_owned()));
        match page["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    let whole = ask(&[("sort", "city"), ("limit", "200")]).await;
    let whole: Vec<&str> = whole["records"].as_array().unwrap().iter().map(|r| text(r, "id")).collect();
    assert_eq!(sorted.len(), made.len(), "each once");
    assert_eq!(sorted.iter().map(String::as_str).take(200).collect::<Vec<_>>(), whole, "pages sort as the whole does");
}
