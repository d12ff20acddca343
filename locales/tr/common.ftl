### Türkçe: resmî (siz). Yer tutuculara ek getirilmez; ek alacak yerde yanına bir ad konur. Açıklamalar İngilizce dosyalarda.

skip-to-main = İçeriğe geç
language-label = Dil
theme-label = Görünüm
theme-auto = Cihazdaki gibi
theme-light = Açık
theme-dark = Koyu

app-record-store = Müşteri dosyaları

## Formlar
form-save = Kaydet
form-saving = Kaydediliyor…
form-cancel = Vazgeç
form-back = Geri
form-continue = Devam
form-optional = (isteğe bağlı)
form-error-prefix = Hata:
form-problems-title = { $count ->
    [one] Düzeltilmesi gereken bir şey var
   *[other] Düzeltilmesi gereken { $count } şey var
}
form-required = Bu alanı doldurunuz.
form-email-invalid = ad@example.com gibi bir e-posta adresi giriniz.
form-phone-invalid = Ülke koduyla birlikte bir telefon numarası giriniz; örneğin +90 532 123 45 67.
form-url-invalid = https:// veya http:// ile başlayan bir web adresi giriniz.
form-number-invalid = Bir sayı giriniz.
form-date-invalid = Var olan bir tarih giriniz.
form-time-invalid = Var olan bir tarih ve saat giriniz.
form-choice-invalid = Listedeki değerlerden birini seçiniz.
form-lookup-invalid = Listeden seçiniz. Aradığınız kayıt silinmiş veya artık size kapalı olabilir.
form-person-invalid = Listeden birini seçiniz. Seçtiğiniz kişi artık burada olmayabilir ya da onu seçemezsiniz.
form-too-long = { $max ->
    [one] En fazla bir karakter kullanınız.
   *[other] En fazla { $max } karakter kullanınız.
}
form-value-invalid = Bu değer buraya uymuyor.
form-unknown-field = { $name } adında bir alan yok.

## Değerler
value-yes = Evet
value-no = Hayır
value-none = Doldurulmadı
value-masked = Gizlenmiş
value-unknown = Bilinmiyor
value-me = ben
change-from = önceki değer:
change-to = yeni değer:

## Süre
time-left = { $time } kaldı
time-until = son saat { $time }
time-left-label = Kalan süre

## Liste sayfaları
pager-label = Sayfalar
pager-previous = Önceki
pager-next = Sonraki
pager-range = { $from }–{ $to } / { $total }
pager-range-more = { $from }–{ $to } / 1.000’den fazla
pager-shown = { $count ->
    [one] 1 kayıt gösteriliyor
   *[other] { $count } kayıt gösteriliyor
}

## Kişiler
user-menu-label = Oturum açan: { $name }
sign-out = Oturumu kapat
hello-morning = Günaydın, { $name }
hello-afternoon = İyi günler, { $name }
hello-evening = İyi akşamlar, { $name }
hello-night = Merhaba, { $name }
