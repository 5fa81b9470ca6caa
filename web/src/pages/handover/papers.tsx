// 交接清单 as a paper to be signed: made from the list as it stands, each time with a number and a digest.
import { useState } from 'react'
import { DownloadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Handover } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useMay } from '../../session.tsx'
import { bytes, minute } from '../../ui/format.ts'
import { Await, Card, Mark } from '../../ui/page.tsx'
import { Ask } from './ask.tsx'

export function Papers({ data }: { data: Handover }) {
  const { t } = useSay()
  const may = useMay()
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const exports = may('handovers.export') && !data.own
  const list = useQuery({ queryKey: ['handovers', 'papers', data.id], queryFn: () => api.handovers.papers(data.id), enabled: exports || data.own, retry: false })
  // Whose list it is finds theirs here once one was made.
  if (!exports && !(data.own && list.data?.items.length)) return null
  return (
    <Card
      title={t('papers.title')}
      note={t('papers.note')}
      extra={
        exports ? (
          <Button size="small" onClick={() => setAsking(true)}>
            {t('papers.make')}
          </Button>
        ) : undefined
      }
    >
      <Await query={list} rows={1}>
        {(page) =>
          page.items.length ? (
            page.items.map((p) => (
              <div className="duty" key={p.number}>
                <div className="spread">
                  <b>{p.number}</b>
                  <Mark tone={p.current ? 'good' : 'medium'}>{p.current ? t('papers.current') : t('papers.stale')}</Mark>
                </div>
                <p>{t('papers.madeBy', { date: minute(p.made_at), name: p.made_by })}</p>
                <p>
                  {t('papers.digest')} <code className="hash">{p.digest}</code>
                </p>
                <Button size="small" icon={<DownloadOutlined />} href={api.handovers.paperHref(data.id, p.sha256)} download>
                  PDF {bytes(p.size)}
                </Button>
              </div>
            ))
          ) : (
            <p className="quiet">{t('papers.none')}</p>
          )
        }
      </Await>
      {asking ? (
        <Ask
          title={t('papers.make')}
          note={t('papers.note')}
          label={t('papers.why')}
          start={t('papers.default')}
          ok={t('papers.make')}
          act={(reason) => api.handovers.makePaper(data.id, reason)}
          onDone={() => void queries.invalidateQueries({ queryKey: ['handovers'] })}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </Card>
  )
}
