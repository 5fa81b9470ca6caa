// What HR does with a working life: one dialog an act. The server checks and names the article; nothing is decided here.
import { useState, type ReactNode } from 'react'
import { Button, Checkbox, Dropdown, Form, Input, Modal, Radio, Select, Upload } from 'antd'
import { DownOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import { sendPaper } from '../../api/staff.ts'
import type { EmployeeDetail } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay, useSession } from '../../session.tsx'
import { FormProblem } from '../../ui/act.tsx'
import { unbroken } from '../../ui/dates.tsx'
import { Day } from '../../ui/day.tsx'
import { today as companyToday } from '../../ui/format.ts'
import { Pick } from '../../ui/pick.tsx'

export const needed = (message: string) => [{ required: true, whitespace: true, message }]

export const findPeople = async (q: string) =>
  (await api.employees.list({ q: q || undefined, limit: 20 })).items.map((p) => ({ value: p.number, label: `${p.name} ${p.number}` }))

export function Superior({ value, onChange, called }: { value?: string; onChange?: (value?: string) => void; called?: string }) {
  const { t } = useSay()
  return <Pick value={value} label={called ?? t('life.manager')} hint={t('handover.pickEmployee')} width="100%" queryKey={['employees', 'pick']} find={findPeople} onChange={(v) => onChange?.(v)} />
}

export function Dialog<V extends object>({
  title,
  lead,
  ok,
  initial,
  send,
  onClose,
  children,
}: {
  title: string
  lead?: ReactNode
  ok?: string
  initial?: Partial<V>
  send: (values: V) => Promise<unknown>
  onClose: () => void
  children: ReactNode
}) {
  const { t } = useSay()
  const [form] = Form.useForm<V>()
  const queries = useQueryClient()
  const act = useMutation({
    mutationFn: send,
    onSuccess: () => {
      void queries.invalidateQueries()
      onClose()
    },
  })
  return (
    <Modal open title={title} okText={ok ?? t('common.save')} okButtonProps={{ loading: act.isPending }} onOk={() => form.submit()} onCancel={onClose}>
      {lead ? <div className="notice">{unbroken(lead)}</div> : null}
      <Form form={form} layout="vertical" requiredMark={false} initialValues={initial as never} onFinish={(v) => act.mutate(v)}>
        <FormProblem error={act.error} />
        {children}
      </Form>
    </Modal>
  )
}

type Which = 'transfer' | 'promotion' | 'confirm' | 'amend' | 'resign' | 'withdraw' | 'leave' | 'interest'

