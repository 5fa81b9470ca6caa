// The whole matrix at once: what each role may do and how far. One role is changed at a time, in the drawer beside it.
import { Button } from 'antd'
import { Fragment } from 'react'
import type { RoleMatrix, RoleView } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { Mark } from '../../ui/page.tsx'
import { reachOf, roleName } from './words.ts'
import './roles.css'

export function Matrix({ data, onEdit }: { data: RoleMatrix; onEdit: (role: RoleView) => void }) {
  const { t, label } = useSay()
  const resources = [...new Set(data.permissions.map((p) => p.resource))]
  return (
    <div className="matrix-scroll">
      <table className="matrix">
        <caption className="sr-only">{t('nav.roles')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('roles.permission')}</th>
            {data.items.map((role) => (
              <th scope="col" key={role.id}>
                <Button type="link" size="small" onClick={() => onEdit(role)}>
                  {roleName(label, role)}
                </Button>
                <span className="quiet">
                  {t('roles.people', { count: role.users })}
                  {role.own ? ` · ${t('roles.own')}` : ''}
                </span>
                {role.waiting ? <Mark tone="medium">{t('roles.waiting')}</Mark> : null}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {resources.map((resource) => (
            <Fragment key={resource}>
              <tr className="matrix-group">
                <th scope="rowgroup" colSpan={data.items.length + 1}>
                  {label('resource', resource, resource)}
                </th>
              </tr>
              {data.permissions
                .filter((p) => p.resource === resource)
                .map((p) => (
                  <tr key={p.name}>
                    <th scope="row" title={p.name}>
                      {label('verb', p.act, p.act)}
                      {p.power === 'work' ? null : <small className={`power ${p.power}`}>{t(`roles.power.${p.power}`)}</small>}
                    </th>
                    {data.items.map((role) => {
                      const reach = reachOf(role, p.name)
                      return (
                        <td key={role.id} className={`reach ${reach}`}>
                          {reach === 'none' ? <span aria-label={t('reach.none')}>·</span> : t(`reach.${reach}`)}
                        </td>
                      )
                    })}
                  </tr>
                ))}
            </Fragment>
          ))}
          <tr className="matrix-group">
            <th scope="rowgroup" colSpan={data.items.length + 1}>
              {t('roles.fields')}
            </th>
          </tr>
          {data.fields.map((field) => (
            <tr key={field}>
              <th scope="row">{label('maskable', field)}</th>
              {data.items.map((role) => {
                const masked = role.masked.includes(field)
                return (
                  <td key={role.id} className={masked ? 'reach masked' : 'reach none'}>
                    {masked ? t('roles.masked') : <span aria-label={t('roles.shown')}>·</span>}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
