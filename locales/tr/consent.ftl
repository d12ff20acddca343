### Uygulamalara izin vermek ve onlara geri dönmek.

consent-title = { $app } uygulamasına izin veriyor musunuz?
consent-lead = { $app } aşağıdakileri istiyor. { $email } olarak oturum açtınız.
consent-unchecked = Bu uygulama kendini kendisi kaydetti. { $company } içinde hiç kimse onu incelemedi: yalnızca kime ait olduğunu biliyorsanız izin veriniz.
consent-host = Yanıtınız { $host } adresine gönderilir.
consent-later = İzninizi Hesabım bölümünden istediğiniz zaman geri alabilirsiniz.
consent-allow = İzin ver
consent-refuse = Reddet
consent-policy = { $app } verilerinizi nasıl kullanır
consent-terms = { $app } koşulları
consent-gone-title = Bu sorunun süresi doldu
consent-gone-text = Daha önce yanıtlanmış veya fazla uzun süre açık kalmış. Bununla hiçbir izin verilmedi; lütfen uygulamayı yeniden açınız.

## Ne istendiği
consent-nothing = Siz olduğunuzu bilmek
consent-scope-profile = Adınız, diliniz, saat diliminiz ve profilinizdeki diğer bilgiler
consent-scope-email = E-posta adresiniz
consent-scope-address = Posta adresiniz
consent-scope-phone = Telefon numaranız
consent-scope-offline_access = Siz oturum açmamışken de, izninizi geri alana kadar bu erişimi korumak
consent-scope-records-read = Görebildiğiniz kayıtları sizin adınıza okumak
consent-scope-records-write = Değiştirebildiğiniz kayıtları sizin adınıza değiştirmek
consent-scope-grants = İlişkilere kimin eriştiğini sizin adınıza görmek ve değiştirmek
consent-scope-account = Kendi hesabınızı görmek ve değiştirmek: nasıl oturum açtığınız ve nerelerde oturumunuzun açık olduğu
consent-scope-admin = Kişileri, grupları ve uygulamaları sizin adınıza yönetmek
consent-scope-other = “{ $name }” yetkisi
consent-resource = { $name } üzerinde sizin adınıza işlem yapmak
consent-claim-name = Adınız
consent-claim-family_name = Soyadınız
consent-claim-given_name = İlk adınız
consent-claim-middle_name = İkinci adınız
consent-claim-nickname = Takma adınız
consent-claim-preferred_username = Tercih ettiğiniz kısa ad
consent-claim-profile = Profil sayfanızın adresi
consent-claim-picture = Fotoğrafınız
consent-claim-website = Web siteniz
consent-claim-gender = Cinsiyetiniz
consent-claim-birthdate = Doğum tarihiniz
consent-claim-zoneinfo = Saat diliminiz
consent-claim-locale = Diliniz
consent-claim-updated_at = Profilinizin en son ne zaman değiştiği
consent-claim-email = E-posta adresiniz
consent-claim-email_verified = E-posta adresinizin doğrulanıp doğrulanmadığı
consent-claim-address = Posta adresiniz
consent-claim-phone_number = Telefon numaranız
consent-claim-phone_number_verified = Telefon numaranızın doğrulanıp doğrulanmadığı

## Uygulamaya dönüş yolunda
formpost-title = Uygulamaya dönüş
formpost-text = Uygulamaya geri götürülüyorsunuz. Bir şey olmazsa düğmeye basınız.
signedout-on = Uygulamaya dön
signedout-frame = Bir uygulamadaki oturumunuzu kapatır
formpost-submit = Devam

error-request-object-title = Bu oturum açma isteğine güvenilemez
error-request-object-text = Uygulamanın isteği yanlış imzalanmış veya okunamıyor. Güvenliğiniz için burada sona eriyor. Lütfen uygulamanın sahibine bildiriniz.
