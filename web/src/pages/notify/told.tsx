// A customer whom no mail reaches was told otherwise: how, when, by whom.
import { Form, Input, Radio } from 'antd'
import { api } from '../../api/index.ts'
import type { OutboxMessage, Told } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useSession } from '../../session.tsx'
import { Day } from '../../ui/day.tsx'
import { today } from '../../ui/format.ts'
import { Dialog, needed } from '../people/life-acts.tsx'

const WAYS = ['phone', 'letter', 'visit', 'message'] as const

export function Tell({ message, onClose }: { message: OutboxMessage; onClose: () => void }) {
  const { t } = useSay()
  const must = needed(t('common.needed'))
  const name = useSession().data?.user?.name
  return (
    <Dialog
      title={`${t('told.tell')} · ${message.customer_name ?? message.customer}`}
      lead={t('told.lead')}
      ok={t('told.tell')}
      onClose={onClose}
      initial={{ how: 'phone' as const, on: today(), who: name }}
      send={(v: Told) => api.outbox.tell(message.id, { ...v, note: v.note ?? '' })}
    >
      <Form.Item name="how" label={t('told.how')}>
        <Radio.Group options={WAYS.map((value) => ({ value, label: t(`told.by.${value}`) }))} />
      </Form.Item>
      <Form.Item name="on" label={t('told.on')} rules={must}>
        <Day max={today()} />
      </Form.Item>
      <Form.Item name="who" label={t('told.who')} rules={must}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="note" label={t('told.note')}>
        <Input maxLength={500} />
      </Form.Item>
    </Dialog>
  )
}
