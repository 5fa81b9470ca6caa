// Contracts that run out soon, and those that ran out while nobody said what became of them.
import { useState } from 'react'
import { Link } from 'react-router'
import { Button, Segmented } from 'antd'
import { api } from '../../api/index.ts'
import type { Contract } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { useFilters } from '../../ui/search-state.ts'
import { Table, type Column } from '../../ui/table.tsx'
import { EndContract, tone } from './contracts.tsx'

export default function Soon() {
  const { t } = useSay()
  const may = useMay()
  const f = useFilters()
  const within = Number(f.get('within') ?? '30')
  const [ending, setEnding] = useState<Contract | null>(null)
  const list = usePages(['contracts', 'soon', within], (cursor) => api.contracts.soon({ within, cursor, limit: 100 }))
  const columns: Column<Contract>[] = [
    {
      key: 'who',
      title: t('people.name'),
      label: false,
      render: (c) => (
        <>
          <Link className="cell-main" to={`/employees/${encodeURIComponent(c.employee)}`}>
            {c.employee_name ?? c.employee}
          </Link>
          <div className="cell-sub">{c.employee}</div>
        </>
      ),
    },
    { key: 'kind', title: t('contracts.kind'), render: (c) => `${t(`contracts.kindOf.${c.kind}`)}${c.term && c.term > 1 ? ` · ${t('contracts.term', { term: c.term })}` : ''}` },
    { key: 'until', title: t('contracts.until'), width: 130, render: (c) => c.until },
    {
      key: 'left',
      title: t('contracts.remaining'),
      width: 150,
      render: (c) => (
        <Mark tone={tone(c)}>{c.days_left == null ? '—' : c.days_left < 0 ? t('contracts.over', { days: -c.days_left }) : t('contracts.left', { days: c.days_left })}</Mark>
      ),
    },
    {
      key: 'act',
      title: <span className="sr-only">{t('contracts.end')}</span>,
      label: false,
      num: true,
      width: 110,
      render: (c) =>
        may('contracts.edit') ? (
          <Button size="small" onClick={() => setEnding(c)}>
            {t('contracts.end')}
          </Button>
        ) : null,
    },
  ]
  return (
    <Page title={t('contracts.soonTitle')} lead={t('contracts.soonLead')}>
      <Card flush>
        <div className="filters">
          <Segmented
            value={within}
            onChange={(v) => f.set({ within: v === 30 ? undefined : String(v) })}
            options={[30, 60, 90].map((days) => ({ value: days, label: t('contracts.within', { days }) }))}
          />
        </div>
        <Paged query={list}>
          {(rows) =>
            rows.length ? (
              <Table keys rows={rows} columns={columns} rowKey={(c) => c.id} caption={t('contracts.soonTitle')} />
            ) : (
              <Empty title={t('contracts.soonEmpty')}>
                <p>{t('contracts.soonEmptyHint')}</p>
              </Empty>
            )
          }
        </Paged>
      </Card>
      {ending ? <EndContract contract={ending} onClose={() => setEnding(null)} /> : null}
    </Page>
  )
}
