// The alert queue: figures first, then a list that a person can filter, take from, put off and close in bulk.
// Filters live in the address, so a view can be kept or sent to a colleague.
import { Suspense, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Severity } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { newAlerts, useNewAlerts } from '../../live.ts'
import { useMay, useSession } from '../../session.tsx'
import { number } from '../../ui/format.ts'
import { later } from '../../ui/later.tsx'
import { Card, Empty, Failed, Loading, Page, Tile } from '../../ui/page.tsx'
import { Button } from '../../ui/plain.tsx'
import { Table } from '../../ui/table.tsx'
import { useToast } from '../../ui/toast.tsx'
import { alertList, alertQuery, alertSummary, viewOf } from './queue-query.ts'
import { useQueueColumns } from './queue-columns.tsx'

// Filters, dialogs and menus are fetched when first used, and with them Ant Design: the list is what has to be there at once.
const QueueFilters = later(async () => (await import('./queue-filters.tsx')).QueueFilters)
const CloseAlerts = later(async () => (await import('./close.tsx')).CloseAlerts)
const Snooze = later(async () => (await import('./snooze.tsx')).Snooze)
const Because = later(async () => (await import('../../ui/because.tsx')).Because)

const FILTERS = ['severity', 'rule', 'department', 'since', 'employee', 'q', 'outcome'] as const

export default function Queue() {
  const { t } = useSay()
  const may = useMay()
  const me = useSession().data?.user
  const go = useNavigate()
  const toast = useToast()
  const queries = useQueryClient()
  const [search, setSearch] = useSearchParams()
  const [picked, setPicked] = useState<string[]>([])
  const [closing, setClosing] = useState<string[] | null>(null)
  const raised = useNewAlerts()

  const view = viewOf(search)
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
  const list = useInfiniteQuery(alertList(alertQuery(search)))
  const summary = useQuery(alertSummary)

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
      const page = await api.alerts.list({ status: 'open', assignee: 'none', case: 'none', limit: 1 })
      const next = page.items[0]
      if (!next || !me) return null
      return api.alerts.change(next.id, { assignee: me.id })
    },
    onSuccess: async (alert) => {
      await queries.invalidateQueries({ queryKey: ['alerts'] })
      if (alert) void go(`/alerts/${alert.id}`)
      else toast.good(t('alerts.noneFree'))
    },
    onError: toast.bad,
  })

  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  // The list may have been asked for after the alert was raised and before it was told.
  const shown = new Set(rows.map((r) => r.id))
  const fresh = [...raised].filter((id) => !shown.has(id)).length
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

  const noneLeft = summary.data?.unassigned === 0
  const takeButton = (
    <Button kind="primary" loading={takeNext.isPending} disabled={noneLeft} onClick={() => takeNext.mutate()}>
      {t('alerts.takeNext')}
    </Button>
  )

  return (
    <Page
      title={t('alerts.title')}
      lead={t('alerts.lead')}
      actions={
        canAct ? (
          noneLeft ? (
            <Suspense fallback={takeButton}>
              <Because reason={t('alerts.noneLeft')}>{takeButton}</Because>
            </Suspense>
          ) : (
            takeButton
          )
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
        {/* What narrows the list comes after the list itself; its place is kept. */}
        <Suspense fallback={<div className="filters" />}>
          <QueueFilters view={view} summary={summary.data} get={get} set={set} />
        </Suspense>
        {picked.length > 0 ? (
          <div className="bulk" role="region" aria-label={t('alerts.bulk')}>
            <span>{t('alerts.picked', { count: picked.length })}</span>
            <Button small onClick={() => setClosing(picked)}>
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
            <Button small kind="text" onClick={() => setPicked([])}>
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
