### Jak długo hasło oprze się zgadywaniu, wszędzie tam, gdzie się je wybiera.

strength-label = Siła tego hasła
strength-0 = Do odgadnięcia od razu
strength-1 = Bardzo słabe
strength-2 = Słabe
strength-3 = Dobre
strength-4 = Silne
strength-advice = Zbyt łatwo je odgadnąć. Proszę dodać jedno lub dwa słowa, które do siebie nie pasują.
strength-advice-keys = Rzędy i wzory klawiszy łatwo odgadnąć. Lepiej użyć kilku słów.
strength-advice-repeats = Powtarzanie tych samych znaków prawie nic nie daje. Proszę użyć kilku różnych słów.
strength-advice-common = To hasło bardzo przypomina te, których używa wiele osób. Proszę użyć kilku słów, których nikt inny by tak nie zestawił.
strength-advice-sequence = Ciągi takie jak abc lub 6543 łatwo odgadnąć. Proszę je pominąć.
strength-advice-dates = Daty i lata łatwo odgadnąć. Proszę je pominąć albo dodać kilka słów.
strength-advice-word = Pojedyncze słowo łatwo odgadnąć. Proszę dodać jeszcze jedno lub dwa.
strength-advice-names = Imiona i nazwiska łatwo odgadnąć. Proszę dodać kilka słów, które nie mają z nimi związku.
