// What the proof of a case still lacks, as a check list: one line a requirement with its article, and which records
// lack it. The server grades each record; here the same lack of six records is said once, not six times.
import type { CaseDetail, Chain } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { day } from '../../ui/format.ts'
import { Mark } from '../../ui/page.tsx'
import { Gaps } from '../evidence/chain-page.tsx'
import { byLack, GRADES, gradeTone, splitArticle } from './lacks.ts'

function Grades({ records }: { records: CaseDetail['records'] }) {
  const { t, label } = useSay()
  return (
    <p className="row" style={{ gap: 5 }}>
      {GRADES.map((g) => {
        const n = records.filter((r) => r.grade === g).length
        return n ? (
          <span key={g} title={label('grade', g)}>
            <Mark tone={gradeTone(g)}>{t('cases.gradeCount', { grade: g, count: n })}</Mark>
          </span>
        ) : null
      })}
    </p>
  )
}

export function Checks({ data, chain, onRecord }: { data: CaseDetail; chain?: Chain; onRecord: (id: string) => void }) {
  const { t, label } = useSay()
  if (data.records.length === 0) return <p className="quiet">{t('cases.noRecords')}</p>
  const lacks = byLack(data.records)
  return (
    <>
      <Grades records={data.records} />
      {lacks.length === 0 ? (
        <p>{t('cases.readyAll', { count: data.records.length })}</p>
      ) : (
        <ul className="checks">
          {lacks.map(({ text, records }) => {
            const { said, article } = splitArticle(text)
            return (
              <li key={text}>
                <details>
                  <summary>
                    {said}
                    <span className="row" style={{ gap: 6 }}>
                      {article ? <Mark>{article}</Mark> : null}
                      <span className="quiet">{t('cases.lackOf', { count: records.length, all: data.records.length })}</span>
                    </span>
                  </summary>
                  <ul className="bullets">
                    {records.map((r) => (
                      <li key={r.id}>
                        <button type="button" className="as-link" onClick={() => onRecord(r.id)}>
                          {label('kind', r.kind)}
                        </button>{' '}
                        <span className="quiet">{day(r.at)}</span>
                      </li>
                    ))}
                  </ul>
                </details>
              </li>
            )
          })}
        </ul>
      )}
      {chain ? (
        <>
          <h3 className="sub">{t('chain.gaps')}</h3>
          <Gaps chain={chain} />
        </>
      ) : null}
    </>
  )
}
