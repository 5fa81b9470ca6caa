// A small form in a window: a reason or a few lines, with the server's refusal inside it.
import { useState, type ReactNode } from 'react'
import { Input, Modal } from 'antd'
import { useMutation } from '@tanstack/react-query'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'

export function Ask({
  title,
  note,
  label,
  ok,
  start = '',
  optional,
  ready = true,
  children,
  act,
  onDone,
  onClose,
}: {
  title: string
  note?: string
  label: string
  ok: string
  start?: string
  optional?: boolean
  /** What stands beside the lines is answered. */
  ready?: boolean
  children?: ReactNode
  act: (text: string) => Promise<unknown>
  onDone: () => void
  onClose: () => void
}) {
  const { t } = useSay()
  const [text, setText] = useState(start)
  const run = useMutation({
    mutationFn: () => act(text.trim()),
    onSuccess: () => {
      onDone()
      onClose()
    },
  })
  return (
    <Modal
      open
      title={title}
      okText={ok}
      okButtonProps={{ loading: run.isPending, disabled: !ready || (!optional && !text.trim()) }}
      onOk={() => run.mutate()}
      onCancel={onClose}
    >
      <FormProblem error={run.error} />
      {note ? <p className="quiet">{note}</p> : null}
      {children}
      <label className="asked">
        {label}
        {optional ? t('handover.optional') : null}
        <Input.TextArea rows={3} value={text} onChange={(e) => setText(e.target.value)} autoFocus />
      </label>
    </Modal>
  )
}
