### The record store: its sections, lists, details, forms, the dossier, and waiting for a customer's code.
### Also the public page that verifies a receipt.

## Frame and sections
crm-nav-label = Sections
crm-nav-more = More
crm-search-label = Search
crm-search-placeholder = Search relations, people, numbers
crm-section-overview = Overview
crm-section-relations = Relations
crm-section-contacts = Contacts
crm-section-deliveries = Deliveries
crm-section-quotes = Quotes
crm-section-activities = Activities
crm-section-notes = Notes
crm-section-documents = Documents

## Overview
overview-title = Overview
# $name: first name
overview-todo = To do
overview-todo-none = Nothing to do. What is asked of you appears here.
overview-pending = Waiting for a code
overview-pending-none = No change waits for a code.
# $name: who asked; $to: masked contact point
overview-pending-item = { $name } · code sent to { $to }
overview-sealed = Lately sealed
overview-sealed-none = Nothing has been sealed yet.
overview-recent = Lately changed
overview-recent-none = Nothing has changed yet.

## Lists
crm-new = New
crm-new-relation = New relation
crm-new-contact = New contact
crm-new-delivery = New delivery
crm-new-quote = New quote
crm-new-activity = New activity
crm-new-note = New note
crm-new-document = New document
# $section: name of the section, as in the navigation; for modules made by an administrator
crm-new-in = New in { $section }
crm-name = Name
crm-number = Number
crm-status = Status
crm-date = Date
crm-amount = Amount
crm-today = today
crm-tomorrow = tomorrow
crm-yesterday = yesterday
crm-internal = Internal
crm-keys-hint = Keys: j and k move, Enter opens, e edits, / searches.
crm-filter-label = Filters
crm-filter-add = Add a filter
crm-filter-remove = Remove this filter
crm-filter-clear = Remove all filters
crm-filter-apply = Show
crm-filter-mine = Only mine
# $query: what was searched for
crm-search-title = Results for “{ $query }”
crm-search-none-title = Nothing found
# $query: what was searched for
crm-search-none-text = Nothing that you may see fits “{ $query }”. Check the spelling, or search for a part of it.
crm-filter-none-title = Nothing fits these filters
crm-filter-none-text = Remove one of them to see more.
crm-empty-relations-title = No relations yet
crm-empty-relations-text = Companies and people that you do business with belong here.
crm-empty-contacts-title = No contacts yet
crm-empty-contacts-text = People at your relations belong here.
crm-empty-deliveries-title = No deliveries yet
crm-empty-deliveries-text = What you bring to a customer belongs here, from planned to delivered.
crm-empty-quotes-title = No quotes yet
crm-empty-quotes-text = What you offer a customer, and what became of it, belongs here.
crm-empty-activities-title = No activities yet
crm-empty-activities-text = Tasks, calls, appointments and letters belong here.
crm-empty-notes-title = No notes yet
crm-empty-notes-text = What was said and agreed belongs here.
crm-empty-documents-title = No documents yet
crm-empty-documents-text = Contracts, letters and drawings belong here.
crm-empty-title = Nothing here yet
crm-empty-text = The first one that you make appears here.

## One record
crm-edit = Edit
crm-delete = Delete
crm-history = History
# $number: number of the version
crm-version = Version { $number }
# $name: who; $at: day and time
crm-version-by = { $name }, { $at }
crm-history-none = No changes since it was made.
crm-history-created = made this
crm-history-changed = changed this
crm-history-deleted = deleted this
# $name: who; $at: day and time
crm-last-changed = Last changed by { $name } on { $at }
crm-saved = Saved.
crm-details = Details

## The form
# $name: name of the record
crm-edit-title = Edit { $name }
crm-changed-meanwhile-title = Somebody saved this in the meantime
# $name: who; $at: day and time
crm-changed-meanwhile-text = { $name } changed it on { $at }. Your values are still in the form: look at both, then save again.
crm-delete-title = Delete this?
# $name: name of the record
crm-delete-text = { $name } disappears from all lists. An administrator can bring it back.
crm-read-only = You may read this, not change it.

## Dossier
dossier-tabs-label = Parts of the dossier
dossier-timeline = Timeline
dossier-timeline-none = Nothing has happened yet. What you save, plan or write about this relation appears here.
dossier-facts = Facts
dossier-actions = Open actions
dossier-actions-none = No open actions.
dossier-add = Add to dossier
dossier-all-kinds = All kinds
dossier-everyone = Everyone
dossier-people-label = Who did it
# $name: who; $at: day and time. After the name of a record: "Delivery D-2038 was changed by ..."
dossier-changed-by = was changed by { $name } on { $at }
dossier-created-by = was made by { $name } on { $at }

## Who you are
who-title = Who you are
who-text = How you are signed in here, and the roles that decide what you may see and do.
who-technical = For support
who-name = Name
who-subject = Identifier
who-roles = Roles
who-roles-none = You have no role here yet. Ask your administrator.
who-strength = How you signed in
who-strength-mail = Password and code by e-mail
who-strength-sms = Password and code by text message
who-strength-authenticator = Password and authenticator app
who-strength-passkey = Passkey
who-strength-password = Password only
who-signed-in-at = Signed in
who-revision = State of access

