// Taking customers out as a file: what for, which form. The server bounds it, marks it and logs it.
import { Form, Input, Modal, Radio } from 'antd'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { CustomerFilter } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'
import { toast } from '../../ui/toast.tsx'

interface Values {
  format: 'xlsx' | 'csv'
  reason: string
}

export function Export({ filter, onClose }: { filter: CustomerFilter; onClose: () => void }) {
  const { t } = useSay()
  const [form] = Form.useForm<Values>()
  const act = useMutation({
    mutationFn: (v: Values) => api.customers.export({ ...v, filter }),
    onSuccess: ({ file, id, name }) => {
      const link = document.createElement('a')
      link.href = URL.createObjectURL(file)
      link.download = name
      link.click()
      URL.revokeObjectURL(link.href)
      toast(t('customers.exportDone', { id: id.slice(0, 13) }))
      onClose()
    },
  })
  return (
    <Modal
      open
      title={t('customers.exportTitle')}
      okText={t('customers.export')}
      okButtonProps={{ loading: act.isPending }}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="quiet">{t('customers.exportLead')}</p>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ format: 'xlsx' }} onFinish={(v) => act.mutate(v)}>
        <FormProblem error={act.error} />
        <Form.Item name="format" label={t('customers.format')}>
          <Radio.Group options={[{ value: 'xlsx', label: 'Excel' }, { value: 'csv', label: 'CSV' }]} />
        </Form.Item>
        <Form.Item
          name="reason"
          label={t('customers.exportReason')}
          extra={t('customers.exportReasonHint')}
          rules={[{ required: true, whitespace: true, message: t('common.reasonNeeded') }]}
        >
          <Input.TextArea rows={2} maxLength={500} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
