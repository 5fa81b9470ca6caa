//! Finding fonts: those the settings name (`PROBITY_FONTS` or `fonts` in probity.toml; folders or files, separated by
//! colons) first, then the system's.

use crate::said::Said;
use std::{
    collections::HashMap,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    sync::OnceLock,
};
use typst::{
    foundations::Bytes,
    text::{Font, FontBook},
    utils::LazyHash,
};

/// The fonts a document may use and the families chosen for it.
pub struct Fonts {
    pub book: LazyHash<FontBook>,
    pub fonts: Vec<Font>,
    pub serif: String,
    pub sans: String,
    pub mono: String,
}

const SERIF: [&str; 6] = ["Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "Songti SC", "SimSun", "FangSong"];
const SANS: [&str; 6] = ["Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "SimHei"];
const MONO: [&str; 3] = ["Noto Sans Mono CJK SC", "Source Han Mono SC", "DejaVu Sans Mono"];
/// Reading every font of a desktop would take seconds: of the system's only those with Chinese in them.
const CHINESE: [&str; 9] = ["cjk", "sourcehan", "notosanssc", "notoserifsc", "songti", "simsun", "simhei", "fangsong", "pingfang"];

fn missing() -> Said {
    Said::new(
        "没有找到中文字体，无法排版文书。请安装 Debian 软件包 fonts-noto-cjk，或用 PROBITY_FONTS 指定字体目录。",
        "No Chinese font was found, so documents cannot be typeset. Install Debian's fonts-noto-cjk, or name a folder of fonts in PROBITY_FONTS.",
    )
}

/// Whether documents can be typeset; the sentence says what to install.
pub fn check() -> Result<(), Said> {
    load().map(|_| ())
}

/// What the settings name, for this process and the children it starts: fonts are a machine's and no company's.
static NAMED: OnceLock<OsString> = OnceLock::new();

/// Takes the places that the settings name; the first call counts.
pub fn name_places(places: &Path) {
    let _first = NAMED.set(places.as_os_str().to_owned());
}

/// Set for a child too: it reads no settings of its own.
pub(super) fn named() -> Option<OsString> {
    NAMED.get().cloned().or_else(|| std::env::var_os(VARIABLE))
}

pub(super) const VARIABLE: &str = "PROBITY_FONTS";

/// Reads the fonts.
pub fn load() -> Result<Fonts, Said> {
    of(&files(named().as_deref()))
}

/// Every font file there is to choose from.
fn files(named: Option<&OsStr>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for place in named.map(std::env::split_paths).into_iter().flatten() {
        walk(&place, &|_| true, &mut files, 0);
    }
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let chinese = |name: &str| CHINESE.iter().any(|part| name.contains(part));
    for place in [PathBuf::from("/usr/share/fonts"), PathBuf::from("/usr/local/share/fonts"), home.join(".local/share/fonts"), home.join(".fonts")] {
        walk(&place, &chinese, &mut files, 0);
    }
    files.sort();
    files.dedup();
    files
}

fn of(files: &[PathBuf]) -> Result<Fonts, Said> {
    let fonts: Vec<Font> = files.iter().filter_map(|file| std::fs::read(file).ok()).flat_map(|bytes| Font::iter(Bytes::new(bytes))).collect();
    let book = FontBook::from_fonts(&fonts);
    let chinese = |family: &str| book.select_family(&family.to_lowercase()).any(|i| book.info(i).is_some_and(|info| info.coverage.contains('证' as u32)));
    let choose = |wanted: &[&str]| wanted.iter().find(|family| chinese(family)).map(|family| (*family).to_owned());
    let any = || book.families().map(|(family, _)| family.to_owned()).find(|family| chinese(family));
    let serif = choose(&SERIF).or_else(|| choose(&SANS)).or_else(any).ok_or_else(missing)?;
    let sans = choose(&SANS).unwrap_or_else(|| serif.clone());
    let mono = choose(&MONO).unwrap_or_else(|| sans.clone());
    Ok(Fonts { book: LazyHash::new(book), fonts, serif, sans, mono })
}

fn walk(place: &Path, wanted: &dyn Fn(&str) -> bool, files: &mut Vec<PathBuf>, depth: usize) {
    let name = place.file_name().map(|n| n.to_string_lossy().to_lowercase().replace([' ', '-', '_'], "")).unwrap_or_default();
    if place.is_file() {
        if [".ttf", ".otf", ".ttc", ".otc"].iter().any(|end| name.ends_with(end)) && wanted(&name) {
            files.push(place.to_owned());
        }
        return;
    }
    if depth < 6 {
        for entry in std::fs::read_dir(place).into_iter().flatten().flatten() {
            walk(&entry.path(), wanted, files, depth + 1);
        }
    }
}

impl Fonts {
    /// PDF/A refuses a character that no font can draw, and chat is full of them: each becomes an empty box, in every
    /// string of a JSON value.
    pub fn make_drawable(&self, value: &mut serde_json::Value) {
        self.walk_value(value, &mut HashMap::new());
    }

    fn walk_value(&self, value: &mut serde_json::Value, known: &mut HashMap<char, bool>) {
        match value {
            serde_json::Value::String(text) => *text = self.drawable(text, known),
            serde_json::Value::Array(items) => items.iter_mut().for_each(|item| self.walk_value(item, known)),
            serde_json::Value::Object(members) => members.values_mut().for_each(|member| self.walk_value(member, known)),
            _ => {}
        }
    }

    /// `known`: which characters some font has. Looking it up goes through every font's ranges, and a page says the
    /// same few hundred characters over and over.
    fn drawable(&self, text: &str, known: &mut HashMap<char, bool>) -> String {
        let covered = |c: char| (0..self.fonts.len()).any(|i| self.book.info(i).is_some_and(|info| info.coverage.contains(c as u32)));
        text.chars()
            .filter(
                |c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{ad}'),
            )
            .map(|c| {
                if c.is_control() {
                    ' '
                } else if c == ' ' || *known.entry(c).or_insert_with(|| covered(c)) {
                    c
                } else {
                    '□'
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_places_that_are_named_are_looked_at_and_without_any_font_the_package_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (own, other) = (folder.path().join("a/firm.otf"), folder.path().join("b.ttf"));
        std::fs::create_dir_all(own.parent().unwrap()).unwrap();
        for file in [&own, &other] {
            std::fs::write(file, b"").unwrap();
        }
        let named = std::env::join_paths([folder.path().join("a"), other.clone()]).unwrap();
        let found = files(Some(&named));
        assert!(found.contains(&own) && found.contains(&other), "{found:?}");
        let Err(why) = of(&[own]) else { panic!("an empty file is no font") };
        assert!(why.zh.contains("fonts-noto-cjk") && why.en.contains("PROBITY_FONTS"));
    }
}
