//! Routes of roles.

use super::{
    Definition,
    change::{self, Saved},
    check::{self, RoleDifference, Wanted},
    simulate::{self, FieldSight, Simulate, Simulated},
    templates,
};
use crate::{
    access::{
        Caller,
        grants::{Field, Permission, Power, Reach},
        matrix::Role,
        model::{role_version, user},
    },
    company::Company,
    error::{Error, FieldError, Problem, Result},
    http::{AppState, Body, List, Page, PathParam, instant},
    records::id_of,
    said::Lang,
};
use axum::{Json, extract::State, http::StatusCode};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_roles, create_role))
        .routes(routes!(preview_role))
        .routes(routes!(simulate_role))
        .routes(routes!(who_sees_field))
        .routes(routes!(list_waiting_roles))
        .routes(routes!(list_templates))
        .routes(routes!(apply_template))
        .routes(routes!(change_role, remove_role))
        .routes(routes!(list_versions))
        .routes(routes!(decide_role))
}

#[derive(Serialize, ToSchema)]
pub struct PermissionView {
    pub name: String,
    /// The part before the point.
    pub resource: String,
    pub act: String,
    pub power: Power,
    /// What may be chosen.
    pub reaches: Vec<Reach>,
}

#[derive(Serialize, ToSchema)]
pub struct WaitingRole {
    pub version: i32,
    pub at: String,
    pub by: Option<String>,
    pub reason: String,
    pub differences: Vec<RoleDifference>,
    /// The caller may agree to it: somebody else changed it, and it is not their own role.
    pub may_decide: bool,
}

#[derive(Serialize, ToSchema)]
pub struct RoleView {
    pub id: String,
    /// The company's own name; null as shipped.
    pub name: Option<String>,
    pub like: Role,
    /// It comes with the system.
    pub shipped: bool,
    /// 0 as shipped.
    pub version: i32,
    pub grants: BTreeMap<String, Reach>,
    pub masked: Vec<String>,
    /// Who holds it and can sign in.
    pub users: usize,
    /// The caller's own, which they do not change.
    pub own: bool,
    pub waiting: Option<WaitingRole>,
}

#[derive(Serialize, ToSchema)]
pub struct RoleMatrix {
    pub items: Vec<RoleView>,
    pub permissions: Vec<PermissionView>,
    pub fields: Vec<String>,
    /// Whether the caller may change roles.
    pub may_edit: bool,
}

async fn matrix(company: &Company, caller: &Caller) -> Result<RoleMatrix> {
    use role_version::Column as V;
    let db = company.store.read();
    let users = user::Entity::find().all(db).await?;
    let names: HashMap<&str, &str> = users.iter().map(|u| (u.id.as_str(), u.name.as_str())).collect();
    let mut waiting: HashMap<String, role_version::Model> = HashMap::new();
    for row in role_version::Entity::find().filter(V::State.eq("waiting")).order_by_asc(V::Version).all(db).await? {
        waiting.insert(row.role.clone(), row);
    }
    let roles = company.roles();
    let own = |id: &str| check::not_own(caller, id).is_err();
    let waits = |id: &str, row: role_version::Model| -> Result<WaitingRole> {
        let wanted: Definition = serde_json::from_str(&row.definition)?;
        Ok(WaitingRole {
            version: row.version,
            at: instant(row.at),
            by: names.get(row.by_id.as_str()).map(|n| (*n).to_owned()),
            differences: check::differences(&check::before(&roles, id), &wanted.read()),
            reason: row.reason,
            may_decide: caller.has(Permission::UsersApprove) && row.by_id != caller.id && !own(id),
        })
    };
    let mut items = Vec::new();
    for r in roles.list() {
        let pending = waiting.remove(&r.id).filter(|w| w.version > r.version);
        let stands = Definition::of(&r.grants);
        items.push(RoleView {
            id: r.id.clone(),
            name: r.name.clone(),
            like: r.like,
            shipped: Role::from_name(&r.id).is_some(),
            version: r.version,
            grants: stands.grants,
            masked: stands.masked,
            users: users.iter().filter(|u| u.role == r.id && !u.disabled).count(),
            own: own(&r.id),
            waiting: pending.map(|row| waits(&r.id, row)).transpose()?,
        });
    }
    // New ones that nobody has yet.
    for (id, row) in waiting {
        if roles.get(&id).is_some() {
            continue;
        }
        let Some(like) = Role::from_name(&row.like_role) else { continue };
        items.push(RoleView {
            id: id.clone(),
            name: Some(row.name.clone()),
            like,
            shipped: false,
            version: 0,
            grants: BTreeMap::new(),
            masked: Vec::new(),
            users: 0,
            own: false,
            waiting: Some(waits(&id, row)?),
        });
    }
    let permissions = Permission::ALL
        .iter()
        .map(|p| {
            let (resource, act) = p.name().split_once('.').unwrap_or((p.name(), ""));
            PermissionView { name: p.name().into(), resource: resource.into(), act: act.into(), power: p.power(), reaches: p.reaches().to_vec() }
        })
        .collect();
    Ok(RoleMatrix { items, permissions, fields: Field::ALL.iter().map(|f| f.name().to_owned()).collect(), may_edit: caller.has(Permission::RolesEdit) })
}

