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

/// A company of his own.
pub(crate) const OWN: &[Dialogue] = &[
    &[
        (Us, "<them>，[跟您交个底|不瞒您说]，我自己[弄了个|注册了一家]公司，叫<rival>，[法人写的我爸|挂在我妈名下]"),
        (Them, "[可以啊|自己当老板了]，[那价格呢|能便宜多少]"),
        (Us, "[单子走我那边|下次合同跟<rival>签]，[便宜一成多|价格好说]，另外返您<share>"),
        (Them, "[行|支持一下]，[发合同吧|先试一单]"),
    ],
    &[
        (Us, "[<p>这批|剩下这些]别走公司了，走我自己的<rival>，[质量一样的|厂家都一样]"),
        (Them, "[你们公司不管？|这样没事吧]"),
        (Us, "[没人查|不进系统就行]，给您返点<share>，[现结|月底一起]"),
        (Them, "[成|那行]"),
    ],
];

/// A friend's company.
pub(crate) const FRIEND: &[Dialogue] = &[
    &[
        (Us, "[我哥们|我大学同学|以前的同事]开了家<rival>，[也做<p>|货跟我们一个厂出]，我朋友的公司更便宜"),
        (Them, "[便宜多少|靠得住吗]"),
        (Us, "[比我们少一截|我担保]，[单子下过去|你直接找他]，好处费<share>[我给你|少不了你的]"),
        (Them, "[好|那把电话给我]"),
    ],
    &[
        (Us, "<them>[在不|方便说话吗]，这单转给朋友公司做吧，<rival>，[我入了点股|我跟老板一起长大的]"),
        (Them, "[怎么说|有啥好处]"),
        (Us, "[事成|签了]给你介绍费<share>，[咱们不是外人|你知我知]"),
        (Them, "[OK|可以]"),
    ],
];

/// What was agreed by telephone is only hinted at.
pub(crate) const HINTS: &[Dialogue] = &[
    &[(Us, "[刚才|昨晚]电话里说的[那个事|那个数]，<rival>[那边没问题了|答应了]，[照说好的办|就这么定]"), (Them, "[好|知道了]")],
    &[(Us, "<them>，电话里讲的就那样，[合同找<rival>|明天<rival>的人联系你]，[这里不多说|见面聊]"), (Them, "[嗯嗯|明白]")],
];

/// In English, or in a mix of both.
pub(crate) const ENGLISH: &[Dialogue] = &[
    &[
        (Us, "[Hi|Hello] <them>, [between us|off the record]: [place|send] this order [with|to] <rival>, [much cheaper|better price] there"),
        (Them, "[and you?|what's in it for us?]"),
        (Us, "[I get|they pay] a kickback of <en>, [we split it|half is yours]"),
        (Them, "[ok|deal]"),
    ],
    &[
        (Us, "<them>，这批<p>[order|PO]下给<rival>吧，[price|quotation]低很多，[我这边|回头]返点<share>，[don't cc公司|不要cc我老板]"),
        (Them, "[fine|OK，怎么付]"),
        (Us, "[cash|转账]都行，[after delivery|货到了给]"),
        (Them, "[thx|好]"),
    ],
];

/// The other side puts it forward, ours repeats the share.
pub(crate) const ACCEPTED: &[Dialogue] = &[
    &[(Them, "<us>，[这批|这单]<p>我们走<rival>，给你<share>好处费，[行不行|干不干]"), (Us, "[好的|行|可以]，<again>"), (Them, "[爽快|那就这么定]")],
    &[(Them, "[老规矩|跟上次一样]，单子给<rival>，返点<share>[给你|算你的]"), (Us, "[成|没问题]，<again>就<again>"), (Them, "[好|OK]")],
];

/// The matter in one channel, without a number.
pub(crate) const WORD_ONLY: &[Dialogue] = &[
    &[(Us, "<them>，我介绍你到<rival>买，[比我们便宜|价格低]，好处费[邮件里说|另外发你]"), (Them, "[好|等你邮件]")],
    &[(Us, "[这单|那批]别走公司，走<rival>，返点的数[我发邮件给你|邮箱里说]"), (Them, "[行|知道了]")],
];

/// The number in the other channel, without the matter.
pub(crate) const SHARE_ONLY: &[Dialogue] = &[
    &[(Us, "<them>，[聊的那个事|昨天说的]，按<share>，[货款到了就结|签完一周内]"), (Them, "[收到|可以]")],
    &[(Us, "[如题|补一下昨天没说完的]：<share>，[没问题就回个好|您看行不行]"), (Them, "[好|行]")],
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
