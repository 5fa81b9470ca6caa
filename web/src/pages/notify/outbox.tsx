// 发件箱: notices to customers from draft to sent. Nothing can be approved that was not looked at.
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { Button, Checkbox, Drawer, Form, Input, Modal, Segmented } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { OutboxMessage, PutOutboxSettings } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { Act, FormProblem } from '../../ui/act.tsx'
import { minute } from '../../ui/format.ts'
import { Await, Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { Table, type Column } from '../../ui/table.tsx'
import { useToast } from '../../ui/toast.tsx'
import { Ask } from '../handover/ask.tsx'
import { outboxTone } from '../handover/tones.ts'
import { PrintedLetter } from './letter.tsx'
import { Tell } from './told.tsx'
import '../handover/handover.css'

function Edit({ message, onDone }: { message: OutboxMessage; onDone: () => void }) {
  const { t } = useSay()
  const [form] = Form.useForm<{ title: string; body: string; address: string }>()
  const save = useMutation({
    mutationFn: (v: { title: string; body: string; address: string }) => api.outbox.change(message.id, v),
    onSuccess: onDone,
  })
  return (
    <Form form={form} layout="vertical" requiredMark={false} initialValues={message} onFinish={(v) => save.mutate(v)}>
      <FormProblem error={save.error} />
      <Form.Item name="address" label={t('outbox.address')}>
        <Input />
      </Form.Item>
      <Form.Item name="title" label={t('outbox.subject')}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="body" label={t('outbox.body')}>
        <Input.TextArea autoSize={{ minRows: 8 }} />
      </Form.Item>
      <Button type="primary" loading={save.isPending} onClick={() => form.submit()}>
        {t('common.save')}
      </Button>
    </Form>
  )
}

/** One of the letters that are listed. `next` is the draft after this one, if any: many are looked at one after the other. */
function Letter({
  message,
  at,
  all,
  next,
  onGo,
  onNext,
  onClose,
}: {
  message: OutboxMessage
  at: number
  all: number
  next?: string
  onGo: (to: number) => void
  onNext: (id: string) => void
  onClose: () => void
}) {
  const { t, label } = useSay()
  const queries = useQueryClient()
  const [editing, setEditing] = useState(false)
  const [cancelling, setCancelling] = useState(false)
  const [telling, setTelling] = useState(false)
  const refresh = () => void queries.invalidateQueries({ queryKey: ['outbox'] })
  const seen = useMutation({
    mutationFn: () => api.outbox.preview(message.id),
    // Whoever looks through them comes to the next one.
    onSuccess: () => {
      refresh()
      if (next) onNext(next)
      else onClose()
    },
  })
  const editable = message.may_send && ['draft', 'previewed', 'failed', 'pending_channel'].includes(message.state)
  return (
    <Drawer open size={560} title={message.customer ? (message.customer_name ?? message.customer) : t('outbox.colleague')} onClose={onClose}>
      <div className="stack">
        <div className="spread">
          <span className="quiet">{t('told.place', { at: at + 1, all })}</span>
          <span className="row">
            <Button size="small" disabled={at === 0} onClick={() => onGo(at - 1)}>
              {t('told.previous')}
            </Button>
            <Button size="small" disabled={at + 1 >= all} onClick={() => onGo(at + 1)}>
              {t('told.next')}
            </Button>
          </span>
        </div>
        <span className="row">
          <Mark tone={outboxTone[message.state]}>{label('outboxState', message.state)}</Mark>
          <Mark>{label('outboxChannel', message.channel)}</Mark>
          {message.attempts ? <Mark>{t('outbox.attempts', { count: message.attempts })}</Mark> : null}
        </span>
        {message.error ? (
          <div className="notice bad">
            <p>{message.error}</p>
          </div>
        ) : null}
        {message.state === 'pending_channel' ? <p className="quiet">{t('outbox.pending')}</p> : null}
        {message.told ? (
          <div className="notice">
            <p>
              {t('told.done', { date: message.told.on, who: message.told.who, name: message.told.who, how: t(`told.by.${message.told.how}`) })}
              {message.told.note ? ` · ${message.told.note}` : ''}
            </p>
          </div>
        ) : null}
        {editing ? (
          <Edit
            message={message}
            onDone={() => {
              refresh()
              setEditing(false)
            }}
          />
        ) : (
          <>
            <dl className="facts">
              <dt>{t('outbox.to')}</dt>
              <dd>{[message.recipient, message.address].filter(Boolean).join(' · ') || '—'}</dd>
              <dt>{t('outbox.subject')}</dt>
              <dd>{message.title}</dd>
            </dl>
            <div className="letter">{message.body}</div>
            <FormProblem error={seen.error} />
            <div className="row">
              {message.state === 'draft' && message.may_send ? (
                <Button type="primary" loading={seen.isPending} onClick={() => seen.mutate()}>
                  {t(next ? 'outbox.previewedNext' : 'outbox.previewed')}
                </Button>
              ) : null}
              {editable ? <Button onClick={() => setEditing(true)}>{t('outbox.edit')}</Button> : null}
              {editable && message.customer ? <Button onClick={() => setTelling(true)}>{t('told.tell')}</Button> : null}
              {message.customer ? <Link to={`/outbox?print=${message.id}`}>{t('told.print')}</Link> : null}
              {editable ? (
                <Button type="text" onClick={() => setCancelling(true)}>
                  {t('outbox.cancel')}
                </Button>
              ) : null}
            </div>
          </>
        )}
      </div>
      {telling ? <Tell message={message} onClose={() => setTelling(false)} /> : null}
      {cancelling ? (
        <Ask
          title={t('outbox.cancel')}
          label={t('outbox.cancelWhy')}
          ok={t('outbox.cancel')}
          act={(reason) => api.outbox.cancel(message.id, reason)}
          onDone={() => {
            refresh()
            onClose()
          }}
          onClose={() => setCancelling(false)}
        />
      ) : null}
    </Drawer>
  )
}

function Settings() {
  const { t } = useSay()
  const may = useMay()
  const queries = useQueryClient()
  const [open, setOpen] = useState(false)
  const [form] = Form.useForm<PutOutboxSettings>()
  const query = useQuery({ queryKey: ['outbox', 'settings'], queryFn: api.outbox.settings })
  const save = useMutation({
    mutationFn: (v: PutOutboxSettings) =>
      api.outbox.saveSettings({ url: v.url || undefined, from: v.from || undefined, channels: v.channels ?? undefined, payee: v.payee ?? undefined }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['outbox'] })
      setOpen(false)
    },
  })
  return (
    <Card
      title={t('outbox.settings')}
      extra={may('company.edit') ? <Button onClick={() => setOpen(true)}>{t('common.edit')}</Button> : undefined}
    >
      <Await query={query} rows={2}>
        {(s) => (
          <>
            {s.waiting ? <p className="notice warn">{t('outbox.settingsWait')}</p> : null}
            <dl className="facts">
            <dt>{t('outbox.server')}</dt>
            <dd>{s.server ? (s.server === 'environment' ? t('outbox.fromEnv') : t('outbox.set')) : <><Mark tone="medium">{t('outbox.unset')}</Mark> {t(may('company.edit') ? 'outbox.unsetHint' : 'outbox.unsetAsk')}</>}</dd>
            <dt>{t('outbox.from')}</dt>
            <dd>{s.from ?? '—'}</dd>
            <dt>{t('outbox.channels')}</dt>
            <dd>{s.channels || '—'}</dd>
            <dt>{t('outbox.payee')}</dt>
            <dd>{s.payee || '—'}</dd>
            </dl>
          </>
        )}
      </Await>
      {open && query.data ? (
        <Modal open title={t('outbox.settings')} okText={t('common.save')} okButtonProps={{ loading: save.isPending }} onOk={() => form.submit()} onCancel={() => setOpen(false)}>
          <Form
            form={form}
            layout="vertical"
            requiredMark={false}
            initialValues={{ from: query.data.from ?? '', channels: query.data.channels, payee: query.data.payee }}
            onFinish={(v) => save.mutate(v)}
          >
            <FormProblem error={save.error} />
            <Form.Item name="url" label={t('outbox.server')} extra={t('outbox.serverHint')}>
              <Input placeholder="smtp://…" autoComplete="off" />
            </Form.Item>
            <Form.Item name="from" label={t('outbox.from')}>
              <Input placeholder="… <service@example.com>" />
            </Form.Item>
            <Form.Item name="channels" label={t('outbox.channels')}>
              <Input />
            </Form.Item>
            <Form.Item name="payee" label={t('outbox.payee')} extra={t('outbox.secondHint')}>
              <Input />
            </Form.Item>
          </Form>
        </Modal>
      ) : null}
    </Card>
  )
}

