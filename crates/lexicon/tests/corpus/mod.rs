//! Ordinary talk and character tables from the shared data folder, if it is there.

use std::io::Read;
use std::path::PathBuf;

/// The data folder: first argument of an example, below `PROBITY_SHARED`, or beside the repository.
pub fn folder() -> Option<PathBuf> {
    let given = std::env::args().nth(1).map(PathBuf::from).filter(|p| p.is_dir());
    let named = std::env::var_os("PROBITY_SHARED").filter(|v| !v.is_empty()).map(|v| PathBuf::from(v).join("data"));
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let beside = ["../../../shared/data", "../../../../shared/data"].map(|p| root.join(p));
    given.into_iter().chain(named).chain(beside).find(|p| p.join("zh_lccc_toy").is_dir())
}

/// Every utterance of zh_lccc_toy (spaces between its characters removed) and zh_crosswoz.
pub fn talk() -> Option<Vec<String>> {
    let folder = folder()?;
    let mut out = Vec::new();
    for file in ["toy_train.txt", "toy_valid.txt"] {
        let text = std::fs::read_to_string(folder.join("zh_lccc_toy").join(file)).ok()?;
        out.extend(text.lines().flat_map(|l| l.split('\t')).map(|u| u.replace(' ', "")));
    }
    for name in ["val", "test"] {
        let file = std::fs::File::open(folder.join(format!("zh_crosswoz/{name}.json.zip"))).ok()?;
        let mut zip = zip::ZipArchive::new(file).ok()?;
        let mut text = String::new();
        zip.by_name(&format!("{name}.json")).ok()?.read_to_string(&mut text).ok()?;
        let dialogues: serde_json::Value = serde_json::from_str(&text).ok()?;
        for dialogue in dialogues.as_object()?.values() {
            for message in dialogue["messages"].as_array()? {
                out.push(message["content"].as_str()?.to_string());
            }
        }
    }
    Some(out)
}
