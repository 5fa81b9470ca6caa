// Restrictions: proposed, in force, ended; decided by somebody else than whoever proposed them.
import { useState } from 'react'
import { Button, Segmented } from 'antd'
import { Link } from 'react-router'
import { api } from '../../api/index.ts'
import type { Restriction } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { Act } from '../../ui/act.tsx'
import { day, minute } from '../../ui/format.ts'
import { Card, Empty, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { useFilters } from '../../ui/search-state.ts'
import { Table, type Column } from '../../ui/table.tsx'
import { Bound } from './bound.tsx'
import { Decide, type Deed } from './decide.tsx'
import { Appeals, Limits, State } from './parts.tsx'
import { Propose } from './propose.tsx'

const shown = ['', 'proposed', 'in_force', 'lifted', 'expired']

export default function Restrictions() {
  const { t, label, actor } = useSay()
  const may = useMay()
  const f = useFilters()
  const [proposing, setProposing] = useState(false)
  const [deciding, setDeciding] = useState<{ of: Restriction; deed: Deed } | null>(null)
  const query = { status: f.get('status'), employee: f.get('employee'), limit: 50 }
  const list = usePages(['restrictions', query], (cursor) => api.restrictions.list({ ...query, cursor }))
  const deeds = (r: Restriction): Deed[] => {
    const open = r.appeals.some((a) => !a.answered_at)
    const second = may('restrictions.approve') && !r.own_proposal
    if (r.status === 'proposed') return second ? ['approve', 'refuse'] : r.own_proposal ? ['lift'] : []
    const all: Deed[] = []
    if (open && second) all.push('keep', 'yield')
    else if (r.status === 'in_force' && may('restrictions.approve', 'restrictions.propose')) all.push('lift')
    return all
  }
  const columns: Column<Restriction>[] = [
    {
      key: 'who',
      title: t('restrict.employee'),
      label: false,
      render: (r) => (
        <>
          <Link className="cell-main" to={`/employees/${encodeURIComponent(r.employee)}`}>
            {r.employee_name ?? r.employee}
          </Link>
          <div className="cell-sub">{r.employee}</div>
        </>
      ),
    },
    {
      key: 'what',
      title: t('restrict.limits'),
      render: (r) => (
        <>
          <Limits of={r} />
          <div className="cell-sub">
            {r.reason}
          </div>
          <Appeals of={r} />
        </>
      ),
    },
    { key: 'state', title: t('common.status'), width: 110, render: (r) => <State status={r.status} /> },
    {
      key: 'span',
      width: 190,
      title: t('restrict.span'),
      render: (r) => (
        <>
          {day(r.from)} – {r.last_day}
          {r.ended_at ? <div className="cell-sub">{t('restrict.endedAt', { date: minute(r.ended_at) })}</div> : null}
        </>
      ),
    },
    {
      key: 'by',
      width: 150,
      title: t('restrict.by'),
      render: (r) => (
        <>
          {actor(r.proposed_by)}
          {r.decided_by ? <div className="cell-sub">{t('restrict.decidedBy', { name: actor(r.decided_by) })}</div> : null}
        </>
      ),
    },
    {
      key: 'act',
      width: 170,
      num: true,
      title: <span className="sr-only">{t('common.edit')}</span>,
      label: false,
      render: (r) => (
        <div className="row">
          {deeds(r).map((deed) => (
            <Button key={deed} size="small" onClick={() => setDeciding({ of: r, deed })}>
              {r.status === 'proposed' && deed === 'lift' ? t('restrict.withdraw') : t(`restrict.deed.${deed}`)}
            </Button>
          ))}
          {r.status === 'proposed' && r.own_proposal ? <span className="quiet">{t('restrict.waitsForOther')}</span> : null}
        </div>
      ),
    },
  ]
  return (
    <Page
      title={t('nav.restrictions')}
      lead={t('restrict.lead')}
      actions={
        <Act type="primary" because={may('restrictions.propose') ? null : t('restrict.mayNotPropose')} onClick={() => setProposing(true)}>
          {t('restrict.propose')}
        </Act>
      }
    >
      <div className="stack">
        <Bound />
        <Card flush>
          <div className="filters">
            <Segmented
              value={f.get('status') ?? ''}
              onChange={(status: string) => f.set({ status: status || undefined })}
              options={shown.map((s) => ({ value: s, label: s ? label('restrictionState', s) : t('restrict.all') }))}
            />
          </div>
          <Paged query={list}>
            {(rows) =>
              rows.length ? (
                <Table rows={rows} columns={columns} rowKey={(r) => r.id} caption={t('nav.restrictions')} />
              ) : (
                <Empty title={t('restrict.empty')} action={f.any ? <Button onClick={f.clear}>{t('common.clearFilters')}</Button> : null}>
                  <p>{t('restrict.emptyHint')}</p>
                </Empty>
              )
            }
          </Paged>
        </Card>
      </div>
      {proposing ? <Propose onClose={() => setProposing(false)} /> : null}
      {deciding ? <Decide {...deciding} onClose={() => setDeciding(null)} /> : null}
    </Page>
  )
}
