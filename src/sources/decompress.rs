//! Decompression: gzip and zstd, told by their magic numbers.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::fault::Fault;

/// The most that one file may unfold to. A bomb of a few megabytes must not take the machine's memory.
const LARGEST: u64 = 8 << 30;

/// RFC 1952, section 2.3.1.
const GZIP: &[u8] = &[0x1f, 0x8b];

/// RFC 8878, section 3.1.1.
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// The bytes of a file, unfolded.
#[derive(Debug)]
pub(super) struct Content {
    /// What the file holds, as far as it could be unfolded.
    pub(super) bytes: Vec<u8>,
    /// Whether it was compressed.
    pub(super) compressed: bool,
    /// Why it could not be unfolded to the end.
    pub(super) fault: Option<Box<Fault>>,
}

/// Unfolds a file, several members or frames one after the other; one that is not compressed stays as it is.
pub(super) fn decompress(raw: Vec<u8>) -> Content {
    if raw.starts_with(GZIP) {
        unfold("gzip", MultiGzDecoder::new(raw.as_slice()))
    } else if raw.starts_with(ZSTD) {
        match zstd::stream::read::Decoder::new(raw.as_slice()) {
            Ok(decoder) => unfold("zstd", decoder),
            Err(error) => {
                Content { bytes: Vec::new(), compressed: true, fault: Some(broken("zstd", 0, &error)) }
            }
        }
    } else {
        Content { bytes: raw, compressed: false, fault: None }
    }
}

fn unfold(kind: &str, stream: impl Read) -> Content {
    let mut bytes = Vec::new();
    let fault = match stream.take(LARGEST).read_to_end(&mut bytes) {
        Err(error) => Some(broken(kind, bytes.len(), &error)),
        Ok(_) if bytes.len() as u64 == LARGEST => Some(Fault::at(
            bytes.len(),
            format!("the {kind} stream unfolds to more than {} GiB", LARGEST >> 30),
            "split the export into several files",
        )),
        Ok(_) => None,
    };
    Content { bytes, compressed: true, fault }
}

fn broken(kind: &str, offset: usize, error: &std::io::Error) -> Box<Fault> {
    let problem = format!("the {kind} stream is broken: {error}");
    Fault::at(offset, problem, "the file is cut off or damaged: copy or export it again")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn reads_all_members_and_frames() {
        let members = [gzip(b"mail"), gzip(b"tide")].concat();
        let frames = [zstd::encode_all(&b"mail"[..], 1).unwrap(), zstd::encode_all(&b"tide"[..], 1).unwrap()];
        for file in [members, frames.concat()] {
            let content = decompress(file);
            assert_eq!(content.bytes, b"mailtide");
            assert!(content.compressed && content.fault.is_none());
        }
    }

    #[test]
    fn a_cut_stream_keeps_what_came_before_and_says_so() {
        let text: Vec<u8> =
            (0..200_000u32).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        for whole in [gzip(&text), zstd::encode_all(&text[..], 1).unwrap()] {
            for cut in [3, 11, whole.len() / 2, whole.len() - 1] {
                let content = decompress(whole[..cut].to_vec());
                if cut == 3 && !content.compressed {
                    continue; // Three bytes of four are no magic number.
                }
                assert!(text.starts_with(&content.bytes));
                assert_eq!(content.fault.expect("cut").offset, content.bytes.len());
            }
        }
    }

    #[test]
    fn other_bytes_stay_as_they_are() {
        let content = decompress(b"up 1 2\n".to_vec());
        assert_eq!((content.bytes.as_slice(), content.compressed), (&b"up 1 2\n"[..], false));
    }
}
