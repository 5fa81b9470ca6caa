// A better name for a case; the old one stays on its time line.
import { Form, Input, Modal } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { CaseDetail } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'

export function Rename({ data, onClose }: { data: CaseDetail; onClose: () => void }) {
  const { t } = useSay()
  const [form] = Form.useForm<{ title: string }>()
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: (v: { title: string }) => api.cases.change(data.id, { title: v.title }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['case', data.id] })
      void queries.invalidateQueries({ queryKey: ['cases'] })
      onClose()
    },
  })
  return (
    <Modal open title={t('cases.rename')} okText={t('common.save')} okButtonProps={{ loading: change.isPending }} onOk={() => form.submit()} onCancel={onClose}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ title: data.title }} onFinish={(v) => change.mutate(v)}>
        <FormProblem error={change.error} />
        <Form.Item name="title" label={t('cases.open.name')} rules={[{ required: true, whitespace: true, message: t('cases.open.nameNeeded') }]}>
          <Input maxLength={200} autoFocus />
        </Form.Item>
      </Form>
    </Modal>
  )
}
