//! How texts are compared: normalisation form C and full Unicode case folding without a locale, so that `I` equals `i`
//! everywhere, and the Turkish dotless i and dotted capital I stay letters of their own.

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;

/// The text in normalisation form C.
pub fn nfc(text: &str) -> String {
    const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();
    NFC.normalize(text).into_owned()
}

/// The form under which a text is compared, sorted and searched. Folding can take a text out of form C, hence twice.
pub fn fold(text: &str) -> String {
    nfc(&CaseMapper::new().fold_string(&nfc(text)))
}
