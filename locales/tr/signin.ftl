### Oturum açma, kapatma ve parola belirleme.

## E-posta adresi ve parola
signin-title = Oturum açın
signin-to-open = { $app } uygulamasını açmak için
signin-email = E-posta adresi
signin-password = Parola
signin-forgotten = Parolanızı mı unuttunuz?
signin-continue = Devam
signin-submit = Oturum aç
signin-wrong = Bu e-posta adresi ile parola birbirine uymuyor. İkisini de kontrol edip yeniden deneyiniz.
signin-email-missing = E-posta adresinizi giriniz.
signin-password-missing = Parolanızı giriniz.
signin-locked = Çok fazla deneme yapıldı. Güvenliğiniz için yeniden deneyebileceğiniz saat: { $time }.
signin-expired-title = Bu sayfanın süresi doldu
signin-expired-text = Oturum açma işlemi fazla uzun sürdü. Hiçbir şey olmadı; lütfen baştan başlayınız.
signin-restart = Baştan başla
signin-continue-as = { $name } olarak devam et

## Kod sayfası
code-title = Kodunuzu giriniz
code-from-authenticator = Kimlik doğrulama uygulamanızdaki kod; hesap: { $email }
code-from-mail = { $email } adresine bir kod gönderdik.
code-from-sms = { $email } hesabı için { $to } numarasına kısa mesajla bir kod gönderdik.
code-from-recovery = Sakladığınız kurtarma kodlarından biri; hesap: { $email }
code-not-you = Siz değil misiniz?
code-label-digits = { $count ->
    [one] 1 rakamlı kod
   *[other] { $count } rakamlı kod
}
code-label-characters = { $count ->
    [one] 1 karakterli kod
   *[other] { $count } karakterli kod
}
code-missing = Kodu giriniz.
code-wrong = { $count ->
    [one] Bu kod doğru değil. 1 deneme hakkınız kaldı.
   *[other] Bu kod doğru değil. { $count } deneme hakkınız kaldı.
}
code-wrong-authenticator = { $count ->
    [one] Bu kod doğru değil. Kod 30 saniyede bir değişir: uygulamanın şu anda gösterdiğini giriniz. 1 deneme hakkınız kaldı.
   *[other] Bu kod doğru değil. Kod 30 saniyede bir değişir: uygulamanın şu anda gösterdiğini giriniz. { $count } deneme hakkınız kaldı.
}
code-used = Bu kod daha önce kullanıldı. Uygulamanızın göstereceği bir sonraki kodu bekleyiniz.
code-expired = Bu kodun süresi doldu. Yeni bir kod isteyiniz.
code-expired-short = süresi doldu
code-exhausted = Çok fazla yanlış kod girildi. Lütfen baştan başlayınız.
code-tries-left = { $count ->
    [one] 1 deneme hakkı kaldı
   *[other] { $count } deneme hakkı kaldı
}
code-resend-in = { $time } sonra yeniden gönderilebilir
code-resend = Yeniden gönder
code-resent = Yeni bir kod { $to } adresine gönderildi. Önceki kod artık geçerli değil.
code-resend-later = Yeni kodun gönderilebileceği saat: { $time }.
code-resend-limit = Şu anda başka kod gönderilemiyor. Lütfen daha sonra yeniden deneyiniz.
code-mail-spam = Kod gelmedi mi? İstenmeyen posta klasörünüze de bakınız.
code-other-ways = Diğer yollar
code-way-mail = Kodu e-posta ile gönder: { $to }
code-way-authenticator = Kimlik doğrulama uygulamamı kullan
code-way-sms = Kodu kısa mesajla gönder: { $to }
code-way-passkey = Geçiş anahtarı kullan
code-way-recovery = Kurtarma kodu kullan
code-waiting = kod bekleniyor

## Oturumu kapatma
signout-title = Oturum kapatılsın mı?
signout-text = Oturum açan: { $name }. Oturumu kapattığınızda, bu tarayıcıda buradan açtığınız bütün uygulamalardaki oturumunuz da kapanır.
signout-submit = Oturumu kapat
signout-stay = Oturum açık kalsın
signedout-title = Oturumunuz kapatıldı
signedout-text = Ortak kullanılan bir bilgisayardaysanız tarayıcıyı da kapatınız.
signedout-again = Yeniden oturum aç

