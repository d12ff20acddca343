### Requests that applications send beforehand, and devices that wait for someone.

error-pushed-title = Bu oturum açma isteği çok uzun süre bekledi
error-pushed-text = Uygulamanın isteğinin süresi doldu veya daha önce kullanıldı. Lütfen uygulamaya dönüp oturumu oradan yeniden açınız.

device-title = Bir cihazın oturumunu açma
device-lead = Lütfen önünüzdeki cihazda görünen kodu yazınız.
device-code-label = Kod
device-code-hint = BCDF-GHJK gibi sekiz harf. Size başkasının gönderdiği bir kodu kullanmayınız.
device-code-wrong = Bu kodu bekleyen bir cihaz yok. Kodu cihazdakiyle karşılaştırınız; beş dakika sonra yeni bir kod gösterilir.
device-code-too-many = Çok fazla kod denendi. Lütfen on beş dakika bekleyiniz.
device-continue = Devam
# $app: the application's name
device-confirm-title = { $app } için oturum açılsın mı?
# $email: who is signed in
device-confirm-lead = { $email } olarak oturumunuz açık. Cihaz sizin adınıza işlem yapacak.
device-confirm-warning = Yalnızca cihaz önünüzdeyse ve tam olarak bu kodu gösteriyorsa devam ediniz. Kodu yazmanızı biri istediyse reddediniz.
device-confirm-code = Kod
device-confirm-since = İstek saati
device-confirm-from = Geldiği adres
device-confirm-elsewhere = Bu, sizinkinden başka bir ağ.
device-confirm-agent = Kendini tanıttığı ad
device-confirm-asks = Ne istiyor
device-allow = Bu cihaza izin ver
device-refuse = Reddet
device-allowed-title = { $app } için oturum açıldı
device-allowed-text = Cihazda devam edebilirsiniz. Bu izni Hesabım sayfasından istediğiniz zaman geri alabilirsiniz.
device-refused-title = { $app } reddedildi
device-refused-text = Cihaza bildirildi. Size ait hiçbir şey iletilmedi.
device-gone-title = Bu cihaz artık beklemiyor
device-gone-text = Kodun süresi doldu veya daha önce yanıtlandı. Cihazın yeni bir kod göstermesini sağlayınız.
device-not-allowed-title = { $app } uygulamasını kullanamazsınız
device-not-allowed-text = Bu uygulama size açık olmadığı için cihaz reddedildi. Lütfen yöneticinize başvurunuz.

## What an application asks someone who is not in front of it. $app: its name
mail-approval-subject = { $app } onayınızı istiyor
# $name: the person; $company; $link: an address; $until: a time of day
mail-approval-body =
    Merhaba { $name },

    { $company } kuruluşundaki { $app } onayınızı istiyor. Ne olduğunu görmek ve yanıtlamak için, saat { $until } itibarıyla kapanmadan:

    { $link }

    Böyle bir istek beklemiyorsanız orada reddediniz veya yanıtsız bırakınız: onayınız olmadan hiçbir şey yapılmaz.
approvals-title = Onayınız
approvals-text = Bu uygulamalar yanıtınızı bekliyor.
approvals-none-title = Sizi bekleyen bir şey yok
approvals-none-text = Bir uygulama onayınızı istediğinde, istek birkaç dakika burada görünür.
# $at: a time of day
approvals-since = İstek saati: { $at }
approvals-account = Hesabım
approve-title = { $app } onayınızı istiyor
# $email: who is signed in
approve-lead = { $email } olarak oturumunuz açık. Onaylarsanız uygulama sizin adınıza işlem yapar.
approve-warning = Yalnızca az önce kendinizin istediği ya da tanıdığınız biriyle konuştuğunuz şeyi onaylayınız. Burada ve uygulamada bir ileti görünüyorsa ikisi aynı olmalıdır.
approve-message = İleti
approve-since = İstek saati
approve-until = Bekleme sonu
approve-asks = Ne istiyor
approve-allow = Onayla
approve-refuse = Reddet
approval-allowed-title = Onaylandı
approval-allowed-text = { $app } uygulamasına bildirildi. Bu onayı Hesabım sayfasından istediğiniz zaman geri alabilirsiniz.
approval-refused-title = Reddedildi
approval-refused-text = { $app } uygulamasına bildirildi. Size ait hiçbir şey iletilmedi.
approval-gone-title = Burada bekleyen bir şey yok
approval-gone-text = Süre doldu, daha önce yanıtlandı veya istek başkası içindi.
approval-not-allowed-title = { $app } uygulamasını kullanamazsınız
approval-not-allowed-text = Bu uygulama size açık olmadığı için reddedildi. Lütfen yöneticinize başvurunuz.
