//! Secrets: read from the environment or a file, and never shown.

use std::{
    env::{self, VarError},
    fmt, fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};

use super::NetError;
use crate::platform::SecretPlace;

/// Bytes that a file with a secret may have: tokens are a few kilobytes at most, and whoever names the wrong file
/// is told so.
const LARGEST_FILE: u64 = 64 * 1024;

/// A password, a token or a secret header. It is never printed, and overwritten in memory when it goes.
pub struct Secret {
    text: SecretString,
    place: String,
    warning: Option<String>,
}

impl Secret {
    /// Reads a secret; `resolve` gives the path of a file that the platform file names.
    ///
    /// # Errors
    /// It is not there, cannot be read, or is empty. The message names the place, never the content.
    pub fn read(place: &SecretPlace, resolve: &dyn Fn(&Path) -> PathBuf) -> Result<Secret, NetError> {
        match place {
            SecretPlace::Environment(name) => Secret::of_variable(name, env::var(name)),
            SecretPlace::File(path) => Secret::of_file(&resolve(path)),
        }
    }

    fn of_variable(name: &str, found: Result<String, VarError>) -> Result<Secret, NetError> {
        let place = format!("environment variable {name}");
        match found {
            Ok(text) => Secret::new(text, place, None),
            Err(VarError::NotPresent) => {
                Err(refused(&place, "is not set", "set it for the user and the job that runs mailtide"))
            }
            Err(VarError::NotUnicode(_)) => Err(refused(&place, "is not UTF-8", "set it to plain text")),
        }
    }

    fn of_file(path: &Path) -> Result<Secret, NetError> {
        let place = format!("secret file {}", path.display());
        let unreadable = |error: io::Error| {
            let problem = format!("cannot be read: {error}");
            refused(&place, &problem, "make it a file that the user who runs mailtide can read")
        };
        let file = fs::File::open(path).map_err(unreadable)?;
        let warning = file.metadata().map_err(unreadable).map(|metadata| warning(path, &metadata))?;
        let mut bytes = Vec::new();
        file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > LARGEST_FILE {
            let problem = format!("is larger than {LARGEST_FILE} bytes");
            return Err(refused(&place, &problem, "name a file that holds the secret and nothing else"));
        }
        let Ok(mut text) = String::from_utf8(bytes) else {
            return Err(refused(&place, "is not UTF-8", "write the secret as plain text"));
        };
        if text.ends_with('\n') {
            text.pop();
            if text.ends_with('\r') {
                text.pop();
            }
        }
        Secret::new(text, place, warning)
    }

    fn new(text: String, place: String, warning: Option<String>) -> Result<Secret, NetError> {
        if text.is_empty() {
            return Err(refused(&place, "is empty", "put the secret there"));
        }
        Ok(Secret { text: text.into(), place, warning })
    }

    /// Where it is kept, in words: `environment variable PROM_PASSWORD`.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What the operator should know about where it is kept.
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }

    /// The same secret as a header holds it, so that neither form is shown.
    pub(super) fn in_other_letters(&self, text: &str) -> Option<Secret> {
        (text != self.expose()).then(|| Secret {
            text: text.into(),
            place: self.place.clone(),
            warning: None,
        })
    }

    /// The secret itself, for the request alone.
    pub(super) fn expose(&self) -> &str {
        self.text.expose_secret()
    }
}

/// Shows the place, never the secret.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.place)
    }
}

fn refused(place: &str, problem: &str, next_step: &str) -> NetError {
    NetError::Setup { problem: format!("{place} {problem}"), next_step: next_step.to_owned() }
}

#[cfg(unix)]
fn warning(path: &Path, metadata: &fs::Metadata) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;

    // The bit with which everybody may read.
    let by_everybody = metadata.permissions().mode() & 0o004 != 0;
    by_everybody.then(|| format!("{0} can be read by every user here; run `chmod o-r {0}`", path.display()))
}

#[cfg(not(unix))]
fn warning(_path: &Path, _metadata: &fs::Metadata) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_file(content: &[u8]) -> Result<Secret, String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("password"), content).unwrap();
        let resolve = |path: &Path| folder.path().join(path);
        let shown = folder.path().display().to_string();
        Secret::read(&SecretPlace::File("password".into()), &resolve)
            .map_err(|error| error.to_string().replace(&shown, "DIR"))
    }

    #[test]
    fn one_line_break_is_cut_and_no_more() {
        assert_eq!(of_file(b"s3cret").unwrap().expose(), "s3cret");
        assert_eq!(of_file(b"s3cret\n").unwrap().expose(), "s3cret");
        assert_eq!(of_file(b"s3cret\r\n").unwrap().expose(), "s3cret");
        assert_eq!(of_file(b" s3cret \n\n").unwrap().expose(), " s3cret \n");
    }

    #[test]
    fn refusals_name_the_place_and_never_the_content() {
        let message = |content: &[u8]| of_file(content).unwrap_err();
        assert_eq!(message(b"\n"), "secret file DIR/password is empty; put the secret there");
        assert_eq!(
            message(b"s3cret\xff"),
            "secret file DIR/password is not UTF-8; write the secret as plain text"
        );
        assert_eq!(
            message(&[b's'; 65_537]),
            "secret file DIR/password is larger than 65536 bytes; name a file that holds the secret and nothing else"
        );
        let missing = Secret::of_file(Path::new("no/such/file")).unwrap_err().to_string();
        assert!(missing.starts_with("secret file no/such/file cannot be read: "), "{missing}");
        assert!(of_file(&[b's'; 65_536]).is_ok());
    }

    #[test]
    fn variables_are_read() {
        // Every system that cargo runs on sets PATH.
        let place = SecretPlace::Environment("PATH".to_owned());
        let secret = Secret::read(&place, &|path| path.to_owned()).unwrap();
        assert_eq!(secret.expose(), env::var("PATH").unwrap());
        let message = |found| Secret::of_variable("PROM_PASSWORD", found).unwrap_err().to_string();
        assert_eq!(
            message(Err(VarError::NotPresent)),
            "environment variable PROM_PASSWORD is not set; set it for the user and the job that runs mailtide"
        );
        assert_eq!(
            message(Ok(String::new())),
            "environment variable PROM_PASSWORD is empty; put the secret there"
        );
        assert_eq!(
            message(Err(VarError::NotUnicode("s3cret".into()))),
            "environment variable PROM_PASSWORD is not UTF-8; set it to plain text"
        );
    }

    #[test]
    fn debug_shows_the_place_alone() {
        let secret = Secret::of_variable("PROM_PASSWORD", Ok("s3cret".to_owned())).unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(environment variable PROM_PASSWORD)");
    }

    #[cfg(unix)]
    #[test]
    fn files_that_everybody_reads_are_warned_of() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        fs::write(&path, "s3cret").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(Secret::of_file(&path).unwrap().warning(), None);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let shown = path.display();
        let warning = format!("{shown} can be read by every user here; run `chmod o-r {shown}`");
        assert_eq!(Secret::of_file(&path).unwrap().warning(), Some(warning.as_str()));
    }
}
