//! Dates, times and numbers as each language writes them. Owns the formatters; knows nothing of texts.

use std::sync::LazyLock;

use icu_datetime::fieldsets::{self, MDE, T, YMD, YMDT};
use icu_datetime::input::{Date, DateTime, Time};
use icu_datetime::{DateTimeFormatter, NoCalendarFormatter};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_locale_core::Locale;

use super::lang::Lang;
use crate::kernel::clock::Timestamp;

/// The formatters of one language.
struct Formats {
    long: DateTimeFormatter<YMD>,
    short: DateTimeFormatter<YMD>,
    day: DateTimeFormatter<MDE>,
    date_time: DateTimeFormatter<YMDT>,
    time: NoCalendarFormatter<T>,
    number: DecimalFormatter,
}

impl Formats {
    fn load(lang: Lang) -> Option<Self> {
        let locale: Locale = lang.locale().parse().ok()?;
        Some(Self {
            long: DateTimeFormatter::try_new(locale.clone().into(), YMD::long()).ok()?,
            short: DateTimeFormatter::try_new(locale.clone().into(), YMD::medium()).ok()?,
            day: DateTimeFormatter::try_new(locale.clone().into(), MDE::long()).ok()?,
            date_time: DateTimeFormatter::try_new(locale.clone().into(), YMD::medium().with_time_hm()).ok()?,
            time: NoCalendarFormatter::try_new(locale.clone().into(), fieldsets::T::hm()).ok()?,
            number: DecimalFormatter::try_new(locale.into(), Default::default()).ok()?,
        })
    }
}

/// Made at the first use and kept: building one reads compiled-in tables and costs far more than using it.
static FORMATS: LazyLock<[Option<Formats>; 4]> = LazyLock::new(|| Lang::ALL.map(Formats::load));

fn formats(lang: Lang) -> Option<&'static Formats> {
    FORMATS.get(lang as usize).and_then(Option::as_ref)
}

/// Whether the tables of `lang` are compiled in; checked when texts are loaded, so that formatting can't fail later.
pub(super) fn known(lang: Lang) -> bool {
    formats(lang).is_some()
}

/// Which form of a moment is asked for.
#[derive(Clone, Copy)]
pub(super) enum Form {
    Long,
    Short,
    Day,
    DateTime,
    Time,
}

/// `at` in `zone`, as `lang` writes it. Falls back to RFC 3339 where a moment is outside of the calendar.
pub(super) fn moment(lang: Lang, zone: &jiff::tz::TimeZone, at: Timestamp, form: Form) -> String {
    written(lang, at.to_jiff().to_zoned(zone.clone()).datetime(), form).unwrap_or_else(|| at.rfc3339())
}

/// A day without a time, as `lang` writes it.
pub(super) fn civil_date(lang: Lang, date: jiff::civil::Date) -> String {
    written(lang, date.at(0, 0, 0, 0), Form::Short).unwrap_or_else(|| date.to_string())
}

fn written(lang: Lang, at: jiff::civil::DateTime, form: Form) -> Option<String> {
    let f = formats(lang)?;
    let part = |x: i8| u8::try_from(x).ok();
    let date = Date::try_new_iso(i32::from(at.year()), part(at.month())?, part(at.day())?).ok()?;
    let time = Time::try_new(part(at.hour())?, part(at.minute())?, part(at.second())?, 0).ok()?;
    Some(match form {
        Form::Long => f.long.format(&date).to_string(),
        Form::Short => f.short.format(&date).to_string(),
        Form::Day => f.day.format(&date).to_string(),
        Form::DateTime => f.date_time.format(&DateTime { date, time }).to_string(),
        Form::Time => f.time.format(&time).to_string(),
    })
}

/// A decimal number, given as plain digits with an optional sign and point, with the language's own separators.
/// What isn't such a number comes back as it was.
pub fn number(lang: Lang, plain: &str) -> String {
    match (formats(lang), Decimal::try_from_str(plain)) {
        (Some(f), Ok(decimal)) => f.number.format(&decimal).to_string(),
        _ => plain.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(form: Form) -> Vec<String> {
        let zone = jiff::tz::TimeZone::get("Europe/Amsterdam").unwrap();
        // 22 November 2026, 13:03 UTC.
        let at = Timestamp(1_795_352_580_000);
        Lang::ALL.map(|l| moment(l, &zone, at, form)).to_vec()
    }

    /// S8
    #[test]
    fn dates_and_times_are_written_as_each_language_does() {
        assert_eq!(all(Form::Long), ["22 November 2026", "22 november 2026", "22 listopada 2026", "22 Kasım 2026"]);
        assert_eq!(all(Form::Time), ["14:03", "14:03", "14:03", "14:03"]);
        assert_eq!(all(Form::DateTime), ["22 Nov 2026, 14:03", "22 nov 2026, 14:03", "22 lis 2026, 14:03", "22 Kas 2026 14:03"]);
        assert_eq!(all(Form::Day), ["Sunday 22 November", "zondag 22 november", "niedziela, 22 listopada", "22 Kasım Pazar"]);
    }

    /// S8
    #[test]
    fn numbers_have_the_separators_of_their_language() {
        let written = Lang::ALL.map(|l| number(l, "1234567.50"));
        assert_eq!(written, ["1,234,567.50", "1.234.567,50", "1\u{a0}234\u{a0}567,50", "1.234.567,50"]);
        assert_eq!(number(Lang::Nl, "not a number"), "not a number");
    }
}
