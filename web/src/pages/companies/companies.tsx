// Other companies: competitors, related parties, suppliers, and the company's own names. Chains read names, persons and accounts from here.
import { useState } from 'react'
import { Button, Form, Input, Modal, Segmented, Select } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Company, CompanyKind } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { Act, FormProblem } from '../../ui/act.tsx'
import { Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Paged, usePages } from '../../ui/pages.tsx'
import { useFilters } from '../../ui/search-state.ts'
import { Table, type Column } from '../../ui/table.tsx'
import { SearchBox } from '../../ui/search-box.tsx'

const KINDS: CompanyKind[] = ['competitor', 'related', 'partner', 'supplier', 'own', 'unknown']
const tone = (kind: CompanyKind) =>
  kind === 'competitor' ? 'high' : kind === 'related' ? 'medium' : kind === 'own' ? 'good' : undefined

function Edit({ company, onClose }: { company: Company | null; onClose: () => void }) {
  const { t, label } = useSay()
  const [form] = Form.useForm<Company>()
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: (v: Company) => {
      const id = company?.company ?? v.company.trim()
      return api.companies.save(id, { ...v, company: id, sites: company?.sites ?? [] })
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['companies'] })
      onClose()
    },
  })
  const tags = { mode: 'tags' as const, open: false, suffixIcon: null, tokenSeparators: [',', '，', '、'] }
  return (
    <Modal
      open
      title={company ? company.name : t('companies.add')}
      okText={t('common.save')}
      okButtonProps={{ loading: save.isPending }}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={company ?? { kind: 'competitor', aliases: [], persons: [], accounts: [] }}
        onFinish={(v) => save.mutate(v)}
      >
        <FormProblem error={save.error} />
        {company ? null : (
          <Form.Item name="company" label={t('companies.id')} extra={t('companies.idHint')} rules={[{ required: true, whitespace: true, message: t('common.needed') }]}>
            <Input />
          </Form.Item>
        )}
        <Form.Item name="name" label={t('companies.name')} rules={[{ required: true, whitespace: true, message: t('common.needed') }]}>
          <Input />
        </Form.Item>
        <Form.Item name="kind" label={t('companies.kind')}>
          <Select options={KINDS.map((k) => ({ value: k, label: label('companyKind', k) }))} />
        </Form.Item>
        <Form.Item name="aliases" label={t('companies.aliases')} extra={t('companies.aliasesHint')}>
          <Select {...tags} />
        </Form.Item>
        <Form.Item name="persons" label={t('companies.persons')} extra={t('companies.personsHint')}>
          <Select {...tags} />
        </Form.Item>
        <Form.Item name="accounts" label={t('companies.accounts')}>
          <Select {...tags} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

export default function Companies() {
  const { t, label } = useSay()
  const may = useMay()
  const f = useFilters()
  const [editing, setEditing] = useState<Company | null | 'new'>(null)
  const query = { kind: f.get('kind'), q: f.get('q'), limit: 200 }
  const list = usePages(['companies', query], (cursor) => api.companies.list({ ...query, cursor }))
  const noEdit = may('companies.edit') ? null : t('companies.noEdit')
  const columns: Column<Company>[] = [
    {
      key: 'name',
      title: t('companies.name'),
      label: false,
      render: (c) => (
        <>
          <span className="cell-main">{c.name || c.company}</span>
          <div className="cell-sub">{c.company}</div>
        </>
      ),
    },
    { key: 'kind', width: 110, title: t('companies.kind'), render: (c) => <Mark tone={tone(c.kind)}>{label('companyKind', c.kind)}</Mark> },
    { key: 'aliases', title: t('companies.aliases'), render: (c) => c.aliases.join(t('common.listComma')) || '—' },
    { key: 'persons', title: t('companies.persons'), render: (c) => c.persons.join(t('common.listComma')) || '—' },
    { key: 'accounts', title: t('companies.accounts'), render: (c) => c.accounts.length || '—', num: true, width: 80 },
    {
      key: 'edit',
      width: 90,
      num: true,
      title: <span className="sr-only">{t('common.edit')}</span>,
      label: false,
      render: (c) => (
        <Act size="small" because={noEdit} aria-label={`${t('common.edit')}${t('common.colon')}${c.name || c.company}`} onClick={() => setEditing(c)}>
          {t('common.edit')}
        </Act>
      ),
    },
  ]
  return (
    <Page
      title={t('companies.title')}
      lead={t('companies.lead')}
      actions={
        <Act type="primary" because={noEdit} onClick={() => setEditing('new')}>
          {t('companies.add')}
        </Act>
      }
    >
      <Card flush>
        <div className="filters">
          <Segmented
            value={f.get('kind') ?? ''}
            onChange={(v) => f.set({ kind: v || undefined })}
            options={[{ value: '', label: t('cases.all') }, ...KINDS.map((k) => ({ value: k as string, label: label('companyKind', k) }))]}
          />
          <SearchBox value={f.get('q')} label={t('companies.search')} width={220} onSearch={(v) => f.set({ q: v })} />
        </div>
        <Paged query={list}>
          {(rows) =>
            rows.length ? (
              <Table rows={rows} columns={columns} rowKey={(c) => c.company} caption={t('companies.title')} />
            ) : (
              <Empty title={f.any ? t('companies.noneFits') : t('companies.empty')} action={f.any ? <Button onClick={f.clear}>{t('common.clearFilters')}</Button> : noEdit ? null : <Button onClick={() => setEditing('new')}>{t('companies.add')}</Button>}>
                {f.any ? null : <p>{t('companies.emptyHint')}</p>}
              </Empty>
            )
          }
        </Paged>
      </Card>
      {editing ? <Edit company={editing === 'new' ? null : editing} onClose={() => setEditing(null)} /> : null}
    </Page>
  )
}
