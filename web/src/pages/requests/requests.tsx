// What employees ask of the company about themselves, the most urgent first, and the answer.
import { useState } from 'react'
import { Link } from 'react-router'
import { Button, Form, Input, Radio, Segmented } from 'antd'
import { api } from '../../api/index.ts'
import type { EmployeeRequest } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { day } from '../../ui/format.ts'
import { Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { useFilters } from '../../ui/search-state.ts'
import { Table, type Column } from '../../ui/table.tsx'
import { Dialog, needed } from '../people/life-acts.tsx'

export function RequestState({ r }: { r: EmployeeRequest }) {
  const { t } = useSay()
  if (r.state === 'open') return <Mark tone={r.late ? 'high' : 'medium'}>{r.late ? t('requests.late', { date: r.due_on }) : t('requests.due', { date: r.due_on })}</Mark>
  return <Mark tone={r.outcome === 'refused' ? undefined : 'good'}>{t(`requests.outcome.${r.outcome ?? 'granted'}`)}</Mark>
}

export default function Requests() {
  const { t } = useSay()
  const f = useFilters()
  const state = f.get('view') === 'all' ? undefined : 'open'
  const [answering, setAnswering] = useState<EmployeeRequest | null>(null)
  const list = usePages(['requests', state], (cursor) => api.requests.list({ state, cursor, limit: 100 }))
  const columns: Column<EmployeeRequest>[] = [
    {
      key: 'who',
      title: t('people.name'),
      label: false,
      render: (r) => (
        <>
          <Link className="cell-main" to={`/employees/${encodeURIComponent(r.employee)}`}>
            {r.employee_name ?? r.employee}
          </Link>
          <div className="cell-sub">{day(r.made_at)}</div>
        </>
      ),
    },
    {
      key: 'what',
      title: t('requests.what'),
      render: (r) => (
        <>
          <b>{t(`requests.kind.${r.kind}`)}</b> {r.text}
          {r.answer ? (
            <div className="cell-sub">
              {r.answered_by} {day(r.answered_at)}：{r.answer}
            </div>
          ) : null}
        </>
      ),
    },
    { key: 'state', title: t('common.status'), width: 190, render: (r) => <RequestState r={r} /> },
    {
      key: 'act',
      title: <span className="sr-only">{t('requests.answer')}</span>,
      label: false,
      num: true,
      width: 100,
      render: (r) =>
        r.state === 'open' ? (
          <Button size="small" onClick={() => setAnswering(r)}>
            {t('requests.answer')}
          </Button>
        ) : null,
    },
  ]
  return (
    <Page title={t('requests.title')} lead={t('requests.lead')}>
      <Card flush>
        <div className="filters">
          <Segmented
            value={state ?? 'all'}
            onChange={(v) => f.set({ view: v === 'all' ? 'all' : undefined })}
            options={[
              { value: 'open', label: t('requests.open') },
              { value: 'all', label: t('cases.all') },
            ]}
          />
        </div>
        <Paged query={list}>
          {(rows) =>
            rows.length ? (
              <Table keys rows={rows} columns={columns} rowKey={(r) => r.id} caption={t('requests.title')} />
            ) : (
              <Empty title={t('requests.empty')}>
                <p>{t('requests.emptyHint')}</p>
              </Empty>
            )
          }
        </Paged>
      </Card>
      {answering ? (
        <Dialog
          title={t('requests.answer')}
          lead={
            <>
              <b>{t(`requests.kind.${answering.kind}`)}</b> {answering.text}
              <p className="quiet">{t(answering.kind === 'correction' ? 'requests.correctionHint' : 'requests.answerHint')}</p>
            </>
          }
          onClose={() => setAnswering(null)}
          initial={{ outcome: 'granted' as const }}
          send={(v: { outcome: 'granted' | 'partly' | 'refused'; answer: string }) => api.requests.answer(answering.id, v)}
        >
          <Form.Item name="outcome" label={t('requests.result')}>
            <Radio.Group options={(['granted', 'partly', 'refused'] as const).map((value) => ({ value, label: t(`requests.outcome.${value}`) }))} />
          </Form.Item>
          <Form.Item name="answer" label={t('requests.text')} rules={needed(t('common.needed'))}>
            <Input.TextArea rows={3} />
          </Form.Item>
        </Dialog>
      ) : null}
    </Page>
  )
}