function One({ which, e, onClose }: { which: Which; e: EmployeeDetail; onClose: () => void }) {
  const { t } = useSay()
  const today = companyToday()
  const must = needed(t('common.needed'))
  const title = `${t(`life.act.${which}`)} · ${e.name}`
  switch (which) {
    case 'transfer':
    case 'promotion':
      return (
        <Dialog
          title={title}
          onClose={onClose}
          initial={{ from: today }}
          send={(v: { from: string; department?: string; title?: string; grade?: string; manager?: string; reason: string }) =>
            api.life.move(e.number, { kind: which, ...v })
          }
        >
          <Form.Item name="from" label={t('life.from')} extra={t('life.fromHint')} rules={must}>
            <Day />
          </Form.Item>
          <Form.Item name="department" label={t('life.department')}>
            <Input placeholder={e.department ?? ''} />
          </Form.Item>
          <Form.Item name="title" label={t('life.title')}>
            <Input placeholder={e.title ?? ''} />
          </Form.Item>
          <Form.Item name="grade" label={t('life.grade')}>
            <Input placeholder={e.grade ?? ''} />
          </Form.Item>
          <Form.Item name="manager" label={t('life.manager')}>
            <Superior />
          </Form.Item>
          <Form.Item name="reason" label={t('common.reason')} rules={must}>
            <Input.TextArea rows={2} />
          </Form.Item>
        </Dialog>
      )
    case 'confirm':
      return (
        <Dialog title={title} onClose={onClose} initial={{ on: today }} send={(v: { on: string; note?: string }) => api.life.confirm(e.number, v)}>
          <Form.Item name="on" label={t('life.confirmedOn')} rules={must}>
            <Day />
          </Form.Item>
          <Form.Item name="note" label={t('life.note')}>
            <Input.TextArea rows={2} />
          </Form.Item>
        </Dialog>
      )
    case 'amend':
      return (
        <Dialog
          title={title}
          lead={t('life.amendLead')}
          onClose={onClose}
          initial={{ name: e.name, hired_on: e.hired_on ?? undefined, phones: e.phones, emails: e.emails }}
          send={(v: { name?: string; hired_on?: string; phones?: string[]; emails?: string[]; reason: string }) => api.life.amend(e.number, v)}
        >
          <Form.Item name="name" label={t('people.name')} rules={must}>
            <Input />
          </Form.Item>
          <Form.Item name="hired_on" label={t('life.hiredOn')}>
            <Day />
          </Form.Item>
          <Form.Item name="phones" label={t('people.phones')}>
            <Select mode="tags" open={false} suffixIcon={null} />
          </Form.Item>
          <Form.Item name="emails" label={t('people.emails')}>
            <Select mode="tags" open={false} suffixIcon={null} />
          </Form.Item>
          <Form.Item name="reason" label={t('common.reason')} rules={must}>
            <Input.TextArea rows={2} />
          </Form.Item>
        </Dialog>
      )
    case 'resign':
      return (
        <Dialog
          title={title}
          lead={t('life.resignLead')}
          ok={t(`life.act.${which}`)}
          onClose={onClose}
          initial={{ submitted_on: today, form: 'written' as const, agreed: false }}
          send={(v: { submitted_on: string; last_day?: string; form: 'written' | 'electronic' | 'oral'; reason?: string; agreed: boolean }) =>
            api.life.resign(e.number, { ...v, last_day: v.last_day || undefined })
          }
        >
          <Form.Item name="submitted_on" label={t('life.submittedOn')} rules={must}>
            <Day max={today} />
          </Form.Item>
          <Form.Item name="form" label={t('life.form')}>
            <Radio.Group options={(['written', 'electronic', 'oral'] as const).map((value) => ({ value, label: t(`life.formOf.${value}`) }))} />
          </Form.Item>
          <Form.Item name="last_day" label={t('life.lastDay')} extra={t('life.lastDayHint')}>
            <Day />
          </Form.Item>
          <Form.Item name="agreed" valuePropName="checked">
            <Checkbox>{t('life.agreed')}</Checkbox>
          </Form.Item>
          <Form.Item name="reason" label={t('life.theirReason')}>
            <Input.TextArea rows={2} />
          </Form.Item>
        </Dialog>
      )
    case 'withdraw':
      return (
        <Dialog
          title={title}
          lead={t('life.withdrawLead')}
          ok={t(`life.act.${which}`)}
          onClose={onClose}
          send={async (v: { reason: string; paper?: Chosen }) => api.life.withdraw(e.number, { reason: v.reason, paper: await sent(v.paper) })}
        >
          <Form.Item name="reason" label={t('common.reason')} rules={must}>
            <Input.TextArea rows={2} />
          </Form.Item>
          <OnePaper label={t('life.withdrawPaper')} hint={t('life.withdrawPaperHint')} />
        </Dialog>
      )
    case 'leave':
      return (
        <Dialog
          title={title}
          lead={t('life.leaveLead')}
          ok={t(`life.act.${which}`)}
          onClose={onClose}
          initial={{ left_on: today, ground: e.status === 'resigning' ? ('resignation' as const) : ('agreement' as const) }}
          send={async ({ paper, union_told_on, ...v }: Leaving) => api.life.leave(e.number, { ...v, union_told_on: union_told_on || undefined, paper: await sent(paper) })}
        >
          <Form.Item name="left_on" label={t('life.lastDay')} rules={must}>
            <Day max={today} />
          </Form.Item>
          <Form.Item name="ground" label={t('life.ground')}>
            <Select
              options={(['resignation', 'agreement', 'expiry', 'dismissal', 'retirement', 'death'] as const).map((value) => ({ value, label: t(`life.groundOf.${value}`) }))}
            />
          </Form.Item>
          <Form.Item noStyle shouldUpdate>
            {({ getFieldValue }) => {
              const ground = getFieldValue('ground') as Leaving['ground']
              return (
                <>
                  {ground === 'dismissal' ? (
                    <>
                      <Form.Item name="union_told_on" label={t('life.unionTold')} extra={t('life.unionToldHint')}>
                        <Day max={today} />
                      </Form.Item>
                      <Form.Item name="no_union" valuePropName="checked">
                        <Checkbox>{t('life.noUnion')}</Checkbox>
                      </Form.Item>
                    </>
                  ) : null}
                  {ground === 'dismissal' || ground === 'agreement' || (ground === 'resignation' && e.status !== 'resigning') ? (
                    <OnePaper label={t(`life.paperOf.${ground}`)} />
                  ) : null}
                </>
              )
            }}
          </Form.Item>
          <Form.Item name="note" label={t('life.note')}>
            <Input.TextArea rows={2} />
          </Form.Item>
        </Dialog>
      )
    case 'interest':
      return <Interest title={title} onClose={onClose} send={(v) => api.life.declare(e.number, v)} />
  }
}

