// Contact snapshots of one person's work accounts: taken at issue and return, acknowledged by the person, compared.
import { useState } from 'react'
import { useParams } from 'react-router'
import { Button, Form, Input, Modal, Radio, Select } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Snapshot } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay, useSession } from '../../session.tsx'
import { FormProblem } from '../../ui/act.tsx'
import { minute } from '../../ui/format.ts'
import { Await, Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { useToast } from '../../ui/toast.tsx'
import { useEmployeeName } from '../people/names.ts'

const KINDS = ['wecom', 'phone', 'dingtalk', 'feishu', 'email']

interface Values {
  system: string
  account: string
  when: 'issue' | 'return'
}

function Take({ number, onClose }: { number: string; onClose: () => void }) {
  const { t, label } = useSay()
  const [form] = Form.useForm<Values>()
  const queries = useQueryClient()
  const toast = useToast()
  const act = useMutation({
    mutationFn: (v: Values) => api.snapshots.take(number, { account: { system: v.system, account: v.account }, when: v.when }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['snapshots', number] })
      toast.good(t('snapshots.done'))
      onClose()
    },
  })
  return (
    <Modal open title={t('snapshots.take')} okText={t('snapshots.take')} okButtonProps={{ loading: act.isPending }} onOk={() => form.submit()} onCancel={onClose}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ system: 'wecom', when: 'issue' }} onFinish={(v) => act.mutate(v)}>
        <FormProblem error={act.error} />
        <Form.Item name="when" label={t('snapshots.when')}>
          <Radio.Group options={['issue', 'return'].map((w) => ({ value: w, label: label('occasion', w) }))} />
        </Form.Item>
        <Form.Item name="system" label={t('snapshots.system')}>
          <Select options={KINDS.map((k) => ({ value: k, label: label('accountKind', k) }))} />
        </Form.Item>
        <Form.Item name="account" label={t('snapshots.account')} rules={[{ required: true, whitespace: true, message: t('common.needed') }]}>
          <Input maxLength={100} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

function One({ s, own }: { s: Snapshot; own: boolean }) {
  const { t, label } = useSay()
  const [open, setOpen] = useState(false)
  const queries = useQueryClient()
  const toast = useToast()
  const act = useMutation({
    mutationFn: () => api.snapshots.acknowledge(s.employee, s.id),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['snapshots', s.employee] })
      toast.good(t('snapshots.yes'))
    },
  })
  const lines = s.difference ? [...s.difference.added.map((c) => ({ ...c, side: 'added' as const })), ...s.difference.removed.map((c) => ({ ...c, side: 'removed' as const }))] : []
  return (
    <Card
      title={`${label('occasion', s.when)} · ${label('accountKind', s.account.system)} ${s.account.account}`}
      extra={s.acknowledged_at ? <Mark tone="good">{t('snapshots.acknowledged', { date: minute(s.acknowledged_at) })}</Mark> : <Mark tone="medium">{t('snapshots.notAcknowledged')}</Mark>}
      note={`${minute(s.taken_at)} · ${t('snapshots.takenBy', { name: s.taken_by })} · ${t('snapshots.customers', { count: s.customers })}`}
    >
      <div className="stack">
        <div>
          <span className="quiet">{t('snapshots.digest')}</span>
          <code className="hash">{s.sha256}</code>
        </div>
        {s.difference ? (
          <div>
            <h3 className="sub">{t('snapshots.difference')}</h3>
            {lines.length ? (
              <ul className="others">
                {lines.map((c, i) => (
                  <li key={i}>
                    <Mark tone={c.side === 'added' ? 'good' : 'medium'}>{t(`snapshots.${c.side}`)}</Mark>
                    <b>{c.name || c.customer}</b>
                    <span>{c.contact}</span>
                  </li>
                ))}
              </ul>
            ) : (
              <p className="quiet">{t('snapshots.same')}</p>
            )}
          </div>
        ) : null}
        {s.masked ? <p className="quiet">{t('customers.masked')}</p> : null}
        {s.contacts.length ? (
          <div>
            <Button size="small" onClick={() => setOpen(!open)} aria-expanded={open}>
              {t('snapshots.show')}
            </Button>
            {open ? (
              <ul className="bullets">
                {s.contacts.map((c) => (
                  <li key={c.customer}>
                    {c.name}{t('common.colon')}{c.contacts.map((k) => [k.name, k.phone, k.email, k.im].filter(Boolean).join(' ')).join(t('common.semicolon')) || '—'}
                  </li>
                ))}
              </ul>
            ) : null}
          </div>
        ) : null}
        {own && !s.acknowledged_at ? (
          <div>
            <FormProblem error={act.error} />
            <Button type="primary" loading={act.isPending} onClick={() => act.mutate()}>
              {t('snapshots.acknowledge')}
            </Button>
            <p className="quiet">{t('snapshots.acknowledgeHint')}</p>
          </div>
        ) : null}
      </div>
    </Card>
  )
}

export default function Snapshots() {
  const { t } = useSay()
  const may = useMay()
  const { number = '' } = useParams()
  const name = useEmployeeName()
  const session = useSession()
  const [taking, setTaking] = useState(false)
  const query = useQuery({ queryKey: ['snapshots', number], queryFn: () => api.snapshots.list(number) })
  const own = session.data?.user?.employee === number
  return (
    <Page
      title={t('snapshots.title')}
      lead={t('snapshots.lead')}
      crumbs={[own ? { to: '/mine', text: t('mine.title') } : { to: `/employees/${encodeURIComponent(number)}`, text: name(number) }]}
      actions={
        may('customers.assign') ? (
          <Button type="primary" onClick={() => setTaking(true)}>
            {t('snapshots.take')}
          </Button>
        ) : null
      }
    >
      <Await query={query}>
        {(page) =>
          page.items.length ? (
            <div className="stack">
              {page.items.map((s) => (
                <One key={s.id} s={s} own={own} />
              ))}
            </div>
          ) : (
            <Card flush>
              <Empty title={t('snapshots.none')}>
                <p>{t('snapshots.noneHint')}</p>
              </Empty>
            </Card>
          )
        }
      </Await>
      {taking ? <Take number={number} onClose={() => setTaking(false)} /> : null}
    </Page>
  )
}
