// Sets of roles to begin with, for companies of three sizes: what each would change for whom, then apply.
import { useState } from 'react'
import { Collapse, Input, Modal } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { RoleTemplate } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { Act, FormProblem } from '../../ui/act.tsx'
import { Await, Card, Mark } from '../../ui/page.tsx'
import { Preview } from './differences.tsx'

function Apply({ template, onClose }: { template: RoleTemplate; onClose: () => void }) {
  const { t } = useSay()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const apply = useMutation({
    mutationFn: () => api.roles.applyTemplate(template.id, reason),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['roles'] }),
  })
  const done = apply.data
  return (
    <Modal
      open
      title={template.name}
      okText={done ? t('common.close') : t('roles.apply')}
      onCancel={onClose}
      onOk={() => (done ? onClose() : apply.mutate())}
      okButtonProps={{ loading: apply.isPending, disabled: !done && reason.trim().length < 2 }}
      cancelButtonProps={done ? { hidden: true } : undefined}
    >
      {done ? (
        <>
          <p>{t('roles.applied', { count: done.saved.length })}</p>
          {done.saved.some((s) => s.waits) ? <p>{t('roles.someWait')}</p> : null}
          {done.skipped.map((s) => (
            <p key={s.id} className="notice warn">
              {template.roles.find((r) => r.id === s.id)?.name ?? s.id}{t('common.colon')}{s.why}
            </p>
          ))}
        </>
      ) : (
        <>
          <p>{t('roles.applyHint')}</p>
          <Input style={{ marginTop: 10 }} value={reason} onChange={(e) => setReason(e.target.value)} placeholder={t('roles.reason')} aria-label={t('roles.reason')} maxLength={500} />
          <FormProblem error={apply.error} />
        </>
      )}
    </Modal>
  )
}

export function Templates({ mayEdit }: { mayEdit: boolean }) {
  const { t } = useSay()
  const [applying, setApplying] = useState<RoleTemplate | null>(null)
  const list = useQuery({ queryKey: ['roles', 'templates'], queryFn: api.roles.templates })
  return (
    <Await query={list}>
      {(page) => (
        <div className="stack">
          {page.items.map((template) => {
            const changed = template.roles.filter((r) => r.differences.length || r.masked.length || r.unmasked.length)
            return (
              <Card
                key={template.id}
                title={template.name}
                note={template.lead}
                extra={
                  <Act because={mayEdit ? (changed.length ? null : t('roles.nothingToApply')) : t('roles.mayNot')} onClick={() => setApplying(template)}>
                    {t('roles.apply')}
                  </Act>
                }
              >
                {changed.length ? (
                  <Collapse
                    size="small"
                    items={changed.map((r) => ({
                      key: r.id ?? r.name,
                      label: (
                        <>
                          {r.name} <Mark>{t('roles.changes', { count: r.differences.length + r.masked.length + r.unmasked.length })}</Mark>{' '}
                          <span className="quiet">{t('roles.people', { count: r.people.length })}</span>
                        </>
                      ),
                      children: <Preview preview={r} />,
                    }))}
                  />
                ) : (
                  <p className="quiet">{t('roles.sameAsNow')}</p>
                )}
              </Card>
            )
          })}
          {applying ? <Apply template={applying} onClose={() => setApplying(null)} /> : null}
        </div>
      )}
    </Await>
  )
}
