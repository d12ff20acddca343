//! Rendering the samples of a page and looking for what no page may have. Owns the rules that hold for the text of
//! every page; used by the tests and by the command that writes all pages to files.

use std::sync::Arc;

use super::{Lang, Page, Texts, View};
use crate::kernel::clock::Timestamp;

/// A page in one state and one language.
#[derive(Debug)]
pub struct Sample {
    /// Name of the page's type, the state's number and the language: `SignInPage-2-nl`.
    pub name: String,
    /// Its language.
    pub lang: Lang,
    /// The whole page.
    pub html: String,
}

/// All samples of the page `P` in all languages.
///
/// # Errors
/// When a sample can't be rendered.
pub fn samples<P: Page>(texts: &Arc<Texts>) -> askama::Result<Vec<Sample>> {
    let full = std::any::type_name::<P>();
    let short = full.rsplit("::").next().unwrap_or(full);
    let mut all = Vec::new();
    for lang in Lang::ALL {
        for (n, page) in P::samples(sample_view(texts, lang)).iter().enumerate() {
            all.push(Sample { name: format!("{short}-{}-{}", n + 1, lang.code()), lang, html: page.render()? });
        }
    }
    Ok(all)
}

/// A view as in the demo: Mila, in Amsterdam, on 22 November 2026 at 14:03.
fn sample_view(texts: &Arc<Texts>, lang: Lang) -> View {
    let mut view = View::new(texts.clone(), lang, Timestamp(1_795_352_580_000));
    view.zone = jiff::tz::TimeZone::get("Europe/Amsterdam").unwrap_or(jiff::tz::TimeZone::UTC);
    view.organisation = "Van Dam Logistics".to_owned();
    view.user = Some("Mila de Boer".to_owned());
    view.provider = "https://id.example.com".to_owned();
    view.path = "/sample?x=1&y=2".to_owned();
    view.dev = true;
    view
}

/// What is wrong with a page: texts that are missing, inline style or script, an id that stands twice, a page
/// without language, title or main part, a field without a label. Empty when nothing is.
pub fn problems(sample: &Sample) -> Vec<String> {
    let html = &sample.html;
    let mut found = Vec::new();
    let mut say = |what: String| found.push(format!("{}: {what}", sample.name));
    for broken in html.split('⟦').skip(1) {
        say(format!("no text for {}", broken.split('⟧').next().unwrap_or_default()));
    }
    for never in [" style=\"", " onclick=", " onload=", " onsubmit=", " onchange=", "javascript:", "<style", "<script>"] {
        if html.contains(never) {
            say(format!("has {never}"));
        }
    }
    for always in [&format!("<html lang=\"{}\"", sample.lang.code()), "<title>", "<main", "name=\"viewport\""] {
        if !html.contains(always) {
            say(format!("lacks {always}"));
        }
    }
    let ids: Vec<&str> = attributes(html, " id=\"").collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    for pair in sorted.windows(2) {
        if let [a, b] = pair
            && a == b
        {
            say(format!("the id {a} is there twice"));
        }
    }
    for name in [" for=\"", " aria-describedby=\"", " aria-labelledby=\"", " aria-controls=\""] {
        for id in attributes(html, name).flat_map(str::split_whitespace) {
            if !ids.contains(&id) {
                say(format!("{} names {id}, which isn't there", name.trim().trim_end_matches("=\"")));
            }
        }
    }
    for input in html.split("<input").skip(1).filter_map(|s| s.split('>').next()) {
        let hidden = input.contains("type=\"hidden\"");
        let named = input.contains("aria-label") || attributes(input, " id=\"").any(|i| html.contains(&format!("for=\"{i}\"")));
        if !hidden && !named {
            say(format!("a field without a label: <input{input}>"));
        }
    }
    found
}

fn attributes<'a>(html: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    html.split(start).skip(1).filter_map(|s| s.split('"').next())
}

#[cfg(test)]
mod tests {
    use super::super::{ErrorPage, PartsPage};
    use super::*;

    fn all() -> Vec<Sample> {
        let texts = Texts::load().unwrap();
        let mut all = samples::<ErrorPage>(&texts).unwrap();
        all.extend(samples::<PartsPage>(&texts).unwrap());
        all
    }

    /// S8, S9
    #[test]
    fn the_kernels_own_pages_have_no_problems_in_any_language() {
        let found: Vec<String> = all().iter().flat_map(problems).collect();
        assert!(found.is_empty(), "{found:#?}");
        // For looking at them: each page goes to the folder that this names, when it is named.
        if let Ok(folder) = std::env::var("ZEGEL_PAGES_TO") {
            for sample in all() {
                std::fs::write(format!("{folder}/{}.html", sample.name), sample.html).unwrap();
            }
        }
    }

    #[test]
    fn the_rules_find_what_they_look_for() {
        let html = r#"<p style="x" id="a"></p><p id="a"></p><label for="gone">⟦key⟧</label><input name="q">"#.to_owned();
        let found = problems(&Sample { name: "X".to_owned(), lang: Lang::En, html }).join("\n");
        for part in ["no text for key", "has  style=", "lacks <main", "a is there twice", "names gone", "without a label"] {
            assert!(found.contains(part), "{part}\n{found}");
        }
    }
}
