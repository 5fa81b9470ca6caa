// Roles: the matrix to read and to change, sets to begin with, and what a given person may do.
import { useState } from 'react'
import { Tabs } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { RoleView } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { Act } from '../../ui/act.tsx'
import { Await, Card, Page } from '../../ui/page.tsx'
import { EditRole } from './edit.tsx'
import { Matrix } from './matrix.tsx'
import { SimulatePage } from './simulate.tsx'
import { Templates } from './templates.tsx'

export default function Roles() {
  const { t } = useSay()
  const [editing, setEditing] = useState<RoleView | 'new' | null>(null)
  const query = useQuery({ queryKey: ['roles'], queryFn: api.roles.list })
  const mayEdit = query.data?.may_edit ?? false
  return (
    <Page
      title={t('nav.roles')}
      lead={t('roles.lead')}
      actions={
        <Act type="primary" because={mayEdit ? null : t('roles.mayNot')} onClick={() => setEditing('new')}>
          {t('roles.add')}
        </Act>
      }
    >
      <Await query={query} rows={12}>
        {(data) => (
          <>
            <Tabs
              items={[
                {
                  key: 'matrix',
                  label: t('roles.matrix'),
                  children: (
                    <Card flush>
                      <Matrix data={data} onEdit={setEditing} />
                    </Card>
                  ),
                },
                { key: 'templates', label: t('roles.templates'), children: <Templates mayEdit={mayEdit} /> },
                { key: 'simulate', label: t('roles.simulate'), children: <SimulatePage data={data} /> },
              ]}
            />
            {editing ? <EditRole key={editing === 'new' ? 'new' : editing.id} data={data} role={editing === 'new' ? null : (data.items.find((r) => r.id === editing.id) ?? editing)} onClose={() => setEditing(null)} /> : null}
          </>
        )}
      </Await>
    </Page>
  )
}
