### Müşteri dosyaları: bölümler, listeler, formlar, dosya, kod bekleme ve belge doğrulama.

## Çerçeve ve bölümler
crm-nav-label = Bölümler
crm-nav-more = Diğer
crm-search-label = Ara
crm-search-placeholder = Firma, kişi veya numara ara
crm-section-overview = Genel bakış
crm-section-relations = Firmalar
crm-section-contacts = Kişiler
crm-section-deliveries = Teslimatlar
crm-section-quotes = Teklifler
crm-section-activities = Etkinlikler
crm-section-notes = Notlar
crm-section-documents = Belgeler

## Genel bakış
overview-title = Genel bakış
overview-todo = Yapılacaklar
overview-todo-none = Yapılacak bir şey yok. Sizden istenenler burada görünür.
overview-pending = Kod bekleyenler
overview-pending-none = Kod bekleyen değişiklik yok.
overview-pending-item = { $name } · kodun gönderildiği yer: { $to }
overview-sealed = Son mühürlenenler
overview-sealed-none = Henüz mühürlenen bir şey yok.
overview-recent = Son değişenler
overview-recent-none = Henüz değişen bir şey yok.

## Listeler
crm-new = Yeni
crm-new-relation = Yeni firma
crm-new-contact = Yeni kişi
crm-new-delivery = Yeni teslimat
crm-new-quote = Yeni teklif
crm-new-activity = Yeni etkinlik
crm-new-note = Yeni not
crm-new-document = Yeni belge
crm-new-in = Yeni kayıt: { $section }
crm-name = Ad
crm-number = Numara
crm-status = Durum
crm-date = Tarih
crm-amount = Tutar
crm-today = bugün
crm-tomorrow = yarın
crm-yesterday = dün
crm-internal = İç kullanım
crm-keys-hint = Tuşlar: j ve k satırlar arasında gezer, Enter açar, e düzenler, / arar.
crm-filter-label = Süzgeçler
crm-filter-add = Süzgeç ekle
crm-filter-remove = Bu süzgeci kaldır
crm-filter-clear = Bütün süzgeçleri kaldır
crm-filter-apply = Göster
crm-filter-mine = Yalnızca benimkiler
crm-search-title = “{ $query }” için sonuçlar
crm-search-none-title = Hiçbir şey bulunamadı
crm-search-none-text = Görebildiğiniz kayıtlar arasında “{ $query }” ile eşleşen yok. Yazımı kontrol ediniz veya bir bölümünü arayınız.
crm-filter-none-title = Bu süzgeçlere uyan kayıt yok
crm-filter-none-text = Daha fazlasını görmek için birini kaldırınız.
crm-empty-relations-title = Henüz firma yok
crm-empty-relations-text = İş yaptığınız firmalar ve kişiler burada yer alır.
crm-empty-contacts-title = Henüz kişi yok
crm-empty-contacts-text = Firmalardaki kişiler burada yer alır.
crm-empty-deliveries-title = Henüz teslimat yok
crm-empty-deliveries-text = Müşterilere götürdükleriniz, planlamadan teslime kadar burada yer alır.
crm-empty-quotes-title = Henüz teklif yok
crm-empty-quotes-text = Müşterilere sunduğunuz teklifler ve sonuçları burada yer alır.
crm-empty-activities-title = Henüz etkinlik yok
crm-empty-activities-text = Görevler, telefon görüşmeleri, randevular ve mektuplar burada yer alır.
crm-empty-notes-title = Henüz not yok
crm-empty-notes-text = Konuşulanlar ve kararlaştırılanlar burada yer alır.
crm-empty-documents-title = Henüz belge yok
crm-empty-documents-text = Sözleşmeler, mektuplar ve çizimler burada yer alır.
crm-empty-title = Burada henüz bir şey yok
crm-empty-text = Oluşturacağınız ilk kayıt burada görünür.

## Tek kayıt
crm-edit = Düzenle
crm-delete = Sil
crm-history = Geçmiş
crm-version = Sürüm { $number }
crm-version-by = { $name }, { $at }
crm-history-none = Oluşturulduğundan beri değişmedi.
crm-history-created = bunu oluşturdu
crm-history-changed = bunu değiştirdi
crm-history-deleted = bunu sildi
crm-last-changed = Son değişiklik: { $name }, { $at }
crm-saved = Kaydedildi.
crm-details = Bilgiler

## Form
crm-edit-title = Düzenle: { $name }
crm-changed-meanwhile-title = Bu kayıt bu arada başka biri tarafından kaydedildi
crm-changed-meanwhile-text = Değiştiren: { $name }, { $at }. Sizin değerleriniz hâlâ formda: ikisini karşılaştırıp yeniden kaydediniz.
crm-delete-title = Silinsin mi?
crm-delete-text = { $name } bütün listelerden kalkar. Yönetici geri getirebilir.
crm-read-only = Bunu okuyabilirsiniz, değiştiremezsiniz.

