//! An object store in memory whose calls go as a test has written.

use std::{fmt, sync::Arc};

use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, PutMultipartOptions,
    PutOptions, PutResult, Result,
    client::{HttpError, HttpErrorKind},
    memory::InMemory,
};

use super::super::*;

/// What a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    Put,
    Get,
    List,
}

/// What comes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is done and answered.
    Answered,
    /// The connection breaks before anything is done.
    Broken,
    /// It is done, but the connection breaks before the answer.
    AnswerLost,
    /// The write is done whatever its conditions say.
    Unconditional,
    /// The store says that it knows no such call.
    Unknown,
}

type Script = Arc<dyn Fn(Call, &ObjectPath) -> Fate + Send + Sync>;

/// A store in memory, and what becomes of each call.
#[derive(Clone)]
pub(super) struct Scripted {
    memory: Arc<InMemory>,
    script: Script,
}

impl Scripted {
    pub(super) fn new(
        memory: &Arc<InMemory>,
        script: impl Fn(Call, &ObjectPath) -> Fate + Send + Sync + 'static,
    ) -> Scripted {
        Scripted { memory: Arc::clone(memory), script: Arc::new(script) }
    }
}

async fn played<T>(fate: Fate, done: impl Future<Output = Result<T>>) -> Result<T> {
    match fate {
        Fate::Answered | Fate::Unconditional => done.await,
        Fate::AnswerLost => done.await.and(Err(broken())),
        Fate::Broken => Err(broken()),
        Fate::Unknown => {
            Err(Error::NotImplemented { operation: "a conditional put".into(), implementer: "it".into() })
        }
    }
}

fn broken() -> Error {
    let reset = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    let source = HttpError::new(HttpErrorKind::Interrupted, reset);
    Error::Generic { store: "scripted", source: Box::new(source) }
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scripted")
    }
}

impl fmt::Display for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scripted")
    }
}

#[async_trait::async_trait]
impl ObjectStore for Scripted {
    async fn put_opts(&self, path: &ObjectPath, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        let fate = (self.script)(Call::Put, path);
        let mode = if fate == Fate::Unconditional { PutMode::Overwrite } else { opts.mode.clone() };
        played(fate, self.memory.put_opts(path, payload, PutOptions { mode, ..opts })).await
    }

    async fn put_multipart_opts(
        &self,
        path: &ObjectPath,
        opts: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.memory.put_multipart_opts(path, opts).await
    }

    async fn get_opts(&self, path: &ObjectPath, options: GetOptions) -> Result<GetResult> {
        played((self.script)(Call::Get, path), self.memory.get_opts(path, options)).await
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, Result<ObjectPath>>,
    ) -> BoxStream<'static, Result<ObjectPath>> {
        self.memory.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&ObjectPath>) -> BoxStream<'static, Result<ObjectMeta>> {
        let (script, memory) = (Arc::clone(&self.script), Arc::clone(&self.memory));
        let prefix = prefix.cloned().unwrap_or_default();
        futures_util::stream::once(async move {
            match script(Call::List, &prefix) {
                Fate::Answered => Ok(memory.list(Some(&prefix))),
                _ => Err(broken()),
            }
        })
        .try_flatten()
        .boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&ObjectPath>) -> Result<ListResult> {
        let path = prefix.cloned().unwrap_or_default();
        played((self.script)(Call::List, &path), self.memory.list_with_delimiter(prefix)).await
    }

    async fn copy_opts(&self, from: &ObjectPath, to: &ObjectPath, options: CopyOptions) -> Result<()> {
        self.memory.copy_opts(from, to, options).await
    }
}
