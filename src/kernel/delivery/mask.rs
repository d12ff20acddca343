//! How an address is shown where it must not be given away: on pages before sign-in is complete, in logs, in errors.

/// Country calling codes of two digits (ITU-T E.164); 1 and 7 have one digit, all others three.
const TWO_DIGITS: [u8; 43] = [
    20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62, 63, 64,
    65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95,
];

/// Enough to recognise one's own address by and not enough to write to it: `d•••@example.com`, `+31 6 ••• 42`.
/// What is neither becomes `•••`.
pub fn mask_address(address: &str) -> String {
    if let Some((user, domain)) = address.rsplit_once('@') { mask_mail(user, domain) } else { mask_phone(address) }
}

fn mask_mail(user: &str, domain: &str) -> String {
    let domain: String = domain.chars().filter(|c| c.is_alphanumeric() || matches!(c, '.' | '-')).take(100).collect();
    // A user part of one letter would be shown whole.
    let first = user.chars().next().filter(|c| c.is_alphanumeric() && user.chars().nth(1).is_some());
    first.map_or_else(|| format!("•••@{domain}"), |c| format!("{c}•••@{domain}"))
}

fn mask_phone(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let country = if digits.starts_with(['1', '7']) {
        1
    } else if digits.get(..2).and_then(|d| d.parse().ok()).is_some_and(|n: u8| n == 98 || TWO_DIGITS.contains(&n)) {
        2
    } else {
        3
    };
    match (digits.get(..country), digits.get(country..country + 1), digits.get(digits.len().saturating_sub(2)..)) {
        (Some(cc), Some(first), Some(last)) if number.starts_with('+') && digits.len() >= country + 6 => {
            format!("+{cc} {first} ••• {last}")
        }
        _ => "•••".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::mask_address;

    #[test]
    fn an_address_keeps_its_first_letter_and_its_domain() {
        assert_eq!(mask_address("daan@example.com"), "d•••@example.com");
        assert_eq!(mask_address("Łukasz@example.pl"), "Ł•••@example.pl");
        assert_eq!(mask_address("d@example.com"), "•••@example.com");
        assert_eq!(mask_address("a@b@example.com"), "a•••@example.com");
        assert_eq!(mask_address("x\r\nBcc: y@example.com\r\n"), "x•••@example.com");
    }

    #[test]
    fn a_number_keeps_its_country_and_its_ends() {
        assert_eq!(mask_address("+31612345642"), "+31 6 ••• 42");
        assert_eq!(mask_address("+31 6 1234 5642"), "+31 6 ••• 42");
        assert_eq!(mask_address("+12025550123"), "+1 2 ••• 23");
        assert_eq!(mask_address("+905321234567"), "+90 5 ••• 67");
        assert_eq!(mask_address("+352621123456"), "+352 6 ••• 56");
        assert_eq!(mask_address("0612345642"), "•••");
        assert_eq!(mask_address("+311"), "•••");
        assert_eq!(mask_address(""), "•••");
    }
}
