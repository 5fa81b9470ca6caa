// Customers the records show and the list does not, and what became of those that were passed on.
import { useState } from 'react'
import { Link } from 'react-router'
import { Button, Modal, Progress, Segmented, Select } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Handover, HandoverFinding } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { Act, FormProblem } from '../../ui/act.tsx'
import { Day } from '../../ui/day.tsx'
import { day } from '../../ui/format.ts'
import { Card, Mark } from '../../ui/page.tsx'
import { Table, type Column } from '../../ui/table.tsx'
import { useToast } from '../../ui/toast.tsx'
import { Ask } from './ask.tsx'
import { moveTone, outboxTone } from './tones.ts'

export function Findings({ data }: { data: Handover }) {
  const { t, label } = useSay()
  const toast = useToast()
  const queries = useQueryClient()
  const [leaving, setLeaving] = useState<HandoverFinding | null>(null)
  const refresh = () => void queries.invalidateQueries({ queryKey: ['handovers'] })
  const run = useMutation({ mutationFn: () => api.handovers.reconcile(data.id), onSuccess: refresh, onError: toast.bad })
  const add = useMutation({
    mutationFn: (customer: string) => api.handovers.decide(data.id, { customer, add: true, reason: '' }),
    onSuccess: refresh,
    onError: toast.bad,
  })
  const columns: Column<HandoverFinding>[] = [
    {
      key: 'customer',
      title: t('handover.customer'),
      label: false,
      render: (f) => (
        <>
          <Link className="cell-main" to={`/customers/${encodeURIComponent(f.customer)}`}>
            {f.name ?? f.customer}
          </Link>
          <div className="cell-sub">
            {f.employee_name ? t('handover.nowServes', { name: f.employee_name }) : t('handover.nobodyServes')}
          </div>
        </>
      ),
    },
    {
      key: 'dealings',
      title: t('handover.dealings'),
      render: (f) => (
        <>
          {Object.entries(f.dealings)
            .map(([kind, n]) => `${label('handoverDealing', kind)} ${n}`)
            .join(' · ')}
          <div className="cell-sub">{t('handover.newest', { date: day(f.newest) })}</div>
        </>
      ),
    },
    {
      key: 'status',
      width: 190,
      title: t('common.status'),
      render: (f) =>
        f.status === 'open' && data.may.arrange ? (
          <span className="row">
            <Button size="small" type="primary" ghost loading={add.isPending} onClick={() => add.mutate(f.customer)}>
              {t('handover.findingAdd')}
            </Button>
            <Button size="small" onClick={() => setLeaving(f)}>
              {t('handover.findingDismiss')}
            </Button>
          </span>
        ) : (
          <>
            <Mark tone={f.status === 'added' ? 'good' : undefined}>{label('handoverFinding', f.status)}</Mark>
            <div className="cell-sub">{f.reason}</div>
          </>
        ),
    },
  ]
  return (
    <Card
      flush
      title={t('handover.reconcile')}
      note={t('handover.reconcileNote')}
      extra={
        data.may.arrange ? (
          <Button loading={run.isPending} onClick={() => run.mutate()}>
            {data.reconciled_at ? t('handover.reconcileAgain') : t('handover.reconcileDo')}
          </Button>
        ) : undefined
      }
    >
      {data.findings.length ? (
        <Table rows={data.findings} columns={columns} rowKey={(f) => f.customer} caption={t('handover.reconcile')} />
      ) : (
        <p className="quiet inset">
          {data.reconciled_at ? `${t('handover.reconciledAt', { date: day(data.reconciled_at) })} · ${t('handover.noFindings')}` : t('handover.notReconciled')}
        </p>
      )}
      {leaving ? (
        <Ask
          title={`${t('handover.findingDismiss')} · ${leaving.name ?? leaving.customer}`}
          label={t('handover.dismissWhy')}
          ok={t('handover.findingDismiss')}
          act={(reason) => api.handovers.decide(data.id, { customer: leaving.customer, add: false, reason })}
          onDone={refresh}
          onClose={() => setLeaving(null)}
        />
      ) : null}
    </Card>
  )
}

