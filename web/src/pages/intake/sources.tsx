// Sources: what may come in from where, on which legal ground, and whether it still arrives.
import { useState } from 'react'
import { Button, Form, Modal } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Source } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay, useSession } from '../../session.tsx'
import { Act, FormProblem } from '../../ui/act.tsx'
import { ago, minute, number } from '../../ui/format.ts'
import { Await, Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Table, type Column } from '../../ui/table.tsx'
import { useToast } from '../../ui/toast.tsx'
import { SourceFields, sourceBody, sourceValues, type SourceValues } from './source-form.tsx'

const SILENT = 7 * 86_400_000

function Edit({ source, onClose }: { source: Source | null; onClose: () => void }) {
  const { t } = useSay()
  const [form] = Form.useForm<SourceValues>()
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: (v: SourceValues) => api.sources.save(sourceBody(v)),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['sources'] })
      onClose()
    },
  })
  return (
    <Modal
      open
      title={source ? source.name : t('sources.register')}
      okText={source ? t('common.save') : t('sources.register')}
      okButtonProps={{ loading: save.isPending }}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" requiredMark={false} initialValues={source ? sourceValues(source) : {}} onFinish={(v) => save.mutate(v)}>
        <FormProblem error={save.error} />
        {source ? <p className="quiet" style={{ marginBottom: 12 }}>{t('sources.changeNote')}</p> : null}
        <SourceFields fresh={!source} />
      </Form>
    </Modal>
  )
}

export default function Sources() {
  const { t, label } = useSay()
  const may = useMay()
  const [editing, setEditing] = useState<Source | 'new' | null>(null)
  const list = useQuery({ queryKey: ['sources'], queryFn: api.sources.list })
  const me = useSession().data?.user
  const toast = useToast()
  const queries = useQueryClient()
  const approve = useMutation({
    mutationFn: api.sources.approve,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['sources'] }),
    onError: toast.bad,
  })
  const noEdit = may('sources.edit') ? null : t('log.authoritiesForbidden')
  const kindName = (k: string) => (k.endsWith('.*') ? t('sources.familyShort', { name: label('family', k.replace('.*', '')) }) : label('kind', k))
  const columns: Column<Source>[] = [
    {
      key: 'name',
      width: 210,
      title: t('sources.name'),
      label: false,
      render: (s) => (
        <>
          <span className="cell-main">{s.name}</span>
          <div className="cell-sub mono">{s.source}</div>
        </>
      ),
    },
    {
      key: 'kinds',
      title: t('sources.kinds'),
      render: (s) => (
        <span className="row" style={{ gap: 4 }}>
          {s.kinds.map((k) => (
            <Mark key={k}>{kindName(k)}</Mark>
          ))}
        </span>
      ),
    },
    {
      key: 'basis',
      width: 250,
      title: t('sources.basis'),
      render: (s) =>
        s.basis ? (
          <>
            {label('basis', s.basis.kind)}
            <div className="cell-sub">
              {s.basis.notice} <span className="nowrap">{t('people.version', { version: s.basis.notice_version })}</span>
            </div>
            {s.pending ? (
              <div className="row">
                <Mark tone="medium">{t('sources.pending', { by: s.pending.by })}</Mark>
                <Act
                  size="small"
                  loading={approve.isPending && approve.variables === s.source}
                  because={noEdit ?? (s.pending.by_id === me?.id ? t('sources.notOwn') : null)}
                  onClick={() => approve.mutate(s.source)}
                >
                  {t('sources.approve')}
                </Act>
              </div>
            ) : null}
          </>
        ) : (
          <Mark tone="high">{t('sources.noBasis')}</Mark>
        ),
    },
    { key: 'records', width: 100, num: true, title: t('nav.records'), render: (s) => number(s.records) },
    {
      key: 'last',
      width: 150,
      title: t('sources.last'),
      render: (s) => {
        const silent = !s.last_received_at || Date.now() - new Date(s.last_received_at).getTime() > SILENT
        return (
          <span title={minute(s.last_received_at)}>
            <Mark tone={silent ? 'medium' : 'good'} dot>
              {s.last_received_at ? ago(s.last_received_at) : t('home.neverReceived')}
            </Mark>
          </span>
        )
      },
    },
    {
      key: 'edit',
      width: 90,
      num: true,
      title: <span className="sr-only">{t('common.edit')}</span>,
      label: false,
      render: (s) =>
        s.source.startsWith('/probity/') ? null : (
          <Act size="small" because={noEdit} aria-label={`${t('common.edit')}${t('common.colon')}${s.name}`} onClick={() => setEditing(s)}>
            {t('common.edit')}
          </Act>
        ),
    },
  ]
  return (
    <Page
      title={t('nav.sources')}
      lead={t('sources.lead')}
      actions={
        <Act type="primary" because={noEdit} onClick={() => setEditing('new')}>
          {t('sources.register')}
        </Act>
      }
    >
      <Card flush>
        <Await query={list}>
          {(p) =>
            p.items.length ? (
              <Table rows={p.items} columns={columns} rowKey={(s) => s.source} caption={t('nav.sources')} />
            ) : (
              <Empty title={t('sources.empty')} action={noEdit ? null : <Button onClick={() => setEditing('new')}>{t('sources.register')}</Button>}>
                <p>{t('setUp.sourceLead')}</p>
              </Empty>
            )
          }
        </Await>
      </Card>
      {editing ? <Edit source={editing === 'new' ? null : editing} onClose={() => setEditing(null)} /> : null}
    </Page>
  )
}
