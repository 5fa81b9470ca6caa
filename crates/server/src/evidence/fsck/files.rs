//! Files that records and cases name by their digest.

use super::Findings;
use crate::{company::Company, error::Result, intake::blobs};
use futures::StreamExt;

pub(super) async fn check(company: &Company, findings: &mut Findings, say: &mut impl FnMut(&str)) -> Result<()> {
    let names = company.blobs.list("blobs").await?;
    say(&format!("文件 files {}", names.len()));
    let mut read = futures::stream::iter(names)
        .map(|name| async move {
            let digest = name.rsplit('/').next().unwrap_or_default().to_owned();
            let content = blobs::read(company, &digest).await;
            (name, digest, content)
        })
        .buffer_unordered(8);
    while let Some((name, digest, content)) = read.next().await {
        findings.files += 1;
        let good = content.is_ok_and(|content| content.is_some_and(|bytes| blobs::sha256(&bytes) == digest));
        if !good {
            findings.fault(format!("文件 {name} 被改动过或不属于这里"), format!("file {name} was altered or does not belong here"));
        }
    }
    Ok(())
}