export function Moves({ data }: { data: Handover }) {
  const { t, label } = useSay()
  const may = useMay()
  const queries = useQueryClient()
  const [asking, setAsking] = useState<'reassign' | string | null>(null)
  const refresh = () => void queries.invalidateQueries({ queryKey: ['handovers'] })
  const named = data.items.some((i) => i.kind === 'customer' && i.receiver)
  const counts = ['done', 'running', 'undoing', 'waiting', 'refused', 'limit', 'undone'].map((s) => [s, data.moves.filter((m) => m.status === s).length] as const)
  const mayMove = data.may.arrange && may('customers.assign')
  const mayUndo = data.may.ask_back && may('customers.assign')
  const under = data.moves.filter((m) => m.status === 'running' || m.status === 'undoing').length
  const ended = data.moves.filter((m) => m.status !== 'waiting').length
  return (
    <Card
      flush
      title={t('handover.reassign')}
      note={t('handover.reassignNote')}
      extra={
        mayMove ? (
          <Act because={named ? null : t('handover.noMoves')} onClick={() => setAsking('reassign')}>
            {t('handover.reassignDo')}
          </Act>
        ) : undefined
      }
    >
      {data.moves.length ? (
        <>
          {data.status === 'closed' && mayUndo && data.moves.some((m) => m.status === 'done') ? (
            <p className="inset">{t('handover.askBack')}</p>
          ) : null}
          {under ? (
            <div className="inset">
              <Progress percent={Math.floor(((ended - under) * 100) / ended)} aria-label={t('handover.underWay', { count: under })} />
            </div>
          ) : null}
          <p className="row inset" role="status">
            {counts
              .filter(([, n]) => n)
              .map(([s, n]) => (
                <Mark key={s} tone={moveTone[s]}>
                  {label('handoverMove', s)} {n}
                </Mark>
              ))}
          </p>
          <Table
            rows={data.moves}
            rowKey={(m) => m.customer}
            caption={t('handover.reassign')}
            columns={[
              {
                key: 'customer',
                title: t('handover.customer'),
                label: false,
                render: (m) => <Link to={`/customers/${encodeURIComponent(m.customer)}`}>{m.name ?? m.customer}</Link>,
              },
              { key: 'receiver', width: 120, title: t('handover.receiver'), render: (m) => m.receiver_name ?? m.receiver ?? '—' },
              {
                key: 'status',
                title: t('common.status'),
                render: (m) => (
                  <>
                    <Mark tone={moveTone[m.status]}>{label('handoverMove', m.status)}</Mark> <span className="quiet">{m.note}</span>
                  </>
                ),
              },
              {
                key: 'undo',
                width: 80,
                title: '',
                label: false,
                render: (m) =>
                  mayUndo && m.status === 'done' ? (
                    <Button size="small" type="text" onClick={() => setAsking(m.customer)}>
                      {t('handover.undo')}
                    </Button>
                  ) : null,
              },
            ]}
          />
        </>
      ) : (
        <p className="quiet inset">
          {t('handover.noMoves')}
        </p>
      )}
      {asking === 'reassign' ? (
        <Ask
          title={t('handover.reassignDo')}
          label={t('handover.reassignWhy')}
          start={t('handover.reassignDefault')}
          ok={t('handover.reassign')}
          act={(reason) => api.handovers.reassign(data.id, reason)}
          onDone={refresh}
          onClose={() => setAsking(null)}
        />
      ) : null}
      {asking && asking !== 'reassign' ? (
        <Ask
          title={`${t('handover.undo')} · ${data.moves.find((m) => m.customer === asking)?.name ?? asking}`}
          label={t('handover.undoWhy')}
          ok={t('handover.undo')}
          act={(reason) => api.handovers.undo(data.id, [asking], reason)}
          onDone={refresh}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </Card>
  )
}

function Prepare({ data, onClose }: { data: Handover; onClose: () => void }) {
  const { t } = useSay()
  const queries = useQueryClient()
  const [date, setDate] = useState<string>()
  const [language, setLanguage] = useState('zh')
  const passed = data.moves.filter((m) => m.status === 'done')
  const [customers, setCustomers] = useState<string[]>([])
  const [english, setEnglish] = useState<string[]>([])
  const options = passed.map((m) => ({ value: m.customer, label: m.name ?? m.customer }))
  const run = useMutation({
    mutationFn: () =>
      api.handovers.notices(data.id, {
        date,
        language,
        languages: language === 'zh' ? Object.fromEntries(english.map((customer) => [customer, 'en'])) : {},
        customers: customers.length ? customers : undefined,
      }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['outbox'] })
      onClose()
    },
  })
  return (
    <Modal open title={t('handover.prepare')} okText={t('handover.prepare')} okButtonProps={{ loading: run.isPending }} onOk={() => run.mutate()} onCancel={onClose}>
      <FormProblem error={run.error} />
      <p className="quiet">{t('handover.noticesNote')}</p>
      <label className="asked">
        {t('handover.prepareDate')}
        <Day value={date} onChange={setDate} />
      </label>
      <div className="asked">
        {t('handover.prepareLanguage')}
        <Segmented
          style={{ justifySelf: 'start' }}
          aria-label={t('handover.prepareLanguage')}
          value={language}
          onChange={setLanguage}
          options={[
            { value: 'zh', label: '中文' },
            { value: 'en', label: 'English' },
          ]}
        />
      </div>
      <Select
        mode="multiple"
        allowClear
        style={{ width: '100%', marginTop: 12 }}
        aria-label={t('handover.prepareFor')}
        placeholder={t('handover.prepareFor')}
        value={customers}
        onChange={setCustomers}
        optionFilterProp="label"
        options={options}
      />
      {language === 'zh' ? (
        <Select
          mode="multiple"
          allowClear
          style={{ width: '100%', marginTop: 12 }}
          aria-label={t('told.other')}
          placeholder={t('told.other')}
          value={english}
          onChange={setEnglish}
          optionFilterProp="label"
          options={customers.length ? options.filter((o) => customers.includes(o.value)) : options}
        />
      ) : null}
    </Modal>
  )
}

