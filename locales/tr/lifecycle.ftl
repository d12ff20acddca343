### Bir hesabın başından sonuna.

notice-password-changed = Parolanız değiştirildi
notice-password-reset = Parolanız yeniden belirlendi
notice-email-changed = E-posta adresiniz değiştirildi
notice-phone-changed = Telefon numaranız değiştirildi
notice-authenticator-added = Bir kimlik doğrulama uygulaması kuruldu
notice-authenticator-removed = Kimlik doğrulama uygulamanız kaldırıldı
notice-passkey-added = Bir geçiş anahtarı eklendi: { $name }
notice-passkey-removed = Bir geçiş anahtarı kaldırıldı: { $name }
notice-recovery-codes-made = Yeni kurtarma kodları oluşturuldu
notice-recovery-code-used = Bir kurtarma kodu kullanıldı
notice-new-device = Yeni bir tarayıcıyla oturum açıldı
notice-factors-reset = İkinci etkenleriniz kaldırıldı
notice-account-linked = Başka bir sağlayıcıdaki hesap bağlandı: { $name }
notice-hello = Merhaba { $name },
notice-at =
    { $what } ({ $company }).

    Zaman: { $at }
notice-where = Tarayıcı: { $device }, adres: { $ip }
notice-not-me =
    Bunu siz yaptıysanız bir şey yapmanız gerekmez.

    Siz yapmadıysanız { $until } zamanına kadar buradan durdurunuz:

    { $link }

    Bütün tarayıcılardaki oturumlar kapatılır, parola kilitlenir ve yöneticilere haber verilir.

not-me-title = Bu siz değil miydiniz?
not-me-what = Şimdi durdurursanız:
not-me-what-sessions = bütün tarayıcılardaki ve uygulamalardaki oturumlar kapatılır;
not-me-what-password = yeni bir parola seçilene kadar parola çalışmaz;
not-me-what-factors = o zamandan beri hesaba eklenenler kaldırılır, değiştirilen e-posta adresi geri alınır;
not-me-what-told = yöneticilere haber verilir.
not-me-submit = Durdur
not-me-otherwise = Aslında siz yaptıysanız bu sayfayı kapatınız. Henüz bir şey olmadı.
not-me-done-title = Durduruldu
not-me-done-text = Bütün tarayıcılardaki oturumlar kapatıldı ve parola artık çalışmıyor. Yöneticilere haber verildi.
not-me-done-next = Yeni bir parola seçin
not-me-void-text = Bu bağlantı bir şeyi durdurmak için çok eski. Hesabınızda başka biri varsa şimdi yeni bir parola seçiniz ve yöneticinize bildiriniz.

mail-alarm-subject = { $person }: “bu ben değildim”
mail-alarm-body =
    Merhaba { $name },

    { $person } ({ $email }) kendisine bildirilen şeyi başkasının yaptığını söylüyor:

    { $what }
    { $at }
    { $where }

    Hesabın bütün oturumları kapatıldı ve parolası kilitlendi. Hesabın yeniden açılmasına yardım etmeden önce bunun nasıl olduğunu öğreniniz.

