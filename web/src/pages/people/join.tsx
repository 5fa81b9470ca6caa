// Two things done from the list: somebody joins, and the list goes out as a workbook.
import { useState } from 'react'
import { Form, Input, Select } from 'antd'
import { useNavigate } from 'react-router'
import { api } from '../../api/index.ts'
import { keep } from '../../api/staff.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { Act } from '../../ui/act.tsx'
import { Day } from '../../ui/day.tsx'
import { today } from '../../ui/format.ts'
import { Dialog, needed, Superior } from './life-acts.tsx'

interface New {
  number: string
  name: string
  department?: string
  title?: string
  grade?: string
  manager?: string
  hired_on: string
  probation_until?: string
  phones?: string[]
}

function Join({ onClose }: { onClose: () => void }) {
  const { t } = useSay()
  const go = useNavigate()
  const must = needed(t('common.needed'))
  return (
    <Dialog
      title={t('life.act.join')}
      onClose={onClose}
      initial={{ hired_on: today() }}
      send={async (v: New) => {
        const made = await api.life.join({ ...v, probation_until: v.probation_until || undefined, phones: v.phones ?? [], emails: [] })
        void go(`/employees/${encodeURIComponent(made.number)}`)
      }}
    >
      <Form.Item name="number" label={t('life.number')} rules={must}>
        <Input />
      </Form.Item>
      <Form.Item name="name" label={t('people.name')} rules={must}>
        <Input />
      </Form.Item>
      <Form.Item name="department" label={t('life.department')} extra={t('life.departmentHint')}>
        <Input />
      </Form.Item>
      <Form.Item name="title" label={t('life.title')}>
        <Input />
      </Form.Item>
      <Form.Item name="manager" label={t('life.manager')}>
        <Superior />
      </Form.Item>
      <Form.Item name="hired_on" label={t('life.hiredOn')} rules={must}>
        <Day />
      </Form.Item>
      <Form.Item name="probation_until" label={t('life.probationUntil')}>
        <Day />
      </Form.Item>
      <Form.Item name="phones" label={t('people.phones')}>
        <Select mode="tags" open={false} suffixIcon={null} />
      </Form.Item>
    </Dialog>
  )
}

export function ListActs({ filter }: { filter: { q?: string; department?: string; status?: string } }) {
  const { t } = useSay()
  const may = useMay()
  const [open, setOpen] = useState<'join' | 'export' | null>(null)
  return (
    <>
      {may('people.export') || may('people.edit') ? (
        <Act because={may('people.export') ? null : t('life.noExport')} onClick={() => setOpen('export')}>
          {t('life.act.export')}
        </Act>
      ) : null}
      {may('people.edit') ? (
        <Act type="primary" onClick={() => setOpen('join')}>
          {t('life.act.join')}
        </Act>
      ) : null}
      {open === 'join' ? <Join onClose={() => setOpen(null)} /> : null}
      {open === 'export' ? (
        <Dialog
          title={t('life.act.export')}
          lead={t('life.exportLead')}
          ok={t('life.act.export')}
          onClose={() => setOpen(null)}
          send={async (v: { reason: string }) => keep(await api.life.export({ ...filter, reason: v.reason }), 'employees.xlsx')}
        >
          <Form.Item name="reason" label={t('life.purpose')} rules={needed(t('common.needed'))}>
            <Input.TextArea rows={2} maxLength={500} />
          </Form.Item>
        </Dialog>
      ) : null}
    </>
  )
}
