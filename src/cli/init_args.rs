//! What `mailtide init` is told, and the sources that makes.

use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;

use super::init_file::{InitSource, in_quotes};

/// What `init` is told.
#[derive(Debug, Clone, ClapArgs)]
pub(super) struct InitArgs {
    /// A Prometheus, or what answers its API: Thanos, Mimir, VictoriaMetrics; may be given several times
    #[arg(long, value_name = "URL")]
    pub(super) prometheus: Vec<String>,
    /// A graphite-web; may be given several times
    #[arg(long, value_name = "URL")]
    pub(super) graphite: Vec<String>,
    /// A region of CloudWatch, asked with the AWS credentials of the environment; may be given several times
    #[arg(long, value_name = "REGION")]
    pub(super) cloudwatch: Vec<String>,
    /// Exported files: a path, glob or directory; may be given several times
    #[arg(long, value_name = "PATH")]
    pub(super) files: Vec<String>,
    #[command(flatten)]
    access: Access,
    /// The platform's name, for reports
    #[arg(long, default_value = "Mail")]
    pub(super) name: String,
    /// The IANA time zone that days and weeks belong to [default: this machine's]
    #[arg(long, value_name = "ZONE")]
    pub(super) timezone: Option<String>,
    /// The currency of prices, by its ISO 4217 code
    #[arg(long, default_value = "EUR")]
    pub(super) currency: String,
    /// The file to write; it must not be there yet
    #[arg(long, short, value_name = "FILE", default_value = "platform.toml")]
    pub(super) platform: PathBuf,
}

/// How the servers are shown who asks; the same for each URL.
#[derive(Debug, Clone, ClapArgs)]
struct Access {
    /// The user's name at the servers (HTTP basic authentication)
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// The environment variable that holds the password
    #[arg(long, value_name = "VARIABLE")]
    password_env: Option<String>,
    /// The file that holds the password
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// The environment variable that holds a bearer token
    #[arg(long, value_name = "VARIABLE")]
    token_env: Option<String>,
    /// The file that holds a bearer token
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Certificates of authorities to trust beside the system's, in PEM
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// The certificate to show to the servers, in PEM
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// Its private key
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// A header of each request, such as 'X-Scope-OrgID: mail'; may be given several times
    #[arg(long, value_name = "NAME: TEXT")]
    header: Vec<String>,
}

impl InitArgs {
    /// The sources in the order of systems, as the platform file is to declare them.
    pub(super) fn sources(&self) -> Vec<InitSource> {
        let mut sources = Vec::new();
        let access = self.access.fields(&self.platform);
        for (kind, field, given) in [
            ("prometheus", "url", &self.prometheus),
            ("graphite", "url", &self.graphite),
            ("cloudwatch", "region", &self.cloudwatch),
        ] {
            for (value, number) in given.iter().zip(1..) {
                let name = if number == 1 { kind.to_owned() } else { format!("{kind}-{number}") };
                let mut fields = vec![("kind", in_quotes(kind)), (field, in_quotes(value))];
                if field == "url" {
                    fields.extend(access.iter().cloned());
                }
                sources.push(InitSource { name, fields });
            }
        }
        if !self.files.is_empty() {
            let files: Vec<String> =
                self.files.iter().map(|path| in_quotes(&beside(&self.platform, Path::new(path)))).collect();
            let fields = vec![("files", format!("[{}]", files.join(", ")))];
            sources.push(InitSource { name: "files".to_owned(), fields });
        }
        sources
    }
}

impl Access {
    fn fields(&self, platform: &Path) -> Vec<(&'static str, String)> {
        let texts =
            [("user", &self.user), ("password_env", &self.password_env), ("token_env", &self.token_env)];
        let files = [
            ("password_file", &self.password_file),
            ("token_file", &self.token_file),
            ("ca", &self.ca),
            ("certificate", &self.certificate),
            ("key", &self.key),
        ];
        let texts = texts.into_iter().filter_map(|(field, text)| Some((field, in_quotes(text.as_ref()?))));
        let files = files
            .into_iter()
            .filter_map(|(field, path)| Some((field, in_quotes(&beside(platform, path.as_ref()?)))));
        let headers: Vec<String> = self
            .header
            .iter()
            .map(|header| {
                let (name, text) = header.split_once(':').unwrap_or((header, ""));
                format!("{} = {}", in_quotes(name.trim()), in_quotes(text.trim()))
            })
            .collect();
        let headers = (!headers.is_empty()).then(|| ("headers", format!("{{ {} }}", headers.join(", "))));
        texts.chain(files).chain(headers).collect()
    }
}

/// A path of the command line as the platform file can say it: there, relative paths start at the file's folder.
fn beside(platform: &Path, path: &Path) -> String {
    let here =
        platform.parent().is_none_or(|folder| folder.as_os_str().is_empty() || folder == Path::new("."));
    let whole = if here { None } else { std::path::absolute(path).ok() };
    whole.as_deref().unwrap_or(path).display().to_string()
}
