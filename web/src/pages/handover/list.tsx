// All handovers a person may see, with their bars and deadlines; one's own comes first.
import { useState } from 'react'
import { Link } from 'react-router'
import { Form, Input, Modal, Segmented, Select } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { api } from '../../api/index.ts'
import type { HandoverItem } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { Act, FormProblem } from '../../ui/act.tsx'
import { Day } from '../../ui/day.tsx'
import { day } from '../../ui/format.ts'
import { Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { Pick } from '../../ui/pick.tsx'
import { Table, type Column } from '../../ui/table.tsx'
import { Bar } from './bar.tsx'
import './handover.css'

const tone: Record<string, string> = { running: 'low', signed_off: 'good' }

function useColumns(): Column<HandoverItem>[] {
  const { t, label } = useSay()
  return [
    {
      key: 'who',
      title: t('handover.employee'),
      label: false,
      render: (h) => (
        <>
          <Link className="cell-main" to={`/handovers/${h.id}`}>
            {h.own ? t('handover.mine') : (h.employee_name ?? h.employee)}
          </Link>
          <div className="cell-sub">
            {[h.number, label('handoverKind', h.kind), h.department].filter(Boolean).join(' · ')}
          </div>
        </>
      ),
    },
    { key: 'bar', width: 240, title: t('handover.bar'), render: (h) => <Bar progress={h.progress} /> },
    { key: 'due', width: 120, title: t('handover.nextDue'), render: (h) => day(h.next_due) },
    { key: 'last', width: 120, title: t('handover.lastDay'), render: (h) => day(h.last_day) },
    {
      key: 'law',
      width: 150,
      title: t('handover.law'),
      render: (h) => {
        const done = h.duties.filter((d) => d.status === 'done').length
        const late = h.duties.some((d) => d.status === 'overdue')
        if (h.duties.length === 0) return '—'
        return (
          <Mark tone={late ? 'high' : done === h.duties.length ? 'good' : undefined}>
            {late ? label('handoverDuty', 'overdue') : t('handover.lawDone', { done, all: h.duties.length })}
          </Mark>
        )
      },
    },
    { key: 'status', width: 100, title: t('common.status'), render: (h) => <Mark tone={tone[h.status]}>{label('handoverStatus', h.status)}</Mark> },
  ]
}

function Start({ onClose }: { onClose: () => void }) {
  const { t, label } = useSay()
  const [form] = Form.useForm<{ kind: string; last_day?: string; reason: string }>()
  const [employee, setEmployee] = useState<string>()
  const go = useNavigate()
  const queries = useQueryClient()
  const start = useMutation({
    mutationFn: (v: { kind: string; last_day?: string; reason: string }) =>
      api.handovers.start({ employee: employee ?? '', kind: v.kind, last_day: v.last_day, reason: v.reason }),
    onSuccess: (h) => {
      void queries.invalidateQueries({ queryKey: ['handovers'] })
      void go(`/handovers/${h.id}`)
    },
  })
  return (
    <Modal open title={t('handover.start')} okText={t('handover.startDo')} okButtonProps={{ loading: start.isPending }} onOk={() => form.submit()} onCancel={onClose}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ kind: 'transfer' }} onFinish={(v) => start.mutate(v)}>
        <FormProblem error={start.error} />
        <Form.Item label={t('handover.employee')}>
          <Pick
            value={employee}
            label={t('handover.pickEmployee')}
            width="100%"
            queryKey={['employees', 'pick']}
            find={async (q) => (await api.employees.list({ q, limit: 20 })).items.map((e) => ({ value: e.number, label: `${e.name} ${e.number}` }))}
            onChange={setEmployee}
          />
        </Form.Item>
        <Form.Item name="kind" label={t('handover.kind')} extra={t('handover.kindNote')}>
          <Select options={['transfer', 'agreement', 'expiry', 'dismissal', 'retirement'].map((k) => ({ value: k, label: label('handoverKind', k) }))} />
        </Form.Item>
        <Form.Item name="last_day" label={t('handover.lastDay')} extra={t('handover.lastDayNote')}>
          <Day />
        </Form.Item>
        <Form.Item name="reason" label={t('common.reason')} rules={[{ required: true, whitespace: true, message: t('common.reasonNeeded') }]}>
          <Input.TextArea rows={2} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

export default function Handovers() {
  const { t } = useSay()
  const may = useMay()
  const [status, setStatus] = useState<'open' | 'running' | 'signed_off' | 'closed' | ''>('open')
  const [starting, setStarting] = useState(false)
  const columns = useColumns()
  const query = usePages(['handovers', 'list', status], (cursor) => api.handovers.list({ status: status || undefined, limit: 50, cursor }))
  return (
    <Page
      title={t('handover.title')}
      lead={t('handover.lead')}
      actions={
        <>
          <Segmented<typeof status>
            aria-label={t('common.status')}
            value={status}
            onChange={setStatus}
            options={[
              { value: 'open', label: t('handover.notClosed') },
              { value: 'running', label: t('handoverStatus.running') },
              { value: 'signed_off', label: t('handoverStatus.signed_off') },
              { value: 'closed', label: t('handoverStatus.closed') },
              { value: '', label: t('handover.all') },
            ]}
          />
          {may('handovers.start') ? (
            <Act type="primary" onClick={() => setStarting(true)}>
              {t('handover.start')}
            </Act>
          ) : null}
        </>
      }
    >
      <Card flush>
        <Paged query={query}>
          {(rows) =>
            rows.length ? (
              <Table keys rows={rows.toSorted((a, b) => Number(b.own) - Number(a.own))} columns={columns} rowKey={(h) => h.id} caption={t('handover.title')} />
            ) : (
              <Empty title={t('handover.empty')}>
                <p>{t('handover.emptyHint')}</p>
              </Empty>
            )
          }
        </Paged>
      </Card>
      {starting ? <Start onClose={() => setStarting(false)} /> : null}
    </Page>
  )
}