/** The messages, or one of them as a letter on paper. */
export default function Outbox() {
  const printed = useSearchParams()[0].get('print')
  return printed ? <PrintedLetter id={printed} /> : <Messages />
}

function Messages() {
  const { t, label } = useSay()
  const may = useMay()
  const toast = useToast()
  const queries = useQueryClient()
  const [params] = useSearchParams()
  const handover = params.get('handover') ?? undefined
  const [state, setState] = useState('')
  const [open, setOpen] = useState<string | null>(null)
  const [chosen, setChosen] = useState<string[]>([])
  const query = usePages(
    ['outbox', 'list', handover, state],
    (cursor) => api.outbox.list({ handover, state: state || undefined, limit: 100, cursor }),
    may('outbox.see'),
  )
  const approve = useMutation({
    mutationFn: () => api.outbox.approve(chosen),
    onSuccess: () => {
      setChosen([])
      void queries.invalidateQueries({ queryKey: ['outbox'] })
    },
    onError: toast.bad,
  })
  const rows = query.data?.pages.flatMap((p) => p.items) ?? []
  const ready = rows.filter((m) => m.may_send && (m.state === 'previewed' || m.state === 'failed')).map((m) => m.id)
  const message = rows.find((m) => m.id === open)
  const next = rows.find((m) => m.id !== open && m.state === 'draft' && m.may_send)?.id
  const columns: Column<OutboxMessage>[] = [
    {
      key: 'pick',
      title: ready.length ? (
        <Checkbox checked={chosen.length === ready.length} aria-label={t('handover.all')} onChange={(e) => setChosen(e.target.checked ? ready : [])} />
      ) : (
        ''
      ),
      width: 40,
      label: false,
      render: (m) =>
        ready.includes(m.id) ? (
          <Checkbox
            checked={chosen.includes(m.id)}
            aria-label={m.customer_name ?? m.customer}
            onChange={(e) => setChosen(e.target.checked ? [...chosen, m.id] : chosen.filter((c) => c !== m.id))}
          />
        ) : null,
    },
    {
      key: 'customer',
      title: t('handover.customer'),
      label: false,
      render: (m) => (
        <>
          <button type="button" className="open-thing cell-main" onClick={() => setOpen(m.id)}>
            {m.customer ? (m.customer_name ?? m.customer) : t('outbox.colleague')}
          </button>
          <div className="cell-sub">{m.title}</div>
        </>
      ),
    },
    {
      key: 'to',
      title: t('outbox.to'),
      render: (m) => (
        <>
          {m.recipient || '—'} <span className="quiet">{m.address}</span>
        </>
      ),
    },
    {
      key: 'state',
      width: 130,
      title: t('outbox.state'),
      render: (m) => (
        <>
          <Mark tone={outboxTone[m.state]}>{label('outboxState', m.state)}</Mark>
          {m.error ? <div className="cell-sub">{m.error}</div> : null}
        </>
      ),
    },
    { key: 'at', width: 150, title: t('outboxState.sent'), render: (m) => (m.sent_at ? minute(m.sent_at) : '') },
    {
      key: 'act',
      width: 90,
      title: '',
      label: false,
      render: (m) => (
        <Button size="small" onClick={() => setOpen(m.id)}>
          {m.state === 'draft' ? t('outbox.preview') : t('handover.open')}
        </Button>
      ),
    },
  ]
  return (
    <Page
      title={t('outbox.title')}
      lead={t('outbox.lead')}
      actions={
        may('outbox.send') ? (
          <Act type="primary" because={chosen.length ? null : t('outbox.approveNone')} loading={approve.isPending} onClick={() => approve.mutate()}>
            {t('outbox.approve', { count: chosen.length })}
          </Act>
        ) : null
      }
    >
      <div className="stack">
        {may('outbox.see') ? (
          <Card flush>
            <div className="filters">
              <Segmented
                aria-label={t('outbox.state')}
                value={state}
                onChange={(v: string) => setState(v)}
                options={['', 'draft', 'previewed', 'approved', 'sent', 'failed', 'pending_channel', 'told'].map((s) => ({
                  value: s,
                  label: s ? label('outboxState', s) : t('handover.all'),
                }))}
              />
            </div>
            <Paged query={query}>
              {() =>
                rows.length ? (
                  <Table keys rows={rows} columns={columns} rowKey={(m) => m.id} caption={t('outbox.title')} />
                ) : (
                  <Empty title={t('outbox.empty')} action={<Link to="/handovers">{t('outbox.toHandovers')}</Link>}>
                    <p>{t('outbox.emptyHint')}</p>
                  </Empty>
                )
              }
            </Paged>
          </Card>
        ) : null}
        <Settings />
      </div>
      {message ? (
        <Letter
          key={`${message.id} ${message.state}`}
          message={message}
          at={rows.indexOf(message)}
          all={rows.length}
          next={next}
          onGo={(to) => setOpen(rows[to]?.id ?? null)}
          onNext={setOpen}
          onClose={() => setOpen(null)}
        />
      ) : null}
    </Page>
  )
}
