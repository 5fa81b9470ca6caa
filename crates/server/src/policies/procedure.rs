//! The democratic procedure 民主程序 of a policy (劳动合同法 4): a rule that touches the workers' interests is discussed by
//! the staff congress or all staff, settled on an equal footing with the union or representatives, and made public.
//! Without it a rule is no ground for a dismissal (J1 50(1), LAW P01).

use crate::{
    company::{Actor, Company},
    contracts::acts::Paper,
    error::{FieldError, Problem, Result},
    people::acts::day,
    said::{Lang, Said},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use utoipa::ToSchema;

/// 讨论: with the staff congress, all staff or their representatives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Discussion {
    pub on: String,
    /// With whom, e.g. 职工代表大会.
    pub with: String,
    /// What was proposed and said.
    pub summary: String,
    pub file: Option<Paper>,
}

/// 协商确定: with the union or the workers' representatives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Consultation {
    pub on: String,
    pub with: String,
    pub summary: String,
    pub file: Option<Paper>,
}

/// 公示或告知
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Publicity {
    pub on: String,
    /// How, e.g. 公告栏、邮件、培训签到.
    pub how: String,
    pub file: Option<Paper>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Procedure {
    pub discussion: Option<Discussion>,
    pub consultation: Option<Consultation>,
    pub publicity: Option<Publicity>,
}

impl Procedure {
    pub fn papers(&self) -> Vec<(&'static str, &Paper)> {
        let discussion = self.discussion.as_ref().and_then(|d| d.file.as_ref());
        let consultation = self.consultation.as_ref().and_then(|c| c.file.as_ref());
        let publicity = self.publicity.as_ref().and_then(|p| p.file.as_ref());
        [("/procedure/discussion/file", discussion), ("/procedure/consultation/file", consultation), ("/procedure/publicity/file", publicity)]
            .into_iter()
            .filter_map(|(pointer, file)| Some((pointer, file?)))
            .collect()
    }

    /// What was entered so far is sound; what is still missing may be missing in a draft.
    /// `had` are the digests of papers that this policy names already.
    pub async fn check(&self, company: &Company, by: &Actor, lang: Lang, had: &HashSet<String>) -> Result<()> {
        let days = [
            ("/procedure/discussion/on", self.discussion.as_ref().map(|d| &d.on)),
            ("/procedure/consultation/on", self.consultation.as_ref().map(|c| &c.on)),
            ("/procedure/publicity/on", self.publicity.as_ref().map(|p| &p.on)),
        ];
        for (pointer, on) in days {
            if let Some(on) = on
                && day(lang, pointer, on)? > company.today()
            {
                return Err(
                    Problem::of_field(lang, pointer, "这一步还没有发生，日期不能在今天之后。", "This has not happened: the day lies after today.").into()
                );
            }
        }
        for (pointer, file) in self.papers().into_iter().filter(|(_, file)| !had.contains(&file.sha256)) {
            file.check(company, by, lang, pointer).await?;
        }
        Ok(())
    }

    /// What of the procedure is missing before this text may take effect, each with its place.
    pub fn lacks(&self, effective_on: Date) -> Vec<(&'static str, Said)> {
        let mut missing = Vec::new();
        let date = |text: &str| text.parse::<Date>().ok();
        let empty = |text: &str| text.trim().is_empty();
        match &self.discussion {
            None => missing.push((
                "/procedure/discussion",
                Said::new("缺少职工代表大会或全体职工讨论的记录", "the record of the discussion with the staff congress or all staff"),
            )),
            Some(d) if empty(&d.with) || empty(&d.summary) || d.file.is_none() => missing.push((
                "/procedure/discussion",
                Said::new("讨论记录须写明参加方、意见，并附会议纪要或签到", "of the discussion, who took part, what was said and the minutes as a file"),
            )),
            Some(_) => {}
        }
        match &self.consultation {
            None => missing.push((
                "/procedure/consultation",
                Said::new("缺少与工会或职工代表平等协商确定的记录", "the record of the consultation with the union or the representatives"),
            )),
            Some(c) if empty(&c.with) || empty(&c.summary) || c.file.is_none() => missing.push((
                "/procedure/consultation",
                Said::new("协商记录须写明对方、结果，并附书面材料", "of the consultation, with whom, its result and a written paper as a file"),
            )),
            Some(_) => {}
        }
        match &self.publicity {
            None => missing.push(("/procedure/publicity", Said::new("缺少公示或告知的记录", "the record of publicity or of telling the staff"))),
            Some(p) if empty(&p.how) || p.file.is_none() => missing.push((
                "/procedure/publicity",
                Said::new("公示记录须写明方式，并附截图、照片或签到表", "of the publicity, how it was done and a picture or list as a file"),
            )),
            Some(_) => {}
        }
        let (d, c, p) = (
            self.discussion.as_ref().and_then(|d| date(&d.on)),
            self.consultation.as_ref().and_then(|c| date(&c.on)),
            self.publicity.as_ref().and_then(|p| date(&p.on)),
        );
        if let (Some(d), Some(c)) = (d, c)
            && c < d
        {
            missing.push(("/procedure/consultation/on", Said::new("协商确定应在讨论之后", "a consultation that comes after the discussion")));
        }
        if let (Some(c), Some(p)) = (c, p)
            && p < c
        {
            missing.push(("/procedure/publicity/on", Said::new("公示应在协商确定之后", "publicity that comes after the consultation")));
        }
        if p.is_some_and(|p| p > effective_on) {
            missing.push(("/effective_on", Said::new("生效日期不能早于公示日期", "a day of effect not before the publicity")));
        }
        missing
    }
}

/// The refusal to publish, naming what is missing and the rule.
pub fn refusal(lang: Lang, missing: &[(&'static str, Said)]) -> Problem {
    let list = |pick: fn(&Said) -> &str, with: &str| missing.iter().map(|(_, s)| pick(s)).collect::<Vec<_>>().join(with);
    let errors = missing
        .iter()
        .map(|(pointer, said)| FieldError { pointer: (*pointer).into(), code: "missing_step".into(), detail: said.pick(lang).to_owned() })
        .collect();
    Problem::unlawful(
        "P01",
        format!(
            "民主程序不完整，不能发布（劳动合同法第四条；最高法劳动争议司法解释一第五十条）：{}。请补齐后再发布，否则这项制度不能作为解除劳动合同的依据。",
            list(|s| &s.zh, "；")
        ),
        format!(
            "The democratic procedure is not complete, so this cannot be published (Labour Contract Law article 4; Interpretation I article 50). Missing: {}. Without it the rule is no ground for a dismissal.",
            list(|s| &s.en, "; ")
        ),
    )
    .with_errors(errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> Procedure {
        let file = || Some(Paper { sha256: "a".repeat(64), name: "纪要.pdf".into() });
        Procedure {
            discussion: Some(Discussion { on: "2026-03-01".into(), with: "职工代表大会".into(), summary: "两条意见".into(), file: file() }),
            consultation: Some(Consultation { on: "2026-03-05".into(), with: "工会".into(), summary: "采纳一条".into(), file: file() }),
            publicity: Some(Publicity { on: "2026-03-10".into(), how: "公告栏".into(), file: file() }),
        }
    }

    #[test]
    fn every_step_has_to_be_there_in_its_order_with_its_paper() {
        let day = |t: &str| t.parse::<Date>().expect("a date");
        let lacks = |p: &Procedure, on: &str| p.lacks(day(on)).into_iter().map(|(pointer, _)| pointer).collect::<Vec<_>>();
        assert!(lacks(&whole(), "2026-03-10").is_empty());
        assert_eq!(lacks(&whole(), "2026-03-09"), ["/effective_on"]);
        assert_eq!(lacks(&Procedure { discussion: None, ..whole() }, "2026-04-01"), ["/procedure/discussion"]);
        assert_eq!(lacks(&Procedure { consultation: None, ..whole() }, "2026-04-01"), ["/procedure/consultation"]);
        assert_eq!(lacks(&Procedure { publicity: None, ..whole() }, "2026-04-01"), ["/procedure/publicity"]);
        let mut early = whole();
        early.consultation = early.consultation.map(|c| Consultation { on: "2026-02-01".into(), ..c });
        assert_eq!(lacks(&early, "2026-04-01"), ["/procedure/consultation/on"]);
        let mut bare = whole();
        bare.discussion = bare.discussion.map(|d| Discussion { file: None, ..d });
        assert_eq!(lacks(&bare, "2026-04-01"), ["/procedure/discussion"]);
    }
}
