// Many customers change hands: to whom, from which day, why; then how far it is, and what became of each.
import { useState } from 'react'
import { Button, Drawer, Form, Input, Popconfirm, Progress, Segmented } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api } from '../../api/index.ts'
import type { MoveResult, Reassignment } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'
import { Day } from '../../ui/day.tsx'
import { minute } from '../../ui/format.ts'
import { Await, Empty, Mark } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { Pick } from '../../ui/pick.tsx'
import { Table, type Column } from '../../ui/table.tsx'
import { useEmployeeName } from '../people/names.ts'
import { findReceivers } from './people.ts'

interface Values {
  to?: string
  date?: string
  reason: string
}

/** A Pick as a field of a form. */
export function Receiver({ value, onChange }: { value?: string; onChange?: (v?: string) => void }) {
  const { t } = useSay()
  return <Pick value={value} label={t('reassign.to')} hint={t('handover.pickEmployee')} width="100%" queryKey={['employees', 'receivers']} find={findReceivers} onChange={(v) => onChange?.(v)} />
}

export function Reassign({
  customers,
  from,
  filter,
  onStarted,
  onClose,
}: {
  /** Absent for all of `from` that the filter leaves. */
  customers: string[] | undefined
  from: string | undefined
  filter: { q?: string; tier?: string }
  onStarted: () => void
  onClose: () => void
}) {
  const { t } = useSay()
  const name = useEmployeeName()
  const [form] = Form.useForm<Values>()
  const [id, setId] = useState<string | null>(null)
  const act = useMutation({
    mutationFn: (v: Values) =>
      api.customers.reassign({
        customers: customers ?? null,
        filter: customers ? null : filter,
        from: from ?? null,
        to: v.to ?? '',
        from_date: v.date ?? null,
        reason: v.reason,
      }),
    onSuccess: (made) => {
      setId(made.id)
      onStarted()
    },
  })
  return (
    <Drawer open title={t('reassign.title')} size={720} onClose={onClose} destroyOnHidden>
      {id ? (
        <Moving id={id} onOther={setId} />
      ) : (
        <>
          <p className="quiet">{t('reassign.lead')}</p>
          <p style={{ margin: '12px 0' }}>
            <b>{customers ? t('reassign.chosen', { count: customers.length }) : t('reassign.allOf', { name: name(from ?? '') })}</b>
          </p>
          <Form form={form} layout="vertical" requiredMark={false} onFinish={(v) => act.mutate(v)}>
            <FormProblem error={act.error} />
            <Form.Item name="to" label={t('reassign.to')} rules={[{ required: true, message: t('reassign.toNeeded') }]}>
              <Receiver />
            </Form.Item>
            <Form.Item name="date" label={t('reassign.date')} extra={t('reassign.now')}>
              <Day />
            </Form.Item>
            <Form.Item
              name="reason"
              label={t('reassign.reason')}
              extra={t('reassign.reasonHint')}
              rules={[{ required: true, whitespace: true, message: t('common.reasonNeeded') }]}
            >
              <Input.TextArea rows={2} maxLength={500} />
            </Form.Item>
            <Button type="primary" htmlType="submit" loading={act.isPending}>
              {t('reassign.start')}
            </Button>
          </Form>
        </>
      )}
    </Drawer>
  )
}

/** One reassignment: followed while it runs, then its results and the way back. */
export function Moving({ id, onOther }: { id: string; onOther: (id: string) => void }) {
  const queries = useQueryClient()
  const query = useQuery({
    queryKey: ['reassignment', id],
    queryFn: async () => {
      const now = await api.reassignments.read(id)
      if (now.status === 'done') void queries.invalidateQueries({ queryKey: ['customers'] })
      return now
    },
    refetchInterval: (q) => (q.state.data?.status === 'done' ? false : 400),
  })
  return <Await query={query}>{(r) => <Results key={r.status} r={r} onOther={onOther} />}</Await>
}

const STATES = ['', 'done', 'refused', 'limit', 'waiting'] as const

