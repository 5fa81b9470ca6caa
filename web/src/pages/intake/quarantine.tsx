// Records that were not accepted, each with its reason, and release once the cause is mended.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Quarantined } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { Act, useToast } from '../../ui/act.tsx'
import { ago, day } from '../../ui/format.ts'
import { Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { Table, type Column } from '../../ui/table.tsx'

export default function Quarantine() {
  const { t, label } = useSay()
  const may = useMay()
  const toast = useToast()
  const queries = useQueryClient()
  const list = usePages(['quarantine', 'list'], (cursor) => api.quarantine.list({ limit: 100, cursor }))
  const release = useMutation({
    mutationFn: api.quarantine.release,
    onSuccess: () => {
      toast.good(t('quarantine.released'))
      return queries.invalidateQueries({ queryKey: ['quarantine'] })
    },
    onError: toast.bad,
  })
  const columns: Column<Quarantined>[] = [
    {
      key: 'what',
      title: t('records.kind'),
      label: false,
      render: (q) => (
        <>
          <span className="cell-main">{label('kind', q.kind)}</span>
          <div className="cell-sub mono">
            {q.source} · {q.source_id}
          </div>
        </>
      ),
    },
    {
      key: 'why',
      title: t('quarantine.why'),
      render: (q) => (
        <>
          {q.detail}
          <div className="cell-sub mono">{q.code}</div>
        </>
      ),
    },
    { key: 'at', width: 120, title: t('records.received'), render: (q) => ago(q.received_at) },
    {
      key: 'kept',
      width: 170,
      title: t('quarantine.kept'),
      render: (q) => (q.held ? t('quarantine.until', { date: day(q.expires_at) }) : <Mark>{t('quarantine.notKept')}</Mark>),
    },
    {
      key: 'act',
      width: 100,
      num: true,
      title: <span className="sr-only">{t('quarantine.release')}</span>,
      label: false,
      render: (q) => (
        <Act
          size="small"
          loading={release.isPending && release.variables === q.id}
          because={!may('quarantine.act') ? t('log.authoritiesForbidden') : q.held ? null : t('quarantine.notKeptHint')}
          onClick={() => release.mutate(q.id)}
        >
          {t('quarantine.release')}
        </Act>
      ),
    },
  ]
  return (
    <Page title={t('nav.quarantine')} lead={t('quarantine.lead')}>
      <Card flush>
        <Paged query={list}>
          {(rows) =>
            rows.length ? (
              <Table rows={rows} columns={columns} rowKey={(q) => q.id} caption={t('nav.quarantine')} />
            ) : (
              <Empty title={t('quarantine.empty')}>
                <p>{t('quarantine.emptyHint')}</p>
              </Empty>
            )
          }
        </Paged>
      </Card>
    </Page>
  )
}
