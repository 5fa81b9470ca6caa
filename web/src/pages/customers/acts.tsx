// What a person does with one customer: each a small form; each becomes a record.
import type { ReactNode } from 'react'
import { Button, Form, Input, Modal, Popconfirm, Radio, Select } from 'antd'
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'
import { Day } from '../../ui/day.tsx'
import { today } from '../../ui/format.ts'
import { useToast } from '../../ui/toast.tsx'
import { Receiver } from './reassign.tsx'

interface Contact {
  name?: string
  phone?: string
  email?: string
  im?: string
}

/** A form in a dialog: sends, says that it is saved, and lets the page read again. */
function Doing<V extends object>({
  title,
  customer,
  initial,
  width,
  okText,
  send,
  onClose,
  children,
}: {
  title: string
  customer: string
  initial?: Partial<V>
  width?: number
  okText?: string
  send: (values: V) => Promise<unknown>
  onClose: () => void
  children: ReactNode
}) {
  const { t } = useSay()
  const [form] = Form.useForm<V>()
  const queries = useQueryClient()
  const toast = useToast()
  const act = useMutation({
    mutationFn: send,
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['customer', customer] })
      void queries.invalidateQueries({ queryKey: ['customers'] })
      void queries.invalidateQueries({ queryKey: ['promises'] })
      toast.good(t('customers.saved'))
      onClose()
    },
  })
  return (
    <Modal open title={title} width={width} okText={okText ?? t('customers.save')} okButtonProps={{ loading: act.isPending }} onOk={() => form.submit()} onCancel={onClose}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={initial} onFinish={(v) => act.mutate(v)}>
        <FormProblem error={act.error} />
        {children}
      </Form>
    </Modal>
  )
}

export function AddFollowUp({ customer, onClose }: { customer: string; onClose: () => void }) {
  const { t, label } = useSay()
  return (
    <Doing<{ channel?: string; note: string }> title={t('customers.addFollowUp')} customer={customer} send={(v) => api.customers.followUp(customer, v)} onClose={onClose}>
      <Form.Item name="channel" label={t('customers.channel')}>
        <Select allowClear options={['visit', 'phone', 'wecom', 'email', 'meeting', 'other'].map((c) => ({ value: c, label: label('channel', c) }))} />
      </Form.Item>
      <Form.Item name="note" label={t('customers.note')} rules={[{ required: true, whitespace: true, message: t('common.needed') }]}>
        <Input.TextArea rows={3} maxLength={1000} />
      </Form.Item>
    </Doing>
  )
}

export function AddPromise({ customer, onClose }: { customer: string; onClose: () => void }) {
  const { t } = useSay()
  return (
    <Doing<{ what: string; until: string }>
      title={t('customers.addPromise')}
      customer={customer}
      send={(v) => api.customers.promise(customer, v)}
      onClose={onClose}
    >
      <Form.Item name="what" label={t('customers.what')} extra={t('customers.whatHint')} rules={[{ required: true, whitespace: true, message: t('common.needed') }]}>
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
      <Form.Item name="until" label={t('customers.until')} rules={[{ required: true, message: t('common.needed') }]}>
        <Day min={today()} />
      </Form.Item>
    </Doing>
  )
}

export function EndPromise({ customer, promise, onClose }: { customer: string; promise: string; onClose: () => void }) {
  const { t, label } = useSay()
  return (
    <Doing<{ state: 'kept' | 'broken' | 'withdrawn'; note?: string }>
      title={t('customers.endPromise')}
      customer={customer}
      initial={{ state: 'kept' }}
      send={(v) => api.customers.endPromise(customer, promise, v)}
      onClose={onClose}
    >
      <Form.Item name="state" label={t('customers.result')}>
        <Radio.Group options={['kept', 'broken', 'withdrawn'].map((s) => ({ value: s, label: label('promiseState', s) }))} />
      </Form.Item>
      <Form.Item name="note" label={t('customers.note')}>
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
    </Doing>
  )
}

export function AddPreference({ customer, onClose }: { customer: string; onClose: () => void }) {
  const { t } = useSay()
  return (
    <Doing<{ text: string }> title={t('customers.addPreference')} customer={customer} send={(v) => api.customers.preference(customer, v)} onClose={onClose}>
      <Form.Item
        name="text"
        label={t('customers.preference')}
        extra={t('customers.preferenceHint')}
        rules={[{ required: true, whitespace: true, message: t('common.needed') }]}
      >
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
    </Doing>
  )
}

export function RemovePreference({ customer, preference }: { customer: string; preference: string }) {
  const { t } = useSay()
  const queries = useQueryClient()
  const toast = useToast()
  const act = useMutation({
    mutationFn: () => api.customers.removePreference(customer, preference),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['customer', customer] }),
    onError: toast.bad,
  })
  return (
    <Popconfirm title={t('customers.removeSure')} okText={t('customers.remove')} onConfirm={() => act.mutate()}>
      <Button size="small" loading={act.isPending}>
        {t('customers.remove')}
      </Button>
    </Popconfirm>
  )
}

export function EditContacts({ customer, contacts, onClose }: { customer: string; contacts: Contact[]; onClose: () => void }) {
  const { t } = useSay()
  return (
    <Doing<{ contacts: Contact[] }>
      title={t('customers.editContacts')}
      customer={customer}
      width={760}
      initial={{ contacts }}
      send={(v) => api.customers.contacts(customer, v.contacts ?? [])}
      onClose={onClose}
    >
      <Form.List name="contacts">
        {(fields, { add, remove }) => (
          <div className="stack">
            {fields.map((field) => (
              <div key={field.key} className="contact-row">
                {(['name', 'phone', 'email', 'im'] as const).map((member) => (
                  <Form.Item key={member} name={[field.name, member]} noStyle>
                    <Input
                      maxLength={200}
                      prefix={t(member === 'name' ? 'customers.contactName' : `customers.${member}`)}
                      placeholder={t(member === 'name' ? 'customers.contactName' : `customers.${member}`)}
                      aria-label={t(member === 'name' ? 'customers.contactName' : `customers.${member}`)}
                    />
                  </Form.Item>
                ))}
                <Button icon={<DeleteOutlined />} aria-label={t('customers.remove')} onClick={() => remove(field.name)} />
              </div>
            ))}
            <Button icon={<PlusOutlined />} onClick={() => add({})}>
              {t('customers.addContact')}
            </Button>
          </div>
        )}
      </Form.List>
    </Doing>
  )
}

export function Assign({ customer, holder, holderName, onClose }: { customer: string; holder: string | null; holderName: string | null; onClose: () => void }) {
  const { t } = useSay()
  return (
    <Doing<{ to: string; date?: string; reason: string }>
      title={t('reassign.assignTitle')}
      okText={t('reassign.assignDo')}
      customer={customer}
      send={(v) => api.customers.assign(customer, { to: v.to, replaces: holder, from_date: v.date ?? null, reason: v.reason })}
      onClose={onClose}
    >
      <p className="quiet">{holder ? t('reassign.current', { name: holderName ?? holder }) : t('reassign.currentNobody')}</p>
      <Form.Item name="to" label={t('reassign.to')} rules={[{ required: true, message: t('reassign.toNeeded') }]}>
        <Receiver />
      </Form.Item>
      <Form.Item name="date" label={t('reassign.date')} extra={t('reassign.now')}>
        <Day />
      </Form.Item>
      <Form.Item name="reason" label={t('reassign.reason')} extra={t('reassign.reasonHint')} rules={[{ required: true, whitespace: true, message: t('common.reasonNeeded') }]}>
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
    </Doing>
  )
}
