// A role that gains case access and waits for a second person; on the page of roles and beside the users' changes.
import { useState } from 'react'
import { Button, Input } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { RoleView } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'
import { minute } from '../../ui/format.ts'
import { Differences } from './differences.tsx'

/** A change of a role that waits: what it gives, and agreeing to it or not. */
export function WaitingRole({ id, waiting }: { id: string; waiting: NonNullable<RoleView['waiting']> }) {
  const { t } = useSay()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const decide = useMutation({
    mutationFn: (agree: boolean) => api.roles.decide(id, { version: waiting.version, agree, reason }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['roles'] }),
  })
  return (
    <div className="notice warn">
      <p>
        <b>{t('roles.waitingFor', { name: waiting.by ?? '—', date: minute(waiting.at) })}</b> {waiting.reason}
      </p>
      <Differences list={waiting.differences} />
      {waiting.may_decide ? (
        <>
          <Input value={reason} onChange={(e) => setReason(e.target.value)} placeholder={t('roles.reason')} aria-label={t('roles.reason')} maxLength={500} />
          <div className="row" style={{ marginTop: 8 }}>
            <Button type="primary" size="small" disabled={reason.trim().length < 2} loading={decide.isPending} onClick={() => decide.mutate(true)}>
              {t('roles.agree')}
            </Button>
            <Button size="small" disabled={reason.trim().length < 2} loading={decide.isPending} onClick={() => decide.mutate(false)}>
              {t('roles.refuse')}
            </Button>
          </div>
        </>
      ) : (
        <p className="quiet">{t('roles.waitingHint')}</p>
      )}
      <FormProblem error={decide.error} />
    </div>
  )
}
