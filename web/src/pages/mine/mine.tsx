// The own page: policies to acknowledge first, then the own file, contracts, declarations, requests, and what is held.
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { Button, Form, Input, Select } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { MyFile } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { unbroken } from '../../ui/dates.tsx'
import { Day } from '../../ui/day.tsx'
import { day } from '../../ui/format.ts'
import { Await, Card, Mark, Page } from '../../ui/page.tsx'
import { ContractLines } from '../contracts/contracts.tsx'
import { PostLine } from '../people/history.tsx'
import { Dialog, Interest, needed } from '../people/life-acts.tsx'
import { statusTone } from '../people/list.tsx'
import { RequestState } from '../requests/requests.tsx'
import { MyAssets } from '../assets/lines.tsx'
import { MyCertificate } from './certificate.tsx'
import { Holdings } from './holdings.tsx'
import { MyPolicies } from './policies.tsx'
import { MySnapshots } from './snapshots.tsx'

function File({ me, onAsk }: { me: MyFile; onAsk: () => void }) {
  const { t, label } = useSay()
  return (
    <Card title={t('mine.file')} extra={<Button onClick={onAsk}>{t('mine.wrong')}</Button>}>
      <dl className="facts">
        <dt>{t('life.number')}</dt>
        <dd>{me.number}</dd>
        <dt>{t('people.post')}</dt>
        <dd>{[me.department, me.title, me.grade].filter(Boolean).join(' · ') || '—'}</dd>
        <dt>{t('people.manager')}</dt>
        <dd>{me.manager_name ?? me.manager ?? '—'}</dd>
        <dt>{t('life.hiredOn')}</dt>
        <dd>{me.hired_on ?? '—'}</dd>
        {me.probation_until && !me.confirmed_on ? (
          <>
            <dt>{t('life.probationUntil')}</dt>
            <dd>{me.probation_until}</dd>
          </>
        ) : null}
        <dt>{t('people.phones')}</dt>
        <dd>{me.phones.join(t('common.semicolon')) || '—'}</dd>
        <dt>{t('people.emails')}</dt>
        <dd>{me.emails.join(t('common.semicolon')) || '—'}</dd>
        <dt>{t('people.accounts')}</dt>
        <dd>{me.accounts.length ? me.accounts.map((a) => <div key={`${a.system} ${a.account}`}>{`${label('accountKind', a.system)} ${a.account}`}</div>) : '—'}</dd>
      </dl>
      <h3 className="sub">{t('life.posts')}</h3>
      <PostLine posts={me.history.posts} linked={false} />
      <h3 className="sub">{t('contracts.title')}</h3>
      <ContractLines contracts={me.contracts} over={me.status === 'left'} />
      <h3 className="sub">{t('mine.signed')}</h3>
      {me.documents.length ? (
        <ul className="bullets">
          {me.documents.map((d) => (
            <li key={d.record}>
              {d.title} {t('people.version', { version: d.version })} <time className="quiet">{day(d.signed_at)}</time>
            </li>
          ))}
        </ul>
      ) : (
        <p className="quiet">{t('people.noDocuments')}</p>
      )}
    </Card>
  )
}

function Requests({ onAsk }: { onAsk: () => void }) {
  const { t } = useSay()
  const list = useQuery({ queryKey: ['mine', 'requests'], queryFn: api.mine.requests })
  return (
    <Card title={t('mine.requests')} note={t('mine.requestsNote')} extra={<Button onClick={onAsk}>{t('mine.ask')}</Button>}>
      <Await query={list} rows={2}>
        {(page) =>
          page.items.length ? (
            <ul className="others">
              {page.items.map((r) => (
                <li key={r.id}>
                  <RequestState r={r} />
                  <b>{t(`requests.kind.${r.kind}`)}</b>
                  <span>{r.text}</span>
                  {r.answer ? (
                    <span className="quiet">
                      {t('mine.answered', { date: day(r.answered_at) })}
                      {r.answer}
                    </span>
                  ) : null}
                </li>
              ))}
            </ul>
          ) : (
            <p className="quiet">{t('mine.noRequests')}</p>
          )
        }
      </Await>
    </Card>
  )
}

function Leaving({ me, onOpen }: { me: MyFile; onOpen: (what: 'resign' | 'back') => void }) {
  const { t } = useSay()
  if (me.status === 'left') return null
  const leaving = me.status === 'resigning'
  return (
    <Card title={t('mine.leaving')}>
      {leaving ? (
        <>
          <p>{unbroken(t('mine.leavingOn', { date: me.last_day ?? '—' }))}</p>
          <p className="quiet">{t('mine.leavingRights')}</p>
          <p>
            {t('mine.leavingFrozen')} <Link to="/my-access">{t('nav.myAccess')}</Link>
          </p>
          <div className="row">
            <Link to="/handovers">
              <Button>{t('handover.mine')}</Button>
            </Link>
            <Button onClick={() => onOpen('back')}>{t('mine.takeBack')}</Button>
          </div>
        </>
      ) : (
        <>
          <p className="quiet">{unbroken(t('mine.resignHint', { days: me.notice_days, date: me.earliest_last_day }))}</p>
          <p className="more-left">
            <Button onClick={() => onOpen('resign')}>{t('mine.resign')}</Button>
          </p>
        </>
      )}
    </Card>
  )
}

