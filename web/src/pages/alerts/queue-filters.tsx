// What narrows the alert queue: the view and the filters, all kept in the address by the page.
import { Segmented, Select, Tag } from 'antd'
import type { AlertSummary } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { SearchBox } from '../../ui/search-box.tsx'
import { useEmployeeName, usePeople } from '../people/names.ts'
import { VIEWS, type View } from './queue-query.ts'
import { useRules } from './rules.tsx'

const OUTCOMES = ['false_positive', 'valuable', 'confirmed'] as const

export function QueueFilters({
  view,
  summary,
  get,
  set,
}: {
  view: View
  summary: AlertSummary | undefined
  get: (key: string) => string | undefined
  set: (changes: Record<string, string | undefined>) => void
}) {
  const { t, label } = useSay()
  const people = usePeople()
  const departments = [...new Set(people.data?.items.flatMap((e) => (e.department ? [e.department] : [])))].sort()
  const employee = useEmployeeName()
  const rules = useRules()
  return (
    <div className="filters">
      <Segmented<View>
        value={view}
        onChange={(v) => set({ view: v === 'open' ? undefined : v })}
        options={VIEWS.map((v) => ({
          value: v,
          label:
            v === 'mine' && summary
              ? `${t('alerts.view.mine')} ${summary.mine}`
              : v === 'unassigned' && summary
                ? `${t('alerts.view.unassigned')} ${summary.unassigned}`
                : t(`alerts.view.${v}`),
        }))}
      />
      <Select
        allowClear
        placeholder={t('alerts.anyRule')}
        aria-label={t('alerts.anyRule')}
        style={{ minWidth: 140 }}
        value={get('rule')}
        onChange={(v?: string) => set({ rule: v })}
        options={rules.data?.items.map((r) => ({ value: r.rule, label: label('rule', r.rule, '—', r.title) }))}
      />
      {departments.length ? (
        <Select
          allowClear
          placeholder={t('alerts.anyDepartment')}
          aria-label={t('alerts.anyDepartment')}
          style={{ minWidth: 140 }}
          value={get('department')}
          onChange={(v?: string) => set({ department: v })}
          options={departments.map((d) => ({ value: d, label: d }))}
        />
      ) : null}
      <Select
        allowClear
        placeholder={t('alerts.anyTime')}
        aria-label={t('alerts.anyTime')}
        style={{ minWidth: 120 }}
        value={get('since')}
        onChange={(v?: string) => set({ since: v })}
        options={[
          { value: '7', label: t('alerts.last7') },
          { value: '30', label: t('alerts.last30') },
          { value: '90', label: t('alerts.last90') },
          { value: 'old', label: t('alerts.tile.old') },
        ]}
      />
      {view === 'closed' ? (
        <Select
          allowClear
          placeholder={t('alerts.anyOutcome')}
          aria-label={t('alerts.anyOutcome')}
          style={{ minWidth: 120 }}
          value={get('outcome')}
          onChange={(v?: string) => set({ outcome: v })}
          options={OUTCOMES.map((o) => ({ value: o, label: t(`outcome.${o}`) }))}
        />
      ) : null}
      <SearchBox value={get('q')} label={t('alerts.search')} width={200} onSearch={(v) => set({ q: v })} />
      {get('employee') ? (
        <Tag closable onClose={() => set({ employee: undefined })} className="filter-tag">
          {t('alerts.only', { name: employee(get('employee') ?? '') })}
        </Tag>
      ) : null}
    </div>
  )
}
