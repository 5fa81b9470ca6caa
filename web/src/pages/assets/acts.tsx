// The dialogs that issue a thing and take it back.
import { Link } from 'react-router'
import { Form, Input, Select } from 'antd'
import { api } from '../../api/index.ts'
import type { Asset, IssueAsset } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { Day } from '../../ui/day.tsx'
import { today } from '../../ui/format.ts'
import { Dialog, Superior, needed } from '../people/life-acts.tsx'

export const KINDS = ['computer', 'phone', 'access_card', 'seal', 'vehicle', 'sample', 'document', 'work_account', 'tool', 'other']

export function Issue({ number, onClose }: { number?: string; onClose: () => void }) {
  const { t, label } = useSay()
  const must = needed(t('common.needed'))
  return (
    <Dialog
      title={t('assets.issue')}
      lead={t('assets.issueLead')}
      ok={t('assets.issue')}
      onClose={onClose}
      initial={{ kind: 'computer', issued_on: today(), employee: number }}
      send={(v: IssueAsset) => api.assets.issue({ ...v, employee: number ?? v.employee, identifier: v.identifier || undefined, condition: v.condition || undefined })}
    >
      {number ? null : (
        <Form.Item name="employee" label={t('assets.holder')} rules={must}>
          <Superior called={t('assets.holder')} />
        </Form.Item>
      )}
      <Form.Item name="kind" label={t('assets.kind')}>
        <Select options={KINDS.map((value) => ({ value, label: label('assetKind', value) }))} />
      </Form.Item>
      <Form.Item noStyle shouldUpdate>
        {({ getFieldValue }) =>
          getFieldValue('kind') === 'work_account' ? (
            <p className="quiet">
              {t('assets.accountHint')}{' '}
              {getFieldValue('employee') ? <Link to={`/snapshots/${encodeURIComponent(String(getFieldValue('employee')))}`}>{t('assets.toSnapshots')}</Link> : null}
            </p>
          ) : null
        }
      </Form.Item>
      <Form.Item name="asset" label={t('assets.asset')} rules={must}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="name" label={t('assets.name')} rules={must}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="identifier" label={t('assets.identifier')}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="issued_on" label={t('assets.issuedOn')} rules={must}>
        <Day max={today()} />
      </Form.Item>
      <Form.Item name="condition" label={t('assets.condition')} extra={t('assets.conditionHint')}>
        <Input maxLength={500} />
      </Form.Item>
    </Dialog>
  )
}

export function GiveBack({ asset, name, onClose }: { asset: Asset; name: string; onClose: () => void }) {
  const { t } = useSay()
  return (
    <Dialog
      title={`${t('assets.giveBack')} · ${name}`}
      lead={asset.snapshot ? t('assets.giveBackAccount') : t('assets.giveBackLead')}
      ok={t('assets.giveBack')}
      onClose={onClose}
      initial={{ returned_on: today() }}
      send={(v: { returned_on: string; condition?: string }) => api.assets.giveBack(asset.id, { returned_on: v.returned_on, condition: v.condition || undefined })}
    >
      <Form.Item name="returned_on" label={t('assets.returnedOn')} rules={needed(t('common.needed'))} hidden={Boolean(asset.snapshot)}>
        <Day max={today()} />
      </Form.Item>
      {asset.snapshot ? null : (
        <Form.Item name="condition" label={t('assets.condition')} extra={t('assets.conditionHint')}>
          <Input maxLength={500} />
        </Form.Item>
      )}
    </Dialog>
  )
}
