//! Files by name: blobs that records point at, tiles, packages. A folder by default, S3-compatible by URL.

use crate::error::Result;
use anyhow::Context;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, aws::AmazonS3Builder, local::LocalFileSystem, path::Path};
use std::sync::Arc;

#[derive(Clone)]
pub struct Blobs {
    inner: Arc<dyn ObjectStore>,
    prefix: Path,
}

impl Blobs {
    /// `file:///dir`, a plain folder path, or `s3://bucket/prefix` (endpoint and keys from the usual `AWS_*` variables).
    pub fn open(url: &str) -> Result<Self> {
        if let Some(rest) = url.strip_prefix("s3://") {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            let store = AmazonS3Builder::from_env().with_bucket_name(bucket).build().context("opening the S3 bucket")?;
            return Ok(Self { inner: Arc::new(store), prefix: Path::from(prefix) });
        }
        let dir = url.strip_prefix("file://").unwrap_or(url);
        std::fs::create_dir_all(dir).with_context(|| format!("cannot create the folder for files {dir}"))?;
        // fsync: a file that a record names must survive the same power cut as the record.
        let store = LocalFileSystem::new_with_prefix(dir)?.with_automatic_cleanup(true).with_fsync(true);
        Ok(Self { inner: Arc::new(store), prefix: Path::from("") })
    }

    fn at(&self, name: &str) -> Path {
        let mut path = self.prefix.clone();
        for part in name.split('/').filter(|part| !part.is_empty()) {
            path = path.join(part);
        }
        path
    }

    pub async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<()> {
        self.inner.put(&self.at(name), PutPayload::from(bytes)).await?;
        Ok(())
    }

    pub async fn get(&self, name: &str) -> Result<Option<Vec<u8>>> {
        match self.inner.get(&self.at(name)).await {
            Ok(found) => Ok(Some(found.bytes().await?.to_vec())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    pub async fn exists(&self, name: &str) -> Result<bool> {
        match self.inner.head(&self.at(name)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(e) => Err(e.into()),
        }
    }

    pub async fn delete(&self, name: &str) -> Result<()> {
        match self.inner.delete(&self.at(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    /// Names below a folder, in no particular order.
    pub async fn list(&self, folder: &str) -> Result<Vec<String>> {
        use futures::TryStreamExt;
        let root = self.at(folder);
        let cut = if self.prefix.as_ref().is_empty() { 0 } else { self.prefix.as_ref().len() + 1 };
        let found: Vec<_> = self.inner.list(Some(&root)).try_collect().await?;
        Ok(found.into_iter().map(|m| m.location.as_ref()[cut..].to_owned()).collect())
    }
}
