// The fields of a person who signs in; used by the users page and the first set-up. No password: the person sets it.
import { Form, Input, Select } from 'antd'
import type { Role } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'

export const ROLES: Role[] = ['hr', 'legal', 'sales_manager', 'auditor', 'admin', 'union', 'employee']

export function UserFields({ fresh, own = false }: { fresh: boolean; own?: boolean }) {
  const { t, label } = useSay()
  const role = Form.useWatch<string | undefined>('role')
  return (
    <>
      <Form.Item name="name" label={t('users.name')} rules={[{ required: true, whitespace: true, message: t('common.needed') }]}>
        <Input autoComplete="off" />
      </Form.Item>
      {fresh ? (
        <Form.Item name="login" label={t('signIn.login')} rules={[{ required: true, whitespace: true, message: t('common.needed') }]}>
          <Input autoComplete="off" />
        </Form.Item>
      ) : null}
      <Form.Item
        name="role"
        label={t('users.role')}
        extra={own ? t('users.ownHint') : role ? t(`signIn.sees.${role}`, { defaultValue: '' }) || undefined : undefined}
        rules={[{ required: true, message: t('common.needed') }]}
      >
        <Select disabled={own} options={ROLES.map((r) => ({ value: r, label: label('role', r) }))} />
      </Form.Item>
      <Form.Item name="employee" label={t('users.employee')} extra={t('users.employeeHint')}>
        <Input autoComplete="off" disabled={own} />
      </Form.Item>
    </>
  )
}
