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