/// Roles: what each may do, how far, and what stays masked
#[utoipa::path(get, path = "/api/v1/roles", tag = "roles", responses((status = 200, body = RoleMatrix)))]
pub async fn list_roles(State(company): State<Arc<Company>>, caller: Caller) -> Result<Json<RoleMatrix>> {
    Ok(Json(matrix(&company, &caller).await?))
}

/// A role with what waits to be agreed to, for whoever decides.
#[derive(Serialize, ToSchema)]
pub struct RoleWaiting {
    pub id: String,
    /// The company's own name; null as shipped.
    pub name: Option<String>,
    pub like: Role,
    #[serde(flatten)]
    pub change: WaitingRole,
}

/// Changes of roles that wait for a second person
///
/// For the place where a second person decides on users too; it needs no other sight of roles.
#[utoipa::path(get, path = "/api/v1/roles/waiting", tag = "roles", responses((status = 200, body = List<RoleWaiting>)))]
pub async fn list_waiting_roles(State(company): State<Arc<Company>>, caller: Caller) -> Result<Json<List<RoleWaiting>>> {
    let all = matrix(&company, &caller).await?;
    let items = all.items.into_iter().filter_map(|r| Some(RoleWaiting { change: r.waiting?, id: r.id, name: r.name, like: r.like }));
    Ok(Json(List::whole(items.collect())))
}

#[derive(Deserialize, ToSchema)]
pub struct SaveRole {
    pub name: String,
    /// The shipped role it is a kind of; a shipped role stays its own.
    pub like: Role,
    /// Permission names to reaches; what is absent reaches nothing.
    pub grants: BTreeMap<String, Reach>,
    /// Fields not shown to the role.
    #[serde(default)]
    pub masked: Vec<String>,
    /// The version that was there before; 0 for one as shipped and for a new one.
    #[serde(default)]
    pub version: i32,
    /// Recorded with the change.
    #[serde(default)]
    pub reason: String,
}

impl SaveRole {
    fn wanted(self) -> Wanted {
        let grants = self.grants.into_iter().filter(|(_, reach)| *reach > Reach::None).collect();
        Wanted { name: self.name, like: self.like, definition: Definition { grants, masked: self.masked } }
    }
}

#[derive(Serialize, ToSchema)]
pub struct RoleSaved {
    pub id: String,
    pub version: i32,
    /// It gains case access and waits for a second person.
    pub waits: bool,
}

impl From<Saved> for RoleSaved {
    fn from(s: Saved) -> Self {
        Self { id: s.id, version: s.version, waits: s.waits }
    }
}

/// Make a role
#[utoipa::path(post, path = "/api/v1/roles", tag = "roles", request_body = SaveRole, responses((status = 201, body = RoleSaved), (status = 409), (status = 422)))]
pub async fn create_role(State(app): State<AppState>, caller: Caller, lang: Lang, Body(body): Body<SaveRole>) -> Result<(StatusCode, Json<RoleSaved>)> {
    let id = format!("role-{}", uuid::Uuid::now_v7().simple());
    let reason = body.reason.clone();
    let saved = change::save(&app.company, &caller, &id, body.wanted(), 0, &reason, app.demo, lang).await?;
    Ok((StatusCode::CREATED, Json(saved.into())))
}

/// Change a role
///
/// A role that gains access to alerts, cases or content waits for a second person, once there is one.
#[utoipa::path(put, path = "/api/v1/roles/{id}", tag = "roles", params(("id" = String, Path)), request_body = SaveRole,
    responses((status = 200, body = RoleSaved), (status = 404), (status = 409), (status = 422)))]
pub async fn change_role(
    State(app): State<AppState>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<SaveRole>,
) -> Result<Json<RoleSaved>> {
    if app.company.roles().get(&id).is_none() {
        return Err(Problem::not_found().into());
    }
    let (seen, reason) = (body.version, body.reason.clone());
    Ok(Json(change::save(&app.company, &caller, &id, body.wanted(), seen, &reason, app.demo, lang).await?.into()))
}

#[derive(Deserialize, ToSchema)]
pub struct RemoveRole {
    pub reason: String,
}

/// Remove a role of the company's own that nobody holds
#[utoipa::path(delete, path = "/api/v1/roles/{id}", tag = "roles", params(("id" = String, Path)), request_body = RemoveRole,
    responses((status = 204), (status = 404), (status = 409)))]
