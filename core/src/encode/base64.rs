//! Standard base64 with padding (RFC 4648 section 4).

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Appends `data` encoded, without quotes.
pub fn write(out: &mut Vec<u8>, data: &[u8]) {
    let digit = |bits: u32| ALPHABET.get((bits & 0x3f) as usize).copied().unwrap_or(b'=');
    for chunk in data.chunks(3) {
        let byte = |at: usize| chunk.get(at).copied().map_or(0, u32::from);
        let word = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        let third = if chunk.len() > 1 { digit(word >> 6) } else { b'=' };
        let fourth = if chunk.len() > 2 { digit(word) } else { b'=' };
        out.extend_from_slice(&[digit(word >> 18), digit(word >> 12), third, fourth]);
    }
}

/// Decodes what [`write`] has encoded; other characters end it.
pub fn read(text: &[u8]) -> Vec<u8> {
    let mut data = Vec::with_capacity(text.len() / 4 * 3);
    let (mut word, mut bits) = (0_u32, 0);
    for byte in text {
        let Some(digit) = ALPHABET.iter().position(|known| known == byte) else { break };
        word = (word << 6) | digit as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            data.push((word >> bits) as u8);
        }
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_of_padding_comes_back() {
        for (data, text) in [(&b""[..], ""), (b"f", "Zg=="), (b"fo", "Zm8="), (b"foo\xff", "Zm9v/w==")] {
            let mut out = Vec::new();
            write(&mut out, data);
            assert_eq!(out, text.as_bytes());
            assert_eq!(read(&out), data);
        }
    }
}
