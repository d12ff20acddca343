### Nasıl oturum açıldığı: geçiş anahtarları, doğrulama uygulaması, kurtarma kodları, telefon; ve geçiş anahtarıyla oturum açma.

security-title = Güvenlik
security-back = Güvenlik sayfasına dön
security-change = Değiştir
security-change-named = Değiştir: { $name }
security-added = Eklenme: { $added }
security-added-used = Eklenme: { $added }, son kullanım: { $used }
security-used = Son kullanım: { $used }
security-set-up = Kurulu
security-never = Hiç
security-gone-title = Bunun süresi doldu
security-gone-text = İşlem fazla uzun sürdü, zaten tamamlandı ya da çok fazla yanlış kod girildi. Hiçbir şey değişmedi; lütfen baştan başlayınız.
security-fact-added = Eklenme
security-fact-used = Son kullanım
security-fact-signs-in = Oturum açma
security-fact-kept = Saklandığı yer

security-no-recovery-title = Kurtarma kodunuz yok
security-no-recovery-text = Telefonunuzu ya da anahtarınızı kaybederseniz yalnızca bunlarla girebilirsiniz. Şimdi oluşturup başka bir yerde saklayınız.

security-passkeys = Geçiş anahtarları
security-passkeys-text = Kod yerine parmak iziniz, yüzünüz ya da PIN’inizle oturum açınız. Geçiş anahtarı cihazınızda kalır ve kandırılarak elinizden alınamaz.
security-passkeys-none-here = Geçiş anahtarları adı olan bir adres ister; bu kurulum bir numarayla açılıyor.
security-passkey-add = Geçiş anahtarı ekle
security-passkey-new-text = Tarayıcınız bir cihaz seçmenizi ve parmak iziniz, yüzünüz ya da PIN’inizle onaylamanızı isteyecek.
security-passkey-script = Geçiş anahtarı eklemek için JavaScript gerekir. Bu sayfalardaki diğer her şey onsuz da çalışır.
security-passkey-name = Ad
security-passkey-name-hint = Diğerlerinden ayırt etmek için, örneğin “İş bilgisayarı”.
security-passkey-make = Devam
security-name-wrong = 1 ile { $count } karakter arasında bir ad giriniz.
security-passkey-full = En çok sayıda geçiş anahtarına sahipsiniz. Artık kullanmadığınız birini kaldırınız.
security-passkey-alone = tek başına, parolasız
security-passkey-after = parolanızdan sonra
security-passkey-unsaid = parolanızdan sonra, belki tek başına da
security-passkey-synced = üreticideki hesabınızda, birden çok cihazda
security-passkey-bound = yalnızca bir cihazda
security-passkey-remove = Bu geçiş anahtarını kaldır
security-passkey-remove-text = Artık burada oturum açamaz. Cihazınızdan da silene kadar orada kalır. Kaybolduysa ya da çalındıysa diğer her yerde oturumu da kapatınız.
security-passkey-suspect = Kapatıldı: bir kopyası olabilir
security-passkey-suspect-text = Bu geçiş anahtarının bir yanıtı, önceki bir yanıttan daha eskiydi. Bu, biri onu kopyaladığında olur; bu yüzden artık oturum açamaz. Kaldırıp yenisini ekleyiniz.

security-app = Kimlik doğrulama uygulaması
security-app-text = Telefonunuzdaki bir uygulama 30 saniyede bir değişen bir kod gösterir.
security-app-on = Bir kimlik doğrulama uygulaması kurulu
security-app-set-up = Uygulama kur
security-app-scan = Uygulamayı açınız, hesap eklemeyi seçiniz ve bu resmi taratınız.
security-app-type = Taratamıyor musunuz? Uygulamaya bu anahtarı yazınız:
security-app-here = Uygulamayı bu cihazda aç
security-app-confirm = Ardından uygulamanın gösterdiği kodu giriniz.
security-app-again = Resmi yeniden göster
security-app-submit = Onayla
security-app-replace = Başka bir uygulamaya geç
security-app-replace-text = Başka bir uygulamaya ya da telefona geçtiğinizde, onayladığınız anda şimdikinin kodları geçersiz olur.
security-app-remove = Uygulamayı kaldır
security-app-remove-text = Kodları artık oturum açmaz. Bundan sonra kodları başka bir yoldan alırsınız.

