// The lexicon: words by category, what does not count, which spellings are seen through, versions, and a box to try.
import { useState } from 'react'
import { Input } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Lexicon, LexiconEntry } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { Act } from '../../ui/act.tsx'
import { minute } from '../../ui/format.ts'
import { Await, Card, Empty, Mark, Page } from '../../ui/page.tsx'
import { EntryForm } from './entry-form.tsx'
import { TryIt } from './try-it.tsx'
import './lexicon.css'

const STRONG = new Set(['exact', 'traditional', 'compatibility', 'invisible', 'gaps'])

function Words({ lexicon, onEdit }: { lexicon: Lexicon; onEdit?: (e: LexiconEntry) => void }) {
  const { t, en } = useSay()
  const [q, setQ] = useState('')
  const found = lexicon.entries.filter((e) => !q || [e.word, ...e.variants].some((w) => w.toLowerCase().includes(q.toLowerCase())))
  return (
    <Card
      title={t('lexicon.words', { count: lexicon.entries.length })}
      note={t('lexicon.wordsNote')}
      extra={<Input allowClear placeholder={t('common.search')} aria-label={t('common.search')} style={{ width: 180 }} onChange={(e) => setQ(e.target.value.trim())} />}
    >
      {lexicon.categories.map((c) => {
        const words = found.filter((e) => e.category === c.id)
        return words.length ? (
          <section key={c.id} className="category">
            <h3>
              {en ? c.en : c.zh} <span className="quiet">{words.length}</span>
            </h3>
            <ul className="words">
              {words.map((e) => (
                <li key={e.word}>
                  {onEdit ? (
                    <button type="button" className={`word ${e.severity}`} onClick={() => onEdit(e)} title={e.variants.join(t('common.listComma'))}>
                      {e.word}
                      {e.variants.length ? <small>+{e.variants.length}</small> : null}
                    </button>
                  ) : (
                    <span className={`word ${e.severity}`} title={e.variants.join(t('common.listComma'))}>
                      {e.word}
                      {e.variants.length ? <small>+{e.variants.length}</small> : null}
                    </span>
                  )}
                </li>
              ))}
            </ul>
          </section>
        ) : null
      })}
      {found.length === 0 ? <Empty title={t('lexicon.noneFound')} /> : null}
    </Card>
  )
}

/** What takes the sting out of a hit. Folded: an exception may know a hundred turns of phrase. */
function Exceptions({ lexicon }: { lexicon: Lexicon }) {
  const { t, label } = useSay()
  return (
    <Card title={t('lexicon.exceptions', { count: lexicon.exceptions.length })} note={t('lexicon.exceptionsNote')}>
      <ul className="exceptions">
        {lexicon.exceptions.map((x) => (
          <li key={x.name}>
            <details>
              <summary>
                <b>{label('exception', x.name)}</b>
                <span className="quiet">
                  {label('exceptionScope', x.scope)} · {t('lexicon.cues', { count: x.cues.length })}
                </span>
              </summary>
              <p className="cues">
                {x.cues.map((c) => (
                  <code key={c}>{c}</code>
                ))}
              </p>
              {x.unless?.length ? (
                <>
                  <h4>{t('lexicon.unless')}</h4>
                  <p className="cues">
                    {x.unless.map((c) => (
                      <code key={c}>{c}</code>
                    ))}
                  </p>
                </>
              ) : null}
            </details>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Aside({ lexicon }: { lexicon: Lexicon }) {
  const { t, label } = useSay()
  return (
    <>
      <TryIt lexicon={lexicon} />
      <Card title={t('lexicon.steps')} note={t('lexicon.stepsNote')}>
        <ul className="row">
          {Object.entries(lexicon.steps).map(([step, on]) => (
            <li key={step}>
              <Mark tone={on ? (STRONG.has(step) ? 'good' : 'low') : undefined}>
                <span style={on ? undefined : { textDecoration: 'line-through' }}>{label('step', step)}</span>
              </Mark>
            </li>
          ))}
        </ul>
      </Card>
      <Card title={t('lexicon.versions')}>
        <ul className="bullets">
          {lexicon.versions.map((v) => (
            <li key={v.version}>
              <span className="mono">{v.version}</span>{' '}
              <span className="quiet">
                {v.at ? `${minute(v.at)} · ${v.by}` : t('lexicon.shipped')}
              </span>
            </li>
          ))}
        </ul>
      </Card>
    </>
  )
}

export default function LexiconPage() {
  const { t } = useSay()
  const may = useMay()
  const [editing, setEditing] = useState<LexiconEntry | 'new' | null>(null)
  const query = useQuery({ queryKey: ['lexicon'], queryFn: api.lexicon.read })
  const noEdit = may('lexicon.edit') ? null : t('log.authoritiesForbidden')
  return (
    <Page
      title={t('nav.lexicon')}
      lead={t('lexicon.lead')}
      actions={
        <Act because={noEdit ?? (query.data ? null : t('common.loading'))} onClick={() => setEditing('new')}>
          {t('lexicon.add')}
        </Act>
      }
    >
      <Await query={query} rows={10}>
        {(lexicon) => (
          <div className="lexicon">
            <div className="stack">
              <Words lexicon={lexicon} onEdit={noEdit ? undefined : setEditing} />
              <Exceptions lexicon={lexicon} />
            </div>
            <div className="stack">
              <Aside lexicon={lexicon} />
            </div>
          </div>
        )}
      </Await>
      {editing && query.data ? (
        <EntryForm lexicon={query.data} entry={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
      ) : null}
    </Page>
  )
}
