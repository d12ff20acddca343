//! How long a password would withstand someone who guesses. Owns the bound between zxcvbn's estimate and the words that
//! people read. Does not own the words (`locales`), nor what strength is asked for.

use zxcvbn::feedback::Warning;
use zxcvbn::zxcvbn;

/// An estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strength {
    /// From 0, guessed at once, to 4, not guessed in years by whoever has a copy of the hash.
    pub score: u8,
    /// The key of the text that says what makes it weak and what would make it better; nothing where it is strong.
    pub advice: Option<&'static str>,
}

impl Strength {
    /// The key of the text that says how strong it is.
    pub const fn label(self) -> &'static str {
        match self.score {
            0 => "strength-0",
            1 => "strength-1",
            2 => "strength-2",
            3 => "strength-3",
            _ => "strength-4",
        }
    }
}

/// Estimates a password of someone of whom `known` is known: name, address, organisation. Takes up to some milliseconds: the
/// library looks at a hundred characters at most.
pub(super) fn strength(password: &str, known: &[&str]) -> Strength {
    let estimate = zxcvbn(password, known);
    let score = u8::from(estimate.score());
    let advice = estimate.feedback().map(|f| f.warning().map_or("strength-advice", advice));
    Strength { score, advice: advice.filter(|_| score < 4) }
}

/// One sentence for each kind of weakness: what it is, and what to do.
const fn advice(warning: Warning) -> &'static str {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => "strength-advice-keys",
        Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            "strength-advice-repeats"
        }
        Warning::ThisIsATop10Password
        | Warning::ThisIsATop100Password
        | Warning::ThisIsACommonPassword
        | Warning::ThisIsSimilarToACommonlyUsedPassword => "strength-advice-common",
        Warning::SequencesLikeAbcAreEasyToGuess => "strength-advice-sequence",
        Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => "strength-advice-dates",
        Warning::AWordByItselfIsEasyToGuess => "strength-advice-word",
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess | Warning::CommonNamesAndSurnamesAreEasyToGuess => {
            "strength-advice-names"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_easily_guessed_is_told_from_what_is_not() {
        let of = |password: &str| strength(password, &["Mila Jansen", "mila@example.com", "Van Dam Logistics"]);
        for (weak, advice) in [
            ("aaaaaaaaaaaaaa", "strength-advice-repeats"),
            ("abcabcabcabc", "strength-advice-repeats"),
            ("abcdefghijklmn", "strength-advice-sequence"),
            ("qwertyuiop", "strength-advice-common"),
            ("Mila Jansen", "strength-advice"),
            ("P@ssw0rd12", "strength-advice-common"),
        ] {
            let found = of(weak);
            assert!(found.score < 3 && found.advice.is_some(), "{weak}: {found:?}");
            assert!(found.advice == Some(advice) || advice == "strength-advice", "{weak}: {found:?}");
        }
        for strong in ["three geese over Zwolle", "xq7-Lamp-otter-31", "zielony parasol na dachu"] {
            assert_eq!(of(strong), Strength { score: 4, advice: None }, "{strong}");
        }
    }
}