type Chosen = { originFileObj?: File }[]
type Leaving = {
  left_on: string
  ground: 'resignation' | 'agreement' | 'expiry' | 'dismissal' | 'retirement' | 'death'
  note?: string
  union_told_on?: string
  no_union?: boolean
  paper?: Chosen
}

const sent = async (chosen: Chosen | undefined) => (chosen?.[0]?.originFileObj ? await sendPaper(chosen[0].originFileObj) : undefined)

function OnePaper({ label, hint }: { label: string; hint?: string }) {
  const { t } = useSay()
  return (
    <Form.Item name="paper" label={label} extra={hint} valuePropName="fileList" getValueFromEvent={(e: { fileList: unknown[] }) => e.fileList}>
      <Upload beforeUpload={() => false} maxCount={1}>
        <Button>{t('contracts.choose')}</Button>
      </Upload>
    </Form.Item>
  )
}

/** The same question on the own page and in HR's. */
export function Interest({ title, ok, onClose, send }: { title: string; ok?: string; onClose: () => void; send: (v: { company: string; relation: string; person?: string }) => Promise<unknown> }) {
  const { t } = useSay()
  const must = needed(t('common.needed'))
  return (
    <Dialog title={title} lead={t('interests.declareLead')} ok={ok} onClose={onClose} send={send}>
      <Form.Item name="company" label={t('interests.company')} extra={t('interests.companyHint')} rules={must}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="relation" label={t('interests.relation')} extra={t('interests.relationHint')} rules={must}>
        <Input maxLength={500} />
      </Form.Item>
      <Form.Item name="person" label={t('interests.person')} extra={t('interests.personHint')}>
        <Input maxLength={50} />
      </Form.Item>
    </Dialog>
  )
}

export function LifeActs({ e }: { e: EmployeeDetail }) {
  const { t } = useSay()
  const may = useMay()
  const me = useSession().data?.user?.employee
  const [which, setWhich] = useState<Which | null>(null)
  if (me === e.number) return null
  const [left, resigning] = [e.status === 'left', e.status === 'resigning']
  const acts: Which[] = [
    ...(may('people.edit') && !left ? (['transfer', 'promotion', ...(e.placeholder ? [] : ['confirm'])] as Which[]) : []),
    ...(may('people.edit') ? (['amend', 'interest'] as Which[]) : []),
    ...(may('leaving.act') && !left ? ([resigning ? 'withdraw' : 'resign', 'leave'] as Which[]) : []),
  ]
  if (!acts.length) return null
  return (
    <>
      <Dropdown trigger={['click']} menu={{ items: acts.map((key) => ({ key, label: t(`life.act.${key}`) })), onClick: ({ key }) => setWhich(key as Which) }}>
        <Button type="primary">
          {t('life.acts')} <DownOutlined aria-hidden />
        </Button>
      </Dropdown>
      {which ? <One which={which} e={e} onClose={() => setWhich(null)} /> : null}
    </>
  )
}
