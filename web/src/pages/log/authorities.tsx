// Which outside authorities stamp the log's checkpoints, with their root certificates, and how often.
import { Button, Form, Input, InputNumber, Modal } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { LogStatus } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'

interface Values {
  authorities: { url: string; ca_pem?: string }[]
  every_minutes: number
}

export function Authorities({ log, onClose }: { log: LogStatus; onClose: () => void }) {
  const { t } = useSay()
  const [form] = Form.useForm<Values>()
  const queries = useQueryClient()
  const save = useMutation({
    // An address alone keeps the certificates it has: the server never sends them back.
    mutationFn: (v: Values) =>
      api.saveAuthorities({
        authorities: (v.authorities ?? []).map((a) => (a.ca_pem?.trim() ? { url: a.url.trim(), ca_pem: a.ca_pem } : a.url.trim())),
        every_minutes: v.every_minutes,
      }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['log'] })
      onClose()
    },
  })
  const kept = new Set(log.authorities.filter((a) => a.ca).map((a) => a.url))
  const initial: Values = {
    authorities: log.authorities.length ? log.authorities.map((a) => ({ url: a.url })) : [{ url: '' }],
    every_minutes: log.every_minutes,
  }
  return (
    <Modal
      open
      width={620}
      title={t('log.authorities')}
      okText={t('common.save')}
      okButtonProps={{ loading: save.isPending }}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<Values> form={form} layout="vertical" requiredMark={false} initialValues={initial} onFinish={(v) => save.mutate(v)}>
        <FormProblem error={save.error} />
        <p className="quiet" style={{ marginBottom: 12 }}>
          {t('log.authoritiesHint')}
        </p>
        <Form.List name="authorities">
          {(fields, { add, remove }) => (
            <>
              {fields.map((f, i) => (
                <fieldset key={f.key} className="authority">
                  <legend>{t('log.authorityNth', { n: i + 1 })}</legend>
                  <Form.Item
                    name={[f.name, 'url']}
                    label={t('log.authorityUrl')}
                    rules={[{ required: true, whitespace: true, message: t('common.needed') }, { pattern: /^\s*https?:\/\//, message: t('log.authorityUrlWrong') }]}
                  >
                    <Input placeholder="https://tsa.example.org/tsr" className="mono" />
                  </Form.Item>
                  <Form.Item
                    name={[f.name, 'ca_pem']}
                    label={t('log.ca')}
                    extra={kept.has(log.authorities[i]?.url ?? '') ? t('log.caKept') : t('log.caHint')}
                  >
                    <Input.TextArea rows={2} placeholder="-----BEGIN CERTIFICATE-----" className="mono" />
                  </Form.Item>
                  <Button size="small" onClick={() => remove(f.name)}>
                    {t('lexicon.remove')}
                  </Button>
                </fieldset>
              ))}
              <Button disabled={fields.length >= 10} onClick={() => add({ url: '' })}>
                {t('log.authorityAdd')}
              </Button>
            </>
          )}
        </Form.List>
        <Form.Item name="every_minutes" label={t('log.every')} style={{ marginTop: 16 }}>
          <InputNumber min={1} max={10_080} precision={0} suffix={t('log.minutes')} style={{ width: 160 }} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
