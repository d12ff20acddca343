### Hoe lang een wachtwoord raden weerstaat, overal waar er een wordt gekozen.

strength-label = Hoe sterk dit wachtwoord is
strength-0 = Meteen te raden
strength-1 = Erg zwak
strength-2 = Zwak
strength-3 = Goed
strength-4 = Sterk
strength-advice = Dit is te makkelijk te raden. Zet er nog een of twee woorden bij die er niets mee te maken hebben.
strength-advice-keys = Rijen en patronen van toetsen zijn makkelijk te raden. Neem liever een paar woorden.
strength-advice-repeats = Dezelfde tekens herhalen helpt nauwelijks. Neem een paar verschillende woorden.
strength-advice-common = Dit lijkt sterk op wachtwoorden die veel mensen gebruiken. Neem een paar woorden die alleen u zo combineert.
strength-advice-sequence = Reeksen zoals abc of 6543 zijn makkelijk te raden. Laat ze weg.
strength-advice-dates = Datums en jaartallen zijn makkelijk te raden. Laat ze weg of zet er een paar woorden bij.
strength-advice-word = Eén woord is makkelijk te raden. Zet er nog een of twee woorden bij.
strength-advice-names = Namen zijn makkelijk te raden. Zet er een paar woorden bij die er niets mee te maken hebben.
