// How permissions, reaches and fields are called: a resource and an act, each said once.
import type { Say } from '../../i18n/say.ts'
import type { Reach, RoleView } from '../../api/types.ts'

export const reaches: Reach[] = ['none', 'own', 'team', 'all']

export function permissionName(label: Say['label'], name: string) {
  const [resource = name, act = ''] = name.split('.')
  return `${label('resource', resource, resource)} · ${label('verb', act, act)}`
}

export const roleName = (label: Say['label'], role: { id: string; name?: string | null }) => role.name ?? label('role', role.id)

export const reachOf = (role: RoleView, permission: string): Reach => role.grants[permission] ?? 'none'
