// Two boxes for a new password: typed twice, since nobody else knows it.
import { Form, Input } from 'antd'
import { useSay } from '../../i18n/say.ts'

export function NewPassword({ name = 'password' }: { name?: string }) {
  const { t } = useSay()
  return (
    <>
      <Form.Item
        name={name}
        label={t('account.newPassword')}
        extra={t('account.passwordHint')}
        rules={[
          { required: true, message: t('signIn.passwordNeeded') },
          { min: 10, message: t('users.passwordShort') },
        ]}
      >
        <Input.Password autoComplete="new-password" size="large" />
      </Form.Item>
      <Form.Item
        name="again"
        label={t('account.again')}
        dependencies={[name]}
        rules={[
          { required: true, message: t('account.againNeeded') },
          ({ getFieldValue }) => ({
            validator: (_, value?: string) =>
              !value || value === getFieldValue(name) ? Promise.resolve() : Promise.reject(new Error(t('account.notSame'))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" size="large" />
      </Form.Item>
    </>
  )
}
