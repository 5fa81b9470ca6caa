//! Company names as people write them: 上海鼎新建材有限公司 on a statement, 鼎新公司 in a chat, 鼎新 for short.
//! Reduces a name to region, core and trade, and says whether two names can mean the same company. Regions stand in
//! front, in brackets or before the legal form; branches belong to their company.
//! Not here: which companies exist (`directory`), and any reading of evasions (the lexicon's).

/// A name taken apart. Two names agree when their cores are equal and neither region nor trade contradicts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Name {
    pub core: String,
    pub region: String,
    pub trade: String,
    /// As it was written.
    pub written: String,
}

/// Legal forms and what stands in their place in talk, longest first.
const FORMS: &[&str] = &[
    "股份有限责任公司",
    "集团股份有限公司",
    "集团有限公司",
    "有限责任公司",
    "股份有限公司",
    "有限合伙企业",
    "有限合伙",
    "普通合伙",
    "个体工商户",
    "集团公司",
    "总公司",
    "分公司",
    "子公司",
    "有限公司",
    "有限公",
    "经营部",
    "营业部",
    "销售部",
    "批发部",
    "门市部",
    "工作室",
    "事务所",
    "合作社",
    "公司",
    "集团",
    "商行",
    "商店",
    "商铺",
    "门店",
    "工厂",
    "总厂",
    "厂家",
    "那边",
    "那里",
    "他们",
    "company",
    "limited",
    "corporation",
    "coltd",
    "corp",
    "gmbh",
    "inc",
    "llc",
    "ltd",
    "co",
    "厂",
    "店",
    "行",
    "家",
];

/// Trades that follow the core of a name, longest first.
const TRADES: &[&str] = &[
    "供应链管理",
    "医疗器械",
    "信息技术",
    "网络科技",
    "信息科技",
    "电子商务",
    "国际贸易",
    "进出口贸易",
    "企业管理咨询",
    "企业管理",
    "商务咨询",
    "建筑材料",
    "装饰材料",
    "建筑装饰",
    "装饰工程",
    "建筑工程",
    "机电设备",
    "机械设备",
    "文化传媒",
    "广告传媒",
    "新材料",
    "进出口",
    "供应链",
    "装饰",
    "装潢",
    "建材",
    "材料",
    "贸易",
    "商贸",
    "工贸",
    "科技",
    "技术",
    "实业",
    "电子",
    "电器",
    "电气",
    "机械",
    "机电",
    "设备",
    "建筑",
    "建设",
    "工程",
    "咨询",
    "服务",
    "管理",
    "投资",
    "控股",
    "发展",
    "物流",
    "运输",
    "国际",
    "医疗",
    "医药",
    "器械",
    "药业",
    "食品",
    "饮料",
    "酒业",
    "化工",
    "五金",
    "家具",
    "家居",
    "服饰",
    "服装",
    "纺织",
    "传媒",
    "广告",
    "文化",
    "教育",
    "培训",
    "钢铁",
    "钢材",
    "金属",
    "塑料",
    "塑胶",
    "包装",
    "印刷",
    "仪器",
    "仪表",
    "软件",
    "数据",
    "信息",
    "网络",
    "通信",
    "能源",
    "环保",
    "农业",
    "置业",
    "地产",
    "制造",
    "制品",
    "汽车",
    "汽配",
    "配件",
    "电缆",
    "管业",
    "木业",
    "石材",
    "陶瓷",
    "涂料",
    "玻璃",
    "照明",
    "光电",
    "半导体",
    "自动化",
    "trading",
    "technology",
    "materials",
    "building",
    "tech",
];

const REGIONS: &[&str] = &[
    "中国",
    "北京",
    "上海",
    "天津",
    "重庆",
    "河北",
    "山西",
    "辽宁",
    "吉林",
    "黑龙江",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "海南",
    "四川",
    "贵州",
    "云南",
    "陕西",
    "甘肃",
    "青海",
    "台湾",
    "内蒙古",
    "广西",
    "西藏",
    "宁夏",
    "新疆",
    "香港",
    "澳门",
    "广州",
    "深圳",
    "珠海",
    "东莞",
    "佛山",
    "中山",
    "惠州",
    "杭州",
    "宁波",
    "温州",
    "嘉兴",
    "绍兴",
    "金华",
    "义乌",
    "台州",
    "南京",
    "苏州",
    "无锡",
    "常州",
    "南通",
    "徐州",
    "扬州",
    "昆山",
    "合肥",
    "芜湖",
    "福州",
    "厦门",
    "泉州",
    "南昌",
    "济南",
    "青岛",
    "烟台",
    "潍坊",
    "郑州",
    "洛阳",
    "武汉",
    "长沙",
    "成都",
    "绵阳",
    "贵阳",
    "昆明",
    "西安",
    "兰州",
    "沈阳",
    "大连",
    "长春",
    "哈尔滨",
    "石家庄",
    "保定",
    "唐山",
    "太原",
    "呼和浩特",
    "南宁",
    "柳州",
    "海口",
    "三亚",
    "乌鲁木齐",
    "银川",
    "西宁",
    "拉萨",
];