account-email-text = İki adrese de bağlantı gönderilir. İkisi de onaylanınca yeni adresle oturum açarsınız; o zamana kadar bir şey değişmez.
account-email-new = Yeni e-posta adresi
account-email-submit = İki bağlantıyı da gönder
account-email-same = Bu zaten şimdiki adresiniz.
account-email-too-many = Çok fazla değişiklik istendi. { $time } itibarıyla yeniden isteyebilirsiniz.
account-email-waiting = Onay bekliyor: { $address }
account-email-waiting-text = { $until } zamanına kadar iki e-postadaki bağlantıları da açınız.
account-email-proven = onaylandı
account-email-missing = henüz onaylanmadı
account-email-cancel = Bu değişiklikten vazgeç
address-old-title = E-posta adresiniz değişsin mi?
address-old-text = { $present } adresiyle oturum açıyorsunuz. Bundan sonra { $address } adresiyle oturum açmak istediniz.
address-new-title = Bu adres sizin mi?
address-new-text = { $present } hesabında bundan sonra { $address } adresiyle oturum açılacak.
address-submit = Evet, onaylıyorum
address-waiting-title = Onaylandı
address-waiting-text = Şimdi { $address } adresine gönderilen bağlantıyı açınız. O zamana kadar bir şey değişmez.
address-changed-title = E-posta adresiniz değiştirildi
address-changed-text = Bundan sonra { $address } adresiyle oturum açarsınız.
address-taken-title = Bu adres kullanılamaz
address-taken-text = { $address } adresiyle zaten bir hesap var. Hiçbir şey değiştirilmedi.
address-void-text = Bağlantı kullanılmış, süresi dolmuş ya da o zamandan beri başka bir değişiklik istenmiş. Açılması bir şeyi değiştirmedi.
mail-address-old-subject = E-posta adresinizin değişmesini onaylayınız
mail-address-old-body =
    Merhaba { $name },

    { $company } hesabınızda oturumu açık olan biri başka bir e-posta adresi istedi: { $address }. Bu sizseniz { $until } zamanına kadar buradan onaylayınız:

    { $link }

    Siz değilseniz bağlantıyı açmayınız: hesabınızda başka biri var. Parolanızı değiştiriniz ve yöneticinize bildiriniz.
mail-address-new-subject = { $company } için e-posta adresinizi onaylayınız
mail-address-new-body =
    Merhaba { $name },

    { $company } sistemindeki { $address } hesabında bundan sonra bu adresle oturum açılacak. Hesap sizinse { $until } zamanına kadar buradan onaylayınız:

    { $link }

    Bundan haberiniz yoksa bu e-postayı yanıtsız bırakınız; o zaman bir şey olmaz.
mail-address-taken-subject = { $company } sistemindeki e-posta adresiniz hakkında
mail-address-taken-body =
    Merhaba { $name },

    { $company } sistemindeki { $address } hesabı bundan sonra bu adresle oturum açmak istedi. Bu adresle zaten bir hesabınız var, bu yüzden bir şey değişmez.

    Bu sizseniz buradaki hesabınızı kullanınız. Değilseniz bir şey yapmanız gerekmez.

account-password-change = Parolayı değiştir
account-password-done = Parolanız değiştirildi.
account-password-done-text = Diğer bütün yerlerdeki oturumlarınız kapatıldı.

recover-title = Hesabınıza yeniden erişin

recover-text = Oturum açarken kullandığınız e-posta adresini giriniz. Bu adrese bir bağlantı göndeririz; açtıktan sonra siz olduğunuzu bir yolla daha gösterirsiniz, çünkü yalnızca posta kutusu yeterli değildir.
recover-submit = Bağlantı gönder
recover-back = Oturum açmaya dön
recover-sent-title = E-postanıza bakınız
recover-sent-text = { $email } adresiyle bir hesap varsa oraya bir e-posta yola çıktı. Bağlantısı bir saat çalışır.
recover-prove-title = Siz olduğunuzu gösteriniz
recover-prove-text = { $email } hesabı için bağlantı tek başına yetmez. Aşağıdakilerden birini seçiniz.
recover-authenticator = Kimlik doğrulama uygulamanızdan.
recover-code = Kurtarma kodu
recover-code-hint = Bir zamanlar sakladığınız kodlardan biri.
recover-sms = SMS ile kod
recover-sms-hint = { $to } numarasına.
recover-sms-send = Kodu gönder
recover-sms-sent = Kod yola çıktı.
recover-exhausted = Çok fazla yanlış kod girildi. Yeni bir bağlantı isteyiniz ya da bir yöneticiye sorunuz.
recover-ask-title = Bir yöneticiye sorun
recover-ask-text = Sizi tanıyan bir yönetici inceler ve onaylar. Sonra yeni bir e-posta alırsınız.
recover-lost = Kaybedilen
recover-scope-password = Parola
recover-scope-factors = Parola ve ikinci etken (uygulama, anahtar ya da telefon)
recover-reason = Yöneticiye
recover-reason-hint = Örneğin sizi hangi numaradan arayabileceği.
recover-ask-submit = Sor
recover-waiting-title = Bir yöneticiye soruldu
recover-waiting-text = Karar verilince, en geç { $until } zamanında { $email } adresine bir e-posta alırsınız.
recover-refused-title = Reddedildi
recover-refused-text = Bir yönetici hesabın bu şekilde açılmasını reddetti. Lütfen yöneticinizle görüşünüz.
recover-factors-go = Yeni parolayla birlikte ikinci etkenleriniz kaldırılır. Hemen ardından yenilerini kurarsınız.
recover-void-text = Bağlantı kullanılmış, süresi dolmuş ya da o zamandan beri başka bir bağlantı istenmiş. Yeni bir tane isteyiniz.
mail-recover-subject = { $company } hesabınıza yeniden erişim
mail-recover-body =
    Merhaba { $name },

    Biri { $company } hesabınıza yeniden erişmek istedi. Bu sizseniz { $until } zamanına kadar buradan devam ediniz:

    { $link }

    Siz değilseniz bir şey yapmanız gerekmez: bu bağlantı tek başına bir şeyi açmaz.
