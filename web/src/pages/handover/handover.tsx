// One handover: the bar and the nodes above, the list in the middle, the law's own track and the history beside it.
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { Button } from 'antd'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Handover } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { day, minute } from '../../ui/format.ts'
import { Await, Card, Mark, Page } from '../../ui/page.tsx'
import { Ask } from './ask.tsx'
import { Bar } from './bar.tsx'
import { Findings, Moves, Notices } from './findings.tsx'
import { Items } from './items.tsx'
import { LawTrack } from './law.tsx'
import { Papers } from './papers.tsx'
import { Thing } from './thing.tsx'
import './handover.css'

function Nodes({ data }: { data: Handover }) {
  const { t, label } = useSay()
  return (
    <div className="nodes">
      {data.nodes.map((n) => {
        const complete = n.progress.all > 0 && n.progress.done === n.progress.all
        const current = !complete && n.waits_for.length === 0
        return (
          <div key={n.id} className={complete ? 'complete' : current ? 'current' : undefined}>
            <b>{n.name}</b>
            <span>
              {n.progress.done}/{n.progress.all}
              {n.due ? ` · ${t('handover.due')} ${day(n.due)}` : ''}
            </span>
            <br />
            <span>
              {n.waits_for.length
                ? t('handover.waitsFor', { names: n.waits_for.join(t('common.listComma')) })
                : t('handover.nodeBy', { who: label('handoverRole', n.who), reviewers: n.reviewers.map((r) => label('handoverRole', r)).join(' → ') })}
            </span>
          </div>
        )
      })}
    </div>
  )
}

