// “As this person, may I …?” with each step of the decision, and “who may see this field?”.
import { useState } from 'react'
import { Button, Input, Select } from 'antd'
import { useMutation, useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { RoleMatrix, SimulateBody } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { FormProblem } from '../../ui/act.tsx'
import { Await, Card, Mark } from '../../ui/page.tsx'
import { Pick, type Choices } from '../../ui/pick.tsx'
import { Table } from '../../ui/table.tsx'
import { permissionName, roleName } from './words.ts'

const standings = ['active', 'resigning', 'left'] as const

function Ask({ data }: { data: RoleMatrix }) {
  const { t, label } = useSay()
  const may = useMay()
  const seesUsers = may('users.see')
  const [who, setWho] = useState<string>()
  const [called, setCalled] = useState<string>()
  const [body, setBody] = useState<Omit<SimulateBody, 'user' | 'role'>>({ permission: 'people.see' })
  const ask = useMutation({
    mutationFn: () => {
      const [kind, id] = (who ?? '').split('/', 2)
      return api.roles.simulate({ ...body, user: kind === 'user' ? id : null, role: kind === 'role' ? id : null })
    },
  })
  /** The server speaks of a permission by its code; a reader knows it by its name. */
  const named = (text: string) => text.replace(body.permission, permissionName(label, body.permission))
  const set = (change: Partial<SimulateBody>) => setBody({ ...body, ...change })
  /** People by a part of the name, and the roles whose name holds it. */
  const find = async (text: string): Promise<Choices[]> => {
    const people = seesUsers ? (await api.users.list({ q: text || undefined, limit: 30 })).items : []
    const roles = data.items.map((r) => ({ value: `role/${r.id}`, label: roleName(label, r) })).filter((r) => r.label.toLowerCase().includes(text.toLowerCase()))
    return [
      { label: t('roles.person'), options: people.map((u) => ({ value: `user/${u.id}`, label: `${u.name} · ${u.login}` })) },
      { label: t('roles.role'), options: roles },
    ].filter((group) => group.options.length > 0)
  }
  return (
    <Card title={t('roles.mayI')} note={t('roles.mayINote')}>
      <div className="row">
        <Pick
          value={who}
          shown={called}
          label={t('roles.asWhom')}
          width={220}
          queryKey={['users', 'pick', 'roles']}
          find={find}
          onChange={(value, name) => {
            setWho(value)
            setCalled(name)
          }}
        />
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          value={body.permission}
          onChange={(permission: string) => set({ permission })}
          style={{ width: 220 }}
          aria-label={t('roles.permission')}
          options={data.permissions.map((p) => ({ value: p.name, label: permissionName(label, p.name) }))}
        />
        <Select
          allowClear
          value={body.standing ?? undefined}
          onChange={(standing?: 'active' | 'resigning' | 'left') => set({ standing: standing ?? null })}
          style={{ width: 150 }}
          placeholder={t('roles.asStanding')}
          aria-label={t('roles.asStanding')}
          options={standings.map((s) => ({ value: s, label: label('standing', s) }))}
        />
        <Input
          allowClear
          style={{ width: 150 }}
          placeholder={t('roles.onEmployee')}
          aria-label={t('roles.onEmployee')}
          onChange={(e) => set({ employee: e.target.value.trim() || null })}
        />
        <Input
          allowClear
          style={{ width: 150 }}
          placeholder={t('roles.onCustomer')}
          aria-label={t('roles.onCustomer')}
          onChange={(e) => set({ customer: e.target.value.trim() || null })}
        />
        <Select
          allowClear
          value={body.field ?? undefined}
          onChange={(field?: string) => set({ field: field ?? null })}
          style={{ width: 180 }}
          placeholder={t('roles.withField')}
          aria-label={t('roles.withField')}
          options={data.fields.map((f) => ({ value: f, label: label('maskable', f) }))}
        />
        <Button type="primary" disabled={!who} loading={ask.isPending} onClick={() => ask.mutate()}>
          {t('roles.ask')}
        </Button>
      </div>
      <FormProblem error={ask.error} />
      {ask.data ? (
        <div role="status" style={{ marginTop: 14 }}>
          <p>
            <Mark tone={ask.data.allowed ? 'good' : 'high'}>{ask.data.allowed ? t('roles.yes') : t('roles.no')}</Mark>
          </p>
          <ol className="steps-told">
            {ask.data.steps.map((s) => (
              <li key={s.check}>
                <b>{label('check', s.check)}</b>
                <span aria-hidden="true">{s.passed ? '✓' : '✗'}</span>
                <span>{named(s.text)}</span>
              </li>
            ))}
          </ol>
        </div>
      ) : null}
    </Card>
  )
}

function WhoSees({ data }: { data: RoleMatrix }) {
  const { t, label } = useSay()
  const [field, setField] = useState(data.fields[0] ?? '')
  const seen = useQuery({ queryKey: ['roles', 'field', field], queryFn: () => api.roles.field(field), enabled: Boolean(field) })
  return (
    <Card
      title={t('roles.whoSees')}
      flush
      extra={
        <Select value={field} onChange={setField} style={{ width: 200 }} aria-label={t('roles.fields')} options={data.fields.map((f) => ({ value: f, label: label('maskable', f) }))} />
      }
    >
      <Await query={seen}>
        {(view) => (
          <Table
            rows={view.roles}
            rowKey={(r) => r.role}
            caption={t('roles.whoSees')}
            columns={[
              { key: 'role', title: t('roles.role'), label: false, render: (r) => <b>{roleName(label, { id: r.role, name: r.name })}</b> },
              {
                key: 'reach',
                title: t('roles.reach'),
                render: (r) => (r.masked ? <Mark tone="medium">{t('roles.masked')}</Mark> : <Mark tone={r.reach === 'none' ? '' : 'good'}>{t(`reach.${r.reach}`)}</Mark>),
              },
              {
                key: 'people',
                title: t('roles.person'),
                render: (r) => [r.people.join(t('common.listComma')) || '—', r.more ? t('roles.andMore', { count: r.more }) : ''].join(' '),
              },
            ]}
          />
        )}
      </Await>
    </Card>
  )
}

export function SimulatePage({ data }: { data: RoleMatrix }) {
  return (
    <div className="stack">
      <Ask data={data} />
      <WhoSees data={data} />
    </div>
  )
}
