// The fields of a person who signs in; used by the users page and the first set-up. No password: the person sets it.
import { Form, Input, Select } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { roleName } from '../roles/words.ts'

export const SHIPPED = ['hr', 'legal', 'sales_manager', 'auditor', 'admin', 'union', 'employee']

/** The company's roles: as shipped until they are known, or for whoever may not see the page of roles. */
export function useRoles() {
  const { label } = useSay()
  const may = useMay()
  const roles = useQuery({ queryKey: ['roles'], queryFn: api.roles.list, enabled: may('roles.see'), staleTime: 60_000 })
  const all = roles.data?.items.map((r) => ({ value: r.id, label: roleName(label, r) })) ?? SHIPPED.map((r) => ({ value: r, label: label('role', r) }))
  return { all, name: (id: string) => all.find((r) => r.value === id)?.label ?? label('role', id) }
}

export function UserFields({ fresh, own = false }: { fresh: boolean; own?: boolean }) {
  const { t } = useSay()
  const roles = useRoles()
  const role = Form.useWatch<string | undefined>('role')
  const sees = role && SHIPPED.includes(role) ? t(`signIn.sees.${role}`) : undefined
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
      <Form.Item name="role" label={t('users.role')} extra={own ? t('users.ownHint') : sees} rules={[{ required: true, message: t('common.needed') }]}>
        <Select disabled={own} options={roles.all} />
      </Form.Item>
      <Form.Item name="employee" label={t('users.employee')} extra={t('users.employeeHint')}>
        <Input autoComplete="off" disabled={own} />
      </Form.Item>
    </>
  )
}
