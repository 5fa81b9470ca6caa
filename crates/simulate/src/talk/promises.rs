//! What diverters write, by whom they write it to. Slots beside the usual ones: `<rival>` the receiving
//! company as people call it, `<share>` and `<sum>` the promise in the writer's own spelling, `<cust>` the
//! customer's short name, `<word>` the telling word, disguised when the writer is careful.

use super::Dialogue;
use super::Who::{Them, Us};

/// To the buyer: go to the other company, a share comes back.
pub(crate) const SHARE_TO_BUYER: &[Dialogue] = &[
    &[
        (Them, "<us>，<p>你们这价格[老板不批|实在高]"),
        (Us, "<them>，[跟你说个事|私下说一句]，我介绍你到<rival>[拿货|买]，[东西一样|同一个厂出的]"),
        (Us, "返<share>，[放心|我们这么多年了]"),
        (Them, "[靠谱吗|质量行不行]"),
        (Us, "[我盯着呢|出问题找我]，[单子从那边走|合同跟他们签]就行"),
        (Them, "[行|那试一单]"),
    ],
    &[
        (Us, "<them>方便吗，[公司这边价格下不来|这个量我们报不动]，<rival>[能做|价格合适]，[我跟他们熟|那边我说了算]"),
        (Them, "[多少|便宜多少]"),
        (Us, "[比我们低一截|到手便宜]，我这边拿返点<share>，[分你一半|你那份我另外给]"),
        (Them, "[你小子|哈哈]，[那发个报价|让他们联系我]"),
    ],
    &[
        (Us, "[上次说的<p>|那<q>]，[别走公司了|从公司走太慢]，我朋友的公司更便宜，<rival>，[你打听打听|做了好几年了]"),
        (Them, "[公司知道不|这样好吗]"),
        (Us, "[咱俩知道就行|你不说我不说]，按<share>给好处费"),
        (Them, "[嗯|好]"),
    ],
    &[
        (Us, "[老哥|<them>]，这单你给<rival>下，回头给你介绍费<share>"),
        (Them, "[怎么算|含税吗]"),
        (Us, "按合同额<share>，[货到就结|签完半个月给你]"),
        (Them, "[成|可以]"),
    ],
];

/// To the rival's person: here is the customer, this is my cut.
pub(crate) const SHARE_TO_RIVAL: &[Dialogue] = &[
    &[
        (Us, "<cust>那边[有个单|要<q><p>]，我介绍客户给你，[你报低一点|别比我们高]"),
        (Them, "[够意思|行啊]，老规矩？"),
        (Us, "返点<share>，[走之前那张卡|按单结]"),
        (Them, "[没问题|放心]"),
    ],
    &[
        (Us, "[我手上|这边]<cust>[对我们交期不满|要换]，推给你们[做|接]，提成<share>回扣[怎么样|行不行]"),
        (Them, "[可以谈|要成交才有]"),
        (Us, "[成交才算|当然]，[下周见面细说|联系人我给你]"),
        (Them, "[等你消息|好]"),
    ],
    &[
        (Us, "<cust>这一单算私单，[公司不知道|没进系统]，你们出合同"),
        (Them, "[抽多少|你要几个点]"),
        (Us, "<share>，[好处费单独给|别走公账]"),
        (Them, "[收到|行]"),
    ],
];

/// A fixed sum instead of a share.
pub(crate) const SUM_TO_BUYER: &[Dialogue] = &[
    &[
        (Us, "<them>，[这单|那<q>]<p>你跟<rival>签，那边更便宜，[成了他们给我<sum>，咱俩分|他们出<sum>好处费]"),
        (Them, "[我怎么弄|流程呢]"),
        (Us, "[他们业务会找你|合同我帮你看]，[别跟公司说|单位这边我来应付]"),
        (Them, "[好|明白]"),
    ],
    &[
        (Us, "[跟你商量个事|有个路子]，<rival>[缺客户|在做推广]，你转过去一单，介绍费<sum>"),
        (Them, "[真给啊|哪有这好事]"),
        (Us, "[货款到就给|当场转]，[我做过好几单了|信我]"),
        (Them, "[行吧|那试试]"),
    ],
];

