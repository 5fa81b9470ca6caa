//! 客户对接人变更通知 (LAW T8): old and new contact, from when, the official channels and payee account, a line on
//! privacy. No reason, no accusation.

use crate::{error::Result, handover::law, said::Lang};

/// What a notice is filled in with.
#[derive(Debug, Default)]
pub struct Filling<'a> {
    pub company: &'a str,
    pub recipient: &'a str,
    pub customer: &'a str,
    pub old: &'a str,
    pub new: &'a str,
    pub phone: &'a str,
    pub mail: &'a str,
    pub date: &'a str,
    pub channels: &'a str,
    pub payee: &'a str,
}

pub struct Template {
    pub title: String,
    pub body: String,
}

/// As shipped; places in braces are filled in for each customer.
pub fn shipped(lang: Lang) -> Template {
    match lang {
        Lang::Zh => Template {
            title: "{company}业务对接人变更通知".into(),
            body: "{recipient}：\n\n您好！自 {date} 起，{customer}与我司业务的对接人变更为{new}（{reach}），此前的对接人为{old}。贵司的订单、服务与各项约定照常履行。\n\n\
                   我司的官方联系渠道：{channels}。收款账户不变：{payee}。请勿向任何个人账户付款。\n\n\
                   贵司的联系方式仅用于双方的业务往来；如需更正或停止使用，请告知我们。\n\n{company}"
                .into(),
        },
        Lang::En => Template {
            title: "Your new contact at {company}".into(),
            body: "Dear {recipient},\n\nfrom {date} {new} ({reach}) is the contact of {customer} with us, in place of {old}. Your orders, services and all agreements go on as before.\n\n\
                   Our official channels: {channels}. Our account for payments is unchanged: {payee}. Please never pay into anybody's private account.\n\n\
                   We use your contact details for our business with you only; tell us if they are to be corrected or no longer used.\n\n{company}"
                .into(),
        },
    }
}

/// The text for one customer.
pub fn fill(template: &str, with: &Filling<'_>) -> String {
    let reach = [with.phone, with.mail].iter().filter(|t| !t.is_empty()).copied().collect::<Vec<_>>().join(" / ");
    let places: [(&str, &str); 11] = [
        ("{company}", with.company),
        ("{recipient}", with.recipient),
        ("{customer}", with.customer),
        ("{old}", with.old),
        ("{new}", with.new),
        ("{reach}", &reach),
        ("{phone}", with.phone),
        ("{mail}", with.mail),
        ("{date}", with.date),
        ("{channels}", with.channels),
        ("{payee}", with.payee),
    ];
    let mut out = String::with_capacity(template.len() + 200);
    let mut rest = template;
    // One pass: what is filled in is not looked at again for places.
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match places.iter().find(|(place, _)| rest.starts_with(place)) {
            Some((place, value)) => {
                out.push_str(value);
                rest = &rest[place.len()..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// Refuses, naming T8, a text that gives a reason or blames.
/// `names` of the company, the customer and the contacts, and the channels, stand in it by right, whatever they are called.
pub fn check(title: &str, body: &str, names: &[&str]) -> Result<()> {
    for text in [title, body] {
        law::notice_text(&law::without(text, names))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_shipped_texts_pass_their_own_check_and_are_filled_in_once() {
        let with = Filling {
            company: "海川物流",
            recipient: "张总",
            customer: "恒达{old}建材",
            old: "王芳",
            new: "李娜",
            phone: "13800000000",
            mail: "li@x.example",
            date: "2026-12-01",
            channels: "400-000-0000",
            payee: "海川物流 6222",
        };
        for lang in [Lang::Zh, Lang::En] {
            let template = shipped(lang);
            let (title, body) = (fill(&template.title, &with), fill(&template.body, &with));
            check(&title, &body, &[]).unwrap();
            assert!(body.contains("恒达{old}建材") && body.contains("李娜") && body.contains("13800000000 / li@x.example"), "{body}");
            check(&title, &format!("{body} 诉讼服务所，投诉电话 400-000-0000，防盗门厂"), &["诉讼服务所"]).unwrap();
            assert!(check(&title, &format!("{body} 诉讼服务所"), &[]).is_err());
            assert!(check(&title, &format!("{body} 正在调查"), &["诉讼服务所"]).is_err());
            assert!(!body.contains("{new}") && !title.contains('{'));
        }
    }
}