/// Only what carries meaning, in one form: full width folded, lower case, no spaces, punctuation or brackets.
pub fn plain(text: &str) -> String {
    text.chars()
        .filter_map(|c| {
            let c = match c {
                '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
                c => c,
            };
            c.is_alphanumeric().then_some(c)
        })
        .flat_map(char::to_lowercase)
        .collect()
}

impl Name {
    pub fn of(raw: &str) -> Self {
        let (outside, bracketed) = without_brackets(raw);
        let whole = plain(&outside);
        let mut rest = without_branch(&whole);
        let mut region = bracketed;
        while let Some((r, after)) = REGIONS.iter().find_map(|r| rest.strip_prefix(r).map(|after| (*r, after))) {
            let after = within_region(after);
            if after.chars().count() < 2 || is_form(after) {
                break;
            }
            if region.is_empty() {
                region = r.to_owned();
            }
            rest = after;
        }
        // Forms nest (…集团有限公司), and a region may stand before one (鼎新建材上海有限公司).
        let mut formed = false;
        loop {
            let form = FORMS.iter().find_map(|f| rest.strip_suffix(f)).filter(|s| s.chars().count() >= 2);
            if let Some(shorter) = form {
                rest = shorter;
                formed = true;
                continue;
            }
            let placed = formed.then(|| REGIONS.iter().find_map(|r| rest.strip_suffix(r).map(|s| (*r, s)))).flatten().filter(|(_, s)| s.chars().count() >= 2);
            let Some((r, shorter)) = placed else { break };
            if region.is_empty() {
                region = r.to_owned();
            }
            rest = shorter;
        }
        let mut trade = String::new();
        while let Some((t, shorter)) = TRADES.iter().find_map(|t| rest.strip_suffix(t).map(|s| (*t, s))).filter(|(_, s)| s.chars().count() >= 2) {
            trade.insert_str(0, t);
            rest = shorter;
        }
        Self { core: rest.to_owned(), region, trade, written: raw.trim().to_owned() }
    }

    /// True when nothing that carries meaning differs.
    pub fn equals(&self, other: &Self) -> bool {
        (&self.core, &self.region, &self.trade) == (&other.core, &other.region, &other.trade)
    }

    /// True when both can mean the same company: 鼎新公司 and 上海鼎新建材有限公司, not 鼎新建材 and 鼎新食品.
    pub fn agrees(&self, other: &Self) -> bool {
        self.alike(other, same_trade)
    }

    /// True when they agree, or when one of them only trades, holds or advises: 鼎新建材 and 鼎新商贸. Such a pair is
    /// often one house under two registrations, never certainly so.
    pub fn may_be(&self, other: &Self) -> bool {
        self.alike(other, |a, b| same_trade(a, b) || GENERAL.contains(&a) || GENERAL.contains(&b))
    }

    fn alike(&self, other: &Self, trades: impl Fn(&str, &str) -> bool) -> bool {
        self.core.chars().count() >= 2 && self.core == other.core && compatible(&self.region, &other.region) && trades(&self.trade, &other.trade)
    }
}

fn compatible(a: &str, b: &str) -> bool {
    a.is_empty() || b.is_empty() || a.contains(b) || b.contains(a)
}

/// Words for one trade that people put for one another; the first of a row stands for all.
const SAME_TRADE: &[&[&str]] = &[
    &["贸易", "商贸", "工贸", "经贸", "国际贸易", "进出口", "进出口贸易", "商行"],
    &["建材", "建筑材料", "装饰材料", "装饰建材"],
    &["装饰", "装潢", "装饰工程", "建筑装饰", "建筑装饰工程"],
    &["机电", "机电设备"],
    &["机械", "机械设备"],
    &["咨询", "商务咨询", "企业管理咨询", "企业管理", "管理咨询", "管理"],
    &["科技", "技术", "信息技术", "信息科技", "网络科技"],
    &["电子", "电子科技"],
];

/// Trades that tell nothing of what is sold.
const GENERAL: &[&str] = &[
    "贸易",
    "商贸",
    "工贸",
    "经贸",
    "国际贸易",
    "进出口",
    "进出口贸易",
    "实业",
    "发展",
    "控股",
    "投资",
    "咨询",
    "商务咨询",
    "企业管理咨询",
    "企业管理",
    "管理",
    "服务",
    "商务",
    "国际",
];

fn same_trade(a: &str, b: &str) -> bool {
    let class = |t: &str| SAME_TRADE.iter().position(|row| row.contains(&t));
    compatible(a, b) || class(a).is_some_and(|x| class(b) == Some(x))
}

