// 扣款登记: what was noted as taken from the last wage, and what of it was withdrawn, why, by whom and when.
import { useState } from 'react'
import { Button, Radio } from 'antd'
import { useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Handover } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { day, minute } from '../../ui/format.ts'
import { Mark } from '../../ui/page.tsx'
import { Ask } from './ask.tsx'

export function Deductions({ data }: { data: Handover }) {
  const { t } = useSay()
  const queries = useQueryClient()
  const [wrong, setWrong] = useState<string | null>(null)
  // Nothing is chosen beforehand: whether a wage was cut decides what is owed and what the month still bears.
  const [taken, setTaken] = useState<boolean>()
  const ask = (record: string | null) => {
    setWrong(record)
    setTaken(undefined)
  }
  if (data.deductions.length === 0) return null
  return (
    <>
      <h3 className="sub">{t('handover.docks')}</h3>
      {data.deductions.map((d) => (
        <div className="duty deduction" key={d.record}>
          <div className="spread">
            {d.withdrawn ? <del>{d.text}</del> : <span>{d.text}</span>}
            {d.withdrawn ? <Mark>{t('handover.dockWithdrawn')}</Mark> : null}
          </div>
          <p>{[minute(d.at), d.by].join(' · ')}</p>
          {d.withdrawn ? <p>{t('handover.dockWithdrawnBy', { name: d.withdrawn.by, date: day(d.withdrawn.at), reason: d.withdrawn.reason })}</p> : null}
          {d.withdrawn?.taken ? <p>{t('handover.dockOwed')}</p> : null}
          {data.may.withdraw && !d.withdrawn ? (
            <Button size="small" onClick={() => ask(d.record)}>
              {t('handover.dockWithdraw')}
            </Button>
          ) : null}
        </div>
      ))}
      {wrong ? (
        <Ask
          title={t('handover.dockWithdraw')}
          note={t('handover.dockWithdrawNote')}
          label={t('handover.dockWithdrawWhy')}
          ok={t('handover.dockWithdraw')}
          ready={taken !== undefined}
          act={(reason) => api.handovers.withdrawDeduction(data.id, wrong, { reason, taken: taken ?? false })}
          onDone={() => void queries.invalidateQueries({ queryKey: ['handovers'] })}
          onClose={() => ask(null)}
        >
          <div className="asked">
            {t('handover.dockTaken')}
            <Radio.Group
              vertical
              aria-label={t('handover.dockTaken')}
              value={taken}
              onChange={(e) => setTaken(e.target.value as boolean)}
              options={[
                { value: false, label: t('handover.dockTakenNo') },
                { value: true, label: t('handover.dockTakenYes') },
              ]}
            />
          </div>
        </Ask>
      ) : null}
    </>
  )
}