function Results({ r, onOther }: { r: Reassignment; onOther: (id: string) => void }) {
  const { t, label } = useSay()
  const name = useEmployeeName()
  const queries = useQueryClient()
  const [status, setStatus] = useState<string>('')
  const list = usePages(['reassignment', r.id, 'results', status, r.status], (cursor) =>
    api.reassignments.results(r.id, { status: status || undefined, cursor, limit: 100 }),
  )
  const undo = useMutation({
    mutationFn: () => api.reassignments.undo(r.id, { reason: t('reassign.undoTitle') }),
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: ['reassignment', r.id] })
      onOther(made.id)
    },
  })
  const over = r.total - r.waiting
  const tone = (s: string) => (s === 'done' ? 'good' : s === 'waiting' ? undefined : 'medium')
  const columns: Column<MoveResult>[] = [
    {
      key: 'name',
      title: t('customers.name'),
      label: false,
      render: (m) => (
        <>
          <Link className="cell-main" to={`/customers/${encodeURIComponent(m.customer)}`}>
            {m.name || m.customer}
          </Link>
          <div className="cell-sub">{m.customer}</div>
        </>
      ),
    },
    { key: 'status', width: 110, title: t('customers.state'), render: (m) => <Mark tone={tone(m.status)}>{label('moveStatus', m.status)}</Mark> },
    {
      key: 'why',
      title: t('reassign.why'),
      render: (m) => m.detail ?? (m.before ? <span className="quiet">{t('reassign.before', { name: name(m.before) })}</span> : '—'),
    },
  ]
  const counts: Record<string, number> = { done: r.done, refused: r.refused, limit: r.limit, waiting: r.waiting }
  return (
    <div className="stack">
      <div>
        <p>
          <b>{r.status === 'done' ? t('reassign.finished') : t('reassign.running', { done: over, total: r.total })}</b>{' '}
          {r.undoes ? <Mark>{t('reassign.isUndo')}</Mark> : null}
          {r.undone_by ? <Mark tone="medium">{t('reassign.undone')}</Mark> : null}
        </p>
        <p className="quiet">
          {r.from ? (r.from_name ?? r.from) : t('reassign.whoever')} → {r.to ? (r.to_name ?? r.to) : t('reassign.several')} · {r.reason} · {r.by} · <time>{minute(r.started_at)}</time>
        </p>
        <Progress
          percent={r.total ? Math.round((over / r.total) * 100) : 100}
          status={r.status === 'done' ? (r.refused + r.limit > 0 ? 'normal' : 'success') : 'active'}
          aria-label={t('reassign.progress')}
        />
      </div>
      <div className="row">
        {r.undone_by ? (
          <Button onClick={() => onOther(r.undone_by ?? '')}>{t('reassign.seeUndo')}</Button>
        ) : r.status === 'done' && !r.undoes && r.done > 0 ? (
          <Popconfirm
            title={t('reassign.undoTitle')}
            description={<div style={{ maxWidth: 300 }}>{t('reassign.undoLead')}</div>}
            okText={t('reassign.undoDo')}
            onConfirm={() => undo.mutate()}
          >
            <Button loading={undo.isPending}>{t('reassign.undo')}</Button>
          </Popconfirm>
        ) : null}
      </div>
      <FormProblem error={undo.error} />
      <div>
        <h3 className="sub">{t('reassign.results')}</h3>
        <div className="filters">
          <Segmented
            value={status}
            onChange={setStatus}
            aria-label={t('reassign.results')}
            options={STATES.filter((s) => !s || s === status || (counts[s] ?? 0) > 0).map((s) => ({
              value: s,
              label: s ? `${label('moveStatus', s)} ${counts[s] ?? 0}` : `${t('cases.all')} ${r.total}`,
            }))}
          />
        </div>
        <Paged query={list}>
          {(rows) =>
            rows.length ? (
              <Table rows={rows} columns={columns} rowKey={(m) => m.customer} caption={t('reassign.results')} />
            ) : (
              <Empty title={t('reassign.noResults')} />
            )
          }
        </Paged>
      </div>
    </div>
  )
}
