// Closing alerts asks what came of them and why: the answer feeds the precision of the rule.
import { Form, Input, Modal, Radio } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Outcome } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'

export function CloseAlerts({ ids, onDone, onCancel }: { ids: string[]; onDone: () => void; onCancel: () => void }) {
  const { t } = useSay()
  const [form] = Form.useForm<{ outcome: Outcome; reason: string }>()
  const queries = useQueryClient()
  const close = useMutation({
    mutationFn: async (v: { outcome: Outcome; reason: string }): Promise<unknown> =>
      ids.length === 1
        ? api.alerts.change(ids[0] ?? '', { status: 'closed', ...v })
        : api.alerts.close({ ids, ...v }),
    onSuccess: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['alerts'] }),
        queries.invalidateQueries({ queryKey: ['alert'] }),
      ])
      onDone()
    },
  })
  return (
    <Modal
      open
      title={ids.length === 1 ? t('alerts.close.one') : t('alerts.close.many', { count: ids.length })}
      okText={t('alerts.close.do')}
      okButtonProps={{ loading: close.isPending }}
      onOk={() => form.submit()}
      onCancel={onCancel}
      destroyOnHidden
    >
      <Form form={form} layout="vertical" onFinish={(v) => close.mutate(v)} requiredMark={false}>
        <FormProblem error={close.error} />
        <Form.Item name="outcome" label={t('alerts.close.outcome')} rules={[{ required: true, message: t('alerts.close.outcomeNeeded') }]}>
          <Radio.Group
            vertical
            options={(['false_positive', 'valuable', 'confirmed'] as const).map((o) => ({
              value: o,
              label: (
                <span>
                  {t(`outcome.${o}`)}
                  <span className="quiet"> — {t(`alerts.close.${o}`)}</span>
                </span>
              ),
            }))}
          />
        </Form.Item>
        <Form.Item name="reason" label={t('alerts.close.reason')} rules={[{ required: true, whitespace: true, message: t('common.reasonNeeded') }]}>
          <Input.TextArea rows={3} placeholder={t('alerts.close.reasonHint')} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
