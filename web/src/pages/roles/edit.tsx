// One role: its reach per permission and its masked fields; what that changes for whom; then the reason, and save.
import { useState } from 'react'
import { Checkbox, Drawer, Input, Modal, Segmented, Select } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Reach, Role, RoleMatrix, RoleView, SaveRole } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { Act, FormProblem } from '../../ui/act.tsx'
import { minute } from '../../ui/format.ts'
import { Await, Mark } from '../../ui/page.tsx'
import { useToast } from '../../ui/toast.tsx'
import { Preview } from './differences.tsx'
import { WaitingRole } from './waiting.tsx'
import { reachOf, roleName } from './words.ts'

const kinds: Role[] = ['hr', 'legal', 'sales_manager', 'auditor', 'admin', 'union', 'employee']

/** Asks what a change would do, and takes the reason. */
function Confirm({ id, body, onClose, onDone }: { id: string | null; body: SaveRole; onClose: () => void; onDone: () => void }) {
  const { t } = useSay()
  const toast = useToast()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const preview = useQuery({ queryKey: ['roles', 'preview', id, body], queryFn: () => api.roles.preview({ ...body, id }) })
  const save = useMutation({
    mutationFn: () => (id ? api.roles.save(id, { ...body, reason }) : api.roles.create({ ...body, reason })),
    onSuccess: async (saved) => {
      toast.good(saved.waits ? t('roles.savedWaits') : t('common.saved'))
      await queries.invalidateQueries({ queryKey: ['roles'] })
      onDone()
    },
  })
  return (
    <Modal
      open
      title={t('roles.confirm')}
      okText={t('common.save')}
      onCancel={onClose}
      onOk={() => save.mutate()}
      okButtonProps={{ loading: save.isPending, disabled: reason.trim().length < 2 || Boolean(preview.data?.refused) || !preview.data }}
    >
      <Await query={preview} rows={4}>
        {(p) => <Preview preview={p} />}
      </Await>
      <label>
        {t('roles.reason')}
        <Input.TextArea value={reason} onChange={(e) => setReason(e.target.value)} rows={2} maxLength={500} />
      </label>
      <FormProblem error={save.error} />
    </Modal>
  )
}

function Versions({ role }: { role: RoleView }) {
  const { t, label } = useSay()
  const list = useQuery({ queryKey: ['roles', role.id, 'versions'], queryFn: () => api.roles.versions(role.id) })
  return (
    <Await query={list} rows={2}>
      {(page) =>
        page.items.length ? (
          <ol className="events">
            {page.items.map((v) => (
              <li key={v.version}>
                <div className="events-head">
                  <b>
                    {t('roles.version', { version: v.version })} · {label('roleState', v.state)}
                  </b>
                  <time dateTime={v.at}>{minute(v.at)}</time>
                </div>
                <span className="quiet">{[v.by, v.decided_by ? t('roles.decidedBy', { name: v.decided_by }) : null].filter(Boolean).join(' · ')}</span>
                <p>{v.reason}</p>
              </li>
            ))}
          </ol>
        ) : (
          <p className="quiet">{t('roles.asShipped')}</p>
        )
      }
    </Await>
  )
}

