// What the company holds about oneself: kinds and counts, where from, why it may, how long. Never content.
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Holding } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { day } from '../../ui/format.ts'
import { Await, Card, Mark } from '../../ui/page.tsx'
import { Table, type Column } from '../../ui/table.tsx'
import './mine.css'

export function Holdings() {
  const { t, label } = useSay()
  const list = useQuery({ queryKey: ['mine', 'holdings'], queryFn: api.mine.holdings })
  const columns: Column<Holding>[] = [
    {
      key: 'kind',
      title: t('mine.kind'),
      label: false,
      render: (h) => (
        <>
          <b>{label('kind', h.kind, h.label, h.label)}</b> <span className="quiet">{t('mine.records', { count: h.records })}</span>
          <div className="cell-sub">
            {day(h.first)} – {day(h.last)}
          </div>
        </>
      ),
    },
    {
      key: 'why',
      title: t('mine.why'),
      label: false,
      render: (h) => (
        <>
          {h.basis ? label('basis', h.basis) : <Mark tone="medium">{t('mine.noBasis')}</Mark>}
          <div className="cell-sub">{[h.source_name ?? (h.source.startsWith('/probity/') ? t('mine.ownSource') : h.source), h.notice ? `《${h.notice}》${h.notice_version ? t('people.version', { version: h.notice_version }) : ''}` : null].filter(Boolean).join(' · ')}</div>
        </>
      ),
    },
  ]
  /** How long: few rules for many kinds, so each rule once with its kinds. */
  const kept = (items: Holding[]) => [...new Set(items.map((h) => h.kept))].map((text) => ({ text, of: items.filter((h) => h.kept === text) }))
  return (
    <Card flush title={t('mine.holdings')} note={t('mine.holdingsNote')}>
      <Await query={list} rows={4}>
        {(page) =>
          page.items.length ? (
            <>
              <Table rows={page.items} columns={columns} rowKey={(h) => `${h.source} ${h.kind}`} caption={t('mine.holdings')} />
              <div className="kept">
                <h3 className="sub">{t('mine.kept')}</h3>
                <ul className="bullets">
                  {kept(page.items).map((k) => (
                    <li key={k.text}>
                      {k.text}
                      <div className="cell-sub">{k.of.length < 6 ? [...new Set(k.of.map((h) => label('kind', h.kind, h.label, h.label)))].join(t('common.listComma')) : t('mine.keptOthers')}</div>
                    </li>
                  ))}
                </ul>
              </div>
            </>
          ) : (
            <p className="quiet">{t('mine.noHoldings')}</p>
          )
        }
      </Await>
    </Card>
  )
}
