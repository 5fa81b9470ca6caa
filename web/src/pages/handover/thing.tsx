// One item of a handover in a drawer: fill in and submit, or read, accept and return.
import { useState } from 'react'
import { Link } from 'react-router'
import { Button, Drawer, Input, Upload } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Handover, HandoverFile, HandoverThing } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { FormProblem } from '../../ui/act.tsx'
import { bytes, day, minute } from '../../ui/format.ts'
import { money } from '../../ui/money.ts'
import { Mark } from '../../ui/page.tsx'
import { Ask } from './ask.tsx'
import { itemTone } from './tones.ts'

function Fill({ data, thing, onDone }: { data: Handover; thing: HandoverThing; onDone: () => void }) {
  const { t } = useSay()
  const [values, setValues] = useState<Record<string, string>>(thing.values)
  const [files, setFiles] = useState<HandoverFile[]>(thing.files)
  const upload = useMutation({
    mutationFn: (file: File) => api.handovers.upload(data.id, file),
    onSuccess: (file) => setFiles((all) => [...all.filter((f) => f.sha256 !== file.sha256), file]),
  })
  const submit = useMutation({
    mutationFn: () => api.handovers.submit(data.id, thing.id, { revision: thing.revision, values, files }),
    onSuccess: onDone,
  })
  return (
    <div className="stack">
      <FormProblem error={submit.error ?? upload.error} />
      {thing.fields.map((f) => (
        <label key={f.id} className="asked">
          {f.name}
          {f.required ? '' : t('handover.optional')}
          <Input.TextArea
            autoSize={{ minRows: 2, maxRows: 8 }}
            value={values[f.id] ?? ''}
            onChange={(e) => setValues({ ...values, [f.id]: e.target.value })}
          />
        </label>
      ))}
      <div>
        {thing.must_upload ? <p className="quiet">{t('handover.mustUpload')}</p> : null}
        <ul className="bullets">
          {files.map((f) => (
            <li key={f.sha256}>
              {f.name} <span className="quiet">{bytes(f.size)}</span>{' '}
              <Button size="small" type="link" onClick={() => setFiles(files.filter((x) => x.sha256 !== f.sha256))}>
                {t('handover.processRemove')}
              </Button>
            </li>
          ))}
        </ul>
        <Upload
          showUploadList={false}
          beforeUpload={(file) => {
            upload.mutate(file)
            return false
          }}
        >
          <Button loading={upload.isPending}>{t('handover.upload')}</Button>
        </Upload>
      </div>
      <Button type="primary" block loading={submit.isPending} onClick={() => submit.mutate()}>
        {t('handover.submit')}
      </Button>
    </div>
  )
}

