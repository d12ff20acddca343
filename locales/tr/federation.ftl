# Başka bir sağlayıcıyla oturum açma ve başka yerlerdeki hesaplar.

federation-or = Ya da
federation-continue = { $name } ile devam edin
federation-back = Oturum açmaya dönün
federation-nobody-title = Bu hesaba burada bağlı kimse yok
federation-nobody-text = { $name } orada kim olduğunuzu bildirdi, ancak buradaki hiçbir hesap ona bağlı değil. Burada hesabınız varsa her zamanki gibi oturum açın ve Bağlı hesaplar sayfasında bağlayın. Yoksa şirketten davet isteyin.
federation-declined-title = { $name } oturumunuzu açmadı
federation-declined-text = Siz vazgeçtiniz ya da { $name } kabul etmedi. Burada hiçbir şey değişmedi. Yeniden deneyebilir veya başka bir yolla oturum açabilirsiniz.
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
