// Every bulk reassignment, and what became of it.
import { Drawer } from 'antd'
import { api } from '../../api/index.ts'
import type { Reassignment } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { minute } from '../../ui/format.ts'
import { Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { useFilters } from '../../ui/search-state.ts'
import { Table, type Column } from '../../ui/table.tsx'
import { Moving } from './reassign.tsx'

function All() {
  const { t } = useSay()
  const f = useFilters()
  const list = usePages(['reassignments'], (cursor) => api.reassignments.list({ cursor, limit: 50 }))
  const columns: Column<Reassignment>[] = [
    {
      key: 'who',
      title: t('customers.assignments'),
      label: false,
      render: (r) => (
        <>
          <button type="button" className="as-link cell-main" onClick={() => f.set({ open: r.id })}>
            {r.from ? (r.from_name ?? r.from) : t('reassign.whoever')} → {r.to ? (r.to_name ?? r.to) : t('reassign.several')}
          </button>
          <div className="cell-sub">{r.reason}</div>
        </>
      ),
    },
    {
      key: 'results',
      title: t('requests.result'),
      render: (r) => (
        <span className="chips">
          {r.waiting ? <Mark>{`${t('reassign.waiting')} ${r.waiting}`}</Mark> : null}
          <Mark tone="good">{`${t('reassign.done')} ${r.done}`}</Mark>
          {r.refused ? <Mark tone="medium">{`${t('reassign.refused')} ${r.refused}`}</Mark> : null}
          {r.limit ? <Mark tone="medium">{`${t('reassign.limit')} ${r.limit}`}</Mark> : null}
          {r.undoes ? <Mark>{t('reassign.isUndo')}</Mark> : null}
          {r.undone_by ? <Mark>{t('reassign.undone')}</Mark> : null}
        </span>
      ),
    },
    { key: 'by', width: 160, title: t('reassign.by'), render: (r) => r.by },
    { key: 'at', width: 170, title: t('reassign.started'), render: (r) => minute(r.started_at) },
  ]
  return (
    <Page title={t('reassign.history')} lead={t('reassign.historyLead')} crumbs={[{ to: '/customers', text: t('customers.title') }]}>
      <Card flush>
        <Paged query={list}>
          {(rows) =>
            rows.length ? <Table keys rows={rows} columns={columns} rowKey={(r) => r.id} caption={t('reassign.history')} /> : <Empty title={t('reassign.none')} />
          }
        </Paged>
      </Card>
      {f.get('open') ? (
        <Drawer open title={t('reassign.title')} size={720} onClose={() => f.set({ open: undefined })} destroyOnHidden>
          <Moving id={f.get('open') ?? ''} onOther={(id) => f.set({ open: id })} />
        </Drawer>
      ) : null}
    </Page>
  )
}

export default function Reassignments() {
  const { t } = useSay()
  if (useMay()('customers.assign')) return <All />
  return (
    <Page title={t('reassign.history')} crumbs={[{ to: '/customers', text: t('customers.title') }]}>
      <Card flush>
        <Empty title={t('common.forbidden')}>
          <p>{t('customers.noAssign')}</p>
        </Empty>
      </Card>
    </Page>
  )
}
