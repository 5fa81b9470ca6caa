// 法定手续: the law's own track with its clocks, beside the handover and never behind it.
import { useState } from 'react'
import { Link } from 'react-router'
import { Button, Checkbox, Form, Input, Modal, Select, Upload } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import { sendPaper } from '../../api/staff.ts'
import type { Deduct, Handover, HandoverDuty } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'
import { Day } from '../../ui/day.tsx'
import { day, today } from '../../ui/format.ts'
import { Await, Card, Mark } from '../../ui/page.tsx'
import { Deductions } from './deductions.tsx'
import { Delivery } from './delivery.tsx'
import { dutyTone } from './tones.ts'

type Chosen = { originFileObj?: File }[]
const sent = async (chosen: Chosen | undefined) => (chosen?.[0]?.originFileObj ? await sendPaper(chosen[0].originFileObj) : undefined)

function PaperField({ label, needed }: { label: string; needed?: string }) {
  const { t } = useSay()
  return (
    <Form.Item
      name="chosen"
      label={label}
      valuePropName="fileList"
      getValueFromEvent={(e: { fileList: Chosen }) => e.fileList.slice(-1)}
      rules={needed ? [{ required: true, message: needed }] : []}
    >
      <Upload beforeUpload={() => false} maxCount={1}>
        <Button size="small">{t('handover.paperChoose')}</Button>
      </Upload>
    </Form.Item>
  )
}

function Done({ data, duty, onClose }: { data: Handover; duty: HandoverDuty; onClose: () => void }) {
  const { t } = useSay()
  const queries = useQueryClient()
  type Values = { on: string; note?: string; chosen?: Chosen }
  const [form] = Form.useForm<Values>()
  const run = useMutation({
    mutationFn: async (v: Values) =>
      api.handovers.dutyDone(data.id, duty.duty, { done_on: v.on, note: v.note ?? '', paper: await sent(v.chosen) }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['handovers'] })
      onClose()
    },
  })
  return (
    <Modal open title={duty.title} okText={t('handover.done')} okButtonProps={{ loading: run.isPending }} onOk={() => form.submit()} onCancel={onClose}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ on: today() }} onFinish={(v) => run.mutate(v)}>
        <FormProblem error={run.error} />
        <Form.Item name="on" label={t('handover.doneDate')} rules={[{ required: true, message: t('common.needed') }]}>
          <Day />
        </Form.Item>
        <Form.Item name="note" label={t('handover.note')}>
          <Input.TextArea rows={2} />
        </Form.Item>
        <PaperField label={t('handover.paperDuty')} />
      </Form>
    </Modal>
  )
}

type Form4 = { term: string; ended_on: string; post: string; service: string; reason?: string }

/** Filled in from the file and the contracts; whoever issues it checks. One that was `wrong` is issued anew with a reason. */
function Issue({ data, wrong, onClose }: { data: Handover; wrong: boolean; onClose: () => void }) {
  const { t } = useSay()
  const queries = useQueryClient()
  const [form] = Form.useForm<Form4>()
  const known = useQuery({ queryKey: ['handovers', 'certificate-form', data.id], queryFn: () => api.handovers.certificateForm(data.id), staleTime: 0 })
  // One field of it is wrong, the rest stays as it is.
  const issued = data.duties.find((d) => d.duty === 'certificate')?.content
  const paper = issued ? { term: issued.term, post: issued.post, service: issued.service } : {}
  const title = wrong ? t('handover.certCorrect') : t('handover.issue')
  const run = useMutation({
    mutationFn: ({ reason, ...v }: Form4) =>
      wrong ? api.handovers.correctCertificate(data.id, { ...v, reason: reason ?? '' }) : api.handovers.certificate(data.id, v),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['handovers'] })
      onClose()
    },
  })
  const field = (name: keyof Form4, label: string) => (
    <Form.Item name={name} label={label} rules={[{ required: true, whitespace: true, message: t('common.needed') }]}>
      {name === 'ended_on' ? <Day /> : <Input maxLength={200} />}
    </Form.Item>
  )
  return (
    <Modal open title={title} okText={title} okButtonProps={{ loading: run.isPending }} onOk={() => form.submit()} onCancel={onClose}>
      <Await query={known} rows={4}>
        {(values) => (
          <Form form={form} layout="vertical" requiredMark={false} initialValues={wrong ? { ...paper, ended_on: values.ended_on, reason: undefined } : values} onFinish={(v) => run.mutate(v)}>
            <FormProblem error={run.error} />
            <p className="quiet">{wrong ? t('handover.certCorrectNote') : t('handover.certNote')}</p>
            {field('term', t('handover.certTerm'))}
            {field('ended_on', t('handover.certEnded'))}
            {field('post', t('handover.certPost'))}
            {field('service', t('handover.certService'))}
            {wrong ? (
              <Form.Item name="reason" label={t('handover.certWrong')} rules={[{ required: true, whitespace: true, message: t('common.reasonNeeded') }]}>
                <Input.TextArea rows={2} maxLength={2000} />
              </Form.Item>
            ) : null}
          </Form>
        )}
      </Await>
    </Modal>
  )
}

