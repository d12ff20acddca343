### Yönetim: kişilerin gelişi ve gidişi, geri dönüş yolları, başka yerdeki hesaplar, anahtarlar.

## Yapılanlar
admin-done-person-disabled = Hesap devre dışı bırakıldı. Elindeki her şey sona erdi.
admin-done-person-enabled = Hesap yeniden etkin.
admin-done-handed-over = İş devredildi.
admin-done-person-erased = Kişi silindi.
admin-done-person-invited = Davet edildi. Bağlantılı e-posta yolda.
admin-done-recovery-asked = İstendi. Kararı başka bir yönetici verir; kendisine e-posta gider.
admin-done-keys-made = Sonraki anahtarlar yayımlandı. Herkes öğrenecek zamanı bulunca imzalamaya başlar.
admin-done-keys-hastened = Artık yeni anahtarlar imzalıyor.
admin-done-key-withdrawn = Anahtar geri çekildi. İmzaladığı hiçbir şey artık geçerli değil.
admin-action-person-erased = Kişi silindi
admin-action-person-exported = Veriler kopyalandı
admin-action-person-handed-over = İş devredildi
admin-action-account-alarm = “Bu ben değildim” dendi
admin-action-address-restored = E-posta adresi geri konuldu
admin-action-recovery-waits = Geri dönüş için yöneticiye başvuruldu
admin-action-factors-reset = İkinci etkenler kaldırıldı
admin-action-credentials-dropped = Önceki oturum açma bilgileri geçersiz kılındı

## Reddedilenler
admin-refused-own = Kimse bunu kendi hesabına yapamaz. Başka bir yöneticiye başvurunuz.
admin-refused-open = Hesap etkin. Önce devre dışı bırakınız.
admin-refused-grants = Kişinin 100 ya da daha çok erişimi var. Önce bunları devrediniz.
admin-refused-mails = Bu adrese bugün çok fazla e-posta gitti. Yarın yeniden deneyiniz.
admin-refused-keys-wait = Sonraki anahtarlar zaten bekliyor. Şimdi kullanmak için “Hemen imzalasın” seçeneğini işaretleyiniz.
admin-refused-provider = Bu kısa adla bir sağlayıcı zaten var. Onu kendi sayfasında değiştiriniz.
admin-wrong-successor-self = Başka birini yazınız.
admin-wrong-successor-staff = Burada çalışan, burada çalışan birine devreder.
admin-wrong-confirm = Bu, kişinin e-posta adresi değil.
admin-wrong-groups = Var olan gruplardan en çok 50 tane seçiniz.
admin-wrong-roles = En çok 50 rol yazınız, her biri en çok 64 karakter.
admin-wrong-scope = Neyin kaybedildiğini seçiniz.
admin-wrong-reason = Nedenini en çok 500 karakterle yazınız.
admin-wrong-purpose = Anahtarların neyi imzaladığını seçiniz.
admin-wrong-alg = Algoritmalardan birini seçiniz ya da boş bırakınız.

## Hesabın bütünü
admin-leaving = Bu hesap
admin-person-erased = Silindi
admin-recovery-note = Oturum açtığı şeyi kaybeden biri için. Kararı başka bir yönetici verir.
admin-hand-over-note = Erişimler, açık davetler ve grup üyelikleri bir çalışma arkadaşına geçer.
admin-export-title = Verilerin kopyası
admin-export-note = Kişi hakkında saklanan her şey, tek dosyada
admin-export = İndir
admin-export-text = Dosyada { $name } hakkında saklanan her şey bulunur. Aldığınız, { $name } adlı kişinin göreceği yere yazılır.
admin-export-confirm = Dosyayı indir
admin-disable-title = Hesabı devre dışı bırak
admin-disable-note = Hemen ve her yerde. Sonra yeniden etkinleştirilebilir.
admin-disable = Devre dışı bırak
admin-disable-text = { $name } adlı kişinin oturumu her yerde kapanır ve artık açılamaz. Uygulamalar aldıklarını yitirir.
admin-disable-confirm = Hesabı devre dışı bırak
admin-enable-title = Hesabı etkinleştir
admin-enable-note = Önceden elinde olanlar sona ermiş kalır.
admin-enable = Etkinleştir
admin-enable-text = { $name } yeniden oturum açabilir.
admin-enable-confirm = Hesabı etkinleştir
admin-erase-title = Kişiyi sil
admin-erase-note = Kişisel her şey bir daha dönmemek üzere gider.

