// What employees ask of the company about themselves, the most urgent first, and the answer.
import { useState } from 'react'
import { Link } from 'react-router'
import { Button, Form, Input, Radio, Segmented, Select } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { EmployeeRequest } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { Day } from '../../ui/day.tsx'
import { day } from '../../ui/format.ts'
import { Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { useFilters } from '../../ui/search-state.ts'
import { Table, type Column } from '../../ui/table.tsx'
import { useToast } from '../../ui/toast.tsx'
import { Dialog, needed } from '../people/life-acts.tsx'

export function RequestState({ r }: { r: EmployeeRequest }) {
  const { t } = useSay()
  if (r.state === 'open') return <Mark tone={r.late ? 'high' : 'medium'}>{r.late ? t('requests.late', { date: r.due_on }) : t('requests.due', { date: r.due_on })}</Mark>
  return <Mark tone={r.outcome === 'refused' ? undefined : 'good'}>{t(`requests.outcome.${r.outcome ?? 'granted'}`)}</Mark>
}

type Values = {
  outcome: 'granted' | 'partly' | 'refused'
  answer: string
  change?: { name?: string; hired_on?: string; probation_until?: string; phones?: string[]; emails?: string[] }
  done_by?: string
}

/** What is granted is done with the answer: the change of the file, the withdrawal, the erasure. The server does it or says why not. */
function AnswerDialog({ request: r, onClose }: { request: EmployeeRequest; onClose: () => void }) {
  const { t } = useSay()
  const toast = useToast()
  const changes = r.kind === 'correction' || r.kind === 'deletion'
  const file = useQuery({ queryKey: ['employees', r.employee], queryFn: () => api.employees.read(r.employee), enabled: changes })
  const hint = ['correction', 'deletion', 'withdrawal'].includes(r.kind) ? `requests.${r.kind}Hint` : 'requests.answerHint'
  const some = (list?: string[]) => (list && JSON.stringify(list) !== '[]' ? list : undefined)
  /** Only what was changed goes: what the file says already is no change. */
  const changed = (v: Values) => {
    const now = file.data
    const c = v.change ?? {}
    const same = (a?: string[], b?: string[]) => JSON.stringify(some(a)) === JSON.stringify(some(b))
    const out = {
      name: c.name && c.name !== now?.name ? c.name : undefined,
      hired_on: c.hired_on && c.hired_on !== now?.hired_on ? c.hired_on : undefined,
      probation_until: c.probation_until || undefined,
      phones: c.phones && !same(c.phones, now?.phones) ? c.phones : undefined,
      emails: c.emails && !same(c.emails, now?.emails) ? c.emails : undefined,
    }
    return Object.values(out).some((x) => x !== undefined) ? out : undefined
  }
  if (changes && file.isPending) return null
  const outcomes = r.kind === 'withdrawal' ? (['granted', 'refused'] as const) : (['granted', 'partly', 'refused'] as const)
  return (
    <Dialog
      title={`${t('requests.answer')} · ${r.employee_name ?? r.employee}`}
      ok={t('requests.answer')}
      lead={
        <>
          <b>{t(`requests.kind.${r.kind}`)}</b> {r.text}
          <p className="quiet">{t(hint)}</p>
          {r.erasure_by ? <p className="quiet">{t('requests.erasureBy', { who: r.erasure_by })}</p> : null}
        </>
      }
      onClose={onClose}
      initial={{
        outcome: 'granted' as const,
        change: file.data ? { name: file.data.name, hired_on: file.data.hired_on ?? undefined, phones: file.data.phones, emails: file.data.emails } : undefined,
      }}
      send={async (v: Values) => {
        const now = await api.requests.answer(r.id, { outcome: v.outcome, answer: v.answer, done_by: v.done_by || undefined, change: v.outcome === 'refused' ? undefined : changed(v) })
        // It cannot be taken back: said in so many words whether it is done or waits.
        if (r.kind === 'deletion' && v.outcome === 'granted') toast.good(now.state === 'open' ? t('requests.erasureAsked') : t('requests.erased'))
      }}
    >
      <Form.Item name="outcome" label={t('requests.result')}>
        <Radio.Group options={outcomes.map((value) => ({ value, label: t(`requests.outcome.${value}`) }))} />
      </Form.Item>
      {changes ? (
        <Form.Item noStyle dependencies={['outcome']}>
          {({ getFieldValue }) => {
            const outcome = getFieldValue('outcome') as Values['outcome']
            if (outcome === 'refused' || (r.kind === 'deletion' && outcome === 'granted')) return null
            return (
              <>
                {r.kind === 'correction' ? (
                  <>
                    <Form.Item name={['change', 'name']} label={t('people.name')}>
                      <Input />
                    </Form.Item>
                    <Form.Item name={['change', 'hired_on']} label={t('life.hiredOn')}>
                      <Day />
                    </Form.Item>
                  </>
                ) : null}
                <Form.Item name={['change', 'phones']} label={t('people.phones')}>
                  <Select mode="tags" open={false} suffixIcon={null} />
                </Form.Item>
                <Form.Item name={['change', 'emails']} label={t('people.emails')}>
                  <Select mode="tags" open={false} suffixIcon={null} />
                </Form.Item>
                {r.kind === 'correction' ? (
                  <Form.Item name="done_by" label={t('requests.doneBy')} extra={t('requests.doneByHint')}>
                    <Input placeholder="rec_…" />
                  </Form.Item>
                ) : null}
              </>
            )
          }}
        </Form.Item>
      ) : null}
      <Form.Item name="answer" label={t('requests.text')} rules={needed(t('common.needed'))}>
        <Input.TextArea rows={3} />
      </Form.Item>
    </Dialog>
  )
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
              {r.answered_by} {day(r.answered_at)}{t('common.colon')}{r.answer}
            </div>
          ) : null}
          {r.state === 'open' && r.erasure_by ? <div className="cell-sub">{t('requests.erasureWaits', { who: r.erasure_by })}</div> : null}
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
              <Empty title={t(state ? 'requests.empty' : 'requests.none')}>
                <p>{t('requests.emptyHint')}</p>
              </Empty>
            )
          }
        </Paged>
      </Card>
      {answering ? <AnswerDialog request={answering} onClose={() => setAnswering(null)} /> : null}
    </Page>
  )
}
