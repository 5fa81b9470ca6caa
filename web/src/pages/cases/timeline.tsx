// What was done in a case, newest last, with a composer for notes and files.
import { useRef, useState } from 'react'
import { Button, Input } from 'antd'
import { PaperClipOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { CaseDetail } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { FormProblem } from '../../ui/act.tsx'
import { bytes, minute } from '../../ui/format.ts'
import { OpenFile } from './open-file.tsx'

export function Timeline({ data, onRecord }: { data: CaseDetail; onRecord: (id: string) => void }) {
  const { t, label, actor } = useSay()
  const may = useMay()
  const queries = useQueryClient()
  const [text, setText] = useState('')
  const [opening, setOpening] = useState<CaseDetail['files'][number] | null>(null)
  const file = useRef<HTMLInputElement>(null)
  const fresh = () => queries.invalidateQueries({ queryKey: ['case', data.id] })
  const note = useMutation({
    mutationFn: () => api.cases.addNote(data.id, text.trim()),
    onSuccess: () => {
      setText('')
      return fresh()
    },
  })
  const attach = useMutation({ mutationFn: (f: File) => api.cases.addFile(data.id, f), onSuccess: fresh })
  const mayWrite = may('cases.act') && data.status === 'open'
  return (
    <>
      <ol className="events">
        {data.events.map((e, i) => (
          <li key={i}>
            <div className="events-head">
              <b>{label('caseEvent', e.kind)}</b>
              <time dateTime={e.at}>{minute(e.at)}</time>
            </div>
            <span className="quiet">{actor(e.by)}</span>
            {e.text ? <p>{e.text}</p> : null}
            {e.record ? (
              <button type="button" className="as-link events-record" onClick={() => onRecord(e.record ?? '')}>
                {t('drawer.title', { index: e.record.replace('rec_', '') })}
              </button>
            ) : null}
          </li>
        ))}
      </ol>
      {data.files.length ? (
        <>
          <h3 className="sub">{t('cases.files')}</h3>
          <ul className="bullets">
            {data.files.map((f) => (
              <li key={f.sha256}>
                {may('content.open') && data.status === 'open' ? (
                  <button type="button" className="as-link" onClick={() => setOpening(f)}>
                    {f.name}
                  </button>
                ) : (
                  f.name
                )}{' '}
                <span className="quiet">
                  {bytes(f.size)} · {f.added_by}
                </span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {opening ? <OpenFile caseId={data.id} file={opening} onClose={() => setOpening(null)} /> : null}
      {mayWrite ? (
        <div className="composer">
          <FormProblem error={note.error ?? attach.error} />
          <Input.TextArea
            rows={2}
            autoSize={{ minRows: 2, maxRows: 8 }}
            value={text}
            aria-label={t('cases.note')}
            placeholder={t('cases.noteHint')}
            onChange={(e) => setText(e.target.value)}
          />
          <div className="spread">
            <Button icon={<PaperClipOutlined />} loading={attach.isPending} onClick={() => file.current?.click()}>
              {t('cases.attach')}
            </Button>
            <Button type="primary" disabled={!text.trim()} loading={note.isPending} onClick={() => note.mutate()}>
              {t('cases.addNote')}
            </Button>
          </div>
          <input
            ref={file}
            type="file"
            hidden
            aria-label={t('cases.attach')}
            onChange={(e) => {
              const chosen = e.target.files?.[0]
              if (chosen) attach.mutate(chosen)
              e.target.value = ''
            }}
          />
        </div>
      ) : (
        <p className="quiet" style={{ marginTop: 12 }}>
          {data.status === 'closed' ? t('cases.closedNoWrite') : t('alerts.caseForbidden')}
        </p>
      )}
    </>
  )
}
