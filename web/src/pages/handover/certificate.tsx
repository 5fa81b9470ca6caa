// 离职证明 as it stands in the PDF that is kept: what the article lists, and nothing else. Saved as that file, or printed.
import { Link, useParams } from 'react-router'
import { DownloadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import { useSay } from '../../i18n/say.ts'
import { unbroken } from '../../ui/dates.tsx'
import { day } from '../../ui/format.ts'
import { Await, Card, Empty, Page } from '../../ui/page.tsx'
import './handover.css'

export default function Certificate() {
  const { t } = useSay()
  const { id = '' } = useParams()
  const query = useQuery({ queryKey: ['handovers', 'one', id], queryFn: () => api.handovers.read(id) })
  const issued = query.data?.duties.some((x) => x.duty === 'certificate' && x.content)
  return (
    <Page
      title={t('certificate.title')}
      crumbs={[
        { to: '/handovers', text: t('handover.title') },
        { to: `/handovers/${id}`, text: query.data?.number ?? t('handover.one') },
      ]}
      actions={
        issued ? (
          <>
            <Button type="primary" icon={<DownloadOutlined />} href={api.handovers.certificateHref(id)} download>
              {t('certificate.download')}
            </Button>
            <Button onClick={() => window.print()}>{t('certificate.print')}</Button>
          </>
        ) : undefined
      }
    >
      <Await query={query}>
        {(d) => {
          const paper = d.duties.find((x) => x.duty === 'certificate')?.content
          if (!paper)
            return (
              <Card flush>
                <Empty title={t('certificate.none')} action={<Link to={`/handovers/${id}`}>{t('certificate.toTrack')}</Link>}>
                  <p>{t('certificate.noneHint')}</p>
                </Empty>
              </Card>
            )
          return (
            <article className="certificate">
              <p>
                {t('certificate.number')} {paper.number}
              </p>
              <h1>{t('certificate.title')}</h1>
              <p>{t('certificate.body', { name: paper.name, employee: paper.employee })}</p>
              <dl className="facts">
                <dt>{t('certificate.term')}</dt>
                <dd>{unbroken(paper.term)}</dd>
                <dt>{t('certificate.ended')}</dt>
                <dd>{day(paper.ended_on)}</dd>
                <dt>{t('certificate.post')}</dt>
                <dd>{paper.post}</dd>
                <dt>{t('certificate.service')}</dt>
                <dd>{paper.service}</dd>
              </dl>
              <p>{t('certificate.basis')}</p>
              <div className="end">
                <p>
                  {paper.company}
                  {t('certificate.seal')}
                </p>
                <p>
                  {t('certificate.issued')} {day(paper.issued_on)}
                </p>
              </div>
            </article>
          )
        }}
      </Await>
    </Page>
  )
}
