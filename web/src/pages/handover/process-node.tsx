// One node of a process as a form: who does what by when, its items and what is asked of each.
import { useState } from 'react'
import { DeleteOutlined } from '@ant-design/icons'
import { Button, Checkbox, Input, InputNumber, Select } from 'antd'
import type { api } from '../../api/index.ts'
import { useSay } from '../../i18n/say.ts'
import { newField, newItem, type FieldDraft, type ItemDraft, type NodeDraft } from './draft.ts'

export type View = Awaited<ReturnType<typeof api.processes.read>>

const daysOf = (text: string) => text.split(/[,，、\s]+/).filter(Boolean).map(Number).filter((n) => Number.isInteger(n) && n >= 0)

/** Days as a person types them; what is typed stays until the days become others elsewhere. */
function Days({ value, onChange }: { value: number[]; onChange: (days: number[]) => void }) {
  const [typed, setTyped] = useState(value.join(', '))
  const shown = daysOf(typed).join() === value.join() ? typed : value.join(', ')
  return (
    <Input
      value={shown}
      inputMode="numeric"
      onChange={(e) => {
        setTyped(e.target.value)
        onChange(daysOf(e.target.value))
      }}
    />
  )
}

function FieldRow({ field, onChange, onRemove }: { field: FieldDraft; onChange: (field: FieldDraft) => void; onRemove: () => void }) {
  const { t } = useSay()
  return (
    <li className="process-field">
      <Input value={field.name.zh} placeholder={t('handover.nameZh')} aria-label={t('handover.nameZh')} onChange={(e) => onChange({ ...field, name: { ...field.name, zh: e.target.value } })} />
      <Input value={field.name.en} placeholder={t('handover.nameEn')} aria-label={t('handover.nameEn')} onChange={(e) => onChange({ ...field, name: { ...field.name, en: e.target.value } })} />
      <Checkbox checked={field.required ?? false} onChange={(e) => onChange({ ...field, required: e.target.checked })}>
        {t('handover.processRequired')}
      </Checkbox>
      <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={t('handover.processRemoveOf', { name: field.name.zh })} onClick={onRemove} />
    </li>
  )
}

function Item({ item, view, onChange, onRemove }: { item: ItemDraft; view: View; onChange: (item: ItemDraft) => void; onRemove: () => void }) {
  const { t, label } = useSay()
  return (
    <div className="process-item">
      <div className="process-grid">
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
          <Button size="small" type="text" danger aria-label={t('handover.processRemoveOf', { name: item.name.zh })} onClick={onRemove}>
            {t('handover.processRemove')}
          </Button>
        </span>
      </div>
      <ul className="process-fields" aria-label={t('handover.processFields')}>
        {item.fields.map((field) => (
          <FieldRow
            key={field.key}
            field={field}
            onChange={(changed) => onChange({ ...item, fields: item.fields.map((f) => (f.key === field.key ? changed : f)) })}
            onRemove={() => onChange({ ...item, fields: item.fields.filter((f) => f.key !== field.key) })}
          />
        ))}
        <li>
          <Button size="small" type="link" onClick={() => onChange({ ...item, fields: [...item.fields, newField(item.fields)] })}>
            {t('handover.processAddField')}
          </Button>
        </li>
      </ul>
    </div>
  )
}

export function Node({
  node,
  number,
  all,
  view,
  onChange,
  onRemove,
}: {
  node: NodeDraft
  number: number
  all: NodeDraft[]
  view: View
  onChange: (node: NodeDraft) => void
  onRemove: () => void
}) {
  const { t, label, en } = useSay()
  const roles = view.roles.map((r) => ({ value: r, label: label('handoverRole', r) }))
  const named = (n: NodeDraft) => (en ? n.name.en || n.name.zh : n.name.zh || n.name.en) || t('handover.processUnnamed')
  const set = (part: Partial<NodeDraft>) => onChange({ ...node, ...part })
  return (
    <section className="process-node">
      <h3 className="sub">
        {number}. {named(node)}
      </h3>
      <div className="process-grid">
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
            options={all.filter((n) => n.key !== node.key).map((n) => ({ value: n.id, label: named(n) }))}
          />
        </label>
        <label>
          {t('handover.processDays')}
          <InputNumber min={0} max={365} value={node.days} onChange={(days) => set({ days: days ?? 0 })} />
        </label>
        <label>
          {t('handover.processReminders')}
          <Days value={node.reminders ?? []} onChange={(reminders) => set({ reminders })} />
        </label>
        <span className="row">
          <Checkbox checked={node.signs_off ?? false} onChange={(e) => set({ signs_off: e.target.checked })}>
            {t('handover.processSignsOff')}
          </Checkbox>
          <Button size="small" type="text" danger aria-label={t('handover.processRemoveOf', { name: named(node) })} onClick={onRemove}>
            {t('handover.processRemove')}
          </Button>
        </span>
      </div>
      {node.what.map((item) => (
        <Item
          key={item.key}
          item={item}
          view={view}
          onChange={(changed) => set({ what: node.what.map((w) => (w.key === item.key ? changed : w)) })}
          onRemove={() => set({ what: node.what.filter((w) => w.key !== item.key) })}
        />
      ))}
      <Button size="small" style={{ marginTop: 10 }} onClick={() => set({ what: [...node.what, newItem(all.flatMap((n) => n.what))] })}>
        {t('handover.processAddItem')}
      </Button>
    </section>
  )
}
