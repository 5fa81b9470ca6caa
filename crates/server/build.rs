//! Puts the built pages (`web/dist`) into a release binary, so that one file is the whole product. Without them, and
//! in debug builds, the list is empty and the server reads the folder at run time (`http::web`).

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // `make` sets this to the build's stamp: naming a folder that is not there would rebuild the crate every time.
    println!("cargo::rerun-if-env-changed=PROBITY_WEB_STAMP");
    let here = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let dist = here.join("../../web/dist");
    let mut files = Vec::new();
    if std::env::var("PROFILE").is_ok_and(|p| p == "release") && dist.join("index.html").is_file() {
        println!("cargo::rerun-if-changed={}", dist.display());
        collect(&dist, &dist, &mut files);
    }
    files.sort();
    let mut list = String::from("&[\n");
    for (name, path) in files {
        writeln!(list, "    ({name:?}, include_bytes!({path:?}).as_slice()),").expect("writing to a string");
    }
    list.push_str("]\n");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("web_files.rs"), list).expect("the build folder can be written");
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) {
    for entry in fs::read_dir(folder).expect("the folder of built pages can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if let (Ok(name), Ok(whole)) = (path.strip_prefix(root), path.canonicalize()) {
            files.push((name.to_string_lossy().replace('\\', "/"), whole));
        }
    }
}
