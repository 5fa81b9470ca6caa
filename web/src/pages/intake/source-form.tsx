// Where records come from and why that is lawful. The fields of PUT /api/v1/sources.
import { Form, Input, Select } from 'antd'
import type { BasisKind, NewSource, Source } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { Day } from '../../ui/day.tsx'
import { KINDS } from '../records/kinds.ts'

export interface SourceValues {
  source: string
  name: string
  kinds: string[]
  basis: BasisKind
  notice: string
  notice_version: string
  assessed_on: string
}

const BASES: BasisKind[] = ['hr_necessity', 'contract', 'consent', 'legal_duty']

const FAMILIES = [...new Set(KINDS.map((k) => `${k.split('.')[0] ?? ''}.*`))]

export const sourceValues = (s: Source): Partial<SourceValues> => ({
  source: s.source,
  name: s.name,
  kinds: s.kinds,
  basis: s.basis?.kind,
  notice: s.basis?.notice,
  notice_version: s.basis?.notice_version,
  assessed_on: s.basis?.assessed_on,
})

export const sourceBody = (v: SourceValues): NewSource => ({
  source: v.source.trim(),
  name: v.name,
  kinds: v.kinds,
  basis: { kind: v.basis, notice: v.notice, notice_version: v.notice_version, assessed_on: v.assessed_on },
})

export function SourceFields({ fresh }: { fresh: boolean }) {
  const { t, label } = useSay()
  const needed = { required: true, message: t('common.needed') }
  return (
    <>
      <Form.Item
        name="source"
        label={t('sources.id')}
        extra={t('sources.idHint')}
        rules={[needed, { pattern: /^\/(?!probity\/)[^\s]+$/, message: t('sources.idWrong') }]}
      >
        <Input className="mono" placeholder="/crm/main" disabled={!fresh} />
      </Form.Item>
      <Form.Item name="name" label={t('sources.name')} rules={[needed]}>
        <Input />
      </Form.Item>
      <Form.Item name="kinds" label={t('sources.kinds')} extra={t('sources.kindsHint')} rules={[needed]}>
        <Select
          mode="multiple"
          options={[
            ...FAMILIES.map((f) => ({ value: f, label: t('sources.family', { name: label('family', f.replace('.*', '')) }) })),
            ...KINDS.map((k) => ({ value: k, label: label('kind', k) })),
          ]}
          showSearch={{ optionFilterProp: 'label' }}
        />
      </Form.Item>
      <Form.Item name="basis" label={t('sources.basis')} rules={[needed]}>
        <Select options={BASES.map((b) => ({ value: b, label: `${t(`basis.${b}`)} — ${t(`basisHint.${b}`)}` }))} />
      </Form.Item>
      <Form.Item name="notice" label={t('sources.notice')} extra={t('sources.noticeHint')} rules={[needed]}>
        <Input />
      </Form.Item>
      <div className="two" style={{ gap: 12 }}>
        <Form.Item name="notice_version" label={t('sources.noticeVersion')} rules={[needed]}>
          <Input placeholder="1" />
        </Form.Item>
        <Form.Item name="assessed_on" label={t('sources.assessed')} rules={[needed]}>
          <Day />
        </Form.Item>
      </div>
    </>
  )
}
