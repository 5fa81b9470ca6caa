// The company on a day: departments with their parts and heads, as known today or then.
import { Link } from 'react-router'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Department } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { Day } from '../../ui/day.tsx'
import { Await, Card, Empty, Page, Tile } from '../../ui/page.tsx'
import { useFilters } from '../../ui/search-state.ts'
import './departments.css'

function Branch({ d, most }: { d: Department; most: number }) {
  const { t } = useSay()
  return (
    <li>
      <div className="branch">
        <Link to={`/employees?department=${encodeURIComponent(d.path)}`}>{d.name}</Link>
        <span className="branch-bar" aria-hidden="true">
          <i style={{ width: `${Math.max(2, (d.people / most) * 100)}%` }} />
        </span>
        <b>{t('departments.count', { count: d.people })}</b>
        <span className="quiet">
          {d.heads.length ? `${t('departments.head')} ` : null}
          {d.heads.map((h, i) => (
            <span key={h.number}>
              {i ? t('common.listComma') : ''}
              <Link to={`/employees/${encodeURIComponent(h.number)}`}>{h.name ?? h.number}</Link>
            </span>
          ))}
        </span>
      </div>
      {d.parts.length ? (
        <ul>
          {d.parts.map((p) => (
            <Branch key={p.path} d={p} most={most} />
          ))}
        </ul>
      ) : null}
    </li>
  )
}

export default function Departments() {
  const { t } = useSay()
  const f = useFilters()
  const [on, known] = [f.get('on'), f.get('known')]
  const query = { on, known_by: known ? `${known}T23:59:59Z` : undefined }
  const tree = useQuery({ queryKey: ['departments', query], queryFn: () => api.departments(query), placeholderData: (before) => before })
  return (
    <Page title={t('departments.title')} lead={t('departments.lead')}>
      <Card>
        <div className="row clocks">
          <label>
            {t('departments.on')} <Day width={150} value={on} onChange={(day) => f.set({ on: day })} />
          </label>
          <label>
            {t('life.asKnown')}{' '}
            <Day width={150} value={known} onChange={(day) => f.set({ known: day })} />
          </label>
        </div>
        <Await query={tree}>
          {(data) =>
            data.people ? (
              <>
                <div className="tiles">
                  <Tile label={t('departments.people')} value={data.people} />
                  <Tile label={t('departments.number')} value={data.departments.length} />
                  {data.nowhere ? <Tile label={t('departments.nowhere')} value={data.nowhere} /> : null}
                </div>
                <ul className="branches">
                  {data.departments.map((d) => (
                    <Branch key={d.path} d={d} most={Math.max(...data.departments.map((x) => x.people))} />
                  ))}
                </ul>
              </>
            ) : (
              <Empty title={t('departments.empty')}>
                <p>{t('departments.emptyHint')}</p>
              </Empty>
            )
          }
        </Await>
      </Card>
    </Page>
  )
}
