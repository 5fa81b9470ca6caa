// The fields of the company's own settings; used by its page and the first set-up.
import { Form, Input, InputNumber, Select } from 'antd'
import { useSay } from '../../i18n/say.ts'

const zones = () => {
  const all = Intl.supportedValuesOf('timeZone')
  return all.includes('Asia/Shanghai') ? all : ['Asia/Shanghai', ...all]
}

export function CompanyFields({ focus }: { focus?: boolean }) {
  const { t } = useSay()
  return (
    <>
      <Form.Item name="name" label={t('setUp.companyName')} rules={[{ required: true, whitespace: true, message: t('common.needed') }]}>
        <Input autoFocus={focus} autoComplete="organization" maxLength={200} />
      </Form.Item>
      <Form.Item name="time_zone" label={t('setUp.zone')} extra={t('setUp.companyLead')}>
        <Select showSearch options={zones().map((z) => ({ value: z, label: z }))} />
      </Form.Item>
      <Form.Item name="currency" label={t('setUp.currency')}>
        <Select options={['CNY', 'HKD', 'USD', 'EUR', 'SGD'].map((c) => ({ value: c, label: c }))} />
      </Form.Item>
    </>
  )
}

export function CustomerLimit() {
  const { t } = useSay()
  return (
    <Form.Item name="customer_limit" label={t('setUp.customerLimit')} extra={t('setUp.customerLimitHint')}>
      <InputNumber min={1} max={1_000_000} precision={0} style={{ width: 160 }} />
    </Form.Item>
  )
}

export function OwnNames({ focus }: { focus?: boolean }) {
  const { t } = useSay()
  return (
    <Form.Item name="own_names" label={t('setUp.names')} extra={t('setUp.namesHint')}>
      <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', '，', '、']} autoFocus={focus} />
    </Form.Item>
  )
}
