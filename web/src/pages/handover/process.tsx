// The process of a handover: nodes, items, reviewers, deadlines. Saved as a new version; what runs keeps its own.
import { useState } from 'react'
import { Button, Segmented } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'
import { day } from '../../ui/format.ts'
import { Await, Card, Page } from '../../ui/page.tsx'
import { useToast } from '../../ui/toast.tsx'
import { drafted, finished, newNode, withoutNode } from './draft.ts'
import { Node, type View } from './process-node.tsx'
import './handover.css'

function Editor({ view }: { view: View }) {
  const { t } = useSay()
  const toast = useToast()
  const queries = useQueryClient()
  const [draft, setDraft] = useState(() => drafted(view.process))
  const process = finished(draft)
  const save = useMutation({
    mutationFn: () => api.processes.save(view.id, view.version, process),
    onSuccess: (saved) => {
      toast.good(t('handover.processSaved', { version: saved.version }))
      void queries.invalidateQueries({ queryKey: ['process'] })
    },
  })
  const changed = JSON.stringify(process) !== JSON.stringify(finished(drafted(view.process)))
  return (
    <div className="stack">
      <Card>
        {draft.nodes.map((node, i) => (
          <Node
            key={node.key}
            number={i + 1}
            node={node}
            all={draft.nodes}
            view={view}
            onChange={(n) => setDraft({ ...draft, nodes: draft.nodes.map((x) => (x.key === node.key ? n : x)) })}
            onRemove={() => setDraft({ ...draft, nodes: withoutNode(draft.nodes, node) })}
          />
        ))}
        <FormProblem error={save.error} />
        <div className="row" style={{ marginTop: 14 }}>
          <Button onClick={() => setDraft({ ...draft, nodes: [...draft.nodes, newNode(draft.nodes)] })}>{t('handover.processAddNode')}</Button>
          <Button type="primary" disabled={!changed} loading={save.isPending} onClick={() => save.mutate()}>
            {t('handover.processSave')}
          </Button>
          <Button
            disabled={!changed}
            onClick={() => {
              save.reset()
              setDraft(drafted(view.process))
            }}
          >
            {t('common.undo')}
          </Button>
        </div>
      </Card>
      <Card title={t('handover.versions')}>
        <ul className="bullets">
          {view.versions.map((v) => (
            <li key={v.version}>
              {v.version ? t('handover.version', { version: v.version }) : t('handover.shipped')} <span className="quiet">{[v.changed_at ? day(v.changed_at) : null, v.changed_by].filter(Boolean).join(' · ')}</span>
            </li>
          ))}
        </ul>
      </Card>
    </div>
  )
}

export default function ProcessPage() {
  const { t } = useSay()
  const [id, setId] = useState<'handover' | 'transfer'>('handover')
  const query = useQuery({ queryKey: ['process', id], queryFn: () => api.processes.read(id) })
  return (
    <Page
      title={t('handover.processTitle')}
      lead={t('handover.processLead')}
      actions={
        <Segmented<typeof id>
          aria-label={t('handover.processTitle')}
          value={id}
          onChange={setId}
          options={[
            { value: 'handover', label: t('handover.processLeaving') },
            { value: 'transfer', label: t('handover.processTransfer') },
          ]}
        />
      }
    >
      <Await query={query} rows={12}>
        {(view) => <Editor key={`${view.id} ${view.version}`} view={view} />}
      </Await>
    </Page>
  )
}
