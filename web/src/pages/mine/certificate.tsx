// The own certificate of leaving, once it is issued: it stays here after the last day.
import { DownloadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { CertificateContent } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { unbroken } from '../../ui/dates.tsx'
import { day } from '../../ui/format.ts'
import { Card } from '../../ui/page.tsx'
import { Delivery } from '../handover/delivery.tsx'

export function MyCertificate({ number }: { number: string }) {
  const { t } = useSay()
  const list = useQuery({ queryKey: ['mine', 'certificate', number], queryFn: () => api.handovers.list({ employee: number }) })
  const issued = (list.data?.items ?? []).flatMap((h) => {
    const paper = h.duties.find((d) => d.duty === 'certificate')?.content
    return h.own && paper ? [{ id: h.id, paper }] : []
  })
  if (!issued.length) return null
  return (
    <Card title={t('certificate.short')}>
      {issued.map(({ id, paper }) => (
        <div key={id} className="row">
          <div className="spread">
            <p>{unbroken(t('certificate.own', { number: String(paper.number), date: day(String(paper.issued_on)) }))}</p>
            <Button icon={<DownloadOutlined />} href={api.handovers.certificateHref(id)} download>
              {t('certificate.download')}
            </Button>
          </div>
          <Delivery id={id} paper={paper as CertificateContent} conducts={false} own />
        </div>
      ))}
    </Card>
  )
}
