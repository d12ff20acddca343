### What every page uses. Comments in the English files name the placeables and say where a text stands;
### the other languages have the same keys and placeables (a test compares them).
### Numbers are written with the language's separators by themselves; dates, times and money come in as finished text.

skip-to-main = Skip to the content
language-label = Language
theme-label = Appearance
theme-auto = As the device prefers
theme-light = Light
theme-dark = Dark

## The record store as an application, as in "to open Record store".
app-record-store = Record store

## Forms
form-save = Save
form-saving = Saving …
form-cancel = Cancel
form-back = Back
form-continue = Continue
form-optional = (optional)
form-error-prefix = Error:
form-problems-title = { $count ->
    [one] One thing needs your attention
   *[other] { $count } things need your attention
}
form-required = Fill this in.
form-email-invalid = Enter an e-mail address like name@example.com.
form-phone-invalid = Enter a phone number with its country code, like +31 6 12345678.
form-url-invalid = Enter a web address that starts with https:// or http://.
form-number-invalid = Enter a number.
form-date-invalid = Enter a date that exists.
form-time-invalid = Enter a date and a time that exist.
form-choice-invalid = Choose one of the values in the list.
form-lookup-invalid = Choose something from the list. It may have been removed, or you may no longer see it.
form-person-invalid = Choose somebody from the list. They may no longer be here, or you can’t name them.
# $max: number of characters
form-too-long = { $max ->
    [one] Use one character at most.
   *[other] Use { $max } characters at most.
}
form-value-invalid = This value doesn’t fit here.
# $name: the field
form-unknown-field = There is no field { $name }.

## Values
value-yes = Yes
value-no = No
value-none = Not filled in
value-masked = Masked
value-unknown = Unknown
value-me = me
change-from = from
change-to = to

## Time. $time is finished text (4:12 or 14:03).
time-left = { $time } left
time-until = until { $time }
time-left-label = Time left

## Pages of lists
pager-label = Pages
pager-previous = Previous
pager-next = Next
# $from, $to: positions; $total: how many there are
pager-range = { $from }–{ $to } of { $total }
# $from, $to: positions; used when there are more than 1,000
pager-range-more = { $from }–{ $to } of more than 1,000
# $count: how many are shown, when nothing more is known
pager-shown = { $count ->
    [one] 1 shown
   *[other] { $count } shown
}

## People
# $name: the signed-in person
user-menu-label = Signed in as { $name }
sign-out = Sign out

# By the time of day. $name: first name; hello-night: from midnight to five
hello-morning = Good morning, { $name }
hello-afternoon = Good afternoon, { $name }
hello-evening = Good evening, { $name }
hello-night = Hello, { $name }
