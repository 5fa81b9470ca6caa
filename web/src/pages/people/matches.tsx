// Possible conflicts of interest: where a declaration or a name meets a company that matters. Questions, not findings.
import { useState } from 'react'
import { Link } from 'react-router'
import { Button, Form, Input, Radio, Segmented } from 'antd'
import { api } from '../../api/index.ts'
import type { Match } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { day } from '../../ui/format.ts'
import { Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { useFilters } from '../../ui/search-state.ts'
import { Table, type Column } from '../../ui/table.tsx'
import { Dialog, needed } from './life-acts.tsx'

const tone = (meets: Match['meets']) => (meets === 'same_name_undeclared' ? 'high' : meets === 'relative' ? 'medium' : undefined)

export default function Matches() {
  const { t, label } = useSay()
  const may = useMay()
  const f = useFilters()
  const open = f.get('view') !== 'all'
  const [looking, setLooking] = useState<Match | null>(null)
  const list = usePages(['matches', open], (cursor) => api.matches.list({ open, cursor, limit: 100 }))
  const columns: Column<Match>[] = [
    {
      key: 'who',
      title: t('people.name'),
      label: false,
      render: (m) => (
        <>
          <Link className="cell-main" to={`/employees/${encodeURIComponent(m.employee)}`}>
            {m.employee_name}
          </Link>
          <div className="cell-sub">{[m.employee, m.department].filter(Boolean).join(' · ')}</div>
        </>
      ),
    },
    { key: 'meets', title: t('interests.meets'), render: (m) => <Mark tone={tone(m.meets)}>{t(`interests.meetsOf.${m.meets}`)}</Mark> },
    {
      key: 'company',
      title: t('interests.company'),
      render: (m) => (
        <>
          {m.company_name}
          <div className="cell-sub">
            {label('companyKind', m.company_kind)}
            {m.person ? ` · ${m.person}` : ''}
          </div>
        </>
      ),
    },
    { key: 'relation', title: t('interests.relation'), render: (m) => m.relation ?? '—' },
    {
      key: 'review',
      title: t('interests.review'),
      width: 220,
      render: (m) =>
        m.review ? (
          <>
            <Mark tone={m.review.outcome === 'case' ? 'high' : m.review.outcome === 'managed' ? 'medium' : 'good'}>{t(`interests.outcome.${m.review.outcome}`)}</Mark>
            <div className="cell-sub">
              {m.review.by} {day(m.review.at)}{t('common.colon')}{m.review.reason}
            </div>
            {m.review.case ? <Link to={`/cases/${m.review.case}`}>{t('interests.toCase')}</Link> : null}
          </>
        ) : (
          <Button size="small" onClick={() => setLooking(m)}>
            {t('interests.look')}
          </Button>
        ),
    },
  ]
  return (
    <Page title={t('interests.title')} lead={t('interests.lead')}>
      <Card flush>
        <div className="filters">
          <Segmented
            value={open ? 'open' : 'all'}
            onChange={(v) => f.set({ view: v === 'all' ? 'all' : undefined })}
            options={[
              { value: 'open', label: t('interests.open') },
              { value: 'all', label: t('cases.all') },
            ]}
          />
        </div>
        <Paged query={list}>
          {(rows) =>
            rows.length ? (
              <Table keys rows={rows} columns={columns} rowKey={(m) => m.id} caption={t('interests.title')} />
            ) : (
              <Empty title={t('interests.empty')}>
                <p>{t('interests.emptyHint')}</p>
              </Empty>
            )
          }
        </Paged>
      </Card>
      {looking ? (
        <Dialog
          title={`${looking.employee_name} · ${looking.company_name}`}
          lead={t('interests.lookLead')}
          onClose={() => setLooking(null)}
          initial={{ outcome: 'none' as const }}
          send={(v: { outcome: 'none' | 'managed' | 'case'; reason: string }) => api.matches.review({ id: looking.id, ...v })}
        >
          <Form.Item name="outcome" label={t('interests.review')} extra={t(may('cases.act') ? 'interests.opensCase' : 'interests.tellsLegal')}>
            <Radio.Group options={(['none', 'managed', 'case'] as const).map((value) => ({ value, label: t(`interests.outcome.${value}`) }))} />
          </Form.Item>
          <Form.Item name="reason" label={t('common.reason')} rules={needed(t('common.needed'))}>
            <Input.TextArea rows={3} />
          </Form.Item>
        </Dialog>
      ) : null}
    </Page>
  )
}