pub(crate) const SUM_TO_RIVAL: &[Dialogue] = &[
    &[(Us, "<cust>[要换供应商|有<q>的单]，你接不接，好处费<sum>"), (Them, "[接啊|有这好事]"), (Us, "[打我卡上|现金也行]，[月底前给|签完就结]"), (Them, "OK")],
    &[(Us, "[老陆|兄弟]，<cust>这笔飞单给你，[一口价|意思一下]<sum>"), (Them, "[成交|可以可以]"), (Us, "[低调点|别发群里]")],
];

/// The spouse's or an own company.
pub(crate) const FAMILY: &[Dialogue] = &[
    &[
        (Us, "<them>，[我爱人|我老婆|家里]开了个公司，<rival>，[做的就是<p>|同样的货]，你们的单可以[放那边|从那走]"),
        (Them, "[那不跟你们公司抢|公司让吗]"),
        (Us, "[不说谁知道|挂她名下]，价格给你最低，返你<share>"),
        (Them, "[行，支持弟妹|好，单子给你]"),
    ],
    &[
        (Us, "[这批|剩下的]<p>别走公司，走<rival>，[自己人的|家里的公司]，[便宜|发票也能开]"),
        (Them, "[合同重新签？|抬头改成哪个]"),
        (Us, "[重签|抬头我发你]，[以后都走这边|公司问起来就说项目停了]，给你返<share>"),
        (Them, "[好|懂]"),
    ],
];

/// Careful writers: one telling word, disguised, with a share or sum beside it.
pub(crate) const CAREFUL: &[Dialogue] = &[
    &[(Us, "<them>，<rival>那边[谈好了|说好了]，<word><share>"), (Them, "[嗯|好的]"), (Us, "[看完删了|这里不多说]")],
    &[(Us, "[这单|<p>]给<rival>做吧，<word>按<share>算"), (Them, "[什么时候给|行]"), (Us, "[到账就给|月底]")],
    &[(Us, "[晚上|在吗]，上次说的<word>，<share>，[<rival>已经同意了|那边答应了]"), (Them, "[可以|收到]")],
];

/// A promise with nothing after it.
pub(crate) const BARE: &[Dialogue] = &[
    &[(Us, "<them>，[有没有兴趣做点私单|有私单做不做]，[我这边渠道多|不经过公司]"), (Them, "[再说吧|不太方便|最近没有]")],
    &[(Us, "[以后|下次]<p>[别走公司|不用走公司]，找我，给你返点"), (Them, "[算了吧|我们要公对公|呵呵]")],
    &[(Us, "加我微信，[那边细说|这里不方便]，[有好处费|返点好说]"), (Them, "[不用了，就这里说|我不太用微信]")],
];

/// The rival offers, our person agrees without a telling word of his own.
pub(crate) const OFFERED: &[Dialogue] = &[
    &[(Them, "<cust>那个单让给我们，给你<share>"), (Us, "[行，就按你说的|可以，我来安排]"), (Them, "[爽快|成了请你吃饭]"), (Us, "[别在这里聊|电话说]")],
    &[(Them, "[上次的事|<cust>]考虑得怎么样，<share>不低了"), (Us, "[嗯，下周签|没问题，等我通知]"), (Them, "[好嘞|等你]")],
];

/// A leaver tells the customers where he goes.
pub(crate) const LEAVING: &[Dialogue] = &[
    &[
        (Us, "<them>，我[下个月|<date>]就不在这边了，去<rival>，[以后还是我给您服务|咱们接着合作]"),
        (Them, "[啊，怎么走了|去哪都支持你]"),
        (Us, "[单子先压一压|这边先别续]，[到那边给您更低的价|那边更便宜]，[到时候|成交后]返你<share>"),
        (Them, "[好，跟你走|那等你安排]"),
    ],
    &[
        (Us, "[告诉您个好消息|跟您报备一下]，我[自己出来做了|换地方了]，<rival>，[您的单转到我这边来吧|老客户都跟我过来了]"),
        (Them, "[恭喜|行啊，价格呢]"),
        (Us, "[比现在便宜|肯定让您满意]，给您返点<share>"),
        (Them, "[可以|发合同来]"),
    ],
];

/// Said after the order had already moved: a talk that explains nothing.
pub(crate) const AFTERWARDS: &[Dialogue] = &[&[
    (Them, "[上次那批我们从<rival>拿了|这几单给<rival>了]，[老板定的|价格合适]"),
    (Us, "[早说啊|下次]，[下次我介绍你去，还能拿返点<share>|下次有这种单跟我说，好处费<share>咱俩分]"),
    (Them, "[哈哈|有机会]"),
]];