export function EditRole({ data, role, onClose }: { data: RoleMatrix; role: RoleView | null; onClose: () => void }) {
  const { t, label } = useSay()
  const queries = useQueryClient()
  const [name, setName] = useState(role ? roleName(label, role) : '')
  const [like, setLike] = useState<Role>(role?.like ?? 'employee')
  const [grants, setGrants] = useState<Record<string, Reach>>(role?.grants ?? {})
  const [masked, setMasked] = useState<string[]>(role?.masked ?? [])
  const [confirming, setConfirming] = useState(false)
  const [removing, setRemoving] = useState(false)
  const [reason, setReason] = useState('')
  const remove = useMutation({
    mutationFn: () => api.roles.remove(role?.id ?? '', reason),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['roles'] })
      onClose()
    },
  })
  const because = !data.may_edit ? t('roles.mayNot') : role?.own ? t('roles.ownHint') : null
  const resources = [...new Set(data.permissions.map((p) => p.resource))]
  const body: SaveRole = { name, like, grants, masked, version: role?.version ?? 0, reason: '' }
  return (
    <Drawer
      open
      title={role ? roleName(label, role) : t('roles.add')}
      onClose={onClose}
      size={Math.min(720, window.innerWidth)}
      footer={
        <div className="row">
          <Act type="primary" because={because} disabled={!name.trim()} onClick={() => setConfirming(true)}>
            {t('roles.review')}
          </Act>
          {role && !role.shipped ? (
            <Act danger because={because ?? (role.users ? t('roles.inUse') : null)} onClick={() => setRemoving(true)}>
              {t('common.remove')}
            </Act>
          ) : null}
        </div>
      }
    >
      <div className="role-edit">
        {because ? (
          <div className="notice">
            <p>{because}</p>
          </div>
        ) : null}
        {role?.waiting ? <WaitingRole id={role.id} waiting={role.waiting} /> : null}
        <div className="role-line role-name">
          <label htmlFor="role-name">{t('roles.name')}</label>
          <Input id="role-name" value={name} maxLength={40} style={{ width: 260 }} onChange={(e) => setName(e.target.value)} />
        </div>
        {role ? null : (
          <div className="role-line">
            <span>{t('roles.like')}</span>
            <Select value={like} aria-label={t('roles.like')} style={{ width: 260 }} onChange={setLike} options={kinds.map((k) => ({ value: k, label: label('role', k) }))} />
          </div>
        )}
        {resources.map((resource) => (
          <fieldset key={resource}>
            <legend>{label('resource', resource, resource)}</legend>
            {data.permissions
              .filter((p) => p.resource === resource)
              .map((p) => {
                const reach = grants[p.name] ?? (role ? reachOf({ ...role, grants }, p.name) : 'none')
                return (
                  <div className="role-line" key={p.name}>
                    <span title={p.name}>
                      {label('verb', p.act, p.act)}
                      {p.power === 'work' ? null : <small className={`power ${p.power}`}>{t(`roles.power.${p.power}`)}</small>}
                    </span>
                    <Segmented<Reach>
                      size="small"
                      disabled={because !== null}
                      value={reach}
                      onChange={(v) => setGrants({ ...grants, [p.name]: v })}
                      options={p.reaches.map((r) => ({ value: r, label: t(`reach.${r}`) }))}
                    />
                  </div>
                )
              })}
          </fieldset>
        ))}
        <fieldset>
          <legend>{t('roles.fields')}</legend>
          <p className="quiet">{t('roles.fieldsHint')}</p>
          {data.fields.map((field) => (
            <div className="role-line" key={field}>
              <Checkbox
                disabled={because !== null}
                checked={masked.includes(field)}
                onChange={(e) => setMasked(e.target.checked ? [...masked, field] : masked.filter((f) => f !== field))}
              >
                {t('roles.maskField', { field: label('maskable', field) })}
              </Checkbox>
            </div>
          ))}
        </fieldset>
        {role ? (
          <fieldset>
            <legend>
              {t('roles.history')} {role.version ? <Mark>{t('roles.version', { version: role.version })}</Mark> : null}
            </legend>
            <Versions role={role} />
          </fieldset>
        ) : null}
      </div>
      {confirming ? <Confirm id={role?.id ?? null} body={body} onClose={() => setConfirming(false)} onDone={onClose} /> : null}
      <Modal
        open={removing}
        title={t('roles.removeSure')}
        okText={t('common.remove')}
        onCancel={() => setRemoving(false)}
        onOk={() => remove.mutate()}
        okButtonProps={{ danger: true, loading: remove.isPending, disabled: reason.trim().length < 2 }}
      >
        <Input value={reason} onChange={(e) => setReason(e.target.value)} placeholder={t('roles.reason')} aria-label={t('roles.reason')} />
        <FormProblem error={remove.error} />
      </Modal>
    </Drawer>
  )
}
