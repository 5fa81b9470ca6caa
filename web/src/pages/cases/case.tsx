// A case: what was done on the left, the chain and the records in the middle, what the proof still lacks on the right.
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { Button } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { CaseDetail, Chain } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { Act } from '../../ui/act.tsx'
import { day } from '../../ui/format.ts'
import { Await, Card, Mark, Page } from '../../ui/page.tsx'
import { ChainAxis } from '../evidence/axis.tsx'
import { RecordDrawer } from '../evidence/record-drawer.tsx'
import { Score } from '../evidence/score.tsx'
import { OpenContent } from '../records/open-content.tsx'
import { CaseAlerts } from './alerts.tsx'
import { Checks } from './checks.tsx'
import { CaseRecords } from './records.tsx'
import { Rename } from './rename.tsx'
import { ChangeStatus } from './status.tsx'
import { ExportPackage, Packages } from './export.tsx'
import { Ties } from './ties.tsx'
import { Timeline } from './timeline.tsx'
import './case.css'

/** The chain this case is about: the one that shares most records with it. */
const bestChain = (chains: Chain[], records: string[]) => {
  const held = new Set(records)
  return chains
    .map((chain) => ({ chain, shared: chain.steps.filter((s) => held.has(s.record)).length }))
    .filter((c) => c.shared > 0)
    .sort((a, b) => b.shared - a.shared || b.chain.score - a.chain.score)[0]?.chain
}

function Body({ data }: { data: CaseDetail }) {
  const { t } = useSay()
  const may = useMay()
  const [picked, setPicked] = useState<string[]>([])
  const [opening, setOpening] = useState<string[] | null>(null)
  const chains = useQuery({
    queryKey: ['chains', data.employee],
    queryFn: () => api.chains.of(data.employee),
    enabled: may('alerts.see'),
  })
  const chain = chains.data ? bestChain(chains.data.items, data.records.map((r) => r.id)) : undefined
  return (
    <>
      <div className="case">
        <div className="case-left">
          <Card title={t('cases.timeline')}>
            <Timeline data={data} onRecord={(id) => setPicked([id])} />
          </Card>
        </div>
        <div className="case-middle">
          <Card title={t('chain.one')} note={chain ? t('chain.timeNote') : undefined}>
            <Await query={chains} rows={6}>
              {() =>
                chain ? (
                  <ChainAxis chain={chain} onPick={(s) => setPicked(s.map((x) => x.record))} picked={picked[0]} />
                ) : (
                  <p className="quiet">{t('cases.noChain')}</p>
                )
              }
            </Await>
          </Card>
          <CaseRecords data={data} onPick={(id) => setPicked([id])} onOpen={setOpening} />
        </div>
        <div className="case-right">
          <Card title={t('cases.ready')} note={t('cases.readyNote')}>
            <Checks data={data} chain={chain} onRecord={(id) => setPicked([id])} />
          </Card>
          <Ties data={data} />
          <Card title={t('export.packages')}>
            <Packages id={data.id} />
          </Card>
          {chain ? (
            <Card title={t('chain.explain')}>
              <Score chain={chain} />
            </Card>
          ) : null}
          <Card title={t('cases.alertsTitle', { count: data.alerts.length })}>
            <CaseAlerts data={data} />
          </Card>
        </div>
      </div>
      <RecordDrawer
        ids={picked}
        chain={chain}
        onClose={() => setPicked([])}
        onOpen={may('content.open') && data.status === 'open' ? (id) => setOpening([id]) : undefined}
      />
      {opening ? <OpenContent records={opening} caseId={data.id} onClose={() => setOpening(null)} /> : null}
    </>
  )
}

export default function CasePage() {
  const { t, label } = useSay()
  const may = useMay()
  const [renaming, setRenaming] = useState(false)
  const { id = '' } = useParams()
  const [exporting, setExporting] = useState(false)
  const [changing, setChanging] = useState(false)
  const query = useQuery({ queryKey: ['case', id], queryFn: () => api.cases.read(id) })
  const data = query.data
  const noAct = may('cases.act') ? null : t('alerts.caseForbidden')
  return (
    <Page
      title={data?.title ?? t('cases.one')}
      crumbs={[{ to: '/cases', text: t('cases.title') }]}
      lead={
        data ? (
          <span className="row">
            <Mark tone={data.status === 'open' ? 'good' : undefined}>{label('caseStatus', data.status)}</Mark>
            {data.outcome ? <Mark>{label('caseOutcome', data.outcome)}</Mark> : null}
            <span>{data.number}</span>
            <Link to={`/employees/${encodeURIComponent(data.employee)}`}>{data.employee_name ?? data.employee}</Link>
            <span>{t('cases.openedBy', { date: day(data.opened_at), by: data.opened_by })}</span>
          </span>
        ) : undefined
      }
      actions={
        data ? (
          <>
            {noAct ? null : (
              <>
                {data.status === 'open' ? <Button onClick={() => setRenaming(true)}>{t('cases.rename')}</Button> : null}
                <Button onClick={() => setChanging(true)}>{data.status === 'open' ? t('cases.closeCase') : t('cases.reopen')}</Button>
              </>
            )}
            <Act
              type="primary"
              because={(may('cases.export') ? null : t('cases.mayNotExport')) ?? (data.records.length === 0 ? t('export.noRecords') : null)}
              onClick={() => setExporting(true)}
            >
              {t('export.open')}
            </Act>
          </>
        ) : null
      }
    >
      <Await query={query} rows={12}>
        {(d) => <Body data={d} />}
      </Await>
      {exporting && data ? <ExportPackage data={data} onClose={() => setExporting(false)} /> : null}
      {renaming && data ? <Rename data={data} onClose={() => setRenaming(false)} /> : null}
      {changing && data ? <ChangeStatus data={data} onClose={() => setChanging(false)} /> : null}
    </Page>
  )
}
