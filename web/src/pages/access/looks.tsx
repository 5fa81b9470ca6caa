// Who saw what and why. Each line is itself a record in the log.
import { Button, Tabs } from 'antd'
import { Link } from 'react-router'
import { api } from '../../api/index.ts'
import type { Look } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { minute } from '../../ui/format.ts'
import { Seal } from '../../ui/logo.tsx'
import { Card, Empty, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { useFilters } from '../../ui/search-state.ts'
import { Table, type Column } from '../../ui/table.tsx'
import { useMay } from '../../session.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { Accesses } from './accesses.tsx'

function ContentLooks() {
  const { t } = useSay()
  const may = useMay()
  const f = useFilters()
  const query = { employee: f.get('employee'), user: f.get('user'), limit: 100 }
  const list = usePages(['looks', query], (cursor) => api.looks({ ...query, cursor }))
  const columns: Column<Look>[] = [
    { key: 'at', width: 150, title: t('looks.at'), label: false, render: (l) => <time dateTime={l.at}>{minute(l.at)}</time> },
    { key: 'by', width: 120, title: t('looks.by'), label: false, render: (l) => <span className="cell-main">{l.by}</span> },
    { key: 'reason', title: t('looks.reason'), render: (l) => l.reason ?? '—' },
    {
      key: 'case',
      width: 120,
      title: t('cases.one'),
      render: (l) => {
        if (!l.case) return '—'
        // Ids end in what tells them apart.
        const short = `…${l.case.slice(-6)}`
        return may('cases.see') ? (
          <Link to={`/cases/${l.case}`}>{short}</Link>
        ) : (
          <code title={l.case} className="nowrap">
            {short}
          </code>
        )
      },
    },
    {
      key: 'about',
      width: 140,
      title: t('looks.about'),
      render: (l) => (may('people.see@team') ? l.employees.map((e) => <Link key={e} to={`/employees/${encodeURIComponent(e)}`}>{e} </Link>) : l.employees.join(t('common.listComma'))),
    },
    {
      key: 'records',
      width: 110,
      num: true,
      title: t('looks.records'),
      render: (l) => <span title={Array.isArray(l.records) ? l.records.join(', ') : undefined}>{Array.isArray(l.records) ? l.records.length : l.records}</span>,
    },
    {
      key: 'id',
      width: 100,
      num: true,
      title: t('records.index'),
      render: (l) => (
        <span className="nowrap" style={{ color: 'var(--celadon)' }}>
          <Seal title={t('records.sealed')} /> {l.id.replace('rec_', '')}
        </span>
      ),
    },
  ]
  return (
    <Card flush>
      <div className="filters">
        <SearchBox value={f.get('user')} label={t('looks.by')} width={180} onSearch={(v) => f.set({ user: v })} />
        <SearchBox value={f.get('employee')} label={t('looks.aboutNumber')} width={200} onSearch={(v) => f.set({ employee: v })} />
      </div>
      <Paged query={list}>
        {(rows) =>
          rows.length ? (
            <Table rows={rows} columns={columns} rowKey={(l) => l.id} caption={t('nav.looks')} />
          ) : (
            <Empty title={t('looks.empty')} action={f.any ? <Button onClick={f.clear}>{t('common.clearFilters')}</Button> : null}>
              <p>{t('looks.emptyHint')}</p>
            </Empty>
          )
        }
      </Paged>
    </Card>
  )
}

export default function Looks() {
  const { t } = useSay()
  const f = useFilters()
  return (
    <Page title={t('nav.looks')} lead={t('looks.lead')}>
      <Tabs
        activeKey={f.get('of') ?? 'content'}
        // The other list has other filters.
        onChange={(of) => f.set({ of: of === 'content' ? undefined : of, user: undefined, employee: undefined, what: undefined, thing: undefined, viewer: undefined })}
        items={[
          { key: 'content', label: t('looks.content'), children: <ContentLooks /> },
          { key: 'pages', label: t('looks.pages'), children: <Accesses /> },
        ]}
      />
    </Page>
  )
}
