// Handing an alert to a colleague, or giving it back. Only those who may act on alerts are offered; the server looks for
// them, however many accounts there are.
import { useState } from 'react'
import { Button, Modal } from 'antd'
import { api } from '../../api/index.ts'
import type { Alert } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay, useSession } from '../../session.tsx'
import { Pick } from '../../ui/pick.tsx'

export function Assign({ alert, onPick }: { alert: Alert; onPick: (user: string | null) => void }) {
  const { t, label } = useSay()
  const may = useMay()
  const me = useSession().data?.user
  const [open, setOpen] = useState(false)
  const [who, setWho] = useState<string>()
  const [name, setName] = useState<string>()
  const finds = may('users.see')
  if (!finds && !alert.assignee) return null
  const find = async (text: string) => {
    const page = await api.users.list({ q: text || undefined, may: 'alerts.act', limit: 30 })
    return page.items.filter((u) => u.id !== me?.id && u.id !== alert.assignee).map((u) => ({ value: u.id, label: `${u.name} · ${label('role', u.role, '—', u.title ?? u.login)}` }))
  }
  // Opened again, nobody is chosen: the alert may be another's by then.
  const close = () => {
    setOpen(false)
    setWho(undefined)
    setName(undefined)
  }
  const done = (user: string | null) => {
    close()
    onPick(user)
  }
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('alerts.assign')}</Button>
      {open ? (
        <Modal
          open
          title={t('alerts.assign')}
          okText={t('alerts.assign')}
          okButtonProps={{ disabled: !who }}
          onOk={() => done(who ?? null)}
          onCancel={close}
        >
          {finds ? (
            <Pick
              value={who}
              shown={name}
              label={t('alerts.assignWhom')}
              width="100%"
              queryKey={['users', 'pick', 'alerts', alert.assignee]}
              find={find}
              onChange={(value, called) => {
                setWho(value)
                setName(called)
              }}
            />
          ) : null}
          {alert.assignee ? (
            <p className="more">
              <Button type="text" onClick={() => done(null)}>
                {t('alerts.giveBack')}
              </Button>
            </p>
          ) : null}
        </Modal>
      ) : null}
    </>
  )
}
