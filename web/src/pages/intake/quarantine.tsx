// Records that were not accepted, each with its reason, and release once the cause is mended.
import { Link } from 'react-router'
import { Button, Select } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Quarantined } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { Act } from '../../ui/act.tsx'
import { ago, day, minute } from '../../ui/format.ts'
import { Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { useSourceName } from './source-name.ts'
import { useFilters } from '../../ui/search-state.ts'
import { Table, type Column } from '../../ui/table.tsx'
import { useToast } from '../../ui/toast.tsx'

const CODES = [
  'unknown_source',
  'kind_not_covered',
  'no_basis',
  'source_not_allowed',
  'private_books',
  'consent_refused',
  'unlawful_capture',
  'bad_shape',
  'bad_time',
  'unknown_kind',
  'unknown_record',
  'conflict',
]

/** Where the cause can be mended, by code. */
const MEND: Record<string, string> = { unknown_source: '/sources', kind_not_covered: '/sources', no_basis: '/sources', source_not_allowed: '/tokens' }

export default function Quarantine() {
  const { t, label } = useSay()
  const may = useMay()
  const toast = useToast()
  const queries = useQueryClient()
  const f = useFilters()
  const sourceName = useSourceName()
  const query = { code: f.get('code'), source: f.get('source'), limit: 100 }
  const sources = useQuery({ queryKey: ['sources'], queryFn: api.sources.list, enabled: may('sources.see') })
  const list = usePages(['quarantine', 'list', query], (cursor) => api.quarantine.list({ ...query, cursor }))
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
      width: 210,
      title: t('records.kind'),
      label: false,
      render: (q) => (
        <>
          <span className="cell-main">{label('kind', q.kind)}</span>
          <div className="cell-sub" title={q.source}>
            {sourceName(q.source)}
          </div>
          <div className="cell-sub mono">{q.source_id}</div>
        </>
      ),
    },
    {
      key: 'why',
      title: t('quarantine.why'),
      render: (q) => (
        <>
          {q.detail}
          <div className="row" style={{ gap: 6, marginTop: 3 }}>
            <Mark>{label('quarantineCode', q.code)}</Mark>
            {q.rule ? <Mark tone="medium">{t('quarantine.rule', { rule: q.rule })}</Mark> : null}
            {MEND[q.code] && may('sources.edit') ? <Link to={MEND[q.code] ?? ''}>{t('quarantine.mend')}</Link> : null}
          </div>
        </>
      ),
    },
    { key: 'at', width: 120, title: t('records.received'), render: (q) => <span title={minute(q.received_at)}>{ago(q.received_at)}</span> },
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
        <div className="filters">
          <Select
            allowClear
            placeholder={t('quarantine.anyCode')}
            aria-label={t('quarantine.anyCode')}
            style={{ minWidth: 170 }}
            value={f.get('code')}
            onChange={(v?: string) => f.set({ code: v })}
            options={CODES.map((c) => ({ value: c, label: label('quarantineCode', c) }))}
          />
          {sources.data ? (
            <Select
              allowClear
              placeholder={t('tokens.allSources')}
              aria-label={t('tokens.allSources')}
              style={{ minWidth: 190 }}
              value={f.get('source')}
              onChange={(v?: string) => f.set({ source: v })}
              options={sources.data.items.map((s) => ({ value: s.source, label: s.name }))}
            />
          ) : null}
        </div>
        <Paged query={list}>
          {(rows) =>
            rows.length ? (
              <Table rows={rows} columns={columns} rowKey={(q) => q.id} caption={t('nav.quarantine')} />
            ) : (
              <Empty
                title={f.any ? t('quarantine.noneFits') : t('quarantine.empty')}
                action={f.any ? <Button onClick={f.clear}>{t('common.clearFilters')}</Button> : null}
              >
                {f.any ? null : <p>{t('quarantine.emptyHint')}</p>}
              </Empty>
            )
          }
        </Paged>
      </Card>
    </Page>
  )
}