## Dosya
dossier-tabs-label = Dosyanın bölümleri
dossier-timeline = Zaman çizelgesi
dossier-timeline-none = Henüz bir şey olmadı. Bu firma hakkında kaydettikleriniz, planladıklarınız ve yazdıklarınız burada görünür.
dossier-facts = Bilgiler
dossier-actions = Açık işler
dossier-actions-none = Açık iş yok.
dossier-add = Dosyaya ekle
dossier-all-kinds = Bütün türler
dossier-everyone = Herkes
dossier-people-label = Kim yaptı
dossier-changed-by = değiştirildi: { $name }, { $at }
dossier-created-by = oluşturuldu: { $name }, { $at }

## Kim olduğunuz
who-title = Kimlik bilgileriniz
who-text = Burada nasıl oturum açtığınız ve neleri görüp yapabileceğinizi belirleyen roller.
who-technical = Destek için
who-name = Ad soyad
who-subject = Kimlik numarası
who-roles = Roller
who-roles-none = Burada henüz bir rolünüz yok. Yöneticinize başvurunuz.
who-strength = Oturum açma yolu
who-strength-mail = Parola ve e-posta kodu
who-strength-sms = Parola ve SMS kodu
who-strength-authenticator = Parola ve kimlik doğrulama uygulaması
who-strength-passkey = Geçiş anahtarı
who-strength-password = Yalnızca parola
who-signed-in-at = Oturum açıldı
who-revision = Erişim durumu

## Kod bekleme
ask-title = Müşterinin kodunu giriniz
ask-text = Kodu alan: { $name } ({ $to }). Kodu kendisinden isteyiniz.
ask-text-unnamed = Kod şuraya gönderildi: { $to }. Kodu alan kişiden isteyiniz.
ask-sending = Kod yolda.
ask-send-failed-title = Kod iletilemedi
ask-send-failed-text = İletişim bilgisini bir çalışma arkadaşınızla kontrol ediniz veya daha sonra yeniden deneyiniz. Hiçbir şey değişmedi.
ask-rule = Kodu isteyen kural: { $by }
ask-confirm = Onayla
ask-cancel = Değişiklikten vazgeç
ask-waiting-title = { $name } kod bekliyor
ask-waiting-text = Kod girilene kadar kayıt değişmez.
ask-expired-title = Bu kodun süresi doldu
ask-expired-text = Kayıt değişmedi. Yeni bir kod isteyiniz veya vazgeçiniz.
ask-expired-left = { $count ->
    [0] Bu kodun süresi doldu ve şu anda yenisi gönderilemiyor.
    [one] Bu kodun süresi doldu. Yeni bir kod isteyiniz; 1 hakkınız kaldı.
   *[other] Bu kodun süresi doldu. Yeni bir kod isteyiniz; { $count } hakkınız kaldı.
}
ask-exhausted-title = Çok fazla yanlış kod
ask-exhausted-text = Bu değişiklik artık onaylanamaz; kayıt değişmedi. Baştan başlayınız veya yöneticinize başvurunuz.
ask-limit-title = Bu değişiklik için başka kod yok
ask-limit-text = Bu kayıt ve bu değişiklik için sınıra ulaşıldı. Yöneticinize başvurunuz.
ask-void-title = Bu değişiklik geçersiz
ask-void-text = Kayıt değişmedi. Şu anki değerlerle baştan başlayınız.
ask-void-record-changed = Kayıt bu arada değiştirildi.
ask-void-rule-changed = Kodu isteyen kural bu arada değiştirildi.
ask-void-rights = Bu değişikliği yapma yetkiniz artık yok.
ask-void-recipient = İletişim bilgisi bu arada değiştirildi.
ask-void-time = Değişikliğin yerine getirilmesi çok uzun sürdü.
ask-cancelled-title = Değişiklikten vazgeçildi
ask-cancelled-text = Kayıt değişmedi.
ask-done = Onaylandı ve kaydedildi.
ask-busy = Giriş sunucusu şu anda yanıt vermiyor. Kod doğruysa değişiklik kendiliğinden kaydedilir; değilse birazdan yeniden girin.

## Mühür
seal-text = Onaylayan: { $to }, { $at }

