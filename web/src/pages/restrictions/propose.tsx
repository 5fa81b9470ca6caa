// Proposing a restriction: for whom, what, why, under which rule, until when — and before it is sent, what it would stop.
import { useState } from 'react'
import { Checkbox, Form, Input, Modal, Radio } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Limit, RestrictionPreview } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useSession } from '../../session.tsx'
import { FormProblem } from '../../ui/act.tsx'
import { Day } from '../../ui/day.tsx'
import { today } from '../../ui/format.ts'
import { Await } from '../../ui/page.tsx'
import { Pick } from '../../ui/pick.tsx'

export const limits: Limit[] = ['new_orders', 'customer_edit', 'customer_lists', 'mail_out']

export function PreviewFacts({ preview }: { preview: RestrictionPreview }) {
  const { t, label } = useSay()
  return (
    <>
      <p>
        {t('restrict.touches', { customers: preview.customers, deals: preview.deals, orders: preview.orders })} · {label('standing', preview.standing)}
      </p>
      <p className="quiet">
        {t('restrict.goesOn')}
        {preview.goes_on.join(t('common.semicolon'))}
      </p>
    </>
  )
}

interface Values {
  limits: Limit[]
  reason: string
  rule: string
  until: string
}

export function Propose({ employee: given, onClose }: { employee?: string; onClose: () => void }) {
  const { t, label } = useSay()
  const queries = useQueryClient()
  const [form] = Form.useForm<Values>()
  const [employee, setEmployee] = useState(given)
  // Nobody limits themselves.
  const own = useSession().data?.user?.employee
  const picked = Form.useWatch('limits', form) ?? []
  const preview = useQuery({
    queryKey: ['restrictions', 'preview', employee, picked],
    queryFn: () => api.restrictions.preview({ employee: employee ?? '', limits: picked }),
    enabled: Boolean(employee) && picked.length > 0,
  })
  const send = useMutation({
    mutationFn: (v: Values) =>
      api.restrictions.propose({ employee: employee ?? '', limits: v.limits, reason: v.reason, rule: v.rule, until: v.until }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['restrictions'] })
      onClose()
    },
  })
  return (
    <Modal open title={t('restrict.propose')} okText={t('restrict.send')} onCancel={onClose} onOk={() => form.submit()} okButtonProps={{ loading: send.isPending, disabled: !employee }} width={640}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ limits: [], rule: 'P16', until: today(14) }} onFinish={(v) => send.mutate(v)}>
        <Form.Item label={t('restrict.employee')}>
          <Pick
            value={employee}
            label={t('restrict.employee')}
            hint={t('handover.pickEmployee')}
            width="100%"
            queryKey={['employees', 'pick']}
            find={async (q) => (await api.employees.list({ q, limit: 20 })).items.filter((e) => e.number !== own).map((e) => ({ value: e.number, label: `${e.name} ${e.number}` }))}
            onChange={setEmployee}
          />
        </Form.Item>
        <Form.Item name="limits" label={t('restrict.limits')} extra={t('restrict.ordersHint')} rules={[{ required: true, type: 'array', min: 1, message: t('restrict.limitsNeeded') }]}>
          <Checkbox.Group options={limits.map((l) => ({ value: l, label: label('limit', l) }))} style={{ display: 'grid', gap: 6 }} />
        </Form.Item>
        <Form.Item name="rule" label={t('restrict.rule')} extra={t('restrict.ruleHint')}>
          <Radio.Group options={['P16', 'P19'].map((r) => ({ value: r, label: label('lawRule', r) }))} style={{ display: 'grid', gap: 6 }} />
        </Form.Item>
        <Form.Item name="until" label={t('restrict.until')} extra={t('restrict.untilHint')} rules={[{ required: true, message: t('restrict.untilHint') }]}>
          <Day min={today()} max={today(30)} />
        </Form.Item>
        <Form.Item name="reason" label={t('restrict.reason')} extra={t('restrict.reasonHint')} rules={[{ required: true, min: 10, message: t('restrict.reasonNeeded') }]}>
          <Input.TextArea rows={3} maxLength={2000} />
        </Form.Item>
        {employee && picked.length ? (
          <Await query={preview} rows={3}>
            {(p) => (
              <div className="notice warn">
                <PreviewFacts preview={p} />
                <ul className="bullets warm">
                  {p.warnings.map((w) => (
                    <li key={w.code}>{w.text}</li>
                  ))}
                </ul>
              </div>
            )}
          </Await>
        ) : null}
        <FormProblem error={send.error} />
      </Form>
    </Modal>
  )
}
