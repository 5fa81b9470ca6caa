// The records of a case with their admissibility grade; content opens from here.
import { useState } from 'react'
import { Link } from 'react-router'
import { Button, Checkbox, Form, Input, Modal, Tooltip } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { CaseDetail, CaseRecord } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { Act, FormProblem } from '../../ui/act.tsx'
import { minute } from '../../ui/format.ts'
import { Seal } from '../../ui/logo.tsx'
import { Card, Empty, Mark } from '../../ui/page.tsx'
import { Table, type Column } from '../../ui/table.tsx'
import { gradeTone } from './lacks.ts'

function AddRecords({ id, employee, onClose }: { id: string; employee: string; onClose: () => void }) {
  const { t } = useSay()
  const [form] = Form.useForm<{ records: string; reason: string }>()
  const queries = useQueryClient()
  const add = useMutation({
    mutationFn: (v: { records: string; reason: string }) =>
      api.cases.add(id, {
        records: v.records
          .split(/[\s,，、]+/)
          .filter(Boolean)
          .map((r) => (r.startsWith('rec_') ? r : `rec_${r}`)),
        reason: v.reason,
      }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['case', id] })
      onClose()
    },
  })
  return (
    <Modal open title={t('cases.addRecords')} okText={t('common.add')} okButtonProps={{ loading: add.isPending }} onOk={() => form.submit()} onCancel={onClose}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(v) => add.mutate(v)}>
        <FormProblem error={add.error} />
        <Form.Item name="records" label={t('records.index')} extra={
            <>
              {t('cases.addRecordsHint')} <Link to={`/records?employee=${encodeURIComponent(employee)}`}>{t('people.allRecords')}</Link>
            </>
          } rules={[{ required: true, whitespace: true, message: t('common.needed') }]}>
          <Input placeholder="1042, 1388" autoFocus />
        </Form.Item>
        <Form.Item name="reason" label={t('common.reason')} rules={[{ required: true, whitespace: true, message: t('common.reasonNeeded') }]}>
          <Input.TextArea rows={2} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

export function CaseRecords({ data, onPick, onOpen }: { data: CaseDetail; onPick: (id: string) => void; onOpen: (ids: string[]) => void }) {
  const { t, label } = useSay()
  const may = useMay()
  const [chosen, setChosen] = useState<string[]>([])
  const [adding, setAdding] = useState(false)
  const closed = data.status === 'closed' ? t('cases.closedNoWrite') : null
  const columns: Column<CaseRecord>[] = [
    {
      key: 'pick',
      width: 36,
      title: (
        <Checkbox
          aria-label={t('alerts.pickAll')}
          checked={chosen.length > 0 && chosen.length === data.records.length}
          indeterminate={chosen.length > 0 && chosen.length < data.records.length}
          onChange={(e) => setChosen(e.target.checked ? data.records.map((r) => r.id) : [])}
        />
      ),
      label: false,
      render: (r) => (
        <Checkbox
          aria-label={t('records.pick', { index: r.id.replace('rec_', '') })}
          checked={chosen.includes(r.id)}
          onChange={(e) => setChosen(e.target.checked ? [...chosen, r.id] : chosen.filter((c) => c !== r.id))}
        />
      ),
    },
    {
      key: 'what',
      width: 128,
      title: t('records.kind'),
      label: false,
      render: (r) => (
        <>
          <button type="button" className="as-link" onClick={() => onPick(r.id)}>
            {label('kind', r.kind)}
          </button>
          <div className="cell-sub nowrap">{minute(r.at)}</div>
        </>
      ),
    },
    {
      key: 'grade',
      title: t('cases.grade'),
      render: (r) => (
        <>
          <Mark tone={gradeTone(r.grade)}>{label('grade', r.grade)}</Mark>
          {r.missing.length ? (
            <Tooltip title={r.missing.join(t('common.semicolon'))}>
              <span className="cell-sub" tabIndex={0} style={{ display: 'inline-block', marginLeft: 6 }}>
                {t('cases.lacks', { count: r.missing.length })}
              </span>
            </Tooltip>
          ) : null}
        </>
      ),
    },
    { key: 'added', title: t('cases.added'), render: (r) => <span className="cell-sub">{r.added_by}{r.reason ? ` · ${r.reason}` : ''}</span> },
    {
      key: 'index',
      width: 96,
      num: true,
      title: t('records.index'),
      render: (r) => (
        <span className="nowrap" style={{ color: 'var(--celadon)' }}>
          <Seal title={t('records.sealed')} /> {r.id.replace('rec_', '')}
        </span>
      ),
    },
  ]
  return (
    <Card
      flush
      title={t('cases.recordsTitle', { count: data.records.length })}
      extra={
        <span className="row">
          <Act size="small" because={may('cases.act') ? closed : t('alerts.caseForbidden')} onClick={() => setAdding(true)}>
            {t('cases.addRecords')}
          </Act>
          <Act
            size="small"
            type="primary"
            because={
              !may('content.open') ? t('records.openWhy') : (closed ?? (chosen.length === 0 ? t('records.pickFirst') : null))
            }
            onClick={() => onOpen(chosen)}
          >
            {t('records.openPicked', { count: chosen.length })}
          </Act>
        </span>
      }
    >
      {data.records.length ? (
        <Table rows={data.records} columns={columns} rowKey={(r) => r.id} caption={t('cases.records')} />
      ) : (
        <Empty title={t('cases.noRecords')} action={closed || !may('cases.act') ? null : <Button onClick={() => setAdding(true)}>{t('cases.addRecords')}</Button>} />
      )}
      {adding ? <AddRecords id={data.id} employee={data.employee} onClose={() => setAdding(false)} /> : null}
    </Card>
  )
}
