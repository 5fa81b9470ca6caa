// What limits one's own work, why and until when, and the appeal against it; and who opened one's own data.
import { useState } from 'react'
import { Link } from 'react-router'
import { Button, Input } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { OwnAccess, Restriction } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useSession } from '../../session.tsx'
import { FormProblem } from '../../ui/act.tsx'
import { day, minute } from '../../ui/format.ts'
import { Await, Card, Empty, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { Table, type Column } from '../../ui/table.tsx'
import { Appeals, Limits, Rule, State } from './parts.tsx'
import './restrictions.css'

function Appeal({ of }: { of: Restriction }) {
  const { t } = useSay()
  const queries = useQueryClient()
  const [text, setText] = useState('')
  const send = useMutation({
    mutationFn: () => api.me.appeal(of.id, text),
    onSuccess: async () => {
      setText('')
      await queries.invalidateQueries({ queryKey: ['mine', 'restrictions'] })
    },
  })
  if (of.appeals.some((a) => !a.answered_at)) return <p className="quiet">{t('restrict.appealOpen')}</p>
  return (
    <>
      <Input.TextArea value={text} rows={3} maxLength={2000} onChange={(e) => setText(e.target.value)} placeholder={t('restrict.appealHint')} aria-label={t('restrict.appeal')} />
      <div className="row" style={{ marginTop: 8 }}>
        <Button type="primary" disabled={text.trim().length < 2} loading={send.isPending} onClick={() => send.mutate()}>
          {t('restrict.sendAppeal')}
        </Button>
      </div>
      <FormProblem error={send.error} />
    </>
  )
}

export function OwnRestrictions() {
  const { t, actor } = useSay()
  const list = useQuery({ queryKey: ['mine', 'restrictions'], queryFn: api.me.restrictions })
  return (
    <Card title={t('restrict.mine')} note={t('restrict.mineNote')}>
      <Await query={list} rows={2}>
        {(page) =>
          page.items.length ? (
            page.items.map((r) => (
              <section key={r.id} className="own-restriction">
                <p>
                  <State status={r.status} />{' '}
                  <b>
                    <Limits of={r} />
                  </b>{' '}
                  {day(r.from)} – {r.last_day}
                </p>
                <p>{r.reason}</p>
                <p className="quiet">
                  <Rule rule={r.rule} /> · {t('restrict.decidedBy', { name: actor(r.decided_by) })}
                </p>
                <Appeals of={r} />
                <Appeal of={r} />
              </section>
            ))
          ) : (
            <p className="quiet">{t('restrict.noneMine')}</p>
          )
        }
      </Await>
    </Card>
  )
}

export function OwnAccesses() {
  const { t, label, actor } = useSay()
  const list = usePages(['mine', 'accesses'], (cursor) => api.me.accesses({ cursor, limit: 50 }))
  const columns: Column<OwnAccess>[] = [
    { key: 'at', width: 150, title: t('looks.at'), label: false, render: (a) => <time dateTime={a.at}>{minute(a.at)}</time> },
    { key: 'by', title: t('looks.by'), render: (a) => actor(a.by) },
    { key: 'what', title: t('looks.what'), render: (a) => label('ownAccess', a.what) },
    { key: 'times', title: t('looks.times'), num: true, width: 80, render: (a) => a.times },
    { key: 'reason', title: t('looks.reason'), render: (a) => a.reason ?? '—' },
  ]
  return (
    <Card flush title={t('looks.mine')} note={t('looks.mineNote')}>
      <Paged query={list}>
        {(rows) =>
          rows.length ? (
            <Table rows={rows} columns={columns} rowKey={(a) => `${a.at} ${a.by} ${a.what}`} caption={t('looks.mine')} />
          ) : (
            <Empty title={t('looks.noneMine')} />
          )
        }
      </Paged>
    </Card>
  )
}

export default function MyAccess() {
  const { t, label } = useSay()
  const standing = useSession().data?.standing ?? 'active'
  return (
    <Page title={t('nav.myAccess')} lead={t('restrict.myLead')}>
      <div className="stack">
        {standing === 'active' ? null : (
          <div className="notice warn">
            <p>
              <b>{label('standing', standing)}</b> {t(`restrict.standing.${standing}`)}
            </p>
            {standing === 'resigning' ? (
              <p>
                <Link to="/mine?ask=objection">{t('common.objectToFreeze')}</Link>
              </p>
            ) : null}
          </div>
        )}
        <OwnRestrictions />
        <OwnAccesses />
      </div>
    </Page>
  )
}
