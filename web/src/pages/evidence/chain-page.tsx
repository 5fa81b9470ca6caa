// One chain: the picture first, then the score, the gaps and every step in words.
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Chain, ChainStep } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { Act } from '../../ui/act.tsx'
import { day, minute, percent } from '../../ui/format.ts'
import { Await, Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { OpenCase } from '../cases/open-case.tsx'
import { ChainAxis } from './axis.tsx'
import { RecordDrawer } from './record-drawer.tsx'
import { Score } from './score.tsx'

export function ChainSteps({ chain, onPick }: { chain: Chain; onPick: (steps: ChainStep[]) => void }) {
  const { t, label } = useSay()
  return (
    <ol className="steps">
      {[...chain.steps]
        .sort((a, b) => a.at.localeCompare(b.at))
        .map((s) => (
          <li key={s.record + s.role}>
            <Mark tone={s.role}>{t(`chain.role.${s.role}`)}</Mark>
            <time dateTime={s.at}>{minute(s.at)}</time>
            <button type="button" className="as-link" onClick={() => onPick([s])}>
              {label('kind', s.kind)}
            </button>
            <span>{s.why}</span>
            <span className="quiet">{t('chain.sure', { percent: percent(s.confidence) })}</span>
          </li>
        ))}
    </ol>
  )
}

export function Gaps({ chain }: { chain: Chain }) {
  const { t } = useSay()
  return chain.gaps.length ? (
    <ul className="bullets hollow">
      {chain.gaps.map((g) => (
        <li key={g}>{g}</li>
      ))}
    </ul>
  ) : (
    <p className="quiet">{t('chain.gapsNone')}</p>
  )
}

function Body({ chain }: { chain: Chain }) {
  const { t, label } = useSay()
  const [picked, setPicked] = useState<string[]>([])
  const pick = (steps: ChainStep[]) => setPicked(steps.map((s) => s.record))
  return (
    <div className="stack">
      <Card note={t('chain.timeNote')} title={t('chain.one')}>
        <ChainAxis chain={chain} onPick={pick} picked={picked[0]} />
      </Card>
      <div className="two">
        <Card title={t('chain.explain')}>
          <Score chain={chain} />
          <p className="quiet" style={{ marginTop: 12 }}>
            {t('chain.explainNote')}
          </p>
        </Card>
        <Card title={t('chain.gaps')}>
          <Gaps chain={chain} />
          {chain.companies?.length ? (
            <>
              <h3 className="sub">{t('chain.companies')}</h3>
              <ul className="bullets warm">
                {chain.companies.map((c) => (
                  <li key={c.name}>
                    <b>{c.name}</b> {c.via ? <span className="quiet">{label('via', c.via)}</span> : null}
                  </li>
                ))}
              </ul>
            </>
          ) : null}
          <p className="quiet" style={{ marginTop: 12 }}>
            {t('chain.pattern')}{t('common.colon')}{label('pattern', chain.pattern)} · {t('chain.span')}{t('common.colon')}{day(chain.from)} – {day(chain.until)}
          </p>
        </Card>
      </div>
      <Card title={t('chain.why')}>
        <ChainSteps chain={chain} onPick={pick} />
      </Card>
      <RecordDrawer ids={picked} chain={chain} onClose={() => setPicked([])} />
    </div>
  )
}

export default function ChainPage() {
  const { t } = useSay()
  const may = useMay()
  const { number = '', id = '' } = useParams()
  const [casing, setCasing] = useState(false)
  const chains = useQuery({ queryKey: ['chains', number], queryFn: () => api.chains.of(number) })
  const chain = chains.data?.items.find((c) => c.id === id)
  const who = chain?.employee_name ?? number
  return (
    <Page
      title={chain ? t('chain.of', { name: who, customer: chain.customer_name ?? chain.customer ?? '—' }) : t('chain.one')}
      crumbs={[
        { to: '/chains', text: t('chain.title') },
        { to: `/employees/${encodeURIComponent(number)}`, text: who },
      ]}
      actions={
        chain ? (
          <Act type="primary" because={may('cases.act') ? null : t('alerts.caseForbidden')} onClick={() => setCasing(true)}>
            {t('alerts.toCase')}
          </Act>
        ) : null
      }
    >
      <Await query={chains} rows={10}>
        {() =>
          chain ? (
            <Body chain={chain} />
          ) : (
            <Empty title={t('chain.alone')} action={<Link to={`/employees/${encodeURIComponent(number)}`}>{t('chain.toEmployee')}</Link>}>
              <p>{t('chain.aloneHint')}</p>
            </Empty>
          )
        }
      </Await>
      {casing && chain ? (
        <OpenCase
          employee={number}
          employeeName={who}
          title={t('chain.of', { name: who, customer: chain.customer_name ?? chain.customer ?? '—' })}
          alerts={[]}
          records={chain.steps.map((s) => s.record)}
          onCancel={() => setCasing(false)}
        />
      ) : null}
    </Page>
  )
}
