// 我的账号与安全: the own password, second factors and sessions.
import { useState } from 'react'
import { Button, Form, Input, Popconfirm } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { OwnSession } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useSession } from '../../session.tsx'
import { FormProblem } from '../../ui/act.tsx'
import { ago, minute } from '../../ui/format.ts'
import { Await, Card, Mark, Page } from '../../ui/page.tsx'
import { Table, type Column } from '../../ui/table.tsx'
import { useToast } from '../../ui/toast.tsx'
import { Factors } from './account-factors.tsx'
import { NewPassword } from './new-password.tsx'
import './account.css'

function Password() {
  const { t } = useSay()
  const [form] = Form.useForm<{ password: string; new_password: string }>()
  const toast = useToast()
  const queries = useQueryClient()
  const [open, setOpen] = useState(false)
  const save = useMutation({
    mutationFn: api.account.changePassword,
    onSuccess: () => {
      form.resetFields()
      setOpen(false)
      void queries.invalidateQueries({ queryKey: ['account'] })
      toast.good(t('account.passwordChanged'))
    },
  })
  return (
    <Card title={t('account.password')} note={t('account.passwordNote')}>
      {open ? (
        <Form form={form} className="narrow" layout="vertical" requiredMark={false} onFinish={(v) => save.mutate({ password: v.password, new_password: v.new_password })}>
          <FormProblem error={save.error} />
          <Form.Item name="password" label={t('account.oldPassword')} rules={[{ required: true, message: t('signIn.passwordNeeded') }]}>
            <Input.Password autoComplete="current-password" size="large" />
          </Form.Item>
          <NewPassword name="new_password" />
          <div className="row">
            <Button type="primary" htmlType="submit" loading={save.isPending}>
              {t('account.changePassword')}
            </Button>
            <Button onClick={() => setOpen(false)}>{t('common.cancel')}</Button>
          </div>
        </Form>
      ) : (
        <Button onClick={() => setOpen(true)}>{t('account.changePassword')}</Button>
      )}
    </Card>
  )
}

function Sessions() {
  const { t } = useSay()
  const queries = useQueryClient()
  const toast = useToast()
  const list = useQuery({ queryKey: ['account', 'sessions'], queryFn: api.account.sessions })
  const after = () => void queries.invalidateQueries({ queryKey: ['account', 'sessions'] })
  const end = useMutation({ mutationFn: api.account.endSession, onSuccess: after, onError: toast.bad })
  const endOthers = useMutation({
    mutationFn: api.account.endOthers,
    onSuccess: (r) => {
      after()
      toast.good(t('users.sessionsEnded', { count: r.sessions }))
    },
    onError: toast.bad,
  })
  const columns: Column<OwnSession>[] = [
    {
      key: 'device',
      title: t('account.device'),
      label: false,
      render: (s) => (
        <>
          <span className="cell-main">{s.device}</span> {s.this ? <Mark tone="good">{t('account.thisOne')}</Mark> : null}{' '}
          {s.new_device ? <Mark tone="medium">{t('account.newDevice')}</Mark> : null}
        </>
      ),
    },
    { key: 'address', title: t('account.address'), render: (s) => (s.address ? <code>{s.address}</code> : '—') },
    { key: 'since', title: t('account.since'), render: (s) => minute(s.signed_in_at) },
    { key: 'seen', title: t('account.seen'), render: (s) => (s.this ? t('account.justNow') : <span title={minute(s.seen_at)}>{ago(s.seen_at)}</span>) },
    {
      key: 'end',
      title: <span className="sr-only">{t('account.end')}</span>,
      label: false,
      num: true,
      width: 90,
      render: (s) =>
        s.this ? null : (
          <Button size="small" danger loading={end.isPending && end.variables === s.id} aria-label={`${t('account.end')}${t('common.colon')}${s.device}`} onClick={() => end.mutate(s.id)}>
            {t('account.end')}
          </Button>
        ),
    },
  ]
  const others = (list.data?.items.length ?? 0) > 1
  return (
    <Card
      flush
      title={t('account.sessions')}
      note={t('account.sessionsNote')}
      extra={
        others ? (
          <Popconfirm title={t('account.endOthersSure')} okText={t('account.endOthers')} cancelText={t('common.cancel')} onConfirm={() => endOthers.mutate()}>
            <Button size="small" loading={endOthers.isPending}>
              {t('account.endOthers')}
            </Button>
          </Popconfirm>
        ) : undefined
      }
    >
      <Await query={list} rows={2}>
        {(p) => <Table rows={p.items} columns={columns} rowKey={(s) => s.id} caption={t('account.sessions')} />}
      </Await>
    </Card>
  )
}

export default function AccountPage() {
  const { t, label } = useSay()
  const session = useSession().data
  const account = useQuery({ queryKey: ['account'], queryFn: api.account.read })
  return (
    <Page title={t('nav.account')} lead={t('account.lead')}>
      <div className="stack">
        {session?.must_enrol ? (
          <p className="notice warn" role="alert">
            {t('account.mustEnrol')}
          </p>
        ) : null}
        <Await query={account}>
          {(a) => (
            <>
              <Card>
                <dl className="about">
                  <div>
                    <dt>{t('users.name')}</dt>
                    <dd>{a.name}</dd>
                  </div>
                  <div>
                    <dt>{t('signIn.login')}</dt>
                    <dd>{a.login}</dd>
                  </div>
                  <div>
                    <dt>{t('users.role')}</dt>
                    <dd>{session?.user?.role_name ?? label('role', session?.user?.role)}</dd>
                  </div>
                  <div>
                    <dt>{t('users.employee')}</dt>
                    <dd>{a.employee ?? '—'}</dd>
                  </div>
                </dl>
              </Card>
              {a.has_password ? (
                <>
                  <Password />
                  <Factors account={a} />
                </>
              ) : (
                <Card>
                  <p className="quiet">{t('account.demo')}</p>
                </Card>
              )}
            </>
          )}
        </Await>
        <Sessions />
      </div>
    </Page>
  )
}
