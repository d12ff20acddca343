//! The files of the demonstration: small, real, and made here, so that the repository holds no binaries.

/// The bytes of a sample's file, by its name.
pub(super) fn bytes(name: &str) -> Option<Vec<u8>> {
    match name {
        "framework-agreement.pdf" => Some(pdf(&[
            "Framework agreement 2027",
            "",
            "Van Dam Logistics and Kowalski Transport agree on weekly",
            "pallet transport between Utrecht and Krakow.",
            "",
            "Term: 1 January to 31 December 2027.",
            "Price: as in quote Q-312.",
        ])),
        "price-memo.txt" => Some(
            "Price memo, for colleagues only\n\nQ-312: we can go down by 4 % if Kowalski asks. Do not offer it ourselves.\n"
                .as_bytes()
                .to_vec(),
        ),
        _ => None,
    }
}

/// A page of text as PDF 1.4 (ISO 32000-1, section 7.5): five objects, the table of where they begin, and the trailer.
fn pdf(lines: &[&str]) -> Vec<u8> {
    let mut text = String::from("BT /F1 12 Tf 72 770 Td 18 TL\n");
    for (n, line) in lines.iter().enumerate() {
        let size = if n == 0 { 18 } else { 12 };
        let escaped = line.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
        text.push_str(&format!("/F1 {size} Tf ({escaped}) Tj T*\n"));
    }
    text.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>"
            .to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
    ];
    let mut out = String::from("%PDF-1.4\n");
    let mut table = String::from("0000000000 65535 f \n");
    for (n, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", n + 1));
    }
    let start = out.len();
    let size = objects.len() + 1;
    out.push_str(&format!("xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"));
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn the_sample_says_where_its_parts_begin() {
        let made = String::from_utf8(bytes("framework-agreement.pdf").unwrap()).unwrap();
        let start: usize = made.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
        assert!(made[start..].starts_with("xref\n0 6\n"));
        for (n, line) in made[start..].lines().skip(3).take(5).enumerate() {
            let at: usize = line[..10].parse().unwrap();
            assert!(made[at..].starts_with(&format!("{} 0 obj", n + 1)), "{line}");
        }
        assert!(bytes("price-memo.txt").is_some() && bytes("nothing").is_none());
    }
}
