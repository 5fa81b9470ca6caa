//! What a template can see: itself, its data, the fonts. No disk, no network, no clock: the same data gives the
//! same bytes.

use super::fonts::Fonts;
use anyhow::{Result, anyhow};
use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration, Smart},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

pub struct Sheet<'a> {
    library: LazyHash<Library>,
    fonts: &'a Fonts,
    main: Source,
    data_id: FileId,
    data: Bytes,
}

fn id(path: &str) -> Result<FileId> {
    let path = VirtualPath::new(path).map_err(|e| anyhow!("{e:?}"))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl<'a> Sheet<'a> {
    /// `template` reads its data by `json("data.json")`.
    pub fn new(fonts: &'a Fonts, template: &str, data: Vec<u8>) -> Result<Self> {
        Ok(Self {
            library: LazyHash::new(Library::default()),
            fonts,
            main: Source::new(id("main.typ")?, template.to_owned()),
            data_id: id("data.json")?,
            data: Bytes::new(data),
        })
    }

    /// PDF/A-2b, with `ident` and the moment `at` (year, month, day, hour, minute, second in UTC) for its metadata.
    pub fn pdf(&self, ident: &str, at: [u16; 6]) -> Result<Vec<u8>> {
        let document = typst::compile::<PagedDocument>(self).output.map_err(|e| complaint(&e))?;
        let standards = PdfStandards::new(&[PdfStandard::A_2b]).map_err(|e| anyhow!("{}", e.message()))?;
        let small = |n: u16| u8::try_from(n).unwrap_or_default();
        let moment = Datetime::from_ymd_hms(i32::from(at[0]), small(at[1]), small(at[2]), small(at[3]), small(at[4]), small(at[5]));
        let options = PdfOptions {
            ident: Smart::Custom(ident.to_owned()),
            creator: Smart::Custom(Some("Probity 守正".to_owned())),
            timestamp: moment.map(Timestamp::new_utc),
            standards,
            tagged: false,
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&document, &options).map_err(|e| complaint(&e))
    }
}

fn complaint(errors: &[SourceDiagnostic]) -> anyhow::Error {
    let all: Vec<_> = errors.iter().take(3).map(|e| e.message.as_str()).collect();
    anyhow!("typesetting failed: {}", all.join("; "))
}

impl World for Sheet<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }
    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }
    fn main(&self) -> FileId {
        self.main.id()
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::AccessDenied) }
    }
    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data_id { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }
    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.fonts.get(index).cloned()
    }
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
