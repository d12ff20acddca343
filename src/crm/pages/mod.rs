//! The pages of records: overview, lists, details, forms, the dossier, search. Owns how records look and which buttons
//! there are; what may be seen and done is decided below, by the reads and the gate, whatever a page offers.
//!
//! | file | what |
//! |---|---|
//! | `http`, `change` | routes that show, routes that change |
//! | `frame` | who reads, from which moment, in which frame; errors as pages |
//! | `overview`, `list`, `record`, `dossier`, `form`, `delete` | the pages |
//! | `filter`, `lookups`, `sent`, `upload` | what a list is asked for, choosing records, what forms send |
//! | `shown`, `entries`, `wrong`, `work` | values, versions, faults and a person's work in words |
//! | `portal`, `sharing` | the home of externals; who has access, links |
//! | `held` | where changes that need a code are handed over |

pub mod change;
pub mod conflict;
pub mod delete;
pub mod dossier;
pub mod entries;
pub mod filter;
pub mod form;
pub mod frame;
pub mod held;
pub mod http;
pub mod list;
pub mod lookups;
pub mod missing;
pub mod overview;
pub mod portal;
pub mod record;
pub(in crate::crm::pages) mod samples;
pub mod sent;
pub mod sharing;
pub mod shown;
pub mod store;
pub mod upload;
pub mod work;
pub mod wrong;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::kernel::pages::{Page, Sample, Texts, problems, samples};

/// Every page of records in each of its states and every language.
///
/// # Errors
/// When a sample can't be rendered.
pub fn all_samples(texts: &Arc<Texts>) -> askama::Result<Vec<Sample>> {
    fn add<P: Page>(all: &mut Vec<Sample>, texts: &Arc<Texts>) -> askama::Result<()> {
        all.extend(samples::<P>(texts)?);
        Ok(())
    }
    let mut all = Vec::new();
    add::<overview::OverviewPage>(&mut all, texts)?;
    add::<overview::SearchPage>(&mut all, texts)?;
    add::<list::ListPage>(&mut all, texts)?;
    add::<record::RecordPage>(&mut all, texts)?;
    add::<dossier::DossierPage>(&mut all, texts)?;
    add::<portal::PortalPage>(&mut all, texts)?;
    add::<sharing::access::AccessPage>(&mut all, texts)?;
    add::<sharing::links::LinksPage>(&mut all, texts)?;
    add::<sharing::why::WhyPage>(&mut all, texts)?;
    add::<form::FormPage>(&mut all, texts)?;
    add::<delete::DeletePage>(&mut all, texts)?;
    add::<missing::MissingPage>(&mut all, texts)?;
    add::<delete::RefusedPage>(&mut all, texts)?;
    add::<super::pending::pages::PendingPage>(&mut all, texts)?;
    add::<super::pending::pages::ReceiptPage>(&mut all, texts)?;
    Ok(all)
}

/// What is wrong with each of these pages, by its name; for the test of all pages.
///
/// # Errors
/// When a sample can't be rendered.
pub fn check_pages(texts: &Arc<Texts>) -> askama::Result<Vec<(String, Vec<String>)>> {
    Ok(all_samples(texts)?.iter().map(|s| (s.name.clone(), problems(s))).collect())
}
