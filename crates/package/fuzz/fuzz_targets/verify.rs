//! Any bytes are refused with words and never with a panic; what can be read can be written again and read the same.
#![no_main]
use libfuzzer_sys::fuzz_target;
use probity_package::{
    Pins,
    container::{Archive, pack, write},
    pins::KeyPin,
    verify,
};

fuzz_target!(|bytes: &[u8]| {
    let _ = verify(bytes, &Pins::default()).text();
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = KeyPin::parse(text);
    }
    let Ok(archive) = Archive::open(bytes) else { return };
    if !archive.flaws.is_empty() {
        return;
    }
    let read: Option<Vec<_>> = archive.entries.iter().map(|e| Some((e.path.clone(), archive.read(e).ok()?))).collect();
    let Some(mut files) = read else { return };
    let mut out = Vec::new();
    write(files.iter().map(|(path, bytes)| pack(path.clone(), bytes)).collect(), &mut out).unwrap();
    let again = Archive::open(&out).unwrap();
    assert!(again.flaws.is_empty());
    files.sort_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
    for ((path, bytes), entry) in files.iter().zip(&again.entries) {
        assert_eq!((path, bytes), (&entry.path, &again.read(entry).unwrap()));
    }
});
