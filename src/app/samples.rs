//! The demonstration's people and records: those of the story (ARCHITECTURE.md), made once and found again.

use super::{App, AppError};
use crate::demo::PASSWORD;
use crate::idp::apply::{self, File};

/// Who works at the company, and a customer's contact.
const PEOPLE: &str = include_str!("../../presets/demo_people.yaml");

impl App {
    /// Makes the sample people and records, unless they are there.
    pub async fn sample_data(&self) -> Result<(), AppError> {
        if let Some(idp) = &self.idp {
            let text = PEOPLE.replace("{password}", PASSWORD);
            let file = File::parse("demo_people.yaml", &text).map_err(|e| AppError::Setting(e.to_string()))?;
            apply::apply(idp, &file).await.map_err(|e| AppError::Setting(e.to_string()))?;
        }
        Ok(())
    }
}