## Waiting for a code
ask-title = Enter the customer’s code
# $name: who received the code; $to: masked contact point
ask-text = Ask { $name } for the code that was sent to { $to }.
# $to: masked contact point, when the recipient has no name
ask-text-unnamed = Ask for the code that was sent to { $to }.
ask-sending = The code is on its way.
ask-send-failed-title = The code could not be delivered
ask-send-failed-text = Check the contact point with a colleague, or try again later. Nothing has changed.
# $by: name of the rule
ask-rule = Asked for by the rule { $by }
ask-confirm = Confirm
ask-cancel = Cancel the change
# $name: the record
ask-waiting-title = { $name } waits for a code
ask-waiting-text = The record is unchanged until the code is entered.
ask-expired-title = This code has expired
ask-expired-text = The record is unchanged. Ask for a new code, or cancel.
# $count: resends left
ask-expired-left = { $count ->
    [0] This code has expired, and no new one can be sent now.
    [one] This code has expired. Ask for a new one; you have 1 left.
   *[other] This code has expired. Ask for a new one; you have { $count } left.
}
ask-exhausted-title = Too many wrong codes
ask-exhausted-text = This change can no longer be confirmed, and the record is unchanged. Begin again, or ask your supervisor.
ask-limit-title = No more codes for this change
ask-limit-text = The limit for this record and this change has been reached. Ask your supervisor.
ask-void-title = This change is void
ask-void-text = The record is unchanged. Begin again with the present values.
ask-void-record-changed = The record was changed in the meantime.
ask-void-rule-changed = The rule that asked for the code was changed in the meantime.
ask-void-rights = You may no longer make this change.
ask-void-recipient = The contact point was changed in the meantime.
ask-void-time = It took too long to be carried out.
ask-cancelled-title = The change is cancelled
ask-cancelled-text = The record is unchanged.
ask-done = Confirmed and saved.
ask-busy = The sign-in server doesn’t answer just now. If the code was right, the change is saved by itself; if not, enter it again in a moment.

## The seal. $to: masked contact point; $at: day and time
seal-text = Confirmed by { $to } on { $at }

## The public page that verifies a receipt
receipt-title = Check a receipt
receipt-genuine = This receipt is genuine
receipt-not-genuine = This receipt is not genuine
# $company: the organisation
receipt-what = { $company } carried out a change after it had been confirmed with a code.
receipt-intro = A receipt shows that a change was confirmed with a code. Check here whether one is genuine.
receipt-input = Receipt
receipt-input-hint = Open the file that you were given in a text editor, and paste all of it here.
receipt-submit = Check
receipt-missing = Paste a receipt first.
receipt-confirmed-at = Confirmed
receipt-applied-at = Carried out
receipt-confirmed-by = Confirmed by
receipt-confirmed-with = Confirmed with
# $to: masked contact point
receipt-by-sms = the code sent by text message to { $to }
receipt-by-mail = the code sent by e-mail to { $to }
receipt-entered-by = Entered by
receipt-rule = Rule
# $name: name of the rule; $version: its version
receipt-rule-version = { $name }, version { $version }
receipt-record = Record
receipt-chain = In the record’s chain
# $number: position of this receipt for the record
receipt-chain-number = Receipt { $number } of this record
receipt-chain-whole = Nothing is missing before it.
# $number: position; $count: how many receipts the record has
receipt-chain-of = Number { $number } of { $count }, nothing is missing
# $number: of the checkpoint
receipt-covered = Covered by checkpoint { $number }
receipt-by-sms-hidden = a code sent by text message
receipt-by-mail-hidden = a code sent by e-mail
receipt-own-copy = What was changed is not shown here: this page is public. Paste your own copy of the receipt to see it.
receipt-check-another = Check a receipt
receipt-hidden = not disclosed
receipt-hidden-text = This copy leaves out some of the values. The receipt is just as valid.
receipt-why-malformed = This isn’t a receipt, or a part of it is missing. Copy it again as a whole.
receipt-why-signature = The signature doesn’t fit the content: it was changed after it was issued, or it was never issued here.
receipt-why-key = It is signed with a key that isn’t ours.
receipt-why-issuer = It was issued by somebody else.
receipt-why-disclosure = A disclosed value doesn’t belong to this receipt.
receipt-why-not-applied = The change was confirmed, but not carried out.
receipt-why-unknown = The signature fits, but there is no such receipt on record here.
receipt-why-chain = The receipts of this record don’t follow each other: one is missing or was replaced.
receipt-do = Don’t rely on it. Ask the company that gave it to you for a new copy.
receipt-download = Download
receipt-print = Print
receipt-not-me = This wasn’t me
receipt-not-me-text = Tell the company at once, and mention the number of the receipt.
receipt-technical = For those who check signatures
receipt-technical-text = The receipt is an SD-JWT (RFC 9901). Its values are disclosures: they can be erased without breaking the signature or the chain.
receipt-key = Key
receipt-algorithm = Algorithm
receipt-id = Number of the receipt
receipt-digest = Digest of the content
receipt-previous = Digest of the receipt before it
receipt-first = This is the record’s first receipt.
receipt-keys-at = Published keys

## A change that waits: more of it. $name: who asked; $time: time of day
pending-by = { $name } asked for it.
pending-rule-done = confirmed
pending-to-record = To the record
pending-tries-again = You can try again from { $time } on.
pending-void-expired = The code was not entered in time.
pending-recipient-missing-title = There is nobody who can confirm this
pending-recipient-missing-text = This change needs a code, and there is no contact point that it could be sent to. Fill in the contact and the contact point first. Nothing has changed.
pending-recipient-held-title = You can’t have this confirmed yourself
pending-recipient-held-text = You changed the contact point lately, so no code of yours is sent there for now. Ask a colleague to make this change. Your supervisor can see that this was refused; nothing has changed.
pending-receipt-title = Receipt
pending-receipt-check = Check this receipt
