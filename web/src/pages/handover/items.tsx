// The list of a handover by groups; rows can be chosen to name who takes them over.
import { useState } from 'react'
import { Button, Checkbox, Drawer, Form, Input, Modal, Segmented, Select } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Handover, HandoverThing } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'
import { day } from '../../ui/format.ts'
import { money } from '../../ui/money.ts'
import { Await, Card, Empty, Mark } from '../../ui/page.tsx'
import { Pick } from '../../ui/pick.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { Table, type Column } from '../../ui/table.tsx'
import { Many, manyOf, type ManyAct } from './many.tsx'
import { itemTone } from './tones.ts'

const GROUPS = ['task', 'customers', 'progress', 'property', 'other']

function Receivers({ data, items, onClose }: { data: Handover; items: string[]; onClose: () => void }) {
  const { t } = useSay()
  const queries = useQueryClient()
  const found = useQuery({ queryKey: ['handovers', data.id, 'candidates'], queryFn: () => api.handovers.candidates(data.id) })
  const set = useMutation({
    mutationFn: (receiver: string | null) => api.handovers.receivers(data.id, items, receiver),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['handovers'] })
      onClose()
    },
  })
  return (
    <Drawer open size={440} title={`${t('handover.setReceiver')} · ${t('handover.choose', { count: items.length })}`} onClose={onClose}>
      <p className="quiet">{t('handover.setReceiverHint')}</p>
      <FormProblem error={set.error} />
      <Await query={found}>
        {(list) =>
          list.items.length ? (
            list.items.map((c) => (
              <div className="candidate" key={c.employee}>
                <div>
                  <b>{c.name}</b> <span className="quiet">{c.employee}</span>
                  <p>
                    {c.barred ??
                      [
                        c.same_department ? t('handover.sameDepartment') : null,
                        c.same_manager ? t('handover.sameManager') : null,
                        c.met ? t('handover.met', { count: c.met }) : null,
                        c.limit ? t('handover.loadOf', { count: c.load, limit: c.limit }) : t('handover.load', { count: c.load }),
                      ]
                        .filter(Boolean)
                        .join(' · ')}
                  </p>
                </div>
                <Button disabled={Boolean(c.barred) || set.isPending} onClick={() => set.mutate(c.employee)} aria-label={`${t('handover.setReceiver')} ${c.name}`}>
                  {c.barred ? '—' : t('handover.setReceiver')}
                </Button>
              </div>
            ))
          ) : (
            <p>{t('handover.nobody')}</p>
          )
        }
      </Await>
      <div className="stack" style={{ marginTop: 14 }}>
        <label>
          {t('handover.otherReceiver')}
          <Pick
            value={undefined}
            label={t('handover.pickEmployee')}
            width="100%"
            queryKey={['employees', 'pick']}
            find={async (q) => (await api.employees.list({ q, limit: 20 })).items.map((e) => ({ value: e.number, label: `${e.name} ${e.number}` }))}
            onChange={(number) => number && set.mutate(number)}
          />
        </label>
        <Button onClick={() => set.mutate(null)}>{t('handover.clearReceiver')}</Button>
      </div>
    </Drawer>
  )
}

function Add({ data, onClose }: { data: Handover; onClose: () => void }) {
  const { t, label } = useSay()
  const queries = useQueryClient()
  const [form] = Form.useForm<{ group: string; kind: string; name: string; reference?: string }>()
  const kind = Form.useWatch('kind', form)
  const add = useMutation({
    mutationFn: (v: { group: string; kind: string; name: string; reference?: string }) => api.handovers.add(data.id, v),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['handovers'] })
      onClose()
    },
  })
  return (
    <Modal open title={t('handover.add')} okText={t('common.add')} okButtonProps={{ loading: add.isPending }} onOk={() => form.submit()} onCancel={onClose}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ group: 'property', kind: 'asset' }} onFinish={(v) => add.mutate(v)}>
        <FormProblem error={add.error} />
        <Form.Item name="group" label={t('handover.addGroup')}>
          <Select options={GROUPS.slice(1).map((g) => ({ value: g, label: label('handoverGroup', g) }))} />
        </Form.Item>
        <Form.Item name="kind" label={t('handover.addKind')}>
          <Select options={['asset', 'customer', 'deal', 'order', 'receivable', 'once'].map((k) => ({ value: k, label: label('handoverPer', k) }))} />
        </Form.Item>
        {kind === 'customer' ? (
          <Form.Item name="reference" label={t('handover.addReference')} rules={[{ required: true, message: t('common.needed') }]}>
            <Input />
          </Form.Item>
        ) : null}
        <Form.Item name="name" label={t('handover.addName')} rules={[{ required: true, whitespace: true, message: t('common.needed') }]}>
          <Input maxLength={200} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

