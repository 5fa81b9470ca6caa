// Tokens for machines: created here, shown once, revoked here.
import { useState } from 'react'
import { Link } from 'react-router'
import { Button, Checkbox, Form, Input, Modal, Popconfirm, Select } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Token, TokenScope } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { Copy, FormProblem } from '../../ui/act.tsx'
import { ago, day } from '../../ui/format.ts'
import { Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { Table, type Column } from '../../ui/table.tsx'
import { useToast } from '../../ui/toast.tsx'

const SCOPES: TokenScope[] = ['ingest', 'read', 'cases', 'admin']

interface Values {
  name: string
  scopes: TokenScope[]
  sources?: string[]
  days: number
}

function Create({ onClose }: { onClose: () => void }) {
  const { t } = useSay()
  const [form] = Form.useForm<Values>()
  const queries = useQueryClient()
  const scopes = Form.useWatch('scopes', form)
  const sources = useQuery({ queryKey: ['sources'], queryFn: api.sources.list })
  const make = useMutation({
    mutationFn: (v: Values) =>
      api.tokens.create({
        name: v.name,
        scopes: v.scopes,
        sources: v.sources?.length ? v.sources : null,
        expires_at: new Date(Date.now() + v.days * 86_400_000).toISOString(),
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['tokens'] }),
  })
  const made = make.data?.token
  const waits = Boolean(make.data?.waits)
  return (
    <Modal
      open
      title={made ? t('tokens.made') : waits ? t('users.waitsTitle') : t('tokens.create')}
      okText={made ? t('tokens.kept') : waits ? t('common.close') : t('tokens.create')}
      okButtonProps={{ loading: make.isPending }}
      cancelButtonProps={made || waits ? { style: { display: 'none' } } : undefined}
      closable={!made}
      mask={{ closable: !made }}
      onOk={() => (made || waits ? onClose() : form.submit())}
      onCancel={onClose}
    >
      {made ? (
        <>
          <p className="notice warn">{t('tokens.once')}</p>
          <code className="hash secret">{made}</code>
          <Copy text={made} />
        </>
      ) : waits ? (
        <p className="notice">
          {t('tokens.waits')} <Link to="/users">{t('tokens.toApprovals')}</Link>
        </p>
      ) : (
        <Form form={form} layout="vertical" requiredMark={false} initialValues={{ scopes: ['ingest'], days: 365 }} onFinish={(v) => make.mutate(v)}>
          <FormProblem error={make.error} />
          <Form.Item name="name" label={t('tokens.name')} rules={[{ required: true, whitespace: true, message: t('common.needed') }]}>
            <Input placeholder={t('tokens.nameHint')} autoFocus />
          </Form.Item>
          <Form.Item name="scopes" label={t('tokens.scopes')} rules={[{ required: true, message: t('tokens.scopesNeeded') }]}>
            <Checkbox.Group style={{ display: 'grid', gap: 6 }}>
              {SCOPES.map((s) => (
                <Checkbox key={s} value={s}>
                  <code>{s}</code> <span className="quiet">{t(`tokens.scope.${s}`)}</span>
                </Checkbox>
              ))}
            </Checkbox.Group>
          </Form.Item>
          {scopes?.includes('ingest') ? (
            <Form.Item name="sources" label={t('tokens.sources')} extra={t('tokens.sourcesHint')}>
              <Select
                mode="multiple"
                placeholder={t('tokens.allSources')}
                options={sources.data?.items.map((s) => ({ value: s.source, label: `${s.name} ${s.source}` }))}
              />
            </Form.Item>
          ) : null}
          <Form.Item name="days" label={t('tokens.expires')}>
            <Select options={[30, 90, 365].map((d) => ({ value: d, label: t('tokens.inDays', { count: d }) }))} />
          </Form.Item>
        </Form>
      )}
    </Modal>
  )
}

export default function Tokens() {
  const { t } = useSay()
  const queries = useQueryClient()
  const toast = useToast()
  const [creating, setCreating] = useState(false)
  const list = usePages(['tokens', 'list'], (cursor) => api.tokens.list({ cursor, limit: 100 }))
  const revoke = useMutation({
    mutationFn: api.tokens.revoke,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['tokens'] }),
    onError: toast.bad,
  })
  const columns: Column<Token>[] = [
    {
      key: 'name',
      title: t('tokens.name'),
      label: false,
      render: (k) => (
        <>
          <span className="cell-main">{k.name}</span> {k.maker_gone ? <Mark tone="medium">{t('tokens.makerGone')}</Mark> : null}
          <div className="cell-sub">
            <code>{k.prefix}…</code> · {t('tokens.by', { by: k.created_by, date: day(k.created_at) })}
          </div>
        </>
      ),
    },
    {
      key: 'scopes',
      title: t('tokens.scopes'),
      render: (k) => (
        <span className="row" style={{ gap: 4 }}>
          {k.scopes.map((s) => (
            <Mark key={s}>{s}</Mark>
          ))}
        </span>
      ),
    },
    { key: 'sources', title: t('tokens.sources'), render: (k) => (k.sources ? <code>{k.sources.join(', ')}</code> : t('tokens.allSources')) },
    {
      key: 'expires',
      width: 130,
      title: t('tokens.expires'),
      render: (k) =>
        k.expires_at == null ? (
          t('tokens.noExpiry')
        ) : new Date(k.expires_at).getTime() < Date.now() ? (
          <Mark tone="medium">{t('tokens.expired', { date: day(k.expires_at) })}</Mark>
        ) : (
          day(k.expires_at)
        ),
    },
    { key: 'used', width: 130, title: t('tokens.used'), render: (k) => (k.last_used_at ? ago(k.last_used_at) : t('tokens.never')) },
    {
      key: 'revoke',
      width: 90,
      num: true,
      title: <span className="sr-only">{t('tokens.revoke')}</span>,
      label: false,
      render: (k) => (
        <Popconfirm title={t('tokens.revokeSure')} okText={t('tokens.revoke')} cancelText={t('common.cancel')} onConfirm={() => revoke.mutate(k.id)}>
          <Button size="small" danger aria-label={`${t('tokens.revoke')}${t('common.colon')}${k.name}`}>
            {t('tokens.revoke')}
          </Button>
        </Popconfirm>
      ),
    },
  ]
  return (
    <Page
      title={t('nav.tokens')}
      lead={t('tokens.lead')}
      actions={
        <Button type="primary" onClick={() => setCreating(true)}>
          {t('tokens.create')}
        </Button>
      }
    >
      <Card flush>
        <Paged query={list}>
          {(rows) =>
            rows.length ? (
              <Table rows={rows} columns={columns} rowKey={(k) => k.id} caption={t('nav.tokens')} />
            ) : (
              <Empty title={t('tokens.empty')} action={<Button onClick={() => setCreating(true)}>{t('tokens.create')}</Button>}>
                <p>{t('tokens.emptyHint')}</p>
              </Empty>
            )
          }
        </Paged>
      </Card>
      {creating ? <Create onClose={() => setCreating(false)} /> : null}
    </Page>
  )
}
