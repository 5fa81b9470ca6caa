// Writing a version: the text, its clauses, and the democratic procedure with its papers.
import { Button, Checkbox, Form, Input, Modal, Upload } from 'antd'
import { DeleteOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import { sendPaper } from '../../api/staff.ts'
import type { DraftPolicy, Paper, PolicyClause, PolicyVersion, Procedure } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'
import { Day } from '../../ui/day.tsx'
import { needed } from '../people/life-acts.tsx'
import './policy.css'

const STEPS = ['discussion', 'consultation', 'publicity'] as const
type Step = (typeof STEPS)[number]
type Chosen = { originFileObj?: File; name: string }[]
interface StepValues {
  on?: string
  with?: string
  how?: string
  summary?: string
  chosen?: Chosen
}
type Values = { title: string; text: string; clauses?: PolicyClause[] } & Record<Step, StepValues | undefined>

/** A step that has no day was not entered. */
async function stepOf(v: StepValues | undefined, before: { file?: Paper | null } | null | undefined) {
  if (!v?.on) return undefined
  const chosen = v.chosen?.[0]
  // The paper there was stands in the list as one without bytes; taken out of the list it is gone.
  const file = chosen?.originFileObj ? await sendPaper(chosen.originFileObj) : chosen ? (before?.file ?? undefined) : undefined
  return { on: v.on, with: v.with ?? '', how: v.how ?? '', summary: v.summary ?? '', file }
}

export function Draft({ id, from, onClose, onDone }: { id?: string; from?: PolicyVersion; onClose: () => void; onDone: (id: string) => void }) {
  const { t } = useSay()
  const [form] = Form.useForm<Values>()
  const queries = useQueryClient()
  // A new version begins with the old text, and with a procedure of its own.
  const steps: Procedure = from?.state === 'draft' ? from.procedure : {}
  const save = useMutation({
    mutationFn: async (v: Values) => {
      const procedure = {
        discussion: await stepOf(v.discussion, steps.discussion),
        consultation: await stepOf(v.consultation, steps.consultation),
        publicity: await stepOf(v.publicity, steps.publicity),
      } as Procedure
      const body: DraftPolicy = { title: v.title, text: v.text, clauses: v.clauses ?? [], procedure }
      return id ? api.policies.draft(id, body) : api.policies.create(body)
    },
    onSuccess: (policy) => {
      void queries.invalidateQueries({ queryKey: ['policies'] })
      void queries.invalidateQueries({ queryKey: ['policy', policy.id] })
      onClose()
      onDone(policy.id)
    },
  })
  const must = needed(t('common.needed'))
  return (
    <Modal
      open
      width={820}
      title={from?.state === 'draft' ? t('policies.editDraft') : from ? t('policies.newVersion') : t('policies.add')}
      okText={t('policies.saveDraft')}
      okButtonProps={{ loading: save.isPending }}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{
          title: from?.title,
          text: from?.text,
          clauses: from?.clauses ?? [],
          ...Object.fromEntries(STEPS.map((s) => [s, steps[s] ? { ...steps[s], chosen: steps[s]?.file ? [{ uid: s, name: steps[s]?.file?.name, status: 'done' }] : [] } : {}])),
        }}
        onFinish={(v) => save.mutate(v)}
      >
        <FormProblem error={save.error} />
        <Form.Item name="title" label={t('policies.name')} rules={must}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="text" label={t('policies.text')} rules={must}>
          <Input.TextArea rows={8} />
        </Form.Item>
        <h3 className="sub">{t('policies.clauses')}</h3>
        <p className="quiet">{t('policies.clausesHint')}</p>
        <Form.List name="clauses">
          {(fields, { add, remove }) => (
            <>
              {fields.map((f) => (
                <div key={f.key} className="clause">
                  <Form.Item name={[f.name, 'id']} rules={must}>
                    <Input placeholder="5.2" aria-label={t('policies.clauseId')} />
                  </Form.Item>
                  <Form.Item name={[f.name, 'text']} rules={must}>
                    <Input.TextArea autoSize placeholder={t('policies.clauseText')} aria-label={t('policies.clauseText')} />
                  </Form.Item>
                  <Form.Item name={[f.name, 'serious']} valuePropName="checked">
                    <Checkbox>{t('policies.serious')}</Checkbox>
                  </Form.Item>
                  <Button icon={<DeleteOutlined />} aria-label={t('policies.removeClause')} onClick={() => remove(f.name)} />
                </div>
              ))}
              <Button onClick={() => add({ serious: false })}>{t('policies.addClause')}</Button>
            </>
          )}
        </Form.List>
        <h3 className="sub">{t('policies.procedure')}</h3>
        <p className="quiet">{t('policies.procedureHint')}</p>
        {STEPS.map((s) => (
          <fieldset key={s} className="step">
            <legend>{t(`policies.step.${s}`)}</legend>
            <Form.Item name={[s, 'on']} label={t('policies.stepOn')}>
              <Day />
            </Form.Item>
            {s === 'publicity' ? (
              <Form.Item name={[s, 'how']} label={t('policies.stepHow')}>
                <Input />
              </Form.Item>
            ) : (
              <>
                <Form.Item name={[s, 'with']} label={t('policies.stepWith')}>
                  <Input />
                </Form.Item>
                <Form.Item name={[s, 'summary']} label={t('policies.stepSummary')}>
                  <Input.TextArea autoSize={{ minRows: 2 }} />
                </Form.Item>
              </>
            )}
            <Form.Item name={[s, 'chosen']} label={t('policies.stepFile')} valuePropName="fileList" getValueFromEvent={(e: { fileList: unknown[] }) => e.fileList}>
              <Upload beforeUpload={() => false} maxCount={1}>
                <Button>{t('contracts.choose')}</Button>
              </Upload>
            </Form.Item>
          </fieldset>
        ))}
      </Form>
    </Modal>
  )
}
