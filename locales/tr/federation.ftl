# Başka bir sağlayıcıyla oturum açma ve başka yerlerdeki hesaplar.

federation-or = Ya da
federation-continue = { $name } ile devam edin
federation-back = Oturum açmaya dönün
federation-nobody-title = Bu hesaba burada bağlı kimse yok
federation-nobody-text = { $name } orada kim olduğunuzu bildirdi, ancak buradaki hiçbir hesap ona bağlı değil. Burada hesabınız varsa her zamanki gibi oturum açın ve Bağlı hesaplar sayfasında bağlayın. Yoksa şirketten davet isteyin.
federation-declined-title = { $name } oturumunuzu açmadı
federation-declined-text = Siz vazgeçtiniz ya da { $name } kabul etmedi. Burada hiçbir şey değişmedi. Yeniden deneyebilir veya başka bir yolla oturum açabilirsiniz.
federation-anew-title = { $name } yeniden oturum açmanızı istemedi
federation-anew-text = Bunun için { $name } üzerinde şimdi oturum açmanız gerekiyor, ancak { $name } sizi daha önce açılmış bir oturumla gönderdi ya da ne zaman oturum açtığınızı bildirmedi. Burada hiçbir şey değişmedi. { $name } üzerindeki oturumunuzu kapatıp yeniden deneyin veya başka bir yolla oturum açın. Sorun sürerse aşağıdaki numarayı şirkete bildirin.
federation-broken-title = { $name } ile oturum açmak şu anda mümkün değil
federation-broken-text = { $name } sağlayıcısına ulaşılamıyor ya da kabul edilemeyecek bir yanıt geldi. Birkaç dakika sonra yeniden deneyin veya başka bir yolla oturum açın. Sorun sürerse aşağıdaki numarayı şirkete bildirin.

connections-title = Bağlı hesaplar
connections-lead = Başka yerdeki bir hesabınızla burada oturum açabilirsiniz.
connections-none = Şirket başka bir sağlayıcı tanımlamadı.
connections-since = Bağlandığı tarih: { $date }
connections-used = Son kullanım: { $date }
connections-connect = { $name } hesabını bağlayın
connections-remove = { $name } bağlantısını kaldırın
connections-done = Hesap bağlandı. Bundan sonra onunla oturum açabilirsiniz.
connections-removed = Hesabın bağlantısı kaldırıldı. Onunla açtığınız bütün oturumlar kapatıldı.
connections-taken = Bu hesap burada başka birine bağlı ya da siz orada başka bir hesaba bağlısınız. Hiçbir şey değişmedi.
connections-last = Burada yalnızca bu hesapla oturum açıyorsunuz. Önce bir parola belirleyin; ardından bağlantıyı kaldırabilirsiniz.

# Bunların yönetimi.

admin-nav-federation = Diğer sağlayıcılar
admin-federation-lead = Kişiler bu OpenID sağlayıcılarından birindeki hesaplarıyla burada oturum açabilir.
admin-federation-new = Sağlayıcı ekleyin
admin-federation-none-title = Başka sağlayıcı yok
admin-federation-none-text = Kendi şirketinizin kimlik sağlayıcısını, bir iş ortağınınkini ya da Microsoft veya Google'ı ekleyin.
admin-federation-disabled = Kullanım dışı
admin-federation-form-lead = Önce bu sunucuyu orada kaydedin. Orada vereceğiniz adres, kaydettikten sonra sağlayıcının sayfasında görünür.
admin-federation-id = Kısa ad
admin-federation-id-hint = Adreslerde yer alır: küçük harfler, rakamlar ve tireler. Sonradan değiştirilemez.
admin-federation-issuer = Düzenleyen (issuer)
admin-federation-issuer-hint = Sağlayıcının üst verisinde yazdığı gibi. Sonradan değiştirilemez.
admin-federation-redirect = Orada kaydedilecek adres
admin-federation-client-id = Oradaki istemci kimliği
admin-federation-client-secret = Oradaki gizli anahtar
admin-federation-client-secret-hint = Şifrelenmiş olarak saklanır ve hiç gösterilmez. Şimdikini korumak için boş bırakın.
admin-federation-auth = Bu sunucu kim olduğunu nasıl kanıtlar
admin-federation-auth-basic = Başlıktaki gizli anahtarla
admin-federation-auth-post = Formdaki gizli anahtarla
admin-federation-auth-none = Gizli anahtar olmadan
admin-federation-scope = Kapsam (scope)
admin-federation-acr = İstenen güç (acr_values)
admin-federation-button = Oturum açma sayfasında herkese sunun
admin-federation-domains = Alan adları
admin-federation-domains-hint = Bunlardan birinde adresi olan herkes orada oturum açar. Yalnızca adreslerini tek başına bu sağlayıcının verdiği alan adlarını yazın.
admin-federation-link = Zaten burada olanları doğrulanmış adresleriyle bağlayın
admin-federation-create = Burada olmayanları ekleyin
admin-federation-staff = Eklenenler burada çalışır
admin-federation-update = Ad ve dil sağlayıcıyı izler
admin-federation-groups = Gruplar
admin-federation-groups-hint = Her satıra bir tane: sağlayıcının grubu = bizim grubumuz
admin-federation-trust = Sözü ne zaman iki etken sayılır
admin-federation-trust-hint = Her satıra bir tane, örneğin: amr mfa = urn:zegel:acr:password-app. Satır yoksa ikinci etken burada istenir.
admin-federation-people = Bağlı kişiler
admin-federation-disable = Kullanımdan kaldırın
admin-federation-disable-text = { $name } ile oturum açan herkesin oturumu hemen her yerde kapatılır. Bağlı hesaplar yeniden kullanıma alacağınız zaman için kalır.
admin-federation-enable = Kullanıma alın
admin-federation-enable-text = Kişiler yeniden { $name } ile oturum açabilir.
admin-federation-delete = Silin
admin-federation-delete-text = { $name } ve ona olan bütün bağlantılar silinir. Onunla oturum açan herkesin oturumu her yerde kapatılır.
admin-done-federation-removed = Sağlayıcı silindi.

