// The contracts of one person, and the dialogs that enter and end one.
import { useState } from 'react'
import { Button, Form, Input, Select, Upload } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import { sendPaper } from '../../api/staff.ts'
import type { Contract } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay, useSession } from '../../session.tsx'
import { Day } from '../../ui/day.tsx'
import { money } from '../../ui/money.ts'
import { Await, Mark } from '../../ui/page.tsx'
import { Dialog, needed } from '../people/life-acts.tsx'

interface Terms {
  kind: 'fixed' | 'open_ended' | 'task'
  number?: string
  from: string
  until?: string
  probation_until?: string
  post?: string
  place?: string
  pay?: string
  signed_on?: string
  file?: { originFileObj?: File }[]
}

function Make({ number, onClose }: { number: string; onClose: () => void }) {
  const { t } = useSay()
  const currency = useSession().data?.company.currency ?? 'CNY'
  const must = needed(t('common.needed'))
  return (
    <Dialog
      title={t('contracts.make')}
      onClose={onClose}
      initial={{ kind: 'fixed' as const }}
      send={async (v: Terms) => {
        const chosen = v.file?.[0]?.originFileObj
        await api.contracts.make(number, {
          ...v,
          until: v.until || undefined,
          probation_until: v.probation_until || undefined,
          signed_on: v.signed_on || undefined,
          pay: v.pay ? { amount: v.pay.trim(), currency } : undefined,
          file: chosen ? await sendPaper(chosen) : undefined,
        })
      }}
    >
      <Form.Item name="kind" label={t('contracts.kind')}>
        <Select options={(['fixed', 'open_ended', 'task'] as const).map((value) => ({ value, label: t(`contracts.kindOf.${value}`) }))} />
      </Form.Item>
      <Form.Item name="from" label={t('contracts.from')} rules={must}>
        <Day />
      </Form.Item>
      <Form.Item noStyle shouldUpdate>
        {({ getFieldValue }) =>
          getFieldValue('kind') === 'open_ended' ? null : (
            <Form.Item name="until" label={t('contracts.until')}>
              <Day />
            </Form.Item>
          )
        }
      </Form.Item>
      <Form.Item name="probation_until" label={t('life.probationUntil')}>
        <Day />
      </Form.Item>
      <Form.Item name="post" label={t('life.title')}>
        <Input />
      </Form.Item>
      <Form.Item name="place" label={t('contracts.place')}>
        <Input />
      </Form.Item>
      <Form.Item name="pay" label={t('contracts.pay', { currency })}>
        <Input inputMode="decimal" placeholder="12000.00" />
      </Form.Item>
      <Form.Item name="signed_on" label={t('contracts.signedOn')}>
        <Day />
      </Form.Item>
      <Form.Item name="file" label={t('contracts.file')} valuePropName="fileList" getValueFromEvent={(e: { fileList: unknown[] }) => e.fileList}>
        <Upload beforeUpload={() => false} maxCount={1}>
          <Button>{t('contracts.choose')}</Button>
        </Upload>
      </Form.Item>
    </Dialog>
  )
}

export const tone = (c: Contract) =>
  c.state !== 'active' ? undefined : c.days_left == null ? 'good' : c.days_left < 0 ? 'high' : c.days_left <= 30 ? 'medium' : 'good'

/** `over`: the one they were made with has left, and how many days a contract would have run says nothing. */
export function ContractLines({ contracts, onEnd, over }: { contracts: Contract[]; onEnd?: (c: Contract) => void; over?: boolean }) {
  const { t, label } = useSay()
  if (!contracts.length) return <p className="quiet">{t('contracts.none')}</p>
  return (
    <ul className="others">
      {contracts.map((c) => (
        <li key={c.id}>
          <Mark tone={over ? undefined : tone(c)}>{t(`contracts.kindOf.${c.kind}`)}</Mark>
          <b>
            {c.from} – {c.until ?? t('contracts.noEnd')}
          </b>
          {c.term && c.term > 1 ? <span className="quiet">{t('contracts.term', { term: c.term })}</span> : null}
          {c.state === 'ended' ? (
            <span className="quiet">{t('contracts.ended', { date: c.ended_on ?? '', reason: c.reason ? label('life.groundOf', c.reason, c.reason) : '' })}</span>
          ) : over || c.days_left == null ? null : (
            <span className="quiet">{c.days_left < 0 ? t('contracts.over', { days: -c.days_left }) : t('contracts.left', { days: c.days_left })}</span>
          )}
          {[c.post, c.place].filter(Boolean).length ? <span className="quiet">{[c.post, c.place].filter(Boolean).join(' · ')}</span> : null}
          {c.probation_until ? <span className="quiet">{t('contracts.probation', { date: c.probation_until })}</span> : null}
          {c.pay ? (
            <span className="quiet">
              {money(c.pay)}
            </span>
          ) : c.pay_masked ? (
            <span className="quiet">{t('contracts.payMasked')}</span>
          ) : null}
          {c.file && !c.pay_masked ? (
            <a href={api.contracts.fileHref(c.id)} download>
              {c.file.name}
            </a>
          ) : null}
          {onEnd && c.state === 'active' ? (
            <Button size="small" onClick={() => onEnd(c)}>
              {t('contracts.end')}
            </Button>
          ) : null}
        </li>
      ))}
    </ul>
  )
}

export function EndContract({ contract, onClose }: { contract: Contract; onClose: () => void }) {
  const { t } = useSay()
  const must = needed(t('common.needed'))
  return (
    <Dialog
      title={[t('contracts.end'), contract.employee_name].filter(Boolean).join(' · ')}
      ok={t('contracts.end')}
      onClose={onClose}
      initial={{ on: contract.until ?? undefined }}
      send={(v: { on: string; reason: string }) => api.contracts.end(contract.id, v)}
    >
      <Form.Item name="on" label={t('contracts.endOn')} rules={must}>
        <Day />
      </Form.Item>
      <Form.Item name="reason" label={t('common.reason')} rules={must}>
        <Input.TextArea rows={2} />
      </Form.Item>
    </Dialog>
  )
}

export function ContractsOf({ number, left }: { number: string; left: boolean }) {
  const { t } = useSay()
  const may = useMay()
  const [open, setOpen] = useState<'make' | Contract | null>(null)
  const list = useQuery({ queryKey: ['contracts', number], queryFn: () => api.contracts.of(number) })
  const edits = may('contracts.edit')
  return (
    <>
      <div className="spread">
        <h3 className="sub">{t('contracts.title')}</h3>
        {edits ? (
          <Button size="small" onClick={() => setOpen('make')}>
            {t('contracts.make')}
          </Button>
        ) : null}
      </div>
      <Await query={list} rows={2}>
        {(page) => <ContractLines contracts={page.items} onEnd={edits ? setOpen : undefined} over={left} />}
      </Await>
      {open === 'make' ? <Make number={number} onClose={() => setOpen(null)} /> : open ? <EndContract contract={open} onClose={() => setOpen(null)} /> : null}
    </>
  )
}
