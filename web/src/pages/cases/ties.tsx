// Who is kept out of a case and which managers may read it; keeping somebody out; noting that the employee was told.
import { useState } from 'react'
import { Button, Input, Select } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { api } from '../../api/index.ts'
import type { CaseDetail } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay, useSession } from '../../session.tsx'
import { FormProblem } from '../../ui/act.tsx'
import { day } from '../../ui/format.ts'
import { Card, Mark } from '../../ui/page.tsx'
import { Pick } from '../../ui/pick.tsx'
import { findPeople } from '../people/life-acts.tsx'

export function Ties({ data }: { data: CaseDetail }) {
  const { t, label } = useSay()
  const may = useMay()
  const queries = useQueryClient()
  const go = useNavigate()
  const own = useSession().data?.user?.employee
  const [doing, setDoing] = useState<'recuse' | 'tell' | null>(null)
  const [who, setWho] = useState<{ number: string; name: string }>()
  const [why, setWhy] = useState<string>()
  const [text, setText] = useState('')
  const act = useMutation({
    mutationFn: () =>
      doing === 'tell' ? api.cases.tell(data.id, text) : api.cases.recuse(data.id, { employee: who?.number ?? '', why: why ?? '', reason: text }),
    onSuccess: () => {
      // Whoever keeps themselves out may not read on.
      if (doing === 'recuse' && own && who?.number === own) {
        queries.removeQueries({ queryKey: ['case', data.id] })
        return go('/cases')
      }
      setDoing(null)
      setText('')
      setWho(undefined)
      setWhy(undefined)
      return queries.invalidateQueries({ queryKey: ['case', data.id] })
    },
  })
  const mayAct = may('cases.act') && data.status === 'open'
  return (
    <Card title={t('cases.ties')} note={t('cases.tiesNote')}>
      {data.ties.length ? (
        <ul className="bullets">
          {data.ties.map((tie) => (
            <li key={tie.employee}>
              {tie.name ?? tie.employee} <span className="quiet">{tie.employee}</span> <Mark tone={tie.barred ? 'high' : 'medium'}>{label('tie', tie.kind)}</Mark>
            </li>
          ))}
        </ul>
      ) : (
        <p className="quiet">{t('cases.noTies')}</p>
      )}
      <p className="quiet">{data.told_at ? t('cases.toldAt', { date: day(data.told_at) }) : t('cases.notTold')}</p>
      {mayAct && doing === null ? (
        <div className="row">
          <Button size="small" onClick={() => setDoing('recuse')}>
            {t('cases.recuse')}
          </Button>
          {data.told_at ? null : (
            <Button size="small" onClick={() => setDoing('tell')}>
              {t('cases.told')}
            </Button>
          )}
        </div>
      ) : null}
      {doing ? (
        <>
          {doing === 'recuse' ? (
            <div className="row" style={{ margin: '10px 0 8px' }}>
              <Pick
                value={who?.number}
                shown={who?.name}
                label={t('cases.recuseWho')}
                width={190}
                queryKey={['employees', 'pick']}
                find={findPeople}
                onChange={(number, name) => setWho(number ? { number, name: name ?? number } : undefined)}
              />
              <Select
                value={why}
                onChange={setWhy}
                placeholder={t('cases.recuseWhy')}
                aria-label={t('cases.recuseWhy')}
                style={{ width: 110 }}
                options={['relative', 'implicated'].map((w) => ({ value: w, label: label('tieWhy', w) }))}
              />
            </div>
          ) : null}
          <Input.TextArea
            value={text}
            rows={2}
            maxLength={2000}
            onChange={(e) => setText(e.target.value)}
            placeholder={doing === 'tell' ? t('cases.toldHow') : t('cases.recuseReason')}
            aria-label={doing === 'tell' ? t('cases.toldHow') : t('cases.recuseReason')}
          />
          {doing === 'recuse' && who ? <p className="quiet">{t('cases.recuseMeans', { name: who.name, employee: data.employee_name ?? data.employee })}</p> : null}
          <div className="row" style={{ marginTop: 8 }}>
            <Button type="primary" size="small" loading={act.isPending} disabled={text.trim().length < 2 || (doing === 'recuse' && !(who && why))} onClick={() => act.mutate()}>
              {t('common.save')}
            </Button>
            <Button size="small" onClick={() => setDoing(null)}>
              {t('common.cancel')}
            </Button>
          </div>
          <FormProblem error={act.error} />
        </>
      ) : null}
    </Card>
  )
}
