#![expect(clippy::unwrap_used, reason = "tests")]

use super::{model::hit, *};
use crate::{
    company::Actor,
    records::{Draft, Outcome},
    testing::{NOW, TestCompany, on_each_engine},
};
use probity_lexicon::{Audience, Definition, Entry, Severity};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

const HOUR: i64 = 3600 * 1_000_000;

async fn say(company: &TestCompany, id: &str, at: i64, from: Value, to: Value, text: &str) -> i64 {
    let lexicon = lexicon(company).await.unwrap();
    let Value::Object(data) = json!({ "channel": "wecom", "conversation": "c1", "from": from, "to": [to], "text": text }) else { unreachable!() };
    let mut draft = Draft::new("/im".into(), id.into(), "message.sent".into(), at, Some("1001".into()), Vec::new(), data);
    let outside = from.get("external").is_some() || to.get("external").is_some();
    draft.reading = Some(lexicon.read(text, if outside { Audience::External } else { Audience::Internal }));
    match company.writer.append(vec![draft]).await.unwrap()[0] {
        Outcome::Accepted(idx) => idx,
        other => panic!("{other:?}"),
    }
}

async fn out(company: &TestCompany, id: &str, at: i64, text: &str) -> i64 {
    say(company, id, at, json!({ "employee": "1001" }), json!({ "external": "wx1", "customer": "K1" }), text).await
}

async fn hits(company: &TestCompany) -> Vec<hit::Model> {
    hit::Entity::find().order_by_asc(hit::Column::Idx).all(company.store.read()).await.unwrap()
}

#[tokio::test]
async fn hits_stand_with_the_record_and_hold_no_text() {
    on_each_engine(|c| async move {
        let idx = out(&c, "m1", NOW, "这次的飛單我照旧给你").await;
        // 照旧 says that somebody has been here before, which is a sign beside the word.
        let all = hits(&c).await;
        assert!(all.iter().all(|h| h.idx == idx), "{}", c.engine);
        let h = all.iter().find(|h| h.word == "飞单").unwrap();
        assert_eq!((h.idx, h.word.as_str(), h.step.as_str(), h.start_at, h.end_at), (idx, "飞单", "traditional", 3, 5));
        assert_eq!((h.alerting, h.waiting, h.direction.as_str(), h.customer.as_deref()), (true, false, "out", Some("K1")));
        assert_eq!((h.employee.as_str(), h.conversation.as_str(), h.counterpart.as_str()), ("1001", "wecom/c1", "wx1"));
    })
    .await;
}

#[tokio::test]
async fn an_outsiders_or_a_colleagues_words_are_hits_that_do_not_alert() {
    on_each_engine(|c| async move {
        say(&c, "m1", NOW, json!({ "external": "wx1" }), json!({ "employee": "1001" }), "给我返点").await;
        say(&c, "m2", NOW, json!({ "employee": "1001" }), json!({ "employee": "1002" }), "那个飞单的事").await;
        let all = hits(&c).await;
        assert_eq!(all.iter().map(|h| (h.direction.as_str(), h.alerting, h.waiting)).collect::<Vec<_>>(), [("in", false, false), ("internal", false, false)]);
    })
    .await;
}

#[tokio::test]
async fn a_weak_hit_ripens_by_a_second_sign_in_either_order() {
    on_each_engine(|c| async move {
        // First the weak hit, then the sum; then a weak hit that is told late, between them.
        let weak = out(&c, "m1", NOW, "huikou照旧").await;
        assert!(hits(&c).await[0].waiting);
        let other = out(&c, "m2", NOW + HOUR, "hcf照旧").await;
        assert!(hits(&c).await.iter().all(|h| h.waiting), "a second weak hit is no second sign");
        say(&c, "m3", NOW + 2 * HOUR, json!({ "external": "wx1" }), json!({ "employee": "1001" }), "两千行吗").await;
        let late = out(&c, "m4", NOW + HOUR / 2, "feidan的事").await;
        let all = hits(&c).await;
        for idx in [weak, other, late] {
            let h = all.iter().find(|h| h.idx == idx).unwrap();
            assert!(h.alerting && !h.waiting, "{} {h:?}", c.engine);
        }
    })
    .await;
}

#[tokio::test]
async fn a_sign_a_day_and_an_hour_away_or_in_another_talk_is_none() {
    on_each_engine(|c| async move {
        out(&c, "m1", NOW, "huikou照旧").await;
        out(&c, "m2", NOW + 25 * HOUR, "500块").await;
        assert!(hits(&c).await[0].waiting);
        out(&c, "m3", NOW - 23 * HOUR, "打我卡上").await;
        assert!(!hits(&c).await[0].waiting, "a strong word within a day");
    })
    .await;
}