admin-hand-over-title = İşi devret
admin-hand-over-lead = { $name } adlı kişinin ilişkilerde görüp yapabildikleri, yanıt bekleyen davetleri ve grup üyelikleri başka birine geçer.
admin-hand-over-to = Kime
admin-hand-over-to-hint = Bir çalışma arkadaşının e-posta adresi
admin-hand-over-close = Hesabı da devre dışı bırak
admin-hand-over-close-hint = Ayrılan biri için
admin-hand-over-submit = Devret

admin-erase-heading = { $name } adlı kişiyi sil
admin-erase-lead = Ad, adres, etkenler, onaylar ve kim olduğunu söyleyen başka her şey kaldırılır ve geri getirilemez. Bir şeyin yapıldığı kalır, kimin yaptığı kalmaz. Gerekiyorsa önce verilerin kopyasını indiriniz.
admin-erase-address = Kişinin e-posta adresi
admin-erase-address-hint = Onaylamak için { $email } yazınız
admin-erase-submit = Bir daha dönmemek üzere sil

admin-recovery-title = Yeniden girmesine yardım et
admin-recovery-lead = Kararı başka bir yönetici verir. Onaylanınca { $name } adlı kişiye yeni parola belirleyeceği bağlantı e-postayla gider.
admin-recovery-scope = Ne kaybedildi
admin-recovery-reason-hint = Kararı verecek yönetici için: o kişi olduğunu nereden biliyorsunuz?
admin-recovery-submit = İste

## Davet etme
admin-invited = Davet edilenler
admin-invited-lead = Davet edilen ve henüz yanıt vermeyen kişiler
admin-invited-none-title = Davet edilen yok
admin-invited-none-text = Davet ettiğiniz kişi, e-postadaki bağlantıyla adresini doğrular ve parolasını belirler.
admin-invited-gets = Gruplar ve roller
admin-invited-revoke-text = { $name } adlı kişinin bağlantısı geçersiz olur.
admin-invite = Kişi davet et
admin-invite-lead = Kişiye bir hafta boyunca bir kez kullanılabilen bağlantı e-postayla gider. Hesap, bağlantı kullanılınca oluşur.
admin-invite-email-hint = Bağlantının gideceği yer. Kullanılması adresi doğrular.
admin-invite-roles-hint = Virgülle ayrılmış
admin-invite-submit = Davet et

## Anahtarlar
admin-key-next = Sıradaki
admin-key-signing = İmzalıyor
admin-key-retired = Yerini bıraktı
admin-key-withdrawn = Geri çekildi
admin-key-from = İmzalamaya başladığı tarih
admin-key-gone = Yayımda kaldığı tarih
admin-key-rotate = Anahtarları yenile
admin-key-rotate-lead = Sonraki anahtarlar önce yayımlanır, herkes öğrenecek zamanı bulunca imzalamaya başlar. Şimdikilerin imzaladıkları süreleri dolana kadar geçerlidir.
admin-key-rotate-submit = Yenile
admin-key-alg-hint = Kullanılan her algoritma için boş bırakınız.
admin-key-at-once = Hemen imzalasın
admin-key-at-once-hint = Yalnızca uygulamalar bilmedikleri anahtarı kendileri alıyorsa ya da şimdiki artık imzalamamalıysa.
admin-key-withdraw = Geri çek
admin-key-withdraw-text = Başkasının elinde olabilecek bir anahtar için. İmzaladığı hiçbir şey artık geçerli olmaz; böyle belirteci olanlar yeniden oturum açar. Geri alınamaz.
admin-key-withdraw-confirm = Anahtarı geri çek

## Başka yerdeki hesaplar
admin-elsewhere = Başka yerdeki hesaplar
admin-elsewhere-none = Başka bir sağlayıcıya bağlı değil.
# $subject: bir kimlik; $date: gün ve saat
admin-elsewhere-is = { $subject }, { $date } tarihinden beri
admin-elsewhere-remove-text = { $name } artık { $provider } ile oturum açamaz ve onunla başlayan oturumları kapanır.
admin-elsewhere-provider = Sağlayıcı
admin-elsewhere-subject = Oradaki özne kimliği
admin-elsewhere-subject-hint = Sağlayıcının kişiyi tanıdığı kimlik, aynen. Kişiye e-posta gider.
admin-elsewhere-add = Bağla
