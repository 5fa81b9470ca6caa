//! Sign-in without a password, by role, for `serve --demo` on loopback only.
//!
//! The people are users marked `demo`; without `--demo` their sessions count for nothing (`sessions::caller`) and
//! nobody can sign in as them, since they have no password.

use super::{matrix::Role, model::user};
use crate::{company::Company, error::Result};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::OnConflict};

/// Who is offered when the simulated company names nobody for a role.
const PEOPLE: [(Role, &str, &str); 7] = [
    (Role::Hr, "沈若溪", "人力资源经理"),
    (Role::Legal, "顾维真", "法务主管"),
    (Role::SalesManager, "罗启明", "销售经理"),
    (Role::Auditor, "秦可鉴", "审计、个人信息保护负责人"),
    (Role::Admin, "卫知行", "系统管理员"),
    (Role::Union, "曾秉公", "工会主席"),
    (Role::Employee, "田小满", "销售专员"),
];

/// Makes sure that every role has somebody. People already offered stay as they are.
pub async fn ensure(company: &Company) -> Result<()> {
    for (role, name, title) in PEOPLE {
        insert(company, role, name, title, None, false).await?;
    }
    Ok(())
}

/// Offers a person of the simulated company for a role, in the place of whoever was offered before.
pub async fn offer(company: &Company, role: Role, name: &str, title: &str, employee: Option<&str>) -> Result<()> {
    insert(company, role, name, title, employee, true).await
}

async fn insert(company: &Company, role: Role, name: &str, title: &str, employee: Option<&str>, replace: bool) -> Result<()> {
    let mut conflict = OnConflict::column(user::Column::Id);
    if replace {
        conflict.update_columns([user::Column::Name, user::Column::Title, user::Column::Employee]);
    } else {
        conflict.do_nothing();
    }
    let tx = company.store.write().await?;
    let id = format!("demo-{}", role.name());
    user::Entity::insert(user::ActiveModel {
        id: Set(id.clone()),
        login: Set(id),
        name: Set(name.to_owned()),
        role: Set(role.name().to_owned()),
        employee: Set(employee.map(str::to_owned)),
        password: Set(None),
        demo: Set(true),
        title: Set(Some(title.to_owned())),
        disabled: Set(false),
        created_at: Set(company.now()),
        last_sign_in_at: Set(None),
        second_factor: Set(false),
    })
    .on_conflict(conflict)
    .exec_without_returning(&tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

pub async fn people(company: &Company) -> Result<Vec<user::Model>> {
    let mut rows = user::Entity::find().filter(user::Column::Demo.eq(true)).filter(user::Column::Disabled.eq(false)).all(company.store.read()).await?;
    rows.sort_by_key(|u| Role::ALL.iter().position(|r| r.name() == u.role));
    Ok(rows)
}
