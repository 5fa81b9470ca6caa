// Closing or reopening a case, with the reason kept on its time line.
import { Form, Input, Modal, Radio } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { CaseDetail } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'

const OUTCOMES = ['confirmed', 'unproven', 'cleared'] as const

export function ChangeStatus({ data, onClose }: { data: CaseDetail; onClose: () => void }) {
  const { t } = useSay()
  const [form] = Form.useForm<{ reason: string; outcome?: string }>()
  const queries = useQueryClient()
  const closing = data.status === 'open'
  const change = useMutation({
    mutationFn: (v: { reason: string; outcome?: string }) => api.cases.change(data.id, { status: closing ? 'closed' : 'open', reason: v.reason, outcome: v.outcome }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['case', data.id] })
      void queries.invalidateQueries({ queryKey: ['cases'] })
      void queries.invalidateQueries({ queryKey: ['alert'] })
      void queries.invalidateQueries({ queryKey: ['alerts'] })
      onClose()
    },
  })
  return (
    <Modal
      open
      title={closing ? t('cases.closeCase') : t('cases.reopen')}
      okText={closing ? t('cases.closeCase') : t('cases.reopen')}
      okButtonProps={{ loading: change.isPending }}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(v) => change.mutate(v)}>
        <FormProblem error={change.error} />
{closing ? (
          <Form.Item name="outcome" label={t('cases.outcome')} rules={[{ required: true, message: t('alerts.close.outcomeNeeded') }]}>
            <Radio.Group
              vertical
              options={OUTCOMES.map((o) => ({
                value: o,
                label: (
                  <span>
                    {t(`caseOutcome.${o}`)}
                    <span className="quiet"> — {t(`cases.outcomeNote.${o}`)}</span>
                  </span>
                ),
              }))}
            />
          </Form.Item>
        ) : null}
        <Form.Item name="reason" label={t('common.reason')} rules={[{ required: true, whitespace: true, message: t('common.reasonNeeded') }]}>
          <Input.TextArea rows={3} autoFocus />
        </Form.Item>
      </Form>
    </Modal>
  )
}
