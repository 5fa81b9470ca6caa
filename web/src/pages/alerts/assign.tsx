// Handing an alert to a colleague, or giving it back. Only those who may act on alerts are offered.
import { Button, Dropdown } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Alert } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay, useSession } from '../../session.tsx'

const ACTING = new Set(['hr', 'legal'])

/** People who may act on alerts, by id. */
export function useColleagues() {
  const may = useMay()
  const users = useQuery({ queryKey: ['users'], queryFn: api.users.first, staleTime: 300_000, enabled: may('users.see') })
  return users.data?.items.filter((u) => ACTING.has(u.role) && !u.disabled) ?? []
}

export function Assign({ alert, onPick }: { alert: Alert; onPick: (user: string | null) => void }) {
  const { t, label } = useSay()
  const me = useSession().data?.user
  const others = useColleagues().filter((u) => u.id !== me?.id && u.id !== alert.assignee)
  if (others.length === 0 && !alert.assignee) return null
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          ...others.map((u) => ({ key: u.id, label: `${u.name} · ${label('role', u.role)}` })),
          ...(alert.assignee ? [{ key: '', label: t('alerts.giveBack') }] : []),
        ],
        onClick: ({ key }) => onPick(key || null),
      }}
    >
      <Button>{t('alerts.assign')}</Button>
    </Dropdown>
  )
}
