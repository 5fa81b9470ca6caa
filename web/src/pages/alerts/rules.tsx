// The rules that raise alerts: what each measures, when it fires, and what became of what it raised.
// Thresholds are changed elsewhere, by two persons; here they are only said.
import { Link } from 'react-router'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { RuleView } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { number, percent } from '../../ui/format.ts'
import { Await, Card, Page } from '../../ui/page.tsx'
import { Table, type Column } from '../../ui/table.tsx'

export const useRules = () => useQuery({ queryKey: ['rules'], queryFn: api.rules, staleTime: 60_000 })

export default function Rules() {
  const { t, label } = useSay()
  const rules = useRules()
  const columns: Column<RuleView>[] = [
    {
      key: 'rule',
      width: 250,
      title: t('alerts.ruleName'),
      label: false,
      render: (r) => (
        <>
          <span className="cell-main">{label('rule', r.rule, '—', r.title)}</span>
          <div className="cell-sub">{r.title}</div>
        </>
      ),
    },
    { key: 'formula', title: t('alerts.formula'), render: (r) => r.formula },
    {
      key: 'threshold',
      width: 130,
      title: t('alerts.threshold'),
      render: (r) => (
        <>
          {t('rules.atLeast', { value: number(r.threshold, 2) })}
          <div className="cell-sub">
            {r.unit}
            {r.threshold === r.default_threshold ? '' : ` · ${t('rules.default', { value: number(r.default_threshold, 2) })}`}
          </div>
        </>
      ),
    },
    { key: 'window', width: 130, title: t('alerts.window'), render: (r) => r.window },
    {
      key: 'raised',
      width: 90,
      num: true,
      title: t('rules.raised'),
      render: (r) => (r.raised ? <Link to={`/alerts?rule=${r.rule}`}>{number(r.raised)}</Link> : 0),
    },
    { key: 'closed', width: 90, num: true, title: t('rules.closed'), render: (r) => number(r.closed) },
    {
      key: 'precision',
      width: 110,
      num: true,
      title: t('rules.precision'),
      render: (r) => (r.precision == null ? <span className="quiet">{t('rules.noneClosed')}</span> : percent(r.precision)),
    },
  ]
  return (
    <Page title={t('nav.rules')} lead={t('rules.lead')}>
      <Card flush>
        <Await query={rules} rows={3}>
          {(p) => <Table rows={p.items} columns={columns} rowKey={(r) => r.rule} caption={t('nav.rules')} />}
        </Await>
      </Card>
      <p className="quiet" style={{ marginTop: 12 }}>
        {t('rules.precisionNote')}
      </p>
    </Page>
  )
}
