# Logowanie przez innego dostawcę i konta w innych miejscach.

federation-or = Albo
federation-continue = Kontynuuj przez { $name }
federation-back = Wróć do logowania
federation-nobody-title = Z tym kontem nikt nie jest tu połączony
federation-nobody-text = { $name } potwierdza, kim Państwo tam są, ale żadne konto tutaj nie jest z tym połączone. Jeśli mają Państwo tu konto, proszę zalogować się jak zwykle i połączyć je na stronie Połączone konta. Jeśli nie, proszę poprosić firmę o zaproszenie.
federation-declined-title = Logowanie przez { $name } nie doszło do skutku
federation-declined-text = Logowanie zostało przerwane albo odrzucone przez { $name }. Nic się tu nie zmieniło. Można spróbować ponownie albo zalogować się w inny sposób.
federation-broken-title = Logowanie przez { $name } teraz nie działa
federation-broken-text = Z { $name } nie można się połączyć albo odpowiedź jest nie do przyjęcia. Proszę spróbować za kilka minut albo zalogować się w inny sposób. Jeśli to się powtarza, proszę podać firmie poniższy numer.

connections-title = Połączone konta
connections-lead = Można się tu logować kontem z innego miejsca.
connections-none = Firma nie skonfigurowała żadnego innego dostawcy.
connections-since = Połączono: { $date }
connections-used = Ostatnie użycie: { $date }
connections-connect = Połącz z { $name }
connections-remove = Odłącz { $name }
connections-done = Konto zostało połączone. Od teraz można się nim logować.
connections-removed = Konto zostało odłączone. Wszędzie, gdzie posłużyło do zalogowania, nastąpiło wylogowanie.
connections-taken = To konto jest tu połączone z kimś innym albo są Państwo połączeni tam z innym kontem. Nic się nie zmieniło.
connections-last = To konto jest jedynym sposobem logowania. Najpierw proszę ustawić hasło, potem można je odłączyć.
