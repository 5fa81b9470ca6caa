// Open a case, or join the one that is already open for this person. Either way the reason is kept.
import { Form, Input, Modal, Radio } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useNavigate } from 'react-router'
import { api } from '../../api/index.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'
import { day } from '../../ui/format.ts'

interface Values {
  into: string
  title: string
  reason: string
}

export function OpenCase({
  employee,
  employeeName,
  title,
  alerts,
  records,
  onCancel,
}: {
  employee: string
  employeeName: string
  title: string
  alerts: string[]
  records: string[]
  onCancel: () => void
}) {
  const { t } = useSay()
  const [form] = Form.useForm<Values>()
  const go = useNavigate()
  const queries = useQueryClient()
  const into = Form.useWatch('into', form)
  const open = useQuery({
    queryKey: ['cases', 'open-of', employee],
    queryFn: () => api.cases.list({ employee, status: 'open', limit: 50 }),
  })
  const mine = open.data?.items.filter((c) => c.employee === employee && c.status === 'open') ?? []
  // Who has an open case gets no second one by the way.
  const first = mine[0]?.id
  useEffect(() => {
    if (first && !form.isFieldTouched('into')) form.setFieldValue('into', first)
  }, [first, form])
  const act = useMutation({
    mutationFn: async (v: Values) => {
      if (v.into && v.into !== 'new') {
        await api.cases.add(v.into, { records, alerts, reason: v.reason })
        return v.into
      }
      return (await api.cases.open({ employee, title: v.title, reason: v.reason, alerts, records })).id
    },
    onSuccess: (id) => {
      void queries.invalidateQueries({ queryKey: ['cases'] })
      void queries.invalidateQueries({ queryKey: ['case', id] })
      void queries.invalidateQueries({ queryKey: ['alert'] })
      void queries.invalidateQueries({ queryKey: ['alerts'] })
      void go(`/cases/${id}`)
    },
  })
  return (
    <Modal
      open
      title={t('cases.open.title', { name: employeeName })}
      okText={into && into !== 'new' ? t('cases.open.join') : t('cases.open.do')}
      okButtonProps={{ loading: act.isPending }}
      onOk={() => form.submit()}
      onCancel={onCancel}
    >
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ into: 'new', title }} onFinish={(v) => act.mutate(v)}>
        <FormProblem error={act.error} />
        {mine.length > 0 ? (
          <Form.Item name="into" label={t('cases.open.into')}>
            <Radio.Group
              vertical
              options={[
                ...mine.map((c) => ({
                  value: c.id,
                  label: t('cases.open.joinThis', { number: c.number, title: c.title, date: day(c.opened_at) }),
                })),
                { value: 'new', label: t('cases.open.fresh') },
              ]}
            />
          </Form.Item>
        ) : null}
        {!into || into === 'new' ? (
          <Form.Item name="title" label={t('cases.open.name')} rules={[{ required: true, whitespace: true, message: t('cases.open.nameNeeded') }]}>
            <Input maxLength={120} />
          </Form.Item>
        ) : null}
        <Form.Item
          name="reason"
          label={t('cases.open.reason')}
          extra={t('cases.open.reasonKept')}
          rules={[{ required: true, whitespace: true, message: t('common.reasonNeeded') }]}
        >
          <Input.TextArea rows={3} placeholder={t('cases.open.reasonHint')} autoFocus />
        </Form.Item>
        <p className="quiet">{t('cases.open.takes', { records: records.length, alerts: alerts.length })}</p>
      </Form>
    </Modal>
  )
}