mail-recover-approved-subject = { $company } hesabınız: onaylandı
mail-recover-approved-body =
    Merhaba { $name },

    { $company } yöneticilerinden biri onayladı. { $until } zamanına kadar buradan yeni bir parola seçiniz:

    { $link }
mail-recover-refused-subject = { $company } hesabınız: reddedildi
mail-recover-refused-body =
    Merhaba { $name },

    { $company } yöneticilerinden biri hesabınızın bu şekilde açılmasını reddetti. Lütfen yöneticinizle görüşünüz.
mail-recover-asked-subject = { $company }: biri hesabına yeniden erişmek istiyor
mail-recover-asked-body =
    Merhaba { $name },

    { $person } ({ $email }), { $company } hesabına yeniden erişmek istiyor.

    Kaybedilen: { $scope }
    Kendi sözleriyle: { $reason }

    Gerçekten o kişi olduğundan emin olunuz: bildiğiniz bir numaradan arayınız. Sonra { $until } zamanına kadar burada karar veriniz:

    { $link }
sms-recover-code = { $company }: hesabınıza yeniden erişim kodunuz { $code } ({ $minutes } dk). Kimseye vermeyiniz.

register-title = Hesap oluştur
register-text = { $company } için. Adresiniz bir e-postayla doğrulanır.
register-sent-text = { $email } adresine gönderilen e-posta bundan sonrasını söyler.
register-domain = Burada yalnızca belirli kuruluşların adresleri kullanılabilir. İş adresinizi kullanınız ya da davet isteyiniz.
welcome-title = Hoş geldiniz
welcome-text = Merhaba { $name }. Bir parola seçiniz; onunla { $email } olarak oturum açarsınız.
welcome-known-title = Zaten bir hesabınız var
welcome-known-text = Bu adresle bir hesap var. Onunla oturum açınız; parola kaybolduysa geri dönüş yolu vardır.
mail-welcome-subject = { $company } sizi davet ediyor
mail-welcome-body =
    Merhaba { $name },

    { $company } sizi hesap oluşturmaya davet ediyor. Buradan başlayınız:

    { $link }

    Bağlantı { $until } zamanına kadar bir kez çalışır. Yalnızca sizin içindir: başkasına vermeyiniz.
mail-register-subject = { $company } için e-posta adresinizi doğrulayınız
mail-register-body =
    Merhaba { $name },

    { $company } için bir hesap istediniz. { $until } zamanına kadar buradan adresinizi doğrulayınız ve bir parola seçiniz:

    { $link }

    Bundan haberiniz yoksa bu e-postayı yanıtsız bırakınız; o zaman bir şey olmaz.
mail-registered-subject = { $company } için zaten bir hesabınız var
mail-registered-body =
    Merhaba { $name },

    Biri bu adresle { $company } için bir hesap istedi, ama bu adresin zaten bir hesabı var. Buradan oturum açınız:

    { $link }

    Parola kaybolduysa geri dönüş yolu vardır: { $recover }

    Siz değilseniz bir şey yapmanız gerekmez.
