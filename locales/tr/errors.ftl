### Hatalar: ne oldu, ne anlama geliyor, ne yapılmalı.

error-title = Bir sorun oluştu
error-to-start = Başlangıca dön
error-back = Geri dön
error-try-again = Yeniden dene
error-request-id = Yardım isterken şu numarayı belirtiniz:

error-not-found-title = Bu sayfa burada yok
error-not-found-text = Böyle bir sayfa yok veya size kapalı. Adresi kontrol ediniz ya da başlangıçtan arayınız.
error-forbidden-title = Bunun için yetkiniz yok
error-forbidden-text = Haklarınız bunu kapsamıyor. İşiniz için gerekiyorsa yöneticinize başvurunuz.
error-overloaded-title = Şu anda çok yoğunuz
error-overloaded-text = İsteğiniz yerine getirilmedi ve hiçbir şey değişmedi. Lütfen bir dakika sonra yeniden deneyiniz.
error-unavailable-title = Sistemin bir bölümü yanıt vermiyor
error-unavailable-text = İsteğiniz yerine getirilmedi ve hiçbir şey değişmedi. Lütfen bir dakika sonra yeniden deneyiniz.
error-expired-title = Bu sayfanın süresi doldu
error-expired-text = Sayfa çok uzun süre açık kaldı; hiçbir şey değişmedi. Lütfen baştan başlayınız.
error-csrf-title = Bu istek bizim sayfamızdan gelmedi
error-csrf-text = Güvenliğiniz için yerine getirilmedi. Sayfayı yeniden açıp yapmak istediğinizi tekrarlayınız.
error-masked-title = Bu alan gizlenmiş
error-masked-text = Kaydı okuyabilirsiniz, ancak bu alan sizin için gizlenmiştir: süzmede, sıralamada ve aramada kullanılamaz.
error-bad-request-title = Bu istek anlaşılamadı
error-bad-request-text = İçinde eksik veya bozuk bir şey var; hiçbir şey değişmedi. Geri dönüp bir kez daha deneyiniz.
error-too-large-title = Bu çok büyük
error-too-large-text = Bir defada alınabilecekten fazlası gönderildi ve hiçbir şey kaydedilmedi. Küçültüp yeniden deneyiniz.
error-too-many-title = Bu biraz fazla sık oldu
error-too-many-text = Herkesi korumak için bunun bir sınırı var. Lütfen biraz bekleyip yeniden deneyiniz.
error-method-title = Bu sayfa bu şekilde kullanılamaz
error-method-text = Hiçbir şey değişmedi. Geri dönüp sayfadaki düğmeleri kullanınız.
error-conflict-title = Biri sizden önce davrandı
error-conflict-text = Değiştirmek istediğiniz kayıt bu arada değişti. Yeniden bakınız, sonra değişikliğinizi tekrarlayınız.
error-internal-title = Bizim tarafımızda bir sorun oluştu
error-internal-text = Sorun kaydedildi; aşağıdaki numarayla bulabiliriz. Lütfen yeniden deneyiniz; tekrarlanırsa yardım isteyiniz.

## Bir uygulamada oturum açma
error-client-unknown-title = Bu uygulama burada tanınmıyor
error-client-unknown-text = Sizi buraya getiren bağlantı yanlış veya eski. Uygulamayı yeniden açınız; olmazsa sahibine bildiriniz.
error-redirect-title = Bu oturum açma isteğine güvenilemez
error-redirect-text = Uygulama sizi kendisi için kayıtlı olmayan bir adrese göndermek istedi. Güvenliğiniz için işlem burada sona eriyor. Uygulamanın sahibine bildiriniz.
error-not-allowed-title = { $name } uygulamasını kullanamazsınız
error-not-allowed-text = Oturumunuz açık, ancak bu uygulama size açık değil. İhtiyacınız varsa yöneticinize başvurunuz. Uygulamaya yalnızca onu kullanamayacağınız bildirilir.
error-not-allowed-back = { $name } uygulamasına dön
error-logout-hint-title = Bu oturum kapatma işlemi yapılamıyor
error-logout-hint-text = Uygulamanın isteği bu sunucudaki bir oturuma ait değil; bu yüzden kimsenin oturumu kapatılmadı. Oturumunuzu başlangıç sayfanızdan kapatınız.
error-logout-address-title = Bu oturum kapatma isteğine güvenilemez
error-logout-address-text = Uygulama sizi kendisi için kayıtlı olmayan bir adrese göndermek istedi. Güvenliğiniz için işlem burada sona eriyor ve kimsenin oturumu kapatılmadı. Uygulamanın sahibine bildiriniz.
error-signin-refused-title = Bu uygulamayı açamazsınız
error-signin-refused-text = Oturumunuz açık, ancak bu uygulama size açık değil. Yöneticinize başvurunuz.
error-signin-failed-title = Oturum açılamadı
error-signin-failed-text = Oturum açma sunucusunun yanıtı sorulana uymuyor. Hiçbir şey olmadı; lütfen yeniden oturum açınız.
error-detail = Uygulamanın sahibi için ayrıntılar