const HOLDS = ['severance', 'certificate', 'wages', 'commission', 'file', 'social_insurance', 'housing_fund', 'belongings', 'resignation']

function Hold({ data, onClose }: { data: Handover; onClose: () => void }) {
  const { t, label } = useSay()
  const queries = useQueryClient()
  const [form] = Form.useForm<{ what: string; reason: string }>()
  const run = useMutation({
    mutationFn: (v: { what: string; reason: string }) => api.handovers.hold(data.id, v.what, v.reason),
    onSettled: () => void queries.invalidateQueries({ queryKey: ['handovers'] }),
  })
  return (
    <Modal open title={t('handover.hold')} okText={t('handover.hold')} okButtonProps={{ loading: run.isPending }} onOk={() => form.submit()} onCancel={onClose}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ what: 'severance' }} onFinish={(v) => run.mutate(v)}>
        <FormProblem error={run.error} />
        {run.data ? (
          <div className="notice" role="status">
            <p>
              {t('handover.holdOk')} {run.data.detail}
            </p>
          </div>
        ) : null}
        <p className="quiet">{t('handover.holdNote')}</p>
        <Form.Item name="what" label={t('handover.holdWhat')}>
          <Select options={HOLDS.map((h) => ({ value: h, label: label('handoverHold', h) }))} />
        </Form.Item>
        <Form.Item name="reason" label={t('common.reason')} rules={[{ required: true, whitespace: true, message: t('common.reasonNeeded') }]}>
          <Input.TextArea rows={2} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

const WITHHELD = ['tax', 'social_insurance', 'housing_fund', 'judgment']
const GROUNDS = ['commission', 'handover', 'fine', 'loss', 'statutory']

function Dock({ data, onClose }: { data: Handover; onClose: () => void }) {
  const { t, label } = useSay()
  const queries = useQueryClient()
  type Values = Deduct & { chosen?: Chosen }
  const [form] = Form.useForm<Values>()
  const ground = Form.useWatch('ground', form)
  const run = useMutation({
    mutationFn: async ({ chosen, ...v }: Values) => {
      // A manager arranges too and sends files only with the handover.
      const file = chosen?.[0]?.originFileObj
      const paper = file ? await api.handovers.upload(data.id, file) : undefined
      return api.handovers.deduct(data.id, { ...v, paper: paper ? { sha256: paper.sha256, name: paper.name } : undefined })
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: ['handovers'] }),
  })
  const money = (name: 'amount' | 'wage' | 'minimum') => (
    <Form.Item name={name} label={t(`handover.dock_${name}`)} rules={[{ required: true, whitespace: true, message: t('common.needed') }]}>
      <Input inputMode="decimal" maxLength={20} />
    </Form.Item>
  )
  return (
    <Modal open title={t('handover.dock')} okText={t('handover.dock')} okButtonProps={{ loading: run.isPending }} onOk={() => form.submit()} onCancel={onClose}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ ground: 'commission' }} onFinish={(v) => run.mutate(v)}>
        <FormProblem error={run.error} />
        {run.data ? (
          <div className="notice" role="status">
            <p>
              {run.data.most ? t('handover.dockOk', { most: run.data.most }) : null} {run.data.detail}
            </p>
          </div>
        ) : null}
        <p className="quiet">{t('handover.dockNote')}</p>
        <Form.Item name="ground" label={t('handover.dockGround')}>
          <Select options={GROUNDS.map((g) => ({ value: g, label: label('handoverGround', g) }))} />
        </Form.Item>
        {ground === 'statutory' ? (
          <>
            <Form.Item name="kind" label={t('handover.dockKind')} rules={[{ required: true, message: t('common.needed') }]}>
              <Select options={WITHHELD.map((k) => ({ value: k, label: label('handoverWithheld', k) }))} />
            </Form.Item>
            <PaperField label={t('handover.paperDock')} needed={t('common.needed')} />
          </>
        ) : null}
        {money('amount')}
        {money('wage')}
        {money('minimum')}
        {ground === 'loss'
          ? (
              <div className="ticks">
                {(['fault', 'clause', 'proof'] as const).map((name) => (
                  <Form.Item key={name} name={name} valuePropName="checked" noStyle>
                    <Checkbox>{t(`handover.dock_${name}`)}</Checkbox>
                  </Form.Item>
                ))}
              </div>
            )
          : null}
        <Form.Item name="reason" label={t('common.reason')} rules={[{ required: true, whitespace: true, message: t('common.reasonNeeded') }]}>
          <Input.TextArea rows={2} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

