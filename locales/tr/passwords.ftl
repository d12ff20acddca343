### Bir parolanın tahmine ne kadar dayanacağı; parola seçilen her yerde.

strength-label = Bu parolanın gücü
strength-0 = Hemen tahmin edilir
strength-1 = Çok zayıf
strength-2 = Zayıf
strength-3 = İyi
strength-4 = Güçlü
strength-advice = Bu parola çok kolay tahmin edilir. Birbiriyle ilgisi olmayan bir iki sözcük daha ekleyiniz.
strength-advice-keys = Klavyedeki sıralar ve desenler kolay tahmin edilir. Bunun yerine birkaç sözcük kullanınız.
strength-advice-repeats = Aynı karakterleri yinelemek pek işe yaramaz. Birkaç farklı sözcük kullanınız.
strength-advice-common = Bu, pek çok kişinin kullandığı parolalara çok benziyor. Yalnızca sizin yan yana getireceğiniz birkaç sözcük kullanınız.
strength-advice-sequence = abc veya 6543 gibi diziler kolay tahmin edilir. Bunları kullanmayınız.
strength-advice-dates = Tarihler ve yıllar kolay tahmin edilir. Bunları çıkarınız veya birkaç sözcük ekleyiniz.
strength-advice-word = Tek bir sözcük kolay tahmin edilir. Bir iki sözcük daha ekleyiniz.
strength-advice-names = Adlar kolay tahmin edilir. Bunlarla ilgisi olmayan birkaç sözcük ekleyiniz.
