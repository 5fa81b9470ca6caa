// The administrator's first page: what is not set up yet, what has gone quiet, and the ways on.
import { Link, useNavigate } from 'react-router'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Source, User } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { ago, number } from '../../ui/format.ts'
import { Card, Tile } from '../../ui/page.tsx'
import { Doors } from './doors.tsx'

/** What the first set-up may have left for later. Gone once all of it is there. */
function NextSteps({ sources, users }: { sources?: Source[]; users?: User[] }) {
  const { t } = useSay()
  const company = useQuery({ queryKey: ['company'], queryFn: api.company.read })
  if (!sources || !users || !company.data) return null
  const steps = [
    { key: 'names', to: '/company', done: (company.data.own_names ?? []).length > 0 },
    { key: 'users', to: '/users', done: users.some((u) => !u.disabled && (u.role === 'hr' || u.role === 'legal')) },
    { key: 'source', to: '/sources', done: sources.length > 0 },
    { key: 'records', to: '/imports', done: sources.some((s) => s.records > 0) },
  ]
  if (steps.every((s) => s.done)) return null
  return (
    <Card title={t('home.next.title')} note={t('home.next.note')}>
      <ol className="next-steps">
        {steps.map((s) => (
          <li key={s.key} className={s.done ? 'done' : ''}>
            <i aria-hidden="true">{s.done ? '✓' : ''}</i>
            {s.done ? (
              <span>
                {t(`home.next.${s.key}`)} <span className="sr-only">{t('home.next.done')}</span>
              </span>
            ) : (
              <Link to={s.to}>{t(`home.next.${s.key}`)}</Link>
            )}
          </li>
        ))}
      </ol>
    </Card>
  )
}

/** A source that has been silent for a week is named: a quiet queue may only mean a broken connection. */
const SILENT = 7 * 86_400_000

export function Administrator() {
  const { t } = useSay()
  const go = useNavigate()
  const sources = useQuery({ queryKey: ['sources'], queryFn: api.sources.list })
  const quarantine = useQuery({ queryKey: ['quarantine'], queryFn: () => api.quarantine.list({ limit: 100 }) })
  const users = useQuery({ queryKey: ['users'], queryFn: api.users.first })
  const log = useQuery({ queryKey: ['log'], queryFn: api.log })
  const overview = useQuery({ queryKey: ['overview'], queryFn: api.overview })
  const silent = (sources.data?.items ?? []).filter(
    (s) => !s.last_received_at || Date.now() - new Date(s.last_received_at).getTime() > SILENT,
  )
  const held = quarantine.data?.items.length
  return (
    <>
      {overview.data?.write_stop ? (
        <p className="notice bad" role="alert">
          {overview.data.write_stop}
        </p>
      ) : null}
      <div className="tiles">
        <Tile label={t('home.sources')} value={sources.data?.items.length ?? '–'} />
        <Tile label={t('home.silent')} value={sources.data ? silent.length : '–'} tone={silent.length ? 'medium' : undefined} onClick={() => void go('/sources')} />
        <Tile label={t('home.held')} value={held == null ? '–' : held >= 100 ? '100+' : held} tone={held ? 'medium' : undefined} onClick={() => void go('/quarantine')} />
        <Tile label={t('home.failedJobs')} value={overview.data?.jobs?.failed ?? '–'} tone={overview.data?.jobs?.failed ? 'high' : undefined} />
        <Tile label={t('home.users')} value={users.data ? `${users.data.items.filter((u) => !u.disabled).length}${users.data.next_cursor ? '+' : ''}` : '–'} />
        <Tile label={t('log.size')} value={number(log.data?.size)} />
      </div>
      <div className="stack">
        <NextSteps sources={sources.data?.items} users={users.data?.items} />
        {silent.length ? (
          <Card title={t('home.silentTitle')} note={t('home.silentNote')}>
            <ul className="bullets hollow">
              {silent.map((s) => (
                <li key={s.source}>
                  <b>{s.name}</b> <code className="quiet">{s.source}</code>{' '}
                  <span className="quiet">{s.last_received_at ? ago(s.last_received_at) : t('home.neverReceived')}</span>
                </li>
              ))}
            </ul>
          </Card>
        ) : null}
        <Card title={t('home.go')}>
          <Doors
            doors={[
              { to: '/sources', key: 'sources' },
              { to: '/imports', key: 'imports' },
              { to: '/quarantine', key: 'quarantine' },
              { to: '/companies', key: 'companies' },
              { to: '/company', key: 'company' },
              { to: '/users', key: 'users' },
              { to: '/roles', key: 'roles' },
              { to: '/outbox', key: 'outbox' },
              { to: '/tokens', key: 'tokens' },
              { to: '/lexicon', key: 'lexicon' },
              { to: '/evidence-log', key: 'log' },
            ]}
          />
        </Card>
      </div>
    </>
  )
}