## Parola belirleme
setpw-title = Parolanızı belirleyiniz
setpw-for = hesap: { $email }
setpw-new = Yeni parola
setpw-repeat = Aynı parola, bir kez daha
setpw-demand-length = En az { $count } karakter. Yalnızca sizin yan yana getireceğiniz birkaç sözcük hem güçlüdür hem de akılda kalır.
setpw-too-short = En az { $count } karakter kullanınız.
setpw-too-long = En fazla { $count } karakter kullanınız.
setpw-too-common = Bu parola, saldırganların ilk denediği listelerde yer alıyor. Başka bir parola seçiniz.
setpw-too-personal = Bu parola adınızı veya e-posta adresinizi içeriyor. Başka bir parola seçiniz.
setpw-same-as-old = Bu, şu anki parolanız. Yeni bir parola seçiniz.
setpw-not-same = Parolalar aynı değil. İkisini de yeniden yazınız.
setpw-submit = Parolayı kaydet
setpw-done-title = Parolanız kaydedildi
setpw-done-text = Artık bu parolayla oturum açabilirsiniz. Diğer bütün yerlerdeki oturumlarınız kapatıldı.
setpw-link-void-title = Bu bağlantı artık çalışmıyor
setpw-link-void-text = Bağlantı bir kez ve sınırlı bir süre çalışır; bu bağlantı kullanılmış veya süresi dolmuş. Yöneticinizden yenisini isteyiniz.

## Kimlik doğrulama uygulaması
totp-code = Uygulamanın gösterdiği kod

## Davet
invitation-title = { $company } sizi davet ediyor
invitation-choose = { $email } adresine hesap açmak için bir parola belirleyiniz. Bundan sonra bu parola ve size e-postayla göndereceğimiz kodla oturum açarsınız.
invitation-sign-in = { $email } adresine ait bir hesap zaten var. Bu hesapla oturum açınız; ardından daveti kabul etmek üzere buraya dönersiniz.
invitation-confirm = Oturum açan: { $email }. Daveti kabul ettiğinizde sizinle paylaşılanları hemen görürsünüz.
invitation-accept = Daveti kabul et
invitation-other-title = Başka biri olarak oturum açmışsınız
invitation-other-text = Bu davet { $email } adresi içindir; bu tarayıcıda oturum açan ise { $name }. Devam etmek için oturumu kapatınız.
invitation-done-title = Hoş geldiniz
invitation-done-text = Daveti kabul ettiniz. { $company } hesabınıza { $email } adresiyle oturum açarsınız.
invitation-open = Aç
invitation-void-text = Davet bir kez ve sınırlı bir süre geçerlidir; bu davet kullanılmış, geri alınmış veya süresi dolmuş. Kabul ettiyseniz oturum açmanız yeterlidir; etmediyseniz sizi davet eden kişiden yenisini isteyiniz.

## Bir uygulama, kişinin gösterebileceğinden daha güçlü bir oturum istiyor
stronger-title = Daha güçlü bir oturum gerekiyor
stronger-text = { $app }, henüz kurmadığınız bir ikinci adım istiyor.
stronger-text-own = Bu sayfa, henüz kurmadığınız bir ikinci adım istiyor.
stronger-how = Kurulduğunda, açmak istediğiniz sayfa kendiliğinden açılır.
stronger-how-link = Bunu kurun, ardından e-postadaki bağlantıyı yeniden açın.
stronger-how-device = Bunu kurun, ardından cihazdaki kodu yeniden yazın.
stronger-set-up = İkinci adımı kur
stronger-back = { $app } uygulamasına dön
stronger-back-own = Başlangıç sayfasına dön
code-remember = { $days ->
    [one] Bu cihazda yarına kadar kod sorma
   *[other] Bu cihazda { $days } gün boyunca kod sorma
}
code-undelivered = { $to } adresine gönderilen mesaj teslim edilemedi. Başka bir yol seçiniz veya yeniden gönderiniz.

## Kod sorulmayan cihazlar
remembered-title = Hatırlanan cihazlar
remembered-text = Bu cihazlarda bir süre yalnızca parolanız yeterlidir. Artık kullanmadığınız veya tanımadığınız bir cihazı unutturunuz.
remembered-none = Hatırlanan cihaz yok. Kuruluşunuz izin veriyorsa oturum açarken cihazın hatırlanmasını seçebilirsiniz.
remembered-used = Son kullanım: { $time }, adres: { $ip }
remembered-until = Hatırlanacağı tarih: { $time }
remembered-forget = Bu cihazı unut
