// People who sign in: invited, changed, reset, locked out; and what waits for a second person.
import { useState } from 'react'
import { Button, Switch } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { User } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { ago, minute } from '../../ui/format.ts'
import { Await, Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { useFilters } from '../../ui/search-state.ts'
import { Table, type Column } from '../../ui/table.tsx'
import { useToast } from '../../ui/toast.tsx'
import { EditUser } from './user-edit.tsx'
import { RoleChanges } from './role-changes.tsx'
import { UserChanges } from './user-changes.tsx'
import { useRoles } from './user-form.tsx'

function Rules() {
  const { t } = useSay()
  const queries = useQueryClient()
  const toast = useToast()
  const rules = useQuery({ queryKey: ['sign-in-rules'], queryFn: api.users.rules })
  const save = useMutation({
    mutationFn: (on: boolean) => api.users.saveRules({ second_factor_required: on }),
    onSuccess: (saved) => {
      queries.setQueryData(['sign-in-rules'], saved)
      toast.good(t('common.saved'))
    },
    onError: toast.bad,
  })
  return (
    <Card title={t('users.rules')}>
      <Await query={rules} rows={1}>
        {(r) => (
          <label className="row" style={{ alignItems: 'flex-start', flexWrap: 'nowrap' }}>
            <Switch checked={r.second_factor_required} loading={save.isPending} onChange={(on) => save.mutate(on)} aria-label={t('users.factorRequired')} />
            <span>
              {t('users.factorRequired')}
              <span className="quiet" style={{ display: 'block' }}>
                {t('users.factorRequiredHint')}
              </span>
            </span>
          </label>
        )}
      </Await>
    </Card>
  )
}

function State({ user }: { user: User }) {
  const { t } = useSay()
  const tone: Record<User['state'], string> = { active: 'good', waiting: 'medium', invited: 'medium', disabled: '' }
  const until = user.state === 'invited' ? user.link_until : null
  return (
    <>
      <Mark tone={tone[user.state]}>{t(`users.state.${user.state}`)}</Mark>
      {user.second_factor ? ' ' : null}
      {user.second_factor ? <Mark>{t('users.twoFactors')}</Mark> : null}
      {user.state === 'invited' ? (
        <div className="cell-sub">{until ? t('users.linkUntil', { at: minute(until) }) : t('users.noLink')}</div>
      ) : null}
    </>
  )
}

export default function Users() {
  const { t } = useSay()
  const may = useMay()
  const edits = may('users.edit')
  const roles = useRoles()
  const [editing, setEditing] = useState<User | 'new' | null>(null)
  const f = useFilters()
  const query = { q: f.get('q'), limit: 100 }
  const list = usePages(['users', 'list', query], (cursor) => api.users.list({ ...query, cursor }))
  const columns: Column<User>[] = [
    {
      key: 'name',
      title: t('users.name'),
      label: false,
      render: (u) => (
        <>
          <span className="cell-main">{u.name}</span>
          <div className="cell-sub">{u.login}</div>
        </>
      ),
    },
    { key: 'role', title: t('users.role'), render: (u) => roles.name(u.role) },
    { key: 'employee', title: t('users.employee'), render: (u) => u.employee ?? '—' },
    { key: 'state', title: t('common.status'), render: (u) => <State user={u} /> },
    {
      key: 'last',
      width: 150,
      title: t('users.lastSignIn'),
      render: (u) => (u.last_sign_in_at ? <span title={minute(u.last_sign_in_at)}>{ago(u.last_sign_in_at)}</span> : t('tokens.never')),
    },
  ]
  if (edits) {
    columns.push({
      key: 'edit',
      width: 90,
      num: true,
      title: <span className="sr-only">{t('common.edit')}</span>,
      label: false,
      render: (u) => (
        <Button size="small" aria-label={`${t('common.edit')}${t('common.colon')}${u.name}`} onClick={() => setEditing(u)}>
          {t('common.edit')}
        </Button>
      ),
    })
  }
  return (
    <Page
      title={t('nav.users')}
      lead={t('users.lead')}
      actions={
        edits ? (
          <Button type="primary" onClick={() => setEditing('new')}>
            {t('users.add')}
          </Button>
        ) : undefined
      }
    >
      <div className="stack">
        <UserChanges />
        <RoleChanges />
        <Card flush title={t('users.all')}>
          <div className="filters">
            <SearchBox value={f.get('q')} label={t('users.find')} width={260} onSearch={(v) => f.set({ q: v })} />
          </div>
          <Paged query={list}>
            {(rows) =>
              rows.length ? (
                <Table rows={rows} columns={columns} rowKey={(u) => u.id} caption={t('nav.users')} />
              ) : (
                <Empty title={t('users.noneFits')} action={<Button onClick={f.clear}>{t('common.clearFilters')}</Button>} />
              )
            }
          </Paged>
        </Card>
        {edits ? <Rules /> : null}
      </div>
      {editing ? <EditUser user={editing === 'new' ? null : editing} onClose={() => setEditing(null)} /> : null}
    </Page>
  )
}
