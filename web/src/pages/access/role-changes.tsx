// Changes of roles that wait for a second person, beside those of users: who approves may have no page of roles.
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import { useSay } from '../../i18n/say.ts'
import { Card } from '../../ui/page.tsx'
import { roleName } from '../roles/words.ts'
import { WaitingRole } from '../roles/waiting.tsx'

export function RoleChanges() {
  const { t, label } = useSay()
  const list = useQuery({ queryKey: ['roles', 'waiting'], queryFn: api.roles.waiting })
  if (!list.data?.items.length) return null
  return (
    <Card title={t('changes.roles')} note={t('changes.rolesNote')}>
      <div className="stack">
        {list.data.items.map((r) => (
          <section key={`${r.id} ${r.version}`} aria-label={roleName(label, r)}>
            <h3>{roleName(label, r)}</h3>
            <WaitingRole id={r.id} waiting={r} />
          </section>
        ))}
      </div>
    </Card>
  )
}
