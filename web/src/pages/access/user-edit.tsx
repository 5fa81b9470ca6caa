// Inviting somebody, and changing who is there. What needs a second person says so instead of seeming done.
import { useState } from 'react'
import { Button, Checkbox, Form, Modal, Popconfirm, Switch } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { ChangeUser, CreateUser, Link, User, UserOutcome } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useSession } from '../../session.tsx'
import { FormProblem } from '../../ui/act.tsx'
import { useToast } from '../../ui/toast.tsx'
import { LinkShown } from './link-once.tsx'
import { UserFields } from './user-form.tsx'

type Values = ChangeUser & CreateUser

function Reset({ user, onDone }: { user: User; onDone: (done: UserOutcome) => void }) {
  const { t } = useSay()
  const [lost, setLost] = useState(false)
  const reset = useMutation({ mutationFn: () => api.users.reset(user.id, lost), onSuccess: onDone })
  return (
    <section className="apart">
      <h3 className="sub">{t('users.reset')}</h3>
      <p className="quiet">{t('users.resetLead')}</p>
      <FormProblem error={reset.error} />
      {user.second_factor ? (
        <p>
          <Checkbox checked={lost} onChange={(e) => setLost(e.target.checked)}>
            {t('users.resetFactor')}
          </Checkbox>
        </p>
      ) : null}
      <Popconfirm title={t('users.resetSure')} okText={t('users.reset')} cancelText={t('common.cancel')} onConfirm={() => reset.mutate()}>
        <Button loading={reset.isPending}>{t('users.reset')}</Button>
      </Popconfirm>
    </section>
  )
}

export function EditUser({ user, onClose }: { user: User | null; onClose: () => void }) {
  const { t } = useSay()
  const me = useSession().data?.user
  const own = user?.id === me?.id
  const [form] = Form.useForm<Values>()
  const [link, setLink] = useState<Link | null>(null)
  const [waits, setWaits] = useState(false)
  const queries = useQueryClient()
  const toast = useToast()
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: ['users'] })
    void queries.invalidateQueries({ queryKey: ['user-changes'] })
  }
  const came = (done: UserOutcome) => {
    refresh()
    if (done.link) setLink(done.link)
    else if (done.waits) setWaits(true)
    else onClose()
  }
  const save = useMutation({
    mutationFn: (v: Values) => {
      const employee = v.employee?.trim() || null
      if (!user) return api.users.create({ login: v.login, name: v.name, role: v.role, employee })
      return api.users.change(user.id, own ? { name: v.name } : { name: v.name, role: v.role, employee, disabled: v.disabled })
    },
    onSuccess: came,
  })
  const again = useMutation({
    mutationFn: () => api.users.inviteAgain(user?.id ?? ''),
    onSuccess: (made) => {
      refresh()
      setLink(made)
    },
  })
  const end = useMutation({
    mutationFn: () => api.users.endSessions(user?.id ?? ''),
    onSuccess: (r) => toast.good(t('users.sessionsEnded', { count: r.sessions })),
    onError: toast.bad,
  })
  const shown = link !== null || waits
  // Whoever has been here before gets a reset, also when an earlier link of it has expired.
  const resets = user && !own && !user.demo && (user.state === 'active' || (user.state === 'invited' && user.last_sign_in_at !== null))
  return (
    <Modal
      open
      title={link ? t('users.linkTitle') : waits ? t('users.waitsTitle') : user ? user.name : t('users.add')}
      okText={link ? t('tokens.kept') : waits ? t('common.close') : user ? t('common.save') : t('users.invite')}
      okButtonProps={{ loading: save.isPending }}
      cancelButtonProps={shown ? { style: { display: 'none' } } : undefined}
      closable={!link}
      mask={{ closable: !shown }}
      onOk={() => (shown ? onClose() : form.submit())}
      onCancel={onClose}
    >
      {link ? (
        <LinkShown link={link} name={user?.name ?? (form.getFieldValue('name') as string)} />
      ) : waits ? (
        <p className="notice">{t('users.waits')}</p>
      ) : (
        <>
          <Form form={form} layout="vertical" requiredMark={false} initialValues={user ?? {}} onFinish={(v) => save.mutate(v)}>
            <FormProblem error={save.error} />
            {user ? null : <p className="quiet">{t('users.inviteLead')}</p>}
            <UserFields fresh={!user} own={own} />
            {user && !own ? (
              <Form.Item name="disabled" label={t('users.disabled')} valuePropName="checked" extra={t('users.disabledHint')}>
                <Switch />
              </Form.Item>
            ) : null}
          </Form>
          {user && resets ? <Reset user={user} onDone={came} /> : null}
          {user?.state === 'invited' && !resets ? (
            <section className="apart">
              <h3 className="sub">{t('users.inviteAgain')}</h3>
              <p className="quiet">{t('users.inviteAgainLead')}</p>
              <FormProblem error={again.error} />
              <Button loading={again.isPending} onClick={() => again.mutate()}>
                {t('users.inviteAgain')}
              </Button>
            </section>
          ) : null}
          {user && !own && user.state === 'active' ? (
            <section className="apart">
              <Popconfirm title={t('users.endSure')} okText={t('users.endSessions')} cancelText={t('common.cancel')} onConfirm={() => end.mutate()}>
                <Button loading={end.isPending}>{t('users.endSessions')}</Button>
              </Popconfirm>
            </section>
          ) : null}
        </>
      )}
    </Modal>
  )
}
