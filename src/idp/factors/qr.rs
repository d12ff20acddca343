//! A picture that a camera reads, as one SVG path: dark on light whatever the page's theme, with the quiet zone that readers
//! need (ISO/IEC 18004).

use std::fmt::Write;

use askama::filters::Safe;
use qrcode::{Color, EcLevel, QrCode};

/// Light modules around the picture.
const QUIET: usize = 4;

/// The picture of `text`; empty when it is too long for one. The text is not in it as text. Its words for those who can't see
/// it stand beside it on the page.
pub fn svg(text: &str) -> Safe<String> {
    let Ok(code) = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M) else { return Safe(String::new()) };
    let width = code.width();
    let side = width + 2 * QUIET;
    let mut path = String::new();
    for (n, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let _ = write!(path, "M{} {}h1v1h-1z", n % width + QUIET, n / width + QUIET);
        }
    }
    Safe(format!(
        r#"<svg class="qr" viewBox="0 0 {side} {side}" shape-rendering="crispEdges" aria-hidden="true" focusable="false"><path class="light" d="M0 0h{side}v{side}H0z"></path><path class="dark" d="{path}"></path></svg>"#
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_has_a_quiet_zone_and_no_style_of_its_own() {
        let Safe(svg) = svg("otpauth://totp/Van%20Dam:daan%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Van%20Dam");
        assert!(svg.contains("<path class=\"dark\" d=\"M4 4h1v1h-1z"), "{svg}");
        assert!(!svg.contains("style=") && !svg.contains("JBSWY3DPEHPK3PXP"));
        assert!(super::svg(&"x".repeat(5000)).0.is_empty());
    }
}
