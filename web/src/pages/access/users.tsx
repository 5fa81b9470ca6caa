// People who sign in: who may do what, and locking someone out.
import { useState } from 'react'
import { Button, Form, Modal, Switch } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { ChangeUser, CreateUser, User } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useSession } from '../../session.tsx'
import { FormProblem } from '../../ui/act.tsx'
import { ago, minute } from '../../ui/format.ts'
import { Await, Card, Mark, Page } from '../../ui/page.tsx'
import { Table, type Column } from '../../ui/table.tsx'
import { UserFields } from './user-form.tsx'

type Values = ChangeUser & CreateUser

function Edit({ user, onClose }: { user: User | null; onClose: () => void }) {
  const { t } = useSay()
  const me = useSession().data?.user
  const [form] = Form.useForm<Values>()
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: (v: Values) => {
      const employee = v.employee || null
      return user
        ? api.users.change(user.id, { ...v, employee, password: v.password || undefined })
        : api.users.create({ ...v, employee })
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['users'] })
      onClose()
    },
  })
  return (
    <Modal open title={user ? user.name : t('users.add')} okText={t('common.save')} okButtonProps={{ loading: save.isPending }} onOk={() => form.submit()} onCancel={onClose}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={user ?? {}} onFinish={(v) => save.mutate(v)}>
        <FormProblem error={save.error} />
        <UserFields fresh={!user} />
        {user && user.id !== me?.id ? (
          <Form.Item name="disabled" label={t('users.disabled')} valuePropName="checked" extra={t('users.disabledHint')}>
            <Switch />
          </Form.Item>
        ) : null}
      </Form>
    </Modal>
  )
}

export default function Users() {
  const { t, label } = useSay()
  const [editing, setEditing] = useState<User | 'new' | null>(null)
  const list = useQuery({ queryKey: ['users'], queryFn: api.users.list })
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
    { key: 'role', title: t('users.role'), render: (u) => label('role', u.role) },
    { key: 'employee', title: t('users.employee'), render: (u) => u.employee ?? '—' },
    {
      key: 'state',
      title: t('common.status'),
      render: (u) => (u.disabled ? <Mark>{t('users.off')}</Mark> : <Mark tone="good">{t('users.on')}</Mark>),
    },
    {
      key: 'last',
      width: 150,
      title: t('users.lastSignIn'),
      render: (u) => (u.last_sign_in_at ? <span title={minute(u.last_sign_in_at)}>{ago(u.last_sign_in_at)}</span> : t('tokens.never')),
    },
    {
      key: 'edit',
      width: 90,
      num: true,
      title: <span className="sr-only">{t('common.edit')}</span>,
      label: false,
      render: (u) => (
        <Button size="small" aria-label={`${t('common.edit')}：${u.name}`} onClick={() => setEditing(u)}>
          {t('common.edit')}
        </Button>
      ),
    },
  ]
  return (
    <Page
      title={t('nav.users')}
      lead={t('users.lead')}
      actions={
        <Button type="primary" onClick={() => setEditing('new')}>
          {t('users.add')}
        </Button>
      }
    >
      <Card flush>
        <Await query={list}>
          {(p) => <Table rows={p.items} columns={columns} rowKey={(u) => u.id} caption={t('nav.users')} />}
        </Await>
      </Card>
      {editing ? <Edit user={editing === 'new' ? null : editing} onClose={() => setEditing(null)} /> : null}
    </Page>
  )
}