#[tokio::test]
async fn a_new_version_is_a_record_and_in_force_at_once() {
    on_each_engine(|c| async move {
        let shipped = Definition::shipped();
        let mut next = shipped.clone();
        next.version = "ours-1".into();
        next.entries.push(Entry {
            word: "绿豆糕".into(),
            category: shipped.categories[0].id.clone(),
            severity: Severity::High,
            variants: vec![],
            lang: "zh".into(),
            share_leads: vec![],
            sign: false,
        });
        assert!(!lexicon(&c).await.unwrap().read("绿豆糕老规矩", Audience::External).alert);
        save(&c, next.clone(), &Actor::system("test")).await.unwrap();
        assert!(lexicon(&c).await.unwrap().read("绿豆糕老规矩", Audience::External).alert);
        assert_eq!(lexicon(&c).await.unwrap().version(), "ours-1");
        let names: Vec<String> = versions(&c).await.unwrap().into_iter().map(|v| v.version).collect();
        assert_eq!(names, ["ours-1".to_owned(), shipped.version]);
        assert!(save(&c, next, &Actor::system("test")).await.is_err(), "a version name is used once");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_messages_are_read_again_with_a_new_word_and_without_a_dropped_one() {
    on_each_engine(|c| async move {
        let old = out(&c, "m1", NOW, "绿豆糕老规矩").await;
        let kept = out(&c, "m2", NOW, "这次的飞单照旧").await;
        // 老规矩 and 照旧 are signs: beside a word they are hits too, by themselves none.
        let of_words = |all: Vec<hit::Model>| all.into_iter().filter(|h| h.word != "暗中答谢").collect::<Vec<_>>();
        assert!(hits(&c).await.iter().all(|h| h.idx == kept));
        assert_eq!(of_words(hits(&c).await).iter().map(|h| h.idx).collect::<Vec<_>>(), [kept]);
        let mut next = Definition::shipped();
        next.version = "ours-1".into();
        next.entries.retain(|e| e.word != "飞单");
        next.entries.push(Entry {
            word: "绿豆糕".into(),
            category: next.categories[0].id.clone(),
            severity: Severity::High,
            variants: vec![],
            lang: "zh".into(),
            share_leads: vec![],
            sign: false,
        });
        save(&c, next, &Actor::system("test")).await.unwrap();
        for _ in 0..2 {
            let ran = crate::signals::run::run(&c.company, NOW + HOUR).await.unwrap();
            assert_eq!((ran[0].subjects, ran[0].alerts), (1, 1));
            let all = of_words(hits(&c).await);
            assert_eq!(all.iter().map(|h| (h.idx, h.word.as_str(), h.alerting)).collect::<Vec<_>>(), [(old, "绿豆糕", true)], "{}", c.engine);
        }
        // Who is erased is not read again.
        crate::privacy::erase::employee(&c, &Actor::system("test"), "1001", "期满").await.unwrap();
        let mut third = Definition::shipped();
        third.version = "ours-2".into();
        save(&c, third, &Actor::system("test")).await.unwrap();
        crate::signals::run::run(&c.company, NOW + HOUR).await.unwrap();
        assert!(hits(&c).await.is_empty());
    })
    .await;
}

/// Who loses the last word that told of them is looked at: what was kept of them would otherwise stay for ever.
#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_word_has_those_looked_at_who_used_it() {
    on_each_engine(|c| async move {
        use crate::{
            jobs::model::job,
            signals::links::{FOLLOW, model::chain_fact},
        };
        out(&c, "m1", NOW, "这次的飞单").await;
        assert_eq!(chain_fact::Entity::find().all(c.store.read()).await.unwrap().len(), 1);
        let tx = c.store.write().await.unwrap();
        job::Entity::delete_many().filter(job::Column::Kind.eq(FOLLOW)).exec(&tx).await.unwrap();
        tx.commit().await.unwrap();
        let asked = async || {
            let asked = job::Entity::find().filter(job::Column::Kind.eq(FOLLOW)).all(c.store.read()).await.unwrap();
            asked.into_iter().filter_map(|j| j.unique_key).collect::<Vec<_>>()
        };
        assert!(asked().await.is_empty());
        let mut next = Definition::shipped();
        next.version = "ours-1".into();
        next.entries.retain(|e| e.word != "飞单");
        save(&c, next, &Actor::system("test")).await.unwrap();
        crate::signals::run::run(&c.company, NOW + HOUR).await.unwrap();
        assert_eq!(chain_fact::Entity::find().all(c.store.read()).await.unwrap(), []);
        assert_eq!(asked().await, ["1001"], "{}", c.engine);
    })
    .await;
}

/// A message that was put right is not heard again when the words change; what stands in its place is.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_right_is_not_read_into_chains_again() {
    on_each_engine(|c| async move {
        use crate::signals::links::model::chain_fact;
        out(&c, "m1", NOW, "这次的飞单").await;
        let words = lexicon(&c).await.unwrap();
        let mut standing = 0;
        for (id, text) in [("f1", "这次的飞单照旧"), ("f2", "这次的飞单老规矩")] {
            let data = json!({ "channel": "wecom", "conversation": "c1", "from": { "employee": "1001" }, "to": [{ "external": "wx1", "customer": "K1" }], "text": text });
            let right = json!({ "record": { "source": "/im", "id": "m1" }, "data": data, "reason": "转写有误" });
            let (kind, right) = ("record.corrected", right.as_object().unwrap().clone());
            let mut draft = Draft::new("/im".into(), id.into(), kind.into(), NOW + HOUR, Some("1001".into()), Vec::new(), right);
            draft.corrects_at = Some(NOW);
            draft.reading = draft.spoken().and_then(|data| crate::intake::reading(data, &words));
            let outcome = c.writer.append(vec![draft]).await.unwrap();
            let crate::records::Outcome::Accepted(idx) = outcome[0] else { panic!("{outcome:?}") };
            standing = idx;
        }
        let noted = async || chain_fact::Entity::find().all(c.store.read()).await.unwrap().into_iter().map(|r| r.idx).collect::<Vec<_>>();
        assert_eq!(noted().await, [standing]);
        let mut next = Definition::shipped();
        next.version = "ours-1".into();
        save(&c, next, &Actor::system("test")).await.unwrap();
        crate::signals::run::run(&c.company, NOW + HOUR).await.unwrap();
        assert_eq!(noted().await, [standing], "{}", c.engine);
    })
    .await;
}
