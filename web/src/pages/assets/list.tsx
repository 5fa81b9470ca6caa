// 公司资产: what of the company's is in whose hands.
import { useState } from 'react'
import { Link } from 'react-router'
import { Button, Segmented, Select } from 'antd'
import { api } from '../../api/index.ts'
import type { Asset } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay, useSession } from '../../session.tsx'
import { Card, Empty, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { useFilters } from '../../ui/search-state.ts'
import { Table, type Column } from '../../ui/table.tsx'
import { GiveBack, Issue, KINDS } from './acts.tsx'
import { AssetState, ownNumber, useAssetName } from './lines.tsx'

const STATES = ['held', 'unacknowledged', 'returned', 'all'] as const

export default function Assets() {
  const { t, label } = useSay()
  const may = useMay()
  const own = useSession().data?.user?.employee
  const name = useAssetName()
  const f = useFilters()
  const state = f.get('state') ?? 'held'
  const query = { q: f.get('q'), kind: f.get('kind'), state, limit: 50 }
  const [open, setOpen] = useState<'issue' | Asset | null>(null)
  const list = usePages(['assets', 'list', query], (cursor) => api.assets.list({ ...query, cursor }))
  const columns: Column<Asset>[] = [
    {
      key: 'name',
      title: t('assets.name'),
      label: false,
      render: (a) => (
        <>
          <span className="cell-main">{name(a)}</span>
          <div className="cell-sub">{[label('assetKind', a.kind), ownNumber(a), a.masked ? t('assets.masked') : a.identifier].filter(Boolean).join(' · ')}</div>
        </>
      ),
    },
    {
      key: 'holder',
      title: t('assets.holder'),
      width: 170,
      render: (a) => (
        <>
          <Link to={`/employees/${encodeURIComponent(a.employee)}?tab=assets`}>{a.employee_name ?? a.employee}</Link>
          <div className="cell-sub">{a.employee}</div>
        </>
      ),
    },
    {
      key: 'issued',
      title: t('assets.issuedOn'),
      width: 150,
      render: (a) => (
        <>
          {a.issued_on}
          {a.issued_by ? <div className="cell-sub">{t('assets.issuedBy', { name: a.issued_by })}</div> : null}
        </>
      ),
    },
    {
      key: 'condition',
      title: t('assets.condition'),
      render: (a) => (
        <>
          {a.returned_condition ?? a.condition ?? '—'}
          {a.remark ? <div className="cell-sub">{t('assets.remark', { text: a.remark })}</div> : null}
        </>
      ),
    },
    { key: 'state', title: t('common.status'), width: 160, render: (a) => <AssetState a={a} /> },
    {
      key: 'act',
      title: <span className="sr-only">{t('assets.giveBack')}</span>,
      label: false,
      num: true,
      width: 110,
      render: (a) =>
        may('assets.edit') && !a.returned_on && a.employee !== own ? (
          <Button size="small" onClick={() => setOpen(a)}>
            {t('assets.giveBack')}
          </Button>
        ) : null,
    },
  ]
  return (
    <Page
      title={t('assets.title')}
      lead={t('assets.lead')}
      actions={
        may('assets.edit') ? (
          <Button type="primary" onClick={() => setOpen('issue')}>
            {t('assets.issue')}
          </Button>
        ) : null
      }
    >
      <Card flush>
        <div className="filters">
          <Segmented
            aria-label={t('common.status')}
            value={state}
            onChange={(v) => f.set({ state: v === 'held' ? undefined : v })}
            options={STATES.map((value) => ({ value, label: t(`assets.states.${value}`) }))}
          />
          <SearchBox value={f.get('q')} label={t('assets.search')} width={260} onSearch={(v) => f.set({ q: v })} />
          <Select
            allowClear
            value={f.get('kind')}
            placeholder={t('assets.anyKind')}
            aria-label={t('assets.anyKind')}
            style={{ minWidth: 140 }}
            onChange={(v?: string) => f.set({ kind: v })}
            options={KINDS.map((value) => ({ value, label: label('assetKind', value) }))}
          />
        </div>
        <Paged query={list}>
          {(rows) =>
            rows.length ? (
              <Table keys rows={rows} columns={columns} rowKey={(a) => a.id} caption={t('assets.title')} />
            ) : (
              <Empty title={t('assets.empty')} action={f.any ? <Button onClick={f.clear}>{t('common.clearFilters')}</Button> : null}>
                <p>{f.any ? null : t('assets.emptyHint')}</p>
              </Empty>
            )
          }
        </Paged>
      </Card>
      {open === 'issue' ? <Issue onClose={() => setOpen(null)} /> : open ? <GiveBack asset={open} name={name(open)} onClose={() => setOpen(null)} /> : null}
    </Page>
  )
}
