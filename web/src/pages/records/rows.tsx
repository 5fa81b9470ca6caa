// Records by their envelopes: when, what kind, from where, and the seal. Never content.
import { Link } from 'react-router'
import { useQueries } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Envelope } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { minute } from '../../ui/format.ts'
import { Seal } from '../../ui/logo.tsx'
import { Empty, Mark } from '../../ui/page.tsx'
import { useSourceName } from '../intake/source-name.ts'
import { useEmployeeName } from '../people/names.ts'
import { Table, type Column } from '../../ui/table.tsx'

export function EnvelopeMarks({ record }: { record: Envelope }) {
  const { t } = useSay()
  return (
    <>
      {record.erased ? <Mark>{t('records.erased')}</Mark> : null}
      {record.corrected_by ? <Mark tone="medium">{t('records.corrected')}</Mark> : null}
      {record.corrects ? <Mark tone="low">{t('records.corrects')}</Mark> : null}
    </>
  )
}

export function useEnvelopeColumns(): Column<Envelope>[] {
  const { t, label } = useSay()
  const employee = useEmployeeName()
  const source = useSourceName()
  return [
    {
      key: 'at',
      width: 142,
      title: t('records.at'),
      label: false,
      render: (r) => <time dateTime={r.at}>{minute(r.at)}</time>,
    },
    {
      key: 'kind',
      title: t('records.kind'),
      label: false,
      render: (r) => (
        <>
          <span className="cell-main">{label('kind', r.kind, '—', r.label)}</span> <EnvelopeMarks record={r} />
        </>
      ),
    },
    {
      key: 'who',
      width: 130,
      title: t('records.employee'),
      render: (r) =>
        r.employee ? (
          <Link to={`/employees/${encodeURIComponent(r.employee)}`} title={r.employee}>
            {employee(r.employee)}
          </Link>
        ) : (
          '—'
        ),
    },
    {
      key: 'source',
      title: t('records.source'),
      render: (r) => (
        <span className="quiet" title={r.source}>
          {source(r.source)}
        </span>
      ),
    },
    {
      key: 'index',
      width: 110,
      num: true,
      title: t('records.index'),
      render: (r) => (
        <span className="row nowrap" style={{ gap: 5, justifyContent: 'flex-end', color: 'var(--celadon)' }}>
          <Seal title={t('records.sealed')} />
          {r.index}
        </span>
      ),
    },
  ]
}

const SHOWN = 40

/** The envelopes of some records, fetched one by one: an alert names a handful. */
export function RecordRows({ ids }: { ids: string[] }) {
  const { t } = useSay()
  const columns = useEnvelopeColumns()
  const asked = useQueries({
    queries: ids.slice(0, SHOWN).map((id) => ({
      queryKey: ['record', id],
      queryFn: () => api.records.read(id),
      staleTime: 600_000,
    })),
  })
  if (ids.length === 0) return <Empty title={t('records.none')} />
  const rows = asked.map(
    (q, i): Envelope =>
      q.data ?? {
        id: ids[i] ?? '',
        index: Number((ids[i] ?? '').replace('rec_', '')),
        label: '…',
        erased: false,
        source: q.error ? t('records.notYours') : '…',
        source_id: '',
        kind: '…',
        at: '',
        received_at: '',
        employee: null,
        subjects: [],
      },
  )
  return (
    <>
      <Table rows={rows} columns={columns} rowKey={(r) => r.id} caption={t('records.title')} />
      {ids.length > SHOWN ? <p className="more quiet">{t('records.andMore', { count: ids.length - SHOWN })}</p> : null}
    </>
  )
}
