// An import under way: progress, a way to stop it, and what came of it.
import { Button, Progress } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api } from '../../api/index.ts'
import { useSay } from '../../i18n/say.ts'
import { number } from '../../ui/format.ts'
import { Await, Card, Tile } from '../../ui/page.tsx'
import { useToast } from '../../ui/toast.tsx'

export function ImportRun({ id, name, onAgain }: { id: string; name: string; onAgain: () => void }) {
  const { t, label } = useSay()
  const toast = useToast()
  const queries = useQueryClient()
  const job = useQuery({
    queryKey: ['imports', id],
    queryFn: () => api.imports.read(id),
    refetchInterval: (q) => (['running', 'uploaded'].includes(q.state.data?.status ?? 'running') ? 500 : false),
  })
  const stop = useMutation({
    mutationFn: () => api.imports.stop(id),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['imports'] }),
    onError: toast.bad,
  })
  return (
    <Card title={name}>
      <Await query={job} rows={3}>
        {(j) => {
          const going = j.status === 'running' || j.status === 'uploaded'
          return (
            <>
              <div className="row" role="status" style={{ marginBottom: 12 }}>
                <Progress
                  style={{ flex: 1, minWidth: 200 }}
                  percent={j.total ? Math.round((j.done / j.total) * 100) : j.status === 'done' ? 100 : 0}
                  status={j.status === 'failed' ? 'exception' : going ? 'active' : 'normal'}
                  strokeColor="#2c6b5f"
                />
                <span>
                  {label('importStatus', j.status)} {number(j.done)} / {number(j.total)}
                </span>
                {going ? (
                  <Button danger loading={stop.isPending} onClick={() => stop.mutate()}>
                    {t('imports.stop')}
                  </Button>
                ) : null}
              </div>
              {j.error ? <p role="alert">{j.error}</p> : null}
              <div className="tiles" style={{ marginTop: 8 }}>
                <Tile label={t('imports.accepted')} value={number(j.accepted)} />
                <Tile label={t('imports.duplicates')} value={number(j.duplicates)} />
                <Tile label={t('imports.quarantined')} value={number(j.quarantined)} tone={j.quarantined ? 'medium' : undefined} />
                <Tile label={t('imports.skipped')} value={number(j.skipped)} />
              </div>
              {going ? null : (
                <div className="row">
                  <Button type="primary" onClick={onAgain}>
                    {t('imports.again')}
                  </Button>
                  {j.quarantined ? <Link to="/quarantine">{t('imports.seeQuarantine')}</Link> : null}
                </div>
              )}
            </>
          )
        }}
      </Await>
    </Card>
  )
}
