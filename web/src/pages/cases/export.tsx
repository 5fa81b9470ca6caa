// Building an evidence package: the reason, what to withhold of each record, then progress and how to check it.
import { useState } from 'react'
import { Button, Form, Input, Modal, Progress } from 'antd'
import { DownloadOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { CaseDetail, Package } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { Copy, FormProblem } from '../../ui/act.tsx'
import { bytes, grouped, minute } from '../../ui/format.ts'
import { Mark } from '../../ui/page.tsx'
import { MEMBERS } from './members.ts'

/** For each record, the members that a reader of the package will not see. They still verify. */
function Redactions({ records, value, onChange }: {
  records: CaseDetail['records']
  value: Record<string, string[]>
  onChange: (v: Record<string, string[]>) => void
}) {
  const { t, label } = useSay()
  const flip = (id: string, pointer: string) => {
    const now = value[id] ?? []
    const next = now.includes(pointer) ? now.filter((p) => p !== pointer) : [...now, pointer]
    const all = { ...value, [id]: next }
    if (next.length === 0) delete all[id]
    onChange(all)
  }
  return (
    <ul className="redact">
      {records.map((r) => (
        <li key={r.id}>
          <div className="row">
            <b>{label('kind', r.kind)}</b>
            <span className="quiet">{minute(r.at)}</span>
          </div>
          <div className="row" role="group" aria-label={t('export.withholdOf', { kind: label('kind', r.kind), at: minute(r.at) })}>
            {(MEMBERS[r.kind] ?? []).map((m) => {
              const pointer = `/data/${m}`
              const off = value[r.id]?.includes(pointer) ?? false
              return (
                <button key={m} type="button" aria-pressed={off} className="member" onClick={() => flip(r.id, pointer)}>
                  {label('member', m)}
                </button>
              )
            })}
          </div>
        </li>
      ))}
    </ul>
  )
}

export function ExportPackage({ data, onClose }: { data: CaseDetail; onClose: () => void }) {
  const { t } = useSay()
  const [form] = Form.useForm<{ reason: string }>()
  const [redact, setRedact] = useState<Record<string, string[]>>({})
  const queries = useQueryClient()
  const withheld = Object.values(redact).reduce((n, p) => n + p.length, 0)
  const build = useMutation({
    mutationFn: (v: { reason: string }) => api.cases.export(data.id, v.reason, redact),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['packages', data.id] })
      void queries.invalidateQueries({ queryKey: ['case', data.id] })
      onClose()
    },
  })
  return (
    <Modal
      open
      width={640}
      title={t('export.title')}
      okText={t('export.do')}
      okButtonProps={{ loading: build.isPending, disabled: data.records.length === 0 }}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(v) => build.mutate(v)}>
        <FormProblem error={build.error} />
        <p className="quiet" style={{ marginBottom: 14 }}>
          {t('export.lead', { count: data.records.length })}
        </p>
        <Form.Item name="reason" label={t('export.reason')} rules={[{ required: true, whitespace: true, message: t('common.reasonNeeded') }]}>
          <Input.TextArea rows={2} placeholder={t('export.reasonHint')} autoFocus />
        </Form.Item>
        <Form.Item label={t('export.withhold')} extra={t('export.withholdHint')}>
          {data.records.length ? (
            <Redactions records={data.records} value={redact} onChange={setRedact} />
          ) : (
            <p className="quiet">{t('export.noRecords')}</p>
          )}
        </Form.Item>
        <p role="status">{withheld ? t('export.withheld', { count: withheld }) : t('export.withheldNone')}</p>
      </Form>
    </Modal>
  )
}

function One({ pkg }: { pkg: Package }) {
  const { t, label } = useSay()
  const share = pkg.progress == null ? 0 : pkg.progress > 1 ? pkg.progress : pkg.progress * 100
  const ready = pkg.status === 'ready'
  return (
    <li>
      <div className="spread">
        <span>
          <Mark tone={ready ? 'good' : pkg.status === 'failed' ? 'high' : 'low'}>{label('packageStatus', pkg.status)}</Mark>{' '}
          <span className="quiet">{pkg.built_at ? minute(pkg.built_at) : ''}</span>
        </span>
        {ready ? (
          <Button type="primary" size="small" icon={<DownloadOutlined />} href={pkg.href} download>
            {t('export.download')} {bytes(pkg.size)}
          </Button>
        ) : null}
      </div>
      {pkg.status === 'queued' || pkg.status === 'building' ? (
        <Progress percent={Math.round(share)} size="small" strokeColor="#2c6b5f" aria-label={t('export.progress')} />
      ) : null}
      {pkg.error ? <p className="quiet">{pkg.error}</p> : null}
      {ready && pkg.pdf === 'missing' ? <p className="notice warn">{t('export.noPdf')} {pkg.pdf_note}</p> : null}
      {ready && pkg.sha256 ? (
        <p className="quiet hash">
          SHA-256 <code>{grouped(pkg.sha256)}</code>
        </p>
      ) : null}
    </li>
  )
}

export function Packages({ id }: { id: string }) {
  const { t } = useSay()
  const may = useMay()
  const list = useQuery({
    queryKey: ['packages', id],
    queryFn: () => api.cases.packages(id),
    refetchInterval: (q) =>
      q.state.data?.items.some((p) => p.status === 'queued' || p.status === 'building') ? 700 : false,
  })
  const log = useQuery({ queryKey: ['log'], queryFn: api.log, enabled: may('log.see') })
  if (!list.data?.items.length) return <p className="quiet">{t('export.none')}</p>
  return (
    <>
      <ul className="packages">
        {list.data.items.map((p) => (
          <One key={p.id} pkg={p} />
        ))}
      </ul>
      <details className="verify">
        <summary>{t('export.how')}</summary>
        <p>{t('export.howText')}</p>
        <pre>probity-verify {t('export.fileName')}.zip --key {log.data?.fingerprint ?? '…'}</pre>
        {log.data ? (
          <>
            <h3 className="sub">{t('export.fingerprint')}</h3>
            <code className="hash">{grouped(log.data.fingerprint)}</code>
            <Copy text={log.data.fingerprint} />
          </>
        ) : null}
        <p className="quiet" style={{ marginTop: 10 }}>
          {t('export.elsewhere')}
        </p>
      </details>
    </>
  )
}