const KINDS = ['correction', 'copy', 'deletion', 'explanation', 'objection'] as const

type Open = 'ask' | 'interest' | 'resign' | 'back' | null

export default function Mine() {
  const { t, label } = useSay()
  const [params, setParams] = useSearchParams()
  // Refusals and banners lead here with the kind already chosen.
  const wanted = KINDS.find((k) => k === params.get('ask'))
  const [open, setOpen] = useState<Open>(wanted ? 'ask' : null)
  const query = useQuery({ queryKey: ['mine', 'file'], queryFn: api.mine.file, retry: false })
  const me = query.data
  const must = needed(t('common.needed'))
  const close = () => {
    setOpen(null)
    if (wanted) setParams({}, { replace: true })
  }
  return (
    <Page
      title={t('mine.title')}
      lead={
        me ? (
          <span className="chips">
            <Mark>{me.name}</Mark>
            <Mark tone={statusTone(me.status)}>{label('employment', me.status)}</Mark>
            {me.last_day ? <Mark tone="medium">{t('life.lastDayChip', { date: me.last_day })}</Mark> : null}
            {me.unacknowledged && me.status !== 'left' ? <Mark tone="medium">{t('mine.toSign', { count: me.unacknowledged })}</Mark> : null}
          </span>
        ) : undefined
      }
    >
      <Await query={query} rows={8}>
        {(data) => (
          <div className="stack">
            {data.status === 'left' ? <div className="notice">{t('mine.former')}</div> : <MyPolicies />}
            {data.status === 'active' ? null : <MyCertificate number={data.number} />}
            <File me={data} onAsk={() => setOpen('ask')} />
            <Card title={t('people.interests')} note={data.status === 'left' ? undefined : t('mine.interestsNote')} extra={data.status === 'left' ? null : <Button onClick={() => setOpen('interest')}>{t('mine.declare')}</Button>}>
              {data.interests.length ? (
                <ul className="bullets">
                  {data.interests.map((i) => (
                    <li key={i.record}>
                      {i.name ?? i.company} — {i.relation} <time className="quiet">{day(i.at)}</time>
                    </li>
                  ))}
                </ul>
              ) : (
                <p className="quiet">{t('mine.noInterests')}</p>
              )}
            </Card>
            <MyAssets number={data.number} />
            <MySnapshots number={data.number} />
            <Requests onAsk={() => setOpen('ask')} />
            <Holdings />
            <Leaving me={data} onOpen={setOpen} />
          </div>
        )}
      </Await>
      {open === 'ask' ? (
        <Dialog
          title={t('mine.ask')}
          lead={t('mine.askLead')}
          ok={t('mine.send')}
          onClose={close}
          initial={{ kind: wanted ?? 'correction' }}
          send={(v: { kind: (typeof KINDS)[number]; text: string }) => api.mine.ask(v)}
        >
          <Form.Item name="kind" label={t('requests.what')}>
            <Select options={KINDS.map((value) => ({ value, label: t(`requests.kind.${value}`) }))} />
          </Form.Item>
          <Form.Item name="text" label={t('mine.askText')} rules={must}>
            <Input.TextArea rows={4} maxLength={2000} />
          </Form.Item>
        </Dialog>
      ) : null}
      {open === 'interest' ? <Interest title={t('mine.declare')} ok={t('mine.declare')} onClose={close} send={(v) => api.mine.declare(v)} /> : null}
      {open === 'resign' && me ? (
        <Dialog
          title={t('mine.resign')}
          lead={t('mine.resignLead', { days: me.notice_days, date: me.earliest_last_day })}
          ok={t('mine.resignDo')}
          onClose={close}
          initial={{ last_day: me.earliest_last_day }}
          send={(v: { last_day?: string; reason?: string }) => api.mine.resign({ last_day: v.last_day || undefined, reason: v.reason })}
        >
          <Form.Item name="last_day" label={t('life.lastDay')}>
            <Day min={me.earliest_last_day} />
          </Form.Item>
          <Form.Item name="reason" label={t('mine.reasonOptional')}>
            <Input.TextArea rows={2} />
          </Form.Item>
        </Dialog>
      ) : null}
      {open === 'back' ? (
        <Dialog title={t('mine.takeBack')} lead={t('mine.takeBackLead')} ok={t('mine.takeBack')} onClose={close} send={(v: { reason: string }) => api.mine.takeBack(v.reason)}>
          <Form.Item name="reason" label={t('common.reason')} rules={must}>
            <Input.TextArea rows={2} />
          </Form.Item>
        </Dialog>
      ) : null}
    </Page>
  )
}
