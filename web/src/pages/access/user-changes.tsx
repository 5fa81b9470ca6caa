// What waits for a second person: approved or refused here by who may, and taken by who asked.
import { useState } from 'react'
import { Button, Form, Input, Modal, Popconfirm } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Collected, UserChange } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { Act, Copy, FormProblem } from '../../ui/act.tsx'
import { ago, minute } from '../../ui/format.ts'
import { Card, Empty, Mark } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { Table, type Column } from '../../ui/table.tsx'
import { useToast } from '../../ui/toast.tsx'
import { LinkOnce } from './link-once.tsx'
import { useRoles } from './user-form.tsx'

function useWords() {
  const { t } = useSay()
  const roles = useRoles()
  return (c: UserChange) => {
    const parts = [
      c.role ? t('changes.toRole', { role: roles.name(c.role) }) : null,
      c.enable ? t('changes.enable') : null,
      c.relink ? (c.employee ? t('changes.relink', { number: c.employee }) : t('changes.unlink')) : null,
      c.second_factor ? t('changes.dropsFactor') : null,
      c.scopes.length ? c.scopes.join(' · ') : null,
      c.notices?.payee ? t('changes.payee', c.notices.payee) : null,
      c.notices?.channels ? t('changes.channels', c.notices.channels) : null,
      c.notices?.from ? t('changes.sender', c.notices.from) : null,
      c.notices?.server ? t('changes.server') : null,
    ]
    return parts.filter(Boolean).join(t('changes.and'))
  }
}

function Refuse({ change, onClose }: { change: UserChange; onClose: () => void }) {
  const { t } = useSay()
  const [form] = Form.useForm<{ reason: string }>()
  const queries = useQueryClient()
  const refuse = useMutation({
    mutationFn: (v: { reason: string }) => api.users.decide(change.id, { approve: false, reason: v.reason }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['user-changes'] })
      void queries.invalidateQueries({ queryKey: ['users'] })
      onClose()
    },
  })
  return (
    <Modal open title={t('changes.refuse')} okText={t('changes.refuse')} okButtonProps={{ danger: true, loading: refuse.isPending }} onOk={() => form.submit()} onCancel={onClose}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(v) => refuse.mutate(v)}>
        <FormProblem error={refuse.error} />
        <Form.Item name="reason" label={t('common.reason')} rules={[{ required: true, whitespace: true, message: t('common.reasonNeeded') }]}>
          <Input.TextArea rows={3} maxLength={500} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

export function TokenOnce({ token, onClose }: { token: string; onClose: () => void }) {
  const { t } = useSay()
  return (
    <Modal open title={t('tokens.made')} okText={t('tokens.kept')} cancelButtonProps={{ style: { display: 'none' } }} closable={false} mask={{ closable: false }} onOk={onClose}>
      <p className="notice warn">{t('tokens.once')}</p>
      <code className="hash secret">{token}</code>
      <Copy text={token} />
    </Modal>
  )
}