pub async fn remove_role(
    State(company): State<Arc<Company>>,
    caller: Caller,
    PathParam(id): PathParam<String>,
    Body(body): Body<RemoveRole>,
) -> Result<StatusCode> {
    change::remove(&company, &caller, &id, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
pub struct DecideRole {
    pub version: i32,
    pub agree: bool,
    pub reason: String,
}

/// Agree to a role that gains case access, or do not
#[utoipa::path(post, path = "/api/v1/roles/{id}/decide", tag = "roles", params(("id" = String, Path)), request_body = DecideRole,
    responses((status = 204), (status = 404), (status = 409)))]
pub async fn decide_role(
    State(company): State<Arc<Company>>,
    caller: Caller,
    PathParam(id): PathParam<String>,
    Body(body): Body<DecideRole>,
) -> Result<StatusCode> {
    change::decide(&company, &caller, &id, body.version, body.agree, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
pub struct RoleVersion {
    pub version: i32,
    /// `in_force`, `past`, `waiting`, `refused`, `removed`.
    pub state: String,
    pub name: String,
    pub grants: BTreeMap<String, Reach>,
    pub masked: Vec<String>,
    pub reason: String,
    pub at: String,
    pub by: Option<String>,
    pub decided_by: Option<String>,
    /// The record that says so.
    pub record: String,
}

/// Versions of a role, newest first
#[utoipa::path(get, path = "/api/v1/roles/{id}/versions", tag = "roles", params(("id" = String, Path), Page), responses((status = 200, body = List<RoleVersion>)))]
pub async fn list_versions(State(company): State<Arc<Company>>, PathParam(id): PathParam<String>, page: Page) -> Result<Json<List<RoleVersion>>> {
    use role_version::Column as V;
    let db = company.store.read();
    let users: HashMap<String, String> = user::Entity::find().all(db).await?.into_iter().map(|u| (u.id, u.name)).collect();
    let rows = role_version::Entity::find().filter(V::Role.eq(&id)).order_by_desc(V::Version).all(db).await?;
    let items = rows
        .into_iter()
        .map(|row| {
            let definition: Definition = serde_json::from_str(&row.definition)?;
            Ok(RoleVersion {
                version: row.version,
                state: row.state,
                name: row.name,
                grants: definition.grants,
                masked: definition.masked,
                reason: row.reason,
                at: instant(row.at),
                by: users.get(&row.by_id).cloned(),
                decided_by: row.decided_by.and_then(|id| users.get(&id).cloned()),
                record: id_of(row.idx),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Json(page.cut(items)?))
}

#[derive(Serialize, ToSchema)]
pub struct RolePreview {
    /// The role that would change; null for a new one.
    pub id: Option<String>,
    pub name: String,
    pub differences: Vec<RoleDifference>,
    /// Fields masked from then on, and no longer masked.
    pub masked: Vec<String>,
    pub unmasked: Vec<String>,
    /// For whom: names of those who hold it.
    pub people: Vec<String>,
    /// It would wait for a second person.
    pub waits: bool,
    /// Why it cannot be: what the refusal would say.
    pub refused: Option<String>,
    pub errors: Vec<PreviewError>,
}

#[derive(Serialize, ToSchema)]
pub struct PreviewError {
    pub pointer: String,
    pub detail: String,
}

async fn preview(company: &Company, caller: &Caller, id: Option<&str>, wanted: &Wanted, demo: bool, lang: Lang) -> Result<RolePreview> {
    let roles = company.roles();
    let before = id.map(|id| check::before(&roles, id)).unwrap_or_default();
    let checked = match check::check(id.unwrap_or_default(), wanted, lang) {
        Ok(grants) => match id.map_or(Ok(()), |id| check::not_own(caller, id)) {
            Ok(()) => Ok(grants),
            Err(e) => Err(e),
        },
        Err(e) => Err(e),
    };
    let after = wanted.definition.read();
    let (refused, errors) = match checked {
        Ok(_) => (None, Vec::new()),
        Err(Error::Problem(p)) => (Some(p.detail.pick(lang).to_owned()), p.errors),
        Err(e) => return Err(e),
    };
    let mut people = Vec::new();
    if let Some(id) = id {
        let rows = user::Entity::find().filter(user::Column::Role.eq(id)).filter(user::Column::Disabled.eq(false)).all(company.store.read()).await?;
        people = rows.into_iter().map(|u| u.name).collect();
    }
    let only = |a: &[Field], b: &[Field]| a.iter().filter(|f| !b.contains(f)).map(|f| f.name().to_owned()).collect::<Vec<_>>();
    Ok(RolePreview {
        id: id.map(str::to_owned),
        name: wanted.name.clone(),
        differences: check::differences(&before, &after),
        masked: only(&after.masked(), &before.masked()),
        unmasked: only(&before.masked(), &after.masked()),
        people,
        waits: refused.is_none() && change::waits(company, caller, id.unwrap_or_default(), &after, demo).await?,
        refused,
        errors: errors.into_iter().map(|FieldError { pointer, detail, .. }| PreviewError { pointer, detail }).collect(),
    })
}

#[derive(Deserialize, ToSchema)]
pub struct PreviewRole {
    /// Absent for a new one.
    pub id: Option<String>,
    #[serde(flatten)]
    pub role: SaveRole,
}

/// What would change for whom
#[utoipa::path(post, path = "/api/v1/roles/preview", tag = "roles", request_body = PreviewRole, responses((status = 200, body = RolePreview)))]
pub async fn preview_role(State(app): State<AppState>, caller: Caller, lang: Lang, Body(body): Body<PreviewRole>) -> Result<Json<RolePreview>> {
    Ok(Json(preview(&app.company, &caller, body.id.as_deref(), &body.role.wanted(), app.demo, lang).await?))
}

/// “As this person, may I …?” with the reason
#[utoipa::path(post, path = "/api/v1/roles/simulate", tag = "roles", request_body = Simulate, responses((status = 200, body = Simulated), (status = 404), (status = 422)))]
pub async fn simulate_role(State(company): State<Arc<Company>>, lang: Lang, Body(body): Body<Simulate>) -> Result<Json<Simulated>> {
    Ok(Json(simulate::simulate(&company, &body, lang).await?))
}

/// “Who may see this field?”
#[utoipa::path(get, path = "/api/v1/roles/fields/{field}", tag = "roles", params(("field" = String, Path)), responses((status = 200, body = FieldSight), (status = 404)))]
pub async fn who_sees_field(State(company): State<Arc<Company>>, PathParam(name): PathParam<String>) -> Result<Json<FieldSight>> {
    Ok(Json(simulate::field(&company, &name).await?))
}

#[derive(Serialize, ToSchema)]
pub struct TemplateView {
    pub id: String,
    pub name: String,
    pub lead: String,
    /// What would change for whom, role by role.
    pub roles: Vec<RolePreview>,
}

/// Sets of roles to begin with, and what each would change
#[utoipa::path(get, path = "/api/v1/roles/templates", tag = "roles", responses((status = 200, body = List<TemplateView>)))]
pub async fn list_templates(State(app): State<AppState>, caller: Caller, lang: Lang) -> Result<Json<List<TemplateView>>> {
    let mut all = Vec::new();
    for template in templates::all() {
        let mut roles = Vec::new();
        for (id, wanted) in &template.roles {
            roles.push(preview(&app.company, &caller, Some(id), wanted, app.demo, lang).await?);
        }
        all.push(TemplateView { id: template.id.into(), name: template.name.pick(lang).into(), lead: template.lead.pick(lang).into(), roles });
    }
    Ok(Json(List::whole(all)))
}

#[derive(Deserialize, ToSchema)]
pub struct ApplyTemplate {
    pub reason: String,
}

#[derive(Serialize, ToSchema)]
pub struct TemplateApplied {
    pub saved: Vec<RoleSaved>,
    /// Roles left as they are, with the reason: the caller's own, or changed meanwhile.
    pub skipped: Vec<SkippedRole>,
}

#[derive(Serialize, ToSchema)]
pub struct SkippedRole {
    pub id: String,
    pub why: String,
}

/// Apply a set of roles; roles of the company's own that are not in it stay
#[utoipa::path(post, path = "/api/v1/roles/templates/{id}", tag = "roles", params(("id" = String, Path)), request_body = ApplyTemplate,
    responses((status = 200, body = TemplateApplied), (status = 404), (status = 422)))]
pub async fn apply_template(
    State(app): State<AppState>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<ApplyTemplate>,
) -> Result<Json<TemplateApplied>> {
    caller.require(Permission::RolesEdit)?;
    let template = templates::find(&id).ok_or_else(Problem::not_found)?;
    let mut applied = TemplateApplied { saved: Vec::new(), skipped: Vec::new() };
    for (id, wanted) in template.roles {
        let roles = app.company.roles();
        let present = roles.get(id);
        let same = present.is_some_and(|r| r.grants == wanted.definition.read() && r.name.as_deref().is_none_or(|n| n == wanted.name));
        if same {
            continue;
        }
        let seen = present.map_or(0, |r| r.version);
        match change::save(&app.company, &caller, id, wanted, seen, &body.reason, app.demo, lang).await {
            Ok(saved) => applied.saved.push(saved.into()),
            // A reason that is missing concerns all of it; the others each role by itself.
            Err(Error::Problem(p)) if p.code != "reason_missing" => applied.skipped.push(SkippedRole { id: id.into(), why: p.detail.pick(lang).to_owned() }),
            Err(e) => return Err(e),
        }
    }
    Ok(Json(applied))
}