export function Notices({ data }: { data: Handover }) {
  const { t, label } = useSay()
  const may = useMay()
  const [preparing, setPreparing] = useState(false)
  const query = useQuery({ queryKey: ['outbox', 'of', data.id], queryFn: () => api.outbox.list({ handover: data.id, limit: 500 }), enabled: may('outbox.see') })
  if (!may('outbox.see') || data.may.object) return null
  const rows = query.data?.items ?? []
  const states = [...new Set(rows.map((r) => r.state))]
  const passed = data.moves.some((m) => m.status === 'done')
  return (
    <Card
      title={t('handover.notices')}
      note={t('handover.noticesNote')}
      extra={
        data.may.arrange && may('outbox.send') ? (
          <Act because={passed ? null : t('handover.noNotices')} onClick={() => setPreparing(true)}>
            {t('handover.prepare')}
          </Act>
        ) : undefined
      }
    >
      {rows.length ? (
        <div className="spread">
          <span className="row">
            {states.map((s) => (
              <Mark key={s} tone={outboxTone[s]}>
                {label('outboxState', s)} {rows.filter((r) => r.state === s).length}
              </Mark>
            ))}
          </span>
          <Link to={`/outbox?handover=${data.id}`}>{t('handover.toOutbox')}</Link>
        </div>
      ) : (
        <p className="quiet">{t('handover.noNotices')}</p>
      )}
      {preparing ? <Prepare data={data} onClose={() => setPreparing(false)} /> : null}
    </Card>
  )
}