export function Thing({ data, thing, onClose }: { data: Handover; thing: HandoverThing; onClose: () => void }) {
  const { t, label } = useSay()
  const queries = useQueryClient()
  const [asking, setAsking] = useState<'return' | 'waive' | 'object' | null>(null)
  const refresh = () => void queries.invalidateQueries({ queryKey: ['handovers'] })
  const accept = useMutation({
    mutationFn: () => api.handovers.review(data.id, thing.id, { revision: thing.revision, accept: true }),
    onSuccess: () => {
      refresh()
      onClose()
    },
  })
  const may = useMay()
  const known = (thing.detail ?? {}) as { customer?: string; amount?: { amount: string; currency: string } | null }
  const customer = thing.kind === 'customer' ? thing.reference : known.customer
  const given = thing.fields.filter((f) => thing.values[f.id])
  const open = thing.status !== 'accepted' && thing.status !== 'waived'
  return (
    <Drawer open size={480} title={thing.name} onClose={onClose} styles={{ wrapper: { maxWidth: '100vw' } }}>
      <div className="stack">
        <span className="row">
          <Mark tone={itemTone[thing.status]}>{label('handoverItem', thing.status)}</Mark>
          {thing.overdue ? <Mark tone="high">{label('handoverDuty', 'overdue')}</Mark> : null}
          <Mark>{label('handoverGroup', thing.group)}</Mark>
          {thing.origin !== 'list' ? <Mark tone="medium">{label('handoverOrigin', thing.origin)}</Mark> : null}
        </span>
        <dl className="facts">
          {customer && may('customers.see') ? (
            <>
              <dt>{t('handover.customer')}</dt>
              <dd>
                <Link to={`/customers/${encodeURIComponent(customer)}`}>{t('handover.toCustomer')}</Link>
              </dd>
            </>
          ) : null}
          {thing.reference ? (
            <>
              <dt>{t('handover.reference')}</dt>
              <dd>{thing.reference}</dd>
            </>
          ) : null}
          {known.amount ? (
            <>
              <dt>{t('customers.amount')}</dt>
              <dd>{money(known.amount)}</dd>
            </>
          ) : null}
          <dt>{t('handover.due')}</dt>
          <dd>{day(thing.due)}</dd>
          {thing.group === 'task' ? null : (
            <>
              <dt>{t('handover.receiver')}</dt>
              <dd>{thing.receiver_name ?? thing.receiver ?? t('handover.noReceiver')}</dd>
            </>
          )}
          {thing.next ? (
            <>
              <dt>{t('handover.reviewer')}</dt>
              <dd>{label('handoverRole', thing.next)}</dd>
            </>
          ) : null}
          {thing.submitted_at ? (
            <>
              <dt>{t('handover.submitted')}</dt>
              <dd>{minute(thing.submitted_at)}</dd>
            </>
          ) : null}
        </dl>
        {thing.remark ? (
          <div className="notice bad">
            <p>
              {t('handover.remark')}{t('common.colon')}{thing.remark}
            </p>
          </div>
        ) : null}
        {thing.may_submit ? (
          <Fill
            key={thing.revision}
            data={data}
            thing={thing}
            onDone={() => {
              refresh()
              onClose()
            }}
          />
        ) : (
          <>
            {given.length || thing.files.length ? (
              <dl className="given">
                {given.map((f) => (
                  <div key={f.id}>
                    <dt>{f.name}</dt>
                    <dd>{thing.values[f.id]}</dd>
                  </div>
                ))}
                {thing.files.map((f) => (
                  <dd key={f.sha256}>
                    <a href={api.handovers.fileHref(data.id, f.sha256)} download={f.name}>
                      {f.name}
                    </a>{' '}
                    <span className="quiet">{bytes(f.size)}</span>
                  </dd>
                ))}
              </dl>
            ) : (
              <p className="quiet">{t('handover.noneYet')}</p>
            )}
          </>
        )}
        {thing.may_review ? (
          <>
            <FormProblem error={accept.error} />
            <div className="row">
              <Button type="primary" loading={accept.isPending} onClick={() => accept.mutate()}>
                {t('handover.accept')}
              </Button>
              <Button onClick={() => setAsking('return')}>{t('handover.giveBack')}</Button>
            </div>
          </>
        ) : null}
        <div className="row">
          {data.may.conduct && open && data.status !== 'closed' ? (
            <Button onClick={() => setAsking('waive')}>
              {t('handover.waive')}
            </Button>
          ) : null}
          {data.may.object ? (
            <Button onClick={() => setAsking('object')}>
              {t('handover.object')}
            </Button>
          ) : null}
        </div>
      </div>
      {asking === 'return' ? (
        <Ask
          title={t('handover.giveBack')}
          label={t('handover.giveBackWhy')}
          note={t('handover.giveBackHint')}
          ok={t('handover.giveBack')}
          act={(reason) => api.handovers.review(data.id, thing.id, { revision: thing.revision, accept: false, reason })}
          onDone={() => {
            refresh()
            onClose()
          }}
          onClose={() => setAsking(null)}
        />
      ) : null}
      {asking === 'waive' ? (
        <Ask
          title={t('handover.waive')}
          label={t('handover.waiveWhy')}
          ok={t('handover.waive')}
          act={(reason) => api.handovers.waive(data.id, thing.id, thing.revision, reason)}
          onDone={() => {
            refresh()
            onClose()
          }}
          onClose={() => setAsking(null)}
        />
      ) : null}
      {asking === 'object' ? (
        <Ask
          title={t('handover.object')}
          label={t('handover.objectHint')}
          ok={t('handover.object')}
          act={(text) => api.handovers.object(data.id, text, thing.id)}
          onDone={refresh}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </Drawer>
  )
}
