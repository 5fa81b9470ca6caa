// One act on all the rows that were chosen; each row has its own answer.
import { useState } from 'react'
import { Input, Modal } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Handover, HandoverThing } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'
import { Mark } from '../../ui/page.tsx'

export type ManyAct = 'submit' | 'accept' | 'return' | 'waive'

const fits: Record<ManyAct, (thing: HandoverThing, data: Handover) => boolean> = {
  submit: (i) => i.may_submit && !i.must_upload,
  accept: (i) => i.may_review,
  return: (i) => i.may_review,
  waive: (i, data) => data.may.conduct && data.status !== 'closed' && i.status !== 'accepted' && i.status !== 'waived',
}

const of = (data: Handover, chosen: string[], act: ManyAct) => data.items.filter((i) => chosen.includes(i.id) && fits[act](i, data))

/** Which acts the chosen rows allow, and for how many of them. */
export const manyOf = (data: Handover, chosen: string[]): [ManyAct, number][] =>
  (Object.keys(fits) as ManyAct[]).map((act): [ManyAct, number] => [act, of(data, chosen, act).length]).filter(([, n]) => n > 0)

export function Many({ data, act, chosen, onClose, onDone }: { data: Handover; act: ManyAct; chosen: string[]; onClose: () => void; onDone: () => void }) {
  const { t } = useSay()
  const queries = useQueryClient()
  const [words, setWords] = useState('')
  // What was asked for: the rows change under the window once they are done.
  const [rows] = useState(() => of(data, chosen, act))
  const run = useMutation({
    mutationFn: () => api.handovers.actMany(data.id, { act, words: words.trim(), items: rows.map((i) => ({ item: i.id, revision: i.revision })) }),
    onSuccess: ({ items }) => {
      void queries.invalidateQueries({ queryKey: ['handovers'] })
      onDone()
      if (items.every((r) => r.done)) onClose()
    },
  })
  const refused = run.data?.items.filter((r) => !r.done) ?? []
  return (
    <Modal
      open
      title={t(`handover.many_${act}`, { count: rows.length })}
      okText={run.data ? t('common.close') : t(`handover.many_${act}`, { count: rows.length })}
      okButtonProps={{ loading: run.isPending, disabled: !run.data && act !== 'accept' && words.trim().length < 2 }}
      onOk={() => (run.data ? onClose() : run.mutate())}
      onCancel={onClose}
    >
      <FormProblem error={run.error} />
      {run.data ? (
        <>
          <p>{t('handover.manyDone', { done: run.data.items.length - refused.length, all: run.data.items.length })}</p>
          <ul className="bullets">
            {refused.map((r) => (
              <li key={r.item}>
                {rows.find((i) => i.id === r.item)?.name ?? r.item} <Mark tone="high">{r.detail}</Mark>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <>
          <p className="quiet">{t('handover.manyNote')}</p>
          <label className="asked">
            {act === 'submit' ? t('handover.manyWords') : t('common.reason')}
            {act === 'accept' ? t('handover.optional') : null}
            <Input.TextArea rows={3} value={words} onChange={(e) => setWords(e.target.value)} autoFocus />
          </label>
        </>
      )}
    </Modal>
  )
}
