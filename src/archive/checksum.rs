//! Checksums: each file of the archive carries one of itself in its footer.
//!
//! Parquet pages have none as polars writes them, and a damaged page can decode into wrong numbers.
//! The footer's key-value metadata holds `mailtide.crc32:` and eight hexadecimal digits: the CRC-32 of
//! the whole file with zeros in place of those digits. Other readers of Parquet pass over it.

use flate2::Crc;
use memchr::memmem;

/// The metadata's key.
pub(super) const KEY: &str = "mailtide.crc32";
/// The metadata's value before [`seal`].
pub(super) const UNSEALED: &str = "mailtide.crc32:00000000";

const MARK: &[u8] = b"mailtide.crc32:";
const ZEROS: &[u8; DIGITS] = b"00000000";
const DIGITS: usize = 8;

/// Puts the checksum into a file that was written with [`UNSEALED`]. Says whether there was a place for it.
#[must_use]
pub(super) fn seal(file: &mut [u8]) -> bool {
    let Some(digits) = place(file) else { return false };
    let sum = format!("{:08x}", crc(&[file]));
    match file.get_mut(digits..digits + DIGITS) {
        Some(place) => place.copy_from_slice(sum.as_bytes()),
        None => return false,
    }
    true
}

/// Says what is wrong with a file that is not as [`seal`] left it.
pub(super) fn verify(file: &[u8]) -> Result<(), &'static str> {
    let digits = place(file).ok_or("is cut off or was not written by Mailtide")?;
    let (before, rest) = file.split_at(digits);
    let (sum, after) = rest.split_at(DIGITS);
    if format!("{:08x}", crc(&[before, ZEROS, after])).as_bytes() == sum {
        Ok(())
    } else {
        Err("is damaged: its checksum does not fit its content")
    }
}

/// Where the last mark's digits begin; all of them lie within the file.
fn place(file: &[u8]) -> Option<usize> {
    let digits = memmem::rfind(file, MARK)? + MARK.len();
    (digits + DIGITS <= file.len()).then_some(digits)
}

fn crc(parts: &[&[u8]]) -> u32 {
    let mut crc = Crc::new();
    parts.iter().for_each(|part| crc.update(part));
    crc.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed() -> Vec<u8> {
        let mut file = [b"PAR1 some points ", UNSEALED.as_bytes(), b" footer PAR1"].concat();
        assert!(seal(&mut file));
        file
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_seen() {
        let file = sealed();
        assert_eq!(verify(&file), Ok(()));
        for byte in 0..file.len() {
            assert!(verify(&file[..byte]).is_err(), "cut at {byte}");
            for bit in 0..8 {
                let mut flipped = file.clone();
                flipped[byte] ^= 1 << bit;
                assert!(verify(&flipped).is_err(), "bit {bit} of byte {byte}");
            }
        }
    }

    #[test]
    fn a_file_without_a_place_is_not_sealed() {
        assert!(!seal(&mut b"PAR1".to_vec()));
        assert!(!seal(&mut b"mailtide.crc32:000".to_vec()));
    }
}
