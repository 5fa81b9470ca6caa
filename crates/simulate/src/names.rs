//! Names of people, companies and places. All invented: brands are pairs of uncommon characters, telephone
//! numbers begin with 100, a prefix no operator was given.

use std::collections::HashSet;

use crate::dice::Dice;

const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何", "林", "罗", "高", "郑", "梁", "谢", "宋", "唐", "许",
    "韩", "邓", "冯", "曹", "彭", "曾", "肖", "田", "董", "潘", "袁", "蔡", "蒋", "余", "于", "杜", "叶", "程", "魏", "苏", "吕", "丁", "任", "卢", "姚", "沈",
    "钟", "姜", "崔", "谭", "陆", "范", "汪", "廖", "石", "金", "韦", "贾", "夏", "付", "方", "邹", "熊", "白", "孟", "秦", "邱", "侯", "江", "尹", "薛", "阎",
    "段", "雷", "龙", "黎", "史", "陶", "贺", "毛", "郝", "顾", "龚", "邵", "万", "覃", "武", "钱", "戴", "严", "莫", "孔", "向", "常",
];
const GIVEN_FIRST: &[&str] = &[
    "志", "建", "文", "国", "海", "晓", "小", "俊", "嘉", "子", "雨", "思", "佳", "梦", "雅", "明", "立", "宏", "伟", "春", "玉", "丽", "秀", "天", "永", "瑞",
    "成", "家", "心", "靖", "若", "书", "景", "承", "启", "昱", "皓", "诗", "欣", "静", "婉", "乐", "一", "泽", "柏", "云", "清", "锦", "德", "振",
];
const GIVEN_SECOND: &[&str] = &[
    "强", "伟", "军", "敏", "洋", "杰", "娟", "涛", "超", "霞", "平", "刚", "玲", "辉", "鹏", "华", "红", "飞", "鑫", "波", "斌", "宇", "浩", "凯", "健", "萍",
    "慧", "莹", "琳", "倩", "颖", "婷", "薇", "媛", "桐", "轩", "辰", "远", "航", "妍", "彤", "安", "宁", "楠", "岚", "琪", "瑶", "朗", "驰", "毅", "峰", "磊",
    "晨", "睿", "恺", "诚", "帆", "昕", "蕾", "芳",
];
const BRAND_FIRST: &[&str] = &[
    "砚", "澍", "翊", "珩", "筠", "璟", "沐", "梧", "槿", "岑", "栩", "奕", "昊", "煜", "垚", "弘", "骏", "彦", "蔚", "晟", "熠", "骁", "崇", "汇", "恩", "谦",
    "禾", "穗", "麓", "澜", "溪", "屿", "桦", "柘", "棠", "榆", "铂", "铭", "锐", "钧", "隽", "翰", "朔", "旻", "湛", "霖", "屹", "峻", "岱", "麒",
];
const BRAND_SECOND: &[&str] = &[
    "泽", "邦", "辰", "拓", "博", "航", "岳", "恒", "川", "途", "源", "衡", "卓", "昌", "宁", "舟", "阳", "康", "韵", "石", "桥", "光", "麦", "森", "合", "维",
    "庭", "扬", "图", "界", "基", "度", "量", "序", "方", "正", "平", "景", "杉", "林",
];
const DISTRICTS: &[&str] = &[
    "浦东",
    "闵行",
    "嘉定",
    "松江",
    "青浦",
    "宝山",
    "奉贤",
    "昆山",
    "太仓",
    "常熟",
    "吴江",
    "无锡",
    "常州",
    "江阴",
    "南通",
    "嘉兴",
    "海宁",
    "桐乡",
    "湖州",
    "萧山",
    "余杭",
    "绍兴",
    "宁波",
    "慈溪",
    "镇江",
    "扬州",
    "泰州",
    "芜湖",
    "马鞍山",
    "滁州",
];

/// Cities as `(name, latitude, longitude)` of their centre, GCJ-02, good to a few kilometres.
pub(crate) const CITIES: &[(&str, f64, f64)] = &[
    ("上海", 31.2304, 121.4737),
    ("苏州", 31.2989, 120.5853),
    ("杭州", 30.2741, 120.1551),
    ("无锡", 31.4912, 120.3119),
    ("宁波", 29.8683, 121.5440),
    ("南京", 32.0603, 118.7969),
    ("嘉兴", 30.7461, 120.7555),
];

/// Hands out names, each of them once.
pub(crate) struct Names {
    dice: Dice,
    people: HashSet<String>,
    brands: HashSet<String>,
    firms: HashSet<String>,
    phones: u64,
}

impl Names {
    pub(crate) fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed, "names", 0, 0), people: HashSet::new(), brands: HashSet::new(), firms: HashSet::new(), phones: 0 }
    }

    /// A person's name that nobody else here bears, so that a payer's name means one person.
    pub(crate) fn person(&mut self) -> String {
        for attempt in 0_usize.. {
            let surname = *self.dice.pick(SURNAMES);
            let second = *self.dice.pick(GIVEN_SECOND);
            let mut name =
                if attempt < 20 && self.dice.chance(120) { format!("{surname}{second}") } else { format!("{surname}{}{second}", self.dice.pick(GIVEN_FIRST)) };
            if attempt > 400 {
                name.push_str(*self.dice.pick(GIVEN_SECOND));
            }
            if self.people.insert(name.clone()) {
                return name;
            }
        }
        String::new()
    }

    /// A two-character brand used by one company only.
    pub(crate) fn brand(&mut self) -> String {
        for attempt in 0_usize.. {
            let mut brand = format!("{}{}", self.dice.pick(BRAND_FIRST), self.dice.pick(BRAND_SECOND));
            if attempt > 200 {
                brand.push_str(*self.dice.pick(BRAND_SECOND));
            }
            if self.brands.insert(brand.clone()) {
                return brand;
            }
        }
        String::new()
    }

    /// A customer's name: district, brand and what it trades in. Brands repeat only when they run out.
    pub(crate) fn firm(&mut self, suffixes: &[&str]) -> String {
        for attempt in 0_usize.. {
            let brand = if self.brands.len() + 300 < BRAND_FIRST.len() * BRAND_SECOND.len() {
                self.brand()
            } else {
                // Large companies have more customers than there are brands: these carry three characters.
                format!("{}{}{}", self.dice.pick(BRAND_FIRST), self.dice.pick(BRAND_SECOND), self.dice.pick(GIVEN_SECOND))
            };
            let suffix = *self.dice.pick(suffixes);
            let name = if attempt > 50 || self.dice.chance(350) { format!("{}{brand}{suffix}", self.dice.pick(DISTRICTS)) } else { format!("{brand}{suffix}") };
            if self.firms.insert(name.clone()) {
                return name;
            }
        }
        String::new()
    }

    /// A number beginning with 100: no operator's prefix.
    pub(crate) fn phone(&mut self) -> String {
        self.phones += 1;
        let scattered = self.phones.wrapping_mul(7_368_787) % 100_000_000;
        format!("+86 100 {:04} {:04}", scattered / 10_000, scattered % 10_000)
    }

    pub(crate) fn account(&mut self) -> String {
        let digits = self.dice.bits();
        format!("0000 {:04} {:04} {:04}", digits % 10_000, (digits >> 20) % 10_000, (digits >> 40) % 10_000)
    }
}
