// Opening sealed content: under a case, with a reason, and said plainly that the look is recorded.
import { useState } from 'react'
import { Form, Input, Modal, Select } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { OpenedRecord } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'
import { Opened } from './opened.tsx'

interface Values {
  case: string
  reason: string
}

export function OpenContent({ records, caseId, onClose }: { records: string[]; caseId?: string; onClose: () => void }) {
  const { t } = useSay()
  const [form] = Form.useForm<Values>()
  const queries = useQueryClient()
  const [shown, setShown] = useState<OpenedRecord[] | null>(null)
  const cases = useQuery({
    queryKey: ['cases', 'list', 'open'],
    queryFn: () => api.cases.list({ status: 'open', limit: 200 }),
    enabled: !caseId,
  })
  const choices = cases.data?.items.filter((c) => c.status === 'open') ?? []
  const open = useMutation({
    mutationFn: (v: Values) => api.records.open({ records, case: caseId ?? v.case, reason: v.reason }),
    onSuccess: (answer) => {
      setShown(answer.items)
      void queries.invalidateQueries({ queryKey: ['case'] })
    },
  })
  const none = !caseId && cases.data && choices.length === 0
  return (
    <Modal
      open
      width={shown ? 720 : 560}
      title={shown ? t('open.shown') : t('open.title', { count: records.length })}
      okText={shown ? t('common.close') : t('open.do')}
      okButtonProps={{ loading: open.isPending, disabled: Boolean(none) }}
      cancelButtonProps={shown ? { style: { display: 'none' } } : undefined}
      onOk={() => (shown ? onClose() : form.submit())}
      onCancel={onClose}
    >
      {shown ? (
        <>
          <p className="quiet" role="status" style={{ marginBottom: 12 }}>
            {t('open.looked')}
          </p>
          <div className="stack">
            {shown.map((r) => (
              <Opened key={r.id} record={r} />
            ))}
          </div>
        </>
      ) : (
        <Form form={form} layout="vertical" requiredMark={false} onFinish={(v) => open.mutate(v)}>
          <p className="notice">{t('open.notice')}</p>
          <FormProblem error={open.error} />
          {none ? <p className="notice warn">{t('open.noCase')}</p> : null}
          {caseId ? null : (
            <Form.Item name="case" label={t('open.case')} rules={[{ required: true, message: t('open.caseNeeded') }]}>
              <Select
                showSearch={{ optionFilterProp: 'label' }}
                options={choices.map((c) => ({ value: c.id, label: `${c.number} ${c.title}` }))}
              />
            </Form.Item>
          )}
          <Form.Item
            name="reason"
            label={t('open.reason')}
            rules={[{ required: true, whitespace: true, message: t('common.reasonNeeded') }]}
          >
            <Input.TextArea rows={3} placeholder={t('open.reasonHint')} autoFocus />
          </Form.Item>
        </Form>
      )}
    </Modal>
  )
}