function LastDay({ data, onClose }: { data: Handover; onClose: () => void }) {
  const { t } = useSay()
  const queries = useQueryClient()
  type Values = { to: string; agreed?: boolean; reason: string }
  const [form] = Form.useForm<Values>()
  const run = useMutation({
    mutationFn: (v: Values) => api.handovers.lastDay(data.id, { last_day: v.to, agreed: Boolean(v.agreed), reason: v.reason }),
    onSuccess: onClose,
    onSettled: () => void queries.invalidateQueries({ queryKey: ['handovers'] }),
  })
  return (
    <Modal open title={t('handover.lastDayChange')} okText={t('handover.lastDayChange')} okButtonProps={{ loading: run.isPending }} onOk={() => form.submit()} onCancel={onClose}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ to: data.last_day ?? undefined }} onFinish={(v) => run.mutate(v)}>
        <FormProblem error={run.error} />
        <p className="quiet">{t('handover.lastDayRule')}</p>
        <Form.Item name="to" label={t('handover.lastDay')} rules={[{ required: true, message: t('common.needed') }]}>
          <Day />
        </Form.Item>
        <Form.Item name="agreed" valuePropName="checked">
          <Checkbox>{t('handover.lastDayAgreed')}</Checkbox>
        </Form.Item>
        <Form.Item name="reason" label={t('common.reason')} rules={[{ required: true, whitespace: true, message: t('common.reasonNeeded') }]}>
          <Input.TextArea rows={2} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

/** The paper that shows a step was done; the certificate has its own link. */
const proof = (d: HandoverDuty) => (d.duty === 'certificate' ? undefined : (d.content as { file?: { sha256: string; name: string } } | null | undefined)?.file)

export function LawTrack({ data }: { data: Handover }) {
  const { t } = useSay()
  const [doing, setDoing] = useState<HandoverDuty | null>(null)
  const [holding, setHolding] = useState(false)
  const [docking, setDocking] = useState(false)
  const [moving, setMoving] = useState(false)
  if (data.duties.length === 0) return null
  const clock = (d: HandoverDuty) => {
    if (d.status === 'done') return t('handover.doneOn', { date: day(d.done_on) })
    const left = d.days_left ?? 0
    if (left === 0) return t('handover.today')
    return left > 0 ? t('handover.daysLeft', { count: left }) : t('handover.late', { count: -left })
  }
  return (
    <Card title={t('handover.law')} note={data.track_note}>
      {data.duties.map((d) => (
        <div className="duty" key={d.duty}>
          <div className="spread">
            <b>{d.title}</b>
            <Mark tone={dutyTone[d.status]}>{clock(d)}</Mark>
          </div>
          <p>
            {day(d.due)} · {d.article}
          </p>
          <div className="row">
            {d.duty === 'certificate' && d.status === 'done' ? (
              <>
                <Link to={`/handovers/${data.id}/certificate`}>{t('handover.certPrint')}</Link>
                <a href={api.handovers.certificateHref(data.id)} download>
                  {t('certificate.download')}
                </a>
              </>
            ) : null}
            {data.may.conduct && (d.status !== 'done' || d.duty === 'certificate') ? (
              <Button size="small" onClick={() => setDoing(d)}>
                {d.duty !== 'certificate' ? t('handover.done') : d.status === 'done' ? t('handover.certCorrect') : t('handover.issue')}
              </Button>
            ) : null}
            {proof(d) ? (
              <a href={api.handovers.fileHref(data.id, proof(d)?.sha256 ?? '')} download={proof(d)?.name}>
                {proof(d)?.name}
              </a>
            ) : null}
            {d.note ? <span className="quiet">{d.note}</span> : null}
          </div>
          {d.duty === 'certificate' && d.content ? <Delivery id={data.id} paper={d.content} conducts={data.may.conduct} own={data.own} /> : null}
        </div>
      ))}
      <Deductions data={data} />
      {data.may.arrange ? (
        <div className="row">
          <Button type="text" onClick={() => setHolding(true)}>
            {t('handover.hold')}
          </Button>
          <Button type="text" onClick={() => setDocking(true)}>
            {t('handover.dock')}
          </Button>
          {data.may.conduct && data.kind === 'resignation' ? (
            <Button type="text" onClick={() => setMoving(true)}>
              {t('handover.lastDayChange')}
            </Button>
          ) : null}
        </div>
      ) : null}
      {doing?.duty === 'certificate' ? <Issue data={data} wrong={doing.status === 'done'} onClose={() => setDoing(null)} /> : null}
      {doing && doing.duty !== 'certificate' ? <Done data={data} duty={doing} onClose={() => setDoing(null)} /> : null}
      {docking ? <Dock data={data} onClose={() => setDocking(false)} /> : null}
      {moving ? <LastDay data={data} onClose={() => setMoving(false)} /> : null}
      {holding ? <Hold data={data} onClose={() => setHolding(false)} /> : null}
    </Card>
  )
}