/** A deal or an order is called by its customer; its number stands below, with what else is known. */
const numbered = (i: HandoverThing) => Boolean(i.reference) && i.name.endsWith(` · ${i.reference}`)
const calledBy = (i: HandoverThing) => (numbered(i) ? i.name.slice(0, -` · ${i.reference}`.length) : i.name)

/** What is known of a thing, beyond its name. */
function useFacts() {
  const { t, label } = useSay()
  return (i: HandoverThing) => {
    const known = (i.detail ?? {}) as { state?: string | null; due?: string | null; amount?: { amount: string; currency: string } | null }
    return [
      i.kind === 'once' || i.kind === 'customer' ? null : label('handoverThing', i.kind),
      i.kind === 'customer' || numbered(i) ? i.reference : null,
      known.amount ? money(known.amount) : null,
      // Stages of deals come in the company's own words, states of ours do not.
      known.state && !/^[a-z_]+$/.test(known.state) ? known.state : null,
      known.due ? t('handover.dueOn', { day: day(known.due) }) : null,
      i.origin === 'list' ? null : label('handoverOrigin', i.origin),
    ]
      .filter(Boolean)
      .join(' · ')
  }
}

const FILTERS = ['all', 'open', 'mine', 'late'] as const
type Filter = (typeof FILTERS)[number]
const passes = (i: HandoverThing, filter: Filter) =>
  filter === 'all' ||
  (filter === 'open' && !['accepted', 'waived'].includes(i.status)) ||
  (filter === 'mine' && (i.may_submit || i.may_review)) ||
  (filter === 'late' && i.overdue)
/** A column that says nothing in a whole group only takes room from the names. */
const fills = (column: string, rows: HandoverThing[]) =>
  column === 'next' ? rows.some((r) => r.next) : column === 'files' ? rows.some((r) => r.files.length) : column === 'receiver' ? rows.some((r) => r.group !== 'task') : true
/** From here on a list is long enough to be searched. */
const LONG = 12

