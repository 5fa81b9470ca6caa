// One word of the lexicon and its spellings. Saving makes a new version of the whole.
import { Button, Form, Input, Modal, Select } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Lexicon, LexiconEntry } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'

const nextVersion = (now: string) => {
  const stamp = new Date().toISOString().slice(0, 16).replace(/[-:T]/g, '')
  return `${now.split('+')[0]}+${stamp}`
}

export function EntryForm({ lexicon, entry, onClose }: { lexicon: Lexicon; entry: LexiconEntry | null; onClose: () => void }) {
  const { t, en, label } = useSay()
  const [form] = Form.useForm<LexiconEntry>()
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: (entries: LexiconEntry[]) =>
      api.lexicon.save({
        version: nextVersion(lexicon.version),
        steps: lexicon.steps,
        categories: lexicon.categories,
        exceptions: lexicon.exceptions,
        entries,
      }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['lexicon'] })
      onClose()
    },
  })
  const others = lexicon.entries.filter((e) => e.word !== entry?.word)
  return (
    <Modal
      open
      title={entry ? entry.word : t('lexicon.add')}
      onCancel={onClose}
      footer={
        <div className="spread">
          {entry ? (
            <Button danger loading={save.isPending} onClick={() => save.mutate(others)}>
              {t('lexicon.remove')}
            </Button>
          ) : (
            <span />
          )}
          <span className="row">
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            <Button type="primary" loading={save.isPending} onClick={() => form.submit()}>
              {t('common.save')}
            </Button>
          </span>
        </div>
      }
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={entry ?? { severity: 'high', lang: 'zh', variants: [] }}
        onFinish={(v) => save.mutate([...others, { ...entry, ...v }])}
      >
        <FormProblem error={save.error} />
        <Form.Item name="word" label={t('lexicon.word')} rules={[{ required: true, whitespace: true, message: t('common.needed') }]}>
          <Input disabled={Boolean(entry)} />
        </Form.Item>
        <Form.Item name="category" label={t('lexicon.category')} rules={[{ required: true, message: t('common.needed') }]}>
          <Select options={lexicon.categories.map((c) => ({ value: c.id, label: en ? c.en : c.zh }))} />
        </Form.Item>
        <Form.Item name="severity" label={t('alerts.severity')}>
          <Select options={(['high', 'medium', 'low'] as const).map((s) => ({ value: s, label: label('severity', s) }))} />
        </Form.Item>
        <Form.Item name="variants" label={t('lexicon.variants')} extra={t('lexicon.variantsHint')}>
          <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', '，', '、']} />
        </Form.Item>
        <Form.Item name="lang" label={t('lexicon.lang')}>
          <Select
            options={[
              { value: 'zh', label: t('lexicon.zh') },
              { value: 'en', label: t('lexicon.en') },
            ]}
          />
        </Form.Item>
        <p className="quiet">{t('lexicon.saveNote')}</p>
      </Form>
    </Modal>
  )
}
