// The customers, and who is in charge of each now; from here many change hands or are taken out as a file.
import { useState } from 'react'
import { Link } from 'react-router'
import { Button, Checkbox, Select } from 'antd'
import { api } from '../../api/index.ts'
import type { CustomerItem } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay, useSession } from '../../session.tsx'
import { Act } from '../../ui/act.tsx'
import { day } from '../../ui/format.ts'
import { Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { Pick } from '../../ui/pick.tsx'
import { useFilters } from '../../ui/search-state.ts'
import { Table, type Column } from '../../ui/table.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { useEmployeeName } from '../people/names.ts'
import { PersonLink } from '../people/person-link.tsx'
import { Export } from './export.tsx'
import { findEmployees } from './people.ts'
import { Reassign } from './reassign.tsx'

export default function Customers() {
  const { t, label } = useSay()
  const may = useMay()
  const f = useFilters()
  const name = useEmployeeName()
  const query = { q: f.get('q'), tier: f.get('tier'), employee: f.get('employee'), held: f.get('held'), limit: 100 }
  const list = usePages(['customers', query], (cursor) => api.customers.list({ ...query, cursor }))
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [moving, setMoving] = useState<'chosen' | 'all' | null>(null)
  const [exporting, setExporting] = useState(false)
  const assigns = may('customers.assign')
  const leaving = useSession().data?.standing === 'resigning'
  const many = may('customers.see@team')
  const choose = (ids: string[], on: boolean) => {
    const next = new Set(chosen)
    for (const id of ids) {
      if (on) next.add(id)
      else next.delete(id)
    }
    setChosen(next)
  }
  const shown = list.data?.pages.flatMap((p) => p.items) ?? []
  const columns: Column<CustomerItem>[] = [
    ...(assigns
      ? [
          {
            key: 'pick',
            width: 44,
            label: false as const,
            title: (
              <Checkbox
                aria-label={t('customers.selectAll')}
                checked={shown.length > 0 && shown.every((c) => chosen.has(c.customer))}
                indeterminate={shown.some((c) => chosen.has(c.customer)) && !shown.every((c) => chosen.has(c.customer))}
                onChange={(e) => choose(shown.map((c) => c.customer), e.target.checked)}
              />
            ),
            render: (c: CustomerItem) => (
              <Checkbox
                aria-label={t('customers.select', { name: c.name || c.customer })}
                checked={chosen.has(c.customer)}
                onChange={(e) => choose([c.customer], e.target.checked)}
              />
            ),
          },
        ]
      : []),
    {
      key: 'name',
      title: t('customers.name'),
      label: false,
      render: (c) => (
        <>
          <Link className="cell-main" to={`/customers/${encodeURIComponent(c.customer)}`}>
            {c.name || c.customer}
          </Link>
          <div className="cell-sub">{c.customer}</div>
        </>
      ),
    },
    {
      key: 'tier',
      width: 120,
      title: t('customers.tier'),
      render: (c) =>
        c.placeholder ? (
          <Mark>
            <span title={t('customers.placeholderHint')}>{t('customers.placeholder')}</span>
          </Mark>
        ) : (
          <Mark tone={c.tier === 'high_value' ? 'medium' : undefined}>{label('tier', c.tier)}</Mark>
        ),
    },
    {
      key: 'who',
      title: t('customers.owner'),
      render: (c) =>
        c.employee ? (
          <PersonLink number={c.employee} name={c.employee_name} />
        ) : (
          <span className="quiet">{t('customers.nobody')}</span>
        ),
    },
    { key: 'since', width: 140, title: t('customers.since'), render: (c) => day(c.since) },
  ]
  return (
    <Page
      title={t('customers.title')}
      lead={t('customers.lead')}
      actions={
        <>
          <Link to="/promises">
            <Button>{t('customers.promisesDue')}</Button>
          </Link>
          {assigns ? (
            <Link to="/reassignments">
              <Button>{t('reassign.history')}</Button>
            </Link>
          ) : null}
          {many ? (
            <Act because={may('customers.export') ? null : t(leaving ? 'customers.exportLeaving' : 'customers.noExport')} onClick={() => setExporting(true)}>
              {t('customers.export')}
            </Act>
          ) : null}
        </>
      }
    >
      <Card flush>
        <div className="filters">
          <SearchBox value={f.get('q')} label={t('customers.search')} width={260} onSearch={(v) => f.set({ q: v })} />
          <Select
            allowClear
            value={f.get('tier')}
            placeholder={t('customers.anyTier')}
            aria-label={t('customers.anyTier')}
            style={{ minWidth: 140 }}
            onChange={(v?: string) => f.set({ tier: v })}
            options={['high_value', 'normal'].map((s) => ({ value: s, label: label('tier', s) }))}
          />
          {may('people.see@team') ? (
            <Pick
              value={f.get('employee')}
              shown={name(f.get('employee') ?? '')}
              label={t('customers.anyOwner')}
              width={200}
              queryKey={['employees', 'pick']}
              find={findEmployees}
              onChange={(v) => f.set({ employee: v, held: undefined })}
            />
          ) : null}
          {may('customers.see@all') ? (
            <Checkbox style={{ alignSelf: 'center' }} checked={f.get('held') === 'nobody'} onChange={(e) => f.set({ held: e.target.checked ? 'nobody' : undefined, employee: undefined })}>
              {t('customers.onlyNobody')}
            </Checkbox>
          ) : null}
        </div>
        {assigns && (chosen.size > 0 || f.get('employee')) ? (
          <div className="bulk" role="region" aria-label={t('reassign.title')}>
            {chosen.size > 0 ? (
              <>
                <b>{t('customers.selected', { count: chosen.size })}</b>
                <Button type="primary" size="small" onClick={() => setMoving('chosen')}>
                  {t('reassign.chosen', { count: chosen.size })}
                </Button>
                <Button size="small" onClick={() => setChosen(new Set())}>
                  {t('customers.unselect')}
                </Button>
              </>
            ) : (
              <Button size="small" onClick={() => setMoving('all')}>
                {t('reassign.allOf', { name: name(f.get('employee') ?? '') })}
              </Button>
            )}
          </div>
        ) : null}
        <Paged query={list}>
          {(rows) =>
            rows.length ? (
              <Table keys rows={rows} columns={columns} rowKey={(c) => c.customer} caption={t('customers.title')} />
            ) : (
              <Empty title={t('customers.empty')} action={f.any ? <Button onClick={f.clear}>{t('common.clearFilters')}</Button> : null}>
                <p>{f.any ? null : many ? t('customers.emptyHint') : t('customers.emptyOwn')}</p>
              </Empty>
            )
          }
        </Paged>
      </Card>
      {moving ? (
        <Reassign
          customers={moving === 'chosen' ? [...chosen] : undefined}
          from={f.get('employee')}
          filter={{ q: f.get('q'), tier: f.get('tier') }}
          onStarted={() => setChosen(new Set())}
          onClose={() => setMoving(null)}
        />
      ) : null}
      {exporting ? <Export filter={{ q: query.q, tier: query.tier, employee: query.employee, held: query.held }} onClose={() => setExporting(false)} /> : null}
    </Page>
  )
}
