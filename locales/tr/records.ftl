### Kayıt sayfaları, crm.ftl yanında.

value-money = { $symbol }{ $amount }
# Sizes of files. $number: as the language writes it
value-bytes = { $number } bayt
value-kilobytes = { $number } kB
value-megabytes = { $number } MB

overview-todo-all = Tüm etkinlikler
overview-today = Bugün
overview-today-none = Bugün için planlanan bir şey yok.
overview-nothing-title = Burada henüz sizin için bir şey yok
overview-nothing-text = Oturumunuz açık, ancak kayıtları gösteren bir rolünüz yok. Yöneticinize başvurun.

pager-first = İlk sayfa
crm-untitled = Görünür adı yok
crm-page-none = Bu sayfada artık bir şey yok. İlk sayfadan başlayın.
crm-find-label = Bu listede ara
crm-search-hint = Yukarıdaki kutuya bir adın veya numaranın bir bölümünü yazın.
crm-filter-how = Karşılaştırma
crm-filter-value = Değer
crm-op-is = eşittir
crm-op-is-not = eşit değildir
crm-op-contains = içerir
crm-op-starts = ile başlar
crm-op-empty = boş
crm-op-not-empty = dolu
crm-op-less = küçüktür
crm-op-at-most = en fazla
crm-op-more = büyüktür
crm-op-at-least = en az
crm-op-any = şunlardan biri
crm-op-all = şunların hepsi
crm-op-none = şunlardan hiçbiri
crm-chip-is = { $field }: { $value }
crm-chip-is-not = { $field }: { $value } değil
crm-chip-contains = { $field }: { $value } içerir
crm-chip-starts = { $field }: { $value } ile başlar
crm-chip-empty = { $field }: boş
crm-chip-not-empty = { $field }: dolu
crm-chip-less = { $field }: { $value } altında
crm-chip-at-most = { $field }: en fazla { $value }
crm-chip-more = { $field }: { $value } üstünde
crm-chip-at-least = { $field }: en az { $value }
crm-chip-any = { $field }: { $value }
crm-chip-all = { $field }: { $value } hepsi
crm-chip-none = { $field }: { $value } hiçbiri

crm-tabs-label = Bölümler
crm-set-to = { $value } yap
crm-unchanged = Zaten böyleydi. Hiçbir şey değişmedi.
crm-related-none = Henüz yok.
crm-related-all = Tümünü göster
crm-sealed = Kodla onaylandı
crm-somebody = Bir başkası
crm-field = Alan
crm-theirs = Şu an kayıtlı olan
crm-yours = Formunuzdaki
crm-sent-before = Bu form daha önce başka değerlerle kaydedildi. Kontrol edip yeniden kaydedin.
crm-needs-code-title = Bu değişiklik için kod gerekiyor
crm-needs-code-text = Bir kural, kaydetmeden önce müşterinin kodunu istiyor; şu anda kod gönderilemiyor. Hiçbir şey değişmedi.

crm-refused-change-enters-view = Bu değişiklik size şimdikinden fazla yetki verirdi. Hiçbir şey kaydedilmedi.
crm-refused-change-leaves-view = Bu değişiklikten sonra kaydı göremezdiniz. Hiçbir şey kaydedilmedi.
crm-refused-change-not-allowed = Bu kaydı okuyabilir, ancak değiştiremezsiniz.
crm-refused-create-not-allowed = Bu değerlerle kayıt oluşturamazsınız.
crm-refused-delete-not-allowed = Bu kaydı silemezsiniz.
crm-refused-mark-not-allowed = Bu kaydı kimin gördüğünü değiştiremezsiniz.
crm-refused-attach-not-allowed = Buraya dosya ekleyemez veya buradan dosya kaldıramazsınız.

form-choose-one = Seçin …
form-bad-character = Görünmeyen karakterleri kaldırın.
form-number-too-large = Daha küçük bir sayı girin.
form-too-many-decimals = { $max ->
    [0] Tam sayı girin.
    [one] En fazla bir ondalık basamak kullanın.
   *[other] En fazla { $max } ondalık basamak kullanın.
}
form-phone-hint = Ülke koduyla, örneğin +90 532 123 45 67
form-lookup-hint = Adı veya bir bölümünü yazın.
form-lookup-several = Bu ada uyan birden çok kayıt var. Birini seçin.
form-lookup-cycle = Böylece kendi kendisinin parçası olurdu. Başka birini seçin.

# Files. $max: a size such as 25 MB; $name: of the file
form-file-hint = En fazla { $max }.
form-file-now = Şu anda: { $name }. Yerine koymak için bir dosya seçiniz.
form-file-coming = { $name } ulaştı ve bu formla birlikte kaydedilecek.
form-file-remove = Dosyayı kaldır
form-file-too-large = En fazla { $max } büyüklüğünde bir dosya seçiniz.
form-file-type = Bu türden dosyalar buraya alınmaz. Başka bir dosya seçiniz.
crm-file-then = { $name } dosyasının o günkü hâlini kaydet
form-file-gone = Dosyayı yeniden seçiniz; yüklenen dosya artık beklemiyor.
