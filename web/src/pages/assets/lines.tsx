// Things in somebody's hands as lines: of a file, and of the own page.
import { useState, type ReactNode } from 'react'
import { Link } from 'react-router'
import { Button, Form, Input } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Asset } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay, useSession } from '../../session.tsx'
import { day } from '../../ui/format.ts'
import { Await, Card, Empty, Mark } from '../../ui/page.tsx'
import { Dialog } from '../people/life-acts.tsx'
import { GiveBack, Issue } from './acts.tsx'

/** An account that the system noted has no number of its own. */
export const ownNumber = (a: Asset) => (a.asset?.startsWith('account:') ? null : a.asset)

/** A work account that was noted by the system is called by its kind. */
export function useAssetName() {
  const { label } = useSay()
  return (a: Asset) => (a.kind === 'work_account' && a.system ? label('accountKind', a.system, '—', a.name) : a.name)
}

export function AssetState({ a }: { a: Asset }) {
  const { t } = useSay()
  if (a.returned_on) return <Mark>{t('assets.returned', { date: a.returned_on })}</Mark>
  return a.acknowledged_at ? <Mark tone="good">{t('assets.acknowledged')}</Mark> : <Mark tone="medium">{t('assets.unacknowledged')}</Mark>
}

function Line({ a, children }: { a: Asset; children?: ReactNode }) {
  const { t, label } = useSay()
  const name = useAssetName()
  return (
    <li>
      <AssetState a={a} />
      <b>{name(a)}</b>
      <span className="quiet">{[label('assetKind', a.kind), ownNumber(a), a.masked ? t('assets.masked') : a.identifier].filter(Boolean).join(' · ')}</span>
      <span className="quiet">{[`${t('assets.issuedOn')} ${a.issued_on}`, a.condition, a.issued_by ? t('assets.issuedBy', { name: a.issued_by }) : null].filter(Boolean).join(' · ')}</span>
      {a.remark ? <span className="quiet">{t('assets.remark', { text: a.remark })}</span> : null}
      {a.returned_condition ? <span className="quiet">{a.returned_condition}</span> : null}
      {children}
    </li>
  )
}

/** In the file of an employee. */
export function AssetsOf({ number }: { number: string }) {
  const { t } = useSay()
  const may = useMay()
  const own = useSession().data?.user?.employee === number
  const name = useAssetName()
  const [open, setOpen] = useState<'issue' | Asset | null>(null)
  const list = useQuery({ queryKey: ['assets', 'of', number], queryFn: () => api.assets.list({ employee: number, state: 'all', limit: 200 }) })
  const edits = may('assets.edit') && !own
  return (
    <>
      <Await query={list} rows={3}>
        {(page) =>
          page.items.length ? (
            <ul className="others">
              {page.items.map((a) => (
                <Line key={a.id} a={a}>
                  {edits && !a.returned_on ? (
                    <Button size="small" onClick={() => setOpen(a)}>
                      {t('assets.giveBack')}
                    </Button>
                  ) : null}
                </Line>
              ))}
            </ul>
          ) : (
            <Empty title={t('assets.noneOf')} />
          )
        }
      </Await>
      {edits ? (
        <p className="more">
          <Button onClick={() => setOpen('issue')}>{t('assets.issue')}</Button>
        </p>
      ) : null}
      {open === 'issue' ? <Issue number={number} onClose={() => setOpen(null)} /> : open ? <GiveBack asset={open} name={name(open)} onClose={() => setOpen(null)} /> : null}
    </>
  )
}

/** On the own page: check and say that one has it. */
export function MyAssets({ number }: { number: string }) {
  const { t } = useSay()
  const name = useAssetName()
  const [open, setOpen] = useState<Asset | null>(null)
  const list = useQuery({ queryKey: ['assets', 'mine'], queryFn: api.assets.mine })
  return (
    <Card title={t('assets.mine')} note={t('assets.mineNote')}>
      <Await query={list} rows={2}>
        {(page) =>
          page.items.length ? (
            <ul className="others">
              {page.items.map((a) => (
                <Line key={a.id} a={a}>
                  {a.acknowledged_at || a.returned_on ? (
                    a.acknowledged_at ? (
                      <span className="quiet">{t('assets.acknowledgedOn', { date: day(a.acknowledged_at) })}</span>
                    ) : null
                  ) : a.snapshot ? (
                    <Link to={`/snapshots/${encodeURIComponent(number)}`}>{t('assets.signSnapshot')}</Link>
                  ) : (
                    <Button size="small" type="primary" onClick={() => setOpen(a)}>
                      {t('assets.have')}
                    </Button>
                  )}
                </Line>
              ))}
            </ul>
          ) : (
            <p className="quiet">{t('assets.mineNone')}</p>
          )
        }
      </Await>
      {open ? (
        <Dialog
          title={`${t('assets.have')} · ${name(open)}`}
          ok={t('assets.have')}
          onClose={() => setOpen(null)}
          send={(v: { remark?: string }) => api.assets.acknowledge(open.id, v.remark)}
        >
          <Form.Item name="remark" label={t('assets.haveRemark')}>
            <Input.TextArea rows={2} maxLength={500} />
          </Form.Item>
        </Dialog>
      ) : null}
    </Card>
  )
}
