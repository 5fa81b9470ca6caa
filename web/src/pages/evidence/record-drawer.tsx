// One record beside the picture: what it is, why it is linked, its hash and proof, and who has handled it.
import { Drawer } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api } from '../../api/index.ts'
import type { Chain, ChainStep } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { Act, Copy } from '../../ui/act.tsx'
import { grouped, minute, number, percent } from '../../ui/format.ts'
import { Seal } from '../../ui/logo.tsx'
import { Await, Mark } from '../../ui/page.tsx'
import { useSourceName } from '../intake/source-name.ts'
import { useEmployeeName } from '../people/names.ts'

function Linked({ chain, step }: { chain: Chain; step: ChainStep }) {
  const { t, label } = useSay()
  const onward = step.links ?? []
  const inward = chain.steps.flatMap((s) => (s.links ?? []).filter((l) => l.to === step.record).map((l) => ({ ...l, to: s.record })))
  const all = [...onward, ...inward]
  if (all.length === 0) return <p className="quiet">{t('chain.linksNone')}</p>
  return (
    <ul className="bullets">
      {all.map((l, i) => {
        const other = chain.steps.find((s) => s.record === l.to)
        return (
          <li key={i}>
            {other ? (
              <>
                <Mark tone={other.role}>{t(`chain.role.${other.role}`)}</Mark> {label('kind', other.kind)} ·{' '}
              </>
            ) : null}
            {l.why} <span className="quiet">{t('chain.sure', { percent: percent(l.confidence) })}</span>
          </li>
        )
      })}
    </ul>
  )
}

function One({
  id,
  step,
  chain,
  onOpen,
}: {
  id: string
  step?: ChainStep
  chain?: Chain
  onOpen?: (id: string) => void
}) {
  const { t, label } = useSay()
  const employee = useEmployeeName()
  const source = useSourceName()
  const record = useQuery({ queryKey: ['record', id], queryFn: () => api.records.read(id) })
  return (
    <article className="stack record">
      {step && chain ? (
        <section>
          <div className="row">
            <Mark tone={step.role}>{t(`chain.role.${step.role}`)}</Mark>
            <b>{label('kind', step.kind)}</b>
            <span className="quiet">{minute(step.at)}</span>
          </div>
          <p style={{ marginTop: 8 }}>{step.why}</p>
          <div className="meter" role="img" aria-label={t('chain.sure', { percent: percent(step.confidence) })}>
            <i style={{ width: percent(step.confidence) }} />
          </div>
          <span className="quiet">{t('chain.sure', { percent: percent(step.confidence) })}</span>
          <h3 className="sub">{t('chain.links')}</h3>
          <Linked chain={chain} step={step} />
        </section>
      ) : null}
      <Await query={record} rows={4}>
        {(r) => (
          <>
            <section>
              <h3 className="sub">{t('drawer.facts')}</h3>
              <dl className="facts">
                <dt>{t('records.kind')}</dt>
                <dd>
                  {label('kind', r.kind, '—', r.label)}
                </dd>
                <dt>{t('records.at')}</dt>
                <dd>{minute(r.at)}</dd>
                <dt>{t('records.employee')}</dt>
                <dd>{r.employee ? <Link to={`/employees/${encodeURIComponent(r.employee)}`}>{employee(r.employee)}</Link> : '—'}</dd>
                <dt>{t('records.source')}</dt>
                <dd>
                  {source(r.source)} <code className="quiet">{r.source}</code>
                </dd>
                <dt>{t('drawer.sourceId')}</dt>
                <dd className="mono">{r.source_id}</dd>
              </dl>
            </section>
            <section>
              <h3 className="sub">{t('drawer.integrity')}</h3>
              <dl className="facts">
                <dt>{t('records.index')}</dt>
                <dd className="row" style={{ gap: 6, color: 'var(--celadon)' }}>
                  <Seal title={t('records.sealed')} /> {r.index}
                </dd>
                <dt>{t('drawer.proof')}</dt>
                <dd>
                  {r.proof ? t('drawer.proofCovered', { size: number(r.proof.size) }) : t('drawer.proofWait')}
                  {r.proof ? (
                    <details className="proof">
                      <summary>{t('drawer.proofShow')}</summary>
                      <pre>{r.proof.checkpoint}</pre>
                      <ol>
                        {r.proof.path.map((hash) => (
                          <li key={hash}>
                            <code className="hash">{grouped(hash)}</code>
                          </li>
                        ))}
                      </ol>
                      <Copy text={JSON.stringify({ leaf: r.leaf, ...r.proof }, null, 2)} label={t('drawer.proofCopy')} />
                    </details>
                  ) : null}
                </dd>
                <dt>{t('drawer.leaf')}</dt>
                <dd>
                  <code className="hash">{grouped(r.leaf)}</code>
                  <Copy text={r.leaf} />
                </dd>
              </dl>
            </section>
            <section>
              <h3 className="sub">{t('drawer.custody')}</h3>
              <ol className="custody">
                <li>
                  <time>{minute(r.at)}</time> {t('drawer.custodyAt')}
                </li>
                <li>
                  <time>{minute(r.received_at)}</time> {t('drawer.custodyReceived')}
                </li>
                {r.corrected_by ? <li>{t('drawer.custodyCorrected', { index: r.corrected_by.replace('rec_', '') })}</li> : null}
                {r.erased ? <li>{t('drawer.custodyErased')}</li> : null}
              </ol>
            </section>
          </>
        )}
      </Await>
      <Act type="primary" because={onOpen ? null : t('drawer.openNeedsCase')} onClick={() => onOpen?.(id)}>
        {t('drawer.openContent')}
      </Act>
    </article>
  )
}

export function RecordDrawer({
  ids,
  chain,
  onClose,
  onOpen,
}: {
  ids: string[]
  chain?: Chain
  onClose: () => void
  onOpen?: (id: string) => void
}) {
  const { t } = useSay()
  return (
    <Drawer
      open={ids.length > 0}
      onClose={onClose}
      size={460}
      title={ids.length === 1 ? t('drawer.title', { index: (ids[0] ?? '').replace('rec_', '') }) : t('records.title')}
      styles={{ wrapper: { maxWidth: '100vw' } }}
    >
      <div className="stack">
        {ids.map((id) => (
          <One
            key={id}
            id={id}
            chain={chain}
            step={chain?.steps.find((s) => s.record === id)}
            onOpen={onOpen}
          />
        ))}
      </div>
    </Drawer>
  )
}
