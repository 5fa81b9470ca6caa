// Closing or reopening a case, with the reason kept on its time line.
import { Form, Input, Modal } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { CaseDetail } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'

export function ChangeStatus({ data, onClose }: { data: CaseDetail; onClose: () => void }) {
  const { t } = useSay()
  const [form] = Form.useForm<{ reason: string }>()
  const queries = useQueryClient()
  const closing = data.status === 'open'
  const change = useMutation({
    mutationFn: (v: { reason: string }) => api.cases.change(data.id, { status: closing ? 'closed' : 'open', reason: v.reason }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['case', data.id] })
      void queries.invalidateQueries({ queryKey: ['cases'] })
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
        <Form.Item name="reason" label={t('common.reason')} rules={[{ required: true, whitespace: true, message: t('common.reasonNeeded') }]}>
          <Input.TextArea rows={3} autoFocus />
        </Form.Item>
      </Form>
    </Modal>
  )
}
