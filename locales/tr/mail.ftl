### E-postalar ve SMS’ler.

mail-signature = { $company }

mail-signin-code-subject = Oturum açma kodunuz
mail-signin-code-body =
    { $company } hesabınızda oturum açmak için kodunuz:

    { $code }

    { $minutes ->
        [one] Kod bir dakika geçerlidir ve bir kez kullanılabilir.
       *[other] Kod { $minutes } dakika geçerlidir ve bir kez kullanılabilir.
    } { $company } adına hiç kimse sizden bu kodu istemez.

    Şu anda oturum açmıyorsanız biri parolanızı biliyor: değiştiriniz ve yöneticinize bildiriniz.

mail-setpw-subject = { $company } hesabınız için parolanızı belirleyiniz
mail-setpw-body =
    Sayın { $name },

    { $company } sizin için bir hesap oluşturdu. Parolanızı burada belirleyebilirsiniz:

    { $link }

    Bağlantı bir kez çalışır; son kullanım zamanı: { $until }. Sonrasında yöneticinizden yenisini isteyiniz.

mail-seal-code-subject = { $company } onayınızı istiyor: { $record }
mail-seal-code-body =
    { $company } adına { $person } şunu onaylamanızı istiyor:

    { $record }
    { $field }: { $value }

    Bu kodu yalnızca bu gerçekten olduysa veriniz. Kodu isteyen: { $person }.

    { $code }

    { $minutes ->
        [one] Kod bir dakika geçerlidir.
       *[other] Kod { $minutes } dakika geçerlidir.
    } Doğru değilse kodu vermeyiniz: kod olmadan hiçbir şey değişmez.
sms-seal-code = { $company }: { $person } onayınızı istiyor: { $record }, { $field }: { $value }. Kodu yalnızca bu olduysa veriniz: { $code } ({ $minutes } dk)
sms-signin-code = { $company }: oturum açma kodunuz { $code } ({ $minutes } dk). Kimseye vermeyiniz.

mail-invitation-subject = { $company } sizi davet ediyor
mail-invitation-body =
    Sayın { $name },

    { $company } sizinle bilgi paylaşıyor ve bunları görmeniz için sizi davet ediyor. Daveti buradan kabul edebilirsiniz:

    { $link }

    Bağlantı bir kez çalışır; son kullanım zamanı: { $until }. Yalnızca sizin içindir, lütfen başkasına iletmeyiniz. Bu iletiyi beklemiyorsanız yanıtsız bırakabilirsiniz; o zaman hiçbir şey olmaz.
