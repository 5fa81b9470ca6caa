// What a change of a role does, and for whom: before it is saved, in a template, and to whoever has to agree.
import type { RoleDifference, RolePreview } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { permissionName } from './words.ts'

export function Differences({ list }: { list: RoleDifference[] }) {
  const { t, label } = useSay()
  if (!list.length) return null
  return (
    <ul className="bullets">
      {list.map((d) => (
        <li key={d.permission}>
          {permissionName(label, d.permission)}{t('common.colon')}{t(`reach.${d.before}`)} → <b>{t(`reach.${d.after}`)}</b>
        </li>
      ))}
    </ul>
  )
}

export function Preview({ preview }: { preview: RolePreview }) {
  const { t, label } = useSay()
  const nothing = !preview.differences.length && !preview.masked.length && !preview.unmasked.length
  return (
    <>
      {preview.refused ? (
        <div className="notice bad" role="alert">
          <p>{preview.refused}</p>
        </div>
      ) : null}
      {preview.errors.length ? (
        <ul className="bullets warm">
          {preview.errors.map((e) => (
            <li key={e.pointer}>
              <code>{e.pointer}</code> {e.detail}
            </li>
          ))}
        </ul>
      ) : null}
      {nothing ? <p className="quiet">{t('roles.noDifference')}</p> : null}
      <Differences list={preview.differences} />
      {preview.masked.length ? (
        <p>
          {t('roles.willMask')} {preview.masked.map((f) => label('maskable', f)).join(t('common.listComma'))}
        </p>
      ) : null}
      {preview.unmasked.length ? (
        <p>
          {t('roles.willShow')} {preview.unmasked.map((f) => label('maskable', f)).join(t('common.listComma'))}
        </p>
      ) : null}
      <p className="quiet">
        {preview.people.length ? t('roles.forWhom', { names: preview.people.slice(0, 12).join(t('common.listComma')), count: preview.people.length }) : t('roles.forNobody')}
      </p>
      {preview.waits ? (
        <div className="notice warn">
          <p>{t('roles.willWait')}</p>
        </div>
      ) : null}
    </>
  )
}
