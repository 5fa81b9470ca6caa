// Records found in the browser go into a case that is open.
import { Form, Input, Modal, Select } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { api } from '../../api/index.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'

export function JoinCase({ records, onClose }: { records: string[]; onClose: () => void }) {
  const { t } = useSay()
  const [form] = Form.useForm<{ case: string; reason: string }>()
  const go = useNavigate()
  const queries = useQueryClient()
  const cases = useQuery({ queryKey: ['cases', 'list', 'open'], queryFn: () => api.cases.list({ status: 'open', limit: 200 }) })
  const none = cases.data?.items.length === 0
  const add = useMutation({
    mutationFn: (v: { case: string; reason: string }) => api.cases.add(v.case, { records, reason: v.reason }),
    onSuccess: (_, v) => {
      void queries.invalidateQueries({ queryKey: ['case', v.case] })
      void go(`/cases/${v.case}`)
    },
  })
  return (
    <Modal
      open
      title={t('cases.joinTitle', { count: records.length })}
      okText={t('common.add')}
      okButtonProps={{ loading: add.isPending, disabled: none }}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(v) => add.mutate(v)}>
        <FormProblem error={add.error ?? cases.error} />
        {none ? <p className="notice warn">{t('open.noCase')}</p> : null}
        <Form.Item name="case" label={t('cases.one')} rules={[{ required: true, message: t('open.caseNeeded') }]}>
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={cases.data?.items.map((c) => ({ value: c.id, label: `${c.number} ${c.title}` }))}
          />
        </Form.Item>
        <Form.Item name="reason" label={t('common.reason')} rules={[{ required: true, whitespace: true, message: t('common.reasonNeeded') }]}>
          <Input.TextArea rows={2} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
