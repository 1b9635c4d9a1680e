//! Origins: exported files, or a live server and how it is asked.

use std::path::PathBuf;

use url::Url;

/// Where a source's history comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Origin {
    /// Paths, globs or directories of exported files, relative to the platform file; not empty.
    Files(Vec<String>),
    /// A server that is asked.
    Live(Box<Live>),
}

impl Origin {
    /// The live server, if it is one.
    pub fn live(&self) -> Option<&Live> {
        match self {
            Origin::Live(live) => Some(live),
            Origin::Files(_) => None,
        }
    }
}

/// A server that answers history, and how it is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Live {
    /// Which monitoring system, and where.
    pub system: System,
    /// How it is asked.
    pub asking: Asking,
    /// What to ask instead of the query packs' expressions, where the source declares its measure: PromQL, a
    /// Graphite target, or a CloudWatch search or metric mathematics.
    pub query: Option<String>,
}

/// The monitoring systems that are asked.
#[derive(Debug, Clone, PartialEq)]
pub enum System {
    /// Prometheus, or what answers its HTTP API: Thanos, Mimir, VictoriaMetrics.
    Prometheus(Server),
    /// graphite-web, or what answers its render API.
    Graphite(Graphite),
    /// Amazon CloudWatch.
    CloudWatch(CloudWatch),
}

impl System {
    /// What the platform file calls it (`kind`).
    pub fn name(&self) -> &'static str {
        match self {
            System::Prometheus(_) => "prometheus",
            System::Graphite(_) => "graphite",
            System::CloudWatch(_) => "cloudwatch",
        }
    }
}

/// An HTTP server: where it is, and who asks.
#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    /// Its base address; `http` or `https`, without user, query or fragment, its path ending in `/`.
    pub url: Url,
    /// How the asker shows who it is.
    pub auth: Auth,
    /// Headers of every request, such as `X-Scope-OrgID`, in the order of their names.
    pub headers: Vec<(String, HeaderText)>,
    /// Whom to trust, and the asker's own certificate.
    pub tls: Tls,
}

/// How the asker shows who it is. The secrets are only named here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Auth {
    /// Not at all.
    #[default]
    None,
    /// HTTP basic authentication.
    Basic {
        /// The user's name.
        user: String,
        /// Where the password is.
        password: SecretPlace,
    },
    /// A bearer token.
    Bearer {
        /// Where the token is.
        token: SecretPlace,
    },
}

/// Where a secret is kept. Never in the platform file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretPlace {
    /// In an environment variable.
    Environment(String),
    /// In a file of its own, relative to the platform file; a line break at its end is no part of it.
    File(PathBuf),
}

/// A header's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderText {
    /// As the platform file says it.
    Plain(String),
    /// A secret.
    Secret(SecretPlace),
}

/// Whom to trust, and the asker's own certificate; files in PEM, relative to the platform file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tls {
    /// Certificates of authorities to trust beside the system's.
    pub ca: Option<PathBuf>,
    /// The asker's certificate and private key, for servers that ask for one (mutual TLS).
    pub client: Option<ClientCertificate>,
}

/// A certificate and its private key, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate, with those between it and an authority.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// A Graphite server and what its storage keeps.
#[derive(Debug, Clone, PartialEq)]
pub struct Graphite {
    /// Where it is.
    pub server: Server,
    /// What its storage keeps, finest first: `storage-schemas.conf`. Empty where it is not declared; it is then
    /// seen from the server's answers.
    pub tiers: Vec<Tier>,
}

/// One archive of a storage schema, such as `5m:60d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tier {
    /// Seconds between points.
    pub step: i64,
    /// Seconds for which they are kept.
    pub kept: i64,
}

/// Amazon CloudWatch in one region. What is not given comes from the environment and the profile, as with the
/// AWS command line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CloudWatch {
    /// Such as `eu-central-1`.
    pub region: Option<String>,
    /// A profile of the shared configuration files.
    pub profile: Option<String>,
    /// The ARN of a role to assume.
    pub role: Option<String>,
    /// The external identifier that the role asks for.
    pub external_id: Option<String>,
    /// Another address than the region's own.
    pub endpoint: Option<Url>,
    /// The most that one run may cost, in US dollars.
    pub cost_limit: Option<f64>,
}

/// How a live source is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Asking {
    /// Seconds between the points asked for. CloudWatch and Graphite answer no finer than they keep.
    pub step: i64,
    /// Days back that the first pull asks for.
    pub history_days: f64,
    /// Days that the server keeps; `None` where that is not known. What is older is not asked for again.
    pub retention_days: Option<f64>,
    /// Seconds before the newest point held that are asked for again, to heal late samples.
    pub overlap: i64,
    /// Requests under way at once.
    pub parallel: usize,
    /// Seconds that one request may take, from connecting to the last byte.
    pub timeout: i64,
    /// Bytes that one answer may have, unfolded.
    pub largest_answer: u64,
}
