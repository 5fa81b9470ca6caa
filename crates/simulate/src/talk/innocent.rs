//! Words of people who did nothing wrong and look as if: refusals, rebates to the company, money between
//! friends, customers who go elsewhere by themselves.

use super::Dialogue;
use super::Who::{Them, Us};

/// A customer or a rival offers, our person refuses.
pub(crate) const REFUSALS: &[Dialogue] = &[
    &[
        (Them, "[这次帮了大忙|你帮我把价格压下来]，[给你包个红包|我给你两千好处费]"),
        (Us, "<them>您别这样，我们公司禁止收好处费，不能收"),
        (Them, "[没人知道的|一点心意]"),
        (Us, "[真的不行，公司抓得严|心意领了]，[单子照常给您办|您多下单就是支持我]"),
    ],
    &[
        (Them, "[老弟|兄弟]，你把[这几个|手上]客户给我，10个点"),
        (Us, "不做私单的，[公司有规定|要开除的]，您别再提了"),
        (Them, "[行行行|再考虑考虑]"),
        (Us, "[不考虑|这个没得谈]"),
    ],
    &[
        (Them, "货款能不能[打你卡上|直接转给你]，[省得走税|快一点]"),
        (Us, "[不行的|不可以]，请勿打到个人账户，一律走公司账，[账号在合同上|我发您公司账号]"),
        (Them, "[那好吧|行]"),
    ],
    &[
        (Them, "[别家都有回扣的|采购这块你懂的]"),
        (Us, "[我们公司不能收也不能给回扣|我们不做回扣，这是红线]，[价格上我给您争取|您看账期行不行]"),
        (Them, "[那就没意思了|算了，按流程吧]"),
    ],
    &[(Them, "[中秋|过年]给你寄了点东西"), (Us, "[太客气了|谢谢]，公司规定礼品要上交登记的，[我替前台谢谢您|下次千万别]"), (Them, "[这么严|哈哈]")],
];

/// A supplier's rebate to the company itself.
pub(crate) const REBATES: &[Dialogue] = &[
    &[
        (Them, "<us>，上季度给公司的返点[算好了|出来了]，[采购额的2%|按合同3个点]，[发对账函|财务确认下]"),
        (Us, "[收到|好的]，给公司的返点走公司账，[财务会核对|账号按合同]"),
        (Them, "[<day>打款|好，开红字票]"),
    ],
    &[(Us, "[你们|贵司]年度返利政策文件发我一份，公司返点政策要[备案|存档]"), (Them, "[发邮箱了|还是老政策，满三百万返2%给贵司]"), (Us, "[收到|已转财务]")],
    &[
        (Us, "<them>，公司活动：[本月下单满五万|老客户介绍新客户成交]，公司送[一次上门保养|一台角磨机]，[走公司账开票|以活动单为准]"),
        (Them, "[还有这好事|可以啊]"),
        (Us, "[活动到<date>|以公司公告为准]"),
    ],
];

/// Money between friends or household matters, written to a colleague.
pub(crate) const LOANS: &[Dialogue] = &[
    &[(Us, "[手头紧|这月房贷]，[能周转我<sum>吗|借我<sum>]，[下月还|发工资还]"), (Them, "[行|转你了]"), (Us, "[谢了|好兄弟]")],
    &[(Us, "上次借你的<sum>[转回去了|还你了]，[查一下|收到说一声]"), (Them, "[收到|不急的]")],
];

/// A customer leaves by itself and says so.
pub(crate) const FAREWELLS: &[Dialogue] = &[
    &[
        (Them, "<us>，[跟你说一声|不好意思]，[这单|后面]我们[给别家做了|换供应商了]，[集团统一招标|老板的决定]"),
        (Us, "[太可惜了|能问下原因吗]，[是价格还是交期|我们哪里没做好]？"),
        (Them, "[总部定的|交期跟不上|没办法]"),
        (Us, "[理解|以后有机会再合作]，[有需要随时找我|我向公司汇报一下]"),
    ],
    &[(Them, "[我们搬到外地|项目停]了，[以后不拿<p>了|合作先到这里]"), (Us, "[好的|祝顺利]，[尾款结清了|感谢这些年支持]"), (Them, "[谢谢|后会有期]")],
];