/// The name without what stands in brackets, and the region that stood there. What is neither a region nor a form
/// stays where it was.
fn without_brackets(raw: &str) -> (String, String) {
    let mut out = String::new();
    let mut region = String::new();
    let mut rest = raw;
    while let Some(open) = rest.find(['(', '（', '[', '【']) {
        let Some(close) = rest[open..].find([')', '）', ']', '】']).map(|c| open + c) else { break };
        out.push_str(&rest[..open]);
        let inside: String = rest[open..close].chars().skip(1).collect();
        let flat = plain(&inside);
        match REGIONS.iter().find(|r| flat.strip_prefix(**r).is_some_and(|after| matches!(after, "" | "市" | "省" | "自治区" | "总部"))) {
            Some(r) if region.is_empty() => region = (*r).to_owned(),
            Some(_) => {}
            None if is_form(&flat) => {}
            None => out.push_str(&inside),
        }
        rest = rest[close..].char_indices().nth(1).map_or("", |(i, _)| &rest[close + i..]);
    }
    out.push_str(rest);
    (out, region)
}

/// 鼎新建材有限公司苏州分公司 is 鼎新建材有限公司.
fn without_branch(whole: &str) -> &str {
    const BRANCHES: &[&str] = &["分公司", "分店", "分部", "分厂", "营业部", "门市部", "经营部", "办事处", "项目部", "销售处"];
    let Some(end) = whole.find("公司").map(|at| at + "公司".len()) else { return whole };
    if BRANCHES.iter().any(|b| whole[end..].ends_with(b)) { &whole[..end] } else { whole }
}

/// What follows a region's name: 市, then perhaps a district (浦东新区).
fn within_region(after: &str) -> &str {
    let Some(after) = ["省", "市", "自治区", "特别行政区"].iter().find_map(|s| after.strip_prefix(s)).or(Some(after)) else { return after };
    let district = after.char_indices().skip(2).take(3).find(|(_, c)| matches!(c, '区' | '县')).map(|(i, c)| &after[i + c.len_utf8()..]);
    district.filter(|rest| rest.chars().count() >= 4).unwrap_or(after)
}

fn is_form(s: &str) -> bool {
    FORMS.contains(&s)
}

/// A text made ready for asking which names it holds.
#[derive(Debug, Clone, Default)]
pub struct Text {
    plain: String,
    lower: String,
}

impl Text {
    pub fn of(raw: &str) -> Self {
        Self { plain: plain(raw), lower: raw.to_lowercase() }
    }

    /// Whether it names this. Latin names must stand alone, so that “ace” is not found in “place”.
    pub fn names(&self, wanted: &Wanted) -> bool {
        match wanted {
            Wanted::Nothing => false,
            Wanted::Han(plain) => self.plain.contains(plain.as_str()),
            Wanted::Latin(spoken) => self.lower.match_indices(spoken.as_str()).any(|(at, found)| {
                let before = self.lower[..at].chars().next_back();
                let after = self.lower[at + found.len()..].chars().next();
                !before.is_some_and(|c| c.is_ascii_alphanumeric()) && !after.is_some_and(|c| c.is_ascii_alphanumeric())
            }),
        }
    }
}

/// A name made ready for being looked for: one is looked for in every message of a person.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// Too short to mean anything.
    Nothing,
    Han(String),
    Latin(String),
}

impl Wanted {
    pub fn of(name: &str) -> Self {
        let wanted = plain(name);
        if wanted.chars().count() < 2 {
            Self::Nothing
        } else if wanted.is_ascii() {
            Self::Latin(name.trim().to_lowercase())
        } else {
            Self::Han(wanted)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_company_under_many_names() {
        let full = Name::of("上海鼎新建材有限公司");
        for other in [
            "鼎新公司",
            "鼎新",
            "鼎新建材",
            "鼎新建材（上海）有限公司",
            "鼎新(上海)建材有限公司",
            "鼎新建材上海有限公司",
            "上海市鼎新建材有限责任公司",
            "上海市浦东新区鼎新建材有限公司",
            "上海鼎新建材有限公司苏州分公司",
            "鼎新建材有限公司第一门市部",
            "鼎新建筑材料（集团）有限公司",
            "鼎新那边",
        ] {
            let other_name = Name::of(other);
            assert!(full.agrees(&other_name), "{other}: {other_name:?}");
        }
        assert!(Name::of("鼎新商贸有限公司").agrees(&Name::of("鼎新贸易（上海）有限公司")));
        let trading = Name::of("鼎新商贸有限公司");
        assert!(full.may_be(&trading) && !full.agrees(&trading));
    }

    #[test]
    fn different_companies_stay_apart() {
        let full = Name::of("鼎新建材有限公司");
        for other in ["鼎新食品有限公司", "恒达建材", "新鼎建材有限公司", "建材公司", "公司"] {
            assert!(!full.agrees(&Name::of(other)), "{other}");
            assert!(!full.may_be(&Name::of(other)), "{other}");
        }
        assert!(!Name::of("鼎新建材（杭州）有限公司").agrees(&Name::of("上海鼎新建材有限公司")));
        assert!(!Name::of("杭州鼎新公司").agrees(&Name::of("上海鼎新公司")));
    }

    #[test]
    fn latin_names_stand_alone() {
        assert!(Text::of("go to Ace now").names(&Wanted::of("ace")));
        assert!(!Text::of("a place").names(&Wanted::of("ace")));
        assert!(Text::of("找 鼎 新 买").names(&Wanted::of("鼎新")));
    }
}
