// Policies to read and acknowledge: the text first, then one button that says what it means.
import { useState } from 'react'
import { Button, Checkbox } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { MyPolicy } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'
import { day } from '../../ui/format.ts'
import { Await, Card, Mark } from '../../ui/page.tsx'
import { Clauses } from '../policies/policy.tsx'

function One({ p }: { p: MyPolicy }) {
  const { t } = useSay()
  const queries = useQueryClient()
  const [open, setOpen] = useState(false)
  const [read, setRead] = useState(false)
  const sign = useMutation({
    mutationFn: () => api.mine.acknowledge(p.id, p.version),
    onSuccess: () => {
      setOpen(false)
      void queries.invalidateQueries({ queryKey: ['mine'] })
    },
  })
  return (
    <li>
      {p.signed_at ? <Mark tone="good">{t('mine.signedOn', { date: day(p.signed_at) })}</Mark> : <Mark tone="medium">{t(p.signed_before ? 'mine.signAnew' : 'mine.signThis')}</Mark>}
      <b>{p.title}</b>
      <span className="quiet">{t('people.version', { version: p.version })}</span>
      {p.effective_on ? <span className="quiet">{t('policies.since', { date: p.effective_on })}</span> : null}
      <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t(open ? 'mine.fold' : p.signed_at ? 'mine.readAgain' : 'mine.read')}
      </Button>
      {open ? (
        <div style={{ flexBasis: '100%' }}>
          <div className="policy-text">{p.text}</div>
          <Clauses clauses={p.clauses} />
          {p.signed_at ? null : (
            <>
              <FormProblem error={sign.error} />
              <p>
                <Checkbox checked={read} onChange={(e) => setRead(e.target.checked)}>
                  {t('mine.haveRead')}
                </Checkbox>
              </p>
              <Button type="primary" disabled={!read} loading={sign.isPending} onClick={() => sign.mutate()}>
                {t('mine.sign')}
              </Button>
            </>
          )}
        </div>
      ) : null}
    </li>
  )
}

export function MyPolicies() {
  const { t } = useSay()
  const list = useQuery({ queryKey: ['mine', 'policies'], queryFn: api.mine.policies })
  return (
    <Card title={t('policies.title')} note={t('mine.policiesNote')}>
      <Await query={list} rows={2}>
        {(page) =>
          page.items.length ? (
            <ul className="others">
              {page.items.map((p) => (
                <One key={`${p.id} ${p.version}`} p={p} />
              ))}
            </ul>
          ) : (
            <p className="quiet">{t('mine.noPolicies')}</p>
          )
        }
      </Await>
    </Card>
  )
}