export function Items({ data, onOpen }: { data: Handover; onOpen: (thing: HandoverThing) => void }) {
  const { t, label } = useSay()
  const [chosen, setChosen] = useState<string[]>([])
  const [naming, setNaming] = useState(false)
  const [adding, setAdding] = useState(false)
  const [filter, setFilter] = useState<Filter>('all')
  const [search, setSearch] = useState<string>()
  const facts = useFacts()
  const wanted = (search ?? '').toLowerCase()
  const shown = data.items.filter((i) => passes(i, filter) && `${i.name} ${i.reference ?? ''} ${i.receiver_name ?? ''}`.toLowerCase().includes(wanted))
  const [many, setMany] = useState<ManyAct | null>(null)
  const arrange = data.may.arrange
  const choosing = arrange || data.items.some((i) => i.may_submit || i.may_review)
  const columns: Column<HandoverThing>[] = [
    ...(choosing
      ? [
          {
            key: 'pick',
            title: '',
            width: 36,
            label: false as const,
            render: (i: HandoverThing) => (
              <Checkbox
                checked={chosen.includes(i.id)}
                aria-label={i.name}
                onChange={(e) => setChosen(e.target.checked ? [...chosen, i.id] : chosen.filter((c) => c !== i.id))}
              />
            ),
          },
        ]
      : []),
    {
      key: 'name',
      title: t('handover.item'),
      label: false,
      render: (i) => (
        <>
          <button type="button" className="open-thing cell-main" onClick={() => onOpen(i)}>
            {calledBy(i)}
          </button>
          <div className="cell-sub">{facts(i)}</div>
        </>
      ),
    },
    { key: 'receiver', width: 110, title: t('handover.receiver'), render: (i) => (i.group === 'task' ? '' : (i.receiver_name ?? i.receiver ?? <span className="quiet">{t('handover.noReceiver')}</span>)) },
    { key: 'next', width: 90, title: t('handover.reviewer'), render: (i) => (i.next ? label('handoverRole', i.next) : '') },
    { key: 'due', width: 110, title: t('handover.due'), render: (i) => (i.overdue ? <Mark tone="high">{day(i.due)}</Mark> : day(i.due)) },
    { key: 'files', width: 80, title: t('handover.proof'), render: (i) => (i.files.length ? t('handover.files', { count: i.files.length }) : '') },
    {
      key: 'status',
      width: 150,
      title: t('common.status'),
      render: (i) => (
        <span className="row">
          <Mark tone={itemTone[i.status]}>{label('handoverItem', i.status)}</Mark>
          {i.may_submit || i.may_review ? (
            <Button size="small" type="primary" ghost onClick={() => onOpen(i)}>
              {i.may_submit ? t('handover.submit') : t('handover.review')}
            </Button>
          ) : null}
        </span>
      ),
    },
  ]
  return (
    <div className="handover-items">
      {data.items.length > LONG ? (
        <div className="row">
          <Segmented<Filter>
            value={filter}
            onChange={setFilter}
            options={FILTERS.map((value) => ({ value, label: `${t(`handover.filter.${value}`)} ${data.items.filter((i) => passes(i, value)).length}` }))}
          />
          <SearchBox value={search} label={t('handover.findItem')} width={240} onSearch={setSearch} />
        </div>
      ) : null}
      {shown.length ? null : (
        <Card>
          <Empty title={t('handover.noSuchItem')} />
        </Card>
      )}
      {GROUPS.map((group) => {
        const rows = shown.filter((i) => i.group === group)
        if (!rows.length) return null
        const ids = rows.map((r) => r.id)
        const all = ids.every((id) => chosen.includes(id))
        return (
          <Card
            flush
            key={group}
            title={`${label('handoverGroup', group)} ${rows.filter((r) => r.status === 'accepted' || r.status === 'waived').length}/${rows.length}`}
            extra={
              choosing && group !== 'task' ? (
                <Checkbox
                  checked={all}
                  onChange={(e) => setChosen(e.target.checked ? [...new Set([...chosen, ...ids])] : chosen.filter((c) => !ids.includes(c)))}
                >
                  {t('handover.all')}
                </Checkbox>
              ) : undefined
            }
          >
            <Table rows={rows} columns={columns.filter((c) => fills(c.key, rows))} rowKey={(r) => r.id} caption={label('handoverGroup', group)} />
          </Card>
        )
      })}
      {(arrange || data.may.object) && data.status !== 'closed' ? (
        <div>
          <Button onClick={() => setAdding(true)}>{t('handover.add')}</Button>
        </div>
      ) : null}
      {chosen.length ? (
        <div className="choice-bar" role="status">
          {t('handover.choose', { count: chosen.length })}
          {arrange ? (
            <Button type="primary" size="small" onClick={() => setNaming(true)}>
              {t('handover.setReceiver')}
            </Button>
          ) : null}
          {manyOf(data, chosen).map(([act, count]) => (
            <Button key={act} size="small" onClick={() => setMany(act)}>
              {t(`handover.many_${act}`, { count })}
            </Button>
          ))}
          <Button size="small" onClick={() => setChosen([])}>
            {t('common.clear')}
          </Button>
        </div>
      ) : null}
      {naming ? (
        <Receivers
          data={data}
          items={chosen}
          onClose={() => {
            setNaming(false)
            setChosen([])
          }}
        />
      ) : null}
      {many ? <Many data={data} act={many} chosen={chosen} onClose={() => setMany(null)} onDone={() => setChosen([])} /> : null}
      {adding ? <Add data={data} onClose={() => setAdding(false)} /> : null}
    </div>
  )
}
