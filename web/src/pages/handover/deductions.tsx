// 扣款登记: what was noted as taken from the last wage, and what of it was withdrawn, why, by whom and when.
import { useState } from 'react'
import { Button } from 'antd'
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
          {data.may.withdraw && !d.withdrawn ? (
            <Button size="small" onClick={() => setWrong(d.record)}>
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
          act={(reason) => api.handovers.withdrawDeduction(data.id, wrong, reason)}
          onDone={() => void queries.invalidateQueries({ queryKey: ['handovers'] })}
          onClose={() => setWrong(null)}
        />
      ) : null}
    </>
  )
}
