// Opening a file of a case: with a reason, and the look is a record. What comes is saved, never drawn as a page.
import { Form, Input, Modal } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'
import { useToast } from '../../ui/toast.tsx'

const save = (bytes: Blob, name: string) => {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(bytes)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

export function OpenFile({ caseId, file, onClose }: { caseId: string; file: { name: string; sha256: string }; onClose: () => void }) {
  const { t } = useSay()
  const toast = useToast()
  const [form] = Form.useForm<{ reason: string }>()
  const queries = useQueryClient()
  const open = useMutation({
    mutationFn: (v: { reason: string }) => api.records.openFile(file.sha256, { case: caseId, reason: v.reason }),
    onSuccess: (bytes) => {
      save(bytes, file.name)
      toast.good(t('open.looked'))
      void queries.invalidateQueries({ queryKey: ['case', caseId] })
      onClose()
    },
  })
  return (
    <Modal
      open
      title={t('open.file', { name: file.name })}
      okText={t('open.doFile')}
      okButtonProps={{ loading: open.isPending }}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(v) => open.mutate(v)}>
        <p className="notice">{t('open.notice')}</p>
        <FormProblem error={open.error} />
        <Form.Item name="reason" label={t('open.reason')} rules={[{ required: true, whitespace: true, message: t('common.reasonNeeded') }]}>
          <Input.TextArea rows={3} placeholder={t('open.reasonHint')} autoFocus />
        </Form.Item>
      </Form>
    </Modal>
  )
}
