// Importing a file: upload, say what the columns mean, try it without writing, then run with progress.
import { Link } from 'react-router'
import { Progress, Upload } from 'antd'
import { InboxOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { ImportJob, ImportUpload } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { FormProblem } from '../../ui/act.tsx'
import { minute, number } from '../../ui/format.ts'
import { Await, Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { useFilters } from '../../ui/search-state.ts'
import { Table, type Column } from '../../ui/table.tsx'
import { ImportPlanForm } from './import-plan.tsx'
import { ImportRun } from './import-run.tsx'

const TYPES = '.csv,.tsv,.txt,.xlsx,.xls,.json,.ndjson,.jsonl'

function Earlier() {
  const { t, label } = useSay()
  const list = useQuery({ queryKey: ['imports'], queryFn: api.imports.list })
  const columns: Column<ImportJob>[] = [
    {
      key: 'name',
      title: t('imports.file'),
      label: false,
      render: (j) => (
        <>
          <Link className="cell-main" to={`/imports?id=${encodeURIComponent(j.id)}`}>
            {j.name || j.id}
          </Link>
          <div className="cell-sub">{j.created_by}</div>
        </>
      ),
    },
    { key: 'at', width: 150, title: t('log.at'), render: (j) => minute(j.created_at) },
    {
      key: 'status',
      width: 130,
      title: t('common.status'),
      render: (j) =>
        j.status === 'running' ? (
          <Progress percent={j.total ? Math.round((j.done / j.total) * 100) : 0} size="small" />
        ) : (
          <Mark tone={j.status === 'done' ? 'good' : j.status === 'failed' ? 'high' : undefined}>{label('importStatus', j.status)}</Mark>
        ),
    },
    { key: 'accepted', width: 80, num: true, title: t('imports.accepted'), render: (j) => number(j.accepted) },
    { key: 'duplicates', width: 80, num: true, title: t('imports.duplicates'), render: (j) => number(j.duplicates) },
    { key: 'quarantined', width: 80, num: true, title: t('imports.quarantined'), render: (j) => number(j.quarantined) },
    { key: 'skipped', width: 80, num: true, title: t('imports.skipped'), render: (j) => number(j.skipped) },
  ]
  return (
    <Card flush title={t('imports.earlier')}>
      <Await query={list} rows={3}>
        {(p) =>
          p.items.length ? (
            <Table rows={p.items} columns={columns} rowKey={(j) => j.id} caption={t('imports.earlier')} />
          ) : (
            <Empty title={t('imports.none')}>
              <p>{t('imports.noneHint')}</p>
            </Empty>
          )
        }
      </Await>
    </Card>
  )
}

/** An import under its own address: it can be left and come back to, before it runs and while it does. */
function One({ id, onAgain }: { id: string; onAgain: () => void }) {
  const queries = useQueryClient()
  const job = useQuery({ queryKey: ['imports', id], queryFn: () => api.imports.read(id) as Promise<ImportUpload> })
  const started = () => void queries.invalidateQueries({ queryKey: ['imports'] })
  return (
    <Await query={job} rows={6}>
      {(j) =>
        j.status === 'uploaded' ? (
          <ImportPlanForm key={id} file={j} onRun={started} onCancel={onAgain} />
        ) : (
          <ImportRun id={id} name={j.name} onAgain={onAgain} />
        )
      }
    </Await>
  )
}

export default function Imports() {
  const { t } = useSay()
  const may = useMay()
  const f = useFilters()
  const queries = useQueryClient()
  const id = f.get('id')
  const upload = useMutation({
    mutationFn: api.imports.upload,
    onSuccess: (u) => {
      queries.setQueryData(['imports', u.id], u)
      f.set({ id: u.id })
    },
  })
  const again = () => {
    f.set({ id: undefined })
    upload.reset()
    void queries.invalidateQueries({ queryKey: ['imports'] })
  }
  return (
    <Page title={t('nav.imports')} lead={t('imports.lead')} crumbs={id ? [{ to: '/imports', text: t('nav.imports') }] : undefined}>
      <div className="stack">
        {id ? (
          <One id={id} onAgain={again} />
        ) : (
          <>
            <Card title={t('imports.upload')}>
              <FormProblem error={upload.error} />
              <Upload.Dragger
                accept={TYPES}
                multiple={false}
                showUploadList={false}
                disabled={upload.isPending || !may('imports.run')}
                customRequest={({ file: chosen }) => upload.mutate(chosen as File)}
              >
                <p style={{ fontSize: 34, color: 'var(--celadon)' }}>
                  <InboxOutlined aria-hidden />
                </p>
                <p style={{ fontSize: 15 }}>{upload.isPending ? t('imports.reading') : t('imports.drop')}</p>
                <p className="quiet">{t('imports.dropHint')}</p>
              </Upload.Dragger>
            </Card>
            <Earlier />
          </>
        )}
      </div>
    </Page>
  )
}
