//! What a restriction may stop. Few and named: each leaves the ordinary work possible, and none of them touches pay.

use crate::{
    access::Permission,
    error::{Error, Problem},
    said::Said,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// 停止新单: no new orders; those placed go on. Kept by the order system, which asks for it.
    NewOrders,
    /// Customers may be read, not edited; follow-ups go through a colleague.
    CustomerEdit,
    /// No lists of customers or people; single pages by search go on.
    CustomerLists,
    /// Mail to customers through the outbox waits for a colleague.
    MailOut,
}

impl Limit {
    pub const ALL: [Limit; 4] = [Limit::NewOrders, Limit::CustomerEdit, Limit::CustomerLists, Limit::MailOut];

    pub fn name(self) -> &'static str {
        match self {
            Self::NewOrders => "new_orders",
            Self::CustomerEdit => "customer_edit",
            Self::CustomerLists => "customer_lists",
            Self::MailOut => "mail_out",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.name() == name)
    }

    /// As stored: names between spaces.
    pub fn read(stored: &str) -> Vec<Self> {
        stored.split(' ').filter_map(Self::from_name).collect()
    }

    /// What it takes of the permissions here.
    pub fn withholds(self) -> &'static [Permission] {
        match self {
            Self::NewOrders | Self::CustomerLists => &[],
            Self::CustomerEdit => &[Permission::CustomersEdit],
            Self::MailOut => &[Permission::OutboxSend],
        }
    }

    pub fn title(self) -> Said {
        match self {
            Self::NewOrders => Said::new("停止新订单", "No new orders"),
            Self::CustomerEdit => Said::new("客户资料只读", "Customers read only"),
            Self::CustomerLists => Said::new("不能翻阅客户、人员列表", "No lists of customers or people"),
            Self::MailOut => Said::new("对客户发信须由同事代办", "Mail to customers through a colleague"),
        }
    }

    /// Who carries it out, where that is not this system or not for everybody.
    pub fn kept_by(self) -> Option<Said> {
        match self {
            Self::NewOrders => Some(Said::new(
                "由订单系统查询后执行；本系统只记录，仍有新订单时预警",
                "carried out by the order system, which asks; this system records it and warns when orders come all the same",
            )),
            Self::MailOut => Some(Said::new("只影响有发件箱权限的账号", "touches only accounts that may send from the outbox")),
            Self::CustomerEdit | Self::CustomerLists => None,
        }
    }

    pub fn refusal(self) -> Error {
        let title = self.title();
        Problem::new(
            403,
            "restricted",
            format!("限制措施“{}”生效中，暂不能这样做。理由、期限和申诉入口见“我的限制与留痕”页面；急事请找主管或接手同事办理。", title.zh),
            format!("A restriction is in force: {}. Its reason, its end and how to appeal stand on the page “My limits and log”; ask your manager or successor for what is urgent.", title.en),
        )
        .with_rule("P16")
        .into()
    }
}
