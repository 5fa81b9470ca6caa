//! Files in the store: those that records and cases name by their digest, packages, uploads. (The log's are in `log`.)

use super::Findings;
use crate::{
    company::Company,
    error::Result,
    evidence::package,
    intake::{blobs, import, quarantine},
};
use futures::StreamExt;

/// Written and taken away again by `probity doctor`.
const PASSING: &str = "doctor/";

pub(super) async fn check(company: &Company, findings: &mut Findings, say: &mut impl FnMut(&str)) -> Result<()> {
    let mut names = company.blobs.list("").await?;
    names.retain(|name| !name.starts_with("log/") && !name.starts_with(PASSING));
    say(&format!("文件 files {}", names.len()));
    let mut read = futures::stream::iter(&names).map(|name| async move { (name, is_whole(company, name).await) }).buffer_unordered(8);
    while let Some((name, good)) = read.next().await {
        findings.files += 1;
        if !good {
            findings.fault(format!("文件 {name} 被改动过或不属于这里"), format!("file {name} was altered or does not belong here"));
        }
    }
    for id in package::ready(company).await? {
        let name = package::place(&id);
        if !names.contains(&name) {
            findings.fault(format!("证据包文件 {name} 缺失"), format!("the package file {name} is missing"));
        }
    }
    for id in quarantine::shut(company).await? {
        findings.fault(format!("隔离项 {id} 的密封内容被改动过，无法打开"), format!("quarantine item {id} does not open: its sealed body was altered"));
    }
    Ok(())
}

async fn is_whole(company: &Company, name: &str) -> bool {
    let id = name.rsplit('/').next().unwrap_or_default();
    let good = if name == blobs_place(id) {
        blobs::read(company, id).await.map(|content| content.is_some_and(|bytes| blobs::sha256(&bytes) == id))
    } else if name == package::place(id) {
        package::is_whole(company, id).await
    } else if name == import::place(id) {
        import::is_whole(company, id).await
    } else {
        Ok(false)
    };
    good.unwrap_or(false)
}

/// Where a file of that digest would lie; nowhere if it is no digest.
fn blobs_place(digest: &str) -> String {
    if crate::intake::kinds::is_sha256(digest) { blobs::place(digest) } else { String::new() }
}
