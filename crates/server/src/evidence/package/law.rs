//! `law.json`: the rules under which the records of a package were gathered and may be examined (LAW parts E and R).

use serde_json::{Value, json};

/// Rule, what it asks, where it stands. Shown with “由律师审核后启用” like the rest of the legal pack.
const RULES: [(&str, &str, &str, &str); 12] = [
    ("E1", "证据来源与原件", "source and original", "民事诉讼法第66条；民事证据规定第14、15条"),
    ("E2", "系统环境与检查", "sound and checked environment", "民事证据规定第93条第一款第1—3项"),
    ("E3", "提取方法完整可靠", "complete and reliable method", "民事证据规定第93条第一款第4—5项"),
    ("E4", "正常业务活动中形成", "formed in the ordinary course of business", "民事证据规定第94条"),
    ("E5", "收集主体与保管链", "proper actor and custody", "民事证据规定第93条第一款第6—7项"),
    ("E6", "未被篡改", "unaltered", "电子签名法第5条；人民法院在线诉讼规则第16—19条"),
    ("E7", "取得合法", "lawfully obtained", "民事诉讼法司法解释第106条"),
    ("R01", "处理有合法性基础", "a lawful basis for processing", "个人信息保护法第13条"),
    ("R03", "已告知处理规则", "the notice was given", "个人信息保护法第17、18条"),
    (
        "R07",
        "个人流水仅限自愿提供、公司账户或法院调取",
        "private books only if volunteered, the company's, or by court order",
        "个人信息保护法第6、28条；民法典第1033条",
    ),
    ("R08", "聊天记录仅限公司账号，查看须有案件与理由", "chat of company accounts only; reading needs a case and a reason", "个人信息保护法第13—17条"),
    ("R10", "不以模型评分单独作出决定", "no decision by score alone", "个人信息保护法第24、73条"),
];

pub fn list() -> Value {
    let rules: Vec<Value> = RULES.iter().map(|(id, zh, en, article)| json!({ "id": id, "zh": zh, "en": en, "article": article })).collect();
    json!({
        "pack": "cn",
        "as_of": "2026-11-01",
        "note": { "zh": "法律规则须由律师审核后启用。完整性证明自进入日志时起；进入之前是否真实，依在线诉讼规则第18条另行审查。",
                  "en": "The legal pack takes effect once counsel has reviewed it. Integrity is proven from the entry into the log; whether data was true before is examined separately (online litigation rules, article 18)." },
        "rules": rules,
    })
}
