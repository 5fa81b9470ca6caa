// What the company holds about oneself: kinds and counts, where from, why it may, how long. Never content.
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Holding } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { day } from '../../ui/format.ts'
import { Await, Card, Mark } from '../../ui/page.tsx'
import { Table, type Column } from '../../ui/table.tsx'

export function Holdings() {
  const { t, label } = useSay()
  const list = useQuery({ queryKey: ['mine', 'holdings'], queryFn: api.mine.holdings })
  const columns: Column<Holding>[] = [
    { key: 'kind', title: t('mine.kind'), label: false, render: (h) => <b>{label('kind', h.kind, h.label, h.label)}</b> },
    { key: 'records', title: t('mine.count'), num: true, width: 80, render: (h) => h.records },
    { key: 'span', title: t('mine.span'), width: 200, render: (h) => `${day(h.first)} – ${day(h.last)}` },
    {
      key: 'why',
      title: t('mine.why'),
      render: (h) => (
        <>
          {h.basis ? label('basis', h.basis) : <Mark tone="medium">{t('mine.noBasis')}</Mark>}
          <div className="cell-sub">{[h.source_name ?? h.source, h.notice ? `《${h.notice}》 ${h.notice_version ?? ''}` : null].filter(Boolean).join(' · ')}</div>
        </>
      ),
    },
    {
      key: 'kept',
      title: t('mine.kept'),
      render: (h) => (
        <>
          {h.kept} <span className="quiet">{h.rule}</span>
        </>
      ),
    },
  ]
  return (
    <Card flush title={t('mine.holdings')} note={t('mine.holdingsNote')}>
      <Await query={list} rows={4}>
        {(page) =>
          page.items.length ? (
            <Table rows={page.items} columns={columns} rowKey={(h) => `${h.source} ${h.kind}`} caption={t('mine.holdings')} />
          ) : (
            <p className="quiet">{t('mine.noHoldings')}</p>
          )
        }
      </Await>
    </Card>
  )
}
