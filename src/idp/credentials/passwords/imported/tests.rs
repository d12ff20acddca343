//! Hashes as the other systems write them.

use super::*;
use crate::idp::credentials::passwords::workers::Memory;

const PASSWORD: &[u8] = b"correct horse battery staple";

fn is_right(imported: &Imported, password: &[u8]) -> bool {
    let made = imported.scheme.value(password, &imported.salt, imported.value.len(), &mut Memory::default()).unwrap();
    *made == *imported.value
}

/// S3: what Django 5.2, passlib, argon2-cffi, 389 Directory Server and Keycloak write for one password.
#[test]
fn hashes_of_other_systems_are_read_and_checked() {
    for text in [
        // django pbkdf2_sha256
        r#"pbkdf2_sha256$1000$NaClNaClNaClNaClNaClNa$xLEQuYdlNRONA42dKUW0ZS71DWvaTkTCD1IsVak53Qg="#,
        // django pbkdf2_sha1
        r#"pbkdf2_sha1$1000$NaClNaClNaClNaClNaClNa$Potzb10pOFCtEnlnvbDgNlCM044="#,
        // django bcrypt_sha256
        r#"bcrypt_sha256$$2b$04$zT4hx1VchVmkCNftLYXTNeE/NZ.JiJ4GAetkZDb3gtCwzKlfHYvJG"#,
        // django bcrypt
        r#"bcrypt$$2b$04$g72f4VznCky56GpD8LmvCuaXyPEUNBEkY4mQJTxqdYUdAd.NaKWG."#,
        // django scrypt
        r#"scrypt$256$NaClNaClNaClNaClNaClNa$8$5$k8gPZaKzHMx029rgxB/zHv97bnG+KSjT5CfweK9jRadJ1Ocn1Ze+E/f8JBR1GebyfdcBUE3OCisvhmpazC/5Cg=="#,
        // django argon2
        r#"argon2$argon2id$v=19$m=64,t=1,p=2$TmFDbE5hQ2xOYUNsTmFDbE5hQ2xOYQ$IUHwKqZADXob0v8uyN3PHPMZqW1B6Ezk7GPdPIfmsjs"#,
        // ldap_salted_sha1
        r#"{SSHA}xkZxVHu9yxr0ovp7+exRiwGnj0/M2Zuz"#,
        // ldap_sha1
        r#"{SHA}q/eq1kOINtvlJqojGr3i0O73TUI="#,
        // ldap_salted_sha256
        r#"{SSHA256}F00nsUs6sm9uop8mpi88DdiLZ37SH11PKWRIuGO7M8V8D4Gw9v6f8w=="#,
        // ldap_salted_sha512
        r#"{SSHA512}UTbPVutnrodJ7HNKoKzWFNPAG+AJOfz0EdGbfkBSOIsC/F104UTQVsI1v9UYVyv9JqObdkadaCfvGCOioQ24sjyHcK51bk2J"#,
        // ldap_bcrypt
        r#"{CRYPT}$2b$04$nHsUpQc.3LrcUTUi0CP9tuuGQOeAHLsvaHzly9K1lD4GGLAbHAfIy"#,
        // ldap_pbkdf2_sha1
        r#"{PBKDF2}1000$u1fqfW.N8T6H8F4r5Zxzzg$jlPxK2tiXEpF3JdIVst6m1mGOVw"#,
        // ldap_pbkdf2_sha256
        r#"{PBKDF2-SHA256}1000$JYRQai1FiHFOiREC4Nxbaw$FSPZ5bY6fS6zSkyv.sfuJc5RONxkZBWMcr9bgMGn/48"#,
        // ldap_pbkdf2_sha512
        r#"{PBKDF2-SHA512}1000$mLP2nrOW8r7Xem.tFaI0pg$K6MTLkccX4nWgVzoWV79N1oCFo9ivvNEO/aU3UFB7M1zGCDCCGhtk3jo.zsXmGRADFRNNx8F39PYc.iVFSJ/bw"#,
        // pbkdf2_sha256
        r#"$pbkdf2-sha256$1000$yplz7t2bkzJGiBGCcI6R0g$RxPxB8DwZuKpr9TY3kVLz61a6MUVI1jSC1g9k1HungE"#,
        // scrypt
        r#"$scrypt$ln=8,r=8,p=1$p1QqpXTufU8JIcS4VwqB0A$SOoY9ZCwGcXuQShfyKwPdyPmD0POfz8I+NQ++l/zA4c"#,
        // argon2
        r#"$argon2id$v=19$m=64,t=1,p=1$XoFrWvg6nGCWFRdO4n79Zg$8l9Bc+KCiVKGum2rGBgloZ7xVphJgQ2a2ByXvKlWEIc"#,
        // ldap argon2
        r#"{ARGON2}$argon2id$v=19$m=64,t=1,p=1$XoFrWvg6nGCWFRdO4n79Zg$8l9Bc+KCiVKGum2rGBgloZ7xVphJgQ2a2ByXvKlWEIc"#,
        // 389ds
        r#"{PBKDF2_SHA256}AAAD6AABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8fLZfaCYBxfSiJ4pgToo5iP+grvgyQL2N0c7WLAQxrPRM73Scjl2N8gLIW9TmR8ZTiVDUrTwxDpRJvd7e/ubFqzj2ILmWQTDwPPLnUHfipdtFdj+8iMmVx6XrSpk/FAwB4eKMoLD9Z5GGoPHEo7x18/3dNm1Zsr1S1Y9tL9B0quEViifsDt8z+TH420PzF996UfyY4ML7GflBd+5TdtfKJidtNidfcFES121e6dYzbsfSoV9ewyh9X1E0Hn5WR+VbUJAcqe5lbS/t0Eyd97/TCilinerHJtWi+umL/fp0ajftkaDj5hqa/pbL2qgEKXJOjw0doh7a7AhZnv5vDKyM3"#,
        // keycloak pbkdf2-sha256
        r#"{"id": "x", "type": "password", "createdDate": 1, "secretData": "{\"value\": \"ppsXnjrdPB4KryJ6DrOqKqhkWrhv7PbKAMF1Eml8cZ7TX23G+6QgERwdCrtdq7/IU5aB6IVSOpTz6igHBLZ5Gw==\", \"salt\": \"AAECAwQFBgcICQoLDA0ODw==\", \"additionalParameters\": {}}", "credentialData": "{\"hashIterations\": 1000, \"algorithm\": \"pbkdf2-sha256\", \"additionalParameters\": {}}"}"#,
        // keycloak pbkdf2-sha512
        r#"{"id": "x", "type": "password", "createdDate": 1, "secretData": "{\"value\": \"A6AmFIti7CKlYdoPiV9jf1d9llp37o27Wms8Zx8fwMJGCOigJzAthOW3Pg+XF5PnNiYnsQsIz1N5NtynrEm78w==\", \"salt\": \"AAECAwQFBgcICQoLDA0ODw==\", \"additionalParameters\": {}}", "credentialData": "{\"hashIterations\": 1000, \"algorithm\": \"pbkdf2-sha512\", \"additionalParameters\": {}}"}"#,
        // keycloak pbkdf2
        r#"{"id": "x", "type": "password", "createdDate": 1, "secretData": "{\"value\": \"AOm/kOb/+YAZ3ZwSogYgNu9fO1g=\", \"salt\": \"AAECAwQFBgcICQoLDA0ODw==\", \"additionalParameters\": {}}", "credentialData": "{\"hashIterations\": 1000, \"algorithm\": \"pbkdf2\", \"additionalParameters\": {}}"}"#,
        // keycloak argon2
        r#"{"secretData": {"value": "LfR+3mNY7Repl21PztuJehADbUMqSs7xfSY7/Ji9IKw=", "salt": "AAECAwQFBgcICQoLDA0ODw==", "additionalParameters": {}}, "credentialData": {"hashIterations": 2, "algorithm": "argon2", "additionalParameters": {"hashLength": ["32"], "memory": ["64"], "type": ["id"], "version": ["1.3"], "parallelism": ["1"]}}}"#,
        // bcrypt 2a
        r#"$2a$04$paDkIDw/EC6IQ12Xl1hiI.mEf7G1ZHEEKBxxlOu94TzrK68Po.436"#,
        // keycloak bcrypt
        r#"{"secretData": "{\"value\": \"$2a$04$paDkIDw/EC6IQ12Xl1hiI.mEf7G1ZHEEKBxxlOu94TzrK68Po.436\", \"salt\": \"\"}", "credentialData": "{\"hashIterations\": 4, \"algorithm\": \"bcrypt\"}"}"#,
    ] {
        let imported = read(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert!(is_right(&imported, PASSWORD), "{text}");
        assert!(!is_right(&imported, b"correct horse battery stapl"), "{text}");
    }
}

#[test]
fn what_is_no_hash_is_refused_with_what_is_wrong() {
    let refused = |text: &str| read(text).err();
    for text in
        ["", "hunter2", "md5$salt$0123", "{MD5}XrY7u+Ae7tCTyyK7j1rNww==", "{CRYPT}$6$salt$value", "$6$salt$value", "$1$a$b"]
    {
        assert!(matches!(refused(text), Some(NotTaken::Unknown | NotTaken::Malformed("bcrypt"))), "{text}");
    }
    for (text, of) in [
        ("$2b$10$abc", "bcrypt"),
        ("$2x$04$paDkIDw/EC6IQ12Xl1hiI.mEf7G1ZHEEKBxxlOu94TzrK68Po.436", "bcrypt"),
        ("$argon2id$v=19$m=64,t=1,p=1$AAAA", "Argon2"),
        ("pbkdf2_sha256$many$salt$AAAA", "PBKDF2"),
        ("scrypt$16385$salt$8$1$AAAA", "scrypt"),
        ("{SSHA}AAAA", "SHA"),
        (r#"{"secretData": {}, "credentialData": {}}"#, "Keycloak"),
        ("pbkdf2_sha256$1000$salt$AAAA", "a known kind"),
    ] {
        assert_eq!(refused(text), Some(NotTaken::Malformed(of)), "{text}");
    }
}

/// case 31
#[test]
fn a_hash_that_costs_too_much_is_refused() {
    let value = "A".repeat(44);
    for text in [
        format!("pbkdf2_sha256$4000000000$salt${value}"),
        format!("scrypt$1048576$salt$8$1${value}"),
        "$2b$31$paDkIDw/EC6IQ12Xl1hiI.mEf7G1ZHEEKBxxlOu94TzrK68Po.436".to_owned(),
        "$argon2id$v=19$m=4194304,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
    ] {
        assert_eq!(read(&text).err(), Some(NotTaken::TooCostly), "{text}");
    }
}