export function UserChanges() {
  const { t, actor } = useSay()
  const words = useWords()
  const queries = useQueryClient()
  const toast = useToast()
  const [refusing, setRefusing] = useState<UserChange | null>(null)
  const [taken, setTaken] = useState<(Collected & { name: string }) | null>(null)
  const list = usePages(['user-changes', 'list'], (cursor) => api.users.changes({ cursor, limit: 50 }))
  const after = () => {
    void queries.invalidateQueries({ queryKey: ['user-changes'] })
    void queries.invalidateQueries({ queryKey: ['users'] })
    void queries.invalidateQueries({ queryKey: ['tokens'] })
  }
  const approve = useMutation({ mutationFn: (c: UserChange) => api.users.decide(c.id, { approve: true }), onSuccess: after, onError: toast.bad })
  const withdraw = useMutation({ mutationFn: (c: UserChange) => api.users.withdraw(c.id), onSuccess: after, onError: toast.bad })
  const collect = useMutation({
    mutationFn: async (c: UserChange) => ({ ...(await api.users.collect(c.id)), name: c.about }),
    onSuccess: (got) => {
      after()
      setTaken(got)
    },
    onError: toast.bad,
  })
  const tone: Record<string, string> = { waiting: 'medium', approved: 'good', refused: 'high', withdrawn: '' }
  const columns: Column<UserChange>[] = [
    {
      key: 'what',
      title: t('changes.what'),
      label: false,
      render: (c) => (
        <>
          <span className="cell-main">
            {t(`changes.kind.${c.kind}`)}
            {c.kind === 'notices' ? '' : `${t('common.colon')}${c.about || '—'}`}
          </span>
          <div className="cell-sub">{words(c)}</div>
        </>
      ),
    },
    {
      key: 'asked',
      title: t('changes.asked'),
      width: 170,
      render: (c) => (
        <>
          {actor(c.asked_by)}
          <div className="cell-sub" title={minute(c.asked_at)}>
            {ago(c.asked_at)}
          </div>
        </>
      ),
    },
    {
      key: 'status',
      title: t('common.status'),
      render: (c) => (
        <>
          <Mark tone={tone[c.status]}>{t(`changes.status.${c.status}`)}</Mark>
          {c.decided_by ? (
            <div className="cell-sub">
              {actor(c.decided_by)}
              {c.reason ? `${t('common.colon')}${c.reason}` : ''}
            </div>
          ) : null}
        </>
      ),
    },
    {
      key: 'act',
      title: <span className="sr-only">{t('common.edit')}</span>,
      label: false,
      num: true,
      width: 210,
      render: (c) => (
        <span className="row" style={{ justifyContent: 'flex-end', gap: 6 }}>
          {c.to_collect ? (
            <Button size="small" type="primary" onClick={() => collect.mutate(c)}>
              {t(c.kind === 'token' ? 'changes.takeToken' : 'changes.takeLink')}
            </Button>
          ) : null}
          {c.status === 'waiting' && c.own ? (
            <Popconfirm title={t('changes.withdrawSure')} okText={t('changes.withdraw')} cancelText={t('common.cancel')} onConfirm={() => withdraw.mutate(c)}>
              <Button size="small">{t('changes.withdraw')}</Button>
            </Popconfirm>
          ) : null}
          {c.may_decide ? (
            <>
              <Popconfirm title={t('changes.approveSure')} okText={t('changes.approve')} cancelText={t('common.cancel')} onConfirm={() => approve.mutate(c)}>
                <Button size="small" type="primary" aria-label={`${t('changes.approve')}${t('common.colon')}${c.about || t(`changes.kind.${c.kind}`)}`}>
                  {t('changes.approve')}
                </Button>
              </Popconfirm>
              <Button size="small" onClick={() => setRefusing(c)}>
                {t('changes.refuse')}
              </Button>
            </>
          ) : c.status === 'waiting' && !c.own ? (
            <Act size="small" because={t('changes.notYours')}>
              {t('changes.approve')}
            </Act>
          ) : null}
        </span>
      ),
    },
  ]
  return (
    <Card flush title={t('changes.title')} note={t('changes.note')}>
      <Paged query={list}>
        {(rows) =>
          rows.length ? (
            <Table rows={rows} columns={columns} rowKey={(c) => c.id} caption={t('changes.title')} />
          ) : (
            <Empty title={t('changes.none')}>
              <p>{t('changes.noneHint')}</p>
            </Empty>
          )
        }
      </Paged>
      {refusing ? <Refuse change={refusing} onClose={() => setRefusing(null)} /> : null}
      {taken?.link ? <LinkOnce link={taken.link} name={taken.name} onClose={() => setTaken(null)} /> : null}
      {taken?.token?.token ? <TokenOnce token={taken.token.token} onClose={() => setTaken(null)} /> : null}
    </Card>
  )
}
