use super::{
    catalogue::{Head, Part, typeset_part},
    certificate::{self, Certificate},
    fonts,
};
use probity_package::Row;

pub fn sample(rows: usize) -> Part {
    let head = Head {
        number: "案2026-0001-证-4".into(),
        company: "示例贸易有限公司".into(),
        case_number: "案2026-0001".into(),
        case_title: "恒达建材订单外流".into(),
        employee: "陈志远（E017）".into(),
        revision: 4,
        reason: "应仲裁委要求提交电子数据证据".into(),
        signatory: "李敏".into(),
        issued_at: "2026-03-22 18:06".into(),
        moment: [2026, 3, 22, 10, 6, 0],
        origin: "probity.example/log/1".into(),
        fingerprint: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889".into(),
        log_size: 1204,
        root_hash: "0c78337457f44a5dbe5bc52abb2f142636d463b5c5c54c7f388b961f76d79bf6".into(),
        stamps: vec!["2026-03-22 18:00 某时间戳服务中心".into()],
        digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        items: rows,
        withheld: 2,
        documents: vec![[
            "劳动合同（2024年版）.pdf".into(),
            "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae".into(),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0".into(),
        ]],
    };
    let rows = (0..rows)
        .map(|i| Row {
            number: i as u64 + 1,
            record: format!("rec_{i}"),
            name: "企业微信消息 🙂：陈志远致王经理".into(),
            kind: "电子数据·聊天记录".into(),
            source: "企业微信会话存档".into(),
            original: "与原件一致的复制件".into(),
            form: "结构化数据".into(),
            at: "2026-03-02 09:01:00".into(),
            received_at: "2026-03-02 09:01:02".into(),
            sha256: "ff7c2c44e8b5800c32aaaea29ab620b7eb74acbc88a5223da962dd785ce78ad4".into(),
            sm3: "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732".into(),
            stamp: "2026-03-22 18:00:00".into(),
            index: 1_000 + i as u64,
            collector: "系统自动采集".into(),
            proves: "该员工在任职期间以个人名义介绍公司客户与第三方交易，并约定按比例收取费用".into(),
            grade: if i % 3 == 0 { "A" } else { "B" }.into(),
            missing: if i % 3 == 0 { "" } else { "原系统的运行环境与时钟未经第三方检查；尚无可信时间戳覆盖" }.into(),
            file: format!("items/{:06}.json", i + 1),
        })
        .collect();
    Part { head, part: 1, parts: 1, rows }
}

/// Without a Chinese font nothing here would be tested.
fn fonts() -> fonts::Fonts {
    fonts::load().expect("a Chinese font (scripts/setup installs one)")
}

/// The text of a PDF as other programs read it.
fn text_of(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("catalogue.pdf");
    std::fs::write(&path, pdf).expect("written");
    let out = std::process::Command::new("pdftotext").arg("-raw").arg(&path).arg("-").output().expect("pdftotext (scripts/setup installs it)");
    assert!(out.status.success());
    // Cell after cell; a line break inside one is the typesetter's.
    String::from_utf8_lossy(&out.stdout).split_whitespace().collect()
}

/// Every field that LAW T asks of a document and T10 of this one can be read off the paper.
#[test]
fn the_catalogue_says_all_that_it_must() {
    let pdf = typeset_part(&fonts(), &sample(12)).expect("typeset");
    let text = text_of(&pdf);
    for must in [
        // All documents: number, company, employee, case, date, signatory, hash, delivery.
        "案2026-0001-证-4",
        "示例贸易有限公司",
        "陈志远（E017）",
        "恒达建材订单外流",
        "2026-03-22",
        "李敏",
        "9f86d081884c7d65",
        "送达记录",
        "送达方式",
        "□电子送达",
        "送达时间",
        "送达人",
        "签收或回执编号",
        "扫码核对摘要",
        // The catalogue: name, kind, source, original or copy, form, time, digests, stamp, log, collector, fact, page, objections.
        "证据名称与种类",
        "企业微信消息",
        "电子数据·聊天记录",
        "企业微信会话存档",
        "与原件一致的复制件",
        "结构化数据",
        "2026-03-0209:01:02",
        "SHA-256",
        "ff7c2c44",
        "SM3",
        "debe9ff9",
        "9c0c5732",
        "时间戳",
        "日志第1000条",
        "采集：系统自动采集",
        "证明目的",
        "页码",
        "质证意见",
        // The files beside it, and who signs.
        "劳动合同（2024年版）.pdf",
        "66c7f0f4",
        "提交人（签章）",
        "对方当事人意见（签章）",
        "第1页",
        "openssldgst-sm3",
    ] {
        assert!(text.contains(must), "the paper does not say {must}:\n{text}");
    }
    // A character that no font has is a box and not a failure.
    assert!(!text.contains('🙂'));
}

#[test]
fn a_second_volume_says_so_and_only_the_last_is_signed() {
    let part = |part| Part { part, parts: 2, ..sample(3) };
    let fonts = fonts();
    let [first, last] = [1, 2].map(|i| text_of(&typeset_part(&fonts, &part(i)).expect("typeset")));
    assert!(first.contains("第1册，共2册") && !first.contains("送达记录") && first.contains("出具事由"), "{first}");
    assert!(last.contains("第2册，共2册") && last.contains("送达记录") && !last.contains("出具事由"), "{last}");
}

#[test]
fn the_catalogue_is_the_same_again() {
    let fonts = fonts();
    let first = typeset_part(&fonts, &sample(12)).expect("typeset");
    assert!(first.starts_with(b"%PDF-"));
    // Another part before it changes nothing: which child sets which part is left to chance.
    typeset_part(&fonts, &sample(3)).expect("typeset");
    assert_eq!(typeset_part(&fonts, &sample(12)).expect("typeset"), first);
    if let Some(place) = std::env::var_os("PROBITY_SHOW_DOCUMENTS") {
        std::fs::write(std::path::Path::new(&place).join("catalogue.pdf"), first).expect("written");
    }
}

#[test]
fn the_certificate_is_the_same_again_and_says_the_facts_of_the_article() {
    let paper = Certificate {
        number: "交2026-0001-证".into(),
        company: "示例贸易有限公司".into(),
        name: "陈志远".into(),
        employee: "E017".into(),
        term: "2020-03-01 至 2026-12-20".into(),
        ended_on: "2026-12-20".into(),
        post: "销售经理".into(),
        service: "6 年 9 个月".into(),
        issued_on: "2026-12-21".into(),
    };
    let fonts = fonts();
    let made = certificate::set(&fonts, &paper).expect("typeset");
    let text = text_of(&made);
    for must in ["陈志远", "E017", "2020-03-01至2026-12-20", "2026年12月20日", "销售经理", "6年9个月", "2026年12月21日", "示例贸易有限公司（盖章）"]
    {
        assert!(text.contains(must), "the certificate does not say {must}:\n{text}");
    }
    assert_eq!(certificate::set(&fonts, &paper).expect("typeset"), made);
    // What somebody adds to the data has no place on it.
    let mut more = serde_json::to_value(&paper).expect("JSON");
    more["reason"] = "因故".into();
    let read: Certificate = serde_json::from_value(more).expect("a certificate");
    assert_eq!(read, paper);
}
