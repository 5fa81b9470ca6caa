// A box to try texts against the lexicon. Nothing typed here is stored.
import { useState } from 'react'
import { Button, Input, Segmented } from 'antd'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Lexicon, Tried } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { FormProblem } from '../../ui/act.tsx'
import { Card, Mark } from '../../ui/page.tsx'
import { pieces } from './spans.ts'

function Result({ text, tried, category }: { text: string; tried: Tried; category: (id: string) => string }) {
  const { t, label } = useSay()
  return (
    <li className="tried">
      <div className="row">
        {tried.alert ? <Mark tone="high" dot>{t('lexicon.alerts')}</Mark> : tried.hits.length ? <Mark tone="medium">{t('lexicon.hitOnly')}</Mark> : <Mark>{t('lexicon.quiet')}</Mark>}
      </div>
      <p className="tried-text">
        {pieces(text, tried.hits).map((p, i) =>
          p.hit ? (
            <mark key={i} className={p.hit.exception ? 'excepted' : p.hit.strong === false ? 'weak' : 'strong'}>
              {p.text}
            </mark>
          ) : (
            <span key={i}>{p.text}</span>
          ),
        )}
      </p>
      {tried.hits.length ? (
        <ul className="bullets">
          {tried.hits.map((h, i) => (
            <li key={i}>
              <b>{h.word}</b> <span className="quiet">{category(h.category)}</span> · {label('step', h.step)}
              {h.strong === false ? <span className="quiet"> · {t('lexicon.weak')}</span> : null}
              {h.exception ? <span className="quiet"> · {t('lexicon.exceptedBy', { name: label('exception', h.exception) })}</span> : null}
            </li>
          ))}
        </ul>
      ) : null}
    </li>
  )
}

export function TryIt({ lexicon }: { lexicon?: Lexicon }) {
  const { t, en } = useSay()
  const [text, setText] = useState('')
  const [to, setTo] = useState<'external' | 'internal'>('external')
  const attempt = useMutation({
    mutationFn: async () => {
      const texts = text.split('\n').filter((l) => l.trim())
      return { texts, items: (await api.lexicon.attempt({ texts, to })).items }
    },
  })
  const category = (id: string) => {
    const c = lexicon?.categories.find((x) => x.id === id)
    return c ? (en ? c.en : c.zh) : id
  }
  return (
    <Card title={t('lexicon.try')} note={t('lexicon.tryNote')}>
      <Input.TextArea
        rows={3}
        value={text}
        aria-label={t('lexicon.tryText')}
        placeholder={t('lexicon.tryHint')}
        onChange={(e) => setText(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && (e.metaKey || e.ctrlKey) && text.trim()) attempt.mutate()
        }}
      />
      <div className="spread" style={{ margin: '10px 0' }}>
        <Segmented<typeof to>
          value={to}
          onChange={setTo}
          aria-label={t('lexicon.to')}
          options={[
            { value: 'external', label: t('lexicon.external') },
            { value: 'internal', label: t('lexicon.internal') },
          ]}
        />
        <Button type="primary" disabled={!text.trim()} loading={attempt.isPending} onClick={() => attempt.mutate()}>
          {t('lexicon.tryDo')}
        </Button>
      </div>
      <FormProblem error={attempt.error} />
      {attempt.data ? (
        <ul aria-live="polite">
          {attempt.data.texts.map((line, i) => {
            const tried = attempt.data.items[i]
            return tried ? <Result key={i} text={line} tried={tried} category={category} /> : null
          })}
        </ul>
      ) : null}
    </Card>
  )
}
