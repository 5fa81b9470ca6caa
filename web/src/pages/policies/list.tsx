// Policies with how many people acknowledged the version in force.
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { PolicyItem } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { Act } from '../../ui/act.tsx'
import { percent } from '../../ui/format.ts'
import { Await, Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { Table, type Column } from '../../ui/table.tsx'
import { Draft } from './draft.tsx'

export const stateTone = (state: string) => (state === 'published' ? 'good' : state === 'draft' ? 'medium' : undefined)

export default function Policies() {
  const { t } = useSay()
  const may = useMay()
  const go = useNavigate()
  const [drafting, setDrafting] = useState(false)
  const list = useQuery({ queryKey: ['policies'], queryFn: api.policies.list })
  const columns: Column<PolicyItem>[] = [
    {
      key: 'title',
      title: t('policies.name'),
      label: false,
      render: (p) => (
        <Link className="cell-main" to={`/policies/${p.id}`}>
          {p.title}
        </Link>
      ),
    },
    {
      key: 'state',
      title: t('common.status'),
      width: 170,
      render: (p) => (
        <Mark tone={stateTone(p.state)}>
          {t('people.version', { version: p.version })} · {t(`policies.state.${p.state}`)}
        </Mark>
      ),
    },
    { key: 'effective', title: t('policies.effective'), width: 130, render: (p) => p.effective_on ?? '—' },
    {
      key: 'signed',
      title: t('policies.signed'),
      width: 180,
      render: (p) => (p.published && p.people ? `${p.acknowledged} / ${p.people} · ${percent(p.acknowledged / p.people)}` : '—'),
    },
  ]
  return (
    <Page
      title={t('policies.title')}
      lead={t('policies.lead')}
      actions={
        <Act type="primary" because={may('policies.edit') ? null : t('policies.noEdit')} onClick={() => setDrafting(true)}>
          {t('policies.add')}
        </Act>
      }
    >
      <Card flush>
        <Await query={list}>
          {(page) =>
            page.items.length ? (
              <Table keys rows={page.items} columns={columns} rowKey={(p) => p.id} caption={t('policies.title')} />
            ) : (
              <Empty title={t('policies.empty')}>
                <p>{t('policies.emptyHint')}</p>
              </Empty>
            )
          }
        </Await>
      </Card>
      {drafting ? <Draft onClose={() => setDrafting(false)} onDone={(id) => void go(`/policies/${id}`)} /> : null}
    </Page>
  )
}
