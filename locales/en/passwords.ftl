### How long a password would withstand guessing, wherever one is chosen.

strength-label = How strong this password is
strength-0 = Guessed at once
strength-1 = Very weak
strength-2 = Weak
strength-3 = Good
strength-4 = Strong
strength-advice = This can be guessed too easily. Add another word or two that don’t belong together.
strength-advice-keys = Rows and patterns of keys are easy to guess. Use a few words instead.
strength-advice-repeats = Repeating the same characters hardly helps. Use a few different words.
strength-advice-common = This is much like passwords that many people use. Use a few words that only you would put together.
strength-advice-sequence = Sequences such as abc or 6543 are easy to guess. Leave them out.
strength-advice-dates = Dates and years are easy to guess. Leave them out, or add a few words.
strength-advice-word = A word by itself is easy to guess. Add another word or two.
strength-advice-names = Names are easy to guess. Add a few words that have nothing to do with them.
