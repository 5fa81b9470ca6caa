// One policy: its versions with clauses and procedure, publishing, and who acknowledged it.
import { useState } from 'react'
import { useParams } from 'react-router'
import { Button, Form, Input, Segmented, Select } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { PolicyVersion, Procedure } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { Act } from '../../ui/act.tsx'
import { Day } from '../../ui/day.tsx'
import { day } from '../../ui/format.ts'
import { Await, Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { Table } from '../../ui/table.tsx'
import { Dialog, needed } from '../people/life-acts.tsx'
import { Draft } from './draft.tsx'
import { stateTone } from './list.tsx'
import './policy.css'

function Steps({ id, procedure }: { id: string; procedure: Procedure }) {
  const { t } = useSay()
  const step = (key: 'discussion' | 'consultation' | 'publicity', lines: (string | undefined)[]) => {
    const s = procedure[key]
    return (
      <li key={key} className={s?.file ? undefined : 'lacks'}>
        <b>{t(`policies.step.${key}`)}</b>
        {s ? (
          <>
            <div>{s.on}</div>
            {lines.filter(Boolean).map((line) => (
              <div key={line} className="quiet">
                {line}
              </div>
            ))}
            {s.file ? (
              <a href={api.policies.fileHref(id, s.file.sha256)} download={s.file.name}>
                {s.file.name}
              </a>
            ) : (
              <Mark tone="medium">{t('policies.noFile')}</Mark>
            )}
          </>
        ) : (
          <div>
            <Mark tone="medium">{t('policies.missing')}</Mark>
          </div>
        )}
      </li>
    )
  }
  return (
    <ul className="steps-line">
      {step('discussion', [procedure.discussion?.with, procedure.discussion?.summary])}
      {step('consultation', [procedure.consultation?.with, procedure.consultation?.summary])}
      {step('publicity', [procedure.publicity?.how])}
    </ul>
  )
}

export function Clauses({ clauses }: { clauses: PolicyVersion['clauses'] }) {
  const { t } = useSay()
  if (!clauses.length) return null
  return (
    <ul className="others">
      {clauses.map((c) => (
        <li key={c.id}>
          <b>{c.id}</b>
          <span>{c.text}</span>
          {c.serious ? <Mark tone="high">{t('policies.serious')}</Mark> : null}
        </li>
      ))}
    </ul>
  )
}

function Signed({ id, version }: { id: string; version: number }) {
  const { t, label } = useSay()
  const [missing, setMissing] = useState(true)
  const list = usePages(['policy', id, 'signed', version, missing], (cursor) => api.policies.signed(id, { version, missing, cursor, limit: 100 }))
  return (
    <Card flush title={t('policies.whoSigned')} extra={<Segmented value={missing ? 'missing' : 'all'} onChange={(v) => setMissing(v === 'missing')} options={[{ value: 'missing', label: t('policies.notYet') }, { value: 'all', label: t('cases.all') }]} />}>
      <Paged query={list}>
        {(rows) =>
          rows.length ? (
            <Table
              rows={rows}
              rowKey={(a) => a.number}
              caption={t('policies.whoSigned')}
              columns={[
                { key: 'who', title: t('people.name'), label: false, render: (a) => `${a.name} ${a.number}` },
                { key: 'department', title: t('life.department'), render: (a) => a.department ?? '—' },
                { key: 'at', title: t('policies.signedAt'), render: (a) => (a.signed_at ? `${day(a.signed_at)} ${label('signedBy', a.method, '')}` : <Mark tone="medium">{t('policies.notYet')}</Mark>) },
              ]}
            />
          ) : (
            <Empty title={t('policies.allSigned')} />
          )
        }
      </Paged>
    </Card>
  )
}

export default function Policy() {
  const { t } = useSay()
  const may = useMay()
  const { id = '' } = useParams()
  const [shown, setShown] = useState<number | null>(null)
  const [open, setOpen] = useState<'draft' | 'publish' | 'withdraw' | null>(null)
  const query = useQuery({ queryKey: ['policy', id], queryFn: () => api.policies.read(id) })
  const p = query.data
  const newest = p?.versions[0]
  const version = p?.versions.find((v) => v.version === shown) ?? newest
  const must = needed(t('common.needed'))
  return (
    <Page
      title={p?.title ?? t('policies.title')}
      crumbs={[{ to: '/policies', text: t('policies.title') }]}
      lead={
        version ? (
          <span className="chips">
            <Mark tone={stateTone(version.state)}>{t(`policies.state.${version.state}`)}</Mark>
            {version.effective_on ? <Mark>{t('policies.since', { date: version.effective_on })}</Mark> : null}
            <Mark>
              <span title={version.record}>{t('policies.sealed', { number: version.record.replace('rec_', '') })}</span>
            </Mark>
          </span>
        ) : undefined
      }
      actions={
        newest ? (
          <>
            <Act because={may('policies.edit') ? null : t('policies.noEdit')} onClick={() => setOpen('draft')}>
              {newest.state === 'draft' ? t('policies.editDraft') : t('policies.newVersion')}
            </Act>
            {newest.state === 'draft' ? (
              <Act type="primary" because={may('policies.approve') ? null : t('policies.noApprove')} onClick={() => setOpen('publish')}>
                {t('policies.publish')}
              </Act>
            ) : null}
          </>
        ) : null
      }
    >
      <Await query={query} rows={8}>
        {(data) =>
          version ? (
            <div className="stack">
              <Card
                title={t('policies.text')}
                extra={
                  <Select
                    value={version.version}
                    onChange={setShown}
                    aria-label={t('policies.versions')}
                    options={data.versions.map((v) => ({ value: v.version, label: `${t('people.version', { version: v.version })} · ${t(`policies.state.${v.state}`)}` }))}
                  />
                }
              >
                <div className="policy-text">{version.text}</div>
                <h3 className="sub">{t('policies.clauses')}</h3>
                <Clauses clauses={version.clauses} />
                {version.state === 'published' && may('policies.approve') ? (
                  <p className="more">
                    <Button danger onClick={() => setOpen('withdraw')}>
                      {t('policies.withdraw')}
                    </Button>
                  </p>
                ) : null}
              </Card>
              <Card title={t('policies.procedure')} note={t('policies.procedureHint')}>
                <Steps id={id} procedure={version.procedure} />
              </Card>
              {version.state === 'published' ? <Signed id={id} version={version.version} /> : null}
            </div>
          ) : null
        }
      </Await>
      {open === 'draft' && newest ? <Draft id={id} from={newest} onClose={() => setOpen(null)} onDone={() => setShown(null)} /> : null}
      {open === 'publish' ? (
        <Dialog title={t('policies.publish')} lead={t('policies.publishLead')} ok={t('policies.publish')} onClose={() => setOpen(null)} send={(v: { on: string }) => api.policies.publish(id, v.on)}>
          <Form.Item name="on" label={t('policies.effective')} rules={must}>
            <Day />
          </Form.Item>
        </Dialog>
      ) : null}
      {open === 'withdraw' && version ? (
        <Dialog title={t('policies.withdraw')} lead={t('policies.withdrawLead')} onClose={() => setOpen(null)} send={(v: { reason: string }) => api.policies.withdraw(id, version.version, v.reason)}>
          <Form.Item name="reason" label={t('common.reason')} rules={must}>
            <Input.TextArea rows={2} />
          </Form.Item>
        </Dialog>
      ) : null}
    </Page>
  )
}
