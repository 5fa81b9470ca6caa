// Who opened which page, exported what, and what was refused, by hour: beside the looks at content.
import { Button, Segmented } from 'antd'
import { Link } from 'react-router'
import { api } from '../../api/index.ts'
import type { Access } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { minute } from '../../ui/format.ts'
import { Card, Empty, Mark } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { useFilters } from '../../ui/search-state.ts'
import { SearchBox } from '../../ui/search-box.tsx'
import { Table, type Column } from '../../ui/table.tsx'

const kinds = ['', 'employee', 'contract', 'history', 'handover', 'snapshot', 'served', 'asset', 'restriction', 'customer', 'listed', 'export', 'refused']

export function Accesses() {
  const { t, label } = useSay()
  const may = useMay()
  const f = useFilters()
  const query = { what: f.get('what'), thing: f.get('thing'), viewer: f.get('viewer'), limit: 100 }
  const list = usePages(['accesses', query], (cursor) => api.accesses({ ...query, cursor }))
  const thing = (a: Access) => {
    if (a.what === 'employee' && may('people.see@team')) return <Link to={`/employees/${encodeURIComponent(a.thing)}`}>{a.thing}</Link>
    if (a.what === 'customer' && may('customers.see')) return <Link to={`/customers/${encodeURIComponent(a.thing)}`}>{a.thing}</Link>
    return <code>{a.thing}</code>
  }
  const columns: Column<Access>[] = [
    { key: 'at', width: 160, title: t('looks.last'), label: false, render: (a) => <time dateTime={a.last_at}>{minute(a.last_at)}</time> },
    {
      key: 'by',
      title: t('looks.by'),
      render: (a) => (
        <Button type="link" size="small" style={{ padding: 0 }} onClick={() => f.set({ viewer: a.viewer })}>
          {a.name ?? a.viewer}
        </Button>
      ),
    },
    { key: 'what', title: t('looks.what'), render: (a) => <Mark tone={a.what === 'refused' ? 'high' : a.what === 'export' ? 'medium' : ''}>{label('access', a.what)}</Mark> },
    { key: 'thing', title: t('looks.thing'), render: thing },
    { key: 'times', title: t('looks.times'), num: true, width: 80, render: (a) => a.times },
    { key: 'reason', title: t('looks.reason'), render: (a) => a.reason ?? '—' },
  ]
  return (
    <Card flush>
      <div className="filters">
        <Segmented
          value={f.get('what') ?? ''}
          onChange={(what: string) => f.set({ what: what || undefined })}
          options={kinds.map((k) => ({ value: k, label: k ? label('access', k) : t('restrict.all') }))}
        />
        <SearchBox value={f.get('thing')} label={t('looks.thingHint')} width={200} onSearch={(v) => f.set({ thing: v })} />
        {f.get('viewer') ? <Button onClick={() => f.set({ viewer: undefined })}>{t('common.clearFilters')}</Button> : null}
      </div>
      <Paged query={list}>
        {(rows) =>
          rows.length ? (
            <Table rows={rows} columns={columns} rowKey={(a) => `${a.hour} ${a.viewer} ${a.what} ${a.thing}`} caption={t('looks.pages')} />
          ) : (
            <Empty title={t('looks.noPages')} action={f.any ? <Button onClick={f.clear}>{t('common.clearFilters')}</Button> : null} />
          )
        }
      </Paged>
    </Card>
  )
}