federation-wrong-id = Küçük harfler, rakamlar ve tireler kullanın, en çok 40.
federation-wrong-name = Kişilerin göreceği adı yazın, en çok 60 karakter.
federation-wrong-issuer = Düzenleyenin https adresini yazın. Yalnızca bu sağlayıcının olmalıdır ve değişmez.
federation-wrong-client-id = Sağlayıcının bu sunucuya verdiği istemci kimliğini yazın.
federation-wrong-client-secret = Sağlayıcının bu sunucuya verdiği gizli anahtarı yazın.
federation-wrong-scope = Kapsamda openid bulunmalıdır.
federation-wrong-domains = example.com gibi, başka bir sağlayıcıya yönlendirmeyen alan adları yazın. Kişileri kendiliğinden bağlamak ya da eklemek için en az biri gerekir.
federation-wrong-groups = Her satırı şöyle yazın: sağlayıcının grubu = bizim grubumuz
federation-wrong-trust = Her satırı şöyle yazın: acr DEĞER amr DEĞER,DEĞER = iki etkenli bir düzey
federation-wrong-subject = Özne kimliğini yazın, en çok 255 karakter.
federation-wrong-linked = Bu özne kimliği başkasının ya da bu kişi orada başka biri.

admin-federation-name-hint = Kişilerin oturum açma sayfasında gördüğü gibi
admin-federation-acr-hint = Bu sunucunun sağlayıcıdan istediği, varsa
admin-federation-part-there = Oradaki bu sunucu
admin-federation-part-whom = Orada kim oturum açar
admin-federation-part-word = Sözü ne için sayılır
admin-federation-part-claims = Okunan alanlar (claims)
admin-federation-claim-email = Adres alanı
admin-federation-claim-email-verified = Adresin doğrulandığını söyleyen alan
admin-federation-claim-name = Ad alanı
admin-federation-claim-language = Dil alanı
admin-federation-claim-groups = Grup alanı
admin-federation-try = Bağlantıyı deneyin
admin-federation-try-title = Bağlantı
admin-federation-try-lead = Sağlayıcının üst verisini ve anahtarlarını şimdi ister. Kimlik ve gizli anahtarın doğru olup olmadığı ancak biri oturum açınca anlaşılır.
admin-federation-try-works = Çalışıyor
admin-federation-try-fails = Kullanılamıyor
admin-federation-try-answer = Yanıt
admin-federation-try-keys = { $count ->
    [one] Kullanılabilir bir anahtar
   *[other] Kullanılabilir { $count } anahtar
}
admin-federation-try-authorization = Kişilerin gittiği yer
admin-federation-try-token = Kodların kullanıldığı yer
admin-federation-try-userinfo = Kişiler hakkında daha çok bilginin olduğu yer
admin-federation-try-keys-at = Anahtarlarının olduğu yer

connections-connect-short = Bağlan
connections-remove-short = Bağlantıyı kaldır
