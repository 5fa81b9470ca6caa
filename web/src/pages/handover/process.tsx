// The process of a handover: nodes, items, reviewers, deadlines. Saved as a new version; what runs keeps its own.
import { useState } from 'react'
import { Button, Checkbox, Input, InputNumber, Select, Segmented } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Process, ProcessItem, ProcessNode } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem, useToast } from '../../ui/act.tsx'
import { day } from '../../ui/format.ts'
import { Await, Card, Page } from '../../ui/page.tsx'
import { fieldsOf, textOf } from './fields.ts'
import './handover.css'

type View = Awaited<ReturnType<typeof api.processes.read>>

function Item({ item, view, onChange, onRemove }: { item: ProcessItem; view: View; onChange: (item: ProcessItem) => void; onRemove: () => void }) {
  const { t, label } = useSay()
  return (
    <div className="process-item">
      <div className="process-grid">
        <label>
          {t('handover.processId')}
          <Input value={item.id} onChange={(e) => onChange({ ...item, id: e.target.value })} />
        </label>
        <label>
          {t('handover.nameZh')}
          <Input value={item.name.zh} onChange={(e) => onChange({ ...item, name: { ...item.name, zh: e.target.value } })} />
        </label>
        <label>
          {t('handover.nameEn')}
          <Input value={item.name.en} onChange={(e) => onChange({ ...item, name: { ...item.name, en: e.target.value } })} />
        </label>
        <label>
          {t('handover.addGroup')}
          <Select value={item.group} onChange={(group: string) => onChange({ ...item, group })} options={view.groups.map((g) => ({ value: g, label: label('handoverGroup', g) }))} />
        </label>
        <label>
          {t('handover.processPer')}
          <Select value={item.per} onChange={(per: string) => onChange({ ...item, per })} options={view.kinds.map((k) => ({ value: k, label: label('handoverPer', k) }))} />
        </label>
        <span className="row">
          <Checkbox checked={item.must_upload ?? false} onChange={(e) => onChange({ ...item, must_upload: e.target.checked })}>
            {t('handover.processUpload')}
          </Checkbox>
          <Button size="small" type="text" danger onClick={onRemove}>
            {t('handover.processRemove')}
          </Button>
        </span>
      </div>
      <label className="quiet">
        {t('handover.processFields')}
        <Input.TextArea
          autoSize={{ minRows: 1, maxRows: 8 }}
          defaultValue={textOf(item.fields ?? [])}
          onBlur={(e) => onChange({ ...item, fields: fieldsOf(e.target.value) })}
        />
      </label>
    </div>
  )
}

function Node({
  node,
  all,
  view,
  onChange,
  onRemove,
}: {
  node: ProcessNode
  all: ProcessNode[]
  view: View
  onChange: (node: ProcessNode) => void
  onRemove: () => void
}) {
  const { t, label, en } = useSay()
  const roles = view.roles.map((r) => ({ value: r, label: label('handoverRole', r) }))
  const set = (part: Partial<ProcessNode>) => onChange({ ...node, ...part })
  return (
    <div className="process-node">
      <div className="process-grid">
        <label>
          {t('handover.processId')}
          <Input value={node.id} onChange={(e) => set({ id: e.target.value })} />
        </label>
        <label>
          {t('handover.nameZh')}
          <Input value={node.name.zh} onChange={(e) => set({ name: { ...node.name, zh: e.target.value } })} />
        </label>
        <label>
          {t('handover.nameEn')}
          <Input value={node.name.en} onChange={(e) => set({ name: { ...node.name, en: e.target.value } })} />
        </label>
        <label>
          {t('handover.processWho')}
          <Select value={node.who} onChange={(who: string) => set({ who })} options={roles} />
        </label>
        <label>
          {t('handover.processReviewers')}
          <Select mode="multiple" value={node.reviewers} onChange={(reviewers: string[]) => set({ reviewers })} options={roles} />
        </label>
        <label>
          {t('handover.processAfter')}
          <Select
            mode="multiple"
            value={node.after ?? []}
            onChange={(after: string[]) => set({ after })}
            options={all.filter((n) => n !== node).map((n) => ({ value: n.id, label: en ? n.name.en : n.name.zh }))}
          />
        </label>
        <label>
          {t('handover.processDays')}
          <InputNumber min={0} max={365} value={node.days} onChange={(days) => set({ days: days ?? 0 })} />
        </label>
        <label>
          {t('handover.processReminders')}
          <Input
            defaultValue={(node.reminders ?? []).join(', ')}
            onBlur={(e) => set({ reminders: e.target.value.split(/[,，\s]+/).filter(Boolean).map(Number).filter(Number.isFinite) })}
          />
        </label>
        <span className="row">
          <Checkbox checked={node.signs_off ?? false} onChange={(e) => set({ signs_off: e.target.checked })}>
            {t('handover.processSignsOff')}
          </Checkbox>
          <Button size="small" type="text" danger onClick={onRemove}>
            {t('handover.processRemove')}
          </Button>
        </span>
      </div>
      {node.what.map((item, i) => (
        <Item
          key={i}
          item={item}
          view={view}
          onChange={(changed) => set({ what: node.what.map((w, j) => (j === i ? changed : w)) })}
          onRemove={() => set({ what: node.what.filter((_, j) => j !== i) })}
        />
      ))}
      <Button
        size="small"
        style={{ marginTop: 10 }}
        onClick={() => set({ what: [...node.what, { id: `item${node.what.length + 1}`, group: 'other', name: { zh: '', en: '' }, per: 'once', must_upload: false, fields: [] }] })}
      >
        {t('handover.processAddItem')}
      </Button>
    </div>
  )
}

