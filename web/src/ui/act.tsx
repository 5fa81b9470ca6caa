// Things a person does: a button that says why it is disabled, a text to copy, a problem shown inside a form.
import { useState, type ReactNode } from 'react'
import { Button, type ButtonProps } from 'antd'
import { CheckOutlined, CopyOutlined } from '@ant-design/icons'
import { Problem } from '../api/http.ts'
import { useSay } from '../i18n/say.ts'
import { Because } from './because.tsx'
import { WayOn } from './way-on.tsx'

/** Disabled with a reason instead of hidden. */
export function Act({ because, ...rest }: ButtonProps & { because?: string | false | null }) {
  const button = <Button {...rest} disabled={Boolean(because) || rest.disabled} />
  if (!because) return button
  return (
    <Because reason={because} block={rest.block}>
      {button}
    </Because>
  )
}

export function Copy({ text, label }: { text: string; label?: string }) {
  const { t } = useSay()
  const [done, setDone] = useState(false)
  return (
    <Button
      size="small"
      icon={done ? <CheckOutlined /> : <CopyOutlined />}
      onClick={() => {
        void navigator.clipboard.writeText(text).then(() => {
          setDone(true)
          setTimeout(() => setDone(false), 1600)
        })
      }}
    >
      {done ? t('common.copied') : (label ?? t('common.copy'))}
    </Button>
  )
}

/** A refusal inside a form: the sentence, then each named field. */
export function FormProblem({ error }: { error: unknown }): ReactNode {
  const { t } = useSay()
  if (!error) return null
  const problem = error instanceof Problem ? error : null
  // What the sentence says already is not said again below it.
  const fields = problem?.body.errors?.filter((e) => e.detail !== problem.body.detail) ?? []
  return (
    <div role="alert" className="notice bad">
      <p>{problem?.body.detail ?? problem?.message ?? t('common.unreachable')}</p>
      <WayOn problem={problem} />
      {fields.length ? (
        <ul className="bullets warm">
          {fields.map((e, i) => (
            <li key={i}>
              {e.pointer ? <code>{e.pointer} </code> : null}
              {e.detail}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}
