### Pages of records, beside crm.ftl: what lists, forms and the overview say.

## Values. $symbol: the currency; $amount: the number, as the language writes it
value-money = { $symbol }{ $amount }
# Sizes of files. $number: as the language writes it
value-bytes = { $number } bytes
value-kilobytes = { $number } kB
value-megabytes = { $number } MB

## Overview
overview-todo-all = All activities
overview-today = Today
overview-today-none = Nothing is planned for today.
overview-nothing-title = There is nothing here for you yet
overview-nothing-text = You are signed in, but you have no role that shows you records. Ask your administrator.

## Lists
pager-first = First page
crm-untitled = Without a visible name
crm-page-none = There is nothing on this page any more. Begin at the first one.
crm-find-label = Find in this list
crm-search-hint = Type a part of a name or number into the box above.
crm-filter-how = How to compare
crm-filter-value = With what
# How a field is compared, in a list to choose from
crm-op-is = is
crm-op-is-not = is not
crm-op-contains = contains
crm-op-starts = starts with
crm-op-empty = is empty
crm-op-not-empty = is filled in
crm-op-less = is less than
crm-op-at-most = is at most
crm-op-more = is more than
crm-op-at-least = is at least
crm-op-any = is one of
crm-op-all = has all of
crm-op-none = is none of
# A filter in force. $field, $value: as in "Status: On the road"
crm-chip-is = { $field }: { $value }
crm-chip-is-not = { $field } is not { $value }
crm-chip-contains = { $field } contains { $value }
crm-chip-starts = { $field } starts with { $value }
crm-chip-empty = { $field } is empty
crm-chip-not-empty = { $field } is filled in
crm-chip-less = { $field } less than { $value }
crm-chip-at-most = { $field } until { $value }
crm-chip-more = { $field } more than { $value }
crm-chip-at-least = { $field } from { $value }
crm-chip-any = { $field }: { $value }
crm-chip-all = { $field } has all of { $value }
crm-chip-none = { $field } is none of { $value }

## One record
crm-tabs-label = Parts of the record
# $value: the option, as in "Set to Delivered"
crm-set-to = Set to { $value }
crm-unchanged = It was already so. Nothing has changed.
crm-related-none = None yet.
crm-related-all = Show all
crm-sealed = Confirmed by code
crm-somebody = Somebody
crm-field = Field
crm-theirs = As it is saved now
crm-yours = As it stands in your form
crm-sent-before = This form was already saved once, with other values. Check it and save again.
crm-needs-code-title = This change needs a code
crm-needs-code-text = A rule asks for the customer’s code before this is saved, and no code can be sent just now. Nothing has changed.

## Why a change isn't allowed
crm-refused-change-enters-view = This change would open more of the record to you than you have now. Nothing has been saved.
crm-refused-change-leaves-view = After this change you could no longer see the record. Nothing has been saved.
crm-refused-change-not-allowed = You may read this record, not change it.
crm-refused-create-not-allowed = You may not make records with these values.
crm-refused-delete-not-allowed = You may not delete this record.
crm-refused-mark-not-allowed = You may not change who sees this record.
crm-refused-attach-not-allowed = You may not add or remove files here.

## The form
form-choose-one = Choose …
form-bad-character = Remove the characters that can’t be seen.
form-number-too-large = Enter a smaller number.
# $max: number of decimals
form-too-many-decimals = { $max ->
    [0] Use a whole number.
    [one] Use one decimal at most.
   *[other] Use { $max } decimals at most.
}
form-phone-hint = With country code, like +31 6 12345678
form-lookup-hint = Type the name, or a part of it.
form-lookup-several = Several fit this name. Choose one.
form-lookup-cycle = This would make it a part of itself. Choose another.

# Files. $max: a size such as 25 MB; $name: of the file
form-file-hint = At most { $max }.
form-file-now = Now: { $name }. Choose a file to put in its place.
form-file-coming = { $name } has arrived and is saved with this form.
form-file-remove = Take the file away
form-file-too-large = Choose a file of at most { $max }.
form-file-type = Files of this kind don’t go here. Choose another.
crm-file-then = Save { $name } as it was then
form-file-gone = Choose the file once more; it is no longer waiting here.