## Onay belgesini doğrulama
receipt-title = Onay belgesi doğrulama
receipt-genuine = Bu onay belgesi gerçek
receipt-not-genuine = Bu onay belgesi gerçek değil
receipt-what = { $company } bir değişikliği, kodla onaylandıktan sonra uyguladı.
receipt-intro = Bir belge, değişikliğin kodla onaylandığını gösterir. Belgenin gerçek olup olmadığını buradan denetleyebilirsiniz.
receipt-input = Onay belgesi
receipt-input-hint = Size verilen dosyayı bir metin düzenleyicide açıp tümünü buraya yapıştırınız.
receipt-submit = Doğrula
receipt-missing = Önce bir onay belgesi yapıştırınız.
receipt-confirmed-at = Onaylandı
receipt-applied-at = Uygulandı
receipt-confirmed-by = Onay yolu
receipt-confirmed-with = Onay yolu
receipt-by-sms = SMS ile gönderilen kod: { $to }
receipt-by-mail = e-posta ile gönderilen kod: { $to }
receipt-entered-by = Kodu giren
receipt-rule = Kural
receipt-rule-version = { $name }, sürüm { $version }
receipt-record = Kayıt
receipt-chain = Kaydın zincirinde
receipt-chain-number = Bu kaydın { $number } numaralı onay belgesi
receipt-chain-whole = Öncesinde eksik yok.
receipt-chain-of = { $count } belgeden { $number } numaralısı, eksik yok
receipt-covered = { $number } numaralı denetim noktasının kapsamında
receipt-by-sms-hidden = SMS ile gönderilen kod
receipt-by-mail-hidden = e-posta ile gönderilen kod
receipt-own-copy = Neyin değiştiği burada gösterilmez: bu sayfa herkese açıktır. Görmek için belgenin sizdeki kopyasını yapıştırınız.
receipt-check-another = Bir belge doğrula
receipt-hidden = açıklanmadı
receipt-hidden-text = Bu kopyada bazı değerler yer almaz. Belge yine de aynı ölçüde geçerlidir.
receipt-why-malformed = Bu bir onay belgesi değil veya bir bölümü eksik. Tamamını yeniden kopyalayınız.
receipt-why-signature = İmza içeriğe uymuyor: içerik sonradan değiştirilmiş ya da belge burada hiç düzenlenmemiş.
receipt-why-key = Bize ait olmayan bir anahtarla imzalanmış.
receipt-why-issuer = Başka biri tarafından düzenlenmiş.
receipt-why-disclosure = Açıklanan bir değer bu belgeye ait değil.
receipt-why-not-applied = Değişiklik onaylanmış, ancak uygulanmamış.
receipt-why-unknown = İmza uyuyor, ancak burada böyle bir belge kayıtlı değil.
receipt-why-chain = Bu kaydın belgeleri birbirini izlemiyor: biri eksik ya da değiştirilmiş.
receipt-do = Bu belgeye güvenmeyiniz. Belgeyi aldığınız firmadan yeni bir kopya isteyiniz.
receipt-download = İndir
receipt-print = Yazdır
receipt-not-me = Bu ben değildim
receipt-not-me-text = Hemen firmaya bildiriniz ve belgenin numarasını belirtiniz.
receipt-technical = İmza denetleyenler için
receipt-technical-text = Belge bir SD-JWT’dir (RFC 9901). Değerleri, imzayı veya zinciri bozmadan silinebilir.
receipt-key = Anahtar
receipt-algorithm = Algoritma
receipt-id = Belge numarası
receipt-digest = İçeriğin özeti
receipt-previous = Önceki belgenin özeti
receipt-first = Bu, kaydın ilk onay belgesidir.
receipt-keys-at = Yayımlanan anahtarlar

## Bekleyen bir değişiklik: ayrıntılar
pending-by = İsteyen: { $name }.
pending-rule-done = onaylandı
pending-to-record = Kayda git
pending-tries-again = Saat { $time } itibarıyla yeniden deneyebilirsiniz.
pending-void-expired = Kod zamanında girilmedi.
pending-recipient-missing-title = Bunu onaylayabilecek kimse yok
pending-recipient-missing-text = Bu değişiklik için kod gerekiyor, ancak kodun gönderilebileceği bir iletişim bilgisi yok. Önce ilgili kişiyi ve iletişim bilgisini doldurun. Hiçbir şey değişmedi.
pending-recipient-held-title = Bunu kendiniz onaylatamazsınız
pending-recipient-held-text = İletişim bilgisini kısa süre önce siz değiştirdiniz; bu yüzden şimdilik sizin isteğinizle oraya kod gönderilmez. Bu değişikliği bir iş arkadaşınızdan isteyin. Yöneticiniz bu reddi görebilir; hiçbir şey değişmedi.
pending-receipt-title = Onay belgesi
pending-receipt-check = Bu belgeyi doğrula
