// The record browser: envelopes by person and time. Content opens under a case, with a reason.
import { useState } from 'react'
import { Button, Checkbox, Segmented, Select } from 'antd'
import { api } from '../../api/index.ts'
import type { Envelope } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { Act } from '../../ui/act.tsx'
import { Day } from '../../ui/day.tsx'
import { Card, Empty, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { Pick } from '../../ui/pick.tsx'
import { useFilters } from '../../ui/search-state.ts'
import { Table, type Column } from '../../ui/table.tsx'
import { JoinCase } from '../cases/join-case.tsx'
import { useEmployeeName } from '../people/names.ts'
import { RecordDrawer } from '../evidence/record-drawer.tsx'
import { KINDS } from './kinds.ts'
import { OpenContent } from './open-content.tsx'
import { useEnvelopeColumns } from './rows.tsx'

export default function Browser() {
  const { t, label } = useSay()
  const may = useMay()
  const f = useFilters()
  const [picked, setPicked] = useState<string[]>([])
  const [opening, setOpening] = useState<string[] | null>(null)
  const [joining, setJoining] = useState(false)
  const [drawer, setDrawer] = useState<string[]>([])
  const order = f.get('order') === 'asc' ? ('asc' as const) : ('desc' as const)
  const until = f.get('until')
  const query = {
    employee: f.get('employee'),
    customer: f.get('customer'),
    kind: f.get('kind'),
    source: f.get('source'),
    // Plain days: the server counts them in the company's zone, both inclusive.
    from: f.get('from'),
    until,
    order,
    limit: 100,
  }
  const list = usePages(['records', query], (cursor) => api.records.list({ ...query, cursor }))
  const envelope = useEnvelopeColumns()
  const columns: Column<Envelope>[] = [
    {
      key: 'pick',
      width: 40,
      title: <span className="sr-only">{t('records.pickFirst')}</span>,
      label: false,
      render: (r) => (
        <Checkbox
          aria-label={t('records.pick', { index: r.index })}
          checked={picked.includes(r.id)}
          onChange={(e) => setPicked(e.target.checked ? [...picked, r.id] : picked.filter((p) => p !== r.id))}
        />
      ),
    },
    ...envelope.map((c) =>
      c.key === 'kind'
        ? {
            ...c,
            render: (r: Envelope) => (
              <button type="button" className="as-link plain-link" onClick={() => setDrawer([r.id])}>
                {c.render(r)}
              </button>
            ),
          }
        : c.key === 'index'
        ? {
            ...c,
            render: (r: Envelope) => (
              <button type="button" className="as-link" onClick={() => setDrawer([r.id])} aria-label={t('drawer.title', { index: r.index })}>
                {c.render(r)}
              </button>
            ),
          }
        : c,
    ),
  ]
  const name = useEmployeeName()
  return (
    <Page
      title={t('records.title')}
      lead={t('records.lead')}
      actions={
        <>
          <Act
            because={!may('cases.act') ? t('alerts.caseForbidden') : picked.length === 0 ? t('records.pickFirst') : null}
            onClick={() => setJoining(true)}
          >
            {t('records.toCase')}
          </Act>
          <Act
            type="primary"
            because={!may('content.open') ? t('records.openWhy') : picked.length === 0 ? t('records.pickFirst') : null}
            onClick={() => setOpening(picked)}
          >
            {t('records.openPicked', { count: picked.length })}
          </Act>
        </>
      }
    >
      <Card flush>
        <div className="filters">
          <Pick
            value={f.get('employee')}
            shown={name(f.get('employee') ?? '')}
            label={t('people.anyone')}
            width={190}
            queryKey={['pick', 'employees']}
            find={async (q) =>
              (await api.employees.list({ q, limit: 50 })).items.map((e) => ({ value: e.number, label: `${e.name || e.number} ${e.number}` }))
            }
            onChange={(v) => f.set({ employee: v })}
          />
          <Pick
            value={f.get('customer')}
            label={t('customers.anyone')}
            width={190}
            queryKey={['pick', 'customers']}
            find={async (q) =>
              (await api.customers.list({ q, limit: 50 })).items.map((c) => ({ value: c.customer, label: `${c.name || c.customer} ${c.customer}` }))
            }
            onChange={(v) => f.set({ customer: v })}
          />
          <Select
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            value={f.get('kind')}
            placeholder={t('records.anyKind')}
            aria-label={t('records.anyKind')}
            style={{ minWidth: 150 }}
            onChange={(v?: string) => f.set({ kind: v })}
            options={KINDS.map((k) => ({ value: k, label: label('kind', k) }))}
          />
          <Day
            prefix={<span className="quiet">{t('records.fromShort')}</span>}
            label={t('records.from')}
            width={172}
            max={until}
            value={f.get('from')}
            onChange={(from) => f.set({ from })}
          />
          <Day
            prefix={<span className="quiet">{t('records.untilShort')}</span>}
            label={t('records.until')}
            width={172}
            min={f.get('from')}
            value={until}
            onChange={(last) => f.set({ until: last })}
          />
          <Segmented
            value={order}
            onChange={(v) => f.set({ order: v === 'asc' ? 'asc' : undefined })}
            options={[
              { value: 'desc', label: t('records.newest') },
              { value: 'asc', label: t('records.oldest') },
            ]}
          />
        </div>
        <Paged query={list}>
          {(rows) =>
            rows.length ? (
              <Table keys rows={rows} columns={columns} rowKey={(r) => r.id} caption={t('records.title')} />
            ) : (
              <Empty title={t('records.empty')} action={f.any ? <Button onClick={f.clear}>{t('common.clearFilters')}</Button> : null}>
                <p>{t('records.emptyHint')}</p>
              </Empty>
            )
          }
        </Paged>
      </Card>
      <RecordDrawer
        ids={drawer}
        onClose={() => setDrawer([])}
        onOpen={may('content.open') ? (id) => setOpening([id]) : undefined}
      />
      {joining ? <JoinCase records={picked} onClose={() => setJoining(false)} /> : null}
      {opening ? (
        <OpenContent
          records={opening}
          onClose={() => {
            setOpening(null)
            setPicked([])
          }}
        />
      ) : null}
    </Page>
  )
}
