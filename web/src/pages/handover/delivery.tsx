// How the certificate of leaving reached the employee: noted by HR, acknowledged by the one it is about.
import { useState } from 'react'
import { Button, Form, Input, Radio } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { CertificateContent, DeliverCertificate } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'
import { Day } from '../../ui/day.tsx'
import { day } from '../../ui/format.ts'
import { Mark } from '../../ui/page.tsx'
import { Dialog, needed } from '../people/life-acts.tsx'

const WAYS = ['handed_over', 'post', 'mail'] as const

function Deliver({ id, paper, onClose }: { id: string; paper: CertificateContent; onClose: () => void }) {
  const { t } = useSay()
  const must = needed(t('common.needed'))
  return (
    <Dialog
      title={t('delivery.deliver')}
      lead={t('delivery.lead')}
      ok={t('delivery.deliver')}
      onClose={onClose}
      initial={{ how: 'handed_over' as const, on: paper.issued_on }}
      send={(v: DeliverCertificate) => api.handovers.deliver(id, { ...v, reference: v.reference ?? '' })}
    >
      <Form.Item name="how" label={t('delivery.how')}>
        <Radio.Group options={WAYS.map((value) => ({ value, label: t(`delivery.by.${value}`) }))} />
      </Form.Item>
      <Form.Item name="on" label={t('delivery.on')} rules={must}>
        <Day />
      </Form.Item>
      <Form.Item noStyle shouldUpdate>
        {({ getFieldValue }) => (
          <Form.Item name="reference" label={t('delivery.reference')} rules={getFieldValue('how') === 'handed_over' ? [] : must}>
            <Input maxLength={300} />
          </Form.Item>
        )}
      </Form.Item>
    </Dialog>
  )
}

export function Delivery({ id, paper, conducts, own }: { id: string; paper: CertificateContent; conducts: boolean; own: boolean }) {
  const { t } = useSay()
  const queries = useQueryClient()
  const [open, setOpen] = useState(false)
  const receive = useMutation({
    mutationFn: () => api.handovers.receive(id, paper.number),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['handovers'] })
      void queries.invalidateQueries({ queryKey: ['mine'] })
    },
  })
  const ways = paper.deliveries ?? []
  return (
    <div>
      <FormProblem error={receive.error} />
      <span className="row">
        {ways.map((d) => (
          <Mark key={d.record} tone="good">
            {t('delivery.done', { date: d.on, how: t(`delivery.by.${d.how}`) })}
          </Mark>
        ))}
        {paper.received ? <Mark tone="good">{t('delivery.received', { date: day(paper.received.at) })}</Mark> : null}
        {ways.length || paper.received ? null : <Mark tone="medium">{t('delivery.notYet')}</Mark>}
        {conducts ? (
          <Button size="small" onClick={() => setOpen(true)}>
            {t('delivery.deliver')}
          </Button>
        ) : null}
        {own && !paper.received ? (
          <Button size="small" type="primary" loading={receive.isPending} onClick={() => receive.mutate()}>
            {t('delivery.receive')}
          </Button>
        ) : null}
      </span>
      {ways.map((d) => (d.reference ? <p key={d.record}>{[d.reference, t('delivery.byWhom', { name: d.by })].join(' · ')}</p> : null))}
      {(paper.superseded ?? []).map((old) => (
        <p key={old.number} className="quiet">
          {t('delivery.superseded', { number: old.number, date: day(old.superseded_by.at), reason: old.superseded_by.reason })}{' '}
          <a href={api.handovers.certificateHref(id, old.version ?? 1)} download>
            {t('delivery.old')}
          </a>
        </p>
      ))}
      {open ? <Deliver id={id} paper={paper} onClose={() => setOpen(false)} /> : null}
    </div>
  )
}