function Objections({ data }: { data: Handover }) {
  const { t } = useSay()
  const queries = useQueryClient()
  const [asking, setAsking] = useState<string | null>(null)
  const refresh = () => void queries.invalidateQueries({ queryKey: ['handovers'] })
  return (
    <Card
      title={t('handover.objections')}
      note={t('handover.objectionsNote')}
      extra={
        data.may.object ? (
          <Button size="small" onClick={() => setAsking('object')}>
            {t('handover.object')}
          </Button>
        ) : undefined
      }
    >
      {data.objections.length ? (
        data.objections.map((o) => (
          <div className="objection" key={o.id}>
            {o.text}
            <p>
              {minute(o.at)}
              {o.item ? ` · ${data.items.find((i) => i.id === o.item)?.name ?? ''}` : ''}
            </p>
            {o.answer ? (
              <div className="notice">
                <p>
                  {o.answer} <span className="quiet">{t('handover.answered', { name: o.answered_by ?? '' })}</span>
                </p>
              </div>
            ) : data.may.conduct || data.may.arrange ? (
              <Button size="small" onClick={() => setAsking(o.id)}>
                {t('handover.answer')}
              </Button>
            ) : null}
          </div>
        ))
      ) : (
        <p className="quiet">{t('handover.noObjections')}</p>
      )}
      {asking ? (
        <Ask
          title={asking === 'object' ? t('handover.object') : t('handover.answer')}
          label={asking === 'object' ? t('handover.objectHint') : t('handover.answer')}
          ok={asking === 'object' ? t('handover.object') : t('handover.answer')}
          act={(text) => (asking === 'object' ? api.handovers.object(data.id, text) : api.handovers.answer(data.id, asking, text))}
          onDone={refresh}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </Card>
  )
}

function History({ data }: { data: Handover }) {
  const { t, label, actor } = useSay()
  const [all, setAll] = useState(false)
  const shown = all ? data.events : data.events.slice(0, 12)
  return (
    <Card title={t('handover.history')}>
      {shown.map((e) => (
        <div className="event" key={e.record}>
          <b>{label('handoverEvent', e.kind)}</b> <time>{minute(e.at)}</time>
          <p>
            {[actor(e.actor), e.item ? data.items.find((i) => i.id === e.item)?.name : null, e.text].filter(Boolean).join(' · ')}
          </p>
        </div>
      ))}
      {data.events.length > shown.length ? (
        <Button type="text" onClick={() => setAll(true)}>
          {t('common.more')}
        </Button>
      ) : null}
    </Card>
  )
}

/** So many of the things to do stand at the top; the list below holds all of them. */
const FIRST = 6

function Body({ data }: { data: Handover }) {
  const { t, label } = useSay()
  const [open, setOpen] = useState<string | null>(null)
  const thing = data.items.find((i) => i.id === open)
  const mine = data.items.filter((i) => i.may_submit || i.may_review)
  return (
    <>
      <div className="handover-bar">
        <Bar large progress={data.progress} />
        <Nodes data={data} />
      </div>
      <div className="handover">
        <div>
          {data.status !== 'closed' ? (
            <Card title={mine.length ? `${t('handover.todo')} ${mine.length}` : t('handover.todo')}>
              {mine.length ? (
                <>
                  <ul className="handover-todo">
                    {mine.slice(0, FIRST).map((i) => (
                      <li key={i.id}>
                        <Mark tone={i.overdue || i.status === 'returned' ? 'high' : undefined}>
                          {i.status === 'returned' ? label('handoverItem', i.status) : i.may_submit ? t('handover.submit') : t('handover.review')}
                        </Mark>
                        <button type="button" className="open-thing" onClick={() => setOpen(i.id)}>
                          {i.name}
                        </button>
                        <span className="quiet">{day(i.due)}</span>
                      </li>
                    ))}
                  </ul>
                  {mine.length > FIRST ? <p className="quiet">{t('handover.todoMore', { count: mine.length - FIRST })}</p> : null}
                </>
              ) : (
                <p className="quiet">{t('handover.todoNone')}</p>
              )}
            </Card>
          ) : null}
          <Items data={data} onOpen={(i) => setOpen(i.id)} />
          {data.may.whole && !data.may.object ? <Findings data={data} /> : null}
          {data.may.whole ? <Moves data={data} /> : null}
          <Notices data={data} />
        </div>
        {data.may.whole ? (
          <div>
            <LawTrack data={data} />
            <Papers data={data} />
            <Objections data={data} />
            <History data={data} />
          </div>
        ) : null}
      </div>
      {thing ? <Thing key={`${thing.id} ${thing.revision}`} data={data} thing={thing} onClose={() => setOpen(null)} /> : null}
    </>
  )
}

/** Saves what was fetched as a file. */
const keep = (file: Blob, name: string) => {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

export default function HandoverPage() {
  const { t, label } = useSay()
  const { id = '' } = useParams()
  const queries = useQueryClient()
  const may = useMay()
  const [closing, setClosing] = useState(false)
  const [exporting, setExporting] = useState(false)
  const query = useQuery({
    queryKey: ['handovers', 'one', id],
    queryFn: () => api.handovers.read(id),
    // Customers under way: the page shows each result as it comes.
    refetchInterval: ({ state }) => (state.data?.moves.some((m) => m.status === 'running' || m.status === 'undoing') ? 1000 : false),
  })
  const data = query.data
  return (
    <Page
      title={data ? (data.own ? t('handover.mine') : `${data.employee_name ?? data.employee} · ${t('handover.one')}`) : t('handover.one')}
      crumbs={[{ to: '/handovers', text: t('handover.title') }]}
      lead={
        data ? (
          <>
            <span className="row">
              <Mark tone={data.status === 'running' ? 'low' : data.status === 'signed_off' ? 'good' : undefined}>{label('handoverStatus', data.status)}</Mark>
              <Mark>{data.number}</Mark>
              <Mark>{label('handoverKind', data.kind)}</Mark>
              {data.last_day ? (
                <Mark>
                  {t('handover.lastDay')} {day(data.last_day)}
                </Mark>
              ) : null}
              {data.submitted_on ? (
                <span>
                  {t('handover.submittedOn')} {day(data.submitted_on)}
                </span>
              ) : null}
              {data.manager_name ? (
                <span>
                  {t('handover.manager')} {data.manager_name}
                </span>
              ) : null}
              <span>{data.process_version ? t('handover.version', { version: data.process_version }) : t('handover.shipped')}</span>
              {data.signed_at ? <span>{t('handover.signed', { date: day(data.signed_at) })}</span> : null}
              {data.closed_at ? (
                <span>
                  {t('handover.closed', { date: day(data.closed_at) })} {data.closed_reason}
                </span>
              ) : null}
            </span>
            {data.own ? <p>{t('handover.leaverLead')}</p> : null}
          </>
        ) : undefined
      }
      actions={
        data ? (
          <>
            {!data.own && may('people.see@team') ? (
              <Link to={`/employees/${encodeURIComponent(data.employee)}`}>
                <Button>{t('handover.toFile')}</Button>
              </Link>
            ) : null}
            {!data.own && may('handovers.export') ? <Button onClick={() => setExporting(true)}>{t('handover.export')}</Button> : null}
            {data.may.conduct && data.status !== 'closed' ? <Button onClick={() => setClosing(true)}>{t('handover.close')}</Button> : null}
          </>
        ) : null
      }
    >
      <Await query={query} rows={12}>
        {(d) => <Body data={d} />}
      </Await>
      {exporting && data ? (
        <Ask
          title={t('handover.export')}
          note={t('handover.exportNote')}
          label={t('handover.exportWhy')}
          ok={t('handover.export')}
          act={async (reason) => keep(await api.handovers.package(data.id, reason), `probity-handover-${data.number.replace(/[^\d-]/g, '')}.zip`)}
          onDone={() => void queries.invalidateQueries({ queryKey: ['handovers'] })}
          onClose={() => setExporting(false)}
        />
      ) : null}
      {closing && data ? (
        <Ask
          title={t('handover.close')}
          note={data.status === 'signed_off' ? t('handover.closeSigned') : t('handover.closeNote')}
          label={t('common.reason')}
          optional={data.status === 'signed_off'}
          ok={t('handover.close')}
          act={(reason) => api.handovers.close(data.id, reason)}
          onDone={() => void queries.invalidateQueries({ queryKey: ['handovers'] })}
          onClose={() => setClosing(false)}
        />
      ) : null}
    </Page>
  )
}
