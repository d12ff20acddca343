### Nasıl oturum açıldığını adım adım ayarlamak: parola seçildikten sonra ve kişide olandan fazlası istendiğinde.

setup-title = Oturum açma yönteminiz
setup-steps = Adımlar
setup-step = Adım { $step } / { $of }
setup-step-done = Tamamlandı:
setup-step-password = Parola
setup-step-factor = İkinci adım
setup-step-codes = Kurtarma kodları

setup-factor-title = İkinci adımı seçiniz
setup-asked = { $company } parolanızın yanında ikinci bir adım istiyor. Nasıl olacağını seçiniz.
setup-asked-app = { $app } henüz ayarlamadığınız ikinci bir adım istiyor. Nasıl olacağını seçiniz; ardından { $app } açılır.
setup-offered = İkinci adımla, yalnızca parolanızı bilen kimse içeri giremez.
setup-offered-fresh = Parolanız kaydedildi ve oturumunuz açıldı. İkinci adımla, yalnızca bu parolayı bilen kimse içeri giremez.
setup-passkey = Geçiş anahtarı
setup-passkey-text = Parmak iziniz, yüzünüz veya PIN kodunuz. En hızlısı; oltalanamaz.
setup-authenticator = Kimlik doğrulama uygulaması
setup-authenticator-text = Telefonunuzda her 30 saniyede yeni bir kod gösteren uygulama.
setup-sms = Kısa mesaj
setup-sms-text = Her seferinde telefonunuza bir kod.
setup-none-title = Bunların hiçbiri burada ayarlanamıyor
setup-none-text = İstenen yöntem bu adreste kullanılamıyor. Lütfen yöneticinize bildiriniz.
setup-later = Şimdi değil
setup-another-way = Başka bir yol seçiniz

setup-codes-title = Bir dönüş yolunuz olsun
setup-codes-text = Telefonunuzu veya anahtarınızı kaybederseniz bir kurtarma koduyla girebilirsiniz. On kod alırsınız; her biri bir kez geçerlidir. Yazdırınız veya güvenli bir yerde saklayınız.
setup-codes-show = Kurtarma kodlarımı göster
