//! What a new password must be. Owns the order of the rules and what is said of each. Does not own the words.

use super::breached::{Breached, FilterError};
use super::meter::{self, Strength};
use super::{MAX, MIN};
use crate::config::Settings;

/// Why a new password won't do: the key of the text for people, and a number for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused(pub &'static str, pub usize);

/// Whose password it is going to be: what guessers know of a person.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The e-mail address.
    pub email: String,
    /// The display name.
    pub name: String,
}

impl About {
    /// Of someone with this address and name.
    pub fn of(email: &str, name: &str) -> Self {
        Self { email: email.to_owned(), name: name.to_owned() }
    }

    /// Parts of address and name that are long enough to be found in a password.
    fn parts(&self) -> impl Iterator<Item = String> {
        let local = self.email.split('@').next().unwrap_or_default().to_lowercase();
        let names = self.name.to_lowercase();
        let names: Vec<String> = names.split_whitespace().map(str::to_owned).collect();
        std::iter::once(local).chain(names).filter(|part| part.chars().count() >= 4)
    }
}

/// The rules with what they look at.
pub struct Rules {
    least: u8,
    organisation: String,
    breached: Breached,
}

impl Rules {
    /// As the settings say.
    pub fn new(settings: &Settings) -> Result<Self, FilterError> {
        Ok(Self {
            least: u8::try_from(settings.password_strength).unwrap_or(u8::MAX),
            organisation: settings.organisation.clone(),
            breached: Breached::open(settings.breached_passwords.as_deref())?,
        })
    }

    /// How strong a password of this person would be.
    pub(super) fn strength(&self, password: &str, about: &About) -> Strength {
        let parts: Vec<String> = about.parts().collect();
        let together: String = self.organisation.split_whitespace().collect();
        let mut known: Vec<&str> = parts.iter().map(String::as_str).collect();
        known.extend([about.name.as_str(), about.email.as_str(), self.organisation.as_str(), "zegel"]);
        known.extend(self.organisation.split_whitespace().chain([together.as_str()]));
        meter::strength(password, &known)
    }

    /// Whether a password will do: what is said first is what is seen at a glance.
    pub(super) fn judge(&self, password: &str, about: &About) -> Result<(), Refused> {
        if password.chars().count() < MIN {
            return Err(Refused("setpw-too-short", MIN));
        }
        if password.len() > MAX {
            return Err(Refused("setpw-too-long", MAX));
        }
        let folded = password.to_lowercase();
        if about.parts().any(|part| folded.contains(&part)) {
            return Err(Refused("setpw-too-personal", 0));
        }
        match self.breached.knows(password) {
            Ok(true) => return Err(Refused("setpw-too-common", 0)),
            Ok(false) => {}
            // Nobody is kept from choosing a password by a disk that fails; the meter still looks at it.
            Err(error) => tracing::error!(%error, "the list of breached passwords can't be read"),
        }
        let strength = self.strength(password, about);
        if strength.score < self.least {
            return Err(Refused(strength.advice.unwrap_or("strength-advice"), 0));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S6
    #[test]
    fn a_new_password_is_long_impersonal_unbreached_and_hard_to_guess() {
        let rules = Rules::new(&Settings::with(&[("organisation", "Van Dam Logistics")]).unwrap()).unwrap();
        let about = About::of("mila.jansen@example.com", "Mila Jansen");
        let judge = |password: &str| rules.judge(password, &about).err().map(|r| r.0);
        assert_eq!(judge("Zwolle 31"), Some("setpw-too-short"));
        assert_eq!(judge(&"geese ".repeat(200)), Some("setpw-too-long"));
        assert_eq!(judge("over Zwolle MILA flew"), Some("setpw-too-personal"));
        assert_eq!(judge("Springfield"), Some("setpw-too-common"));
        assert_eq!(judge("ababababababab"), Some("strength-advice-repeats"));
        assert_eq!(judge("vandamlogistics1"), Some("strength-advice"));
        assert_eq!(judge("three geese over Zwolle"), None);
    }

    #[test]
    fn how_strong_it_must_be_is_a_setting() {
        let settings = Settings::with(&[("password_strength", "0")]).unwrap();
        let rules = Rules::new(&settings).unwrap();
        assert_eq!(rules.judge("ababababababab", &About::default()), Ok(()));
        assert!(Settings::with(&[("password_strength", "5")]).is_err());
        assert!(Rules::new(&Settings::with(&[("breached_passwords", "/nonexistent")]).unwrap()).is_err());
    }
}