function Editor({ view }: { view: View }) {
  const { t } = useSay()
  const toast = useToast()
  const queries = useQueryClient()
  const [process, setProcess] = useState<Process>(view.process)
  const save = useMutation({
    mutationFn: () => api.processes.save(view.id, view.version, process),
    onSuccess: (saved) => {
      toast.good(t('handover.processSaved', { version: saved.version }))
      void queries.invalidateQueries({ queryKey: ['process'] })
    },
  })
  const changed = JSON.stringify(process) !== JSON.stringify(view.process)
  return (
    <div className="stack">
      <Card>
        <FormProblem error={save.error} />
        {process.nodes.map((node, i) => (
          <Node
            key={i}
            node={node}
            all={process.nodes}
            view={view}
            onChange={(n) => setProcess({ ...process, nodes: process.nodes.map((x, j) => (j === i ? n : x)) })}
            onRemove={() => setProcess({ ...process, nodes: process.nodes.filter((_, j) => j !== i) })}
          />
        ))}
        <div className="row" style={{ marginTop: 14 }}>
          <Button
            onClick={() =>
              setProcess({
                ...process,
                nodes: [
                  ...process.nodes,
                  { id: `node${process.nodes.length + 1}`, name: { zh: '', en: '' }, who: 'hr', after: [], what: [], reviewers: ['manager'], days: 7, reminders: [3, 0], signs_off: false },
                ],
              })
            }
          >
            {t('handover.processAddNode')}
          </Button>
          <Button type="primary" disabled={!changed} loading={save.isPending} onClick={() => save.mutate()}>
            {t('handover.processSave')}
          </Button>
          <Button disabled={!changed} onClick={() => setProcess(view.process)}>
            {t('common.undo')}
          </Button>
        </div>
      </Card>
      <Card title={t('handover.versions')}>
        <ul className="bullets">
          {view.versions.map((v) => (
            <li key={v.version}>
              {v.version ? t('handover.version', { version: v.version }) : t('handover.shipped')} <span className="quiet">{[v.changed_at ? day(v.changed_at) : null, v.changed_by].filter(Boolean).join(' · ')}</span>
            </li>
          ))}
        </ul>
      </Card>
    </div>
  )
}

export default function ProcessPage() {
  const { t } = useSay()
  const [id, setId] = useState<'handover' | 'transfer'>('handover')
  const query = useQuery({ queryKey: ['process', id], queryFn: () => api.processes.read(id) })
  return (
    <Page
      title={t('handover.processTitle')}
      lead={t('handover.processLead')}
      actions={
        <Segmented<typeof id>
          aria-label={t('handover.processTitle')}
          value={id}
          onChange={setId}
          options={[
            { value: 'handover', label: t('handover.processLeaving') },
            { value: 'transfer', label: t('handover.processTransfer') },
          ]}
        />
      }
    >
      <Await query={query} rows={12}>
        {(view) => <Editor key={`${view.id} ${view.version}`} view={view} />}
      </Await>
    </Page>
  )
}
