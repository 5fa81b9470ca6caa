#![expect(clippy::unwrap_used, reason = "tests")]

mod reader;
mod set_back;
mod stamping;

use super::*;
use crate::{
    records::Draft,
    testing::{TestCompany, on_each_engine},
};
use probity_ledger::tree;
use serde_json::{Map, json};

/// Records without a story: number `from` to `until`.
pub(crate) async fn append(company: &Company, from: u64, until: u64) {
    let drafts = (from..until)
        .map(|i| {
            let mut data = Map::new();
            data.insert("customer".into(), json!(format!("C{}", i % 7)));
            data.insert("employee".into(), json!("1001"));
            data.insert("note".into(), json!(format!("第 {i} 次回访")));
            let at = crate::testing::NOW - i64::try_from(until - i).unwrap() * 1_000_000;
            Draft::new("/crm/test".into(), i.to_string(), "customer.followed_up".into(), at, Some("1001".into()), vec![], data)
        })
        .collect();
    company.writer.append(drafts).await.unwrap();
}

/// Publishes what there is, as the background task would.
pub(crate) async fn publish(company: &Company) -> Published {
    publish::Publisher::new(None, "test".into()).turn(company).await.unwrap();
    newest(company).await.unwrap().unwrap()
}

async fn check_all_proofs(t: &TestCompany, published: &Published) {
    let indices: Vec<u64> = (0..published.size).collect();
    let proofs = inclusion(t, published.size, &indices).await.unwrap();
    let leaves = tiles::leaves(t, 0, published.size).await.unwrap();
    for ((index, leaf), proof) in indices.iter().zip(&leaves).zip(&proofs) {
        tree::verify_inclusion(*index, published.size, &tree::leaf_hash(leaf), proof, &published.root).unwrap();
    }
}

#[test]
fn the_edge_has_the_root_of_the_tree_and_gives_each_tile_once() {
    let mut edge = Edge::new();
    let mut frontier = tree::Frontier::new();
    let mut names = Vec::new();
    for i in 0..70_000_u32 {
        let leaf = i.to_be_bytes().to_vec();
        frontier.append(tree::leaf_hash(&leaf));
        edge.append(leaf, |full| names.push(full.name()));
        if i % 997 == 0 || i > 65_000 && i % 64 == 0 {
            assert_eq!(edge.root().unwrap(), frontier.root(), "size {}", i + 1);
        }
    }
    assert_eq!(names.len(), 273 * 2 + 1);
    assert!(names.contains(&"log/tile/1/000".to_owned()));
    let upper: Vec<_> = edge.upper().map(|(level, index, bytes)| (level, index, bytes.len() / 32)).collect();
    assert_eq!(upper, [(1, 1, 17), (2, 0, 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_published_size_can_be_read_and_proven_and_lost_tiles_come_back() {
    on_each_engine(|t| async move {
        assert_eq!(publish(&t).await.size, 0);
        let mut published = Vec::new();
        for until in [1, 255, 256, 300, 520] {
            append(&t, published.last().map_or(0, |p: &Published| p.size), until).await;
            published.push(publish(&t).await);
        }
        for p in &published {
            check_all_proofs(&t, p).await;
        }
        let last = published.last().unwrap().clone();
        for old in &published {
            let proof = consistency(&t, old.size, last.size).await.unwrap();
            tree::verify_consistency(old.size, last.size, &proof, &old.root, &last.root).unwrap();
        }
        // Everything in the files' store can go: the database has it all.
        for name in t.blobs.list("log").await.unwrap() {
            t.blobs.delete(&name).await.unwrap();
        }
        check_all_proofs(&t, &last).await;
        append(&t, 520, 530).await;
        let next = publish(&t).await;
        assert_eq!(next.size, 530);
        check_all_proofs(&t, &next).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_is_published_within_a_second() {
    on_each_engine(|t| async move {
        start(&t, None).await.unwrap();
        assert_eq!(newest(&t).await.unwrap().unwrap().size, 0);
        append(&t, 0, 3).await;
        let started = std::time::Instant::now();
        let published = published_beyond(&t, 2).await.unwrap();
        assert_eq!(published.size, 3);
        assert!(started.elapsed().as_millis() < 1000, "{:?}", started.elapsed());
    })
    .await;
}
