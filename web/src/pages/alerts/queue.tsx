// The alert queue: figures first, then a list that a person can filter, take from, put off and close in bulk.
// Filters live in the address, so a view can be kept or sent to a colleague.
import { lazy, Suspense, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { Button, Segmented, Select, Tag } from 'antd'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { AlertQuery, Severity } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { newAlerts, useNewAlerts } from '../../live.ts'
import { useMay, useSession } from '../../session.tsx'
import { Act, useToast } from '../../ui/act.tsx'
import { number } from '../../ui/format.ts'
import { Card, Empty, Failed, Loading, Page, Tile } from '../../ui/page.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { Table } from '../../ui/table.tsx'
import { useEmployeeName, usePeople } from '../people/names.ts'
import { useQueueColumns } from './queue-columns.tsx'
import { useRules } from './rules.tsx'

// Dialogs and menus are fetched when first used: the list is what has to be there at once.
const CloseAlerts = lazy(async () => ({ default: (await import('./close.tsx')).CloseAlerts }))
const Snooze = lazy(async () => ({ default: (await import('./snooze.tsx')).Snooze }))

const VIEWS = ['open', 'mine', 'unassigned', 'snoozed', 'closed'] as const
type View = (typeof VIEWS)[number]

const viewQuery = (view: View): AlertQuery => {
  switch (view) {
    case 'mine':
      return { status: 'open', assignee: 'me' }
    case 'unassigned':
      return { status: 'open', assignee: 'none' }
    default:
      return { status: view }
  }
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** So many days ago, to the hour: the same question within the hour is asked once. */
const since = (days: string | undefined) =>
  days ? new Date(Math.floor(Date.now() / HOUR) * HOUR - Number(days) * DAY).toISOString() : undefined

const OUTCOMES = ['false_positive', 'valuable', 'confirmed'] as const
const FILTERS = ['severity', 'rule', 'department', 'since', 'employee', 'q', 'outcome'] as const

export default function Queue() {
  const { t, label } = useSay()
  const may = useMay()
  const me = useSession().data?.user
  const go = useNavigate()
  const toast = useToast()
  const queries = useQueryClient()
  const [search, setSearch] = useSearchParams()
  const [picked, setPicked] = useState<string[]>([])
  const [closing, setClosing] = useState<string[] | null>(null)
  const fresh = useNewAlerts()

  const view = (VIEWS as readonly string[]).includes(search.get('view') ?? '') ? (search.get('view') as View) : 'open'
  const get = (key: string) => search.get(key) ?? undefined
  const set = (changes: Record<string, string | undefined>) => {
    const next = new URLSearchParams(search)
    for (const [key, value] of Object.entries(changes)) {
      if (value) next.set(key, value)
      else next.delete(key)
    }
    setPicked([])
    setSearch(next, { replace: true })
  }
  const query: AlertQuery = {
    ...viewQuery(view),
    severity: get('severity'),
    rule: get('rule'),
    department: get('department'),
    employee: get('employee'),
    q: get('q'),
    outcome: view === 'closed' ? get('outcome') : undefined,
    from: get('since') === 'old' ? undefined : since(get('since')),
    until: get('since') === 'old' ? since('30') : undefined,
    limit: 50,
  }
  const list = useInfiniteQuery({
    queryKey: ['alerts', 'list', query],
    queryFn: ({ pageParam }) => api.alerts.list({ ...query, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  })
  const summary = useQuery({ queryKey: ['alerts', 'summary'], queryFn: api.alerts.summary })
  const people = usePeople()
  const departments = [...new Set(people.data?.items.flatMap((e) => (e.department ? [e.department] : [])))].sort()
  const employee = useEmployeeName()
  const rules = useRules()

  const refresh = async () => {
    newAlerts.clear()
    await queries.invalidateQueries({ queryKey: ['alerts'] })
  }
  const change = useMutation({
    mutationFn: ({ id, body }: { id: string; body: object }) => api.alerts.change(id, body),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['alerts'] }),
    onError: toast.bad,
  })
  const takeNext = useMutation({
    mutationFn: async () => {
      const page = await api.alerts.list({ status: 'open', assignee: 'none', limit: 1 })
      const next = page.items[0]
      if (!next || !me) return null
      return api.alerts.change(next.id, { assignee: me.id })
    },
    onSuccess: async (alert) => {
      await queries.invalidateQueries({ queryKey: ['alerts'] })
      if (alert) void go(`/alerts/${alert.id}`)
      else toast.good(t('alerts.noneLeft'))
    },
    onError: toast.bad,
  })

  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  const open = summary.data?.open
  const severity = get('severity') as Severity | undefined
  const filtered = FILTERS.some((k) => search.has(k))
  const canAct = may('alerts.act')
  const columns = useQueueColumns({
    rows,
    picked,
    onPick: setPicked,
    onTake: (id) => change.mutate({ id, body: { assignee: me?.id } }),
    taking: change.isPending ? change.variables.id : null,
    withState: view === 'closed' || view === 'snoozed' ? view : null,
  })

  const days = summary.data?.mean_days_to_close
  const mean =
    days == null
      ? null
      : days >= 1
        ? { value: number(days, 1), unit: t('common.days') }
        : { value: days * 24 < 1 ? t('alerts.underOne') : number(days * 24, 1), unit: t('common.hours') }

  return (
    <Page
      title={t('alerts.title')}
      lead={t('alerts.lead')}
      actions={
        canAct ? (
          <Act
            type="primary"
            loading={takeNext.isPending}
            because={summary.data && summary.data.unassigned === 0 ? t('alerts.noneLeft') : null}
            onClick={() => takeNext.mutate()}
          >
            {t('alerts.takeNext')}
          </Act>
        ) : null
      }
    >
      {fresh > 0 ? (
        <div className="pill" role="status">
          <button type="button" onClick={() => void refresh()}>
            {t('alerts.fresh', { count: fresh })}
          </button>
        </div>
      ) : null}
      <div className="tiles">
        {(['high', 'medium', 'low'] as const).map((s) => (
          <Tile
            key={s}
            tone={s}
            label={t(`alerts.tile.${s}`)}
            value={open ? open[s] : '–'}
            pressed={severity === s}
            onClick={() => set({ severity: severity === s ? undefined : s })}
          />
        ))}
        <Tile
          label={t('alerts.tile.old')}
          value={summary.data?.older_than_30_days ?? '–'}
          pressed={get('since') === 'old'}
          onClick={() => set({ since: get('since') === 'old' ? undefined : 'old' })}
        />
        <Tile
          label={t('alerts.tile.mean')}
          value={mean?.value ?? '–'}
          unit={mean?.unit}
        />
        <Tile label={t('alerts.tile.chains')} value={summary.data?.chains ?? '–'} onClick={() => void go('/chains')} />
      </div>

      <Card flush className="queue">
        <div className="filters">
          <Segmented<View>
            value={view}
            onChange={(v) => set({ view: v === 'open' ? undefined : v })}
            options={VIEWS.map((v) => ({
              value: v,
              label:
                v === 'mine' && summary.data
                  ? `${t('alerts.view.mine')} ${summary.data.mine}`
                  : v === 'unassigned' && summary.data
                    ? `${t('alerts.view.unassigned')} ${summary.data.unassigned}`
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
        {picked.length > 0 ? (
          <div className="bulk" role="region" aria-label={t('alerts.bulk')}>
            <span>{t('alerts.picked', { count: picked.length })}</span>
            <Button size="small" onClick={() => setClosing(picked)}>
              {t('alerts.closePicked')}
            </Button>
            <Suspense>
              <Snooze
                small
                onPick={(until) => {
                  void Promise.all(picked.map((id) => api.alerts.change(id, { snooze_until: until })))
                    .then(() => setPicked([]))
                    .catch(toast.bad)
                    .finally(() => void queries.invalidateQueries({ queryKey: ['alerts'] }))
                }}
              />
            </Suspense>
            <Button size="small" type="text" onClick={() => setPicked([])}>
              {t('common.clear')}
            </Button>
          </div>
        ) : null}
        {list.error && rows.length === 0 ? (
          <Failed error={list.error} retry={() => void list.refetch()} />
        ) : list.isPending ? (
          <Loading rows={8} />
        ) : rows.length === 0 ? (
          filtered ? (
            <Empty
              title={t('alerts.emptyFiltered')}
              action={
                <Button onClick={() => set(Object.fromEntries(FILTERS.map((k) => [k, undefined])))}>
                  {t('common.clearFilters')}
                </Button>
              }
            />
          ) : (
            <Empty title={t(`alerts.empty.${view}`)}>
              <p>{t('alerts.emptyHint')}</p>
            </Empty>
          )
        ) : (
          <>
            <Table keys rows={rows} columns={columns} rowKey={(a) => a.id} caption={t('alerts.title')} />
            <p className="key-hint">
              <kbd>J</kbd> <kbd>K</kbd> {t('alerts.keys.move')} · <kbd>Enter</kbd> {t('alerts.keys.open')}
              {canAct && view !== 'closed' ? (
                <>
                  {' '}
                  · <kbd>X</kbd> {t('alerts.keys.pick')}
                </>
              ) : null}
            </p>
            {list.hasNextPage ? (
              <div className="more">
                <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                  {t('common.more')}
                </Button>
              </div>
            ) : null}
          </>
        )}
      </Card>
      {closing ? (
        <Suspense>
          <CloseAlerts
            ids={closing}
            onCancel={() => setClosing(null)}
            onDone={() => {
              setClosing(null)
              setPicked([])
            }}
          />
        </Suspense>
      ) : null}
    </Page>
  )
}
