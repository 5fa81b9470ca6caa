#![expect(clippy::unwrap_used, reason = "tests")]

use std::convert::Infallible;

use proptest::prelude::*;

use super::*;

/// RFC 6962 §2.1 as it is written.
fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves.len() {
        0 => empty_root(),
        1 => leaves[0],
        n => {
            let (left, right) = leaves.split_at(n.next_power_of_two() / 2);
            node_hash(&naive_root(left), &naive_root(right))
        }
    }
}

struct Leaves(Vec<Hash>);

impl HashReader for Leaves {
    type Error = Infallible;
    fn tile_hash(&self, level: u8, index: u64) -> Result<Hash, Infallible> {
        let start = usize::try_from(index << level).unwrap();
        Ok(naive_root(&self.0[start..start + (1 << level)]))
    }
}

fn leaves(n: u64) -> Leaves {
    Leaves((0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect())
}

#[test]
fn known_roots() {
    assert_eq!(hex::encode(empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(hex::encode(leaf_hash(b"")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    assert_eq!(leaf_hash(&[7; 100]), crate::sha256(&[&[0][..], &[7; 100]].concat()));
}

#[test]
fn the_frontier_has_the_naive_root_at_every_size() {
    let all = leaves(300).0;
    let mut frontier = Frontier::new();
    let mut stack = SubtreeStack::new();
    for n in 0..=all.len() {
        assert_eq!(frontier.root(), naive_root(&all[..n]));
        assert_eq!(stack.root(), naive_root(&all[..n]));
        assert_eq!(frontier.size(), n as u64);
        let again = Frontier::from_bytes(frontier.size(), &frontier.to_bytes()).unwrap();
        assert_eq!(again, frontier);
        if let Some(leaf) = all.get(n) {
            frontier.append(*leaf);
            stack.push(*leaf);
        }
    }
    assert!(Frontier::from_bytes(3, &[0; 32]).is_err());
}

#[test]
fn appending_names_each_complete_subtree_once() {
    let all = leaves(40);
    let mut frontier = Frontier::new();
    let mut seen = Vec::new();
    for leaf in &all.0 {
        frontier.append_with(*leaf, |level, index, hash| seen.push((level, index, hash)));
    }
    for &(level, index, hash) in &seen {
        assert_eq!(all.tile_hash(level, index).unwrap(), hash);
    }
    let count: u64 = (0..6).map(|level| 40 >> level).sum();
    assert_eq!(seen.len() as u64, count);
}

#[test]
fn every_proof_of_every_small_tree_holds_and_fits_no_other_place() {
    let all = leaves(40);
    for size in 1..=40 {
        let root = root(size, &all).unwrap();
        assert_eq!(root, naive_root(&all.0[..size as usize]));
        for index in 0..size {
            let leaf = &all.0[index as usize];
            let proof = inclusion_proof(index, size, &all).unwrap();
            verify_inclusion(index, size, leaf, &proof, &root).unwrap();
            for other in (0..size).filter(|other| *other != index) {
                assert!(verify_inclusion(other, size, leaf, &proof, &root).is_err());
            }
        }
        for old in 1..=size {
            let old_root = naive_root(&all.0[..old as usize]);
            let proof = consistency_proof(old, size, &all).unwrap();
            verify_consistency(old, size, &proof, &old_root, &root).unwrap();
            if old < size {
                assert!(verify_consistency(old, size, &proof, &root, &root).is_err());
                assert!(verify_consistency(old, size, &proof, &old_root, &old_root).is_err());
            }
        }
    }
    assert!(inclusion_proof(5, 5, &all).is_err());
    assert!(consistency_proof(6, 5, &all).is_err());
}

proptest! {
    #[test]
    fn a_tampered_inclusion_proof_fails(size in 2_u64..200, index in any::<u64>(), at in any::<usize>(), bit in 0_u8..8) {
        let all = leaves(size);
        let index = index % size;
        let root = root(size, &all).unwrap();
        let leaf = all.0[index as usize];
        let good = inclusion_proof(index, size, &all).unwrap();
        let mut bad = good.clone();
        let at = at % (bad.len() * 32);
        bad[at / 32][at % 32] ^= 1 << bit;
        prop_assert!(verify_inclusion(index, size, &leaf, &bad, &root).is_err());
        prop_assert!(verify_inclusion(index, size, &leaf, &good[1..], &root).is_err());
        let mut long = good.clone();
        long.push(root);
        prop_assert!(verify_inclusion(index, size, &leaf, &long, &root).is_err());
    }

    #[test]
    fn a_tampered_consistency_proof_fails(new in 2_u64..200, old in any::<u64>(), at in any::<usize>(), bit in 0_u8..8) {
        let all = leaves(new);
        let old = 1 + old % (new - 1);
        let (old_root, new_root) = (root(old, &all).unwrap(), root(new, &all).unwrap());
        let good = consistency_proof(old, new, &all).unwrap();
        let mut bad = good.clone();
        let at = at % (bad.len() * 32);
        bad[at / 32][at % 32] ^= 1 << bit;
        prop_assert!(verify_consistency(old, new, &bad, &old_root, &new_root).is_err());
        prop_assert!(verify_consistency(old, new, &good[1..], &old_root, &new_root).is_err());
        let mut long = good.clone();
        long.push(new_root);
        prop_assert!(verify_consistency(old, new, &long, &old_root, &new_root).is_err());
    }

    /// Sizes and hashes of a stranger's making never panic.
    #[test]
    fn strange_input_is_only_refused(a in any::<u64>(), b in any::<u64>(), proof in proptest::collection::vec(any::<[u8; 32]>(), 0..70)) {
        let hash = [0; 32];
        prop_assert!(verify_inclusion(a, b, &hash, &proof, &hash).is_err());
        if a != b {
            prop_assert!(verify_consistency(a, b, &proof, &hash, &hash).is_err());
        }
    }
}
