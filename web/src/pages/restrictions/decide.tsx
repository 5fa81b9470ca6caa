// Deciding on a restriction, lifting it, answering an appeal: each with the words that go on record.
import { useState } from 'react'
import { Checkbox, Input, Modal } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Restriction } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'
import { PreviewFacts } from './propose.tsx'
import { Appeals, Limits, Rule } from './parts.tsx'
import './restrictions.css'

export type Deed = 'approve' | 'refuse' | 'lift' | 'keep' | 'yield'

export function Decide({ of, deed, onClose }: { of: Restriction; deed: Deed; onClose: () => void }) {
  const { t } = useSay()
  const queries = useQueryClient()
  const [text, setText] = useState('')
  const [read, setRead] = useState<string[]>([])
  const warnings = deed === 'approve' ? (of.preview?.warnings ?? []) : []
  const act = useMutation({
    mutationFn: () => {
      switch (deed) {
        case 'approve':
        case 'refuse':
          return api.restrictions.decide(of.id, { approve: deed === 'approve', reason: text, acknowledged: read })
        case 'lift':
          return api.restrictions.lift(of.id, text)
        default:
          return api.restrictions.answer(of.id, { lift: deed === 'yield', text })
      }
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['restrictions'] })
      onClose()
    },
  })
  const unread = warnings.some((w) => !read.includes(w.code))
  return (
    <Modal
      open
      title={t(`restrict.deed.${deed}`)}
      okText={t(`restrict.deed.${deed}`)}
      onCancel={onClose}
      onOk={() => act.mutate()}
      okButtonProps={{ loading: act.isPending, danger: deed === 'approve', disabled: text.trim().length < 2 || unread }}
    >
      <div className="deed">
        <p>
          <b>
            {of.employee_name} {of.employee}
          </b>
          {t('common.colon')}
          <Limits of={of} />
        </p>
        <p>
          <Rule rule={of.rule} />
        </p>
        <p>{of.reason}</p>
        {deed === 'approve' && of.preview ? <PreviewFacts preview={of.preview} /> : null}
        {warnings.map((w) => (
          <p key={w.code}>
            <Checkbox checked={read.includes(w.code)} onChange={(e) => setRead(e.target.checked ? [...read, w.code] : read.filter((c) => c !== w.code))}>
              {w.text}
            </Checkbox>
          </p>
        ))}
        <Appeals of={of} />
        <Input.TextArea value={text} rows={3} maxLength={2000} onChange={(e) => setText(e.target.value)} placeholder={t('restrict.words')} aria-label={t('restrict.words')} />
        <FormProblem error={act.error} />
      </div>
    </Modal>
  )
}