security-recovery = Kurtarma kodları
security-recovery-text = Kâğıt üzerinde saklamanız için on kod. Telefonunuz ya da anahtarınız yanınızda değilken her biri, parolanızla birlikte bir kez oturum açar.
security-recovery-make = Kurtarma kodları oluştur
security-recovery-left = { $count ->
    [0] Hiç kalmadı, oluşturma: { $made }
   *[other] { $count } kod kaldı, oluşturma: { $made }
}
security-recovery-have = { $count ->
   *[other] { $count } kodunuz kaldı
}
security-recovery-replace-text = Yeni kodlar bunların yerine geçer: kâğıttakiler artık çalışmaz.
security-recovery-once = Bu kodlar yalnızca şimdi gösteriliyor
security-recovery-keep = Yazdırınız ya da not ediniz; telefonunuzdan ve parolanızdan ayrı bir yerde saklayınız. Her biri bir kez çalışır.
security-recovery-download = Dosya olarak kaydet
security-recovery-kept = Sakladım
security-recovery-filename = kurtarma-kodlari
security-recovery-file = { $company } için { $email } kurtarma kodları. Her biri parolanızla birlikte bir kez çalışır.

security-phone = Kodlar için telefon
security-phone-text = Kodları telefonunuza SMS ile gönderebiliriz. Uygulama ya da geçiş anahtarı daha güvenlidir: mesajlar başka yere yönlendirilebilir.
security-phone-add = Telefon ekle
security-phone-number = Telefon numarası
security-phone-hint = Ülke koduyla birlikte, örneğin +90 532 123 45 67.
security-phone-wrong = Bu, mesaj alabilecek bir telefon numarası değil. Ülke koduyla birlikte yazınız.
security-phone-send = Kod gönder
security-phone-sent = { $to } numarasına bir kod gönderdik. Telefonun sizin olduğunu göstermek için kodu giriniz.
security-phone-confirm = Onayla
security-phone-other = Başka bir numara kullan
security-phone-replace-text = Başka bir numara, siz onayladığınızda bunun yerine geçer.
security-phone-remove = Telefonu kaldır
security-phone-remove-text = Artık ona kod gönderilmez.
security-phone-later = Şu anda başka mesaj gönderilemiyor. Bir sonrakinin gönderilebileceği zaman: { $time }.

security-others = Ayrıca
security-password = Parolanızı değiştirin
security-email = E-posta adresinizi değiştirin
security-sessions = Nerede oturum açtığınızı görün

security-done-passkey-added = Geçiş anahtarınız eklendi. Artık onunla oturum açabilirsiniz.
security-done-passkey-renamed = Ad kaydedildi.
security-done-passkey-removed = Geçiş anahtarı kaldırıldı.
security-done-app-added = Kimlik doğrulama uygulamanız kuruldu.
security-done-app-removed = Kimlik doğrulama uygulaması kaldırıldı.
security-done-recovery-made = Yeni kurtarma kodlarınız var.
security-done-phone-added = Telefonunuz onaylandı.
security-done-phone-removed = Telefonunuza artık kod gönderilmez.

## Tarayıcının ya da sunucunun bir geçiş anahtarı hakkında söylediği
passkey-cancelled = Bu iptal edildi ya da fazla uzun sürdü. Yeniden deneyiniz ya da başka bir yol seçiniz.
passkey-known = Bu cihazda bu hesap için zaten bir geçiş anahtarı var.
passkey-failed = Bu olmadı. Yeniden deneyiniz ya da başka bir yol seçiniz.
passkey-unsupported = Bu tarayıcı geçiş anahtarı kullanamıyor. Başka bir yol seçiniz.
passkey-unverified = Cihazınız sizin olduğunuzu denetlemedi. Önce cihazınızda PIN, parmak izi ya da yüz tanıma kurunuz.
passkey-unattested = Kuruluşunuz yalnızca belirli güvenlik anahtarlarını kabul ediyor; bu onlardan biri değil.

## Onunla oturum açma
passkey-title = Geçiş anahtarınızı kullanınız
passkey-for = { $email } için
passkey-use = Geçiş anahtarını kullan
passkey-or = ya da
passkey-sign-in = Geçiş anahtarıyla oturum aç
passkey-script = Geçiş anahtarları için JavaScript gerekir. Aşağıdan başka bir yol seçiniz.
passkey-not-known = Bu geçiş anahtarı burada bilinmiyor. Parolanızla oturum açınız.
passkey-copied = Bir kopyası olabileceğinden bu geçiş anahtarı kapatıldı. Başka bir yolla oturum açıp Güvenlik sayfasına bakınız.
recovery-label = Kurtarma kodu

sms-phone-code = { $company }: { $code } telefonunuzu onaylar ({ $minutes } dk). Siz istemediyseniz bu mesajı dikkate almayınız.
