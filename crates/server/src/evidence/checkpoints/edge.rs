//! The right edge of the tree as tiles: per level the hashes of the one tile that is not full.
//!
//! With it the log grows without reading anything back: leaves go in, full tiles and bundles come out, and the root
//! follows from the edge alone.

use super::tiles;
use crate::{company::Company, error::Result};
use anyhow::anyhow;
use probity_ledger::{
    Hash, tile,
    tree::{self, HashReader},
};

/// Something that has become full and will never change.
#[derive(Debug, PartialEq, Eq)]
pub enum Full {
    Hashes { level: u8, index: u64, bytes: Vec<u8> },
    Entries { index: u64, bytes: Vec<u8> },
}

impl Full {
    /// Where it lies in the files' store.
    pub fn name(&self) -> String {
        match self {
            Self::Hashes { level, index, .. } => tiles::hashes_name(*level, *index),
            Self::Entries { index, .. } => tiles::entries_name(*index),
        }
    }

    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Hashes { bytes, .. } | Self::Entries { bytes, .. } => bytes,
        }
    }
}

#[derive(Debug, Clone, Default)]
pub struct Edge {
    size: u64,
    /// `levels[L]`: the hashes of the last tile of level L, fewer than 256.
    levels: Vec<Vec<Hash>>,
    entries: Vec<Vec<u8>>,
}

impl Edge {
    /// The edge of an empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// The edge at an earlier size, from tiles and, for the newest leaves, the database.
    pub async fn load(company: &Company, size: u64) -> Result<Self> {
        let mut this = Self { size, levels: Vec::new(), entries: Vec::new() };
        let mut nodes = size;
        while nodes > 0 {
            let level = u8::try_from(this.levels.len()).map_err(|_| anyhow!("the log has too many levels"))?;
            let width = u16::try_from(nodes % tile::WIDTH).map_err(|_| anyhow!("a tile has 256 hashes"))?;
            let index = nodes / tile::WIDTH;
            if width == 0 {
                this.levels.push(Vec::new());
            } else if level == 0 {
                this.entries = tiles::leaves(company, index * tile::WIDTH, width.into()).await?;
                this.levels.push(tile::entry_hashes(&this.entries));
            } else {
                this.levels.push(tiles::hashes(company, level, index, width).await?);
            }
            nodes /= tile::WIDTH;
        }
        Ok(this)
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf; what it makes full is handed to `full`, bundle first, then tiles from the lowest level up.
    pub fn append(&mut self, leaf: Vec<u8>, mut full: impl FnMut(Full)) {
        let mut hash = tree::leaf_hash(&leaf);
        let mut index = self.size / tile::WIDTH;
        self.entries.push(leaf);
        self.size += 1;
        for level in 0_u8.. {
            let at = usize::from(level);
            if self.levels.len() == at {
                self.levels.push(Vec::new());
            }
            let hashes = &mut self.levels[at];
            hashes.push(hash);
            if hashes.len() < 256 {
                return;
            }
            if level == 0 {
                full(Full::Entries { index, bytes: tile::encode_entries(&self.entries) });
                self.entries.clear();
            }
            full(Full::Hashes { level, index, bytes: tile::encode_hashes(hashes) });
            hash = tile::subtree(hashes, 0, 256).unwrap_or_else(tree::empty_root);
            hashes.clear();
            index /= tile::WIDTH;
        }
    }

    /// The root of the log at this edge.
    pub fn root(&self) -> Result<Hash> {
        Ok(tree::root(self.size, self).map_err(|e| anyhow!(e))?)
    }

    /// The partial tiles above the lowest level: place and bytes.
    pub fn upper(&self) -> impl Iterator<Item = (u8, u64, Vec<u8>)> + '_ {
        (1_u8..).zip(self.levels.iter().skip(1)).filter(|(_, hashes)| !hashes.is_empty()).map(|(level, hashes)| {
            let index = (self.size >> (tile::HEIGHT * level)) / tile::WIDTH;
            (level, index, tile::encode_hashes(hashes))
        })
    }
}

impl HashReader for Edge {
    type Error = &'static str;
    fn tile_hash(&self, level: u8, index: u64) -> Result<Hash, Self::Error> {
        let (place, start, count) = tile::place(level, index);
        let hashes = self.levels.get(usize::from(place.level)).map_or(&[][..], Vec::as_slice);
        let last = (self.size >> (tile::HEIGHT * place.level)) / tile::WIDTH;
        if place.index != last {
            return Err("asked for a part of the tree that is not at its edge");
        }
        tile::subtree(hashes, start, count).ok_or("the edge of the log is shorter than its size says")
    }
}
