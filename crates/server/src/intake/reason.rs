//! Why a record is turned away: stable codes, the law behind them, and what may mend them.

use crate::said::Said;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    BadShape,
    BadTime,
    UnknownKind,
    UnknownSource,
    KindNotCovered,
    SourceNotAllowed,
    /// R01: the source has no registered basis, notice or assessment.
    NoBasis,
    /// R06: where somebody was while on leave.
    OffDuty,
    /// R07: an employee's own bank or wallet books without a lawful way to have them.
    PrivateBooks,
    /// R08: the other side refused or withdrew consent to archiving.
    ConsentRefused,
    /// R09: recovered deletions, hidden recordings.
    UnlawfulCapture,
    UnknownRecord,
    Conflict,
}

impl Reason {
    pub const ALL: [Reason; 13] = [
        Self::BadShape,
        Self::BadTime,
        Self::UnknownKind,
        Self::UnknownSource,
        Self::KindNotCovered,
        Self::SourceNotAllowed,
        Self::NoBasis,
        Self::OffDuty,
        Self::PrivateBooks,
        Self::ConsentRefused,
        Self::UnlawfulCapture,
        Self::UnknownRecord,
        Self::Conflict,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::BadShape => "bad_shape",
            Self::BadTime => "bad_time",
            Self::UnknownKind => "unknown_kind",
            Self::UnknownSource => "unknown_source",
            Self::KindNotCovered => "kind_not_covered",
            Self::SourceNotAllowed => "source_not_allowed",
            Self::NoBasis => "no_basis",
            Self::OffDuty => "off_duty",
            Self::PrivateBooks => "private_books",
            Self::ConsentRefused => "consent_refused",
            Self::UnlawfulCapture => "unlawful_capture",
            Self::UnknownRecord => "unknown_record",
            Self::Conflict => "conflict",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }

    /// The rule of the legal pack.
    pub fn rule(self) -> Option<&'static str> {
        match self {
            Self::NoBasis => Some("R01"),
            Self::OffDuty => Some("R06"),
            Self::PrivateBooks => Some("R07"),
            Self::ConsentRefused => Some("R08"),
            Self::UnlawfulCapture => Some("R09"),
            _ => None,
        }
    }

    /// Whether the body may lie sealed in quarantine. What the law forbids us to hold, and what the other side
    /// refused, leaves only its id, a keyed digest and this reason.
    pub fn may_hold(self) -> bool {
        !matches!(self, Self::OffDuty | Self::PrivateBooks | Self::ConsentRefused | Self::UnlawfulCapture)
    }

    /// Something in the company's set-up can mend it, so it is tried again when that changes.
    pub fn mended_by_source(self) -> bool {
        matches!(self, Self::UnknownSource | Self::KindNotCovered | Self::NoBasis)
    }
}

pub fn unknown_source(source: &str) -> Said {
    Said::new(
        format!("来源“{source}”还没有登记。请管理员在“数据来源”中登记来源、种类、合法依据和告知，之后这条记录会自动放行。"),
        format!(
            "The source “{source}” is not registered. Ask an administrator to register it with its kinds, lawful basis and notice; the record is then released by itself."
        ),
    )
}

pub fn reserved_source() -> Said {
    Said::new("“/probity/”开头的来源只供系统自身使用，请换用自己的来源名。", "Sources under “/probity/” are the system's own. Use a source of your own.")
}

pub fn kind_not_covered(source: &str, kind: &str) -> Said {
    Said::new(
        format!("来源“{source}”登记的种类不包括“{kind}”。请在“数据来源”中补充种类，之后这条记录会自动放行。"),
        format!("The source “{source}” is not registered for “{kind}”. Add the kind to the source; the record is then released by itself."),
    )
}

pub fn source_not_allowed(source: &str) -> Said {
    Said::new(
        format!("这个令牌不能写入来源“{source}”。请换用绑定了该来源的令牌。"),
        format!("This token may not write to the source “{source}”. Use a token bound to it."),
    )
}

pub fn no_basis(source: &str) -> Said {
    Said::new(
        format!("来源“{source}”登记时缺少合法依据、告知或影响评估日期（个人信息保护法第十三、十七、五十五条）。请补充登记，之后这条记录会自动放行。"),
        format!(
            "The source “{source}” was registered without a lawful basis, a notice or the day of its assessment (PIPL articles 13, 17, 55). Complete the registration; the record is then released by itself."
        ),
    )
}

pub fn off_duty() -> Said {
    Said::new(
        "这位员工当时在休假，休假期间的位置不得采集（个人信息保护法第六、十九、二十八条）。内容没有留存。若休假记录有误，请先更正休假记录再重发。",
        "This employee was on leave then, and where somebody on leave is may not be taken in (PIPL articles 6, 19, 28). Nothing of the content was kept. If the leave is wrong, correct it first and send again.",
    )
}

pub fn private_books() -> Said {
    Said::new(
        "员工个人的银行、微信或支付宝账目，没有合法来源不得保存（个人信息保护法第六、二十八条，民法典第一千零三十三条）。内容没有留存。只有公司账户、员工自愿提交（附签字说明）或法院调取的账目可以导入，请注明 basis 后重发。",
        "An employee's own bank, WeChat or Alipay books may not be held without a lawful way to have them (PIPL articles 6, 28; Civil Code article 1033). Nothing of the content was kept. Only company accounts, a voluntary submission with a signed statement, or a court's order will do: state the basis and send again.",
    )
}

pub fn consent_refused() -> Said {
    Said::new(
        "这次会话中有人拒绝或撤回了会话存档同意（个人信息保护法第十三至十七条），此后的消息不得留存。内容没有保存；对方重新同意后的消息可以正常送入。",
        "Somebody in this conversation refused or withdrew consent to archiving (PIPL articles 13–17), so later messages may not be kept. Nothing of the content was kept; messages after a new consent are accepted.",
    )
}

pub fn unlawful_capture() -> Said {
    Said::new(
        "恢复的已删除内容、未事先告知并取得同意的隐蔽录音录像，不得保存（民法典第一千零三十三条）。内容没有留存。",
        "Recovered deletions and hidden recordings made without notice and consent may not be held (Civil Code article 1033). Nothing of the content was kept.",
    )
}

pub fn conflict() -> Said {
    Said::new(
        "同一来源、同一编号已有内容不同的记录。记录不可修改：请用新的编号发送 record.corrected 更正。",
        "A record of the same source and id with other content is already there. Records are never changed: send a record.corrected with an id of its own.",
    )
}

pub fn unknown_record() -> Said {
    Said::new(
        "要更正的记录不存在。请核对 data.record 中的 source 和 id，或先发送原记录。",
        "The record to be corrected is not here. Check source and id in data.record, or send that record first.",
    )
}

pub fn other_source() -> Said {
    Said::new("这个令牌不能更正其他来源的记录。", "This token may not correct records of that source.")
}
